# Misconception: Below one percent the bucket is empty.
# Points: 1
# Fails: hidden
# Says: "table of causes"
def diagnose(volume, rows, period_s=300):
    limit = min(volume["throughput_ceiling_mibps"], volume["instance_throughput_mibps"])
    for row in rows:
        iops = (row["VolumeReadOps"] + row["VolumeWriteOps"]) / period_s
        mibps = (row["VolumeReadBytes"] + row["VolumeWriteBytes"]) / period_s / 1024**2
        if row["BurstBalance"] < 1 and iops <= volume["baseline_iops"] * 1.02:
            return {"cause": "burst-credits", "since_minute": row["minute"]}
        if mibps >= 0.98 * limit:
            cause = "instance-limit" if limit < volume["throughput_ceiling_mibps"] else "throughput-ceiling"
            return {"cause": cause, "since_minute": row["minute"]}
    return {"cause": "healthy", "since_minute": None}
