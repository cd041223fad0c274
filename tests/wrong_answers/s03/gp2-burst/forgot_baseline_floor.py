# Misconception: The baseline is 3 IOPS per GiB at every size.
# Points: 1
# Fails: hidden
# Says: "never falls below 100"
import math


def gp2_drain_seconds(size_gib: float, demand_iops: float, balance_credits: float = 5_400_000) -> float:
    if not 1 <= size_gib <= 16_384 or demand_iops < 0 or balance_credits < 0:
        raise ValueError("out of range")
    baseline_iops = min(16_000, 3 * size_gib)
    spending = min(demand_iops, max(3_000, baseline_iops)) - baseline_iops
    return balance_credits / spending if spending > 0 else math.inf
