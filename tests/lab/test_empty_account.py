"""lab.empty_account: neither sees nor touches what is in the learner's account."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from course import lab


def account() -> str:
    return str(boto3.client("sts").get_caller_identity()["Account"])


def test_a_fresh_account_and_back(ec2: Any) -> None:
    own = ec2.create_volume(Size=1, AvailabilityZone="us-east-1a")["VolumeId"]
    with lab.empty_account() as account_id:
        assert account() == account_id
        assert len(account_id) == 12
        assert ec2.describe_volumes()["Volumes"] == []
        assert len(ec2.describe_vpcs()["Vpcs"]) == 1
        ec2.create_volume(Size=2, AvailabilityZone="us-east-1a")
    assert account() == "123456789012"
    assert [each["VolumeId"] for each in ec2.describe_volumes()["Volumes"]] == [own]


def test_clock_and_account_come_back_after_an_error() -> None:
    lab.clock.advance(hours=3)
    before = lab.clock.offset

    def fail() -> None:
        with lab.empty_account():
            lab.clock.advance(days=90)
            raise KeyError("from the block")

    with pytest.raises(KeyError, match="from the block"):
        fail()
    assert lab.clock.offset == before
    assert account() == "123456789012"


def test_nothing_of_it_is_left() -> None:
    s3, rbin = lab.client("s3"), lab.client("rbin")
    for _ in range(2):
        with lab.empty_account():
            s3.create_bucket(Bucket="a-name-that-is-global")
            rbin.create_rule(
                ResourceType="EBS_SNAPSHOT",
                RetentionPeriod={"RetentionPeriodValue": 1, "RetentionPeriodUnit": "DAYS"},
            )
            assert len(rbin.list_rules(ResourceType="EBS_SNAPSHOT")["Rules"]) == 1
    s3.create_bucket(Bucket="a-name-that-is-global")
    assert rbin.list_rules(ResourceType="EBS_SNAPSHOT")["Rules"] == []


def test_nested_accounts_are_different(ec2: Any) -> None:
    with lab.empty_account() as outer:
        ec2.create_volume(Size=1, AvailabilityZone="us-east-1a")
        with lab.empty_account() as inner:
            assert inner != outer
            assert ec2.describe_volumes()["Volumes"] == []
        assert account() == outer
        assert len(ec2.describe_volumes()["Volumes"]) == 1
