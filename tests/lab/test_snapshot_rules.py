"""EBS snapshots: point in time, copies, archive, fast restore, public access."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from course import lab
from course.lab import rules
from course.lab.rules import snapshots

from .conftest import AZ, OTHER_AZ

Volume = Callable[..., str]


@pytest.fixture(scope="session")
def dublin() -> Any:
    lab.start()
    return lab.client("ec2", "eu-west-1")


@pytest.fixture
def snapshot(ec2: Any, volume: Volume) -> Callable[..., str]:
    """Make a volume with these settings and a snapshot of it; return the snapshot's id."""

    def create(**params: Any) -> str:
        return str(ec2.create_snapshot(VolumeId=volume(**{"Size": 10, **params}))["SnapshotId"])

    return create


def one(client: Any, snapshot_id: str) -> dict[str, Any]:
    found: dict[str, Any] = client.describe_snapshots(SnapshotIds=[snapshot_id])["Snapshots"][0]
    return found


class TestPointInTime:
    def test_the_size_stays_when_the_volume_grows(self, ec2: Any, volume: Volume) -> None:
        volume_id = volume(Size=10)
        with rules.disabled():
            plain = ec2.create_snapshot(VolumeId=volume_id)["SnapshotId"]
        kept = ec2.create_snapshot(VolumeId=volume_id)["SnapshotId"]
        ec2.modify_volume(VolumeId=volume_id, Size=50)
        assert one(ec2, plain)["VolumeSize"] == 50
        assert one(ec2, kept)["VolumeSize"] == 10
        assert ec2.create_volume(SnapshotId=kept, AvailabilityZone=OTHER_AZ)["Size"] == 10

    def test_pending_then_completed(self, ec2: Any, volume: Volume) -> None:
        created = ec2.create_snapshot(VolumeId=volume(Size=1))
        assert created["State"] == "pending"
        ec2.get_waiter("snapshot_completed").wait(SnapshotIds=[created["SnapshotId"]])

    def test_a_restored_volume_is_not_smaller(
        self, ec2: Any, snapshot: Any, volume: Volume, refused: Any
    ) -> None:
        snapshot_id = snapshot()
        with rules.disabled():
            assert ec2.create_volume(SnapshotId=snapshot_id, Size=1, AvailabilityZone=AZ)["Size"] == 1
        with refused("InvalidParameterValue"):
            volume(SnapshotId=snapshot_id, Size=9)
        assert volume(SnapshotId=snapshot_id, Size=11)

    def test_all_volumes_of_an_instance(self, ec2: Any, launch: Any) -> None:
        extra = [{"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 20}}]
        instance = launch(BlockDeviceMappings=extra)
        ec2.create_snapshots(InstanceSpecification={"InstanceId": instance["InstanceId"]})
        data = instance["BlockDeviceMappings"][1]["Ebs"]["VolumeId"]
        ec2.modify_volume(VolumeId=data, Size=30)
        sizes = [each["VolumeSize"] for each in ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]]
        assert sizes == [8, 20]

    def test_only_your_own_are_yours(self, ec2: Any, snapshot: Any) -> None:
        assert ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"] == []
        snapshot_id = snapshot()
        assert [each["SnapshotId"] for each in ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]] == [
            snapshot_id
        ]
        with rules.disabled():
            assert ec2.describe_snapshots(OwnerIds=["137112412989"])["Snapshots"]
        assert ec2.describe_snapshots(OwnerIds=["137112412989"])["Snapshots"] == []

    def test_unknown_snapshots_are_named(self, ec2: Any, volume: Volume, refused: Any) -> None:
        with refused("InvalidSnapshot.NotFound"):
            ec2.describe_snapshots(SnapshotIds=["snap-00000000000000000"])
        with refused("InvalidSnapshot.NotFound"):
            volume(SnapshotId="snap-00000000000000000")


