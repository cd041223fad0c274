# Misconception: gp3 still ends at 16,000 IOPS.
# Points: 1
# Fails: hidden
# Says: "since September 2025"
def pick_types() -> dict[str, str]:
    return {"a": "gp3", "b": "gp3", "c": "st1", "d": "sc1", "e": "io2", "f": "io2", "g": "io2", "h": "io1"}
