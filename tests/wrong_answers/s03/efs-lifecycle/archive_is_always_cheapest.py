# Misconception: The class with the cheapest storage is the cheapest.
# Points: 0
# Fails: visible, hidden
# Says: "16 + 20 USD"
def efs_class(stored_gib, read_gib, storage_usd, access_usd):
    if stored_gib < 0 or read_gib < 0:
        raise ValueError("negative")
    saved = stored_gib * (storage_usd["ia"] - storage_usd["archive"])
    cost = stored_gib * storage_usd["archive"] + read_gib * access_usd["archive"]
    return {
        "storage_class": "archive",
        "usd_per_month": cost,
        "break_even_gib": saved / (access_usd["archive"] - access_usd["ia"]),
    }
