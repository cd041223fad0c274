"""Amazon Machine Images: what keeping them costs. An EBS-backed AMI is priced as its snapshots."""

from __future__ import annotations

from collections.abc import Sequence

from course.services import snapshots
from course.services._quantity import number, quantity
from course.services._result import Cost, CostPart, bill_line, cost


def storage_cost(
    used_gib: float, changed_gib: float = 0, images: int = 1, regions: Sequence[str] = ("us-east-1",)
) -> Cost:
    """US dollars a month for keeping the last `images` AMIs of one server in each of `regions`.

    The snapshots behind successive AMIs of a volume share unchanged blocks (`changed_gib` between two). A
    copy in another Region is a snapshot of its own there, billed at that Region's price; the first copy is a
    full one, later copies are incremental. Left out: transfer between Regions; launch permissions are free.
    Deregistering an AMI does not delete its snapshots: they cost on until deleted.
    """
    if isinstance(regions, str) or not regions:
        raise ValueError(f"regions must be a list of Region names; got {regions!r}.")
    if len(set(regions)) != len(regions):
        raise ValueError("regions names a Region twice; one copy in each Region is enough.")
    count = int(quantity(images, "images", "AMIs", low=1, whole=True))
    parts: list[CostPart] = []
    for region in regions:
        stored = float(snapshots.snapshot_bill(used_gib, changed_gib, count, region).stored_gib)
        line = bill_line("EBS", "snapshot standard storage", stored, region)
        parts.append(
            CostPart(f"snapshots in {region}", stored, line.unit, line.usd, line.working, line.as_of)
        )
    title = f"{count} AMI(s) of a server with {number(used_gib)} GiB of data"
    return cost(title, parts, ", ".join(regions))
