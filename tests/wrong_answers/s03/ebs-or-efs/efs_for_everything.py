# Misconception: One file system fits every need.
# Points: 0
# Fails: hidden
# Says: "three times the price"
def storage_picks() -> dict[str, str]:
    return {
        "a": "EFS",
        "b": "EFS",
        "c": "instance store",
        "d": "FSx for Windows",
        "e": "EFS",
        "f": "EFS",
        "g": "EBS Multi-Attach",
        "h": "EFS",
    }
