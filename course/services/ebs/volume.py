"""One volume: would AWS create it, and what does an application get from it, on which instance?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from course.services._quantity import KIB_PER_MIB, number, one, quantity
from course.services._result import Result
from course.services.ebs.limits import (
    GP2_BURST_IOPS,
    GP3,
    HDD_IO_KIB,
    SSD_IO_KIB,
    TYPES,
    Limits,
    gp2_baseline,
    gp2_ceiling_mibps,
    hdd_rates,
    limits_of,
    most_throughput,
    refuse_iops,
    size_of,
    type_of,
)


@dataclass(frozen=True)
class Volume:
    """A volume as CreateVolume is asked for it. `iops` is for gp3, io1, io2; `throughput_mibps` for gp3.

    None means the type's own value: 3,000 IOPS and 125 MiB/s for gp3. `check` says whether AWS would take it.
    Always one volume: `performance` and `monthly_cost` take many as a sequence, whose types may differ.
    """

    kind: str = "gp3"
    size_gib: int = 100
    iops: int | None = None
    throughput_mibps: int | None = None


Volumes = Volume | Sequence[Volume] | NDArray[np.object_]


def check(
    volume: Volume,
    edition: str = "today",
    *,
    boot: bool = False,
    multi_attach: bool = False,
    nitro: bool = True,
) -> None:
    """Raise ValueError with AWS's reason if AWS would refuse this volume (or this use of it)."""
    kind = type_of(volume.kind)
    limits = limits_of(volume.kind, edition)
    _check_size(volume, edition)
    _check_iops(volume, limits, nitro)
    _check_throughput(volume, limits)
    if boot and not kind.bootable:
        raise ValueError(f"{kind.name} volumes cannot be boot volumes; gp2, gp3, io1 and io2 can.")
    if multi_attach and not kind.multi_attach:
        raise ValueError(f"Multi-Attach is for io1 and io2 volumes only; got {kind.name}.")
    if boot and multi_attach:
        raise ValueError("A volume with Multi-Attach cannot be a boot volume.")


def checked(volume: Volumes, edition: str) -> NDArray[Any]:
    """A volume or a sequence of them as an array; ValueError as `check`, and says which element it is."""
    volumes = np.asarray(volume, dtype=object)
    for place, each in enumerate(volumes.flat):
        try:
            if not isinstance(each, Volume):
                raise ValueError(f"A Volume or a sequence of Volumes is needed; got {each!r}.")
            check(each, edition)
        except ValueError as error:
            if not volumes.ndim:
                raise
            raise ValueError(f"Element [{place}] of {volumes.size}: {error}") from None
    return volumes


def _check_size(volume: Volume, edition: str) -> None:
    size_of(one(volume.size_gib, "size_gib"), volume.kind, edition)
    quantity(volume.size_gib, "size_gib", "GiB", whole=True, why="EBS sells whole GiB.")


def _check_iops(volume: Volume, limits: Limits, nitro: bool) -> None:
    if volume.kind not in ("gp3", "io1", "io2"):
        if volume.iops is not None:
            raise ValueError(f"IOPS cannot be set for {volume.kind}; only gp3, io1 and io2 take them.")
        return
    if volume.iops is None:
        if volume.kind != "gp3":
            raise ValueError(f"{volume.kind} volumes need their IOPS to be named.")
        return
    asked = quantity(one(volume.iops, "iops"), "iops", "IOPS", whole=True)
    refuse_iops(volume.kind, asked, np.asarray(volume.size_gib), limits, nitro)


def _check_throughput(volume: Volume, limits: Limits) -> None:
    if volume.throughput_mibps is None:
        return
    if volume.kind != "gp3":
        raise ValueError(f"Throughput cannot be set for {volume.kind}; only gp3 takes it.")
    asked = quantity(
        one(volume.throughput_mibps, "throughput_mibps"),
        "throughput_mibps",
        "MiB/s",
        low=limits.included_throughput_mibps,
        high=limits.max_throughput_mibps,
        whole=True,
        why="That is the range of gp3.",
    )
    iops = iops_of(volume)
    most = float(most_throughput("gp3", np.asarray(iops), limits))
    if asked > most:
        rule = f"gp3 allows {limits.mibps_per_iops} MiB/s per provisioned IOPS"
        raise ValueError(
            f"{rule}: with {iops:,} IOPS that is {number(most)} MiB/s; got {number(float(asked))}."
        )


