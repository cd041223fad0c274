# Misconception: Only storage is paid; reading is free.
# Points: 0
# Fails: visible, hidden
# Says: "16 + 20 USD"
def efs_class(stored_gib, read_gib, storage_usd, access_usd):
    if stored_gib < 0 or read_gib < 0:
        raise ValueError("negative")
    order = ["standard", "ia", "archive"]
    costs = {name: stored_gib * storage_usd[name] for name in order}
    best = min(order, key=costs.__getitem__)
    return {"storage_class": best, "usd_per_month": costs[best], "break_even_gib": None}
