# Misconception: A falling bucket is already the cause.
# Points: 0
# Fails: visible, hidden
# Says: "bucket is empty"
def diagnose(volume, rows, period_s=300):
    ceiling, instance = volume["throughput_ceiling_mibps"], volume["instance_throughput_mibps"]
    low = next((row for row in rows if row["BurstBalance"] < 50), None)
    empty = next((row for row in rows if row["BurstBalance"] == 0), None)
    for row in rows:
        mibps = (row["VolumeReadBytes"] + row["VolumeWriteBytes"]) / period_s / 1024**2
        if mibps >= 0.98 * min(ceiling, instance):
            return {
                "cause": "instance-limit" if instance < ceiling else "throughput-ceiling",
                "since_minute": row["minute"],
            }
    if low is not None and empty is not None:
        return {"cause": "burst-credits", "since_minute": low["minute"]}
    return {"cause": "healthy", "since_minute": None}
