# Misconception: A copy to another Region is encrypted by itself.
# Points: 0
# Fails: hidden
# Says: "every snapshot of the copy encrypted"
def publish_image(instance_id: str, name: str, region: str, other_region: str) -> dict[str, str]:
    image_id = boto3.client("ec2", region_name=region).create_image(InstanceId=instance_id, Name=name)[
        "ImageId"
    ]
    there = boto3.client("ec2", region_name=other_region)
    copy = there.copy_image(SourceRegion=region, SourceImageId=image_id, Name=name)
    return {"image_id": image_id, "copy_id": copy["ImageId"]}
