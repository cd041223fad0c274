"""Snapshots (chains, archive, Fast Snapshot Restore), AMIs, and the table of changes."""

from __future__ import annotations

import re

import botocore.session
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course import prices
from course.services import ami, changes, ebs, snapshots

FAST = settings(max_examples=60, deadline=None, derandomize=True)


def test_ebs_offers_the_snapshot_functions() -> None:
    assert ebs.snapshot_bill is snapshots.snapshot_bill
    assert ebs.fsr_credits is snapshots.fsr_credits


def test_a_chain_keeps_one_full_set_and_the_changes() -> None:
    bill = ebs.snapshot_bill(100, 5, 30)
    assert (bill.stored_gib, bill.full_copies_gib) == (245, 3_000)
    assert bill.usd_per_month == pytest.approx(12.25)
    assert ebs.snapshot_bill(100, 5, [1, 2, 30]).stored_gib.tolist() == [100, 105, 245]
    assert ebs.snapshot_bill(100, [0, 100], 3).stored_gib.tolist() == [100, 300]


def test_explain_snapshot_bill() -> None:
    assert ebs.snapshot_bill(100, 5, 30).explain().splitlines() == [
        "30 snapshot(s) of 100 GiB of data, 5 GiB changed between two",
        "  the first keeps all blocks in use, each next one only the changed ones: 100 + 29 × 5 = 245 GiB",
        "  (full copies would be 3,000 GiB)",
        "  245 GiB × $0.05 = $12.25 a month",
        f"  ({prices.footnote('us-east-1', '2026-10-13')})",
    ]


@FAST
@given(st.floats(0, 60_000), st.floats(0, 1), st.integers(1, 400))
def test_a_chain_is_between_one_copy_and_all_copies(used: float, share: float, count: int) -> None:
    bill = ebs.snapshot_bill(used, used * share, count)
    assert used - 1e-9 <= bill.stored_gib <= bill.full_copies_gib + 1e-6
    assert bill.usd_per_month >= 0


def test_snapshot_bill_refuses() -> None:
    with pytest.raises(ValueError, match="must not be more than used_gib"):
        ebs.snapshot_bill(100, 101, 2)
    with pytest.raises(ValueError, match="snapshots must be at least 1"):
        ebs.snapshot_bill(100, 1, 0)
    with pytest.raises(ValueError, match="whole number of snapshots"):
        ebs.snapshot_bill(100, 1, 1.5)


# --- Archive ----------------------------------------------------------------------------------------------


def test_archiving_a_small_increment_costs_more() -> None:
    result = ebs.archive_break_even(100, 10, 12)
    assert (result.archive_usd, result.standard_usd) == (pytest.approx(15), pytest.approx(6))
    assert not result.archive_is_cheaper
    assert result.break_even_incremental_gib == pytest.approx(25)
    assert ebs.archive_break_even(100, 26, 12).archive_is_cheaper


def test_archive_bills_three_months_at_least() -> None:
    assert ebs.archive_break_even(100, 100, 1).archive_usd == ebs.archive_break_even(100, 100, 3).archive_usd
    assert not ebs.archive_break_even(100, 70, 1).archive_is_cheaper


@FAST
@given(st.floats(1, 60_000), st.floats(0, 1), st.floats(0.1, 60), st.integers(0, 10))
def test_the_archive_break_even_decides(full: float, share: float, months: float, restores: int) -> None:
    result = ebs.archive_break_even(full, full * share, months, restores)
    if result.standard_usd != pytest.approx(result.archive_usd):
        assert result.archive_is_cheaper == (full * share > result.break_even_incremental_gib)


def test_explain_archive() -> None:
    assert ebs.archive_break_even(100, 10, 12, 1).explain().splitlines() == [
        "Archiving a snapshot for 12 month(s), restoring it 1 time(s)",
        "  archive keeps the full 100 GiB and bills 3 months or more: 100 × $0.0125 × 12 + "
        "100 × $0.03 × 1 for restoring = $18.00",
        "  standard keeps the increment of 10 GiB: 10 × $0.05 × 12 = $6.00",
        "  standard is cheaper; archiving pays for an increment of more than 30 GiB",
        f"  ({prices.footnote('us-east-1', '2022-06-01')})",
    ]
    assert "1 month(s)" in ebs.archive_break_even(100, 10, [12, 1]).explain(1)


