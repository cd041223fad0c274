"""Limits, what AWS refuses, performance and cost of one volume."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import botocore.session
import moto
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course import prices
from course.services import ebs

FAST = settings(max_examples=60, deadline=None, derandomize=True)
NOT_A_NUMBER = [
    True,
    "100",
    None,
    float("nan"),
    float("inf"),
    1j,
    [True, 2],
    ["1"],
    pytest.param(object(), id="object"),
]


# --- Limits -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def create_volume_docs() -> dict[str, str]:
    """What the EC2 API reference inside botocore says about CreateVolume."""
    shape = botocore.session.get_session().get_service_model("ec2").shape_for("CreateVolumeRequest")
    return {
        name: re.sub(r"<[^>]+>", "", shape.members[name].documentation)
        for name in ("Size", "Iops", "Throughput")
    }


def _documented(text: str, kind: str) -> tuple[int, int]:
    found = re.search(rf"{kind}(?: and sc1)?: ([\d,]+)(?: \(default\))? - ([\d,]+)", text)
    assert found, f"{kind} not found in: {text}"
    return int(found[1].replace(",", "")), int(found[2].replace(",", ""))


@pytest.mark.parametrize("kind", ["gp2", "gp3", "io1", "io2", "st1", "standard"])
def test_sizes_are_those_of_the_api_reference(kind: str, create_volume_docs: dict[str, str]) -> None:
    limits = ebs.TYPES[kind].limits["today"]
    assert (limits.min_size_gib, limits.max_size_gib) == _documented(create_volume_docs["Size"], kind)


@pytest.mark.parametrize("kind", ["gp3", "io1", "io2"])
def test_iops_are_those_of_the_api_reference(kind: str, create_volume_docs: dict[str, str]) -> None:
    limits = ebs.TYPES[kind].limits["today"]
    assert (limits.min_iops, limits.max_iops) == _documented(create_volume_docs["Iops"], kind)


def test_throughput_is_that_of_the_api_reference(create_volume_docs: dict[str, str]) -> None:
    limits = ebs.TYPES["gp3"].limits["today"]
    low, high = (int(n) for n in re.search(r"(\d+) - (\d+) MiB/s", create_volume_docs["Throughput"]).groups())  # type: ignore[union-attr]
    assert (limits.included_throughput_mibps, limits.max_throughput_mibps) == (low, high)


def test_every_limit_has_a_source_and_a_date() -> None:
    for kind in ebs.TYPES.values():
        for limits in kind.limits.values():
            assert limits.source
            assert re.fullmatch(r"20\d\d-\d\d", limits.as_of)


def test_the_editions_differ_in_gp3_only() -> None:
    different = {name for name, kind in ebs.TYPES.items() if kind.limits["today"] != kind.limits["exam"]}
    assert different == {"gp3"}
    with pytest.raises(ValueError, match="'today' or 'exam'; got 'yesterday'"):
        ebs.gp3_allowed(100, edition="yesterday")


def test_the_limits_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        ebs.TYPES["gp2"] = ebs.TYPES["gp3"]  # type: ignore[index]
    with pytest.raises(TypeError):
        ebs.TYPES["gp2"].limits["today"] = ebs.TYPES["gp3"].limits["today"]  # type: ignore[index]


def test_describe_has_a_row_per_type() -> None:
    table = ebs.describe(edition="exam")
    assert list(table.index) == list(ebs.TYPES)
    assert table.loc["gp3", "max IOPS"] == 16_000
    assert table.loc["io2", "size GiB"] == "4 to 65,536"


# --- What may be provisioned ------------------------------------------------------------------------------


def test_gp3_by_edition() -> None:
    assert ebs.gp3_allowed(200).max_iops == 80_000
    assert ebs.gp3_allowed(200, edition="exam").max_iops == 16_000
    assert ebs.gp3_allowed([8, 32], [4_000, 16_000], edition="exam").max_throughput_mibps.tolist() == [
        1_000,
        1_000,
    ]
    with pytest.raises(
        ValueError, match=r"can have 4,000 IOPS or fewer \(500 per GiB, up to 80,000\); got 4,001"
    ):
        ebs.gp3_allowed(8, 4_001)
    with pytest.raises(ValueError, match="3,000 IOPS or more; got 2,999"):
        ebs.gp3_allowed(8, 2_999)


def test_explain_gp3() -> None:
    assert ebs.gp3_allowed(100, 4_000, edition="exam").explain().splitlines() == [
        "gp3 volume of 100 GiB with 4,000 IOPS (limits: exam)",
        "  IOPS: 500 × 100 GiB = 50,000, at most 16,000, and 3,000 in any case = 16,000 IOPS",
        "  throughput: 0.25 × 4,000 = 1,000, at most 1,000, and 125 in any case = 1,000 MiB/s",
    ]


def test_piops_on_other_instances() -> None:
    assert ebs.piops_allowed("io1", 2_000, nitro=False).max_iops == 32_000
    assert ebs.piops_allowed("io2", 2_000, nitro=False).max_iops == 32_000
    with pytest.raises(ValueError, match="up to 32,000 on instances not built on the Nitro System"):
        ebs.piops_allowed("io2", 2_000, 40_000, nitro=False)
    with pytest.raises(ValueError, match="io1 and io2; got 'gp3'"):
        ebs.piops_allowed("gp3", 100)


@FAST
@given(st.sampled_from(["io1", "io2"]), st.integers(4, 16_384))
def test_piops_never_exceed_the_maximum(kind: str, size: int) -> None:
    allowed = ebs.piops_allowed(kind, size)
    limits = ebs.TYPES[kind].limits["today"]
    assert limits.min_iops <= allowed.max_iops <= limits.max_iops
    assert 0 < allowed.max_throughput_mibps <= limits.max_throughput_mibps
    assert f"{allowed.max_iops:,} IOPS" in allowed.explain()


# --- Bad input --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", NOT_A_NUMBER, ids=repr)
@pytest.mark.parametrize(
    "function",
    [
        ebs.gp2_baseline_iops,
        ebs.gp2_throughput_mibps,
        ebs.gp2_burst,
        lambda size: ebs.simulate_gp2(size, 100),
        ebs.gp3_allowed,
        lambda size: ebs.piops_allowed("io2", size),
        lambda size: ebs.hdd_throughput("st1", size),
        lambda size: ebs.check(ebs.Volume("gp3", size)),
        ebs.cheapest,
        ebs.cheapest_many,
        lambda size: ebs.smallest("gp3", size_gib=size),
        lambda size: ebs.cheapest_frontier(size, [100]),
        ebs.fsr_credits,
        lambda size: ebs.snapshot_bill(size, 0, 1),
        lambda size: ebs.archive_break_even(size, 0, 1),
        lambda iops: ebs.gp3_allowed(100, iops),
        lambda iops: ebs.gp2_burst(100, iops),
        lambda iops: ebs.cheapest(100, iops),
        lambda mibps: ebs.cheapest(100, 0, mibps),
    ],
)
def test_what_is_no_number_is_refused(function: Any, bad: Any) -> None:
    with pytest.raises(ValueError, match=r"must be (a (finite )?)?number|one number"):
        function(bad)


@pytest.mark.parametrize(
    ("kind", "size", "words"),
    [
        ("gp2", 0, "1 to 16,384 GiB; got 0 GiB"),
        ("gp2", 16_385, "1 to 16,384 GiB; got 16,385 GiB"),
        ("gp3", -5, "got -5 GiB"),
        ("gp3", 65_537, "size range of gp3"),
        ("io1", 3, "4 to 16,384 GiB"),
        ("st1", 124, "125 to 16,384 GiB"),
        ("standard", 1_025, "1 to 1,024 GiB"),
        ("gp3", 100.5, "whole number of GiB; got 100.5"),
        ("gp3", [1, 2], "one number"),
        ("gp4", 100, "no EBS volume type; the types are gp2, gp3"),
        (None, 100, "no EBS volume type"),
    ],
)
def test_sizes_and_types_that_aws_refuses(kind: Any, size: Any, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        ebs.check(ebs.Volume(kind, size, 100 if kind == "io1" else None))


@pytest.mark.parametrize(
    ("volume", "edition", "words"),
    [
        (ebs.Volume("gp3", 10_000, 16_001), "exam", "16,000 IOPS or fewer"),
        (ebs.Volume("gp3", 20_000), "exam", "1 to 16,384 GiB"),
        (ebs.Volume("gp3", 100, 3_000, 751), "today", "with 3,000 IOPS that is 750 MiB/s; got 751"),
        (ebs.Volume("gp3", 100, 8_000, 2_001), "today", "125 to 2,000 MiB/s"),
        (ebs.Volume("gp3", 100, 8_000, 1_001), "exam", "125 to 1,000 MiB/s"),
        (ebs.Volume("gp3", 100, None, 124), "today", "125 to 2,000 MiB/s"),
        (ebs.Volume("gp3", 100, 3_000.5), "today", "whole number of IOPS"),  # type: ignore[arg-type]
        (ebs.Volume("gp2", 100, 300), "today", "IOPS cannot be set for gp2"),
        (ebs.Volume("st1", 500, None, 100), "today", "Throughput cannot be set for st1"),
        (ebs.Volume("io1", 100), "today", "need their IOPS to be named"),
        (ebs.Volume("io1", 100, 5_001), "today", "5,000 IOPS or fewer (50 per GiB, up to 64,000); got 5,001"),
        (ebs.Volume("io2", 4, 99), "today", "100 IOPS or more"),
        (ebs.Volume("io2", 1_000, 256_001), "today", "256,000 IOPS or fewer"),
    ],
)
def test_performance_that_aws_refuses(volume: ebs.Volume, edition: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        ebs.check(volume, edition)
    with pytest.raises(ValueError, match=re.escape(words)):
        ebs.monthly_cost(volume, edition=edition)


@pytest.mark.parametrize(
    ("volume", "use", "words"),
    [
        (ebs.Volume("st1", 500), {"boot": True}, "cannot be boot volumes"),
        (ebs.Volume("gp3", 500), {"multi_attach": True}, "io1 and io2 volumes only; got gp3"),
        (ebs.Volume("io2", 500, 100), {"multi_attach": True, "boot": True}, "cannot be a boot volume"),
        (ebs.Volume("io2", 500, 33_000), {"nitro": False}, "not built on the Nitro System"),
    ],
)
def test_uses_that_aws_refuses(volume: ebs.Volume, use: dict[str, bool], words: str) -> None:
    ebs.check(volume)
    with pytest.raises(ValueError, match=words):
        ebs.check(volume, **use)


@pytest.mark.parametrize(
    "volume",
    [
        ebs.Volume(),
        ebs.Volume("gp3", 1, 3_000, 125),
        ebs.Volume("gp3", 65_536, 80_000, 2_000),
        ebs.Volume("gp2", 16_384),
        ebs.Volume("io1", 1_280, 64_000),
        ebs.Volume("io2", 256, 256_000),
        ebs.Volume("st1", 125),
        ebs.Volume("standard", 1_024),
    ],
)
def test_volumes_that_aws_takes(volume: ebs.Volume) -> None:
    ebs.check(volume)


# --- Performance ------------------------------------------------------------------------------------------


def test_performance_by_io_size() -> None:
    gp3 = ebs.Volume("gp3", 100)
    small, large, huge = (ebs.performance(gp3, size) for size in (16, 256, 1_024))
    assert (small.iops, small.throughput_mibps) == (3_000, 46.875)
    assert (large.iops, large.throughput_mibps) == (500, 125)
    assert (huge.iops, huge.throughput_mibps) == (125, 125)
    assert small.burst_iops == small.iops


def test_performance_of_gp2_in_a_burst() -> None:
    seen = ebs.performance(ebs.Volume("gp2", 100), 16)
    assert (seen.iops, seen.burst_iops) == (300, 3_000)
    assert seen.burst_throughput_mibps == 46.875


def test_hdd_pays_a_mebibyte_for_every_random_io() -> None:
    st1 = ebs.Volume("st1", 1_024)
    random, merged = ebs.performance(st1, 16), ebs.performance(st1, 16, sequential=True)
    assert (random.iops, random.throughput_mibps) == (40, 0.625)
    assert (merged.iops, merged.throughput_mibps) == (2_560, 40)
    assert random.burst_iops == 250


def test_the_instance_is_a_ceiling_too() -> None:
    io2 = ebs.Volume("io2", 1_000, 64_000)
    seen = ebs.performance(io2, 16, instance_type="t3.micro")
    assert seen.iops == 500
    assert seen.burst_iops == 11_800
    assert seen.throughput_mibps == pytest.approx(500 * 16 / 1_024)
    big = ebs.performance(io2, 256, instance_type="t3.micro")
    assert big.throughput_mibps == pytest.approx(87e6 / 8 / 2**20)
    assert "t3.micro passes 500" in seen.explain()
    with pytest.raises(ValueError, match=r"no EBS limits for 'z9\.huge'"):
        ebs.performance(io2, instance_type="z9.huge")


def test_instance_limits_are_those_of_the_shipped_instance_data() -> None:
    path = Path(moto.__file__).parent / "ec2" / "resources" / "instance_types.json.gz"
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        shipped = json.load(stream)
    for name, limit in ebs.INSTANCE_LIMITS.items():
        data = shipped[name]
        info = data["EbsInfo"]["EbsOptimizedInfo"]
        assert (
            limit.baseline_mbps,
            limit.maximum_mbps,
            limit.baseline_iops,
            limit.maximum_iops,
            limit.nitro,
        ) == (
            info["BaselineBandwidthInMbps"],
            info["MaximumBandwidthInMbps"],
            info["BaselineIops"],
            info["MaximumIops"],
            data["Hypervisor"] == "nitro",
        ), name
    assert ebs.instance_limit("m5.large").maximum_iops == 18_750


@FAST
@given(st.integers(1, 65_536), st.floats(1, 4_096), st.booleans())
def test_throughput_is_iops_times_size(size: int, io_kib: float, sequential: bool) -> None:
    seen = ebs.performance(ebs.Volume("gp3", size), io_kib, sequential=sequential)
    assert seen.throughput_mibps == pytest.approx(seen.iops * io_kib / 1_024)
    assert seen.throughput_mibps <= 125 + 1e-9
    assert seen.iops * min(1, 256 / io_kib) <= 3_000 * max(1, 256 / io_kib) + 1e-6


def test_performance_of_magnetic_volumes() -> None:
    assert ebs.performance(ebs.Volume("standard", 100), 16).iops == 200


# --- Cost -------------------------------------------------------------------------------------------------


def test_explain_monthly_cost() -> None:
    assert ebs.monthly_cost(ebs.Volume("gp3", 500, 6_000, 250)).explain().splitlines() == [
        "gp3 volume of 500 GiB, cost of one month in us-east-1",
        "  gp3 volume storage: 500 × $0.08 = $40.00",
        "  gp3 provisioned IOPS over 3000: (6,000 − 3,000 included) = 3,000 × $0.005 = $15.00",
        "  gp3 provisioned throughput over 125 MiB/s: (250 − 125 included) = 125 × $0.04 = $5.00",
        "  total: $60.00 a month",
        f"  ({prices.footnote('us-east-1', '2026-10-13')})",
    ]


def test_io2_is_billed_in_tiers() -> None:
    bill = ebs.monthly_cost(ebs.Volume("io2", 100, 70_000))
    assert bill.table.set_index("item").loc["io2 provisioned IOPS", "usd"] == pytest.approx(
        32_000 * 0.065 + 32_000 * 0.0455 + 6_000 * 0.03185
    )


def test_magnetic_volumes_pay_for_io() -> None:
    volume = ebs.Volume("standard", 100)
    assert ebs.monthly_cost(volume).usd_per_month == pytest.approx(5)
    assert ebs.monthly_cost(volume, io_requests=2_000_000).usd_per_month == pytest.approx(5.10)


def test_cost_carries_region_date_and_age() -> None:
    bill = ebs.monthly_cost(ebs.Volume("gp2", 100), "eu-west-1")
    assert (bill.region, bill.as_of, bill.usd_per_month) == ("eu-west-1", "2026-05-01", pytest.approx(11))
    assert bill.footnote == prices.footnote("eu-west-1", "2026-05-01")
    age = bill.price_age_days()
    assert age is not None


@pytest.mark.parametrize(
    ("volume", "region", "words"),
    [
        (
            ebs.Volume("st1", 500),
            "eu-west-1",
            "st1 volume storage in eu-west-1; the book has it for us-east-1",
        ),
        (ebs.Volume("gp3", 500, 3_000, 200), "eu-west-1", "throughput over 125 MiB/s in eu-west-1"),
        (ebs.Volume("gp3", 500), "mars-north-1", "in mars-north-1"),
    ],
)
def test_no_price_is_said_and_never_guessed(volume: ebs.Volume, region: str, words: str) -> None:
    with pytest.raises(prices.NoPrice, match=re.escape(words)):
        ebs.monthly_cost(volume, region)


def test_included_performance_needs_no_price_of_its_own() -> None:
    assert ebs.monthly_cost(ebs.Volume("gp3", 500, 3_000, 125), "eu-west-1").usd_per_month == pytest.approx(
        44
    )


@FAST
@given(st.integers(1, 16_000), st.integers(3_000, 16_000), st.integers(1, 500))
def test_more_never_costs_less(size: int, iops: int, more: int) -> None:
    size = max(size, iops // 500 + 1)
    small = ebs.monthly_cost(ebs.Volume("gp3", size, iops)).usd_per_month
    assert 0 < small <= ebs.monthly_cost(ebs.Volume("gp3", size + more, iops)).usd_per_month
    assert small <= ebs.monthly_cost(ebs.Volume("gp3", size + more, iops + more)).usd_per_month


def test_prorated() -> None:
    assert ebs.prorated(30, 86_400) == pytest.approx(1)
    assert ebs.prorated(31, 86_400, days_in_month=31) == pytest.approx(1)
    assert ebs.prorated(100, 1) == ebs.prorated(100, 60)  # 60 seconds are the least that is billed
    assert ebs.prorated([30, 60], 86_400).tolist() == pytest.approx([1, 2])
    assert ebs.cost_for_hours(ebs.Volume("gp3", 500), 720) == pytest.approx(40)
    with pytest.raises(ValueError, match="0 to 2,592,000 seconds"):
        ebs.prorated(1, 2_592_001)
    with pytest.raises(ValueError, match="28 to 31 days"):
        ebs.prorated(1, 60, days_in_month=365)


def test_numpy_numbers_are_welcome() -> None:
    volume = ebs.Volume("gp3", np.int64(100), np.int32(4_000), np.int64(200))  # type: ignore[arg-type]
    assert ebs.monthly_cost(volume).usd_per_month == pytest.approx(8 + 5 + 3)


def test_an_io_above_256_kib_counts_twice() -> None:
    assert ebs.performance(ebs.Volume("gp3", 100), 256).iops == 500  # the throughput limits
    io2 = ebs.Volume("io2", 100, 1_000)
    assert ebs.performance(io2, 256).iops == 1_000
    assert ebs.performance(io2, 257).iops == 500
    assert ebs.performance(ebs.Volume("st1", 1_024), 1_025).iops == pytest.approx(20)


def test_magnetic_throughput() -> None:
    assert ebs.performance(ebs.Volume("standard", 100), 256, sequential=True).throughput_mibps == 50
    assert ebs.performance(ebs.Volume("standard", 100), 128, sequential=True).throughput_mibps == 50
    assert ebs.TYPES["standard"].limits["today"].max_throughput_mibps == 90


def test_bandwidth_in_mebibytes() -> None:
    large = ebs.instance_limit("m5.large")
    assert large.baseline_mibps == pytest.approx(81.25e6 / 2**20)
    assert large.maximum_mibps == pytest.approx(593.75e6 / 2**20)


@pytest.mark.parametrize(
    ("kind", "iops", "mibps"),
    [
        ("gp2", 16_000, 250),
        ("gp3", 80_000, 2_000),
        ("io1", 64_000, 1_000),
        ("io2", 256_000, 4_000),
        ("st1", 500, 500),
        ("sc1", 250, 250),
    ],
)
def test_highest_iops_and_throughput(kind: str, iops: int, mibps: int) -> None:
    limits = ebs.TYPES[kind].limits["today"]
    assert (limits.max_iops, limits.max_throughput_mibps) == (iops, mibps)


def test_explain_piops() -> None:
    assert ebs.piops_allowed("io1", 1_280, 32_000).explain().splitlines() == [
        "io1 volume of 1,280 GiB with 32,000 IOPS on a Nitro instance",
        "  IOPS: 50 × 1,280 GiB = 64,000, at most 64,000 = 64,000 IOPS",
        "  throughput: 32,000 × 256 KiB / 1,024, at most 500 = 500 MiB/s",
    ]
    assert "64,000 × 16 KiB / 1,024, at most 1,000 = 1,000" in ebs.piops_allowed("io1", 1_280).explain()
    assert ebs.piops_allowed("io2", 10, nitro=False).explain().splitlines() == [
        "io2 volume of 10 GiB with 10,000 IOPS on an instance not built on Nitro",
        "  IOPS: 1,000 × 10 GiB = 10,000, at most 32,000 = 10,000 IOPS",
        "  throughput: 0.256 MiB/s × 10,000, at most 4,000 = 2,560 MiB/s",
    ]


def test_explain_hdd() -> None:
    assert ebs.hdd_throughput("st1", 1_024).explain().splitlines() == [
        "st1 volume of 1,024 GiB = 1 TiB",
        "  base: 40 MiB/s × 1 TiB, at most 500 = 40 MiB/s",
        "  burst: 250 MiB/s × 1 TiB, at most 500 = 250 MiB/s",
        "  a full bucket holds 1,024 GiB, empties at full burst in 4,993.22 s "
        "and refills, when idle, in 26,214.4 s",
        "  reading the whole volume once takes 1.1651 h at burst, "
        "1.3076 h at 90 % of it for 99 % of the time",
    ]


def test_explain_performance() -> None:
    assert ebs.performance(ebs.Volume("gp2", 200), 16, instance_type="t3.micro").explain().splitlines() == [
        "gp2 volume of 200 GiB, random I/O of 16 KiB",
        "  each I/O counts as 1 unit(s) of 256 KiB",
        "  limits, always: the volume does 600 units a second and 250 MiB/s; "
        "t3.micro passes 500 and 10.3712 MiB/s",
        "  limits, burst: the volume does 3,000 units a second and 250 MiB/s; "
        "t3.micro passes 11,800 and 248.55 MiB/s",
        "  result, always: 500 IOPS = 7.8125 MiB/s",
        "  result, in a burst: 3,000 IOPS = 46.875 MiB/s",
    ]


# --- Many volumes -----------------------------------------------------------------------------------------


@st.composite
def volumes(draw: st.DrawFn) -> ebs.Volume:
    """Any volume that AWS takes."""
    kind = draw(st.sampled_from(list(ebs.TYPES)))
    size = draw(st.integers(200, 1_024))
    if kind == "gp3":
        iops = draw(st.one_of(st.none(), st.integers(3_000, 80_000)))
        return ebs.Volume(kind, size, iops, draw(st.one_of(st.none(), st.integers(125, 750))))
    return ebs.Volume(kind, size, draw(st.integers(100, 10_000)) if kind in ("io1", "io2") else None)


@FAST
@given(st.lists(volumes(), min_size=1, max_size=5), st.floats(0, 1e9))
def test_costs_of_many_volumes_are_those_of_each(many: list[ebs.Volume], requests: float) -> None:
    bill = ebs.monthly_cost(many, io_requests=requests)
    assert bill.usd_per_month.shape == (len(many),)
    for i, volume in enumerate(many):
        one = ebs.monthly_cost(volume, io_requests=requests)
        assert bill.usd_per_month[i] == one.usd_per_month
        assert bill.at(i) == one
        assert bill.explain(i) == f"Element [{i}] of {len(many)}:\n{one.explain()}"


@FAST
@given(
    st.lists(volumes(), min_size=1, max_size=5),
    st.floats(1, 2_048),
    st.booleans(),
    st.sampled_from([None, "t3.micro", "m4.large"]),
)
def test_performance_of_many_volumes_is_that_of_each(
    many: list[ebs.Volume], io_kib: float, sequential: bool, instance: str | None
) -> None:
    seen = ebs.performance(many, io_kib, sequential=sequential, instance_type=instance)
    assert seen.iops.shape == seen.burst_throughput_mibps.shape == (len(many),)
    for i, volume in enumerate(many):
        one = ebs.performance(volume, io_kib, sequential=sequential, instance_type=instance)
        assert seen.iops[i] == one.iops
        assert seen.at(i) == one
        assert seen.explain(i) == f"Element [{i}] of {len(many)}:\n{one.explain()}"


def test_volumes_and_io_sizes_broadcast() -> None:
    gp3 = ebs.Volume("gp3", 100)
    assert ebs.performance(gp3, [16, 256, 1_024]).iops.tolist() == [3_000, 500, 125]
    column = np.array([[gp3], [ebs.Volume("gp2", 100)]], dtype=object)
    grid = ebs.performance(column, [16, 256])
    assert grid.iops.tolist() == [[3_000, 500], [300, 300]]
    assert grid.explain(3) == f"Element [3] of 4:\n{ebs.performance(ebs.Volume('gp2', 100), 256).explain()}"
    magnetic = ebs.monthly_cost(ebs.Volume("standard", 100), io_requests=[0, 2_000_000])
    assert magnetic.usd_per_month.tolist() == pytest.approx([5, 5.10])
    assert [len(magnetic.at(i).parts) for i in (0, 1)] == [1, 2]
    hours = ebs.cost_for_hours([gp3, ebs.Volume("gp3", 200)], [720, 360])
    assert hours.tolist() == pytest.approx([8, 8])


def test_parts_of_a_mixed_bill() -> None:
    bill = ebs.monthly_cost([ebs.Volume("gp3", 500, 6_000), ebs.Volume("gp2", 100)])
    assert bill.usd_per_month.tolist() == pytest.approx([55, 10])
    amounts = {part.item: part.quantity.tolist() for part in bill.parts}
    assert amounts == {
        "gp3 volume storage": [500, 0],
        "gp3 provisioned IOPS over 3000": [6_000, 0],
        "gp2 volume storage": [0, 100],
    }
    assert bill.footnote == prices.footnote("us-east-1", "2026-10-13")


def test_no_volumes_cost_nothing() -> None:
    assert ebs.monthly_cost([]).usd_per_month.shape == (0,)
    assert ebs.performance([]).iops.shape == (0,)


@pytest.mark.parametrize(
    ("many", "words"),
    [
        (
            [ebs.Volume(), ebs.Volume("gp3", 0)],
            "Element [1] of 2: size_gib must be 1 to 65,536 GiB; got 0 GiB.",
        ),
        ([ebs.Volume("st1", 500, 100), ebs.Volume()], "Element [0] of 2: IOPS cannot be set for st1"),
        ([ebs.Volume(), "gp3"], "Element [1] of 2: A Volume or a sequence of Volumes is needed; got 'gp3'."),
        (100, "A Volume or a sequence of Volumes is needed; got 100."),
        (ebs.Volume("gp3", [1, 2]), "size_gib must be one number here, not 2 of them."),  # type: ignore[arg-type]
    ],
)
def test_the_volume_that_aws_refuses_is_named(many: Any, words: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(words)}"):
        ebs.monthly_cost(many)
    with pytest.raises(ValueError, match=f"^{re.escape(words)}"):
        ebs.performance(many)


def test_numbers_beside_many_volumes_are_named_too() -> None:
    with pytest.raises(ValueError, match=r"more than 0 KiB; got 0 KiB in element \[1\]"):
        ebs.performance(ebs.Volume(), [16, 0])
    with pytest.raises(ValueError, match=r"got -1 requests in element \[0\]"):
        ebs.monthly_cost(ebs.Volume("standard", 100), io_requests=[-1, 5])
    with pytest.raises(prices.NoPrice, match="st1 volume storage in eu-west-1"):
        ebs.monthly_cost([ebs.Volume("gp3", 500), ebs.Volume("st1", 500)], "eu-west-1")
