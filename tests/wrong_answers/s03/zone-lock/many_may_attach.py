# Misconception: Any volume can be attached to two instances of its zone.
# Points: 0
# Fails: hidden
# Says: "Multi-Attach"
def zone_lock() -> dict[str, str]:
    return {
        "a": "refused",
        "b": "works",
        "c": "works",
        "d": "works",
        "e": "refused",
        "f": "refused",
        "g": "works",
    }
