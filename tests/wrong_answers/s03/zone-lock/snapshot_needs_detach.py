# Misconception: A volume must be detached before a snapshot.
# Points: 0
# Fails: hidden
# Says: "needs no detaching"
def zone_lock() -> dict[str, str]:
    return {
        "a": "refused",
        "b": "refused",
        "c": "refused",
        "d": "works",
        "e": "refused",
        "f": "refused",
        "g": "works",
    }
