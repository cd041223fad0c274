# Misconception: Multi-Attach is a shared folder.
# Points: 0
# Fails: hidden
# Says: "no file share"
def storage_picks() -> dict[str, str]:
    return {
        "a": "EBS Multi-Attach",
        "b": "EBS",
        "c": "instance store",
        "d": "FSx for Windows",
        "e": "S3",
        "f": "EFS One Zone",
        "g": "EBS Multi-Attach",
        "h": "EFS",
    }
