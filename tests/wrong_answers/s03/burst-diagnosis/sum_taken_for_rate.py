# Misconception: CloudWatch's sums are rates a second.
# Points: 0
# Fails: visible, hidden
# Says: "sums over the period"
def diagnose(volume, rows, period_s=300):
    for row in rows:
        iops = row["VolumeReadOps"] + row["VolumeWriteOps"]
        mibps = (row["VolumeReadBytes"] + row["VolumeWriteBytes"]) / 1024**2
        if row["BurstBalance"] == 0:
            return {"cause": "burst-credits", "since_minute": row["minute"]}
        if mibps >= 0.98 * min(volume["throughput_ceiling_mibps"], volume["instance_throughput_mibps"]):
            return {"cause": "throughput-ceiling", "since_minute": row["minute"]}
    return {"cause": "healthy", "since_minute": None}
