# Misconception: Every database needs provisioned IOPS.
# Points: 0
# Fails: visible, hidden
# Says: "fraction of the price"
def pick_types() -> dict[str, str]:
    return {"a": "gp3", "b": "io1", "c": "st1", "d": "sc1", "e": "io2", "f": "io2", "g": "gp3", "h": "io1"}
