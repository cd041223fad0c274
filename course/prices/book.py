"""The price book: reading the packaged CSV, looking a price up, costing a quantity through tiers.

Prices are `Decimal`, exactly as AWS prints them. Costs are floats (or NumPy arrays), because calculators
sweep. Amounts of data are binary: AWS's "GB" in a price unit is a GiB.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property, lru_cache
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import IO, Any, Protocol

import numpy as np
import pandas as pd

# Taken once: a notebook moves its clock by weeks, and real prices do not age with it.
_STARTED = date.today()
REGIONS = ("us-east-1", "eu-west-1", "ap-southeast-1")
UNITS = frozenset({"GB-month", "IOPS-month", "MiBps-month", "GB", "DSU-hour", "1M requests"})
CONFIDENCES = ("high", "medium")
UNDATED = "undated"
STALE_AFTER_DAYS = 180


class Dated(Protocol):
    """Anything that carries the date of a price."""

    @property
    def as_of(self) -> str: ...


class NoPrice(LookupError):  # noqa: N818 - reads as what it says: there is no price
    """The book has no list price for this item in this Region; the message names those that have one."""


@dataclass(frozen=True)
class Price:
    """One list price: `usd` for one `unit` of the quantity from `tier_from` up to `tier_to`.

    `tier_from` and `tier_to` are None where AWS does not say (flat price, no upper end). `as_of` is an ISO
    date or "undated". `confidence` is "high" or "medium". The last three fields are empty until a refresh
    from AWS's price list has filled them.
    """

    service: str
    item: str
    unit: str
    usd: Decimal
    region: str
    tier_from: Decimal | None
    tier_to: Decimal | None
    as_of: str
    source: str
    confidence: str
    notes: str = ""
    sku: str = ""
    offer_version: str = ""
    publication_date: str = ""

    def age_days(self, today: date | None = None) -> int | None:
        """Days between `as_of` and `today` (default: when this process began); None for an undated price."""
        return age_days(self.as_of, today)

    def is_stale(self, today: date | None = None) -> bool:
        """True when the price is undated or more than `STALE_AFTER_DAYS` days old."""
        return is_stale(self.as_of, today)

    @property
    def starts_at(self) -> Decimal:
        """The quantity at which this price begins to be charged (0 for a flat price)."""
        return self.tier_from or Decimal(0)

    def __str__(self) -> str:
        dated = "undated" if self.as_of == UNDATED else f"as of {self.as_of}"
        return (
            f"{self.service} {self.item}: ${self.usd} per {self.unit} in {self.region} (list price, {dated})"
        )


@dataclass(frozen=True)
class Tiers:
    """All tiers of one item in one Region, lowest first. A flat price is one tier.

    Where the first tier starts above 0 (gp3 IOPS over 3,000), the part below it is included in another price.
    """

    prices: tuple[Price, ...]

    @property
    def item(self) -> str:
        return self.prices[0].item

    @property
    def unit(self) -> str:
        return self.prices[0].unit

    @property
    def region(self) -> str:
        return self.prices[0].region

    @property
    def included(self) -> float:
        """The quantity that costs nothing because the first tier starts above it."""
        return float(self.prices[0].starts_at)

    @cached_property
    def as_of(self) -> str:
        return oldest(self.prices)

    def cost(self, quantity: Any) -> Any:
        """US dollars for `quantity` units: each tier's price for the part of the quantity inside that tier.

        Scalar in, float out; array in, array out. Negative or non-finite quantities raise ValueError.
        """
        amount = np.asarray(quantity, dtype=float)
        if not np.all(np.isfinite(amount)) or np.any(amount < 0):
            raise ValueError(f"A quantity of {self.unit} must be 0 or more and finite.")
        total = np.zeros(amount.shape)
        for price in self.prices:
            low = float(price.starts_at)
            inside = np.maximum(amount, low) - low
            if price.tier_to is not None:
                inside = np.minimum(inside, float(price.tier_to) - low)
            total += inside * float(price.usd)
        return float(total) if amount.ndim == 0 else total

    def parts(self, quantity: float) -> list[tuple[float, Price]]:
        """How a scalar quantity falls into the tiers: (amount inside the tier, its price), no empty ones."""
        inside = []
        for price in self.prices:
            high = quantity if price.tier_to is None else min(quantity, float(price.tier_to))
            if high > float(price.starts_at):
                inside.append((high - float(price.starts_at), price))
        return inside


@dataclass(frozen=True)
class Book:
    """Prices by service, item and Region."""

    prices: tuple[Price, ...]
    _by_key: dict[tuple[str, str, str], Tiers] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        groups: dict[tuple[str, str, str], list[Price]] = {}
        for price in self.prices:
            groups.setdefault((price.service, price.item, price.region), []).append(price)
        tiers_by_key = {key: _as_tiers(group) for key, group in groups.items()}
        object.__setattr__(self, "_by_key", tiers_by_key)

    def tiers(self, service: str, item: str, region: str) -> Tiers:
        """All tiers of an item in a Region; NoPrice where the book has none."""
        found = self._by_key.get((service, item, region))
        if found is None:
            raise NoPrice(self._why_none(service, item, region))
        return found

    def _why_none(self, service: str, item: str, region: str) -> str:
        elsewhere = [r for (s, i, r) in self._by_key if (s, i) == (service, item)]
        if elsewhere:
            return (
                f"No list price for {service} {item} in {region}; the book has it for {', '.join(elsewhere)}."
            )
        items = sorted({i for (s, i, _) in self._by_key if s == service})
        if items:
            return f"No {service} item is called {item!r}, so {region} has no price for it; there are: " + (
                "; ".join(items) + "."
            )
        services = ", ".join(sorted({s for (s, _, _) in self._by_key}))
        return f"No list price for {service} {item} in {region}: the book covers {services}."


COLUMNS = tuple("price_usd" if f.name == "usd" else f.name for f in fields(Price))


def lookup(service: str, item: str, region: str = "us-east-1", tier: int = 0) -> Price:
    """The price of an item: `lookup("EBS", "io2 provisioned IOPS", tier=1)` is the second tier's.

    Raises NoPrice where the Region or the tier has no price; it never falls back to another Region.
    """
    found = tiers(service, item, region).prices
    if not 0 <= tier < len(found):
        raise NoPrice(
            f"{service} {item} in {region} has {len(found)} tier(s), numbered from 0: there is no {tier}."
        )
    return found[tier]


def tiers(service: str, item: str, region: str = "us-east-1") -> Tiers:
    """All tiers of an item in a Region, with the cumulative `cost(quantity)`. Raises NoPrice."""
    return packaged().tiers(service, item, region)


def table(service: str | None = None, region: str | None = None) -> pd.DataFrame:
    """The book as a DataFrame with one row per price, in the order of the CSV; optional filters."""
    chosen = [
        price
        for price in packaged().prices
        if service in (None, price.service) and region in (None, price.region)
    ]
    frame = pd.DataFrame([[getattr(p, f.name) for f in fields(Price)] for p in chosen], columns=list(COLUMNS))
    frame["age_days"] = pd.array([price.age_days() for price in chosen], dtype="Int64")
    return frame


def oldest(prices: Iterable[Dated]) -> str:
    """The oldest `as_of` of the prices; "undated" counts as older than any date; "" when there are none."""
    dates = [price.as_of for price in prices]
    return UNDATED if UNDATED in dates else min(dates, default="")


def age_days(as_of: str, today: date | None = None) -> int | None:
    """Days between an `as_of` and `today` (default: when this process began); None where there is no date."""
    if as_of in ("", UNDATED):
        return None
    return ((today or _STARTED) - date.fromisoformat(as_of)).days


def is_stale(as_of: str, today: date | None = None) -> bool:
    """True for a price that is undated or more than `STALE_AFTER_DAYS` days old."""
    age = age_days(as_of, today)
    return age is None or age > STALE_AFTER_DAYS


def footnote(region: str, as_of: str, today: date | None = None) -> str:
    """The line that goes under every cost: Region, date and age of its oldest price, and a hint if it is old.

    For example "list prices us-east-1, oldest as of 2026-10-13 (41 days old)".
    """
    if not as_of:
        return f"no list price of {region} was used"
    age = age_days(as_of, today)
    days = "1 day" if age == 1 else f"{age} days"
    dated = "some undated" if age is None else f"oldest as of {as_of} ({days} old)"
    hint = "; look at AWS's pricing page before you rely on them" if is_stale(as_of, today) else ""
    return f"list prices {region}, {dated}{hint}"


@lru_cache(maxsize=1)
def packaged() -> Book:
    """The packaged book, read once."""
    with resources.files("course.prices").joinpath("prices.csv").open(encoding="utf-8") as stream:
        return read(stream, "prices.csv")


def read(source: IO[str] | Path, name: str | None = None) -> Book:
    """Read a price CSV (columns as in `COLUMNS`). ValueError names the file and the line of a bad row."""
    if isinstance(source, Path):
        with source.open(encoding="utf-8", newline="") as stream:
            return read(stream, name or source.name)
    reader = csv.DictReader(source)
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise ValueError(f"{name}: the columns must be {', '.join(COLUMNS)}.")
    prices = []
    for row in reader:
        try:
            prices.append(_price(row))
        except ValueError as error:
            raise ValueError(f"{name}, line {reader.line_num}: {error}") from None
    try:
        return Book(tuple(prices))
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _price(row: Mapping[str, str]) -> Price:
    values: dict[str, Any] = {name: (row[name] or "").strip() for name in COLUMNS if name != "price_usd"}
    values["usd"] = _decimal(row["price_usd"], "price_usd")
    for name in ("tier_from", "tier_to"):
        values[name] = _decimal(row[name], name) if row[name] else None
    price = Price(**values)
    if price.usd < 0:
        raise ValueError(f"the price of {price.item} is negative.")
    if price.unit not in UNITS:
        raise ValueError(f"the unit {price.unit!r} of {price.item} is none of {', '.join(sorted(UNITS))}.")
    if price.confidence not in CONFIDENCES:
        raise ValueError(f"{price.item} has confidence {price.confidence!r}; only high and medium may ship.")
    if price.as_of != UNDATED:
        date.fromisoformat(price.as_of)
    if not price.source:
        raise ValueError(f"{price.item} has no source.")
    return price


def _decimal(text: str, column: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{column} {text!r} is not a number.") from None
    if not number.is_finite():
        raise ValueError(f"{column} {text!r} is not a number.")
    return number


def _as_tiers(group: list[Price]) -> Tiers:
    ordered = sorted(group, key=lambda price: price.starts_at)
    name = f"{ordered[0].service} {ordered[0].item} in {ordered[0].region}"
    if len({price.unit for price in ordered}) > 1:
        raise ValueError(f"the tiers of {name} have different units.")
    for lower, upper in pairwise(ordered):
        if lower.tier_to != upper.starts_at:
            raise ValueError(f"the tiers of {name} are not contiguous at {upper.starts_at}.")
    if ordered[-1].tier_to is not None:
        raise ValueError(f"the last tier of {name} must have no upper end.")
    return Tiers(tuple(ordered))
