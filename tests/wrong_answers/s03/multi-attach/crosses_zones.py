# Misconception: Multi-Attach reaches all zones of the Region.
# Points: 0
# Fails: hidden
# Says: "not the zone"
def log_causes() -> dict[str, str]:
    return {"1": "type", "2": "flag", "3": "flag", "4": "limit", "5": "file-system"}
