# Misconception: copy_image is called in the source Region.
# Points: 0
# Fails: visible, hidden
# Says: "Region that the copy goes to"
def publish_image(instance_id: str, name: str, region: str, other_region: str) -> dict[str, str]:
    here = boto3.client("ec2", region_name=region)
    image_id = here.create_image(InstanceId=instance_id, Name=name)["ImageId"]
    copy = here.copy_image(SourceRegion=region, SourceImageId=image_id, Name=name, Encrypted=True)
    return {"image_id": image_id, "copy_id": copy["ImageId"]}
