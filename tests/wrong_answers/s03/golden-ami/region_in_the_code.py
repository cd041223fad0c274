# Misconception: The instance is always in us-east-1.
# Points: 0
# Fails: hidden
# Says: "without an error"
def publish_image(instance_id: str, name: str, region: str, other_region: str) -> dict[str, str]:
    here = boto3.client("ec2", region_name="us-east-1")
    there = boto3.client("ec2", region_name=other_region)
    image_id = here.create_image(InstanceId=instance_id, Name=name)["ImageId"]
    copy = there.copy_image(SourceRegion="us-east-1", SourceImageId=image_id, Name=name, Encrypted=True)
    return {"image_id": image_id, "copy_id": copy["ImageId"]}
