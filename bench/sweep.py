"""How fast one million volume needs are priced and ranked, against a plain Python loop over the same rules.

    python bench/sweep.py [number of needs] [size of the loop's sample]

The loop is what a person writes without NumPy: one need at a time, `math.ceil`, `min` and `max`, the same
limits and prices. Both run in this process, in turn, three rounds; the median counts. Their answers are
compared on the whole sample.
"""

from __future__ import annotations

import math
import statistics
import sys
import time
from collections.abc import Sequence

import numpy as np

from course import prices
from course.services import ebs

REGION = "us-east-1"
LIMITS = {kind: ebs.TYPES[kind].limits["today"] for kind in ebs.CHEAPEST_KINDS}
PRICES = {
    item: [
        (float(p.starts_at), math.inf if p.tier_to is None else float(p.tier_to), float(p.usd))
        for p in prices.tiers("EBS", item, REGION).prices
    ]
    for item in (
        *(f"{kind} volume storage" for kind in ebs.CHEAPEST_KINDS),
        "gp3 provisioned IOPS over 3000",
        "gp3 provisioned throughput over 125 MiB/s",
        "io1 provisioned IOPS",
        "io2 provisioned IOPS",
    )
}


def needs(count: int, seed: int = 7) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sizes, IOPS and throughputs spread over orders of magnitude, a fifth of them without a demand."""
    rng = np.random.default_rng(seed)
    sizes = np.exp(rng.uniform(0, np.log(65_536), count)).astype(int) + 1
    iops = np.exp(rng.uniform(0, np.log(300_000), count)).astype(int) * (rng.random(count) > 0.2)
    mibps = np.exp(rng.uniform(0, np.log(5_000), count)).astype(int) * (rng.random(count) > 0.2)
    return np.minimum(sizes, 65_536), iops, mibps


def plain_cheapest(size: int, iops: int, mibps: int) -> tuple[str, float]:
    """The cheapest type for one need, and its cost; ("", infinity) when no type does it."""
    best, best_usd = "", math.inf
    for kind in ebs.CHEAPEST_KINDS:
        usd = plain_cost(kind, size, iops, mibps)
        if usd < best_usd:
            best, best_usd = kind, usd
    return best, best_usd


def plain_cost(kind: str, size: int, iops: int, mibps: int) -> float:
    """Cost of the smallest volume of a type that meets a need; infinity when none does."""
    limit = LIMITS[kind]
    if kind in ("st1", "sc1"):
        if size > limit.max_size_gib or max(iops, mibps) > limit.max_base_mibps:
            return math.inf
        size = max(size, limit.min_size_gib, math.ceil(max(iops, mibps) * 1024 / limit.base_mibps_per_tib))
        return charge(f"{kind} volume storage", size)
    if size > limit.max_size_gib or iops > limit.max_iops or mibps > limit.max_throughput_mibps:
        return math.inf
    size = max(size, limit.min_size_gib)
    if kind == "gp2":
        if max(iops, 4 * mibps) > limit.min_iops:
            size = max(size, math.ceil(max(iops, 4 * mibps) / limit.iops_per_gib))
        if mibps > 128:
            size = max(size, 171)
        return charge("gp2 volume storage", size)
    if kind == "gp3":
        mibps = max(mibps, 125)
        iops = max(iops, 3000, math.ceil(mibps / limit.mibps_per_iops) if mibps > 125 else 0)
        if iops > 3000:
            size = max(size, math.ceil(iops / limit.iops_per_gib))
        return (
            charge("gp3 volume storage", size)
            + charge("gp3 provisioned IOPS over 3000", iops)
            + charge("gp3 provisioned throughput over 125 MiB/s", mibps)
        )
    if kind == "io1":
        for_mibps = 4 * mibps if mibps <= 500 else 64 * mibps
    else:
        for_mibps = math.ceil(mibps * 1000 / 256)
    iops = max(iops, limit.min_iops, for_mibps)
    size = max(size, math.ceil(iops / limit.iops_per_gib))
    return charge(f"{kind} volume storage", size) + charge(f"{kind} provisioned IOPS", iops)


def charge(item: str, quantity: float) -> float:
    """Cost of a quantity through its tiers."""
    total = 0.0
    for low, high, usd in PRICES[item]:
        if quantity > low:
            total += (min(quantity, high) - low) * usd
    return total


def compare(count: int, sample: int, rounds: int = 3) -> tuple[float, float]:
    """Median needs a second of (cheapest_many, the plain loop). AssertionError if their answers differ."""
    sizes, iops, mibps = needs(count)
    rows = list(zip(sizes[:sample].tolist(), iops[:sample].tolist(), mibps[:sample].tolist(), strict=True))
    fast, slow = [], []
    for _ in range(rounds):
        started = time.perf_counter()
        many = ebs.cheapest_many(sizes, iops, mibps, REGION)
        fast.append(count / (time.perf_counter() - started))
        started = time.perf_counter()
        loop = [plain_cheapest(*row) for row in rows]
        slow.append(len(rows) / (time.perf_counter() - started))
    kinds = [kind for kind, _ in loop]
    dollars = np.array([usd if kind else np.nan for kind, usd in loop])
    assert kinds == many.best_kind[:sample].tolist(), "the loop and cheapest_many choose different types"
    assert np.allclose(dollars, many.best_usd[:sample], rtol=1e-9, equal_nan=True), "the costs differ"
    return statistics.median(fast), statistics.median(slow)


def main(arguments: Sequence[str]) -> None:
    count = int(arguments[0]) if arguments else 1_000_000
    sample = int(arguments[1]) if len(arguments) > 1 else 20_000
    fast, slow = compare(count, min(sample, count))
    print(
        f"cheapest_many:     {count:,} needs at {fast:,.0f} a second ({count / fast:.2f} s), all types ranked"
    )
    print(f"plain Python loop: {min(sample, count):,} needs at {slow:,.0f} a second")
    print(f"ratio: {fast / slow:.1f} times; both chose the same type at the same cost on the whole sample")


if __name__ == "__main__":
    main(sys.argv[1:])
