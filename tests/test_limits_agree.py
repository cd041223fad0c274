"""The lab refuses exactly the volumes that the calculators refuse: two tables, one truth."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from course.lab.rules import Refusal
from course.lab.rules import ebs as lab_rules
from course.services import ebs

EDGES = [0, 1, 3, 4, 16, 124, 125, 160, 1_024, 1_280, 16_384, 16_385, 65_536, 65_537]
IOPS = [None, 99, 100, 2_999, 3_000, 5_000, 64_000, 64_001, 80_000, 80_001, 256_000, 256_001]
THROUGHPUTS = [None, 124, 125, 750, 1_000, 1_250, 2_000, 2_001]


@given(
    kind=st.sampled_from(sorted(ebs.TYPES)),
    size_gib=st.sampled_from(EDGES) | st.integers(1, 70_000),
    iops=st.sampled_from(IOPS) | st.integers(1, 300_000),
    throughput_mibps=st.sampled_from(THROUGHPUTS),
    boot=st.booleans(),
)
@example(kind="gp3", size_gib=160, iops=80_000, throughput_mibps=2_000, boot=True)
@example(kind="io2", size_gib=4, iops=4_001, throughput_mibps=None, boot=False)
@settings(max_examples=400)
def test_the_lab_and_the_calculators_refuse_the_same_volumes(
    kind: str, size_gib: int, iops: int | None, throughput_mibps: int | None, boot: bool
) -> None:
    assert _lab_refuses(kind, size_gib, iops, throughput_mibps, boot) == _calculator_refuses(
        kind, size_gib, iops, throughput_mibps, boot
    )


def _lab_refuses(kind: str, size: int, iops: int | None, throughput: int | None, boot: bool) -> bool:
    try:
        lab_rules.check(kind, size, iops, throughput, boot=boot)
    except Refusal:
        return True
    return False


def _calculator_refuses(kind: str, size: int, iops: int | None, throughput: int | None, boot: bool) -> bool:
    try:
        ebs.check(ebs.Volume(kind, size, iops, throughput), boot=boot)
    except ValueError:
        return True
    return False
