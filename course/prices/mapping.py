"""Where each item of the price book is found in AWS's public price list: offer, usage type, attributes, unit.

Usage types carry a Region prefix ("EU-EBS:VolumeUsage.gp3", none in us-east-1); the patterns here leave it
out. Names from the EBS and EFS user guides' pages on billing and usage reports.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

OFFERS = {"EBS": "AmazonEC2", "EFS": "AmazonEFS"}


@dataclass(frozen=True)
class OfferItem:
    """One product of the price list that feeds one item (or one tier of an item) of the book.

    `offer_units`: the unit in the price list, as AWS has spelled it; `divide_by`: how many of our units it
    holds (1,024 MiB/s in one GiB/s). `tier_from`, `tier_to`: set where AWS lists each tier as a product of
    its own, or where the first part is included in another price; otherwise the tiers are the product's own
    price dimensions.
    """

    service: str
    item: str
    unit: str
    usagetype: str
    offer_units: tuple[str, ...]
    attributes: tuple[tuple[str, str], ...] = ()
    divide_by: int = 1
    tier_from: Decimal | None = None
    tier_to: Decimal | None = None

    @property
    def offer(self) -> str:
        return OFFERS[self.service]


def _ebs(item: str, usagetype: str, unit: str = "GB-month", offer_unit: str = "GB-Mo") -> OfferItem:
    return OfferItem("EBS", item, unit, f"EBS:{usagetype}", (offer_unit,))


def _io2(usagetype: str, tier_from: int, tier_to: int | None) -> OfferItem:
    return OfferItem(
        "EBS",
        "io2 provisioned IOPS",
        "IOPS-month",
        f"EBS:{usagetype}",
        ("IOPS-Mo",),
        tier_from=Decimal(tier_from),
        tier_to=None if tier_to is None else Decimal(tier_to),
    )


def _efs(item: str, usagetype: str, **attributes: str) -> OfferItem:
    moved = usagetype.endswith("Access-Bytes")
    return OfferItem(
        "EFS",
        item,
        "GB" if moved else "GB-month",
        usagetype,
        ("GB",) if moved else ("GB-Mo",),
        tuple(attributes.items()),
    )


ITEMS = (
    _ebs("gp2 volume storage", "VolumeUsage.gp2"),
    _ebs("gp3 volume storage", "VolumeUsage.gp3"),
    _ebs("io1 volume storage", "VolumeUsage.piops"),
    _ebs("io2 volume storage", "VolumeUsage.io2"),
    _ebs("st1 volume storage", "VolumeUsage.st1"),
    _ebs("sc1 volume storage", "VolumeUsage.sc1"),
    _ebs("standard volume storage", "VolumeUsage"),
    OfferItem(
        "EBS",
        "gp3 provisioned IOPS over 3000",
        "IOPS-month",
        "EBS:VolumeP-IOPS.gp3",
        ("IOPS-Mo",),
        tier_from=Decimal(3000),
    ),
    OfferItem(
        "EBS",
        "gp3 provisioned throughput over 125 MiB/s",
        "MiBps-month",
        "EBS:VolumeP-Throughput.gp3",
        ("GiBps-mo",),
        divide_by=1024,
        tier_from=Decimal(125),
    ),
    _ebs("io1 provisioned IOPS", "VolumeP-IOPS.piops", "IOPS-month", "IOPS-Mo"),
    _io2("VolumeP-IOPS.io2", 0, 32_000),
    _io2("VolumeP-IOPS.io2.tier2", 32_000, 64_000),
    _io2("VolumeP-IOPS.io2.tier3", 64_000, None),
    _ebs("snapshot standard storage", "SnapshotUsage"),
    _ebs("snapshot archive storage", "SnapshotArchiveStorage"),
    _ebs("snapshot archive retrieval", "SnapshotArchiveRetrieval", "GB", "GB"),
    OfferItem("EBS", "fast snapshot restore", "DSU-hour", "EBS:FastSnapshotRestore", ("hours", "DSU-Hours")),
    _efs("Standard storage (Regional)", "TimedStorage-ByteHrs"),
    _efs("Infrequent Access storage (Bursting / Provisioned Throughput)", "IATimedStorage-ByteHrs"),
    _efs("Infrequent Access storage (Elastic Throughput)", "IATimedStorage-ET-ByteHrs"),
    _efs("Archive storage (Elastic Throughput)", "ArchiveTimedStorage-ByteHrs"),
    _efs("One Zone storage", "TimedStorage-Z-ByteHrs"),
    _efs("One Zone Infrequent Access storage", "IATimedStorage-Z-ByteHrs"),
    _efs("Infrequent Access read / write (access charge)", "IADataAccess-Bytes", accesstype="Read"),
    _efs("Archive read / write (access charge)", "ArchiveDataAccess-Bytes", accesstype="Read"),
    _efs("Elastic Throughput reads", "ETDataAccess-Bytes", accesstype="Read"),
    _efs("Elastic Throughput writes", "ETDataAccess-Bytes", accesstype="Write"),
    OfferItem("EFS", "Provisioned Throughput", "MiBps-month", "ProvisionedTP-MiBpsHrs", ("MiBps-Mo",)),
)

_BY_USAGETYPE: dict[str, list[OfferItem]] = {}
for _item in ITEMS:
    _BY_USAGETYPE.setdefault(_item.usagetype, []).append(_item)


def items_of(usagetype: str) -> list[OfferItem]:
    """The items that a usage type feeds, whatever its Region prefix; most usage types feed none."""
    prefix, _, rest = usagetype.partition("-")
    if rest in _BY_USAGETYPE and re.fullmatch(r"[A-Z]+\d*", prefix):
        return _BY_USAGETYPE[rest]
    return _BY_USAGETYPE.get(usagetype, [])
