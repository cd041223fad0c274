"""Volumes with a burst bucket: gp2 (I/O credits), st1 and sc1 (throughput credits).

Left out: the instance's own limit (see `performance`), and latency.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from course.services import _bucket
from course.services._quantity import GIB_PER_TIB, KIB_PER_MIB, MIB_PER_GIB, number, one, plain, quantity
from course.services._result import Result
from course.services.ebs.limits import (
    GP2,
    GP2_BURST_IOPS,
    GP2_CREDITS,
    SCAN_MARGIN,
    SSD_IO_KIB,
    gp2_baseline,
    gp2_ceiling_mibps,
    hdd_rates,
    limits_of,
    size_of,
)


def gp2_baseline_iops(size_gib: ArrayLike) -> Any:
    """IOPS that a gp2 volume always delivers: 3 per GiB, at least 100, at most 16,000.

    `size_gib`: 1 to 16,384 GiB, scalar or array. Source: EBS user guide, General Purpose SSD volumes.
    """
    return plain(gp2_baseline(size_of(size_gib, "gp2")))


def gp2_throughput_mibps(
    size_gib: ArrayLike, iops: ArrayLike | None = None, io_size_kib: ArrayLike = 256
) -> Any:
    """MiB/s of a gp2 volume: min(ceiling of its size, IOPS x I/O size / 1,024).

    The ceiling is 128 MiB/s up to 170 GiB and 250 MiB/s above. `iops` defaults to the most that the volume
    can do (its burst); give the baseline to see what is left when the credits are used up (between 170 and
    334 GiB that is less than 250). AWS prints the formula without the division by 1,024, which only works
    with an I/O size in MiB. One I/O counts at most 256 KiB, so larger `io_size_kib` bring no more.
    """
    size = size_of(size_gib, "gp2")
    most = np.maximum(gp2_baseline(size), GP2_BURST_IOPS)
    rate = most if iops is None else quantity(iops, "iops", "IOPS")
    if np.any(rate > most):
        raise ValueError(f"A gp2 volume of this size delivers at most {number(float(np.min(most)))} IOPS.")
    block = np.minimum(quantity(io_size_kib, "io_size_kib", "KiB", above=True), SSD_IO_KIB)
    return plain(np.minimum(gp2_ceiling_mibps(size), rate * block / KIB_PER_MIB))


@dataclass(frozen=True)
class Gp2Burst(Result):
    """Baseline of a gp2 volume and the life of its credit bucket. See `gp2_burst`."""

    size_gib: Any
    demand_iops: Any
    balance_credits: Any
    baseline_iops: Any
    delivered_iops: Any
    burst_seconds: Any
    refill_seconds: Any

    def _lines(self) -> list[str]:
        size, baseline, delivered = (
            number(x) for x in (self.size_gib, self.baseline_iops, self.delivered_iops)
        )
        lines = [
            f"gp2 volume of {size} GiB",
            f"  baseline: {GP2.iops_per_gib} IOPS × {size} GiB = {number(GP2.iops_per_gib * self.size_gib)}, "
            f"kept within {GP2.min_iops} and {GP2.max_iops:,} = {baseline} IOPS",
        ]
        if self.baseline_iops >= GP2_BURST_IOPS:
            return [
                *lines,
                f"  the baseline is {GP2_BURST_IOPS:,} IOPS or more: there is no burst (AWS: N/A)",
            ]
        lines.append(
            f"  demand {number(self.demand_iops)} IOPS; delivered while credits last: {delivered} IOPS"
        )
        if np.isinf(self.burst_seconds):
            lines.append("  the demand is within the baseline: the bucket never empties")
        else:
            lines.append(
                f"  credits are spent at {delivered} − {baseline} = "
                f"{number(self.delivered_iops - self.baseline_iops)} a second: "
                f"{number(self.balance_credits)} credits last {number(self.burst_seconds)} s"
            )
        return [
            *lines,
            f"  an empty bucket refills, when idle, in {GP2_CREDITS:,} / {baseline} = "
            f"{number(self.refill_seconds)} s",
        ]


def gp2_burst(
    size_gib: ArrayLike, demand_iops: ArrayLike = GP2_BURST_IOPS, balance_credits: ArrayLike = GP2_CREDITS
) -> Gp2Burst:
    """How long a gp2 volume can deliver more than its baseline, and how long its bucket takes to refill.

    burst_seconds = balance / (min(demand, 3,000) - baseline), infinity when the demand is within the
    baseline; refill_seconds = 5,400,000 / baseline (from empty, no I/O meanwhile), NaN for volumes of
    1,000 GiB and more, which never use the bucket. Arrays broadcast.
    Source: EBS user guide, General Purpose SSD volumes.
    """
    size = size_of(size_gib, "gp2")
    demand = quantity(demand_iops, "demand_iops", "IOPS")
    balance = quantity(
        balance_credits,
        "balance_credits",
        "I/O credits",
        high=GP2_CREDITS,
        why="A gp2 bucket holds 5.4 million I/O credits.",
    )
    size, demand, balance = np.broadcast_arrays(size, demand, balance)
    baseline = gp2_baseline(size)
    delivered = np.minimum(demand, np.maximum(baseline, GP2_BURST_IOPS))
    spend = delivered - baseline
    seconds = np.where(spend > 0, balance / np.where(spend > 0, spend, 1), np.inf)
    refill = np.where(baseline < GP2_BURST_IOPS, GP2_CREDITS / baseline, np.nan)
    return Gp2Burst(*(plain(x) for x in (size, demand, balance, baseline, delivered, seconds, refill)))


def simulate_gp2(
    size_gib: float,
    demand_iops: ArrayLike,
    step_s: float = 60,
    start_credits: float = GP2_CREDITS,
    duration_s: float | None = None,
) -> pd.DataFrame:
    """Step a gp2 volume's credit bucket through time.

    `demand_iops`: one number (for `duration_s` seconds, default one hour) or one number per step of
    `step_s` seconds. Returns one row per step: second (the end of the step), demand_iops, delivered_iops
    (average over the step, exact also in the step in which the bucket empties), balance_credits and
    burst_balance_percent (at the end of the step; the CloudWatch metric BurstBalance).
    Left out: throughput limits and the instance's own limit; put them into the demand.
    """
    size = float(size_of(one(size_gib, "size_gib"), "gp2"))
    start = float(
        quantity(one(start_credits, "start_credits"), "start_credits", "I/O credits", high=GP2_CREDITS)
    )
    demand = _bucket.steps(demand_iops, "demand_iops", "IOPS", step_s, duration_s)
    baseline = float(gp2_baseline(np.asarray(size)))
    delivered, balance = _bucket.run(demand, baseline, GP2_BURST_IOPS, GP2_CREDITS, start, step_s)
    return pd.DataFrame(
        {
            "second": _bucket.ends(len(demand), step_s),
            "demand_iops": demand,
            "delivered_iops": delivered,
            "balance_credits": balance,
            "burst_balance_percent": balance / GP2_CREDITS * 100,
        }
    )


@dataclass(frozen=True)
class HddThroughput(Result):
    """Base and burst throughput of an HDD volume and the life of its bucket. See `hdd_throughput`."""

    kind: str
    size_gib: Any
    base_mibps: Any
    burst_mibps: Any
    bucket_gib: Any
    drain_seconds: Any
    refill_seconds: Any
    scan_hours: Any
    scan_hours_maximum: Any

    def _lines(self) -> list[str]:
        limits = limits_of(self.kind, "today")
        tib, base, burst = (
            number(x) for x in (self.size_gib / GIB_PER_TIB, self.base_mibps, self.burst_mibps)
        )
        bucket = f"  a full bucket holds {number(self.bucket_gib)} GiB"
        if np.isinf(self.drain_seconds):
            bucket += "; base equals burst, so it never empties"
        else:
            bucket += (
                f", empties at full burst in {number(self.drain_seconds)} s and refills, when idle, in "
                f"{number(self.refill_seconds)} s"
            )
        return [
            f"{self.kind} volume of {number(self.size_gib)} GiB = {tib} TiB",
            f"  base: {limits.base_mibps_per_tib} MiB/s × {tib} TiB, at most "
            f"{limits.max_base_mibps} = {base} MiB/s",
            f"  burst: {limits.burst_mibps_per_tib} MiB/s × {tib} TiB, at most "
            f"{limits.max_throughput_mibps} = {burst} MiB/s",
            bucket,
            f"  reading the whole volume once takes {number(self.scan_hours)} h at burst, "
            f"{number(self.scan_hours_maximum)} h at 90 % of it for 99 % of the time",
        ]


def hdd_throughput(kind: str, size_gib: ArrayLike) -> HddThroughput:
    """Throughput of an st1 or sc1 volume: base, burst, bucket (GiB), drain and refill time, full-scan hours.

    Base and burst grow with size (st1 40 and 250 MiB/s per TiB, at most 500; sc1 12 and 80, at most 192 and
    250). A volume's bucket holds as much as the volume. drain_seconds (full bucket, demand at full burst) and
    refill_seconds (from empty, idle) follow the same rule as gp2 and are not printed by AWS.
    Source: EBS user guide, Throughput Optimized HDD and Cold HDD volumes.
    """
    if kind not in ("st1", "sc1"):
        raise ValueError(f"HDD volumes are st1 and sc1; got {kind!r}.")
    size = size_of(size_gib, kind)
    base, burst = hdd_rates(size, limits_of(kind, "today"))
    bucket_mib = size * MIB_PER_GIB
    gap = burst - base
    drain = np.where(gap > 0, bucket_mib / np.where(gap > 0, gap, 1), np.inf)
    scan = bucket_mib / burst / 3600
    values = (size, base, burst, size, drain, bucket_mib / base, scan, scan / SCAN_MARGIN)
    return HddThroughput(kind, *(plain(x) for x in values))


def simulate_hdd(
    kind: str,
    size_gib: float,
    demand_mibps: ArrayLike,
    step_s: float = 60,
    start_balance_gib: float | None = None,
    duration_s: float | None = None,
) -> pd.DataFrame:
    """Step the burst bucket of an st1 or sc1 volume through time, as `simulate_gp2` does for gp2.

    `demand_mibps`: one number or one per step; `start_balance_gib` defaults to a full bucket. Columns:
    second, demand_mibps, delivered_mibps, balance_gib, burst_balance_percent. Demand is large sequential
    I/O; small random I/O costs a credit of 1 MiB each, so ask for one MiB/s per random I/O a second.
    """
    rates = hdd_throughput(kind, one(size_gib, "size_gib"))
    full = rates.bucket_gib
    start = full if start_balance_gib is None else one(start_balance_gib, "start_balance_gib")
    quantity(start, "start_balance_gib", "GiB", high=full, why="The bucket holds as much as the volume.")
    demand = _bucket.steps(demand_mibps, "demand_mibps", "MiB/s", step_s, duration_s)
    delivered, balance = _bucket.run(
        demand, rates.base_mibps, rates.burst_mibps, full * MIB_PER_GIB, float(start) * MIB_PER_GIB, step_s
    )
    return pd.DataFrame(
        {
            "second": _bucket.ends(len(demand), step_s),
            "demand_mibps": demand,
            "delivered_mibps": delivered,
            "balance_gib": balance / MIB_PER_GIB,
            "burst_balance_percent": balance / (full * MIB_PER_GIB) * 100,
        }
    )
