# Misconception: A snapshot can be restored in every Region.
# Points: 0
# Fails: hidden
# Says: "unknown in another Region"
def zone_lock() -> dict[str, str]:
    return {
        "a": "refused",
        "b": "refused",
        "c": "works",
        "d": "works",
        "e": "works",
        "f": "refused",
        "g": "works",
    }
