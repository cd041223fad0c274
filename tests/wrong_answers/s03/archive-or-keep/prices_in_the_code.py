# Misconception: Prices are constants.
# Points: 0
# Fails: hidden
# Says: "differ by Region"
def archive_or_keep(
    full_gib, incremental_gib, months, restores, standard_usd=0.05, archive_usd=0.0125, restore_usd=0.03
):
    if min(full_gib, incremental_gib, months, restores) < 0:
        raise ValueError("negative")
    keep = incremental_gib * 0.05 * months
    archive = full_gib * 0.0125 * max(3, months) + full_gib * 0.03 * restores
    return {"tier": "archive" if archive < keep else "standard", "saving_usd": abs(keep - archive)}
