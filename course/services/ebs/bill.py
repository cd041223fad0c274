"""What a volume costs: storage, IOPS and throughput, for a month or a part of one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course.services._quantity import plain, quantity, texts
from course.services._result import Cost, bill_line, cost
from course.services.ebs.limits import GP3, MINIMUM_BILLED_SECONDS
from course.services.ebs.volume import Volume, Volumes, checked, iops_of


def components(kind: str, size: Any, iops: Any, throughput: Any) -> list[tuple[str, Any, float]]:
    """(priced item, amount, amount included in storage): what `monthly_cost` and `cheapest` both bill."""
    items = [(f"{kind} volume storage", size, 0.0)]
    if kind == "gp3":
        items += [
            ("gp3 provisioned IOPS over 3000", iops, GP3.included_iops),
            ("gp3 provisioned throughput over 125 MiB/s", throughput, GP3.included_throughput_mibps),
        ]
    if kind in ("io1", "io2"):
        items.append((f"{kind} provisioned IOPS", iops, 0.0))
    return items


def monthly_cost(
    volume: Volumes, region: str = "us-east-1", edition: str = "today", io_requests: ArrayLike = 0
) -> Cost:
    """US dollars for keeping a volume for a month, with its parts. The size counts, not the data on it.

    `io_requests` per month are billed for `standard` (magnetic) volumes only. A sequence of volumes (of any
    types) gives arrays, one element per volume; `io_requests` broadcasts with it. Raises ValueError for a
    volume that AWS refuses and prices.NoPrice where the Region has no price for a part that is needed.
    """
    given = checked(volume, edition)
    volumes, requests = np.broadcast_arrays(given, quantity(io_requests, "io_requests", "requests"))
    amounts: dict[str, NDArray[np.float64]] = {}
    for place in np.ndindex(volumes.shape):
        for item, amount in _billed(volumes.item(place), requests.item(place)):
            amounts.setdefault(item, np.zeros(volumes.shape))[place] = amount
    parts = [bill_line("EBS", item, amount, region) for item, amount in amounts.items() if np.any(amount)]
    return cost(texts(_title, volumes), parts, region, volumes.shape)


def _billed(volume: Volume, io_requests: float) -> list[tuple[str, float]]:
    """(priced item, amount) for all that a volume of this type may cost; 0 for what it gets for nothing."""
    throughput = volume.throughput_mibps or GP3.included_throughput_mibps
    items = [
        (item, amount if amount > included else 0)
        for item, amount, included in components(volume.kind, volume.size_gib, iops_of(volume), throughput)
    ]
    if volume.kind == "standard":
        items.append(("standard (magnetic) volume I/O", io_requests / 1_000_000))
    return items


def _title(volume: Volume) -> str:
    return f"{volume.kind} volume of {volume.size_gib:,} GiB"


def prorated(amount_per_month: ArrayLike, seconds: ArrayLike, days_in_month: float = 30) -> Any:
    """The share of a monthly amount for a volume that exists for `seconds` of a month of so many days.

    EBS bills by the second with a minimum of 60 seconds. Any currency. Source: EBS pricing page.
    """
    amount = quantity(amount_per_month, "amount_per_month", "money")
    month_s = float(quantity(days_in_month, "days_in_month", "days", low=28, high=31)) * 86_400
    lived = quantity(seconds, "seconds", "seconds", high=month_s)
    return plain(np.asarray(amount * np.maximum(lived, MINIMUM_BILLED_SECONDS) / month_s))


def cost_for_hours(
    volume: Volumes,
    hours: ArrayLike,
    region: str = "us-east-1",
    edition: str = "today",
    days_in_month: float = 30,
) -> Any:
    """US dollars for a volume that exists for `hours` of a month of `days_in_month` days.

    A sequence of volumes and an array of hours broadcast.
    """
    amount = monthly_cost(volume, region, edition).usd_per_month
    return prorated(amount, np.asarray(hours) * 3600, days_in_month)
