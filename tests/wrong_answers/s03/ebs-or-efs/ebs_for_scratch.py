# Misconception: Scratch data belongs on EBS.
# Points: 0
# Fails: hidden
# Says: "persistence"
def storage_picks() -> dict[str, str]:
    return {
        "a": "EFS",
        "b": "EBS",
        "c": "EBS",
        "d": "FSx for Windows",
        "e": "S3",
        "f": "EFS One Zone",
        "g": "EBS Multi-Attach",
        "h": "EFS",
    }
