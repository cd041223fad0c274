# Misconception: Provisioned throughput travels with the snapshot.
# Points: 1
# Fails: hidden
# Says: "Throughput"
def move_volume(volume_id: str, target_zone: str) -> str:
    ec2 = boto3.client("ec2", region_name=target_zone[:-1])
    old = ec2.describe_volumes(VolumeIds=[volume_id])["Volumes"][0]
    snapshot = ec2.create_snapshot(VolumeId=volume_id)["SnapshotId"]
    settings = {"VolumeType": old["VolumeType"]}
    if old["VolumeType"] in ("gp3", "io1", "io2"):
        settings["Iops"] = old["Iops"]
    if old.get("Tags"):
        settings["TagSpecifications"] = [{"ResourceType": "volume", "Tags": old["Tags"]}]
    return ec2.create_volume(SnapshotId=snapshot, AvailabilityZone=target_zone, **settings)["VolumeId"]
