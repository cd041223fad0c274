# Misconception: gp2 is still the cheapest SSD.
# Points: 1
# Fails: hidden
# Says: "20 % less"
def pick_types() -> dict[str, str]:
    return {"a": "gp2", "b": "gp3", "c": "st1", "d": "sc1", "e": "io2", "f": "io2", "g": "gp3", "h": "io1"}
