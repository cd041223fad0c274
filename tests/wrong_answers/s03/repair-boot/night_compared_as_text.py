# Misconception: Tags sort like numbers.
# Points: 1
# Fails: hidden
# Says: "Night is a number"
def bring_back(server: str, zone: str, instance_type: str, data_volume_id: str) -> dict[str, str]:
    ec2 = boto3.client("ec2", region_name=zone[:-1])
    wanted = [{"Name": "tag:Server", "Values": [server]}, {"Name": "tag:Role", "Values": ["root"]}]
    snapshots = ec2.describe_snapshots(OwnerIds=["self"], Filters=wanted)["Snapshots"]
    newest = max(snapshots, key=lambda s: next(t["Value"] for t in s["Tags"] if t["Key"] == "Night"))[
        "SnapshotId"
    ]
    root = {"SnapshotId": newest, "VolumeType": "gp3", "DeleteOnTermination": False}
    image = ec2.register_image(
        Name="restored",
        Architecture="x86_64",
        VirtualizationType="hvm",
        RootDeviceName="/dev/xvda",
        BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": root}],
    )
    instance_id = scene.run_instance(zone, instance_type, name=server, ImageId=image["ImageId"])
    ec2.attach_volume(VolumeId=data_volume_id, InstanceId=instance_id, Device="/dev/sdf")
    return {"instance_id": instance_id, "cause": "DeleteOnTermination"}