def iops_of(volume: Volume) -> int:
    """The IOPS that a gp3, io1 or io2 volume is asked for with; the included ones where none are named."""
    return GP3.included_iops if volume.iops is None else volume.iops


@dataclass(frozen=True)
class InstanceLimit:
    """EBS bandwidth of an instance type, as DescribeInstanceTypes reports it (EbsInfo.EbsOptimizedInfo).

    Baseline holds always; maximum for at least 30 minutes in 24 hours. AWS counts bandwidth in decimal
    megabits and 16 KiB I/O; `..._mibps` converts to MiB/s.
    """

    instance_type: str
    baseline_mbps: int
    maximum_mbps: int
    baseline_iops: int
    maximum_iops: int
    nitro: bool

    @property
    def baseline_mibps(self) -> float:
        """MiB/s that hold always."""
        return self.baseline_mbps * 1_000_000 / 8 / 2**20

    @property
    def maximum_mibps(self) -> float:
        """MiB/s for a while."""
        return self.maximum_mbps * 1_000_000 / 8 / 2**20

    def at(self, label: str) -> tuple[float, float]:
        """(IOPS, MiB/s) "always" or in a "burst"."""
        if label == "always":
            return self.baseline_iops, self.baseline_mibps
        return self.maximum_iops, self.maximum_mibps


# Read from the instance type data that ships with moto 5.2.5 (a dump of DescribeInstanceTypes).
INSTANCE_LIMITS: Mapping[str, InstanceLimit] = MappingProxyType(
    {
        row[0]: InstanceLimit(*row)
        for row in (
            ("t3.micro", 87, 2_085, 500, 11_800, True),
            ("t3.small", 174, 2_085, 1_000, 11_800, True),
            ("t3.medium", 347, 2_085, 2_000, 11_800, True),
            ("t3.large", 695, 2_780, 4_000, 15_700, True),
            ("t4g.micro", 87, 2_085, 500, 11_800, True),
            ("m4.large", 450, 450, 3_600, 3_600, False),
            ("i3.large", 425, 425, 3_000, 3_000, False),
            ("c5.large", 650, 4_750, 4_000, 20_000, True),
            ("m5.large", 650, 4_750, 3_600, 18_750, True),
            ("m5.xlarge", 1_150, 4_750, 6_000, 18_750, True),
            ("m5.4xlarge", 4_750, 4_750, 18_750, 18_750, True),
            ("m5.24xlarge", 19_000, 19_000, 80_000, 80_000, True),
            ("m6i.large", 650, 10_000, 3_600, 40_000, True),
            ("m6i.32xlarge", 40_000, 40_000, 160_000, 160_000, True),
            ("r5b.24xlarge", 60_000, 60_000, 260_000, 260_000, True),
            ("c6in.32xlarge", 100_000, 100_000, 400_000, 400_000, True),
        )
    }
)


def instance_limit(instance_type: str) -> InstanceLimit:
    """The EBS limit of an instance type in `INSTANCE_LIMITS` (a small table); ValueError for any other."""
    if instance_type not in INSTANCE_LIMITS:
        raise ValueError(
            f"The table has no EBS limits for {instance_type!r}; it has {', '.join(INSTANCE_LIMITS)}."
        )
    return INSTANCE_LIMITS[instance_type]


@dataclass(frozen=True)
class Performance(Result):
    """What an application gets from a volume, always and in a burst. See `performance`."""

    volume: Any
    io_size_kib: Any
    sequential: bool
    iops: Any
    throughput_mibps: Any
    burst_iops: Any
    burst_throughput_mibps: Any
    steps: Any

    def _lines(self) -> list[str]:
        order = "sequential" if self.sequential else "random"
        size, io_size = number(self.volume.size_gib), number(self.io_size_kib)
        return [
            f"{self.volume.kind} volume of {size} GiB, {order} I/O of {io_size} KiB",
            *self.steps,
            f"  result, always: {number(self.iops)} IOPS = {number(self.throughput_mibps)} MiB/s",
            f"  result, in a burst: {number(self.burst_iops)} IOPS = "
            f"{number(self.burst_throughput_mibps)} MiB/s",
        ]


