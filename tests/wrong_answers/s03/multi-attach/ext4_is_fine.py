# Misconception: A shared volume needs no special file system.
# Points: 0
# Fails: hidden
# Says: "expects to be alone"
def log_causes() -> dict[str, str]:
    return {"1": "type", "2": "zone", "3": "flag", "4": "limit", "5": "limit"}
