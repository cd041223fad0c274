"""For maintainers: bring the price book up to date from AWS's public price list.

    from course.prices.refresh import refresh
    refresh("https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws")     # or a folder, or one offer file

Never run in class or in tests against the network. Review the report, then commit the CSV.
"""

from __future__ import annotations

import csv
import os
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from pathlib import Path
from typing import TextIO

from course.prices import book
from course.prices.book import COLUMNS, REGIONS, Price
from course.prices.mapping import ITEMS, OFFERS, OfferItem, items_of
from course.prices.offers import BULK_ROOT, OfferPrice, RefreshError, is_single_file, read, region_file

PACKAGED_CSV = Path(book.__file__).with_name("prices.csv")
THRESHOLD_PERCENT = 20.0

__all__ = ["BULK_ROOT", "PACKAGED_CSV", "THRESHOLD_PERCENT", "Change", "RefreshError", "Report", "refresh"]


@dataclass(frozen=True)
class Change:
    """A price before and after; `old` is None for a price that the book did not have."""

    old: Price | None
    new: Price

    @property
    def percent(self) -> float | None:
        """Change in percent; None where there is nothing to compare with."""
        if self.old is None or not self.old.usd:
            return None
        return float((self.new.usd / self.old.usd - 1) * 100)


@dataclass(frozen=True)
class Report:
    """What a refresh found: prices that differ, prices confirmed, items of the book that the source lacks."""

    changes: tuple[Change, ...]
    confirmed: tuple[Price, ...]
    missing: tuple[tuple[str, str, str], ...]
    large: tuple[Change, ...]
    written: bool

    def lines(self) -> list[str]:
        """The report as text: one line per price that changed, then the counts."""
        out = []
        for change in self.changes:
            new = change.new
            name = f"{new.service} {new.item}, {new.region}" + (
                f", from {new.starts_at}" if new.starts_at else ""
            )
            if change.old is None:
                out.append(f"new      {name}: ${new.usd} per {new.unit}")
            else:
                percent = "" if change.percent is None else f" ({change.percent:+.1f} %)"
                out.append(f"changed  {name}: ${change.old.usd} -> ${new.usd} per {new.unit}{percent}")
        out += [
            f"missing  {service} {item}, {region}: kept as it is" for service, item, region in self.missing
        ]
        state = "written" if self.written else "nothing written"
        counts = f"{len(self.changes)} changed or new, {len(self.confirmed)} confirmed"
        counts += f", {len(self.missing)} missing"
        return [*out, f"{counts}: {state}"]


def refresh(
    source: str | Path = BULK_ROOT,
    regions: Sequence[str] = REGIONS,
    csv_path: str | Path = PACKAGED_CSV,
    out: TextIO | None = None,
    *,
    threshold_percent: float = THRESHOLD_PERCENT,
    accept_large_changes: bool = False,
    dry_run: bool = False,
) -> Report:
    """Update the prices, SKUs, offer versions and dates of the CSV from AWS's price list; print a report.

    `source`: one offer file (.json or .csv) or a root with `<offer>/current/<region>/index.csv` under it, as
    a path or an https address. Items that the source lacks stay as they are. Nothing is written, and
    RefreshError raised, when a price changes by more than `threshold_percent` and `accept_large_changes` is
    False, or when the source is ambiguous (several products for one item) or broken. The CSV is replaced in
    one step: it is either the old file or the new one.
    """
    path = Path(csv_path)
    current = _current(path)
    found = _find(str(source), regions)
    changes, confirmed, missing, prices = _merge(current, found, regions, str(source))
    large = tuple(c for c in changes if c.percent is not None and abs(c.percent) > threshold_percent)
    refused = bool(large) and not accept_large_changes
    write = not refused and not dry_run
    if write:
        _write(path, prices)
    report = Report(changes, confirmed, missing, large, write)
    print("\n".join(report.lines()), file=out or sys.stdout)
    if refused:
        names = "; ".join(f"{c.new.item} in {c.new.region} {c.percent:+.1f} %" for c in large)
        raise RefreshError(
            f"{len(large)} price(s) change by more than {threshold_percent:g} %: {names}. Check them on "
            "AWS's pricing page, then run again with large changes accepted."
        )
    return report


def _current(path: Path) -> tuple[Price, ...]:
    try:
        return book.read(path).prices
    except (OSError, ValueError) as error:
        raise RefreshError(f"Cannot read the price book {path}: {error}") from error


_Key = tuple[str, str, str, Decimal]


def _find(source: str, regions: Sequence[str]) -> dict[_Key, Price]:
    """Prices of the source by service, item, Region and start of the tier."""
    if not regions:
        raise RefreshError("Name at least one Region.")
    if is_single_file(source):
        return _collect(read(source), regions, source)
    found: dict[_Key, Price] = {}
    for offer in sorted(set(OFFERS.values())):
        for region in regions:
            address = region_file(source, offer, region)
            found |= _collect(read(address), [region], address)
    return found


