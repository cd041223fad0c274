"""What may be provisioned: gp3 (IOPS and throughput) and io1, io2 (IOPS)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from course.services._quantity import number, plain, quantity
from course.services._result import Result
from course.services.ebs.limits import (
    IO1_LARGE_IO_IOPS,
    IO1_LARGE_IO_MIBPS,
    IO1_SMALL_IO_KIB,
    SSD_IO_KIB,
    iops_cap,
    limits_of,
    most_iops,
    most_throughput,
    refuse_iops,
    size_of,
)


@dataclass(frozen=True)
class Gp3Allowed(Result):
    """The most IOPS of a gp3 volume of this size, and the most MiB/s with these IOPS. See `gp3_allowed`."""

    size_gib: Any
    iops: Any
    max_iops: Any
    max_throughput_mibps: Any
    edition: str

    def _lines(self) -> list[str]:
        limits = limits_of("gp3", self.edition)
        size, iops = number(self.size_gib), number(self.iops)
        return [
            f"gp3 volume of {size} GiB with {iops} IOPS (limits: {self.edition})",
            f"  IOPS: {limits.iops_per_gib} × {size} GiB = {number(limits.iops_per_gib * self.size_gib)}, "
            f"at most {limits.max_iops:,}, and {limits.included_iops:,} in any case = "
            f"{number(self.max_iops)} IOPS",
            f"  throughput: {limits.mibps_per_iops} × {iops} = {number(limits.mibps_per_iops * self.iops)}, "
            f"at most {limits.max_throughput_mibps:,}, and {limits.included_throughput_mibps} in any case = "
            f"{number(self.max_throughput_mibps)} MiB/s",
        ]


def gp3_allowed(size_gib: ArrayLike, iops: ArrayLike = 3_000, edition: str = "today") -> Gp3Allowed:
    """The highest IOPS for a gp3 size, and the highest throughput for the IOPS that are provisioned.

    max_iops = max(3,000, min(80,000, 500 x GiB)); max_throughput = max(125, min(2,000, 0.25 x iops));
    edition "exam": 16,000 IOPS and 1,000 MiB/s. ValueError when `iops` is outside 3,000 to max_iops.
    Sources: EBS user guide (ratios), AWS What's New of September 2025 (maxima).
    """
    size, asked = np.broadcast_arrays(size_of(size_gib, "gp3", edition), quantity(iops, "iops", "IOPS"))
    limits = limits_of("gp3", edition)
    refuse_iops("gp3", asked, size, limits)
    most = most_iops(size, limits)
    throughput = most_throughput("gp3", asked, limits)
    return Gp3Allowed(plain(size), plain(asked), plain(most), plain(throughput), edition)


@dataclass(frozen=True)
class PiopsAllowed(Result):
    """The most IOPS of an io1 or io2 volume, and its MiB/s with these IOPS. See `piops_allowed`."""

    kind: str
    size_gib: Any
    iops: Any
    max_iops: Any
    max_throughput_mibps: Any
    nitro: bool
    edition: str

    def _lines(self) -> list[str]:
        limits = limits_of(self.kind, self.edition)
        size, iops = number(self.size_gib), number(self.iops)
        where = "a Nitro instance" if self.nitro else "an instance not built on Nitro"
        if self.kind == "io2":
            rule = f"{limits.mibps_per_iops} MiB/s × {iops}, at most {limits.max_throughput_mibps:,}"
        elif self.iops <= IO1_LARGE_IO_IOPS:
            rule = f"{iops} × {SSD_IO_KIB} KiB / 1,024, at most {IO1_LARGE_IO_MIBPS}"
        else:
            rule = f"{iops} × {IO1_SMALL_IO_KIB} KiB / 1,024, at most {limits.max_throughput_mibps:,}"
        return [
            f"{self.kind} volume of {size} GiB with {iops} IOPS on {where}",
            f"  IOPS: {limits.iops_per_gib:,} × {size} GiB = {number(limits.iops_per_gib * self.size_gib)}, "
            f"at most {iops_cap(limits, self.nitro):,} = {number(self.max_iops)} IOPS",
            f"  throughput: {rule} = {number(self.max_throughput_mibps)} MiB/s",
        ]


def piops_allowed(
    kind: str, size_gib: ArrayLike, iops: ArrayLike | None = None, nitro: bool = True, edition: str = "today"
) -> PiopsAllowed:
    """The highest IOPS for an io1 or io2 size, and the throughput with `iops` (default: the highest).

    io1: 50 IOPS per GiB up to 64,000 (32,000 on instances not built on Nitro); io2: 1,000 per GiB up to
    256,000 (32,000). ValueError when `iops` is outside 100 to the highest. For io2 AWS prints 0.256 MiB/s
    per IOPS, a little more than the 0.25 that I/Os of 256 KiB carry; `performance` counts the I/Os.
    Source: EBS user guide, Provisioned IOPS SSD volumes.
    """
    if kind not in ("io1", "io2"):
        raise ValueError(f"Provisioned IOPS volumes are io1 and io2; got {kind!r}.")
    limits = limits_of(kind, edition)
    size = size_of(size_gib, kind, edition)
    most = most_iops(size, limits, nitro)
    asked = most if iops is None else quantity(iops, "iops", "IOPS")
    size, asked, most = np.broadcast_arrays(size, asked, most)
    refuse_iops(kind, asked, size, limits, nitro)
    throughput = most_throughput(kind, asked, limits)
    return PiopsAllowed(kind, plain(size), plain(asked), plain(most), plain(throughput), nitro, edition)
