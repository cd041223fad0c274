# Misconception: The size is given in GB and must be converted.
# Points: 0
# Fails: visible, hidden
# Says: "GiB"
import math


def gp2_drain_seconds(size_gib: float, demand_iops: float, balance_credits: float = 5_400_000) -> float:
    if not 1 <= size_gib <= 16_384 or demand_iops < 0 or balance_credits < 0:
        raise ValueError("out of range")
    baseline_iops = min(16_000, max(100, 3 * size_gib * 1e9 / 2**30))
    spending = min(demand_iops, max(3_000, baseline_iops)) - baseline_iops
    return balance_credits / spending if spending > 0 else math.inf
