"""EFS: settings that go together, changes of the throughput mode, lifecycle, backup, One Zone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from course import lab
from course.lab import rules

from .conftest import AZ, OTHER_AZ

Make = Callable[..., str]


@pytest.fixture(scope="session")
def efs() -> Any:
    lab.start()
    return lab.client("efs")


@pytest.fixture
def make(efs: Any) -> Make:
    def create(**params: Any) -> str:
        return str(efs.create_file_system(**{"CreationToken": "files", **params})["FileSystemId"])

    return create


def found(efs: Any, file_system_id: str) -> dict[str, Any]:
    described: dict[str, Any] = efs.describe_file_systems(FileSystemId=file_system_id)["FileSystems"][0]
    return described


ACCEPTED_BY_MOTO = [
    ("BadRequest", {"ThroughputMode": "provisioned"}),
    ("BadRequest", {"ThroughputMode": "provisioned", "ProvisionedThroughputInMibps": 3_415}),
    ("BadRequest", {"ThroughputMode": "elastic", "ProvisionedThroughputInMibps": 10}),
    ("BadRequest", {"ThroughputMode": "fast"}),
    ("BadRequest", {"PerformanceMode": "maxIO", "ThroughputMode": "elastic"}),
    ("BadRequest", {"PerformanceMode": "maxIO", "AvailabilityZoneName": AZ}),
    ("BadRequest", {"PerformanceMode": "minIO"}),
    ("UnsupportedAvailabilityZone", {"AvailabilityZoneName": "us-east-1z"}),
]


class TestCreate:
    @pytest.mark.parametrize(("code", "asked"), ACCEPTED_BY_MOTO)
    def test_refused(self, make: Make, efs: Any, refused: Any, code: str, asked: dict[str, Any]) -> None:
        with refused(code):
            make(**asked)
        with rules.disabled():
            make(**asked)

    @pytest.mark.parametrize(
        "asked",
        [
            {},
            {"ThroughputMode": "elastic", "AvailabilityZoneName": AZ},
            {"ThroughputMode": "provisioned", "ProvisionedThroughputInMibps": 3_414.0},
            {
                "ThroughputMode": "provisioned",
                "PerformanceMode": "maxIO",
                "ProvisionedThroughputInMibps": 1.0,
            },
            {"Encrypted": True},
        ],
    )
    def test_allowed(self, make: Make, efs: Any, asked: dict[str, Any]) -> None:
        assert asked.items() <= found(efs, make(**asked)).items()

    def test_creating_then_available(self, efs: Any) -> None:
        created = efs.create_file_system(CreationToken="a")
        assert created["LifeCycleState"] == "creating"
        assert found(efs, created["FileSystemId"])["LifeCycleState"] == "available"

    def test_errors_are_the_modelled_exceptions(self, efs: Any) -> None:
        with pytest.raises(efs.exceptions.BadRequest) as caught:
            efs.create_file_system(CreationToken="a", ThroughputMode="provisioned")
        assert caught.value.response["ErrorCode"] == "BadRequest"
        assert "ProvisionedThroughputInMibps" in caught.value.response["Message"]

    def test_encryption_is_chosen_once(self, make: Make, efs: Any, refused: Any) -> None:
        with refused("BadRequest"):
            make(KmsKeyId="alias/aws/elasticfilesystem")
        with pytest.raises(Exception, match="Unknown parameter"):
            efs.update_file_system(FileSystemId=make(), Encrypted=True)

    def test_unknown_file_system(self, efs: Any, refused: Any) -> None:
        with rules.disabled(), pytest.raises(lab.NotInTheMock, match="KeyError"):
            efs.describe_backup_policy(FileSystemId="fs-00000000")
        with refused("FileSystemNotFound", 404):
            efs.describe_backup_policy(FileSystemId="fs-00000000")


class TestUpdate:
    def test_moto_alone_cannot(self, make: Make, efs: Any) -> None:
        file_system_id = make()
        with rules.disabled(), pytest.raises(lab.NotInTheMock):
            efs.update_file_system(FileSystemId=file_system_id, ThroughputMode="elastic")

    def test_one_change_of_mode_a_day(self, make: Make, efs: Any, refused: Any) -> None:
        file_system_id = make()
        answer = efs.update_file_system(FileSystemId=file_system_id, ThroughputMode="elastic")
        assert (answer["ThroughputMode"], answer["LifeCycleState"]) == ("elastic", "updating")
        assert found(efs, file_system_id)["ThroughputMode"] == "elastic"
        with refused("TooManyRequests", 429):
            efs.update_file_system(FileSystemId=file_system_id, ThroughputMode="bursting")
        lab.clock.advance(hours=24)
        efs.update_file_system(FileSystemId=file_system_id, ThroughputMode="bursting")

    def test_provisioned_rises_freely_and_falls_once_a_day(self, make: Make, efs: Any, refused: Any) -> None:
        file_system_id = make(ThroughputMode="provisioned", ProvisionedThroughputInMibps=100)
        for mibps in (200, 300, 250):
            efs.update_file_system(FileSystemId=file_system_id, ProvisionedThroughputInMibps=mibps)
        with refused("TooManyRequests", 429):
            efs.update_file_system(FileSystemId=file_system_id, ProvisionedThroughputInMibps=200)
        assert found(efs, file_system_id)["ProvisionedThroughputInMibps"] == 250
        lab.clock.advance(days=1)
        efs.update_file_system(FileSystemId=file_system_id, ThroughputMode="elastic")
        assert "ProvisionedThroughputInMibps" not in found(efs, file_system_id)

    def test_combinations_hold(self, make: Make, efs: Any, refused: Any) -> None:
        with refused("BadRequest"):
            efs.update_file_system(FileSystemId=make(PerformanceMode="maxIO"), ThroughputMode="elastic")
        with refused("BadRequest"):
            efs.update_file_system(FileSystemId=make(CreationToken="b"), ThroughputMode="provisioned")


class TestLifecycle:
    def test_archive_needs_elastic_throughput(self, make: Make, efs: Any, refused: Any) -> None:
        policies = [{"TransitionToIA": "AFTER_30_DAYS"}, {"TransitionToArchive": "AFTER_90_DAYS"}]
        bursting = make()
        with rules.disabled():
            efs.put_lifecycle_configuration(FileSystemId=bursting, LifecyclePolicies=policies)
        with refused("BadRequest"):
            efs.put_lifecycle_configuration(FileSystemId=bursting, LifecyclePolicies=policies)
        elastic = make(CreationToken="b", ThroughputMode="elastic")
        efs.put_lifecycle_configuration(FileSystemId=elastic, LifecyclePolicies=policies)
        with refused("BadRequest"):
            efs.update_file_system(FileSystemId=elastic, ThroughputMode="bursting")

    @pytest.mark.parametrize(
        "policies",
        [
            [{"TransitionToIA": "AFTER_31_DAYS"}],
            [{"TransitionToIA": "AFTER_90_DAYS"}, {"TransitionToArchive": "AFTER_90_DAYS"}],
            [{"TransitionToIA": "AFTER_7_DAYS"}, {"TransitionToIA": "AFTER_14_DAYS"}],
            [{"TransitionToIA": "AFTER_7_DAYS", "TransitionToArchive": "AFTER_90_DAYS"}],
            [{"TransitionToPrimaryStorageClass": "AFTER_2_ACCESSES"}],
        ],
    )
    def test_refused(self, make: Make, efs: Any, refused: Any, policies: list[dict[str, str]]) -> None:
        file_system_id = make(ThroughputMode="elastic")
        with rules.disabled():
            efs.put_lifecycle_configuration(FileSystemId=file_system_id, LifecyclePolicies=policies)
        with refused("BadRequest"):
            efs.put_lifecycle_configuration(FileSystemId=file_system_id, LifecyclePolicies=policies)

    @pytest.mark.parametrize("number", [1, 7, 14, 30, 60, 90, 180, 270, 365])
    def test_periods(self, make: Make, efs: Any, number: int) -> None:
        file_system_id = make()
        period = f"AFTER_{number}_DAY{'S' if number > 1 else ''}"
        policies = [{"TransitionToIA": period}, {"TransitionToPrimaryStorageClass": "AFTER_1_ACCESS"}]
        efs.put_lifecycle_configuration(FileSystemId=file_system_id, LifecyclePolicies=policies)
        answer = efs.describe_lifecycle_configuration(FileSystemId=file_system_id)
        assert answer["LifecyclePolicies"] == policies


class TestBackupAndZones:
    def test_backup_policy(self, make: Make, efs: Any, refused: Any) -> None:
        file_system_id = make()
        asked = {"FileSystemId": file_system_id, "BackupPolicy": {"Status": "ENABLED"}}
        with rules.disabled(), pytest.raises(lab.NotInTheMock):
            efs.put_backup_policy(**asked)
        with refused("PolicyNotFound", 404):
            efs.describe_backup_policy(FileSystemId=file_system_id)
        assert efs.put_backup_policy(**asked)["BackupPolicy"]["Status"] == "ENABLING"
        assert efs.describe_backup_policy(FileSystemId=file_system_id)["BackupPolicy"]["Status"] == "ENABLED"
        efs.put_backup_policy(FileSystemId=file_system_id, BackupPolicy={"Status": "DISABLED"})
        assert efs.describe_backup_policy(FileSystemId=file_system_id)["BackupPolicy"]["Status"] == "DISABLED"
        with refused("BadRequest"):
            efs.put_backup_policy(FileSystemId=file_system_id, BackupPolicy={"Status": "ENABLING"})

    def test_one_zone_is_backed_up_unless_told(self, make: Make, efs: Any, refused: Any) -> None:
        backed = make(AvailabilityZoneName=AZ)
        assert efs.describe_backup_policy(FileSystemId=backed)["BackupPolicy"]["Status"] == "ENABLED"
        plain = make(CreationToken="b", AvailabilityZoneName=AZ, Backup=False)
        with refused("PolicyNotFound", 404):
            efs.describe_backup_policy(FileSystemId=plain)

    def test_mount_target_in_the_zone_of_a_one_zone_file_system(
        self, make: Make, efs: Any, ec2: Any, refused: Any
    ) -> None:
        subnets = {each["AvailabilityZone"]: each["SubnetId"] for each in ec2.describe_subnets()["Subnets"]}
        one_zone = make(AvailabilityZoneName=AZ)
        with refused("AvailabilityZonesMismatch"):
            efs.create_mount_target(FileSystemId=one_zone, SubnetId=subnets[OTHER_AZ])
        with rules.disabled():
            efs.create_mount_target(FileSystemId=one_zone, SubnetId=subnets[OTHER_AZ])
        target = efs.create_mount_target(FileSystemId=one_zone, SubnetId=subnets[AZ])
        assert (target["LifeCycleState"], target["AvailabilityZoneName"]) == ("creating", AZ)
        regional = make(CreationToken="b")
        for zone in (AZ, OTHER_AZ):
            efs.create_mount_target(FileSystemId=regional, SubnetId=subnets[zone])
