"""The cheapest type for a need: one implementation, used for one need and for many."""

from __future__ import annotations

import importlib.util
import math
import re
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course import prices
from course.services import ebs

FAST = settings(max_examples=60, deadline=None, derandomize=True)
NEEDS = st.tuples(
    st.integers(1, 65_536),
    st.one_of(st.just(0), st.integers(0, 5_000), st.integers(0, 300_000)),
    st.one_of(st.just(0), st.integers(0, 300), st.integers(0, 5_000)),
)
REGIONS = st.sampled_from(prices.REGIONS)
EDITIONS = st.sampled_from(["today", "exam"])


@pytest.fixture(scope="module")
def sweep() -> ModuleType:
    """bench/sweep.py: it holds an independent plain Python version of the rules."""
    path = Path(__file__).parents[2] / "bench" / "sweep.py"
    spec = importlib.util.spec_from_file_location("bench_sweep", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_cheapest_for_6000_iops() -> None:
    result = ebs.cheapest(500, 6_000, 250)
    assert result.best == ebs.Volume("gp3", 500, 6_000, 250)
    assert result.usd_per_month == 60
    assert result.table["kind"].tolist() == ["gp3", "gp2", "io2", "io1", "st1", "sc1"]
    gp2 = result.table.set_index("kind").loc["gp2"]
    assert (gp2["size_gib"], gp2["iops"], gp2["usd_per_month"]) == (2_000, 6_000, 200)
    assert result.explain().splitlines() == [
        "Cheapest volume for 500 GiB, 6,000 IOPS and 250 MiB/s, sustained (limits: today)",
        "  gp3: $60.00 a month for 500 GiB, 6,000 IOPS, 250 MiB/s",
        "  gp2: $200.00 a month for 2,000 GiB, 6,000 IOPS, 250 MiB/s",
        "  io2: $452.50 a month for 500 GiB, 6,000 IOPS, 1,536 MiB/s",
        "  io1: $452.50 a month for 500 GiB, 6,000 IOPS, 500 MiB/s",
        "  st1: no. st1 volumes deliver at most 500 random IOPS sustained (each takes a credit of 1 MiB).",
        "  sc1: no. sc1 volumes deliver at most 192 random IOPS sustained (each takes a credit of 1 MiB).",
        "  gp3 is cheapest: $60.00 a month, 70 % less than gp2 ($200.00)",
        f"  ({prices.footnote('us-east-1', '2026-10-13')})",
    ]


def test_sequential_bulk_data_goes_to_hdd() -> None:
    assert ebs.cheapest(4_000, 0, 40).best == ebs.Volume("sc1", 4_000)
    assert ebs.cheapest(4_000, 0, 150).best == ebs.Volume("st1", 4_000)
    assert ebs.cheapest(4_000, 0, 150, boot=True).best == ebs.Volume("gp3", 4_000, 3_000, 150)


def test_exam_and_today_differ() -> None:
    assert ebs.cheapest(500, 20_000).best == ebs.Volume("gp3", 500, 20_000, 125)
    exam = ebs.cheapest(500, 20_000, edition="exam")
    assert exam.best is not None
    assert exam.best.kind == "io2"
    assert "at most 16,000 random IOPS" in exam.explain()


def test_burst_counts_only_when_asked() -> None:
    sustained = ebs.cheapest(100, 3_000).table.set_index("kind").loc["gp2", "size_gib"]
    bursting = ebs.cheapest(100, 3_000, sustained=False).table.set_index("kind").loc["gp2", "size_gib"]
    assert (sustained, bursting) == (1_000, 100)
    assert ebs.cheapest(1_229, 0, 300, sustained=False).best == ebs.Volume("st1", 1_229)
    assert ebs.cheapest(1_229, 0, 300).best == ebs.Volume("gp3", 1_229, 3_000, 300)


def test_boot_and_multi_attach_say_why() -> None:
    boot = ebs.cheapest(500, 100, 10, boot=True).table.set_index("kind")
    assert not boot.loc["st1", "feasible"]
    assert boot.loc["st1", "reason"] == "st1 volumes cannot be boot volumes; gp2, gp3, io1 and io2 can."
    shared = ebs.cheapest(500, 100, 10, multi_attach=True)
    assert shared.table.loc[shared.table["feasible"], "kind"].tolist() == ["io2", "io1"]
    assert not ebs.cheapest(500, boot=True, multi_attach=True).table["feasible"].any()


def test_a_type_without_a_price_is_marked_not_dropped() -> None:
    result = ebs.cheapest(500, 100, 10, region="eu-west-1")
    rows = result.table.set_index("kind")
    assert len(rows) == 6
    assert rows.loc["st1", "feasible"]
    assert math.isnan(rows.loc["st1", "usd_per_month"])
    assert "No list price for EBS st1 volume storage in eu-west-1" in rows.loc["st1", "reason"]
    assert result.best == ebs.Volume("gp3", 500, 3_000, 125)
    assert "would do too, but without a price in eu-west-1" in result.explain()


def test_a_part_without_a_price_makes_the_type_unpriced() -> None:
    rows = ebs.cheapest(500, 100, 200, region="eu-west-1").table.set_index("kind")
    assert math.isnan(rows.loc["gp3", "usd_per_month"])
    assert "throughput over 125 MiB/s in eu-west-1" in rows.loc["gp3", "reason"]
    assert rows.loc["gp2", "usd_per_month"] == pytest.approx(0.11 * 500)


def test_nothing_fits() -> None:
    result = ebs.cheapest(500, 300_000)
    assert result.best is None
    assert math.isnan(result.usd_per_month)
    assert "no single volume meets the need" in result.explain()
    assert "no list price of us-east-1 was used" in result.explain()


def test_nothing_is_priced() -> None:
    result = ebs.cheapest(60_000, 6_000, 250, region="eu-west-1")
    assert result.best is None
    assert "no price in eu-west-1 for gp3, io2" in result.explain()


def test_the_only_type() -> None:
    assert "io2 is the only type that meets the need" in ebs.cheapest(500, 200_000).explain()


def test_equal_costs_prefer_the_newer_type() -> None:
    many = ebs.cheapest_many([100], 100, 0, multi_attach=True)
    assert many.usd_per_month["io1"] == many.usd_per_month["io2"]
    assert many.best_kind.tolist() == ["io2"]
    assert many.rank[:, 0].tolist() == [0, 0, 1, 2, 0, 0]


@FAST
@given(NEEDS, REGIONS, EDITIONS, st.booleans(), st.booleans(), st.booleans())
def test_one_and_many_agree(
    need: tuple[int, int, int], region: str, edition: str, sustained: bool, boot: bool, multi: bool
) -> None:
    one = ebs.cheapest(*need, region, edition, sustained, boot, multi)
    many = ebs.cheapest_many(*([value] for value in need), region, edition, sustained, boot, multi)
    costs = one.table.set_index("kind")["usd_per_month"]
    for kind in ebs.CHEAPEST_KINDS:
        assert many.usd_per_month[kind][0] == pytest.approx(costs[kind], nan_ok=True)
    assert many.best_kind[0] == ("" if one.best is None else one.best.kind)
    assert many.best_usd[0] == pytest.approx(one.usd_per_month, nan_ok=True)
    ranked = one.table.loc[one.table["usd_per_month"].notna(), "kind"].tolist()
    order = np.argsort(many.rank[:, 0], kind="stable")
    assert [many.kinds[i] for i in order if many.rank[i, 0]] == ranked


@FAST
@given(NEEDS, EDITIONS)
def test_what_is_recommended_can_be_created_and_does_the_job(
    need: tuple[int, int, int], edition: str
) -> None:
    size, iops, mibps = need
    result = ebs.cheapest(size, iops, mibps, edition=edition)
    if result.best is None:
        return
    best = result.best
    ebs.check(best, edition)
    assert ebs.monthly_cost(best, edition=edition).usd_per_month == pytest.approx(result.usd_per_month)
    assert best.size_gib >= size
    block = 1_024 if ebs.TYPES[best.kind].family == "HDD" else 256
    aws = 0.25 / 0.256 if best.kind == "io2" else 1  # AWS's rule for io2 is above what 256 KiB I/Os carry
    assert ebs.performance(best, block, edition=edition).throughput_mibps >= mibps * aws - 1e-6
    assert ebs.performance(best, 1, edition=edition).iops >= iops - 1e-6


@FAST
@given(st.sampled_from(ebs.CHEAPEST_KINDS), NEEDS, st.booleans())
def test_one_step_smaller_would_not_do(kind: str, need: tuple[int, int, int], sustained: bool) -> None:
    """`smallest` is the smallest: with one GiB less the volume is under its minimum or misses the need."""
    _, iops, mibps = need
    try:
        bought = ebs.smallest(kind, iops, mibps, sustained=sustained)
    except ValueError:
        return
    less = int(bought.size_gib) - 1
    limits = ebs.TYPES[kind].limits["today"]
    if less < limits.min_size_gib:
        return
    if kind in ("gp3", "io1", "io2"):
        rule = max(limits.included_iops, limits.iops_per_gib * less)
        assert rule < bought.iops
        return
    seen = ebs.performance(ebs.Volume(kind, less), 1_024 if kind != "gp2" else 256)
    fine = ebs.performance(ebs.Volume(kind, less), 1)
    reached = (
        (fine.iops, seen.throughput_mibps) if sustained else (fine.burst_iops, seen.burst_throughput_mibps)
    )
    assert reached[0] < iops or reached[1] < mibps


@FAST
@given(NEEDS, st.integers(0, 1_000), st.integers(0, 1_000))
def test_asking_for_more_never_costs_less(need: tuple[int, int, int], iops: int, mibps: int) -> None:
    some = ebs.cheapest(*need).usd_per_month
    more = ebs.cheapest(need[0], need[1] + iops, need[2] + mibps).usd_per_month
    assert math.isnan(more) or more >= some - 1e-9


def test_many_agree_with_plain_python(sweep: ModuleType) -> None:
    """An independent loop with `math.ceil`, over 3,000 needs; raises when types or costs differ."""
    fast, slow = sweep.compare(40_000, 3_000, rounds=1)
    assert fast > slow


def test_many_keeps_shapes_and_broadcasts() -> None:
    many = ebs.cheapest_many([[10], [1_000]], [0, 3_000, 20_000])
    assert many.best_kind.shape == (2, 3)
    assert many.rank.shape == (6, 2, 3)
    assert many.usd_per_month["gp3"].shape == (2, 3)
    assert ebs.cheapest_many(500, 6_000, 250).best_usd == 60
    assert many.footnote == prices.footnote("us-east-1", "2026-10-13")


def test_many_explains_each_need_as_cheapest_does() -> None:
    many = ebs.cheapest_many([[10], [1_000]], [0, 3_000, 20_000], 100, "eu-west-1", "exam", False, True)
    alone = ebs.cheapest(1_000, 3_000, 100, "eu-west-1", "exam", sustained=False, boot=True)
    assert many.explain(4) == many.explain(-2) == alone.explain()
    with pytest.raises(IndexError, match="6 elements; there is no element 6"):
        many.explain(6)


def test_frontier_is_tidy_and_marks_the_cheapest() -> None:
    frame = ebs.cheapest_frontier([100, 500], [100, 3_000, 20_000, 200_000])
    assert len(frame) == 2 * 4 * 6
    rows = frame.set_index(["size_gib", "iops", "kind"])
    assert rows.loc[(500, 3_000, "gp2"), "bought_size_gib"] == 1_000
    assert math.isnan(rows.loc[(500, 20_000, "gp2"), "usd_per_month"])
    assert math.isnan(rows.loc[(500, 20_000, "gp2"), "bought_size_gib"])
    assert (frame.groupby(["size_gib", "iops"])["cheapest"].sum() == 1).all()
    lowest = frame.groupby(["size_gib", "iops"])["usd_per_month"].transform("min")
    assert (frame.loc[frame["cheapest"], "usd_per_month"] == lowest[frame["cheapest"]]).all()
    assert frame.attrs["footnote"] == prices.footnote("us-east-1", "2026-10-13")
    assert len(ebs.cheapest_frontier(500, 100)) == 6


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((0,), "more than 0 and at most 65,536 GiB"),
        ((70_000,), "No EBS volume is larger"),
        ((100, -1), "at least 0 IOPS; got -1"),
        ((100, 0, -1), "at least 0 MiB/s"),
        (([1, 2],), "one number"),
        ((100, 0, 0, "us-east-1", "2020"), "'today' or 'exam'"),
    ],
)
def test_impossible_needs(arguments: tuple[object, ...], words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        ebs.cheapest(*arguments)  # type: ignore[arg-type]


def test_smallest_refuses() -> None:
    with pytest.raises(ValueError, match="gp2 volumes deliver at most 16,000 random IOPS"):
        ebs.smallest("gp2", [100, 20_000])
    with pytest.raises(ValueError, match="kind must be one of gp3"):
        ebs.smallest("standard", 10)
    assert ebs.smallest("io1", 0, [500, 501]).iops.tolist() == [2_000, 32_064]
    assert "32 GiB, 16,000 IOPS" in ebs.smallest("gp3", 16_000).explain()
    assert ebs.smallest("gp3", [3_000, 16_000]).size_gib.tolist() == [1, 32]
