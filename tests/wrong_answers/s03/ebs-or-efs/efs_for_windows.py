# Misconception: EFS serves Windows too.
# Points: 0
# Fails: hidden
# Says: "SMB"
def storage_picks() -> dict[str, str]:
    return {
        "a": "EFS",
        "b": "EBS",
        "c": "instance store",
        "d": "EFS",
        "e": "S3",
        "f": "EFS One Zone",
        "g": "EBS Multi-Attach",
        "h": "EFS",
    }
