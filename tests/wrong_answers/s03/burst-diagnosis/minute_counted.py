# Misconception: The minute is five times the row's number.
# Points: 1
# Fails: hidden
# Says: "since when"
def diagnose(volume, rows, period_s=300):
    limit = min(volume["throughput_ceiling_mibps"], volume["instance_throughput_mibps"])
    for index, row in enumerate(rows):
        iops = (row["VolumeReadOps"] + row["VolumeWriteOps"]) / period_s
        mibps = (row["VolumeReadBytes"] + row["VolumeWriteBytes"]) / period_s / 1024**2
        if row["BurstBalance"] == 0 and iops <= volume["baseline_iops"] * 1.02:
            return {"cause": "burst-credits", "since_minute": index * 5}
        if mibps >= 0.98 * limit:
            cause = "instance-limit" if limit < volume["throughput_ceiling_mibps"] else "throughput-ceiling"
            return {"cause": cause, "since_minute": index * 5}
    return {"cause": "healthy", "since_minute": None}
