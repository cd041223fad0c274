"""EFS: throughput modes, burst credits, classes, lifecycle policies, cost."""

from __future__ import annotations

import re
from typing import Any

import botocore.session
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course import prices
from course.services import efs

FAST = settings(max_examples=60, deadline=None, derandomize=True)
LOADS = st.lists(st.floats(0, 500), min_size=1, max_size=40)
PATTERNS = st.sampled_from([{1: 1.0}, {None: 1.0}, {1: 0.1, 45: 0.3, None: 0.6}, {7: 0.5, 100: 0.5}])
POLICIES = st.sampled_from([(None, None), (1, None), (30, None), (7, 90), (30, 365)])


# --- Bursting ---------------------------------------------------------------------------------------------


def test_bursting_floors() -> None:
    small = efs.bursting(1)
    assert (small.base_mibps, small.burst_mibps) == (1, 100)
    assert small.credit_cap_gib == pytest.approx(2.1 * 1_024)
    large = efs.bursting(10 * 1_024)
    assert (large.base_mibps, large.burst_mibps) == (500, 1_000)
    assert large.credit_cap_gib == pytest.approx(21 * 1_024)
    assert efs.bursting([256, 1_024]).share_of_day.tolist() == [0.125, 0.5]


def test_explain_bursting() -> None:
    assert efs.bursting(256).explain().splitlines() == [
        "EFS with 256 GiB in Standard, Bursting throughput",
        "  base: 50 KiB/s × 256 GiB / 1,024, at least 1 = 12.5 MiB/s",
        "  burst: 100 MiB/s × 0.25 TiB, at least 100 = 100 MiB/s",
        "  credits: at most 2.1 TiB × max(1, 0.25) = 2,150.4 GiB; 12.5 MiB/s earn 1,080,000 MiB a day",
        "  share of the day at burst: 12.5 / 100 = 12.5 % = 180 minutes",
    ]


@FAST
@given(st.floats(0, 50_000), LOADS, st.sampled_from([60, 3_600]))
def test_simulated_credits_are_conserved(size: float, load: list[float], step: int) -> None:
    rates = efs.bursting(size)
    log = efs.simulate_bursting(size, load, step_s=step)
    balance, delivered = log["credit_gib"].to_numpy(), log["delivered_mibps"].to_numpy()
    before = np.concatenate([[rates.credit_cap_gib], balance[:-1]])
    change = (rates.base_mibps - delivered) * step / 1_024
    assert (balance >= 0).all()
    assert (balance <= rates.credit_cap_gib * (1 + 1e-12)).all()
    assert (delivered <= np.minimum(load, rates.burst_mibps) + 1e-9).all()
    full = balance >= rates.credit_cap_gib * (1 - 1e-12)
    assert (np.where(full, 0, np.abs(before + change - balance)) < 1e-6).all()


@pytest.mark.parametrize("size", [20, 100, 256, 512, 1_024, 5_000])
def test_a_day_of_bursting_lasts_as_long_as_aws_says(size: int) -> None:
    """Idle for the rest of the day, then burst for the day's minutes: the balance is back at zero."""
    rates = efs.bursting(size)
    idle_s = (24 * 60 - rates.burst_minutes_per_day) * 60
    log = efs.simulate_bursting(size, [0], step_s=idle_s, start_credits_gib=0)
    saved = float(log["credit_gib"].iloc[0])
    burst = efs.simulate_bursting(
        size,
        rates.burst_mibps,
        step_s=60,
        duration_s=rates.burst_minutes_per_day * 60,
        start_credits_gib=saved,
    )
    assert burst["delivered_mibps"].iloc[:-1].to_numpy() == pytest.approx(rates.burst_mibps)
    assert burst["credit_gib"].iloc[-1] == pytest.approx(0, abs=0.2)


def test_bursting_refuses() -> None:
    with pytest.raises(ValueError, match="at least 0 GiB; got -1"):
        efs.bursting(-1)
    with pytest.raises(ValueError, match=r"2\.1 TiB per TiB"):
        efs.simulate_bursting(100, 1, start_credits_gib=3_000)


# --- Metering and Provisioned -----------------------------------------------------------------------------


def test_metering() -> None:
    assert efs.metered_mibps([0, 30], [30, 0]).tolist() == [30, 10]
    assert efs.metered_mibps(30, 30, read_discount=1) == 60
    with pytest.raises(ValueError, match="at least 1 times"):
        efs.metered_mibps(30, 30, read_discount=0.5)


