# Misconception: EFS has two classes, Standard and IA.
# Points: 0
# Fails: hidden
# Says: "compare all three classes"
def efs_class(stored_gib, read_gib, storage_usd, access_usd):
    if stored_gib < 0 or read_gib < 0:
        raise ValueError("negative")
    standard = stored_gib * storage_usd["standard"]
    ia = stored_gib * storage_usd["ia"] + read_gib * access_usd["ia"]
    if standard <= ia:
        return {"storage_class": "standard", "usd_per_month": standard, "break_even_gib": None}
    even = stored_gib * (storage_usd["standard"] - storage_usd["ia"]) / access_usd["ia"]
    return {"storage_class": "ia", "usd_per_month": ia, "break_even_gib": even}
