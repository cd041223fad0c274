"""The packaged price book: guards on its content, look-ups, tiers, ages."""

from __future__ import annotations

import csv
import io
from collections import Counter
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib import resources

import numpy as np
import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from course import prices
from course.prices.mapping import ITEMS
from course.services import ami, ebs, efs

FAST = settings(max_examples=60, deadline=None, derandomize=True)
ALL = prices.packaged().prices


# --- Guards -----------------------------------------------------------------------------------------------


def test_no_row_of_low_confidence_ships() -> None:
    assert {price.confidence for price in ALL} <= {"high", "medium"}


def test_units_are_from_the_fixed_list() -> None:
    assert {price.unit for price in ALL} == prices.UNITS


def test_no_price_is_zero_or_negative() -> None:
    assert all(price.usd > 0 for price in ALL)


def test_every_row_has_a_source_and_a_date_or_says_undated() -> None:
    for price in ALL:
        assert price.source
        assert price.as_of == prices.UNDATED or date.fromisoformat(price.as_of) > date(2020, 1, 1)


def test_no_price_is_there_twice() -> None:
    keys = Counter((p.service, p.item, p.region, p.starts_at) for p in ALL)
    assert max(keys.values()) == 1


def test_only_the_three_regions() -> None:
    assert {price.region for price in ALL} == set(prices.REGIONS)


def test_tiers_start_at_zero_or_where_the_included_part_ends() -> None:
    for price in ALL:
        first = prices.tiers(price.service, price.item, price.region).prices[0]
        named = " over " in first.item
        assert (first.starts_at > 0) == named, first


@pytest.mark.parametrize(
    ("service", "item", "region", "usd"),
    [
        ("EBS", "gp3 volume storage", "us-east-1", "0.08"),
        ("EBS", "gp2 volume storage", "us-east-1", "0.10"),
        ("EBS", "gp3 provisioned IOPS over 3000", "us-east-1", "0.005"),
        ("EBS", "gp3 provisioned throughput over 125 MiB/s", "us-east-1", "0.04"),
        ("EBS", "io1 provisioned IOPS", "us-east-1", "0.065"),
        ("EBS", "gp3 volume storage", "eu-west-1", "0.088"),
        ("EBS", "gp3 volume storage", "ap-southeast-1", "0.096"),
        ("EFS", "Standard storage (Regional)", "us-east-1", "0.30"),
        ("EFS", "Provisioned Throughput", "us-east-1", "6"),
    ],
)
def test_anchors(service: str, item: str, region: str, usd: str) -> None:
    assert prices.lookup(service, item, region).usd == Decimal(usd)


def test_anchor_io2_tiers() -> None:
    tiers = prices.tiers("EBS", "io2 provisioned IOPS").prices
    assert [(p.tier_from, p.tier_to, p.usd) for p in tiers] == [
        (0, 32_000, Decimal("0.065")),
        (32_000, 64_000, Decimal("0.0455")),
        (64_000, None, Decimal("0.03185")),
    ]


def test_every_item_can_be_refreshed_and_nothing_else() -> None:
    """The mapping covers the book; magnetic I/O is the one item that AWS lists per single request."""
    mapped = {(item.service, item.item) for item in ITEMS}
    shipped = {(price.service, price.item) for price in ALL}
    assert shipped - mapped == {("EBS", "standard (magnetic) volume I/O")}
    assert mapped <= shipped


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, str, str]]:
    """Every price that a calculator finds while the test runs."""
    seen: set[tuple[str, str, str]] = set()
    find = prices.Book.tiers

    def remember(self: prices.Book, service: str, item: str, region: str) -> prices.Tiers:
        found = find(self, service, item, region)
        seen.add((service, item, region))
        return found

    monkeypatch.setattr(prices.Book, "tiers", remember)
    return seen


def test_every_row_is_used_by_a_calculator(asked: set[tuple[str, str, str]]) -> None:
    volumes = [
        ebs.Volume("gp3", 500, 6_000, 250),
        ebs.Volume("gp3", 500, 6_000),
        ebs.Volume("gp2", 500),
        ebs.Volume("io1", 500, 1_000),
        ebs.Volume("io2", 500, 1_000),
        ebs.Volume("st1", 500),
        ebs.Volume("sc1", 500),
        ebs.Volume("standard", 500),
    ]
    for region in prices.REGIONS:
        calls = [
            *(lambda v=v, r=region: ebs.monthly_cost(v, r, io_requests=1) for v in volumes),
            lambda r=region: ami.storage_cost(10, regions=[r]),
            lambda r=region: ebs.archive_break_even(10, 1, 6, region=r),
            lambda r=region: ebs.archive_break_even(10, 1, 6, 1, region=r),
            lambda r=region: ebs.fsr_cost(region=r),
            lambda r=region: efs.monthly_cost(1, region=r),
            lambda r=region: efs.monthly_cost(0, 1, region=r),
            lambda r=region: efs.monthly_cost(0, 1, throughput_mode="bursting", region=r),
            lambda r=region: efs.monthly_cost(0, 0, 1, archive_access_gib=1, region=r),
            lambda r=region: efs.monthly_cost(ia_access_gib=1, region=r),
            lambda r=region: efs.monthly_cost(read_gib=1, write_gib=1, region=r),
            lambda r=region: efs.monthly_cost(throughput_mode="provisioned", provisioned_mibps=9, region=r),
            lambda r=region: efs.monthly_cost(1, 1, one_zone=True, region=r),
        ]
        for call in calls:
            with suppress(prices.NoPrice):
                call()
    shipped = {(price.service, price.item, price.region) for price in ALL}
    assert shipped - asked == set()


