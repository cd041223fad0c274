# Misconception: A snapshot must be copied to be restored in another zone.
# Points: 0
# Fails: hidden
# Says: "belongs to the Region"
def zone_lock() -> dict[str, str]:
    return {
        "a": "refused",
        "b": "refused",
        "c": "works",
        "d": "refused",
        "e": "refused",
        "f": "refused",
        "g": "works",
    }
