# Misconception: sc1 is as fast as st1, only cheaper.
# Points: 0
# Fails: visible, hidden
# Says: "case c"
def pick_types() -> dict[str, str]:
    return {"a": "gp3", "b": "gp3", "c": "sc1", "d": "sc1", "e": "io2", "f": "io2", "g": "gp3", "h": "io1"}
