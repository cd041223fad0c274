# Misconception: Multi-Attach works with gp3.
# Points: 0
# Fails: hidden
# Says: "asks a type"
def log_causes() -> dict[str, str]:
    return {"1": "flag", "2": "zone", "3": "flag", "4": "limit", "5": "file-system"}
