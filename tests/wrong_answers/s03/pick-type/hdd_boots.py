# Misconception: The cheapest HDD will do as a boot volume.
# Points: 0
# Fails: visible, hidden
# Says: "boot"
def pick_types() -> dict[str, str]:
    return {"a": "sc1", "b": "gp3", "c": "st1", "d": "sc1", "e": "io2", "f": "io2", "g": "gp3", "h": "io1"}
