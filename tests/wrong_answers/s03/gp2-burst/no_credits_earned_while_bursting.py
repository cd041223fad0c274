# Misconception: The bucket drains by the whole demand.
# Points: 0
# Fails: visible, hidden
# Says: "demand minus baseline"
import math


def gp2_drain_seconds(size_gib: float, demand_iops: float, balance_credits: float = 5_400_000) -> float:
    if not 1 <= size_gib <= 16_384 or demand_iops < 0 or balance_credits < 0:
        raise ValueError("out of range")
    baseline_iops = min(16_000, max(100, 3 * size_gib))
    return balance_credits / min(demand_iops, 3_000) if demand_iops > baseline_iops else math.inf
