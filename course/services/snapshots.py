"""EBS snapshots: what a chain of incremental snapshots stores, the archive tier, Fast Snapshot Restore.

`course.services.ebs` offers these functions under its own name too. Data in GiB (AWS's "GB" in a price is
binary), money in US dollars. Left out: time to copy, restore and initialise, and transfer between Regions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from course import prices
from course.services._quantity import HOURS_PER_MONTH, number, plain, quantity, texts, usd
from course.services._result import Cost, Result, bill_line, cost

MAX_SNAPSHOT_VOLUME_GIB = 65_536  # EC2 API reference, CreateVolume: the largest volume, gp3 and io2
FSR_CREDITS_PER_HOUR = FSR_BUCKET = 10  # EBS user guide, Fast snapshot restore
FSR_CREDIT_GIB = 1_024  # one TiB of volumes initialised per credit-hour
FSR_MAX_SIZE_GIB = 16_384
FSR_MINIMUM_HOURS = 1
ARCHIVE_MINIMUM_MONTHS = 3  # billed for at least 90 days; EBS user guide, Archive Amazon EBS snapshots
ARCHIVE_RESTORE_HOURS = 72  # up to
RECYCLE_BIN_DAYS = (1, 365)  # snapshots and AMIs; Recycle Bin API reference, RetentionPeriod
RECYCLE_BIN_VOLUME_DAYS = (1, 7)


@dataclass(frozen=True)
class FsrCredits(Result):
    """Volume creation credits of a snapshot, in one Availability Zone. See `fsr_credits`."""

    size_gib: Any
    fill_per_hour: Any
    bucket: Any

    def _lines(self) -> list[str]:
        share = number(FSR_CREDIT_GIB / self.size_gib)
        return [
            f"Fast Snapshot Restore of a snapshot of {number(self.size_gib)} GiB, in one Availability Zone",
            f"  credits an hour: {FSR_CREDIT_GIB:,} / {number(self.size_gib)} GiB = {share}, at most "
            f"{FSR_CREDITS_PER_HOUR} = {number(self.fill_per_hour)}",
            f"  bucket: the same, but at least 1 = {number(self.bucket)} credits, "
            f"so {int(self.bucket)} volume(s) can be created at once",
        ]


def fsr_credits(size_gib: ArrayLike) -> FsrCredits:
    """How many fully initialised volumes a snapshot gives: credits an hour and credits that can be saved up.

    fill = min(10, 1,024 / GiB); bucket = max(1, min(10, 1,024 / GiB)). `size_gib` is the size of the volume
    that was snapshotted, up to 16 TiB. Source: EBS user guide, Fast snapshot restore.
    """
    size = quantity(
        size_gib,
        "size_gib",
        "GiB",
        low=1,
        high=FSR_MAX_SIZE_GIB,
        why="Fast Snapshot Restore takes snapshots of volumes up to 16 TiB.",
    )
    share = FSR_CREDIT_GIB / size
    fill = np.minimum(FSR_CREDITS_PER_HOUR, share)
    bucket = np.maximum(1, np.minimum(FSR_BUCKET, share))
    return FsrCredits(plain(size), plain(fill), plain(bucket))


def fsr_cost(
    snapshots: ArrayLike = 1,
    azs: ArrayLike = 1,
    hours: ArrayLike = HOURS_PER_MONTH,
    region: str = "us-east-1",
) -> Cost:
    """US dollars a month for Fast Snapshot Restore: per snapshot, per Availability Zone, per hour enabled.

    `hours` of the month in which it is on (at least one hour is billed; 730 is the whole month). It is billed
    whether or not a volume is created. Arrays broadcast.
    """
    count = quantity(snapshots, "snapshots", "snapshots", low=1, whole=True)
    zones = quantity(azs, "azs", "Availability Zones", low=1, whole=True)
    billed = np.maximum(FSR_MINIMUM_HOURS, quantity(hours, "hours", "hours").astype(float))
    part = bill_line("EBS", "fast snapshot restore", count * zones * billed, region)
    return cost(texts(_fsr_title, count, zones, billed), [part], region)


def _fsr_title(count: int, zones: int, hours: float) -> str:
    return (
        f"Fast Snapshot Restore of {count} snapshot(s) in {zones} Availability Zone(s) for {number(hours)} h"
    )


@dataclass(frozen=True)
class SnapshotBill(Result):
    """What a chain of snapshots stores and costs a month. See `snapshot_bill`."""

    used_gib: Any
    changed_gib: Any
    snapshots: Any
    stored_gib: Any
    full_copies_gib: Any
    usd_per_month: Any
    region: str
    as_of: str

    def _lines(self) -> list[str]:
        price = prices.lookup("EBS", "snapshot standard storage", self.region)
        used, changed, stored = (number(x) for x in (self.used_gib, self.changed_gib, self.stored_gib))
        return [
            f"{number(self.snapshots)} snapshot(s) of {used} GiB of data, {changed} GiB changed between two",
            "  the first keeps all blocks in use, each next one only the changed ones: "
            f"{used} + {number(self.snapshots - 1)} × {changed} = {stored} GiB",
            f"  (full copies would be {number(self.full_copies_gib)} GiB)",
            f"  {stored} GiB × ${price.usd} = {usd(self.usd_per_month)} a month",
            f"  ({prices.footnote(self.region, self.as_of)})",
        ]


def snapshot_bill(
    used_gib: ArrayLike,
    changed_gib: ArrayLike,
    snapshots: ArrayLike,
    region: str = "us-east-1",
) -> SnapshotBill:
    """Cost a month of the last `snapshots` snapshots in the standard tier.

    `used_gib`: data on the volume (not its size: empty blocks are not stored); `changed_gib`: data changed
    between two snapshots, at most `used_gib`. Deleting old snapshots frees only blocks that no later one
    needs, so a chain always holds one full set of blocks. Arrays broadcast.
    """
    used = quantity(used_gib, "used_gib", "GiB", high=MAX_SNAPSHOT_VOLUME_GIB)
    changed = quantity(changed_gib, "changed_gib", "GiB")
    count = quantity(snapshots, "snapshots", "snapshots", low=1, whole=True)
    used, changed, count = np.broadcast_arrays(used, changed, count)
    if np.any(changed > used):
        raise ValueError(
            "changed_gib must not be more than used_gib: a snapshot never stores more than the data in use."
        )
    tiers = prices.tiers("EBS", "snapshot standard storage", region)
    stored = used + (count - 1) * changed
    return SnapshotBill(
        plain(used),
        plain(changed),
        plain(count),
        plain(np.asarray(stored)),
        plain(np.asarray(used * count)),
        tiers.cost(stored),
        region,
        tiers.as_of,
    )


@dataclass(frozen=True)
class ArchiveBreakEven(Result):
    """A snapshot in the archive tier against the same one in the standard tier. See `archive_break_even`."""

    full_gib: Any
    incremental_gib: Any
    months: Any
    restores: Any
    billed_months: Any
    archive_usd: Any
    standard_usd: Any
    archive_is_cheaper: Any
    break_even_incremental_gib: Any
    region: str
    as_of: str

    def _lines(self) -> list[str]:
        archive = prices.lookup("EBS", "snapshot archive storage", self.region).usd
        standard = prices.lookup("EBS", "snapshot standard storage", self.region).usd
        full, increment, months = (number(x) for x in (self.full_gib, self.incremental_gib, self.months))
        restores = number(self.restores)
        archived = f"{full} × ${archive} × {number(self.billed_months)}"
        if self.restores:
            retrieval = prices.lookup("EBS", "snapshot archive retrieval", self.region).usd
            archived += f" + {full} × ${retrieval} × {restores} for restoring"
        return [
            f"Archiving a snapshot for {months} month(s), restoring it {restores} time(s)",
            f"  archive keeps the full {full} GiB and bills {ARCHIVE_MINIMUM_MONTHS} months or more: "
            f"{archived} = {usd(self.archive_usd)}",
            f"  standard keeps the increment of {increment} GiB: "
            f"{increment} × ${standard} × {months} = {usd(self.standard_usd)}",
            f"  {'archive' if self.archive_is_cheaper else 'standard'} is cheaper; archiving pays for an "
            f"increment of more than {number(self.break_even_incremental_gib)} GiB",
            f"  ({prices.footnote(self.region, self.as_of)})",
        ]


def archive_break_even(
    full_gib: ArrayLike,
    incremental_gib: ArrayLike,
    months: ArrayLike,
    restores: ArrayLike = 0,
    region: str = "us-east-1",
) -> ArchiveBreakEven:
    """US dollars over `months` for archiving a snapshot, against leaving it in the standard tier.

    Archiving turns the increment into a full copy of `full_gib`, bills at least 90 days (three months here)
    and a charge per GiB for every restore. `break_even_incremental_gib` is the increment from which archiving
    is cheaper (it may be more than `full_gib`: then it never is). Raises prices.NoPrice where restores are
    asked for in a Region without a retrieval price. Source: EBS user guide, Archive Amazon EBS snapshots.
    """
    full = quantity(full_gib, "full_gib", "GiB", above=True, high=MAX_SNAPSHOT_VOLUME_GIB)
    increment = quantity(incremental_gib, "incremental_gib", "GiB")
    kept = quantity(months, "months", "months", above=True)
    times = quantity(restores, "restores", "restores", whole=True)
    full, increment, kept, times = np.broadcast_arrays(full, increment, kept, times)
    if np.any(increment > full):
        raise ValueError(
            "incremental_gib must not be more than full_gib: an increment is a part of the full snapshot."
        )
    archive = prices.tiers("EBS", "snapshot archive storage", region)
    standard = prices.tiers("EBS", "snapshot standard storage", region)
    used = [archive, standard]
    billed = np.maximum(kept, ARCHIVE_MINIMUM_MONTHS)
    archive_usd = archive.cost(full * billed)
    if np.any(times > 0):
        retrieval = prices.tiers("EBS", "snapshot archive retrieval", region)
        used.append(retrieval)
        archive_usd = archive_usd + retrieval.cost(full * times)
    standard_usd = standard.cost(increment * kept)
    pays_from = archive_usd / standard.cost(kept)
    return ArchiveBreakEven(
        plain(full),
        plain(increment),
        plain(kept),
        plain(times),
        plain(np.asarray(billed)),
        archive_usd,
        standard_usd,
        plain(np.asarray(archive_usd < standard_usd)),
        pays_from,
        region,
        prices.oldest(used),
    )
