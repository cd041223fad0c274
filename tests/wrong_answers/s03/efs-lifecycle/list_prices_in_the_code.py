# Misconception: Prices are constants.
# Points: 0
# Fails: hidden
# Says: "other prices"
def efs_class(stored_gib, read_gib, storage_usd, access_usd):
    if stored_gib < 0 or read_gib < 0:
        raise ValueError("negative")
    order = ["standard", "ia", "archive"]
    storage, access = (
        {"standard": 0.3, "ia": 0.016, "archive": 0.008},
        {"standard": 0.0, "ia": 0.01, "archive": 0.03},
    )
    costs = {name: stored_gib * storage[name] + read_gib * access[name] for name in order}
    best = min(order, key=costs.__getitem__)
    even = None
    if best != "standard":
        dearer = order[order.index(best) - 1]
        even = (
            stored_gib * (storage_usd[dearer] - storage_usd[best]) / (access_usd[best] - access_usd[dearer])
        )
    return {"storage_class": best, "usd_per_month": costs[best], "break_even_gib": even}