class TestCopy:
    def test_encrypted_without_naming_a_key(self, dublin: Any, snapshot: Any) -> None:
        source = {"SourceRegion": "us-east-1", "SourceSnapshotId": snapshot(), "Encrypted": True}
        with rules.disabled():
            assert one(dublin, dublin.copy_snapshot(**source)["SnapshotId"])["Encrypted"] is False
        copied = one(dublin, dublin.copy_snapshot(**source)["SnapshotId"])
        assert copied["Encrypted"] is True
        assert copied["KmsKeyId"].startswith("arn:aws:kms:eu-west-1:")
        assert copied["VolumeId"] == "vol-ffffffff"

    def test_encryption_is_not_removed(self, dublin: Any, snapshot: Any, refused: Any) -> None:
        source = {"SourceRegion": "us-east-1", "SourceSnapshotId": snapshot(Encrypted=True)}
        with refused("InvalidParameterCombination"):
            dublin.copy_snapshot(**source, Encrypted=False)
        with rules.disabled():
            dublin.copy_snapshot(**source, Encrypted=False)
        assert one(dublin, dublin.copy_snapshot(**source)["SnapshotId"])["Encrypted"] is True

    def test_encryption_by_default_of_the_destination(self, dublin: Any, snapshot: Any, refused: Any) -> None:
        source = {"SourceRegion": "us-east-1", "SourceSnapshotId": snapshot()}
        with refused("InvalidParameterDependency"):
            dublin.copy_snapshot(**source, KmsKeyId="alias/aws/ebs")
        dublin.enable_ebs_encryption_by_default()
        assert one(dublin, dublin.copy_snapshot(**source)["SnapshotId"])["Encrypted"] is True

    def test_source_has_to_exist_there(self, dublin: Any, snapshot: Any, refused: Any) -> None:
        with refused("InvalidSnapshot.NotFound"):
            dublin.copy_snapshot(SourceRegion="eu-west-1", SourceSnapshotId=snapshot())


class TestArchive:
    @pytest.fixture
    def archived(self, ec2: Any, snapshot: Any) -> str:
        snapshot_id: str = snapshot()
        ec2.modify_snapshot_tier(SnapshotId=snapshot_id, StorageTier="archive")
        return snapshot_id

    @staticmethod
    def status(ec2: Any, snapshot_id: str) -> dict[str, Any]:
        filters = [{"Name": "snapshot-id", "Values": [snapshot_id]}]
        found: dict[str, Any] = ec2.describe_snapshot_tier_status(Filters=filters)["SnapshotTierStatuses"][0]
        return found

    def test_an_archived_snapshot_makes_no_volume_and_no_copy(
        self, ec2: Any, dublin: Any, archived: str, volume: Volume, refused: Any
    ) -> None:
        with rules.disabled():
            volume(SnapshotId=archived)
        with refused("IncorrectState"):
            volume(SnapshotId=archived)
        with refused("IncorrectState"):
            dublin.copy_snapshot(SourceRegion="us-east-1", SourceSnapshotId=archived)
        with refused("IncorrectState"):
            ec2.modify_snapshot_tier(SnapshotId=archived, StorageTier="archive")

    def test_restored_for_some_days(self, ec2: Any, archived: str, volume: Volume, refused: Any) -> None:
        answer = ec2.restore_snapshot_tier(SnapshotId=archived, TemporaryRestoreDays=5)
        assert (answer["RestoreDuration"], answer["IsPermanentRestore"]) == (5, False)
        lab.clock.advance(hours=snapshots.ARCHIVE_RESTORE_HOURS - 1)
        status = self.status(ec2, archived)
        assert status["StorageTier"] == "archive"
        assert status["LastTieringOperationStatus"] == "temporary-restore-in-progress"
        with refused("IncorrectState"):
            volume(SnapshotId=archived)
        lab.clock.advance(hours=1)
        status = self.status(ec2, archived)
        assert (status["StorageTier"], status["LastTieringProgress"]) == ("standard", 100)
        left = status["RestoreExpiryTime"] - lab.clock.now()
        assert timedelta(days=4, hours=23) < left < timedelta(days=5, minutes=1)
        assert volume(SnapshotId=archived)
        lab.clock.advance(days=5)
        assert one(ec2, archived)["StorageTier"] == "archive"
        with refused("IncorrectState"):
            volume(SnapshotId=archived)

    def test_restored_for_good(self, ec2: Any, archived: str, volume: Volume) -> None:
        with rules.disabled():
            ec2.restore_snapshot_tier(SnapshotId=archived, PermanentRestore=True)
            assert self.status(ec2, archived)["StorageTier"] == "standard"
            ec2.modify_snapshot_tier(SnapshotId=archived, StorageTier="archive")
        ec2.restore_snapshot_tier(SnapshotId=archived, PermanentRestore=True)
        lab.clock.advance(hours=snapshots.ARCHIVE_RESTORE_HOURS)
        assert self.status(ec2, archived)["LastTieringOperationStatus"] == "permanent-restore-completed"
        lab.clock.advance(days=365)
        assert volume(SnapshotId=archived)

    def test_a_temporary_restore_becomes_permanent(self, ec2: Any, archived: str, volume: Volume) -> None:
        ec2.restore_snapshot_tier(SnapshotId=archived, TemporaryRestoreDays=1)
        lab.clock.advance(hours=snapshots.ARCHIVE_RESTORE_HOURS + 1)
        ec2.restore_snapshot_tier(SnapshotId=archived, PermanentRestore=True)
        lab.clock.advance(days=30)
        assert volume(SnapshotId=archived)

    def test_terms_that_do_not_exist(self, ec2: Any, archived: str, snapshot: Any, refused: Any) -> None:
        with refused("InvalidParameterCombination"):
            ec2.restore_snapshot_tier(SnapshotId=archived, TemporaryRestoreDays=5, PermanentRestore=True)
        with refused("InvalidParameterValue"):
            ec2.restore_snapshot_tier(SnapshotId=archived, TemporaryRestoreDays=181)
        with refused("IncorrectState"):
            ec2.restore_snapshot_tier(SnapshotId=snapshot(), PermanentRestore=True)

    def test_not_behind_an_image(self, ec2: Any, launch: Any, refused: Any) -> None:
        ec2.create_image(InstanceId=launch()["InstanceId"], Name="golden")
        behind = ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"][0]["SnapshotId"]
        with refused("InvalidSnapshot.InUse"):
            ec2.modify_snapshot_tier(SnapshotId=behind, StorageTier="archive")


