# Misconception: A volume made by hand goes with the instance.
# Points: 1
# Fails: hidden
# Says: "how many volumes"
def launch_database(image_id: str, zone: str) -> str:
    ec2 = boto3.client("ec2", region_name=zone[:-1])
    ec2.create_volume(AvailabilityZone=zone, Size=100, VolumeType="gp3", Encrypted=True)
    root_device = ec2.describe_images(ImageIds=[image_id])["Images"][0]["RootDeviceName"]
    common = {"VolumeType": "gp3", "Encrypted": True}
    reply = ec2.run_instances(
        ImageId=image_id,
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        Placement={"AvailabilityZone": zone},
        BlockDeviceMappings=[
            {"DeviceName": root_device, "Ebs": {**common, "VolumeSize": 20, "DeleteOnTermination": False}},
            {"DeviceName": "/dev/sdf", "Ebs": {**common, "VolumeSize": 100}},
        ],
    )
    return reply["Instances"][0]["InstanceId"]
