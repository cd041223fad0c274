"""lab.start, reset, stop, client: the banner, seeds, speed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import boto3
import pytest

from course import lab

ROOT = Path(__file__).parents[2]
IDS = """
from course import lab
lab.start(seed=11)
ec2 = lab.client("ec2")
image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
print(ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"])
print(ec2.create_volume(Size=1, AvailabilityZone="us-east-1a")["VolumeId"])
with lab.empty_account():
    print(ec2.create_volume(Size=1, AvailabilityZone="us-east-1a")["VolumeId"])
print(ec2.create_volume(Size=1, AvailabilityZone="us-east-1a")["VolumeId"])
"""


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
        env={**os.environ, **environment},
    )


def test_banner_is_one_line_and_nothing_goes_to_stderr() -> None:
    done = python("from course import lab; lab.start(); lab.start(); lab.start(seed=5)")
    first, second, third = done.stdout.splitlines()
    assert done.stderr == ""
    assert first == (
        "Mock cloud ready: moto 5.2.5, us-east-1, account 123456789012. Nothing leaves this machine."
    )
    assert second.startswith("Mock cloud already running, kept as it is: ")
    assert third.startswith("Mock cloud ready: ")
    assert "seed 5" in third


def test_start_takes_less_than_a_second_and_a_half_with_its_imports() -> None:
    # Processor time, so that a busy machine does not fail it.
    timed = "from course import lab; lab.start(); import time; print(time.process_time())"
    assert float(python(timed).stdout.splitlines()[-1]) < 1.5


def test_second_start_is_free_and_keeps_the_cloud() -> None:
    s3 = lab.client("s3")
    s3.create_bucket(Bucket="kept-for-later")
    began = time.process_time()  # so that a busy machine does not fail it
    lab.start()
    assert time.process_time() - began < 0.05
    assert [each["Name"] for each in boto3.client("s3").list_buckets()["Buckets"]] == ["kept-for-later"]


def test_start_with_a_seed_ends_in_a_fresh_cloud() -> None:
    s3 = lab.client("s3")
    s3.create_bucket(Bucket="gone-after-this")
    lab.start(seed=1)
    assert s3.list_buckets()["Buckets"] == []


def test_same_seed_and_calls_give_the_same_ids_in_two_processes(capsys: pytest.CaptureFixture[str]) -> None:
    exec(IDS, {})  # here, after everything that this process has done before
    here = capsys.readouterr().out
    # There, moto was imported before the lab, with settings of its own.
    there = python("import moto.ec2\n" + IDS)
    assert there.stderr == ""
    assert there.stdout == here
    assert len(set(here.split())) == len(here.split())


def test_without_a_seed_ids_differ(ec2: Any) -> None:
    ids = set()
    for _ in range(2):
        lab.reset()
        ids.add(ec2.create_volume(Size=1, AvailabilityZone="us-east-1a")["VolumeId"])
    assert len(ids) == 2


def test_ids_do_not_depend_on_an_empty_account_in_between(ec2: Any) -> None:
    def ids(graded_in_between: bool) -> str:
        lab.reset(seed=9)
        ec2.create_volume(Size=1, AvailabilityZone="us-east-1a")
        if graded_in_between:
            with lab.empty_account():
                ec2.create_volume(Size=1, AvailabilityZone="us-east-1a")
        return str(ec2.create_volume(Size=1, AvailabilityZone="us-east-1a")["VolumeId"])

    assert ids(graded_in_between=True) == ids(graded_in_between=False)


def test_reset_cleans_the_cloud_and_keeps_clients_working(ec2: Any) -> None:
    ec2.create_volume(Size=1, AvailabilityZone="us-east-1a")
    lab.clock.advance(days=3)
    lab.reset()
    assert ec2.describe_volumes()["Volumes"] == []
    assert lab.clock.offset.total_seconds() == 0


def test_default_region_is_the_one_given() -> None:
    try:
        lab.start(region="eu-west-1")
        assert boto3.client("ec2").meta.region_name == "eu-west-1"
        assert lab.client("ec2", "us-west-2").meta.region_name == "us-west-2"
    finally:
        lab.start()
    assert boto3.client("ec2").meta.region_name == "us-east-1"


def test_stop_leaves_nothing_open_and_start_works_again(ec2: Any) -> None:
    lab.clock.advance(days=1)
    lab.stop()
    lab.stop()
    try:
        assert lab.clock.offset.total_seconds() == 0
        with pytest.raises(lab.RealNetworkRefused, match="mock cloud is not running"):
            ec2.describe_volumes()
        for call in (lambda: lab.client("ec2"), lab.reset, lambda: lab.empty_account().__enter__()):
            with pytest.raises(RuntimeError, match=r"lab\.start\(\)"):
                call()
    finally:
        lab.start()
    assert ec2.describe_volumes()["Volumes"] == []
