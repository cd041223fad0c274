"""Limits of the EBS volume types, each number written once, and the rules that follow from them.

Sources: the Amazon EBS user guide (pages "General Purpose SSD volumes", "Provisioned IOPS SSD volumes",
"Throughput Optimized HDD and Cold HDD volumes"), the EC2 API reference (CreateVolume, ModifyVolume) and the
AWS announcement of September 2025 on gp3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course.services._quantity import GIB_PER_TIB, KIB_PER_MIB, edition_known, number, quantity

GP2_CREDITS = 5_400_000  # I/O credits: the bucket's size and the balance of a new volume
GP2_BURST_IOPS = 3_000
GP2_SMALL_GIB = 170  # up to this size the ceiling is GP2_SMALL_MIBPS
GP2_SMALL_MIBPS = 128
SSD_IO_KIB = 256  # one I/O of an SSD volume counts at most this much
HDD_IO_KIB = 1_024  # one I/O credit of an HDD volume
IO1_LARGE_IO_IOPS = 32_000  # up to here io1 carries 256 KiB per IOPS, at most IO1_LARGE_IO_MIBPS ...
IO1_LARGE_IO_MIBPS = 500
IO1_SMALL_IO_KIB = 16  # ... and above it 16 KiB per IOPS
MULTI_ATTACH_INSTANCES = 16
MODIFICATIONS_PER_24_HOURS = 4
SCAN_MARGIN = 0.90 * 0.99  # AWS: 90 % or more of the expected throughput, 99 % of the time
MINIMUM_BILLED_SECONDS = 60

_API = "EC2 API reference, CreateVolume (November 2026)"
_SSD_GUIDE = "EBS user guide, General Purpose SSD volumes"
_PIOPS_GUIDE = "EBS user guide, Provisioned IOPS SSD volumes"
_HDD_GUIDE = "EBS user guide, Throughput Optimized HDD and Cold HDD volumes"
_GP3_NEWS = "AWS What's New, September 2025: EBS increases size and performance of gp3 volumes"


@dataclass(frozen=True)
class Limits:
    """What one volume of a type can be and do. Zero or None means that the type has no such rule."""

    min_size_gib: int
    max_size_gib: int
    max_iops: int
    max_throughput_mibps: float
    min_iops: int = 0  # lowest that can be provisioned (io1, io2, gp3), or the floor of the baseline (gp2)
    included_iops: int = 0
    included_throughput_mibps: int = 0
    iops_per_gib: int = 0
    mibps_per_iops: float = 0
    max_iops_not_nitro: int | None = None
    base_mibps_per_tib: int = 0
    burst_mibps_per_tib: int = 0
    max_base_mibps: float = 0
    source: str = ""
    as_of: str = ""


@dataclass(frozen=True)
class VolumeType:
    """A volume type: what it is for, and its limits per edition (`limits["today"]`, `limits["exam"]`)."""

    name: str
    title: str
    family: str
    use: str
    durability_percent: str
    bootable: bool
    multi_attach: bool
    limits: Mapping[str, Limits]


def _same(limits: Limits) -> Mapping[str, Limits]:
    return MappingProxyType({"today": limits, "exam": limits})


_GP3_TODAY = Limits(
    min_size_gib=1,
    max_size_gib=65_536,
    max_iops=80_000,
    max_throughput_mibps=2_000,
    min_iops=3_000,
    included_iops=3_000,
    included_throughput_mibps=125,
    iops_per_gib=500,
    mibps_per_iops=0.25,
    source=f"{_API}; {_GP3_NEWS}; ratios: {_SSD_GUIDE}",
    as_of="2025-09",
)
_GP3_EXAM = replace(
    _GP3_TODAY,
    max_size_gib=16_384,
    max_iops=16_000,
    max_throughput_mibps=1_000,
    source=_SSD_GUIDE,
    as_of="2023-06",
)
_GP2 = Limits(
    min_size_gib=1,
    max_size_gib=16_384,
    max_iops=16_000,
    max_throughput_mibps=250,
    min_iops=100,
    iops_per_gib=3,
    source=f"{_API}; {_SSD_GUIDE}",
    as_of="2026-11",
)
_IO1 = Limits(
    min_size_gib=4,
    max_size_gib=16_384,
    max_iops=64_000,
    max_throughput_mibps=1_000,
    min_iops=100,
    iops_per_gib=50,
    max_iops_not_nitro=32_000,
    source=f"{_API}; {_PIOPS_GUIDE}",
    as_of="2026-11",
)
_IO2 = Limits(
    min_size_gib=4,
    max_size_gib=65_536,
    max_iops=256_000,
    max_throughput_mibps=4_000,
    min_iops=100,
    iops_per_gib=1_000,
    mibps_per_iops=0.256,
    max_iops_not_nitro=32_000,
    source=f"{_API}; {_PIOPS_GUIDE}",
    as_of="2026-11",
)
_ST1 = Limits(
    min_size_gib=125,
    max_size_gib=16_384,
    max_iops=500,
    max_throughput_mibps=500,
    base_mibps_per_tib=40,
    burst_mibps_per_tib=250,
    max_base_mibps=500,
    source=f"{_API}; {_HDD_GUIDE}",
    as_of="2026-11",
)
_SC1 = replace(
    _ST1,
    max_iops=250,
    max_throughput_mibps=250,
    base_mibps_per_tib=12,
    burst_mibps_per_tib=80,
    max_base_mibps=192,
)
_STANDARD = Limits(
    min_size_gib=1,
    max_size_gib=1_024,
    max_iops=200,
    max_throughput_mibps=90,
    source=f"{_API}; EBS user guide, Previous generation volumes",
    as_of="2026-11",
)

TYPES: Mapping[str, VolumeType] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            VolumeType(
                "gp2",
                "General Purpose SSD, older",
                "SSD",
                "boot volumes, small databases; performance grows with size",
                "99.8-99.9",
                True,
                False,
                _same(_GP2),
            ),
            VolumeType(
                "gp3",
                "General Purpose SSD",
                "SSD",
                "the first choice: size, IOPS and throughput are set apart",
                "99.8-99.9",
                True,
                False,
                MappingProxyType({"today": _GP3_TODAY, "exam": _GP3_EXAM}),
            ),
            VolumeType(
                "io1",
                "Provisioned IOPS SSD, older",
                "SSD",
                "databases that need sustained IOPS; Multi-Attach",
                "99.8-99.9",
                True,
                True,
                _same(_IO1),
            ),
            VolumeType(
                "io2",
                "Provisioned IOPS SSD (Block Express)",
                "SSD",
                "the most demanding databases; Multi-Attach; sub-millisecond latency",
                "99.999",
                True,
                True,
                _same(_IO2),
            ),
            VolumeType(
                "st1",
                "Throughput Optimized HDD",
                "HDD",
                "big data, data warehouses, log processing: large sequential I/O",
                "99.8-99.9",
                False,
                False,
                _same(_ST1),
            ),
            VolumeType(
                "sc1",
                "Cold HDD",
                "HDD",
                "data that is rarely read, at the lowest cost",
                "99.8-99.9",
                False,
                False,
                _same(_SC1),
            ),
            VolumeType(
                "standard",
                "Magnetic (previous generation)",
                "magnetic",
                "nothing new: kept for old volumes",
                "99.8-99.9",
                True,
                False,
                _same(_STANDARD),
            ),
        )
    }
)
# At the same cost the earlier one wins: newer first.
CHEAPEST_KINDS = ("gp3", "gp2", "io2", "io1", "st1", "sc1")


def type_of(kind: str) -> VolumeType:
    """The volume type of this name; ValueError for any other name."""
    if not isinstance(kind, str) or kind not in TYPES:
        raise ValueError(f"{kind!r} is no EBS volume type; the types are {', '.join(TYPES)}.")
    return TYPES[kind]


def limits_of(kind: str, edition: str) -> Limits:
    """The limits of a type in an edition; ValueError for an unknown one."""
    return type_of(kind).limits[edition_known(edition)]


def size_of(size_gib: ArrayLike, kind: str, edition: str = "today") -> NDArray[Any]:
    """`size_gib` as an array, checked against the size range of the type."""
    limits = limits_of(kind, edition)
    return quantity(
        size_gib,
        "size_gib",
        "GiB",
        low=limits.min_size_gib,
        high=limits.max_size_gib,
        why=f"That is the size range of {kind} (edition: {edition}).",
    )


# The parts of these that the modules here name directly are the same in both editions.
GP3, GP2 = TYPES["gp3"].limits["today"], TYPES["gp2"].limits["today"]


def gp2_baseline(size: NDArray[Any]) -> NDArray[Any]:
    """IOPS that gp2 always delivers."""
    return np.clip(GP2.iops_per_gib * size, GP2.min_iops, GP2.max_iops)


def gp2_ceiling_mibps(size: NDArray[Any]) -> NDArray[Any]:
    """MiB/s that gp2 never exceeds."""
    return np.where(size <= GP2_SMALL_GIB, float(GP2_SMALL_MIBPS), float(GP2.max_throughput_mibps))


def most_iops(size: NDArray[Any], limits: Limits, nitro: bool = True) -> NDArray[Any]:
    """The highest IOPS that may be provisioned for a size (gp3, io1, io2), on Nitro or other instances."""
    return np.maximum(limits.included_iops, np.minimum(iops_cap(limits, nitro), limits.iops_per_gib * size))


def iops_cap(limits: Limits, nitro: bool) -> int:
    """The highest IOPS at any size."""
    return limits.max_iops if nitro or limits.max_iops_not_nitro is None else limits.max_iops_not_nitro


def most_throughput(kind: str, iops: NDArray[Any], limits: Limits) -> NDArray[Any]:
    """MiB/s that come with (io1, io2) or may be provisioned for (gp3) these IOPS."""
    if kind == "io1":
        large = np.minimum(IO1_LARGE_IO_MIBPS, iops * SSD_IO_KIB / KIB_PER_MIB)
        small = np.minimum(limits.max_throughput_mibps, iops * IO1_SMALL_IO_KIB / KIB_PER_MIB)
        return np.where(iops <= IO1_LARGE_IO_IOPS, large, small)
    most = np.minimum(limits.max_throughput_mibps, limits.mibps_per_iops * iops)
    return np.maximum(limits.included_throughput_mibps, most)


def refuse_iops(
    kind: str, iops: NDArray[Any], size: NDArray[Any], limits: Limits, nitro: bool = True
) -> None:
    """ValueError when any of `iops` is outside what a gp3, io1 or io2 volume of this size may have."""
    iops, most = np.broadcast_arrays(iops, most_iops(size, limits, nitro))
    if np.any(iops < limits.min_iops):
        asked = number(float(np.min(iops)))
        raise ValueError(f"{kind} volumes have {limits.min_iops:,} IOPS or more; got {asked}.")
    if np.any(iops > most):
        first = int(np.argmax(iops > most))
        asked, allowed = number(float(iops.ravel()[first])), number(float(most.ravel()[first]))
        rule = f"{limits.iops_per_gib:,} per GiB, up to {iops_cap(limits, nitro):,}"
        rule += "" if nitro else " on instances not built on the Nitro System"
        raise ValueError(
            f"{kind} volumes of this size can have {allowed} IOPS or fewer ({rule}); got {asked}."
        )


def hdd_rates(size: NDArray[Any], limits: Limits) -> tuple[NDArray[Any], NDArray[Any]]:
    """Base and burst MiB/s of an st1 or sc1 volume."""
    tib = size / GIB_PER_TIB
    base = np.minimum(limits.max_base_mibps, limits.base_mibps_per_tib * tib)
    burst = np.minimum(limits.max_throughput_mibps, limits.burst_mibps_per_tib * tib)
    return base, burst
