"""Scenes of Section 3: what they promise to those who build exercises on them."""

import boto3
import pytest

from course import lab
from course.scenarios import s03 as scene
from course.services import ebs


@pytest.mark.parametrize("zone", ["us-east-1b", "eu-west-1c"])
def test_a_lost_boot_volume_leaves_its_snapshots_in_the_servers_region(zone: str) -> None:
    lab.start()
    with lab.empty_account():
        before = lab.clock.now()
        world = scene.lost_boot_volume(zone, root_gib=16, nights=2, server_name="billing")
        assert (lab.clock.now() - before).days == 3
        ec2 = boto3.client("ec2", region_name=zone[:-1])
        found = ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]
        tags = {one["SnapshotId"]: {tag["Key"]: tag["Value"] for tag in one["Tags"]} for one in found}
        assert sorted((tag["Server"], tag["Role"], tag["Night"]) for tag in tags.values()) == [
            ("billing", "data", "1"),
            ("billing", "data", "2"),
            ("billing", "data", "3"),
            ("billing", "root", "1"),
            ("billing", "root", "2"),
            ("reports", "root", "22"),
        ]
        newest = world["newest_root_snapshot_id"]
        assert tags[newest] == {"Server": "billing", "Role": "root", "Night": "2"}
        assert next(one["VolumeSize"] for one in found if one["SnapshotId"] == newest) == 16
        data = ec2.describe_volumes(VolumeIds=[world["data_volume_id"]])["Volumes"][0]
        assert (data["AvailabilityZone"], data["State"], data["Attachments"]) == (zone, "available", [])


@pytest.mark.parametrize("cause", ["burst-credits", "throughput-ceiling", "instance-limit", "healthy"])
@pytest.mark.parametrize("seed", range(5))
def test_measurements_have_the_cause_that_they_were_made_for(cause: str, seed: int) -> None:
    volume, rows = scene.volume_metrics(cause, seed)
    assert (volume, rows) == scene.volume_metrics(cause, seed)
    assert volume["throughput_ceiling_mibps"] == ebs.gp2_throughput_mibps(volume["size_gib"])
    highest_mibps = max(row["VolumeReadBytes"] + row["VolumeWriteBytes"] for row in rows) / 300 / 2**20
    at_ceiling = highest_mibps >= 0.98 * volume["throughput_ceiling_mibps"]
    at_instance = highest_mibps >= 0.98 * volume["instance_throughput_mibps"]
    empty = min(row["BurstBalance"] for row in rows) == 0
    assert (empty, at_ceiling, at_instance) == (
        cause == "burst-credits",
        cause == "throughput-ceiling",
        cause == "instance-limit",
    )


def test_a_cause_that_is_unknown_is_refused() -> None:
    with pytest.raises(ValueError, match="cause must be one of burst-credits, "):
        scene.volume_metrics("gremlins")