def test_archive_regions() -> None:
    assert ebs.archive_break_even(100, 10, 12, region="eu-west-1").archive_usd == pytest.approx(15)
    with pytest.raises(prices.NoPrice, match="snapshot archive retrieval in eu-west-1"):
        ebs.archive_break_even(100, 10, 12, 1, region="eu-west-1")


def test_archive_refuses() -> None:
    with pytest.raises(ValueError, match="a part of the full snapshot"):
        ebs.archive_break_even(10, 11, 12)
    with pytest.raises(ValueError, match="months must be more than 0"):
        ebs.archive_break_even(10, 1, 0)


# --- Fast Snapshot Restore --------------------------------------------------------------------------------


@FAST
@given(st.integers(1, 16_384))
def test_fsr_limits(size: int) -> None:
    earned = ebs.fsr_credits(size)
    assert 0 < earned.fill_per_hour <= 10
    assert 1 <= earned.bucket <= 10
    assert earned.fill_per_hour <= earned.bucket


def test_fsr_cost() -> None:
    assert ebs.fsr_cost().usd_per_month == pytest.approx(547.5)
    assert ebs.fsr_cost(2, 3, 10).usd_per_month == pytest.approx(45)
    assert ebs.fsr_cost(hours=0.25).usd_per_month == pytest.approx(0.75)  # one hour is the least
    with pytest.raises(prices.NoPrice):
        ebs.fsr_cost(region="ap-southeast-1")
    with pytest.raises(ValueError, match="snapshots must be at least 1"):
        ebs.fsr_cost(0)
    with pytest.raises(ValueError, match="up to 16 TiB"):
        ebs.fsr_credits(16_385)


@FAST
@given(
    st.lists(st.integers(1, 50), min_size=2, max_size=2),
    st.lists(st.integers(1, 6), min_size=2, max_size=2),
    st.lists(st.floats(0, 730), min_size=2, max_size=2),
)
def test_fsr_costs_of_arrays_are_those_of_each_element(
    count: list[int], zones: list[int], hours: list[float]
) -> None:
    many = ebs.fsr_cost(count, zones, hours)
    for i in (0, 1):
        one = ebs.fsr_cost(count[i], zones[i], hours[i])
        assert many.usd_per_month[i] == one.usd_per_month
        assert many.at(i) == one
        assert many.explain(i) == f"Element [{i}] of 2:\n{one.explain()}"


def test_fsr_costs_broadcast() -> None:
    grid = ebs.fsr_cost([[1], [2]], [1, 2, 3], 10)
    assert grid.usd_per_month == pytest.approx(7.5 * np.array([[1, 2, 3], [2, 4, 6]]))
    assert "2 snapshot(s) in 3 Availability Zone(s) for 10 h" in grid.explain(5)
    with pytest.raises(
        ValueError, match=r"azs must be at least 1 .*; got 0 Availability Zones in element \[1\]"
    ):
        ebs.fsr_cost(1, [1, 0])
    with pytest.raises(ValueError, match=r"whole number of snapshots; got 1\.5 in element \[0\]"):
        ebs.fsr_cost([1.5, 2])


def test_explain_fsr() -> None:
    assert ebs.fsr_credits(500).explain().splitlines() == [
        "Fast Snapshot Restore of a snapshot of 500 GiB, in one Availability Zone",
        "  credits an hour: 1,024 / 500 GiB = 2.048, at most 10 = 2.048",
        "  bucket: the same, but at least 1 = 2.048 credits, so 2 volume(s) can be created at once",
    ]


# --- AMIs -------------------------------------------------------------------------------------------------


def test_ami_copies_are_billed_in_each_region() -> None:
    bill = ami.storage_cost(20, 2, 3, ["us-east-1", "eu-west-1"])
    assert bill.usd_per_month == pytest.approx(2 * (20 + 2 * 2) * 0.05)
    assert bill.footnote == prices.footnote("us-east-1, eu-west-1", "2026-05-01")
    assert ami.storage_cost(20).usd_per_month == pytest.approx(1)