def test_provisioned_is_billed_above_what_storage_includes() -> None:
    assert efs.provisioned_billed_mibps([0, 1_024, 4_096], 100).tolist() == [100, 50, 0]
    with pytest.raises(ValueError, match="1 to 3,414 MiB/s; got 3,415"):
        efs.provisioned_billed_mibps(0, 3_415)


def test_the_ranges_are_those_of_the_api() -> None:
    model = botocore.session.get_session().get_service_model("efs")
    text = model.shape_for("CreateFileSystemRequest").members["ProvisionedThroughputInMibps"].documentation
    assert f"{efs.PROVISIONED_MIBPS[0]}-{efs.PROVISIONED_MIBPS[1]} MiBps" in text
    days = sorted(int(re.findall(r"\d+", value)[0]) for value in model.shape_for("TransitionToIARules").enum)
    assert tuple(days) == efs.POLICY_DAYS


# --- A month's bill ---------------------------------------------------------------------------------------


def test_explain_monthly_cost() -> None:
    bill = efs.monthly_cost(100, 400, 500, read_gib=50, write_gib=10, ia_access_gib=20, archive_access_gib=5)
    assert bill.usd_per_month == pytest.approx(30 + 6.4 + 4 + 0.2 + 0.15 + 1.5 + 0.6)
    assert bill.explain().splitlines() == [
        "EFS Regional, elastic throughput, cost of one month in us-east-1",
        "  Standard storage (Regional): 100 × $0.3 = $30.00",
        "  Infrequent Access storage (Elastic Throughput): 400 × $0.016 = $6.40",
        "  Archive storage (Elastic Throughput): 500 × $0.008 = $4.00",
        "  Infrequent Access read / write (access charge): 20 × $0.01 = $0.20",
        "  Archive read / write (access charge): 5 × $0.03 = $0.15",
        "  Elastic Throughput reads: 50 × $0.03 = $1.50",
        "  Elastic Throughput writes: 10 × $0.06 = $0.60",
        "  total: $42.85 a month",
        f"  ({prices.footnote('us-east-1', '2025-12-01')})",
    ]


def test_modes_are_billed_apart() -> None:
    moved = {"read_gib": 1_000, "write_gib": 1_000}
    bursting = efs.monthly_cost(1_024, 100, throughput_mode="bursting", **moved)
    assert bursting.usd_per_month == pytest.approx(1_024 * 0.30 + 100 * 0.025)
    provisioned = efs.monthly_cost(1_024, throughput_mode="provisioned", provisioned_mibps=100, **moved)
    assert provisioned.usd_per_month == pytest.approx(1_024 * 0.30 + 50 * 6)
    included = efs.monthly_cost(1_024, throughput_mode="provisioned", provisioned_mibps=50)
    assert included.usd_per_month == pytest.approx(1_024 * 0.30)


