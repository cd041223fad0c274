"""EBS volumes: what moto alone accepts or leaves out, and what the lab does as AWS does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course import lab
from course.lab import rules
from course.lab.rules import ebs

from .conftest import AZ, OTHER_AZ

Launch = Callable[..., dict[str, Any]]
Volume = Callable[..., str]
Described = Callable[[str], dict[str, Any]]

# What AWS refuses; moto alone accepts every one. Limits: API reference of CreateVolume, 2026.
ACCEPTED_BY_MOTO = [
    ("InvalidParameterValue", {"VolumeType": "gp3", "Size": 0}),
    ("InvalidParameterValue", {"VolumeType": "gp3", "Size": 65_537}),
    ("InvalidParameterValue", {"VolumeType": "gp3", "Size": 1_000, "Iops": 80_001}),
    ("InvalidParameterValue", {"VolumeType": "gp3", "Size": 1_000, "Iops": 2_999}),
    ("InvalidParameterValue", {"VolumeType": "gp3", "Size": 10, "Iops": 5_001}),
    ("InvalidParameterValue", {"VolumeType": "gp3", "Size": 10, "Throughput": 124}),
    ("InvalidParameterValue", {"VolumeType": "gp3", "Size": 1_000, "Iops": 80_000, "Throughput": 2_001}),
    ("InvalidParameterValue", {"VolumeType": "gp3", "Size": 10, "Throughput": 751}),
    ("InvalidParameterValue", {"VolumeType": "gp2", "Size": 16_385}),
    ("InvalidParameterValue", {"VolumeType": "io1", "Size": 3, "Iops": 100}),
    ("InvalidParameterValue", {"VolumeType": "io1", "Size": 100, "Iops": 5_001}),
    ("InvalidParameterValue", {"VolumeType": "io1", "Size": 16_000, "Iops": 64_001}),
    ("InvalidParameterValue", {"VolumeType": "io1", "Size": 100, "Iops": 99}),
    ("InvalidParameterValue", {"VolumeType": "io2", "Size": 4, "Iops": 4_001}),
    ("InvalidParameterValue", {"VolumeType": "io2", "Size": 65_536, "Iops": 256_001}),
    ("InvalidParameterValue", {"VolumeType": "io2", "Size": 65_537, "Iops": 100}),
    ("InvalidParameterValue", {"VolumeType": "st1", "Size": 124}),
    ("InvalidParameterValue", {"VolumeType": "sc1", "Size": 124}),
    ("InvalidParameterValue", {"VolumeType": "st1", "Size": 16_385}),
    ("InvalidParameterValue", {"VolumeType": "standard", "Size": 1_025}),
    ("UnknownVolumeType", {"VolumeType": "bogus", "Size": 10}),
]
# The largest and smallest settings that AWS allows.
ALLOWED = [
    {"VolumeType": "gp2", "Size": 1},
    {"VolumeType": "gp2", "Size": 16_384},
    {"VolumeType": "gp3", "Size": 1},
    {"VolumeType": "gp3", "Size": 65_536, "Iops": 80_000, "Throughput": 2_000},
    {"VolumeType": "gp3", "Size": 32, "Iops": 16_000},
    {"VolumeType": "gp3", "Size": 160, "Iops": 80_000},
    {"VolumeType": "gp3", "Size": 8, "Iops": 4_000, "Throughput": 1_000},
    {"VolumeType": "gp3", "Size": 1, "Iops": 3_000, "Throughput": 750},
    {"VolumeType": "io1", "Size": 4, "Iops": 200},
    {"VolumeType": "io1", "Size": 1_280, "Iops": 64_000},
    {"VolumeType": "io2", "Size": 256, "Iops": 256_000},
    {"VolumeType": "io2", "Size": 65_536, "Iops": 100},
    {"VolumeType": "st1", "Size": 125},
    {"VolumeType": "sc1", "Size": 16_384},
    {"VolumeType": "standard", "Size": 1_024},
]


class TestLimits:
    @pytest.mark.parametrize(("code", "asked"), ACCEPTED_BY_MOTO)
    def test_refused(self, volume: Volume, refused: Any, code: str, asked: dict[str, Any]) -> None:
        with rules.disabled():
            volume(**asked)
        with refused(code):
            volume(**asked)

    @pytest.mark.parametrize("asked", ALLOWED)
    def test_allowed_and_reported(self, volume: Volume, described: Described, asked: dict[str, Any]) -> None:
        assert asked.items() <= described(volume(**asked)).items()

    @pytest.mark.parametrize(
        ("code", "asked"),
        [
            ("InvalidParameterCombination", {"VolumeType": "gp2", "Size": 10, "Iops": 300}),
            ("InvalidParameterCombination", {"VolumeType": "st1", "Size": 500, "Iops": 500}),
            (
                "InvalidParameterCombination",
                {"VolumeType": "io1", "Size": 10, "Iops": 100, "Throughput": 200},
            ),
            ("InvalidParameterCombination", {"VolumeType": "gp3", "Size": 10, "MultiAttachEnabled": True}),
            ("MissingParameter", {"VolumeType": "io2", "Size": 10}),
            ("MissingParameter", {"VolumeType": "gp3"}),
        ],
    )
    def test_settings_that_do_not_go_together(
        self, volume: Volume, refused: Any, code: str, asked: dict[str, Any]
    ) -> None:
        with refused(code):
            volume(**asked)

    def test_zone_by_id_or_name_but_one_of_them(self, ec2: Any, refused: Any) -> None:
        with rules.disabled():
            lost = ec2.create_volume(Size=1, AvailabilityZone="us-east-1z")
            assert "AvailabilityZone" not in lost
        with refused("InvalidZone.NotFound"):
            ec2.create_volume(Size=1, AvailabilityZone="us-east-1z")
        with refused("MissingParameter"):
            ec2.create_volume(Size=1)
        zone_id = ec2.describe_availability_zones(ZoneNames=[AZ])["AvailabilityZones"][0]["ZoneId"]
        assert ec2.create_volume(Size=1, AvailabilityZoneId=zone_id)["AvailabilityZone"] == AZ


class TestReported:
    # EBS User Guide, gp2: 3 IOPS for each GiB, at least 100, at most 16,000.
    @pytest.mark.parametrize(
        ("size_gib", "iops"),
        [
            (1, 100),
            (33, 100),
            (34, 102),
            (100, 300),
            (334, 1_002),
            (750, 2_250),
            (5_334, 16_000),
            (16_384, 16_000),
        ],
    )
    def test_gp2_baseline(self, volume: Volume, described: Described, size_gib: int, iops: int) -> None:
        with rules.disabled():
            assert "Iops" not in described(volume(VolumeType="gp2", Size=size_gib))
        assert described(volume(VolumeType="gp2", Size=size_gib))["Iops"] == iops

    def test_default_type_is_gp2(self, ec2: Any) -> None:
        created = ec2.create_volume(Size=500, AvailabilityZone=AZ)
        assert (created["VolumeType"], created["Iops"], created["State"]) == ("gp2", 1_500, "creating")

    def test_gp3_baseline_throughput(self, volume: Volume, described: Described) -> None:
        with rules.disabled():
            assert "Throughput" not in described(volume(Size=10))
        assert described(volume(Size=10))["Throughput"] == 125

    @pytest.mark.parametrize("kind", ["st1", "sc1"])
    def test_hdd_reports_no_iops(self, volume: Volume, described: Described, kind: str) -> None:
        assert not {"Iops", "Throughput"} & set(described(volume(VolumeType=kind, Size=500)))

    def test_unknown_volume(self, ec2: Any, refused: Any) -> None:
        with refused("InvalidVolume.NotFound"):
            ec2.describe_volumes(VolumeIds=["vol-00000000000000000"])

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
    @given(
        size_gib=st.integers(1, 65_536),
        share=st.floats(0, 1),
        throughput_share=st.floats(0, 1),
    )
    def test_every_gp3_volume_within_the_ratios_is_made_as_asked(
        self, volume: Volume, described: Described, size_gib: int, share: float, throughput_share: float
    ) -> None:
        most_iops = max(3_000, min(80_000, 500 * size_gib))
        iops = int(3_000 + share * (most_iops - 3_000))
        throughput = int(125 + throughput_share * (min(2_000, iops // 4) - 125))
        asked = {"Size": size_gib, "Iops": iops, "Throughput": throughput}
        assert asked.items() <= described(volume(**asked)).items()


class TestAttach:
    def test_only_in_its_own_zone(self, ec2: Any, launch: Launch, volume: Volume, refused: Any) -> None:
        target = {
            "InstanceId": launch(OTHER_AZ)["InstanceId"],
            "VolumeId": volume(Size=1),
            "Device": "/dev/sdf",
        }
        with refused("InvalidVolume.ZoneMismatch"):
            ec2.attach_volume(**target)
        with rules.disabled():
            ec2.attach_volume(**target)

    def test_to_one_instance_at_a_time(
        self, ec2: Any, launch: Launch, volume: Volume, described: Described, refused: Any
    ) -> None:
        one, two, volume_id = launch()["InstanceId"], launch()["InstanceId"], volume(Size=1)
        ec2.attach_volume(InstanceId=one, VolumeId=volume_id, Device="/dev/sdf")
        with refused("VolumeInUse"):
            ec2.attach_volume(InstanceId=two, VolumeId=volume_id, Device="/dev/sdf")
        assert [each["InstanceId"] for each in described(volume_id)["Attachments"]] == [one]
        with rules.disabled():
            ec2.attach_volume(InstanceId=two, VolumeId=volume_id, Device="/dev/sdf")

    def test_to_a_free_device(self, ec2: Any, launch: Launch, volume: Volume, refused: Any) -> None:
        target = {"InstanceId": launch()["InstanceId"], "VolumeId": volume(Size=1), "Device": "/dev/xvda"}
        with refused("InvalidParameterValue"):
            ec2.attach_volume(**target)
        with rules.disabled():
            ec2.attach_volume(**target)

    def test_to_a_living_instance(self, ec2: Any, launch: Launch, volume: Volume, refused: Any) -> None:
        target = {"InstanceId": launch()["InstanceId"], "VolumeId": volume(Size=1), "Device": "/dev/sdf"}
        ec2.terminate_instances(InstanceIds=[target["InstanceId"]])
        with refused("IncorrectState"):
            ec2.attach_volume(**target)
        with rules.disabled():
            ec2.attach_volume(**target)

    def test_an_attached_volume_is_kept_when_the_instance_ends(
        self, ec2: Any, launch: Launch, volume: Volume, described: Described
    ) -> None:
        instance, volume_id = launch(), volume(Size=1)
        ec2.attach_volume(InstanceId=instance["InstanceId"], VolumeId=volume_id, Device="/dev/sdf")
        assert described(volume_id)["Attachments"][0]["DeleteOnTermination"] is False
        root = instance["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
        assert described(root)["Attachments"][0]["DeleteOnTermination"] is True
        ec2.terminate_instances(InstanceIds=[instance["InstanceId"]])
        assert [each["VolumeId"] for each in ec2.describe_volumes()["Volumes"]] == [volume_id]

    def test_unknown_ids_are_reported_by_moto(self, ec2: Any, volume: Volume, refused: Any) -> None:
        with refused("InvalidInstanceID.NotFound"):
            ec2.attach_volume(InstanceId="i-00000000000000000", VolumeId=volume(Size=1), Device="/dev/sdf")
        with refused("InvalidVolume.NotFound"):
            ec2.detach_volume(VolumeId="vol-00000000000000000")


class TestDetach:
    def test_without_naming_the_instance(
        self, ec2: Any, launch: Launch, volume: Volume, described: Described
    ) -> None:
        instance_id, volume_id = launch()["InstanceId"], volume(Size=1)
        ec2.attach_volume(InstanceId=instance_id, VolumeId=volume_id, Device="/dev/sdf")
        with rules.disabled(), pytest.raises(lab.NotInTheMock, match="TypeError"):
            ec2.detach_volume(VolumeId=volume_id)
        assert ec2.detach_volume(VolumeId=volume_id)["InstanceId"] == instance_id
        assert described(volume_id)["State"] == "available"

    def test_a_free_volume_or_a_wrong_instance(
        self, ec2: Any, launch: Launch, volume: Volume, refused: Any
    ) -> None:
        one, two, volume_id = launch()["InstanceId"], launch()["InstanceId"], volume(Size=1)
        with refused("IncorrectState"):
            ec2.detach_volume(VolumeId=volume_id)
        ec2.attach_volume(InstanceId=one, VolumeId=volume_id, Device="/dev/sdf")
        with refused("InvalidAttachment.NotFound"):
            ec2.detach_volume(VolumeId=volume_id, InstanceId=two)

    def test_the_root_volume_needs_a_stopped_instance(self, ec2: Any, launch: Launch, refused: Any) -> None:
        instance = launch()
        instance_id, root = instance["InstanceId"], instance["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
        with refused("OperationNotPermitted"):
            ec2.detach_volume(VolumeId=root)
        ec2.stop_instances(InstanceIds=[instance_id])
        ec2.detach_volume(VolumeId=root)
        with refused("InvalidParameterValue"):
            ec2.start_instances(InstanceIds=[instance_id])
        with rules.disabled():
            ec2.start_instances(InstanceIds=[instance_id])
            ec2.stop_instances(InstanceIds=[instance_id])
        ec2.attach_volume(InstanceId=instance_id, VolumeId=root, Device="/dev/xvda")
        ec2.start_instances(InstanceIds=[instance_id])


class TestMultiAttach:
    @pytest.fixture
    def shared(self, volume: Volume) -> str:
        return volume(VolumeType="io2", Size=10, Iops=1_000, MultiAttachEnabled=True)

    @staticmethod
    def attached(described: Described, volume_id: str) -> list[str]:
        return [each["InstanceId"] for each in described(volume_id)["Attachments"]]

    def test_every_attachment_is_listed(
        self, ec2: Any, launch: Launch, volume: Volume, shared: str, described: Described
    ) -> None:
        instances = [launch()["InstanceId"] for _ in range(3)]
        with rules.disabled():
            plain = volume(VolumeType="io2", Size=10, Iops=1_000, MultiAttachEnabled=True)
            for instance_id in instances:
                ec2.attach_volume(InstanceId=instance_id, VolumeId=plain, Device="/dev/sdg")
            assert len(self.attached(described, plain)) == 1
        for instance_id in instances:
            ec2.attach_volume(InstanceId=instance_id, VolumeId=shared, Device="/dev/sdf")
        assert self.attached(described, shared) == instances
        for reservation in ec2.describe_instances(InstanceIds=instances)["Reservations"]:
            blocks = reservation["Instances"][0]["BlockDeviceMappings"]
            assert [each["Ebs"]["VolumeId"] for each in blocks if each["DeviceName"] == "/dev/sdf"] == [
                shared
            ]
        filters = [{"Name": "attachment.instance-id", "Values": [instances[1]]}]
        assert shared in [each["VolumeId"] for each in ec2.describe_volumes(Filters=filters)["Volumes"]]

    def test_one_is_detached_or_terminated_and_the_others_stay(
        self, ec2: Any, launch: Launch, shared: str, described: Described, refused: Any
    ) -> None:
        one, two, three = (launch()["InstanceId"] for _ in range(3))
        for instance_id in (one, two, three):
            ec2.attach_volume(InstanceId=instance_id, VolumeId=shared, Device="/dev/sdf")
        with refused("MissingParameter"):
            ec2.detach_volume(VolumeId=shared)
        assert ec2.detach_volume(VolumeId=shared, InstanceId=two)["InstanceId"] == two
        assert self.attached(described, shared) == [one, three]
        ec2.terminate_instances(InstanceIds=[one])
        assert self.attached(described, shared) == [three]
        with refused("VolumeInUse"):
            ec2.delete_volume(VolumeId=shared)
        ec2.detach_volume(VolumeId=shared)
        assert described(shared)["State"] == "available"

    def test_sixteen_nitro_instances_in_one_zone(
        self, ec2: Any, launch: Launch, image_id: str, shared: str, refused: Any
    ) -> None:
        fleet = ec2.run_instances(ImageId=image_id, InstanceType="t3.micro", MinCount=17, MaxCount=17)[
            "Instances"
        ]
        for instance in fleet[:16]:
            ec2.attach_volume(InstanceId=instance["InstanceId"], VolumeId=shared, Device="/dev/sdf")
        with refused("AttachmentLimitExceeded"):
            ec2.attach_volume(InstanceId=fleet[16]["InstanceId"], VolumeId=shared, Device="/dev/sdf")
        with refused("VolumeInUse"):
            ec2.attach_volume(InstanceId=fleet[0]["InstanceId"], VolumeId=shared, Device="/dev/sdg")
        elsewhere = launch(OTHER_AZ)["InstanceId"]
        with refused("InvalidVolume.ZoneMismatch"):
            ec2.attach_volume(InstanceId=elsewhere, VolumeId=shared, Device="/dev/sdf")

    def test_not_with_older_instances(self, ec2: Any, launch: Launch, shared: str, refused: Any) -> None:
        old, new = launch(InstanceType="t2.micro")["InstanceId"], launch()["InstanceId"]
        ec2.attach_volume(InstanceId=new, VolumeId=shared, Device="/dev/sdf")
        with refused("UnsupportedOperation"):
            ec2.attach_volume(InstanceId=old, VolumeId=shared, Device="/dev/sdf")


class TestModify:
    def test_the_states_follow_the_clock(self, ec2: Any, volume: Volume) -> None:
        volume_id = volume(VolumeType="gp2", Size=1_024)
        answer = ec2.modify_volume(VolumeId=volume_id, Size=2_048, VolumeType="gp3")["VolumeModification"]

        def state() -> tuple[str, int]:
            found = ec2.describe_volumes_modifications(VolumeIds=[volume_id])["VolumesModifications"]
            assert len(found) == 1
            return found[0]["ModificationState"], found[0]["Progress"]

        assert (answer["OriginalSize"], answer["TargetSize"]) == (1_024, 2_048)
        assert (answer["OriginalIops"], answer["TargetIops"]) == (3_072, 3_000)
        assert (answer["ModificationState"], answer["Progress"]) == state() == ("modifying", 0)
        lab.clock.advance(seconds=ebs.MODIFYING_SECONDS)
        assert state() == ("optimizing", 0)
        lab.clock.advance(hours=ebs.OPTIMIZING_HOURS_PER_TIB)
        assert state() == ("optimizing", 49)
        lab.clock.advance(hours=ebs.OPTIMIZING_HOURS_PER_TIB)
        assert state() == ("completed", 100)

    def test_moto_alone_completes_at_once_and_accepts_anything(self, ec2: Any, volume: Volume) -> None:
        volume_id = volume(VolumeType="gp2", Size=100)
        with rules.disabled():
            for size_gib in (300, 1, 99_999):
                modified = ec2.modify_volume(VolumeId=volume_id, Size=size_gib)["VolumeModification"]
                assert modified["ModificationState"] == "completed"

    def test_never_smaller(self, ec2: Any, volume: Volume, refused: Any) -> None:
        with refused("InvalidParameterValue"):
            ec2.modify_volume(VolumeId=volume(Size=100), Size=99)

    @pytest.mark.parametrize(
        ("code", "target"),
        [
            ("InvalidParameterValue", {"Size": 65_537}),
            ("InvalidParameterValue", {"VolumeType": "st1"}),
            ("InvalidParameterValue", {"VolumeType": "io1"}),
            ("InvalidParameterValue", {"Iops": 10_000}),
            ("InvalidParameterValue", {"Throughput": 1_000}),
            ("InvalidParameterCombination", {"VolumeType": "gp2", "Iops": 300}),
            ("InvalidParameterCombination", {"MultiAttachEnabled": True}),
            ("UnknownVolumeType", {"VolumeType": "gp4"}),
        ],
    )
    def test_limits_hold_for_the_target(
        self, ec2: Any, volume: Volume, refused: Any, code: str, target: dict[str, Any]
    ) -> None:
        # 10 GiB: an io1 target would default to 3,000 IOPS, and 50 IOPS per GiB allow 500.
        with refused(code):
            ec2.modify_volume(VolumeId=volume(Size=10), **target)

    def test_a_new_type_reports_its_own_performance(
        self, ec2: Any, volume: Volume, described: Described
    ) -> None:
        volume_id = volume(Size=500, Iops=4_000, Throughput=300)
        ec2.modify_volume(VolumeId=volume_id, VolumeType="gp2")
        assert described(volume_id)["Iops"] == 1_500
        assert "Throughput" not in described(volume_id)

    def test_the_next_waits_for_the_last(self, ec2: Any, volume: Volume, refused: Any) -> None:
        volume_id = volume(Size=100)
        ec2.modify_volume(VolumeId=volume_id, Size=200)
        with refused("IncorrectModificationState"):
            ec2.modify_volume(VolumeId=volume_id, Size=300)
        lab.clock.advance(hours=2)
        ec2.modify_volume(VolumeId=volume_id, Size=300)

    def test_four_in_a_rolling_day(self, ec2: Any, volume: Volume, refused: Any) -> None:
        volume_id = volume(Size=10)
        for size_gib in (11, 12, 13, 14):
            ec2.modify_volume(VolumeId=volume_id, Size=size_gib)
            lab.clock.advance(hours=5)
        with refused("VolumeModificationRateExceeded"):
            ec2.modify_volume(VolumeId=volume_id, Size=15)
        lab.clock.advance(hours=4)
        ec2.modify_volume(VolumeId=volume_id, Size=15)

    def test_a_root_volume_stays_on_ssd(self, ec2: Any, launch: Launch, refused: Any) -> None:
        root = launch()["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
        with refused("InvalidParameterValue"):
            ec2.modify_volume(VolumeId=root, VolumeType="st1", Size=500)

    def test_multi_attach_is_switched_on_while_detached(
        self, ec2: Any, launch: Launch, volume: Volume, described: Described, refused: Any
    ) -> None:
        one, two = launch()["InstanceId"], launch()["InstanceId"]
        volume_id = volume(VolumeType="io2", Size=10, Iops=500)
        ec2.attach_volume(InstanceId=one, VolumeId=volume_id, Device="/dev/sdf")
        with refused("IncorrectState"):
            ec2.modify_volume(VolumeId=volume_id, MultiAttachEnabled=True)
        ec2.detach_volume(VolumeId=volume_id)
        ec2.modify_volume(VolumeId=volume_id, MultiAttachEnabled=True)
        for instance_id in (one, two):
            ec2.attach_volume(InstanceId=instance_id, VolumeId=volume_id, Device="/dev/sdf")
        assert len(described(volume_id)["Attachments"]) == 2
        with refused("InvalidParameterCombination"):
            ec2.modify_volume(VolumeId=volume(VolumeType="io1", Size=10, Iops=100), MultiAttachEnabled=True)

    def test_filters_and_unmodified_volumes(self, ec2: Any, volume: Volume, refused: Any) -> None:
        one, two = volume(Size=1), volume(Size=1)
        ec2.modify_volume(VolumeId=one, Size=2)
        lab.clock.advance(hours=1)
        ec2.modify_volume(VolumeId=two, Size=2)
        filters = [{"Name": "modification-state", "Values": ["modifying"]}]
        found = ec2.describe_volumes_modifications(Filters=filters)["VolumesModifications"]
        assert [each["VolumeId"] for each in found] == [two]
        with refused("InvalidVolumeModification.NotFound"):
            ec2.describe_volumes_modifications(VolumeIds=[volume(Size=1)])

    @given(size_gib=st.integers(1, 65_536), hours=st.floats(0, 400))
    def test_a_modification_goes_forward_only(self, size_gib: int, hours: float) -> None:
        start = lab.clock.now()
        one = ebs.Modification("vol-0", {"Size": 1}, {"Size": size_gib}, start)
        order = ["modifying", "optimizing", "completed"]
        moments = [start, start + timedelta(hours=hours), start + timedelta(hours=hours, seconds=90)]
        states = [order.index(one.state(each)) for each in moments]
        progress = [one.described(each)["Progress"] for each in moments]
        assert states == sorted(states)
        assert progress == sorted(progress)
        assert (progress[-1] == 100) == (states[-1] == 2)


class TestEncryption:
    def test_by_default_really_encrypts(
        self, ec2: Any, launch: Launch, volume: Volume, described: Described
    ) -> None:
        ec2.enable_ebs_encryption_by_default()
        with rules.disabled():
            assert described(volume(Size=1))["Encrypted"] is False
        encrypted = described(volume(Size=1))
        assert encrypted["Encrypted"] is True
        assert ":key/" in encrypted["KmsKeyId"]
        assert described(launch()["BlockDeviceMappings"][0]["Ebs"]["VolumeId"])["Encrypted"] is True
        snapshot_id = ec2.create_snapshot(VolumeId=encrypted["VolumeId"])["SnapshotId"]
        ec2.disable_ebs_encryption_by_default()
        restored = described(volume(SnapshotId=snapshot_id))
        assert (restored["Encrypted"], restored["KmsKeyId"]) == (True, encrypted["KmsKeyId"])

    def test_it_belongs_to_one_region(self, ec2: Any) -> None:
        ec2.enable_ebs_encryption_by_default()
        created = lab.client("ec2", "eu-west-1").create_volume(Size=1, AvailabilityZone="eu-west-1a")
        assert created["Encrypted"] is False


class TestCopy:
    def test_a_copy_stays_in_the_zone(
        self, ec2: Any, volume: Volume, described: Described, refused: Any
    ) -> None:
        source = volume(Size=10, Encrypted=True)
        with rules.disabled(), pytest.raises(lab.NotInTheMock):
            ec2.copy_volumes(SourceVolumeId=source)
        answer = ec2.copy_volumes(SourceVolumeId=source, VolumeType="gp3", Size=20)["Volumes"][0]
        made = described(answer["VolumeId"])
        assert answer["SourceVolumeId"] == source
        assert (made["AvailabilityZone"], made["Size"], made["VolumeType"]) == (AZ, 20, "gp3")
        assert made["Encrypted"] is True
        with refused("InvalidParameterValue"):
            ec2.copy_volumes(SourceVolumeId=source, Size=9)
        with refused("InvalidVolume.NotFound"):
            ec2.copy_volumes(SourceVolumeId="vol-00000000000000000")
