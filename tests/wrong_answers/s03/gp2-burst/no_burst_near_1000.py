# Misconception: Volumes near 1,000 GiB no longer burst.
# Points: 1
# Fails: hidden
# Says: "999 GiB"
import math


def gp2_drain_seconds(size_gib, demand_iops, balance_credits=5_400_000):
    if not (1 <= size_gib <= 16_384 and demand_iops >= 0 and balance_credits >= 0):
        raise ValueError("out of range")
    spending = min(demand_iops, 3_000) - max(100, 3 * size_gib)
    return balance_credits / spending if spending > 0 and size_gib < 900 else math.inf
