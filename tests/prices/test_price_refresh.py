"""The maintainer's refresh, on small offer files in AWS's formats that are made here."""

from __future__ import annotations

import io
import json
import urllib.error
from decimal import Decimal
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from course import prices
from course.prices import offers
from course.prices.mapping import items_of
from course.prices.refresh import PACKAGED_CSV, RefreshError, Report, refresh

DATE = "2026-11-20T19:00:00Z"
VERSION = "20261120190000"


def product(sku: str, usagetype: str, region: str = "us-east-1", **attributes: str) -> dict[str, Any]:
    return {
        "sku": sku,
        "productFamily": "Storage",
        "attributes": {"usagetype": usagetype, "regionCode": region, **attributes},
    }


def dimension(usd: str, unit: str = "GB-Mo", begin: str = "0", end: str = "Inf") -> dict[str, Any]:
    return {
        "unit": unit,
        "beginRange": begin,
        "endRange": end,
        "description": "made for a test",
        "pricePerUnit": {"USD": usd},
    }


def offer(*entries: tuple[dict[str, Any], list[dict[str, Any]]], code: str = "AmazonEC2") -> dict[str, Any]:
    terms = {
        made["sku"]: {
            f"{made['sku']}.JRTCKXETXF": {
                "offerTermCode": "JRTCKXETXF",
                "sku": made["sku"],
                "priceDimensions": {f"{made['sku']}.{n}": found for n, found in enumerate(dimensions)},
            }
        }
        for made, dimensions in entries
    }
    return {
        "formatVersion": "v1.0",
        "offerCode": code,
        "version": VERSION,
        "publicationDate": DATE,
        "products": {made["sku"]: made for made, _ in entries},
        "terms": {"OnDemand": terms, "Reserved": {}},
    }


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A copy of the packaged book."""
    path = tmp_path / "prices.csv"
    path.write_bytes(PACKAGED_CSV.read_bytes())
    return path


def run(source: dict[str, Any] | str, book: Path, **options: Any) -> tuple[Report, str]:
    path = book.with_name("offer.json")
    path.write_text(source if isinstance(source, str) else json.dumps(source), encoding="utf-8")
    out = io.StringIO()
    return refresh(str(path), csv_path=book, out=out, **options), out.getvalue()


def price(book: Path, item: str, region: str = "us-east-1", service: str = "EBS") -> prices.Price:
    return prices.read(book).tiers(service, item, region).prices[0]


def test_a_price_is_updated_with_sku_version_and_date(book: Path) -> None:
    gp3 = (product("SKUGP3", "EBS:VolumeUsage.gp3"), [dimension("0.0840000000")])
    gp2 = (product("SKUGP2", "EBS:VolumeUsage.gp2"), [dimension("0.1000000000")])
    report, out = run(offer(gp3, gp2), book)
    assert "changed  EBS gp3 volume storage, us-east-1: $0.08 -> $0.084 per GB-month (+5.0 %)" in out
    assert "1 changed or new, 1 confirmed" in out
    assert report.written
    new = price(book, "gp3 volume storage")
    assert (new.usd, new.sku, new.offer_version, new.publication_date, new.as_of, new.confidence) == (
        Decimal("0.084"),
        "SKUGP3",
        VERSION,
        "2026-11-20",
        "2026-11-20",
        "high",
    )
    assert price(book, "gp2 volume storage").sku == "SKUGP2"
    assert price(book, "st1 volume storage") == prices.lookup("EBS", "st1 volume storage")


def test_region_prefixes_and_other_regions(book: Path) -> None:
    ireland = (product("A", "EU-EBS:VolumeUsage.st1", "eu-west-1"), [dimension("0.05")])
    tokyo = (product("B", "APN1-EBS:VolumeUsage.gp3", "ap-northeast-1"), [dimension("9")])
    report, out = run(offer(ireland, tokyo), book)
    assert "new      EBS st1 volume storage, eu-west-1: $0.05" in out
    assert len(report.changes) == 1
    assert price(book, "st1 volume storage", "eu-west-1").usd == Decimal("0.05")


def test_throughput_is_listed_per_gibps(book: Path) -> None:
    entry = (product("A", "EBS:VolumeP-Throughput.gp3"), [dimension("40.96", "GiBps-mo")])
    report, _ = run(offer(entry), book)
    assert report.changes == ()
    new = price(book, "gp3 provisioned throughput over 125 MiB/s")
    assert (new.usd, new.starts_at, new.sku) == (Decimal("0.04"), 125, "A")


def test_io2_tiers_are_products_of_their_own(book: Path) -> None:
    entries = [
        (product(f"T{n}", f"EBS:VolumeP-IOPS.io2{suffix}"), [dimension(usd, "IOPS-Mo")])
        for n, (suffix, usd) in enumerate((("", "0.065"), (".tier2", "0.0455"), (".tier3", "0.03")))
    ]
    report, out = run(offer(*entries), book)
    assert "EBS io2 provisioned IOPS, us-east-1, from 64000: $0.03185 -> $0.03 per IOPS-month (-5.8 %)" in out
    assert len(report.confirmed) == 2
    assert prices.read(book).tiers("EBS", "io2 provisioned IOPS", "us-east-1").cost(64_000) == pytest.approx(
        3_536
    )
    with pytest.raises(RefreshError, match=r"lacks EBS:VolumeP-IOPS\.io2, a tier of io2 provisioned IOPS"):
        run(offer(*entries[1:]), book)


def test_tiers_of_one_product_are_all_kept(book: Path) -> None:
    entry = (
        product("A", "EBS:SnapshotUsage"),
        [dimension("0.04", begin="51200"), dimension("0.05", begin="0", end="51200")],
    )
    report, _ = run(offer(entry), book)
    tiers = prices.read(book).tiers("EBS", "snapshot standard storage", "us-east-1")
    assert [(p.starts_at, p.tier_to, p.usd) for p in tiers.prices] == [
        (0, 51_200, Decimal("0.05")),
        (51_200, None, Decimal("0.04")),
    ]
    assert [change.old for change in report.changes] == [None]


def test_the_zero_price_of_an_included_product_is_refused(book: Path) -> None:
    before = book.read_bytes()
    included = (product("A", "ProvisionedTP-MiBpsHrs"), [dimension("0.0000000000", "MiBps-Mo")])
    with pytest.raises(RefreshError, match="only a price of 0 for EFS Provisioned Throughput"):
        run(offer(included, code="AmazonEFS"), book)
    assert book.read_bytes() == before


def test_a_free_first_tier_is_fine(book: Path) -> None:
    tiers = [dimension("0", "GB", "0", "5"), dimension("0.03", "GB", "5")]
    run(offer((product("A", "EBS:SnapshotArchiveRetrieval"), tiers)), book, accept_large_changes=True)
    assert prices.read(book).tiers("EBS", "snapshot archive retrieval", "us-east-1").cost(
        15
    ) == pytest.approx(0.3)


def test_several_products_for_one_item_are_refused(book: Path) -> None:
    entries = [(product(sku, "EBS:VolumeUsage.gp3"), [dimension("0.08")]) for sku in ("ONE", "TWO")]
    with pytest.raises(RefreshError, match=r"2 products for EBS gp3 volume storage in us-east-1: ONE, TWO"):
        run(offer(*entries), book)


def test_attributes_tell_reads_from_writes(book: Path) -> None:
    read = (product("R", "USE1-ETDataAccess-Bytes", accessType="Read"), [dimension("0.03", "GB")])
    write = (product("W", "USE1-ETDataAccess-Bytes", accessType="Write"), [dimension("0.06", "GB")])
    report, out = run(offer(read, write, code="AmazonEFS"), book)
    assert report.changes == ()
    assert price(book, "Elastic Throughput writes", service="EFS").sku == "W"
    assert "missing  EFS Standard storage (Regional), us-east-1: kept as it is" in out
    assert "missing  EBS" not in out


def test_a_large_change_needs_a_decision(book: Path) -> None:
    before = book.read_bytes()
    entry = (product("A", "EBS:VolumeUsage.gp3"), [dimension("0.8")])
    out = io.StringIO()
    path = book.with_name("offer.json")
    path.write_text(json.dumps(offer(entry)), encoding="utf-8")
    with pytest.raises(RefreshError, match=r"gp3 volume storage in us-east-1 \+900\.0 %"):
        refresh(str(path), csv_path=book, out=out)
    assert book.read_bytes() == before
    assert "nothing written" in out.getvalue()
    report = refresh(str(path), csv_path=book, out=out, accept_large_changes=True)
    assert report.written
    assert len(report.large) == 1
    assert price(book, "gp3 volume storage").usd == Decimal("0.8")


def test_twenty_percent_is_the_default_threshold(book: Path) -> None:
    refused = (product("A", "EBS:VolumeUsage.gp3"), [dimension("0.0961")])
    with pytest.raises(RefreshError, match=r"\+20\.1 %"):
        run(offer(refused), book)
    accepted = (product("A", "EBS:VolumeUsage.gp3"), [dimension("0.096")])
    assert run(offer(accepted), book)[0].written


def test_threshold_and_dry_run(book: Path) -> None:
    before = book.read_bytes()
    entry = (product("A", "EBS:VolumeUsage.gp3"), [dimension("0.084")])
    with pytest.raises(RefreshError, match="more than 4 %"):
        run(offer(entry), book, threshold_percent=4)
    report, out = run(offer(entry), book, dry_run=True)
    assert not report.written
    assert "nothing written" in out
    assert book.read_bytes() == before


def test_notes_and_order_survive(book: Path) -> None:
    entry = (product("A", "EBS:VolumeUsage.gp3"), [dimension("0.08")])
    run(offer(entry), book)
    before, after = prices.read(PACKAGED_CSV).prices, prices.read(book).prices
    assert [p.item for p in after] == [p.item for p in before]
    assert [p.notes for p in after] == [p.notes for p in before]


def test_a_second_refresh_changes_nothing(book: Path) -> None:
    entry = (product("A", "EBS:VolumeUsage.gp3"), [dimension("0.084")])
    book.chmod(0o640)
    run(offer(entry), book)
    assert book.stat().st_mode & 0o777 == 0o640
    once = book.read_bytes()
    report, _ = run(offer(entry), book)
    assert report.changes == ()
    assert book.read_bytes() == once
    assert [path.name for path in book.parent.iterdir() if path.name.startswith(".")] == []


# --- The CSV form and the bulk tree -----------------------------------------------------------------------

CSV_HEAD = f'''"FormatVersion","v1.0"
"Disclaimer","made for a test"
"Publication Date","{DATE}"
"Version","{VERSION}"
"OfferCode","{{code}}"
"SKU","OfferTermCode","RateCode","TermType","PriceDescription","StartingRange","EndingRange","Unit",\
"PricePerUnit","Currency","Product Family","Location","Region Code","usageType","operation","Access Type"
'''


def csv_row(
    sku: str, usagetype: str, usd: str, unit: str = "GB-Mo", term: str = "OnDemand", access: str = ""
) -> str:
    rate = (sku, "T", f"{sku}.T", term, "", "0", "Inf", unit, usd, "USD")
    cells = (*rate, "Storage", "N. Virginia", "us-east-1", usagetype, "", access)
    return ",".join(f'"{cell}"' for cell in cells) + "\n"


def test_the_bulk_tree_in_csv_form(book: Path, tmp_path: Path) -> None:
    for code, rows in {
        "AmazonEC2": [
            csv_row("A", "EBS:VolumeUsage.gp3", "0.0850000000"),
            csv_row("B", "EBS:VolumeUsage.gp3", "0.0100000000", term="Reserved"),
            csv_row("C", "BoxUsage:t3.micro", "0.0104", "Hrs"),
        ],
        "AmazonEFS": [csv_row("D", "IADataAccess-Bytes", "0.0110000000", "GB", access="Read")],
    }.items():
        folder = tmp_path / "offers" / code / "current" / "us-east-1"
        folder.mkdir(parents=True)
        (folder / "index.csv").write_text(CSV_HEAD.format(code=code) + "".join(rows), encoding="utf-8")
    out = io.StringIO()
    report = refresh(tmp_path / "offers", ["us-east-1"], book, out)
    assert [change.new.sku for change in report.changes] == ["A", "D"]
    assert "missing  EBS gp2 volume storage, us-east-1" in out.getvalue()
    assert "eu-west-1" not in out.getvalue()
    assert price(book, "gp3 volume storage").usd == Decimal("0.085")


def test_one_csv_file(book: Path) -> None:
    path = book.with_name("offer.csv")
    path.write_text(
        CSV_HEAD.format(code="AmazonEC2") + csv_row("A", "EBS:VolumeUsage.gp3", "0.081"), encoding="utf-8"
    )
    refresh(path, csv_path=book, out=io.StringIO())
    assert price(book, "gp3 volume storage").usd == Decimal("0.081")


# --- Broken sources ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("not json", "offer.json is not JSON"),
        ("[]", "is not an AWS offer file: it has no offerCode"),
        ("{}", "is not an AWS offer file: it has no offerCode"),
        (json.dumps(offer(code="AmazonS3")), "no offer that the book uses"),
        (json.dumps(offer() | {"terms": {"OnDemand": {"X": {}}}}), "a price for SKU X but no product"),
        (json.dumps(offer((product("A", "EBS:VolumeUsage.gp3"), [{}]))), "not an AWS offer file"),
        (
            json.dumps(offer((product("A", "EBS:VolumeUsage.gp3"), [dimension("cheap")]))),
            "has 'cheap' where a number belongs",
        ),
        (
            json.dumps(offer((product("A", "EBS:VolumeUsage.gp3"), [dimension("0.08", "GB-Hours")]))),
            "per gb-hours, not per GB-Mo",
        ),
        (
            json.dumps(offer((product("A", "EBS:VolumeUsage.gp3"), [dimension("0.08", end="10")]))),
            "do not run from 0 to infinity",
        ),
        (
            json.dumps(
                offer(
                    (
                        product("A", "EBS:VolumeP-IOPS.gp3"),
                        [dimension("0.1", "IOPS-Mo", end="10"), dimension("0.2", "IOPS-Mo", begin="10")],
                    )
                )
            ),
            "2 tiers for EBS gp3 provisioned IOPS",
        ),
    ],
)
def test_a_broken_source_is_named_and_changes_nothing(book: Path, text: str, words: str) -> None:
    before = book.read_bytes()
    with pytest.raises(RefreshError, match=words):
        run(text, book)
    assert book.read_bytes() == before


def test_broken_csv_sources(book: Path) -> None:
    path = book.with_name("offer.csv")
    for text, words in (
        ("a,b\n1,2\n", "no row of column names"),
        ("SKU,Unit\n", "lack OfferCode, Version or date"),
        (CSV_HEAD.format(code="AmazonEC2").replace('"TermType",', "") + "x\n", "not an AWS offer file"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(RefreshError, match=words):
            refresh(path, csv_path=book, out=io.StringIO())
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RefreshError, match="not text in UTF-8"):
        refresh(path, csv_path=book, out=io.StringIO())


def test_missing_files_and_regions(book: Path, tmp_path: Path) -> None:
    with pytest.raises(
        RefreshError, match=r"Cannot read .*AmazonEC2/current/us-east-1/index\.csv: No such file"
    ):
        refresh(tmp_path / "nowhere", csv_path=book)
    with pytest.raises(RefreshError, match="Name at least one Region"):
        refresh(tmp_path / "nowhere", [], book)
    with pytest.raises(RefreshError, match="Cannot read the price book"):
        refresh(tmp_path / "offer.json", csv_path=tmp_path / "none.csv")
    with pytest.raises(RefreshError, match="over https only"):
        refresh("http://example.com/offer.json", csv_path=book)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (urllib.error.URLError("no route to host"), "Cannot reach https://.*: no route to host"),
        (TimeoutError("timed out"), "Cannot reach https://.*timed out"),
        (urllib.error.HTTPError("https://x", 404, "Not Found", Message(), None), "answered 404 Not Found"),
    ],
)
def test_addresses_that_do_not_answer(
    book: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(offers.urllib.request, "urlopen", fail)
    with pytest.raises(RefreshError, match=words):
        refresh("https://prices.example/offers", csv_path=book)


def test_an_address_is_read_as_a_stream(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def answer(address: str, timeout: float) -> io.BytesIO:
        asked.append(address)
        code = "AmazonEC2" if "AmazonEC2" in address else "AmazonEFS"
        return io.BytesIO(
            (CSV_HEAD.format(code=code) + csv_row("A", "EBS:VolumeUsage.gp3", "0.082")).encode()
        )

    monkeypatch.setattr(offers.urllib.request, "urlopen", answer)
    refresh("https://prices.example/offers/", ["us-east-1"], book, io.StringIO())
    assert asked == [
        "https://prices.example/offers/AmazonEC2/current/us-east-1/index.csv",
        "https://prices.example/offers/AmazonEFS/current/us-east-1/index.csv",
    ]
    assert price(book, "gp3 volume storage").usd == Decimal("0.082")


def test_an_interrupted_write_leaves_the_old_book(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = book.read_bytes()

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("course.prices.refresh.os.replace", interrupted)
    entry = (product("A", "EBS:VolumeUsage.gp3"), [dimension("0.081")])
    with pytest.raises(KeyboardInterrupt):
        run(offer(entry), book)
    assert book.read_bytes() == before
    assert [path.name for path in book.parent.iterdir() if path.name.startswith(".prices")] == []


@pytest.mark.parametrize(
    ("usagetype", "item"),
    [
        ("EBS:VolumeUsage", "standard volume storage"),
        ("EU-EBS:VolumeUsage", "standard volume storage"),
        ("EBS:VolumeUsage.gp3", "gp3 volume storage"),
        ("APS1-TimedStorage-ByteHrs", "Standard storage (Regional)"),
        ("EU-IATimedStorage-ByteHrs", "Infrequent Access storage (Bursting / Provisioned Throughput)"),
        ("USE1-ArchiveTimedStorage-ByteHrs", "Archive storage (Elastic Throughput)"),
        ("USE1-IATimedStorage-ET-SmallFiles", None),
        ("IncludedTP-MiBpsHrs", None),
        ("Odd-EBS:VolumeUsage", None),
        ("BoxUsage:t3.micro", None),
    ],
)
def test_usage_types_match_as_a_whole(usagetype: str, item: str | None) -> None:
    assert [found.item for found in items_of(usagetype)] == ([] if item is None else [item])
