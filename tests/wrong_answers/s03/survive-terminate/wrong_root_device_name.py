# Misconception: Every image calls its root device /dev/xvda.
# Points: 1
# Fails: hidden
# Says: "root device"
def launch_database(image_id: str, zone: str) -> str:
    ec2 = boto3.client("ec2", region_name=zone[:-1])
    reply = ec2.run_instances(
        ImageId=image_id,
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        Placement={"AvailabilityZone": zone},
        BlockDeviceMappings=[
            {
                "DeviceName": "/dev/xvda",
                "Ebs": {
                    "VolumeType": "gp3",
                    "VolumeSize": 20,
                    "Encrypted": True,
                    "DeleteOnTermination": False,
                },
            },
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
