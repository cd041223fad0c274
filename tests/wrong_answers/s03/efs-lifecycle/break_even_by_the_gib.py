# Misconception: The break-even is a number of reads.
# Points: 0
# Fails: hidden
# Says: "reads of each GiB"
def efs_class(stored_gib, read_gib, storage_usd, access_usd):
    if stored_gib < 0 or read_gib < 0:
        raise ValueError("negative")
    order = ["standard", "ia", "archive"]
    costs = {name: stored_gib * storage_usd[name] + read_gib * access_usd[name] for name in order}
    best = min(order, key=costs.__getitem__)
    if best == "standard":
        return {"storage_class": best, "usd_per_month": costs[best], "break_even_gib": None}
    dearer = order[order.index(best) - 1]
    even = (storage_usd[dearer] - storage_usd[best]) / (access_usd[best] - access_usd[dearer])
    return {"storage_class": best, "usd_per_month": costs[best], "break_even_gib": even}
