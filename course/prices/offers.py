"""Reading AWS's public price list ("offer") files, JSON or CSV, from a path or an address.

A source is either one file (".json" or ".csv") or the root of the bulk tree, in which the file of a service
and Region is `<offer>/current/<region>/index.csv`. The CSV is read as a stream, because the file of
AmazonEC2 is several hundred megabytes; the JSON form is for the smaller services.
Format: AWS Billing user guide, "Reading the service price list file for an AWS service".
"""

from __future__ import annotations

import csv
import io
import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO, Any

BULK_ROOT = "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws"
TIMEOUT_S = 60


class RefreshError(Exception):
    """The price list cannot be used; the message says which file and why."""


@dataclass(frozen=True)
class OfferPrice:
    """One on-demand price dimension of one product. Attribute names are lower case without blanks."""

    sku: str
    region: str
    usagetype: str
    attributes: Mapping[str, str]
    unit: str
    begin: Decimal
    end: Decimal | None
    usd: Decimal
    offer: str
    version: str
    publication_date: str


def is_single_file(source: str) -> bool:
    """True if `source` names one offer file and not the root of the bulk tree."""
    return source.lower().endswith((".json", ".csv"))


def region_file(source: str, offer: str, region: str) -> str:
    """The address of a service's file for a Region under a root."""
    return f"{source.rstrip('/')}/{offer}/current/{region}/index.csv"


def read(address: str) -> Iterator[OfferPrice]:
    """All on-demand prices in US dollars of one offer file. Raises RefreshError."""
    with _open(address) as stream:
        try:
            yield from (
                _read_json(stream, address)
                if address.lower().endswith(".json")
                else _read_csv(stream, address)
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise RefreshError(
                f"{address} is not an AWS offer file: {error!r} where the format has a value."
            ) from error


@contextmanager
def _open(address: str) -> Iterator[IO[str]]:
    if "://" not in address:
        try:
            with Path(address).open(encoding="utf-8", newline="") as stream:
                yield stream
        except OSError as error:
            raise RefreshError(f"Cannot read {address}: {error.strerror or error}.") from error
        except UnicodeDecodeError as error:
            raise RefreshError(f"{address} is not text in UTF-8.") from error
        return
    if not address.startswith("https://"):
        raise RefreshError(f"Prices are read over https only; got {address}.")
    try:
        with urllib.request.urlopen(address, timeout=TIMEOUT_S) as response:
            yield io.TextIOWrapper(response, encoding="utf-8", newline="")
    except urllib.error.HTTPError as error:
        raise RefreshError(f"{address} answered {error.code} {error.reason}.") from error
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        raise RefreshError(f"Cannot reach {address}: {getattr(error, 'reason', error)}.") from error


def _read_json(stream: IO[str], address: str) -> Iterator[OfferPrice]:
    try:
        offer: dict[str, Any] = json.load(stream, parse_float=Decimal)
    except json.JSONDecodeError as error:
        raise RefreshError(f"{address} is not JSON: {error}.") from error
    if not isinstance(offer, dict) or "offerCode" not in offer or "products" not in offer:
        raise RefreshError(f"{address} is not an AWS offer file: it has no offerCode or no products.")
    for sku, terms in offer["terms"].get("OnDemand", {}).items():
        product = offer["products"].get(sku)
        if product is None:
            raise RefreshError(f"{address} has a price for SKU {sku} but no product of that SKU.")
        attributes = {_plain(name): str(value) for name, value in product["attributes"].items()}
        for term in terms.values():
            for dimension in term["priceDimensions"].values():
                if "USD" in dimension["pricePerUnit"]:
                    yield OfferPrice(
                        sku,
                        attributes.get("regioncode", ""),
                        attributes.get("usagetype", ""),
                        attributes,
                        dimension["unit"],
                        *_span(dimension["beginRange"], dimension["endRange"], address),
                        _number(dimension["pricePerUnit"]["USD"], address),
                        offer["offerCode"],
                        str(offer["version"]),
                        str(offer["publicationDate"])[:10],
                    )


def _read_csv(stream: IO[str], address: str) -> Iterator[OfferPrice]:
    rows = csv.reader(stream)
    head: dict[str, str] = {}
    for row in rows:
        if row and row[0] == "SKU":
            names = [_plain(name) for name in row]
            break
        if len(row) >= 2:
            head[_plain(row[0])] = row[1]
    else:
        raise RefreshError(
            f"{address} is not an AWS offer file: no row of column names that starts with SKU."
        )
    if not {"offercode", "version", "publicationdate"} <= head.keys():
        raise RefreshError(
            f"{address} is not an AWS offer file: its first rows lack OfferCode, Version or date."
        )
    for row in rows:
        values = dict(zip(names, row, strict=False))
        if values["termtype"] == "OnDemand" and values["currency"] == "USD":
            yield OfferPrice(
                values["sku"],
                values["regioncode"],
                values["usagetype"],
                values,
                values["unit"],
                *_span(values["startingrange"], values["endingrange"], address),
                _number(values["priceperunit"], address),
                head["offercode"],
                head["version"],
                head["publicationdate"][:10],
            )


def _plain(name: str) -> str:
    return name.replace(" ", "").lower()


def _span(begin: str, end: str, address: str) -> tuple[Decimal, Decimal | None]:
    return _number(begin, address), None if end == "Inf" else _number(end, address)


def _number(text: Any, address: str) -> Decimal:
    try:
        number = Decimal(str(text))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise RefreshError(f"{address} has {text!r} where a number belongs.")
    return number
