# Misconception: Multi-Attach alone decides; io1 is as durable as io2.
# Points: 1
# Fails: hidden
# Says: "99.8 to 99.9"
def pick_types() -> dict[str, str]:
    return {"a": "gp3", "b": "gp3", "c": "st1", "d": "sc1", "e": "io2", "f": "io1", "g": "gp3", "h": "io1"}
