# Misconception: A new volume of the same settings has the same data.
# Points: 0
# Fails: visible, hidden
# Says: "created from no snapshot"
def move_volume(volume_id: str, target_zone: str) -> str:
    ec2 = boto3.client("ec2", region_name=target_zone[:-1])
    old = ec2.describe_volumes(VolumeIds=[volume_id])["Volumes"][0]
    settings = {"VolumeType": old["VolumeType"], "Size": old["Size"], "Encrypted": old["Encrypted"]}
    return ec2.create_volume(AvailabilityZone=target_zone, **settings)["VolumeId"]
