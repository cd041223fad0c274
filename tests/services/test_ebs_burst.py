"""gp2, st1 and sc1: the burst bucket, as formulas and through time."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.services import ebs

FAST = settings(max_examples=60, deadline=None, derandomize=True)
SIZES = st.integers(1, 16_384)
LOADS = st.lists(st.floats(0, 20_000), min_size=1, max_size=40)


def test_array_results_keep_the_shape_and_scalars_stay_python_numbers() -> None:
    burst = ebs.gp2_burst([[1, 100], [334, 1_000]])
    assert burst.baseline_iops.tolist() == [[100, 300], [1_002, 3_000]]
    assert burst.burst_seconds.shape == (2, 2)
    assert type(ebs.gp2_baseline_iops(100)) is int
    assert type(ebs.gp2_burst(100).burst_seconds) is float
    assert ebs.gp2_baseline_iops(pd.Series([100, 200])).tolist() == [300, 600]


def test_no_burst_from_1000_gib() -> None:
    burst = ebs.gp2_burst(1_000)
    assert math.isinf(burst.burst_seconds)
    assert math.isnan(burst.refill_seconds)
    assert "no burst" in burst.explain()


def test_demand_within_the_baseline_never_empties_the_bucket() -> None:
    assert math.isinf(ebs.gp2_burst(100, demand_iops=300).burst_seconds)
    assert ebs.gp2_burst(100, demand_iops=301).burst_seconds == 5_400_000


def test_a_demand_just_above_the_baseline() -> None:
    assert ebs.gp2_burst(100, demand_iops=300.5).burst_seconds == 10_800_000
    assert ebs.hdd_throughput("st1", 12_799).drain_seconds == pytest.approx(
        12_799 * 1_024 / (500 - 12_799 * 40 / 1_024)
    )


def test_demand_above_3000_is_delivered_as_3000() -> None:
    assert ebs.gp2_burst(100, demand_iops=9_000).burst_seconds == ebs.gp2_burst(100).burst_seconds


def test_throughput_divides_by_1024() -> None:
    assert ebs.gp2_throughput_mibps(100, 3_000, 16) == 3_000 * 16 / 1_024
    assert ebs.gp2_throughput_mibps(200, 600) == 150  # between 170 and 334 GiB, credits used up
    assert ebs.gp2_throughput_mibps(200) == 250  # the same volume in a burst
    assert ebs.gp2_throughput_mibps(5_334, 16_000, 1_024) == 250
    assert ebs.gp2_throughput_mibps(5_334, 900, 1_024) == 225  # one I/O counts 256 KiB at most
    with pytest.raises(ValueError, match="at most 3,000 IOPS"):
        ebs.gp2_throughput_mibps(100, 3_001)


def test_explain_gp2_burst() -> None:
    assert ebs.gp2_burst(100).explain().splitlines() == [
        "gp2 volume of 100 GiB",
        "  baseline: 3 IOPS × 100 GiB = 300, kept within 100 and 16,000 = 300 IOPS",
        "  demand 3,000 IOPS; delivered while credits last: 3,000 IOPS",
        "  credits are spent at 3,000 − 300 = 2,700 a second: 5,400,000 credits last 2,000 s",
        "  an empty bucket refills, when idle, in 5,400,000 / 300 = 18,000 s",
    ]
    assert ebs.gp2_burst([1, 33]).explain(1).splitlines()[:3] == [
        "Element [1] of 2:",
        "gp2 volume of 33 GiB",
        "  baseline: 3 IOPS × 33 GiB = 99, kept within 100 and 16,000 = 100 IOPS",
    ]
    with pytest.raises(IndexError, match="2 elements"):
        ebs.gp2_burst([1, 33]).explain(2)


@FAST
@given(SIZES, SIZES)
def test_bigger_gp2_volumes_are_never_slower(one: int, other: int) -> None:
    small, large = sorted((one, other))
    assert ebs.gp2_baseline_iops(small) <= ebs.gp2_baseline_iops(large)
    assert ebs.gp2_throughput_mibps(small) <= ebs.gp2_throughput_mibps(large)
    assert ebs.gp2_burst(small).burst_seconds <= ebs.gp2_burst(large).burst_seconds


@FAST
@given(SIZES, LOADS, st.sampled_from([1, 60, 300]), st.floats(0, 5_400_000))
def test_simulated_credits_are_conserved(size: int, load: list[float], step: int, start: float) -> None:
    log = ebs.simulate_gp2(size, load, step_s=step, start_credits=start)
    base = ebs.gp2_baseline_iops(size)
    balance = log["balance_credits"].to_numpy()
    delivered = log["delivered_iops"].to_numpy()
    before = np.concatenate([[start], balance[:-1]])
    assert (balance >= 0).all()
    assert (balance <= 5_400_000).all()
    assert (delivered <= np.array(load) + 1e-9).all()
    assert (delivered <= max(base, 3_000) + 1e-9).all()
    # What came in is the baseline, what went out is what was delivered; only a full bucket loses credits.
    lost = before + (base - delivered) * step - balance
    assert (np.where(balance < 5_400_000, np.abs(lost), 0) < 1e-3).all()
    assert (lost > -1e-3).all()
    # Nobody is throttled who has credits left.
    wanted = np.minimum(load, max(base, 3_000))
    assert (np.where(balance > 1e-6, delivered, wanted) >= wanted - 1e-6).all()
    # The baseline is always there.
    assert (delivered >= np.minimum(wanted, base) - 1e-9).all()


@FAST
@given(st.integers(1, 999), st.sampled_from([1.0, 7.0, 60.0, 600.0]))
def test_the_simulator_agrees_with_the_formula_at_any_step(size: int, step: float) -> None:
    """Total I/O delivered until after the bucket is empty does not depend on the step."""
    burst = ebs.gp2_burst(size)
    seconds = math.ceil(burst.burst_seconds / step + 1) * step
    log = ebs.simulate_gp2(size, 3_000, step_s=step, duration_s=seconds)
    delivered = float((log["delivered_iops"] * step).sum())
    span = float(log["second"].iloc[-1])
    expected = 3_000 * burst.burst_seconds + burst.baseline_iops * (span - burst.burst_seconds)
    assert delivered == pytest.approx(expected, rel=1e-9)
    assert log["burst_balance_percent"].iloc[-1] == 0


def test_the_step_in_which_the_bucket_empties_is_exact() -> None:
    log = ebs.simulate_gp2(100, 3_000, step_s=60, duration_s=2_100)
    third_last = log.iloc[33]  # from 1,980 s to 2,040 s; empty after 20 s of it
    assert third_last["delivered_iops"] == pytest.approx((3_000 * 20 + 300 * 40) / 60)
    assert log["delivered_iops"].iloc[34] == 300


def test_simulation_refills_when_idle() -> None:
    log = ebs.simulate_gp2(100, [0], step_s=18_000, start_credits=0)
    assert log["burst_balance_percent"].tolist() == [100]
    assert ebs.simulate_gp2(100, [300] * 3, start_credits=1_000)["balance_credits"].tolist() == [1_000] * 3


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"size_gib": [100, 200]}, "one number"),
        ({"step_s": 0}, "more than 0 seconds"),
        ({"start_credits": 5_400_001}, "at most|0 to 5,400,000"),
        ({"demand_iops": [100, -1]}, "at least 0 IOPS; got -1"),
        ({"demand_iops": [[1, 2], [3, 4]]}, "one number per step"),
        ({"demand_iops": [1, 2], "duration_s": 60}, "2 steps"),
    ],
)
def test_simulation_refuses(bad: dict[str, object], reason: str) -> None:
    arguments = {"size_gib": 100, "demand_iops": 100} | bad
    with pytest.raises(ValueError, match=reason):
        ebs.simulate_gp2(**arguments)  # type: ignore[arg-type]


# --- st1, sc1 ---------------------------------------------------------------------------------------------


@FAST
@given(st.sampled_from(["st1", "sc1"]), st.integers(125, 16_384))
def test_hdd_burst_is_at_least_base(kind: str, size: int) -> None:
    rates = ebs.hdd_throughput(kind, size)
    assert 0 < rates.base_mibps <= rates.burst_mibps
    assert rates.bucket_gib == size
    assert rates.scan_hours * 3600 <= rates.drain_seconds + 1e-6  # AWS: a full bucket scans the whole volume


@FAST
@given(
    st.sampled_from(["st1", "sc1"]),
    st.integers(125, 16_384),
    st.lists(st.floats(0, 700), min_size=1, max_size=40),
)
def test_hdd_credits_are_conserved(kind: str, size: int, load: list[float]) -> None:
    rates = ebs.hdd_throughput(kind, size)
    log = ebs.simulate_hdd(kind, size, load, step_s=600)
    balance, delivered = log["balance_gib"].to_numpy(), log["delivered_mibps"].to_numpy()
    before = np.concatenate([[size], balance[:-1]])
    change = (rates.base_mibps - delivered) * 600 / 1_024
    assert ((balance >= 0) & (balance <= size)).all()
    assert (delivered <= np.minimum(load, rates.burst_mibps) + 1e-9).all()
    assert (np.where(balance < size, np.abs(before + change - balance), 0) < 1e-6).all()


def test_hdd_base_equal_to_burst_never_drains() -> None:
    rates = ebs.hdd_throughput("st1", 12_800)
    assert math.isinf(rates.drain_seconds)
    assert "never empties" in rates.explain()
    assert ebs.simulate_hdd("st1", 12_800, 500, duration_s=600)["balance_gib"].min() == 12_800


def test_hdd_simulation_starts_where_it_is_told() -> None:
    log = ebs.simulate_hdd("st1", 1_024, 250, start_balance_gib=0, duration_s=60)
    assert log["delivered_mibps"].tolist() == [40]
    half = ebs.simulate_hdd("st1", 1_024, 40, start_balance_gib=512, duration_s=60)
    assert half["burst_balance_percent"].tolist() == [50]
    with pytest.raises(ValueError, match="as much as the volume"):
        ebs.simulate_hdd("st1", 1_024, 250, start_balance_gib=1_025)


def test_hdd_names() -> None:
    with pytest.raises(ValueError, match="st1 and sc1; got 'gp2'"):
        ebs.hdd_throughput("gp2", 1_024)
