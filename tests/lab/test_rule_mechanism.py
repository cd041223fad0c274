"""rule, answer, amend, prepare: how a rule file reaches boto3 code."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from course import lab
from course.lab import rules

RULE_FILE = """
from course.lab.rules import Refusal, amend, answer, prepare, rule

PREPARED = []

@prepare("sqs")
def count(call):
    PREPARED.append((call.account_id, call.region))

@rule("sqs", "CreateQueue")
def name(call):
    if call.params["QueueName"] == "bad":
        raise Refusal("QueueDoesNotExist", "not this one")
    call.params["QueueName"] = call.params["QueueName"] + "-changed"
    call.state("names")["last"] = call.params["QueueName"]

@amend("sqs", "ListQueues")
def add(call, response):
    response.setdefault("QueueUrls", []).append(call.state("names").get("last", "none"))

@answer("sqs", "ListQueueTags")
def tags(call):
    return {"Tags": {"region": call.region, "account": call.account_id}}
"""


@pytest.fixture
def dropped_file(tmp_path: Path) -> Iterator[Any]:
    """A rule file in a folder of the rules package, found without being named anywhere."""
    stores = (rules._rules, rules._answers, rules._amendments, rules._preparations)
    before = [
        {key: list(value) if isinstance(value, list) else value for key, value in each.items()}
        for each in stores
    ]
    (tmp_path / "sqs_for_this_test.py").write_text(RULE_FILE, encoding="utf-8")
    rules.__path__.append(str(tmp_path))
    rules.discover()
    yield sys.modules["course.lab.rules.sqs_for_this_test"]
    rules.__path__.remove(str(tmp_path))
    del sys.modules["course.lab.rules.sqs_for_this_test"]
    for store, saved in zip(stores, before, strict=True):
        store.clear()
        store.update(saved)  # type: ignore[arg-type]


@pytest.mark.usefixtures("dropped_file")
class TestADroppedFile:
    def test_a_refusal_is_the_modelled_exception_of_the_service(self) -> None:
        sqs = lab.client("sqs")
        with pytest.raises(sqs.exceptions.QueueDoesNotExist) as caught:
            sqs.create_queue(QueueName="bad")
        assert isinstance(caught.value, ClientError)
        assert caught.value.operation_name == "CreateQueue"
        assert caught.value.response["Error"]["Message"] == "not this one"
        assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == 0

    def test_changed_parameters_reach_moto(self) -> None:
        assert lab.client("sqs").create_queue(QueueName="a")["QueueUrl"].endswith("/a-changed")

    def test_amendment_and_state(self) -> None:
        sqs = lab.client("sqs")
        sqs.create_queue(QueueName="a")
        assert sqs.list_queues()["QueueUrls"][-1] == "a-changed"
        assert lab.client("sqs", "eu-west-1").list_queues()["QueueUrls"] == ["none"]
        lab.reset()
        assert sqs.list_queues()["QueueUrls"] == ["none"]

    def test_answer_knows_region_and_account(self) -> None:
        with lab.empty_account() as account_id:
            response = lab.client("sqs", "eu-west-1").list_queue_tags(QueueUrl="x")
        assert response["Tags"] == {"region": "eu-west-1", "account": account_id}
        assert response["ResponseMetadata"]["HTTPStatusCode"] == 200

    def test_preparation_runs_once_for_each_account_and_region(self, dropped_file: Any) -> None:
        for _ in range(2):
            lab.client("sqs").list_queues()
            lab.client("sqs", "eu-west-1").list_queues()
        assert dropped_file.PREPARED == [("123456789012", "us-east-1"), ("123456789012", "eu-west-1")]

    def test_the_account_of_an_assumed_role_is_seen(self) -> None:
        role = "arn:aws:iam::111122223333:role/other"
        keys = lab.client("sts").assume_role(RoleArn=role, RoleSessionName="me")["Credentials"]
        other = boto3.client(
            "sqs", aws_access_key_id=keys["AccessKeyId"], aws_secret_access_key=keys["SecretAccessKey"]
        )
        assert other.list_queue_tags(QueueUrl="x")["Tags"]["account"] == "111122223333"

    def test_resources_and_paginators_pass_through(self) -> None:
        sqs = boto3.resource("sqs")
        assert sqs.create_queue(QueueName="b").url.endswith("/b-changed")
        pages = lab.client("sqs").get_paginator("list_queues").paginate()
        assert "b-changed" in [url for page in pages for url in page["QueueUrls"]]

    def test_disabled_is_plain_moto(self) -> None:
        with rules.disabled():
            assert lab.client("sqs").create_queue(QueueName="bad")["QueueUrl"].endswith("/bad")
        assert rules.enabled()


def test_boto3_checks_parameters_first(ec2: Any) -> None:
    with pytest.raises(Exception, match="Parameter validation failed"):
        ec2.create_volume(Size="ten", AvailabilityZone="us-east-1a")


def test_one_answer_for_each_operation() -> None:
    with pytest.raises(ValueError, match=r"rbin\.CreateRule has two answers"):
        rules.answer("rbin", "CreateRule")(lambda call: {})


def test_an_error_of_ones_own_hook_is_left_alone() -> None:
    def fail(**_: Any) -> None:
        raise ZeroDivisionError("mine")

    sqs = boto3.client("sqs")
    sqs.meta.events.register_first("before-send.sqs.ListQueues", fail)
    with pytest.raises(ZeroDivisionError, match="mine"):
        sqs.list_queues()


def test_dry_run_of_an_answer(ec2: Any, refused: Any) -> None:
    with refused("DryRunOperation", 412):
        ec2.list_snapshots_in_recycle_bin(DryRun=True)


def test_waiters_pass_through(ec2: Any) -> None:
    volume = ec2.create_volume(Size=1, AvailabilityZone="us-east-1a")
    assert volume["State"] == "creating"
    ec2.get_waiter("volume_available").wait(VolumeIds=[volume["VolumeId"]])


def test_the_learners_parameters_are_not_changed(ec2: Any) -> None:
    specification = {"Size": 1, "AvailabilityZoneId": "use1-az1"}
    ec2.create_volume(**specification)
    assert specification == {"Size": 1, "AvailabilityZoneId": "use1-az1"}
