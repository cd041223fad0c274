"""AMIs and launches: what an instance is made from, and with which volumes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from course import lab
from course.lab import rules

from .conftest import AZ

TODAYS = {"Architecture": "x86_64", "VirtualizationType": "hvm"}
Launch = Callable[..., dict[str, Any]]
Described = Callable[[str], dict[str, Any]]
REGIONS = ["us-east-1", "us-west-2", "eu-west-1", "ap-southeast-1"]
PARAMETERS = [
    "al2023-ami-kernel-default-x86_64",
    "al2023-ami-kernel-default-arm64",
    "amzn2-ami-hvm-x86_64-gp2",
    "amzn2-ami-kernel-5.10-hvm-arm64-gp2",
]


class TestStockImages:
    @pytest.mark.parametrize("region", REGIONS)
    def test_the_parameters_of_a_region_name_its_images(self, region: str) -> None:
        ec2, ssm = lab.client("ec2", region), lab.client("ssm", region)
        names = [f"/aws/service/ami-amazon-linux-latest/{each}" for each in PARAMETERS]
        wanted = {each["Value"] for each in ssm.get_parameters(Names=names)["Parameters"]}
        images = {each["ImageId"]: each for each in ec2.describe_images(Owners=["amazon"])["Images"]}
        assert len(wanted) == len(PARAMETERS)
        assert wanted <= set(images)
        assert "windows" in [each.get("Platform") for each in images.values()]

    def test_no_image_belongs_to_two_regions(self) -> None:
        images = [
            {each["ImageId"] for each in lab.client("ec2", region).describe_images()["Images"]}
            for region in REGIONS
        ]
        assert all(images)
        assert len(set.union(*images)) == sum(map(len, images))

    def test_the_root_device(self, ec2: Any, image_id: str) -> None:
        with rules.disabled():
            plain = ec2.describe_images(ImageIds=[image_id])["Images"][0]["BlockDeviceMappings"][0]["Ebs"]
            assert (plain["VolumeSize"], plain["VolumeType"]) == (15, "standard")
        image = ec2.describe_images(ImageIds=[image_id])["Images"][0]
        assert image["RootDeviceName"] == "/dev/xvda"
        assert [each["DeviceName"] for each in image["BlockDeviceMappings"]] == ["/dev/xvda"]
        root = image["BlockDeviceMappings"][0]["Ebs"]
        assert (root["VolumeSize"], root["VolumeType"], root["DeleteOnTermination"]) == (8, "gp3", True)

    def test_amazons_snapshots_are_not_yours_to_use(self, ec2: Any, image_id: str, refused: Any) -> None:
        image = ec2.describe_images(ImageIds=[image_id])["Images"][0]
        snapshot_id = image["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]
        assert ec2.describe_snapshots()["Snapshots"] == []
        with refused("InvalidSnapshot.NotFound"):
            ec2.create_volume(SnapshotId=snapshot_id, AvailabilityZone=AZ)


class TestLaunch:
    @pytest.mark.parametrize(
        ("code", "asked"),
        [
            ("InvalidAMIID.NotFound", {"ImageId": "ami-00000000000000000"}),
            ("InvalidParameterValue", {"InstanceType": "zz.huge"}),
            ("InvalidKeyPair.NotFound", {"KeyName": "nobody"}),
            (
                "InvalidParameterValue",
                {"BlockDeviceMappings": [("/dev/xvda", {"VolumeSize": 125, "VolumeType": "st1"})]},
            ),
            (
                "InvalidParameterValue",
                {"BlockDeviceMappings": [("/dev/sdf", {"VolumeSize": 1, "VolumeType": "sc1"})]},
            ),
            ("InvalidBlockDeviceMapping", {"BlockDeviceMappings": [("/dev/xvda", {"VolumeSize": 7})]}),
            ("MissingParameter", {"BlockDeviceMappings": [("/dev/sdf", {"VolumeType": "gp3"})]}),
        ],
    )
    def test_refused(self, launch: Launch, refused: Any, code: str, asked: dict[str, Any]) -> None:
        with refused(code):
            launch(**_mapped(asked))

    @pytest.mark.parametrize(
        "asked",
        [
            {"BlockDeviceMappings": [("/dev/xvda", {"VolumeSize": 125, "VolumeType": "st1"})]},
            {"BlockDeviceMappings": [("/dev/xvda", {"VolumeSize": 7})]},
        ],
    )
    def test_moto_alone_accepts(self, ec2: Any, launch: Launch, asked: dict[str, Any]) -> None:
        ec2.describe_images()
        with rules.disabled():
            launch(**_mapped(asked))

    @pytest.mark.parametrize(
        ("wrong", "code"),
        [
            ({"MinCount": 2, "MaxCount": 1}, "InvalidParameterCombination"),
            ({"MinCount": 1, "MaxCount": 0}, "InvalidParameterValue"),
            ({"ImageId": None}, "MissingParameter"),
        ],
    )
    def test_how_many_of_what(
        self, ec2: Any, image_id: str, refused: Any, wrong: dict[str, Any], code: str
    ) -> None:
        asked = {"ImageId": image_id, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1, **wrong}
        asked = {name: value for name, value in asked.items() if value is not None}
        with rules.disabled():
            ec2.run_instances(**asked)
        with refused(code):
            ec2.run_instances(**asked)

    def test_the_root_device_comes_from_the_images_own_snapshot(
        self, ec2: Any, volume: Any, launch: Launch, refused: Any
    ) -> None:
        other = ec2.create_snapshot(VolumeId=volume(Size=20))["SnapshotId"]
        asked = _mapped({"BlockDeviceMappings": [("/dev/xvda", {"SnapshotId": other})]})
        with rules.disabled():
            launch(**asked)
        with refused("InvalidBlockDeviceMapping"):
            launch(**asked)

    @pytest.mark.parametrize(
        "placement", [{"AvailabilityZone": "us-east-1c"}, {"AvailabilityZoneId": "use1-az1"}]
    )
    def test_the_zone_of_a_launch_template_or_a_zone_id(
        self, ec2: Any, image_id: str, placement: dict[str, str]
    ) -> None:
        zones = ec2.describe_availability_zones()["AvailabilityZones"]
        wanted = next(
            one["ZoneName"] for one in zones if set(placement.values()) & {one["ZoneName"], one["ZoneId"]}
        )
        root = {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 30, "DeleteOnTermination": False}}
        data = {
            "ImageId": image_id,
            "InstanceType": "t3.micro",
            "Placement": {"AvailabilityZone": wanted},
            "BlockDeviceMappings": [root],
        }
        ec2.create_launch_template(LaunchTemplateName="zoned", LaunchTemplateData=data)
        named = {"LaunchTemplate": {"LaunchTemplateName": "zoned"}, "MinCount": 1, "MaxCount": 1}
        direct = {"ImageId": image_id, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}
        for asked in (named, {**direct, "Placement": placement}):
            instance = ec2.run_instances(**asked)["Instances"][0]
            assert instance["Placement"]["AvailabilityZone"] == wanted
        assert sorted(one["Size"] for one in ec2.describe_volumes()["Volumes"]) == [8, 30]

    def test_a_zone_id_that_does_not_exist(self, launch: Launch, refused: Any) -> None:
        with refused("InvalidParameterValue"):
            launch(Placement={"AvailabilityZoneId": "use1-az99"})

    def test_termination_protection_set_at_launch_holds(self, ec2: Any, launch: Launch, refused: Any) -> None:
        with rules.disabled():
            plain = launch(DisableApiTermination=True)["InstanceId"]
            ec2.terminate_instances(InstanceIds=[plain])
        protected = launch(DisableApiTermination=True)["InstanceId"]
        with refused("OperationNotPermitted"):
            ec2.terminate_instances(InstanceIds=[protected])

    def test_as_many_as_asked_for_at_most(self, ec2: Any, image_id: str) -> None:
        asked = {"ImageId": image_id, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 3}
        with rules.disabled():
            assert len(ec2.run_instances(**asked)["Instances"]) == 1
        assert len(ec2.run_instances(**asked)["Instances"]) == 3

    def test_moto_alone_forgets_the_root_device(self, ec2: Any, launch: Launch, described: Described) -> None:
        ec2.describe_images()
        extra = _mapped({"BlockDeviceMappings": [("/dev/sdf", {"VolumeSize": 5})]})
        with rules.disabled():
            assert [each["DeviceName"] for each in launch(**extra)["BlockDeviceMappings"]] == ["/dev/sdf"]
        blocks = launch(**extra)["BlockDeviceMappings"]
        assert [each["DeviceName"] for each in blocks] == ["/dev/xvda", "/dev/sdf"]
        root, data = (described(each["Ebs"]["VolumeId"]) for each in blocks)
        assert (root["Size"], root["VolumeType"], root["Iops"], root["Throughput"]) == (8, "gp3", 3_000, 125)
        assert (data["Size"], data["VolumeType"], data["Iops"]) == (5, "gp2", 100)

    def test_the_request_changes_the_root_device(self, launch: Launch, described: Described) -> None:
        root = {
            "VolumeSize": 20,
            "VolumeType": "io2",
            "Iops": 1_000,
            "Encrypted": True,
            "DeleteOnTermination": False,
        }
        instance = launch(
            **_mapped({"BlockDeviceMappings": [("/dev/xvda", root)]}),
            TagSpecifications=[{"ResourceType": "volume", "Tags": [{"Key": "a", "Value": "b"}]}],
        )
        block = instance["BlockDeviceMappings"][0]
        found = described(block["Ebs"]["VolumeId"])
        assert len(instance["BlockDeviceMappings"]) == 1
        assert (found["Size"], found["VolumeType"], found["Iops"], found["Encrypted"]) == (
            20,
            "io2",
            1_000,
            True,
        )
        assert found["Tags"] == [{"Key": "a", "Value": "b"}]
        assert block["Ebs"]["DeleteOnTermination"] is False

    def test_a_device_is_left_out(self, ec2: Any, launch: Launch, image_id: str) -> None:
        extra = _mapped({"BlockDeviceMappings": [("/dev/sdf", {"VolumeSize": 5})]})
        image = ec2.create_image(InstanceId=launch(**extra)["InstanceId"], Name="with-data")["ImageId"]
        without = [{"DeviceName": "/dev/sdf", "NoDevice": ""}]
        blocks = launch(ImageId=image, BlockDeviceMappings=without)["BlockDeviceMappings"]
        assert [each["DeviceName"] for each in blocks] == ["/dev/xvda"]

    def test_volumes_end_as_the_flags_say(self, ec2: Any, launch: Launch) -> None:
        asked = [
            ("/dev/sdf", {"VolumeSize": 5}),
            ("/dev/sdg", {"VolumeSize": 6, "DeleteOnTermination": False}),
        ]
        instance = launch(**_mapped({"BlockDeviceMappings": asked}))
        ec2.modify_instance_attribute(
            InstanceId=instance["InstanceId"],
            BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"DeleteOnTermination": False}}],
        )
        ec2.terminate_instances(InstanceIds=[instance["InstanceId"]])
        assert sorted(each["Size"] for each in ec2.describe_volumes()["Volumes"]) == [6, 8]

    def test_a_device_that_is_not_there(self, ec2: Any, launch: Launch, refused: Any) -> None:
        instance_id = launch()["InstanceId"]
        change = [{"DeviceName": "/dev/sda1", "Ebs": {"DeleteOnTermination": False}}]
        with rules.disabled(), pytest.raises(lab.NotInTheMock, match="KeyError"):
            ec2.modify_instance_attribute(InstanceId=instance_id, BlockDeviceMappings=change)
        with refused("InvalidInstanceAttributeValue"):
            ec2.modify_instance_attribute(InstanceId=instance_id, BlockDeviceMappings=change)

    def test_from_a_launch_template(
        self, ec2: Any, launch: Launch, image_id: str, described: Described
    ) -> None:
        data = {
            "ImageId": image_id,
            "InstanceType": "t3.small",
            "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 30}}],
        }
        ec2.create_launch_template(LaunchTemplateName="web", LaunchTemplateData=data)
        started = ec2.run_instances(LaunchTemplate={"LaunchTemplateName": "web"}, MinCount=1, MaxCount=1)
        instance = started["Instances"][0]
        assert instance["InstanceType"] == "t3.small"
        assert described(instance["BlockDeviceMappings"][0]["Ebs"]["VolumeId"])["Size"] == 30


class TestImages:
    @pytest.fixture
    def golden(self, ec2: Any, launch: Launch) -> str:
        asked = [("/dev/sdf", {"VolumeSize": 20, "VolumeType": "io1", "Iops": 500, "Encrypted": True})]
        instance = launch(**_mapped({"BlockDeviceMappings": asked}))
        tags = [
            {"ResourceType": each, "Tags": [{"Key": "k", "Value": each}]} for each in ("image", "snapshot")
        ]
        made = ec2.create_image(InstanceId=instance["InstanceId"], Name="golden", TagSpecifications=tags)
        return str(made["ImageId"])

    @staticmethod
    def devices(client: Any, image_id: str) -> list[tuple[Any, ...]]:
        image = client.describe_images(ImageIds=[image_id])["Images"][0]
        names = ("VolumeSize", "VolumeType", "Iops", "Encrypted")
        blocks = image["BlockDeviceMappings"]
        return [(each["DeviceName"], *(each["Ebs"].get(name) for name in names)) for each in blocks]

    def test_a_snapshot_of_every_volume(self, ec2: Any, launch: Launch, golden: str) -> None:
        with rules.disabled():
            plain = ec2.create_image(InstanceId=launch()["InstanceId"], Name="plain")["ImageId"]
            assert [each[1:3] for each in self.devices(ec2, plain)] == [(15, "standard")]
        assert self.devices(ec2, golden) == [
            ("/dev/xvda", 8, "gp3", 3_000, False),
            ("/dev/sdf", 20, "io1", 500, True),
        ]
        tagged = ec2.describe_snapshots(Filters=[{"Name": "tag:k", "Values": ["snapshot"]}])["Snapshots"]
        assert sorted((each["VolumeSize"], each["Encrypted"]) for each in tagged) == [(8, False), (20, True)]

    def test_an_instance_of_it_has_the_same_volumes(
        self, launch: Launch, golden: str, described: Described
    ) -> None:
        blocks = launch(ImageId=golden)["BlockDeviceMappings"]
        found = [described(each["Ebs"]["VolumeId"]) for each in blocks]
        assert [(each["Size"], each["VolumeType"], each["Encrypted"]) for each in found] == [
            (8, "gp3", False),
            (20, "io1", True),
        ]

    def test_its_snapshots_are_protected(self, ec2: Any, golden: str, refused: Any) -> None:
        image = ec2.describe_images(ImageIds=[golden])["Images"][0]
        for each in image["BlockDeviceMappings"]:
            with refused("InvalidSnapshot.InUse"):
                ec2.delete_snapshot(SnapshotId=each["Ebs"]["SnapshotId"])

    def test_a_copy_in_another_region(self, golden: str, refused: Any) -> None:
        dublin = lab.client("ec2", "eu-west-1")
        source = {"SourceImageId": golden, "SourceRegion": "us-east-1"}
        with refused("InvalidAMIID.NotFound"):
            dublin.describe_images(ImageIds=[golden])
        with refused("InvalidParameterDependency"):
            dublin.copy_image(**source, Name="keyed", KmsKeyId="alias/aws/ebs")
        copy = dublin.copy_image(**source, Name="golden")["ImageId"]
        assert [each[4] for each in self.devices(dublin, copy)] == [False, True]
        encrypted = dublin.copy_image(**source, Name="encrypted", Encrypted=True)["ImageId"]
        assert [each[4] for each in self.devices(dublin, encrypted)] == [True, True]
        started = dublin.run_instances(ImageId=encrypted, InstanceType="t3.micro", MinCount=1, MaxCount=1)
        assert len(started["Instances"][0]["BlockDeviceMappings"]) == 2
        assert all(each["Encrypted"] for each in dublin.describe_volumes()["Volumes"])

    def test_names_are_used_once(self, ec2: Any, launch: Launch, golden: str, refused: Any) -> None:
        instance_id = launch()["InstanceId"]
        with refused("InvalidAMIName.Duplicate"):
            ec2.create_image(InstanceId=instance_id, Name="golden")
        with rules.disabled():
            ec2.create_image(InstanceId=instance_id, Name="golden")

    def test_a_deregistered_image_launches_nothing(
        self, ec2: Any, launch: Launch, golden: str, refused: Any
    ) -> None:
        ec2.deregister_image(ImageId=golden)
        with refused("InvalidAMIID.Unavailable"):
            launch(ImageId=golden)
        with rules.disabled():
            launch(ImageId=golden)

    def test_deregistered_with_its_snapshots(self, ec2: Any, golden: str) -> None:
        answer = ec2.deregister_image(ImageId=golden, DeleteAssociatedSnapshots=True)
        assert len(answer["DeleteSnapshotResults"]) == 2
        assert ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"] == []

    def test_registered_from_a_snapshot(
        self, ec2: Any, volume: Any, launch: Launch, described: Described
    ) -> None:
        snapshot_id = ec2.create_snapshot(VolumeId=volume(Size=12))["SnapshotId"]
        mappings = [{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": snapshot_id, "VolumeType": "gp3"}}]
        asked = {"RootDeviceName": "/dev/xvda", "BlockDeviceMappings": mappings, **TODAYS}
        with rules.disabled():
            plain = ec2.register_image(Name="plain", **asked)["ImageId"]
            assert self.devices(ec2, plain)[0][1] == 15
        image_id = ec2.register_image(Name="rescued", **asked)["ImageId"]
        assert self.devices(ec2, image_id) == [("/dev/xvda", 12, "gp3", None, False)]
        root = launch(ImageId=image_id)["BlockDeviceMappings"][0]
        found = described(root["Ebs"]["VolumeId"])
        assert (found["Size"], found["SnapshotId"]) == (12, snapshot_id)

    @pytest.mark.parametrize(
        ("left_out", "code"),
        [("VirtualizationType", "InvalidParameterCombination"), ("Architecture", "InvalidParameterValue")],
    )
    def test_the_apis_old_defaults_do_not_start_on_todays_types(
        self, ec2: Any, volume: Any, launch: Launch, refused: Any, left_out: str, code: str
    ) -> None:
        snapshot_id = ec2.create_snapshot(VolumeId=volume(Size=8))["SnapshotId"]
        mappings = [{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": snapshot_id}}]
        said = {name: value for name, value in TODAYS.items() if name != left_out}
        image_id = ec2.register_image(
            Name="old", RootDeviceName="/dev/xvda", BlockDeviceMappings=mappings, **said
        )["ImageId"]
        with rules.disabled():
            launch(ImageId=image_id)
        with refused(code):
            launch(ImageId=image_id)

    def test_not_from_a_terminated_instance(self, ec2: Any, launch: Launch, refused: Any) -> None:
        instance_id = launch()["InstanceId"]
        ec2.terminate_instances(InstanceIds=[instance_id])
        with refused("IncorrectState"):
            ec2.create_image(InstanceId=instance_id, Name="too-late")


def _mapped(asked: dict[str, Any]) -> dict[str, Any]:
    """Write device mappings short: (name, Ebs)."""
    mappings = asked.get("BlockDeviceMappings")
    if mappings is None:
        return asked
    return {**asked, "BlockDeviceMappings": [{"DeviceName": name, "Ebs": ebs} for name, ebs in mappings]}
