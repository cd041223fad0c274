# Misconception: Any Linux image brings the server back.
# Points: 1
# Fails: hidden
# Says: "snapshot that the new root volume"
def bring_back(server: str, zone: str, instance_type: str, data_volume_id: str) -> dict[str, str]:
    instance_id = scene.run_instance(zone, instance_type, name=server)
    ec2 = boto3.client("ec2", region_name=zone[:-1])
    ec2.attach_volume(VolumeId=data_volume_id, InstanceId=instance_id, Device="/dev/sdf")
    return {"instance_id": instance_id, "cause": "DeleteOnTermination"}
