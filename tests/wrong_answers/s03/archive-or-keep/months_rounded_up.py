# Misconception: A month begun is a month billed.
# Points: 0
# Fails: hidden
# Says: "part of a month"
def archive_or_keep(
    full_gib, incremental_gib, months, restores, standard_usd=0.05, archive_usd=0.0125, restore_usd=0.03
):
    if min(full_gib, incremental_gib, months, restores) < 0:
        raise ValueError("negative")
    months = -(-months // 1)
    keep = incremental_gib * standard_usd * months
    archive = full_gib * archive_usd * max(3, months) + full_gib * restore_usd * restores
    tier = "archive" if archive < keep else "standard"
    return {"tier": tier, "saving_usd": abs(keep - archive)}
