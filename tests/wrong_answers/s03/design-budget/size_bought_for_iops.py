# Misconception: More IOPS come from a bigger gp2 volume.
# Points: 1
# Fails: hidden
# Says: "at most 300 USD"
def plan() -> dict[str, dict[str, str | int]]:
    return {
        "web": {"kind": "gp3", "size_gib": 30, "iops": 3_000, "throughput_mibps": 125},
        "orders": {"kind": "gp2", "size_gib": 4_000},
        "archive": {"kind": "sc1", "size_gib": 2_048},
        "ledger": {"kind": "io2", "size_gib": 100, "iops": 2_000},
    }
