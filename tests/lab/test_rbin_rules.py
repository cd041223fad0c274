"""Recycle Bin: moto has none; the lab keeps what its rules retain, by the clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from course import lab
from course.lab import rules


@pytest.fixture(scope="session")
def rbin() -> Any:
    lab.start()
    return lab.client("rbin")


def days(number: int) -> dict[str, Any]:
    return {"RetentionPeriodValue": number, "RetentionPeriodUnit": "DAYS"}


def tag(key: str, value: str | None = None) -> list[dict[str, str]]:
    return [{"ResourceTagKey": key} | ({} if value is None else {"ResourceTagValue": value})]


class TestRules:
    def test_moto_alone_has_no_recycle_bin(self, rbin: Any, ec2: Any) -> None:
        with rules.disabled():
            with pytest.raises(lab.NotInTheMock, match=r"rbin\.CreateRule"):
                rbin.create_rule(ResourceType="EBS_SNAPSHOT", RetentionPeriod=days(7))
            with pytest.raises(lab.NotInTheMock, match=r"ec2\.ListSnapshotsInRecycleBin"):
                ec2.list_snapshots_in_recycle_bin()

    def test_made_listed_changed_deleted(self, rbin: Any) -> None:
        made = rbin.create_rule(
            ResourceType="EBS_SNAPSHOT",
            RetentionPeriod=days(7),
            Description="a week",
            Tags=[{"Key": "team", "Value": "a"}],
        )
        assert len(made["Identifier"]) == 11
        assert made["RuleArn"].endswith(f":rule/{made['Identifier']}")
        listed = rbin.list_rules(ResourceType="EBS_SNAPSHOT")["Rules"]
        assert [(each["Identifier"], each["RetentionPeriod"]) for each in listed] == [
            (made["Identifier"], days(7))
        ]
        assert rbin.list_rules(ResourceType="EC2_IMAGE")["Rules"] == []
        rbin.update_rule(Identifier=made["Identifier"], RetentionPeriod=days(14), Description="two weeks")
        found = rbin.get_rule(Identifier=made["Identifier"])
        assert (found["RetentionPeriod"], found["Description"], found["Status"]) == (
            days(14),
            "two weeks",
            "available",
        )
        rbin.tag_resource(ResourceArn=made["RuleArn"], Tags=[{"Key": "env", "Value": "x"}])
        rbin.untag_resource(ResourceArn=made["RuleArn"], TagKeys=["team"])
        assert rbin.list_tags_for_resource(ResourceArn=made["RuleArn"])["Tags"] == [
            {"Key": "env", "Value": "x"}
        ]
        rbin.delete_rule(Identifier=made["Identifier"])
        with pytest.raises(rbin.exceptions.ResourceNotFoundException):
            rbin.get_rule(Identifier=made["Identifier"])

    @pytest.mark.parametrize(
        ("kind", "number"), [("EBS_SNAPSHOT", 366), ("EC2_IMAGE", 366), ("EBS_VOLUME", 8)]
    )
    def test_retention_has_limits(self, rbin: Any, kind: str, number: int) -> None:
        with pytest.raises(rbin.exceptions.ValidationException) as caught:
            rbin.create_rule(ResourceType=kind, RetentionPeriod=days(number))
        assert caught.value.response["Reason"] == "INVALID_PARAMETER_VALUE"
        assert rbin.create_rule(ResourceType=kind, RetentionPeriod=days(number - 1))["Identifier"]

    def test_a_refused_update_changes_nothing(self, rbin: Any) -> None:
        made = rbin.create_rule(ResourceType="EBS_SNAPSHOT", RetentionPeriod=days(30), ResourceTags=tag("a"))
        before = rbin.get_rule(Identifier=made["Identifier"])
        for change in (
            {"RetentionPeriod": days(7), "ExcludeResourceTags": tag("b")},
            {"ResourceType": "EBS_VOLUME"},
        ):
            with pytest.raises(rbin.exceptions.ValidationException):
                rbin.update_rule(Identifier=made["Identifier"], **change)
        after = rbin.get_rule(Identifier=made["Identifier"])
        before.pop("ResponseMetadata"), after.pop("ResponseMetadata")
        assert after == before

    def test_tags_retain_or_exclude(self, rbin: Any) -> None:
        with pytest.raises(rbin.exceptions.ValidationException):
            rbin.create_rule(
                ResourceType="EBS_SNAPSHOT",
                RetentionPeriod=days(1),
                ResourceTags=tag("a"),
                ExcludeResourceTags=tag("b"),
            )

    def test_pages(self, rbin: Any) -> None:
        made = [
            rbin.create_rule(ResourceType="EBS_SNAPSHOT", RetentionPeriod=days(1))["Identifier"]
            for _ in range(5)
        ]
        pages = list(
            rbin.get_paginator("list_rules").paginate(
                ResourceType="EBS_SNAPSHOT", PaginationConfig={"PageSize": 2}
            )
        )
        assert [len(each["Rules"]) for each in pages] == [2, 2, 1]
        assert [each["Identifier"] for page in pages for each in page["Rules"]] == made


class TestSnapshots:
    @pytest.fixture
    def week(self, rbin: Any) -> None:
        rbin.create_rule(ResourceType="EBS_SNAPSHOT", RetentionPeriod=days(7))

    @pytest.fixture
    def snapshot_id(self, ec2: Any, volume: Any) -> str:
        return str(ec2.create_snapshot(VolumeId=volume(Size=5), Description="mine")["SnapshotId"])

    @staticmethod
    def binned(ec2: Any) -> list[str]:
        return [each["SnapshotId"] for each in ec2.list_snapshots_in_recycle_bin()["Snapshots"]]

    @pytest.mark.usefixtures("week")
    def test_deleted_and_restored(self, ec2: Any, snapshot_id: str, volume: Any, refused: Any) -> None:
        ec2.delete_snapshot(SnapshotId=snapshot_id)
        with refused("InvalidSnapshot.NotFound"):
            ec2.describe_snapshots(SnapshotIds=[snapshot_id])
        with refused("InvalidSnapshot.NotFound"):
            volume(SnapshotId=snapshot_id)
        item = ec2.list_snapshots_in_recycle_bin()["Snapshots"][0]
        assert (item["SnapshotId"], item["Description"]) == (snapshot_id, "mine")
        assert item["RecycleBinExitTime"] - item["RecycleBinEnterTime"] == timedelta(days=7)
        assert ec2.restore_snapshot_from_recycle_bin(SnapshotId=snapshot_id)["VolumeSize"] == 5
        assert self.binned(ec2) == []
        assert volume(SnapshotId=snapshot_id)

    @pytest.mark.usefixtures("week")
    def test_gone_after_the_retention(self, ec2: Any, snapshot_id: str, refused: Any) -> None:
        ec2.delete_snapshot(SnapshotId=snapshot_id)
        lab.clock.advance(days=6, hours=23)
        assert self.binned(ec2) == [snapshot_id]
        lab.clock.advance(hours=1)
        assert self.binned(ec2) == []
        with refused("InvalidSnapshot.NotFound"):
            ec2.restore_snapshot_from_recycle_bin(SnapshotId=snapshot_id)

    def test_without_a_rule_it_is_gone(self, ec2: Any, snapshot_id: str) -> None:
        ec2.delete_snapshot(SnapshotId=snapshot_id)
        assert self.binned(ec2) == []

    @pytest.mark.usefixtures("week")
    def test_a_rule_belongs_to_its_region(self) -> None:
        dublin = lab.client("ec2", "eu-west-1")
        volume_id = dublin.create_volume(Size=1, AvailabilityZone="eu-west-1a")["VolumeId"]
        dublin.delete_snapshot(SnapshotId=dublin.create_snapshot(VolumeId=volume_id)["SnapshotId"])
        assert self.binned(dublin) == []

    def test_the_longest_retention_wins(self, ec2: Any, rbin: Any, snapshot_id: str) -> None:
        for number in (3, 30, 10):
            rbin.create_rule(ResourceType="EBS_SNAPSHOT", RetentionPeriod=days(number))
        ec2.delete_snapshot(SnapshotId=snapshot_id)
        lab.clock.advance(days=29)
        assert self.binned(ec2) == [snapshot_id]

    @pytest.mark.parametrize(
        ("selection", "kept"),
        [
            ({"ResourceTags": tag("keep", "yes")}, True),
            ({"ResourceTags": tag("keep")}, True),
            ({"ResourceTags": tag("keep", "no")}, False),
            ({"ResourceTags": tag("other")}, False),
            ({"ExcludeResourceTags": tag("keep", "yes")}, False),
            ({"ExcludeResourceTags": tag("other")}, True),
        ],
    )
    def test_tags_choose(
        self, ec2: Any, rbin: Any, snapshot_id: str, selection: dict[str, Any], kept: bool
    ) -> None:
        rbin.create_rule(ResourceType="EBS_SNAPSHOT", RetentionPeriod=days(1), **selection)
        ec2.create_tags(Resources=[snapshot_id], Tags=[{"Key": "keep", "Value": "yes"}])
        ec2.delete_snapshot(SnapshotId=snapshot_id)
        assert self.binned(ec2) == ([snapshot_id] if kept else [])


class TestImagesAndVolumes:
    def test_an_image(self, ec2: Any, rbin: Any, launch: Any, refused: Any) -> None:
        rbin.create_rule(ResourceType="EC2_IMAGE", RetentionPeriod=days(2))
        image_id = ec2.create_image(InstanceId=launch()["InstanceId"], Name="golden")["ImageId"]
        ec2.deregister_image(ImageId=image_id)
        with refused("InvalidAMIID.Unavailable"):
            launch(ImageId=image_id)
        assert [each["ImageId"] for each in ec2.list_images_in_recycle_bin()["Images"]] == [image_id]
        assert ec2.restore_image_from_recycle_bin(ImageId=image_id)["Return"] is True
        assert launch(ImageId=image_id)["ImageId"] == image_id
        ec2.deregister_image(ImageId=image_id)
        lab.clock.advance(days=2)
        with refused("InvalidAMIID.NotFound"):
            ec2.restore_image_from_recycle_bin(ImageId=image_id)

    def test_a_volume(self, ec2: Any, rbin: Any, volume: Any, described: Any, refused: Any) -> None:
        rbin.create_rule(ResourceType="EBS_VOLUME", RetentionPeriod=days(7))
        volume_id = volume(Size=9)
        ec2.delete_volume(VolumeId=volume_id)
        found = ec2.list_volumes_in_recycle_bin()["Volumes"][0]
        assert (found["VolumeId"], found["Size"], found["VolumeType"]) == (volume_id, 9, "gp3")
        ec2.restore_volume_from_recycle_bin(VolumeId=volume_id)
        assert described(volume_id)["State"] == "available"
        ec2.delete_volume(VolumeId=volume_id)
        lab.clock.advance(days=7)
        with refused("InvalidVolume.NotFound"):
            ec2.restore_volume_from_recycle_bin(VolumeId=volume_id)