# --- Look-up ----------------------------------------------------------------------------------------------


def test_a_price_tells_everything_about_itself() -> None:
    price = prices.lookup("EBS", "gp3 volume storage", "us-east-1")
    assert (price.usd, price.unit, price.region, price.as_of) == (
        Decimal("0.08"),
        "GB-month",
        "us-east-1",
        "2026-10-13",
    )
    assert "AmazonEC2" in price.source
    assert price.confidence == "high"
    assert str(price) == (
        "EBS gp3 volume storage: $0.08 per GB-month in us-east-1 (list price, as of 2026-10-13)"
    )


def test_no_price_names_item_region_and_the_regions_that_have_it() -> None:
    with pytest.raises(prices.NoPrice) as caught:
        prices.lookup("EBS", "gp3 provisioned throughput over 125 MiB/s", "eu-west-1")
    assert str(caught.value) == (
        "No list price for EBS gp3 provisioned throughput over 125 MiB/s in eu-west-1; "
        "the book has it for us-east-1, ap-southeast-1."
    )
    assert isinstance(caught.value, LookupError)


def test_no_such_item_service_or_tier() -> None:
    with pytest.raises(prices.NoPrice, match=r"No EFS item is called 'gp3'.*Standard storage \(Regional\)"):
        prices.lookup("EFS", "gp3")
    with pytest.raises(prices.NoPrice, match="the book covers EBS, EFS"):
        prices.lookup("Braket", "qubits")
    assert prices.lookup("EBS", "io2 provisioned IOPS", tier=2).usd == Decimal("0.03185")
    for tier in (3, -1):
        with pytest.raises(prices.NoPrice, match=f"3 tier.*there is no {tier}"):
            prices.lookup("EBS", "io2 provisioned IOPS", tier=tier)


def test_age() -> None:
    price = prices.lookup("EBS", "fast snapshot restore")
    assert price.age_days(date(2025, 12, 11)) == 10
    assert not price.is_stale(date(2025, 12, 11))
    assert price.is_stale(date(2026, 12, 11))
    age = price.age_days()
    assert age is not None
    assert (date.today() - date(2025, 12, 1)).days - age in (0, 1)  # midnight may have passed since the start


def test_the_table_shows_the_ages() -> None:
    table = prices.table("EFS", "eu-west-1")
    assert set(table["service"]) == {"EFS"}
    assert set(table["region"]) == {"eu-west-1"}
    assert table["age_days"].notna().all()
    assert len(prices.table()) == len(ALL)
    assert tuple(prices.table().columns) == (*prices.COLUMNS, "age_days")


def test_the_footnote() -> None:
    today = date(2025, 12, 11)
    line = "list prices us-east-1, oldest as of 2025-12-01"
    assert prices.footnote("us-east-1", "2025-12-01", today) == f"{line} (10 days old)"
    assert prices.footnote("us-east-1", "2025-12-10", today).endswith(" (1 day old)")
    hint = "; look at AWS's pricing page before you rely on them"
    assert prices.footnote("us-east-1", "2025-12-01", date(2026, 6, 1)) == f"{line} (182 days old){hint}"
    assert prices.footnote("us-east-1", prices.UNDATED) == f"list prices us-east-1, some undated{hint}"
    assert prices.footnote("us-east-1", "") == "no list price of us-east-1 was used"
    some = [prices.tiers("EBS", "gp3 volume storage"), prices.tiers("EBS", "fast snapshot restore")]
    assert prices.oldest(some) == "2025-12-01"


# --- Tiers ------------------------------------------------------------------------------------------------


