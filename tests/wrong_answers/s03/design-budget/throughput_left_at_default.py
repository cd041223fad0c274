# Misconception: Throughput of gp3 grows with its IOPS.
# Points: 1
# Fails: hidden
# Says: "orders gets all day"
def plan() -> dict[str, dict[str, str | int]]:
    return {
        "web": {"kind": "gp3", "size_gib": 30, "iops": 3_000, "throughput_mibps": 125},
        "orders": {"kind": "gp3", "size_gib": 400, "iops": 12_000, "throughput_mibps": 125},
        "archive": {"kind": "sc1", "size_gib": 2_048},
        "ledger": {"kind": "io2", "size_gib": 100, "iops": 2_000},
    }