@FAST
@given(
    st.lists(st.floats(1, 1_000), min_size=2, max_size=2),
    st.lists(st.floats(0, 1), min_size=2, max_size=2),
    st.lists(st.integers(1, 99), min_size=2, max_size=2),
)
def test_ami_costs_of_arrays_are_those_of_each_element(
    used: list[float], changed: list[float], count: list[int]
) -> None:
    regions = ["us-east-1", "eu-west-1"]
    many = ami.storage_cost(used, changed, count, regions)
    for i in (0, 1):
        one = ami.storage_cost(used[i], changed[i], count[i], regions)
        assert many.usd_per_month[i] == one.usd_per_month
        assert many.at(i) == one
        assert many.explain(i) == f"Element [{i}] of 2:\n{one.explain()}"


def test_ami_costs_broadcast() -> None:
    grid = ami.storage_cost([[20], [40]], 2, [1, 3])
    assert grid.usd_per_month == pytest.approx(0.05 * np.array([[20, 24], [40, 44]]))
    assert grid.parts[0].quantity.tolist() == [[20, 24], [40, 44]]
    with pytest.raises(ValueError, match=r"images must be at least 1 AMIs; got 0 AMIs in element \[1\]"):
        ami.storage_cost(20, images=[3, 0])


def test_ami_refuses() -> None:
    with pytest.raises(ValueError, match="list of Region names; got 'us-east-1'"):
        ami.storage_cost(20, regions="us-east-1")
    with pytest.raises(ValueError, match="twice"):
        ami.storage_cost(20, regions=["us-east-1", "us-east-1"])
    with pytest.raises(prices.NoPrice, match="eu-west-9"):
        ami.storage_cost(20, regions=["eu-west-9"])


# --- Then, exam, now --------------------------------------------------------------------------------------


def test_changes_of_section_3() -> None:
    table = changes.then_exam_now("s03").set_index("fact")
    assert table.loc["Highest IOPS of a gp3 volume", ["notes", "exam", "today"]].tolist() == [
        "16,000 IOPS",
        "16,000 IOPS",
        "80,000 IOPS",
    ]
    assert table.loc["Size of a gp3 volume", "today"] == "1 GiB to 64 TiB"
    assert table.loc["Highest read throughput, Elastic, Regional", "today"] == "20 to 60 GiB/s, by Region"
    assert table.loc["Highest write throughput, Elastic, Regional", "today"] == "1 to 5 GiB/s, by Region"
    assert table.loc["Time to restore an archived snapshot", "today"] == "up to 72 hours"
    assert (table["source"] != "").all()
    assert len(changes.then_exam_now()) >= len(table)
    with pytest.raises(ValueError, match="section 's99'; there are some for s03"):
        changes.then_exam_now("s99")


def test_every_change_changes_something() -> None:
    for change in changes.CHANGES:
        assert len({change.notes, change.exam, change.today}) > 1, change.fact
        assert re.fullmatch(r"s\d\d", change.section)
    facts = [(change.section, change.fact) for change in changes.CHANGES]
    assert len(set(facts)) == len(facts)


def test_limits_quoted_from_the_api_reference() -> None:
    session = botocore.session.get_session()
    modify = session.get_service_model("ec2").operation_model("ModifyVolume").documentation
    assert {1: "one", 4: "four"}[ebs.MODIFICATIONS_PER_24_HOURS] + " times within a rolling 24-hour" in modify
    multi = session.get_service_model("ec2").shape_for("CreateVolumeRequest").members["MultiAttachEnabled"]
    assert f"up to {ebs.MULTI_ATTACH_INSTANCES} " in multi.documentation
    retention = session.get_service_model("rbin").shape_for("RetentionPeriod").members["RetentionPeriodValue"]
    text = re.sub(r"<[^>]+>", "", retention.documentation)
    for low, high in (snapshots.RECYCLE_BIN_DAYS, snapshots.RECYCLE_BIN_VOLUME_DAYS):
        assert f"{low} - {high} days" in text