def _collect(rows: Iterable[OfferPrice], regions: Sequence[str], address: str) -> dict[_Key, Price]:
    by_item: dict[tuple[OfferItem, str], list[OfferPrice]] = {}
    known_offer = False
    for row in rows:
        known_offer = known_offer or row.offer in OFFERS.values()
        if row.region not in regions:
            continue
        for item in items_of(row.usagetype):
            if _belongs(row, item):
                by_item.setdefault((item, row.region), []).append(row)
    if not known_offer:
        raise RefreshError(
            f"{address} is no offer that the book uses ({', '.join(sorted(set(OFFERS.values())))})."
        )
    _refuse_gaps(by_item.keys(), address)
    found: dict[_Key, Price] = {}
    for (item, region), matched in by_item.items():
        for price in _prices(item, region, matched, address):
            found[_key(price)] = price
    return found


def _refuse_gaps(matched: Iterable[tuple[OfferItem, str]], address: str) -> None:
    """Where each tier is a product of its own, all of them must be there: a gap would be free of charge."""
    present = set(matched)
    for item, region in present:
        for other in ITEMS:
            if (other.service, other.item) == (item.service, item.item) and (other, region) not in present:
                raise RefreshError(f"{address} lacks {other.usagetype}, a tier of {item.item}, for {region}.")


def _belongs(row: OfferPrice, item: OfferItem) -> bool:
    return row.offer == item.offer and all(
        row.attributes.get(name) == value for name, value in item.attributes
    )


def _prices(item: OfferItem, region: str, rows: list[OfferPrice], address: str) -> list[Price]:
    name = f"{item.service} {item.item} in {region}"
    skus = sorted({row.sku for row in rows})
    if len(skus) > 1:
        raise RefreshError(
            f"{address} has {len(skus)} products for {name}: {', '.join(skus)}. Narrow the mapping."
        )
    units = {row.unit.lower() for row in rows}
    if not units <= {unit.lower() for unit in item.offer_units}:
        expected = " or ".join(item.offer_units)
        raise RefreshError(f"{address} prices {name} per {', '.join(sorted(units))}, not per {expected}.")
    if all(row.usd == 0 for row in rows):
        raise RefreshError(
            f"{address} has only a price of 0 for {name}: that is an included product, not the price."
        )
    if len(rows) > 1 and (item.tier_from is not None or item.divide_by != 1):
        raise RefreshError(f"{address} has {len(rows)} tiers for {name}, where the mapping expects one.")
    ordered = sorted(rows, key=lambda row: row.begin)
    if ordered[0].begin != 0 or ordered[-1].end is not None:
        raise RefreshError(f"{address} has tiers for {name} that do not run from 0 to infinity.")
    return [_price(item, region, row, flat=len(rows) == 1) for row in ordered]


def _price(item: OfferItem, region: str, row: OfferPrice, flat: bool) -> Price:
    usd = (row.usd / item.divide_by).normalize()
    return Price(
        service=item.service,
        item=item.item,
        unit=item.unit,
        usd=Decimal(f"{usd:f}"),
        region=region,
        tier_from=item.tier_from if flat else row.begin,
        tier_to=item.tier_to if flat else row.end,
        as_of=row.publication_date,
        source=f"AWS Price List, offer {row.offer}, {region}",
        confidence="high",
        sku=row.sku,
        offer_version=row.version,
        publication_date=row.publication_date,
    )


def _key(price: Price) -> _Key:
    return (price.service, price.item, price.region, price.starts_at)


def _merge(
    current: tuple[Price, ...], found: dict[_Key, Price], regions: Sequence[str], source: str
) -> tuple[tuple[Change, ...], tuple[Price, ...], tuple[tuple[str, str, str], ...], list[Price]]:
    """Changes, confirmed prices, missing items, and the book's new rows in the old order, new ones last."""
    replaced = {key[:3] for key in found}
    old = {_key(price): price for price in current}
    changes, confirmed, merged = [], [], []
    for price in current:
        key = _key(price)
        if key[:3] not in replaced:
            merged.append(price)
        elif key in found:
            merged.append(replace(found[key], notes=price.notes))
    merged += [price for key, price in found.items() if key not in old]
    for key, price in found.items():
        before = old.get(key)
        if before is None or before.usd != price.usd:
            changes.append(Change(before, price))
        else:
            confirmed.append(price)
    expected = {
        (p.service, p.item, p.region) for p in current if p.region in regions and _covers(source, found, p)
    }
    missing = sorted(expected - replaced)
    return tuple(changes), tuple(confirmed), tuple(missing), merged


def _covers(source: str, found: dict[_Key, Price], price: Price) -> bool:
    """A single file speaks only for its own service."""
    return not is_single_file(source) or price.service in {key[0] for key in found}


def _write(path: Path, prices: list[Price]) -> None:
    """Check the new book, then put it in the old one's place in one step."""
    try:
        book.Book(tuple(prices))
    except ValueError as error:
        raise RefreshError(f"The new prices do not fit together: {error}") from error
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", text=True)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows([_cell(getattr(price, f.name)) for f in fields(Price)] for price in prices)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(name, path.stat().st_mode & 0o777)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _cell(value: object) -> str:
    return "" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)
