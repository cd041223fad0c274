# Misconception: A gp2 volume under 1,000 GiB delivers 3,000 IOPS all day.
# Points: 1
# Fails: hidden
# Says: "burst is a loan"
def plan() -> dict[str, dict[str, str | int]]:
    return {
        "web": {"kind": "gp2", "size_gib": 30},
        "orders": {"kind": "gp3", "size_gib": 400, "iops": 12_000, "throughput_mibps": 190},
        "archive": {"kind": "sc1", "size_gib": 2_048},
        "ledger": {"kind": "io2", "size_gib": 100, "iops": 2_000},
    }
