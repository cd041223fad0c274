# Misconception: A volume can be attached to any instance of the Region.
# Points: 0
# Fails: hidden
# Says: "Availability Zone"
def zone_lock() -> dict[str, str]:
    return {
        "a": "works",
        "b": "refused",
        "c": "works",
        "d": "works",
        "e": "refused",
        "f": "refused",
        "g": "works",
    }
