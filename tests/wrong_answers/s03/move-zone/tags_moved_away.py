# Misconception: Moving a tag takes it off the original.
# Points: 1
# Fails: hidden
# Says: "way back"
def move_volume(volume_id: str, target_zone: str) -> str:
    ec2 = boto3.client("ec2", region_name=target_zone[:-1])
    old = ec2.describe_volumes(VolumeIds=[volume_id])["Volumes"][0]
    snapshot_id = ec2.create_snapshot(VolumeId=volume_id)["SnapshotId"]
    settings = {"VolumeType": old["VolumeType"], "Size": old["Size"]}
    if old["VolumeType"] in ("gp3", "io1", "io2"):
        settings["Iops"] = old["Iops"]
    if old["VolumeType"] == "gp3":
        settings["Throughput"] = old["Throughput"]
    if old.get("Tags"):
        settings["TagSpecifications"] = [{"ResourceType": "volume", "Tags": old["Tags"]}]
    new = ec2.create_volume(SnapshotId=snapshot_id, AvailabilityZone=target_zone, **settings)
    if old.get("Tags"):
        ec2.delete_tags(Resources=[volume_id], Tags=old["Tags"])
    return new["VolumeId"]
