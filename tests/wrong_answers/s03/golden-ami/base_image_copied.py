# Misconception: The image of an instance is the one that it was launched from.
# Points: 0
# Fails: hidden
# Says: "disks of the copy"
def publish_image(instance_id: str, name: str, region: str, other_region: str) -> dict[str, str]:
    here = boto3.client("ec2", region_name=region)
    there = boto3.client("ec2", region_name=other_region)
    image_id = here.create_image(InstanceId=instance_id, Name=name)["ImageId"]
    base = here.describe_instances(InstanceIds=[instance_id])["Reservations"][0]["Instances"][0]["ImageId"]
    copy = there.copy_image(SourceRegion=region, SourceImageId=base, Name=name, Encrypted=True)
    return {"image_id": image_id, "copy_id": copy["ImageId"]}
