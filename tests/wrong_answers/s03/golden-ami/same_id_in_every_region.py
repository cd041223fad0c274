# Misconception: An AMI id is valid in every Region.
# Points: 0
# Fails: hidden
# Says: "belongs to one Region"
def publish_image(instance_id: str, name: str, region: str, other_region: str) -> dict[str, str]:
    image_id = boto3.client("ec2", region_name=region).create_image(InstanceId=instance_id, Name=name)[
        "ImageId"
    ]
    return {"image_id": image_id, "copy_id": image_id}
