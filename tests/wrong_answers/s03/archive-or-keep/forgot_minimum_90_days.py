# Misconception: The archive is billed for the months it is used.
# Points: 0
# Fails: hidden
# Says: "90 days"
def archive_or_keep(
    full_gib, incremental_gib, months, restores, standard_usd=0.05, archive_usd=0.0125, restore_usd=0.03
):
    if min(full_gib, incremental_gib, months, restores) < 0:
        raise ValueError("negative")
    keep = incremental_gib * standard_usd * months
    archive = full_gib * archive_usd * months + full_gib * restore_usd * restores
    return {"tier": "archive" if archive < keep else "standard", "saving_usd": abs(keep - archive)}
