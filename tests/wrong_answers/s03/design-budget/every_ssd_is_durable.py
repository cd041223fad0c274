# Misconception: All SSD types have the same durability.
# Points: 1
# Fails: hidden
# Says: "99.999 %"
def plan() -> dict[str, dict[str, str | int]]:
    return {
        "web": {"kind": "gp3", "size_gib": 30, "iops": 3_000, "throughput_mibps": 125},
        "orders": {"kind": "gp3", "size_gib": 400, "iops": 12_000, "throughput_mibps": 190},
        "archive": {"kind": "sc1", "size_gib": 2_048},
        "ledger": {"kind": "gp3", "size_gib": 100, "iops": 3_000, "throughput_mibps": 125},
    }
