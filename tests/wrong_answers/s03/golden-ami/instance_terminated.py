# Misconception: An instance is of no use once it has an image.
# Points: 0
# Fails: hidden
# Says: "still exists"
def publish_image(instance_id: str, name: str, region: str, other_region: str) -> dict[str, str]:
    here = boto3.client("ec2", region_name=region)
    there = boto3.client("ec2", region_name=other_region)
    image_id = here.create_image(InstanceId=instance_id, Name=name)["ImageId"]
    here.terminate_instances(InstanceIds=[instance_id])
    copy = there.copy_image(SourceRegion=region, SourceImageId=image_id, Name=name, Encrypted=True)
    return {"image_id": image_id, "copy_id": copy["ImageId"]}