class TestFastRestore:
    def test_states_follow_the_clock_and_the_size(self, ec2: Any, snapshot: Any, volume: Volume) -> None:
        snapshot_id = snapshot(Size=1_024)
        asked = {"AvailabilityZones": [AZ], "SourceSnapshotIds": [snapshot_id]}
        with rules.disabled(), pytest.raises(lab.NotInTheMock):
            ec2.enable_fast_snapshot_restores(**asked)

        def state() -> list[str]:
            filters = [{"Name": "snapshot-id", "Values": [snapshot_id]}]
            found = ec2.describe_fast_snapshot_restores(Filters=filters)["FastSnapshotRestores"]
            return [each["State"] for each in found]

        assert ec2.enable_fast_snapshot_restores(**asked)["Successful"][0]["State"] == "enabling"
        lab.clock.advance(minutes=snapshots.FSR_ENABLING_MINUTES)
        assert state() == ["optimizing"]
        slow = ec2.create_volume(SnapshotId=snapshot_id, AvailabilityZone=AZ)
        lab.clock.advance(minutes=snapshots.FSR_OPTIMIZING_MINUTES_PER_TIB)
        assert state() == ["enabled"]
        fast = ec2.create_volume(SnapshotId=snapshot_id, AvailabilityZone=AZ)
        other = ec2.create_volume(SnapshotId=snapshot_id, AvailabilityZone=OTHER_AZ)
        assert [each["FastRestored"] for each in (slow, fast, other)] == [False, True, False]
        found = ec2.describe_volumes(VolumeIds=[fast["VolumeId"]])["Volumes"][0]
        assert found["FastRestored"] is True
        assert ec2.disable_fast_snapshot_restores(**asked)["Successful"][0]["State"] == "disabling"
        assert state() == []
        failed = ec2.disable_fast_snapshot_restores(**asked)["Unsuccessful"][0]
        assert failed["FastSnapshotRestoreStateErrors"][0]["Error"]["Code"] == "InvalidParameterValue"

    def test_zones_are_named(self, ec2: Any, snapshot: Any, refused: Any) -> None:
        snapshot_id = snapshot()
        with refused("MissingParameter"):
            ec2.enable_fast_snapshot_restores(SourceSnapshotIds=[snapshot_id])
        with refused("InvalidParameterValue"):
            ec2.enable_fast_snapshot_restores(
                SourceSnapshotIds=[snapshot_id], AvailabilityZones=["eu-west-1a"]
            )
        with refused("InvalidSnapshot.NotFound"):
            ec2.enable_fast_snapshot_restores(SourceSnapshotIds=["snap-0"], AvailabilityZones=[AZ])


class TestPublicAccess:
    def test_blocked_in_the_region(self, ec2: Any, snapshot: Any, refused: Any) -> None:
        share = {"SnapshotId": snapshot(), "OperationType": "add", "GroupNames": ["all"]}
        with rules.disabled(), pytest.raises(lab.NotInTheMock):
            ec2.enable_snapshot_block_public_access(State="block-all-sharing")
        assert ec2.get_snapshot_block_public_access_state()["State"] == "unblocked"
        ec2.enable_snapshot_block_public_access(State="block-all-sharing")
        assert ec2.get_snapshot_block_public_access_state()["State"] == "block-all-sharing"
        with refused("OperationNotPermitted"):
            ec2.modify_snapshot_attribute(Attribute="createVolumePermission", **share)
        ec2.disable_snapshot_block_public_access()
        ec2.modify_snapshot_attribute(Attribute="createVolumePermission", **share)

    def test_an_encrypted_snapshot_is_never_public(self, ec2: Any, snapshot: Any, refused: Any) -> None:
        share = {"SnapshotId": snapshot(Encrypted=True), "OperationType": "add", "GroupNames": ["all"]}
        with rules.disabled():
            ec2.modify_snapshot_attribute(Attribute="createVolumePermission", **share)
        with refused("OperationNotPermitted"):
            ec2.modify_snapshot_attribute(Attribute="createVolumePermission", **share)
