# Misconception: Every number that describe_volumes shows can be given to create_volume.
# Points: 1
# Fails: hidden
# Says: "Iops does not exist for gp2"
def move_volume(volume_id: str, target_zone: str) -> str:
    ec2 = boto3.client("ec2", region_name=target_zone[:-1])
    old = ec2.describe_volumes(VolumeIds=[volume_id])["Volumes"][0]
    snapshot_id = ec2.create_snapshot(VolumeId=volume_id)["SnapshotId"]
    settings = {"VolumeType": old["VolumeType"], "Size": old["Size"]}
    settings |= {name: old[name] for name in ("Iops", "Throughput") if name in old}
    if old.get("Tags"):
        settings["TagSpecifications"] = [{"ResourceType": "volume", "Tags": old["Tags"]}]
    new = ec2.create_volume(SnapshotId=snapshot_id, AvailabilityZone=target_zone, **settings)
    return new["VolumeId"]
