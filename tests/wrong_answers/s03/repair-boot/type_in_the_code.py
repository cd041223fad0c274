# Misconception: Every server is a t3.micro.
# Points: 1
# Fails: hidden
# Says: "type of the new instance"
def bring_back(server: str, zone: str, instance_type: str, data_volume_id: str) -> dict[str, str]:
    ec2 = boto3.client("ec2", region_name=zone[:-1])
    found = []
    for each in ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]:
        tags = {tag["Key"]: tag["Value"] for tag in each.get("Tags", [])}
        if tags.get("Server") == server and tags.get("Role") == "root":
            found.append((int(tags["Night"]), each["SnapshotId"]))
    newest = max(found)[1]
    root = {"SnapshotId": newest, "DeleteOnTermination": False}
    image = ec2.register_image(
        Name="restored",
        Architecture="x86_64",
        VirtualizationType="hvm",
        RootDeviceName="/dev/xvda",
        BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": root}],
    )
    reply = ec2.run_instances(
        ImageId=image["ImageId"],
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        Placement={"AvailabilityZone": zone},
    )
    instance_id = reply["Instances"][0]["InstanceId"]
    ec2.attach_volume(VolumeId=data_volume_id, InstanceId=instance_id, Device="/dev/sdf")
    return {"instance_id": instance_id, "cause": "DeleteOnTermination"}
