# Misconception: Every io2 volume can be attached many times.
# Points: 0
# Fails: hidden
# Says: "attached once"
def log_causes() -> dict[str, str]:
    return {"1": "type", "2": "zone", "3": "type", "4": "limit", "5": "file-system"}
