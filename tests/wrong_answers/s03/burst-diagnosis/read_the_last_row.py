# Misconception: The newest row says since when.
# Points: 1
# Fails: hidden
# Says: "since when"
def diagnose(volume, rows, period_s=300):
    ceiling, instance = volume["throughput_ceiling_mibps"], volume["instance_throughput_mibps"]
    found = {"cause": "healthy", "since_minute": None}
    for row in rows:
        iops = (row["VolumeReadOps"] + row["VolumeWriteOps"]) / period_s
        mibps = (row["VolumeReadBytes"] + row["VolumeWriteBytes"]) / period_s / 1024**2
        if row["BurstBalance"] == 0 and iops <= 1.02 * volume["baseline_iops"]:
            found = {"cause": "burst-credits", "since_minute": row["minute"]}
        if mibps >= 0.98 * min(ceiling, instance):
            found = {
                "cause": "instance-limit" if instance < ceiling else "throughput-ceiling",
                "since_minute": row["minute"],
            }
    return found
