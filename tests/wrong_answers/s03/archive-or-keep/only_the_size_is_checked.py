# Misconception: Only a size can be negative.
# Points: 0
# Fails: hidden
# Says: "negative increment"
def archive_or_keep(
    full_gib, incremental_gib, months, restores, standard_usd=0.05, archive_usd=0.0125, restore_usd=0.03
):
    if full_gib < 0:
        raise ValueError("negative")
    keep = incremental_gib * standard_usd * months
    archive = full_gib * archive_usd * max(3, months) + full_gib * restore_usd * restores
    tier = "archive" if archive < keep else "standard"
    return {"tier": tier, "saving_usd": abs(keep - archive)}
