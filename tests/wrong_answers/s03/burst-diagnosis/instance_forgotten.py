# Misconception: Only the volume has a throughput limit.
# Points: 1
# Fails: hidden
# Says: "cause in set"
def diagnose(volume, rows, period_s=300):
    for row in rows:
        iops = (row["VolumeReadOps"] + row["VolumeWriteOps"]) / period_s
        mibps = (row["VolumeReadBytes"] + row["VolumeWriteBytes"]) / period_s / 1024**2
        if row["BurstBalance"] == 0 and iops <= 1.02 * volume["baseline_iops"]:
            return {"cause": "burst-credits", "since_minute": row["minute"]}
        if mibps >= 0.98 * volume["throughput_ceiling_mibps"]:
            return {"cause": "throughput-ceiling", "since_minute": row["minute"]}
    return {"cause": "healthy", "since_minute": None}