def test_one_zone() -> None:
    bill = efs.monthly_cost(100, 100, throughput_mode="bursting", one_zone=True)
    assert bill.usd_per_month == pytest.approx(100 * 0.16 + 100 * 0.0133)
    with pytest.raises(prices.NoPrice, match="One Zone Archive"):
        efs.monthly_cost(100, 0, 10, one_zone=True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"archive_gib": 1, "throughput_mode": "bursting"}, "Archive class needs Elastic"),
        ({"throughput_mode": "provisioned"}, "provisioned_mibps is required"),
        ({"provisioned_mibps": 10}, "only there"),
        ({"throughput_mode": "turbo"}, "one of bursting, provisioned, elastic; got 'turbo'"),
        ({"standard_gib": -1}, "standard_gib must be at least 0 GiB"),
        ({"read_gib": True}, "read_gib must be a number"),
        ({"standard_gib": [5, 6, -1]}, r"at least 0 GiB; got -1 GiB in element \[2\]\."),
        ({"read_gib": [1.0, np.nan]}, r"read_gib must be a finite number of GiB; got nan in element \[1\]"),
        ({"archive_gib": [0, 1], "throughput_mode": "bursting"}, "Archive class needs Elastic"),
        (
            {"provisioned_mibps": [1, 3_415], "throughput_mode": "provisioned"},
            r"3,414 MiB/s; got 3,415 MiB/s in element \[1\]",
        ),
        ({"standard_gib": [1, 2], "ia_gib": [1, 2, 3]}, "broadcast"),
    ],
)
def test_monthly_cost_refuses(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        efs.monthly_cost(**arguments)


AMOUNTS = st.lists(st.one_of(st.just(0), st.floats(0, 50_000)), min_size=3, max_size=3)


@FAST
@given(
    AMOUNTS,
    AMOUNTS,
    AMOUNTS,
    st.sampled_from(
        [
            {"throughput_mode": "bursting"},
            {"throughput_mode": "elastic"},
            {"throughput_mode": "provisioned", "provisioned_mibps": [1, 50, 1_000]},
        ]
    ),
)
def test_a_bill_of_arrays_is_the_bill_of_each_element(
    standard: list[float], ia: list[float], read: list[float], mode: dict[str, Any]
) -> None:
    many = efs.monthly_cost(standard, ia, ia_access_gib=7, read_gib=read, **mode)
    assert many.usd_per_month.shape == (3,)
    rates = mode.get("provisioned_mibps", [None] * 3)
    for i, rate in enumerate(rates):
        single = {**mode, "provisioned_mibps": rate}
        one = efs.monthly_cost(standard[i], ia[i], ia_access_gib=7, read_gib=read[i], **single)
        assert many.usd_per_month[i] == one.usd_per_month
        assert many.at(i) == one
        assert many.explain(i) == f"Element [{i}] of 3:\n{one.explain()}"


def test_bills_broadcast() -> None:
    grid = efs.monthly_cost([[100], [200]], [0, 10, 20])
    assert grid.usd_per_month == pytest.approx(np.array([[30, 30.16, 30.32], [60, 60.16, 60.32]]))
    assert [part.quantity.shape for part in grid.parts] == [(2, 3), (2, 3)]
    assert grid.parts[1].working[1].tolist() == ["0 GB-month, all included", "10 × $0.016", "20 × $0.016"]
    assert grid.table["usd"][1] == pytest.approx(np.array([[0, 0.16, 0.32]] * 2))
    assert grid.explain(-1) == f"Element [5] of 6:\n{efs.monthly_cost(200, 20).explain()}"
    with pytest.raises(IndexError, match="6 elements; there is no element 6"):
        grid.explain(6)
    rates = efs.monthly_cost(1_024, throughput_mode="provisioned", provisioned_mibps=[50, 100])
    assert rates.usd_per_month.tolist() == pytest.approx([1_024 * 0.30, 1_024 * 0.30 + 50 * 6])


def test_a_bill_of_nothing_keeps_its_shape() -> None:
    nothing = efs.monthly_cost([0, 0])
    assert (nothing.usd_per_month.tolist(), nothing.parts) == ([0, 0], ())
    assert nothing.explain(1) == f"Element [1] of 2:\n{efs.monthly_cost(0).explain()}"
    assert efs.monthly_cost([]).usd_per_month.shape == (0,)


def test_regions_without_prices_say_so() -> None:
    assert efs.monthly_cost(100, region="ap-southeast-1").usd_per_month == pytest.approx(36)
    with pytest.raises(prices.NoPrice, match=r"Infrequent Access storage .* in ap-southeast-1"):
        efs.monthly_cost(100, 10, region="ap-southeast-1")
    with pytest.raises(prices.NoPrice, match="Elastic Throughput reads in eu-west-1"):
        efs.monthly_cost(100, read_gib=1, region="eu-west-1")
    with pytest.raises(prices.NoPrice, match="Elastic Throughput reads in eu-west-1"):
        efs.monthly_cost(100, read_gib=[0, 1], region="eu-west-1")
    assert efs.monthly_cost([100, 200], read_gib=[0, 0], region="eu-west-1").usd_per_month.shape == (2,)


# --- Break-even -------------------------------------------------------------------------------------------


def test_break_even_between_classes() -> None:
    assert efs.break_even("ia", "standard").reads_per_month == pytest.approx(28.4)
    assert efs.break_even("archive", "ia").reads_per_month == pytest.approx(0.4)
    assert efs.break_even("archive", "standard").reads_per_month == pytest.approx(0.292 / 0.03)
    assert "0.4 reads a month" in efs.break_even("archive", "ia").explain()


@FAST
@given(st.sampled_from([("ia", "standard"), ("archive", "ia"), ("archive", "standard")]), st.floats(0, 60))
def test_the_break_even_is_where_the_costs_cross(pair: tuple[str, str], reads: float) -> None:
    rare, often = pair
    crossing = efs.break_even(rare, often).reads_per_month
    difference = efs.cost_per_gib(rare, reads) - efs.cost_per_gib(often, reads)
    assert (difference < 0) == (reads < crossing)
    assert efs.cost_per_gib(rare, crossing) == pytest.approx(efs.cost_per_gib(often, crossing))


def test_cost_per_gib_takes_arrays() -> None:
    assert efs.cost_per_gib("ia", [0, 10]).tolist() == pytest.approx([0.016, 0.116])
    assert efs.cost_per_gib("ia", 0, throughput_mode="bursting") == 0.025
    with pytest.raises(ValueError, match="one of standard, ia, archive"):
        efs.cost_per_gib("glacier")
    with pytest.raises(ValueError, match="needs Elastic"):
        efs.cost_per_gib("archive", throughput_mode="bursting")
    with pytest.raises(ValueError, match="colder class"):
        efs.break_even("standard", "ia")


# --- Lifecycle --------------------------------------------------------------------------------------------


def test_never_read_files_pay_standard_then_ia_then_archive() -> None:
    result = efs.lifecycle_cost(1_000, {None: 1.0}, 30, 90, days=365)
    log = result.table
    assert log["standard_gib"].gt(0).sum() == 30
    assert log["ia_gib"].gt(0).sum() == 60
    assert log["archive_gib"].gt(0).sum() == 275
    month = 365 / 12
    storage = 1_000 * (30 * 0.30 + 60 * 0.016 + 275 * 0.008) / month
    assert result.usd_total == pytest.approx(storage + 1_000 * (0.01 + 0.03))
    assert result.usd_without_policy == pytest.approx(1_000 * 0.30 * 12)
    assert result.usd_per_month == pytest.approx(result.usd_total / 12)


def test_an_empty_file_system_costs_nothing() -> None:
    nothing = efs.lifecycle_cost(0, {None: 1.0}, 30)
    assert (nothing.usd_total, nothing.saving_percent) == (0, 0)


def test_files_read_as_often_as_the_policy_stay_in_standard() -> None:
    result = efs.lifecycle_cost(100, {30: 1.0}, 30)
    assert result.usd_total == pytest.approx(result.usd_without_policy)
    assert result.table["ia_gib"].max() == 0
    assert efs.lifecycle_cost(100, {31: 1.0}, 30).table["ia_gib"].max() == 100


def test_a_read_leaves_files_in_ia_unless_told_back() -> None:
    stays = efs.lifecycle_cost(100, {45: 1.0}, 30, days=100)
    assert stays.table["standard_gib"].gt(0).sum() == 30
    assert stays.table["access_usd"].sum() == pytest.approx(2 * 100 * 0.01)
    back = efs.lifecycle_cost(100, {45: 1.0}, 30, back_on_access=True, days=100)
    assert back.table["standard_gib"].gt(0).sum() == 30 + 30 + 10
    # 30 days in, 15 in IA, back: tiering in, tiering back, twice; the reads themselves as before
    assert back.table["tiering_usd"].sum() == pytest.approx(4 * 100 * 0.01)
    assert back.table["access_usd"].sum() == pytest.approx(2 * 100 * 0.01)


def test_moving_to_and_fro_can_cost_more_than_standard() -> None:
    assert efs.lifecycle_cost(1_000, {10: 1.0}, 7, back_on_access=True).saving_percent < 0
    assert "more" in efs.lifecycle_cost(1_000, {10: 1.0}, 7, back_on_access=True).explain()


def test_small_files_are_billed_as_128_kib() -> None:
    large = efs.lifecycle_cost(100, {None: 1.0}, 30, file_kib=128)
    assert large.usd_total == efs.lifecycle_cost(100, {None: 1.0}, 30).usd_total
    small = efs.lifecycle_cost(100, {None: 1.0}, 30, file_kib=16)
    after = large.table["ia_gib"] > 0
    assert small.table.loc[after, "storage_usd"].sum() == pytest.approx(
        8 * large.table.loc[after, "storage_usd"].sum()
    )
    assert small.table.loc[~after, "storage_usd"].sum() == pytest.approx(
        large.table.loc[~after, "storage_usd"].sum()
    )


@FAST
@given(st.floats(0.1, 10_000), PATTERNS, POLICIES, st.booleans(), st.integers(1, 400))
def test_lifecycle_conserves_data_and_money(
    size: float, pattern: dict[int | None, float], policy: tuple[Any, Any], back: bool, days: int
) -> None:
    result = efs.lifecycle_cost(size, pattern, *policy, back_on_access=back, days=days)
    log = result.table
    assert len(log) == days
    stored = log["standard_gib"] + log["ia_gib"] + log["archive_gib"]
    assert stored.to_numpy() == pytest.approx(size)
    money = log[["storage_usd", "tiering_usd", "access_usd", "throughput_usd"]]
    assert (money.to_numpy() >= 0).all()
    assert money.sum(axis=1).to_numpy() == pytest.approx(log["total_usd"].to_numpy())
    assert log["cumulative_usd"].iloc[-1] == pytest.approx(result.usd_total)
    if policy == (None, None):
        assert result.usd_total == pytest.approx(result.usd_without_policy)


def test_explain_lifecycle() -> None:
    assert efs.lifecycle_cost(1_000, {1: 0.1, 45: 0.3, None: 0.6}).explain().splitlines() == [
        "EFS with 1,000 GiB over 365 days",
        "  10 % = 100 GiB read every 1 day(s)",
        "  30 % = 300 GiB read every 45 day(s)",
        "  60 % = 600 GiB never read",
        "  policy: to IA after 30 day(s)",
        "  storage: $784.90",
        "  moving between classes: $9.00",
        "  reading from IA and Archive: $24.00",
        "  Elastic reads: $1,164.00",
        "  total: $1,981.90, $165.16 a month; all in Standard: $4,764.00, so the policy costs 58.4 % less",
        f"  ({prices.footnote('us-east-1', '2025-12-01')})",
    ]


def test_lifecycle_in_other_modes_and_regions() -> None:
    ireland = efs.lifecycle_cost(100, {None: 1.0}, 30, region="eu-west-1", throughput_mode="bursting")
    assert ireland.as_of == "2026-05-01"
    assert ireland.table["throughput_usd"].sum() == 0
    with pytest.raises(prices.NoPrice, match="eu-west-1"):
        efs.lifecycle_cost(100, {None: 1.0}, 30, region="eu-west-1")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"ia_after_days": 31}, "one of 1, 7, 14, 30, 60, 90, 180, 270, 365 days; got 31"),
        ({"ia_after_days": True}, "got True"),
        ({"archive_after_days": 30}, "later than ia_after_days"),
        ({"ia_after_days": None, "archive_after_days": 30}, "through IA"),
        ({"archive_after_days": 90, "throughput_mode": "bursting"}, "needs Elastic"),
        ({"pattern": {}}, "pattern must be a dict"),
        ({"pattern": {1: 0.5}}, "add up to 1; they add up to 0.5"),
        ({"pattern": {0: 1.0}}, "days between reads must be at least 1"),
        ({"pattern": {1: 1.5, 2: -0.5}}, "share must be 0 to 1"),
        ({"days": 0}, "days must be at least 1"),
        ({"file_kib": 0}, "file_kib must be more than 0"),
        ({"total_gib": "100"}, "total_gib must be a number"),
    ],
)
def test_lifecycle_refuses(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        efs.lifecycle_cost(**({"total_gib": 100, "pattern": {1: 1.0}} | arguments))


# --- Throughput modes compared ----------------------------------------------------------------------------


def test_throughput_modes() -> None:
    result = efs.throughput_mode_cost(500, 2_000, 500, 60)
    rows = result.table.set_index("mode")
    assert rows.loc["bursting", "usd_per_month"] == 0
    assert rows.loc["provisioned", "usd_per_month"] == pytest.approx((60 - 500 * 50 / 1_024) * 6)
    assert rows.loc["elastic", "usd_per_month"] == pytest.approx(2_000 * 0.03 + 500 * 0.06)
    assert result.best == "bursting"
    at_break_even = result.elastic_break_even_gib
    share = 2_000 / 2_500
    same = efs.throughput_mode_cost(500, at_break_even * share, at_break_even * (1 - share), 60)
    costs = same.table.set_index("mode")["usd_per_month"]
    assert costs["elastic"] == pytest.approx(costs["provisioned"])


def test_bursting_is_not_enough() -> None:
    peak = efs.throughput_mode_cost(500, 2_000, 500, 150)
    assert peak.best == "elastic"
    assert "above the burst rate of 100 MiB/s" in peak.explain()
    average = efs.throughput_mode_cost(20, 20_000, 5_000, 60)
    assert "credits run out" in average.explain()
    steady = efs.throughput_mode_cost(20, 300_000, 100_000, 100)
    assert steady.best == "provisioned"
    with pytest.raises(ValueError, match="stored_gib must be one number here, not 2"):
        efs.throughput_mode_cost([20, 30], 0, 0, 5)  # type: ignore[arg-type]
    far = efs.throughput_mode_cost(20, 0, 0, 5_000).table.set_index("mode")
    assert not far.loc["provisioned", "feasible"]


def test_modes_without_a_price_are_marked() -> None:
    result = efs.throughput_mode_cost(50, 20_000, 5_000, 60, region="eu-west-1")
    assert result.best is None
    assert result.table["feasible"].tolist() == [False, True, True]
    assert result.explain().count("no price. No list price") == 2
    metered = efs.metered_mibps(3_000, 1_000) * 1_024 / (730 * 3_600)
    assert efs.throughput_mode_cost(1_024, 3_000, 1_000, metered).best == "bursting"  # a steady load
    with pytest.raises(ValueError, match="at least the month's average"):
        efs.throughput_mode_cost(50, 20_000, 5_000, 1)
