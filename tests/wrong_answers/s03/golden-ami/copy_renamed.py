# Misconception: Names must be unique over Regions.
# Points: 0
# Fails: hidden
# Says: "same name"
def publish_image(instance_id: str, name: str, region: str, other_region: str) -> dict[str, str]:
    image_id = boto3.client("ec2", region_name=region).create_image(InstanceId=instance_id, Name=name)[
        "ImageId"
    ]
    there = boto3.client("ec2", region_name=other_region)
    copy = there.copy_image(SourceRegion=region, SourceImageId=image_id, Name=f"{name}-copy", Encrypted=True)
    return {"image_id": image_id, "copy_id": copy["ImageId"]}
