# Misconception: The volume type travels with the snapshot.
# Points: 0
# Fails: visible, hidden
# Says: "gp2 unless you name a type"
def move_volume(volume_id: str, target_zone: str) -> str:
    ec2 = boto3.client("ec2", region_name=target_zone[:-1])
    snapshot = ec2.create_snapshot(VolumeId=volume_id)["SnapshotId"]
    return ec2.create_volume(SnapshotId=snapshot, AvailabilityZone=target_zone)["VolumeId"]