def test_cost_through_the_tiers() -> None:
    io2 = prices.tiers("EBS", "io2 provisioned IOPS")
    assert io2.cost(32_000) == pytest.approx(2_080)
    assert io2.cost(64_000) == pytest.approx(2_080 + 1_456)
    assert io2.cost(np.array([[0, 32_001], [64_001, 100]])).tolist() == [
        [0, pytest.approx(2_080.0455)],
        [pytest.approx(3_536.03185), pytest.approx(6.5)],
    ]
    gp3 = prices.tiers("EBS", "gp3 provisioned IOPS over 3000")
    assert (gp3.cost(3_000), gp3.cost(6_000)) == (0, pytest.approx(15))
    assert [(amount, str(price.usd)) for amount, price in io2.parts(40_000)] == [
        (32_000, "0.065"),
        (8_000, "0.0455"),
    ]


@pytest.mark.parametrize("bad", [-1, float("nan"), float("inf"), [1, -1]])
def test_cost_refuses_what_is_no_quantity(bad: object) -> None:
    with pytest.raises(ValueError, match="0 or more and finite"):
        prices.tiers("EBS", "gp3 volume storage").cost(bad)


@FAST
@given(st.floats(0, 300_000), st.floats(0, 300_000))
def test_cost_is_monotonic_and_degressive(one: float, other: float) -> None:
    io2 = prices.tiers("EBS", "io2 provisioned IOPS")
    low, high = sorted((one, other))
    assert 0 <= io2.cost(low) <= io2.cost(high)
    assert io2.cost(low + high) <= io2.cost(low) + io2.cost(high) + 1e-6
    assert sum(amount * float(price.usd) for amount, price in io2.parts(high)) == pytest.approx(
        io2.cost(high)
    )


# --- Reading a book ---------------------------------------------------------------------------------------


def _book(*rows: str) -> str:
    return "\n".join([",".join(prices.COLUMNS), *rows])


GOOD = "EBS,thing,GB-month,0.1,us-east-1,,,2026-01-01,somewhere,high,,,,"


def test_read_a_book() -> None:
    book = prices.read(io.StringIO(_book(GOOD, GOOD.replace("2026-01-01", "undated").replace("us-", "eu-"))))
    price = book.tiers("EBS", "thing", "us-east-1").prices[0]
    assert (price.usd, price.starts_at, price.tier_to) == (Decimal("0.1"), 0, None)
    undated = book.tiers("EBS", "thing", "eu-east-1").prices[0]
    assert undated.age_days() is None
    assert undated.is_stale()
    assert str(undated).endswith("(list price, undated)")
    assert prices.oldest([price, undated]) == prices.UNDATED


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (GOOD.replace("high", "low"), "line 2: thing has confidence 'low'"),
        (GOOD.replace("0.1", "-0.1"), "line 2: the price of thing is negative"),
        (GOOD.replace("0.1", "cheap"), "price_usd 'cheap' is not a number"),
        (GOOD.replace("0.1", "NaN"), "not a number"),
        (GOOD.replace("GB-month", "GB"), None),
        (GOOD.replace("GB-month", "furlong"), "the unit 'furlong'"),
        (GOOD.replace("2026-01-01", "soon"), "line 2"),
        (GOOD.replace("somewhere", ""), "no source"),
        (GOOD.replace(",,,2026", ",0,10,2026"), "the last tier of EBS thing in us-east-1"),
        (GOOD + "\n" + GOOD, "not contiguous"),
        (
            GOOD.replace(",,,2026", ",0,10,2026") + "\n" + GOOD.replace(",,,2026", ",20,,2026"),
            "not contiguous at 20",
        ),
        (
            GOOD.replace(",,,2026", ",0,10,2026")
            + "\n"
            + GOOD.replace(",,,2026", ",10,,2026").replace("GB-month", "GB"),
            "different units",
        ),
    ],
)
def test_a_bad_row_is_named(row: str, words: str | None) -> None:
    if words is None:
        assert len(prices.read(io.StringIO(_book(row))).prices) == 1
        return
    with pytest.raises(ValueError, match=words):
        prices.read(io.StringIO(_book(row)), "book.csv")


def test_a_wrong_header_is_refused() -> None:
    with pytest.raises(ValueError, match="the columns must be service, item, unit, price_usd"):
        prices.read(io.StringIO("a,b\n1,2\n"), "book.csv")


def test_the_packaged_file_is_plain_csv() -> None:
    text = resources.files("course.prices").joinpath("prices.csv").read_text(encoding="utf-8")
    rows = list(csv.reader(io.StringIO(text)))
    assert tuple(rows[0]) == prices.COLUMNS
    assert {len(row) for row in rows} == {len(prices.COLUMNS)}


def test_prices_do_not_age_with_the_clock_of_the_lab() -> None:
    before = prices.footnote("us-east-1", "2025-12-01")
    with time_machine.travel(datetime.now(UTC) + timedelta(days=30)):
        assert prices.footnote("us-east-1", "2025-12-01") == before
