# Misconception: The root volume survives by default.
# Points: 1
# Fails: hidden
# Says: "DeleteOnTermination"
def launch_database(image_id: str, zone: str) -> str:
    ec2 = boto3.client("ec2", region_name=zone[:-1])
    root_device = ec2.describe_images(ImageIds=[image_id])["Images"][0]["RootDeviceName"]
    reply = ec2.run_instances(
        ImageId=image_id,
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        Placement={"AvailabilityZone": zone},
        BlockDeviceMappings=[
            {"DeviceName": root_device, "Ebs": {"VolumeType": "gp3", "VolumeSize": 20, "Encrypted": True}},
            {
                "DeviceName": "/dev/sdf",
                "Ebs": {
                    "VolumeType": "gp3",
                    "VolumeSize": 100,
                    "Encrypted": True,
                    "DeleteOnTermination": True,
                },
            },
        ],
    )
    return reply["Instances"][0]["InstanceId"]
