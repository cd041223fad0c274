"""Amazon Machine Images: what keeping them costs. An EBS-backed AMI is priced as its snapshots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from course.services import snapshots
from course.services._quantity import number, quantity, texts
from course.services._result import Cost, bill_line, cost


def storage_cost(
    used_gib: ArrayLike,
    changed_gib: ArrayLike = 0,
    images: ArrayLike = 1,
    regions: Sequence[str] = ("us-east-1",),
) -> Cost:
    """US dollars a month for keeping the last `images` AMIs of one server in each of `regions`.

    The snapshots behind successive AMIs of a volume share unchanged blocks (`changed_gib` between two). A
    copy in another Region is a snapshot of its own there, billed at that Region's price; the first copy is a
    full one, later copies are incremental. Left out: transfer between Regions; launch permissions are free.
    Deregistering an AMI does not delete its snapshots: they cost on until deleted. Arrays
    of `used_gib`, `changed_gib` and `images` broadcast; all of them are kept in all `regions`.
    """
    if isinstance(regions, str) or not regions:
        raise ValueError(f"regions must be a list of Region names; got {regions!r}.")
    if len(set(regions)) != len(regions):
        raise ValueError("regions names a Region twice; one copy in each Region is enough.")
    count = quantity(images, "images", "AMIs", low=1, whole=True)
    parts = []
    for region in regions:
        chain = snapshots.snapshot_bill(used_gib, changed_gib, count, region)
        line = bill_line("EBS", "snapshot standard storage", np.asarray(chain.stored_gib, float), region)
        parts.append(replace(line, item=f"snapshots in {region}"))
    return cost(texts(_title, chain.snapshots, chain.used_gib), parts, ", ".join(regions))


def _title(count: int, used_gib: float) -> str:
    return f"{count} AMI(s) of a server with {number(used_gib)} GiB of data"