def performance(
    volume: Volumes,
    io_size_kib: ArrayLike = 16,
    *,
    sequential: bool = False,
    instance_type: str | None = None,
    edition: str = "today",
) -> Performance:
    """I/O operations a second and MiB/s that an application sees, always and while burst credits last.

    EBS counts an SSD I/O in units of at most 256 KiB and an HDD I/O in units of 1 MiB. A random I/O takes
    whole units; sequential I/Os are merged, so they take the share of a unit that they fill. `instance_type`
    (see `INSTANCE_LIMITS`) adds the instance's own ceiling. Throughput is always iops x io_size / 1,024.
    A sequence of volumes and an array of I/O sizes broadcast.
    """
    given = checked(volume, edition)
    sizes = quantity(io_size_kib, "io_size_kib", "KiB", above=True).astype(float)
    volumes, sizes = np.broadcast_arrays(given, sizes)
    each = [
        _performance(one_volume, float(size), sequential, instance_type, edition)
        for one_volume, size in zip(volumes.flat, sizes.flat, strict=True)
    ]
    if not volumes.ndim:
        return each[0]
    rates = np.array([(a.iops, a.throughput_mibps, a.burst_iops, a.burst_throughput_mibps) for a in each])
    steps = np.fromiter((a.steps for a in each), dtype=object, count=len(each))
    columns = (column.reshape(volumes.shape) for column in (*rates.reshape(-1, 4).T, steps))
    return Performance(volumes, sizes, sequential, *columns)


def _performance(
    volume: Volume, size: float, sequential: bool, instance_type: str | None, edition: str
) -> Performance:
    unit = HDD_IO_KIB if TYPES[volume.kind].family == "HDD" else SSD_IO_KIB
    units = size / unit if sequential else float(np.ceil(size / unit))
    steps = [f"  each I/O counts as {number(units)} unit(s) of {unit:,} KiB"]
    seen = []
    for label, (iops, mibps) in zip(("always", "burst"), _rated(volume, edition), strict=True):
        line = f"  limits, {label}: the volume does {number(iops)} units a second and {number(mibps)} MiB/s"
        passed_iops = passed_mibps = np.inf
        if instance_type is not None:
            passed_iops, passed_mibps = instance_limit(instance_type).at(label)
            line += f"; {instance_type} passes {number(passed_iops)} and {number(passed_mibps)} MiB/s"
        steps.append(line)
        seen.append(min(min(iops, passed_iops) / units, min(mibps, passed_mibps) * KIB_PER_MIB / size))
    always, burst = seen
    return Performance(
        volume,
        size,
        sequential,
        always,
        always * size / KIB_PER_MIB,
        burst,
        burst * size / KIB_PER_MIB,
        tuple(steps),
    )


def _rated(volume: Volume, edition: str) -> tuple[tuple[float, float], tuple[float, float]]:
    """(counted I/O a second, MiB/s) that hold always, and in a burst."""
    limits = limits_of(volume.kind, edition)
    size = np.asarray(volume.size_gib)
    if volume.kind == "gp2":
        baseline, ceiling = float(gp2_baseline(size)), float(gp2_ceiling_mibps(size))
        return (baseline, ceiling), (max(baseline, GP2_BURST_IOPS), ceiling)
    if TYPES[volume.kind].family == "HDD":
        base, burst = (float(rate) for rate in hdd_rates(size, limits))
        return (base, base), (burst, burst)
    if volume.kind == "standard":
        only = (float(limits.max_iops), float(limits.max_throughput_mibps))
        return only, only
    iops = float(iops_of(volume))
    mibps = float(most_throughput(volume.kind, np.asarray(iops), limits))
    if volume.kind == "gp3":
        mibps = float(volume.throughput_mibps or limits.included_throughput_mibps)
    return (iops, mibps), (iops, mibps)


def describe(kinds: Sequence[str] = tuple(TYPES), edition: str = "today") -> pd.DataFrame:
    """The types side by side: one row per type with its limits in an edition, for a table in a notebook."""
    rows = []
    for kind in kinds:
        info, limits = type_of(kind), limits_of(kind, edition)
        rows.append(
            {
                "type": kind,
                "name": info.title,
                "size GiB": f"{limits.min_size_gib:,} to {limits.max_size_gib:,}",
                "max IOPS": limits.max_iops,
                "max MiB/s": int(limits.max_throughput_mibps),
                "boot": info.bootable,
                "Multi-Attach": info.multi_attach,
                "durability %": info.durability_percent,
                "for": info.use,
            }
        )
    return pd.DataFrame(rows).set_index("type")
