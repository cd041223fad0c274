"""lab.clock moves time for moto, botocore and this process alike."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from course import lab

SLACK = timedelta(seconds=5)


def test_untouched_until_the_first_move() -> None:
    assert time.time.__module__ == "time"
    assert abs(lab.clock.now() - datetime.now(UTC)) < SLACK
    assert lab.clock.now().tzinfo is UTC


def test_advance_moves_datetime_time_and_moto_together() -> None:
    before = datetime.now(UTC)
    returned = lab.clock.advance(days=1, hours=2)
    queue = lab.client("sqs").create_queue(QueueName="later")["QueueUrl"]
    created = lab.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    for moment in (
        returned,
        lab.clock.now(),
        datetime.now(UTC),
        datetime.fromtimestamp(time.time(), UTC),
        datetime.fromtimestamp(float(created["CreatedTimestamp"]), UTC),
    ):
        assert abs(moment - before - timedelta(days=1, hours=2)) < SLACK


def test_time_runs_on_after_a_move() -> None:
    lab.clock.advance(hours=1)
    first = lab.clock.now()
    time.sleep(0.02)
    assert lab.clock.now() > first


def test_monotonic_time_does_not_jump() -> None:
    before = time.monotonic()
    lab.clock.advance(days=30)
    assert time.monotonic() - before < 5


def test_no_sleep_is_needed_for_a_visibility_timeout() -> None:
    sqs: Any = lab.client("sqs")
    queue = sqs.create_queue(QueueName="q", Attributes={"VisibilityTimeout": "600"})["QueueUrl"]
    sqs.send_message(QueueUrl=queue, MessageBody="x")
    assert len(sqs.receive_message(QueueUrl=queue)["Messages"]) == 1
    assert "Messages" not in sqs.receive_message(QueueUrl=queue)
    lab.clock.advance(minutes=11)
    assert len(sqs.receive_message(QueueUrl=queue)["Messages"]) == 1


def test_move_to_a_moment() -> None:
    target = datetime.now(UTC) + timedelta(days=400)
    assert abs(lab.clock.move_to(target) - target) < SLACK


def test_only_forward() -> None:
    with pytest.raises(ValueError, match="only moves forward"):
        lab.clock.advance(hours=-1)
    with pytest.raises(ValueError, match="only moves forward"):
        lab.clock.move_to(datetime(2020, 1, 1, tzinfo=UTC))
    with pytest.raises(ValueError, match="aware"):
        lab.clock.move_to(datetime(2099, 1, 1))


def test_repr_says_how_far_ahead() -> None:
    assert "real time" in repr(lab.clock)
    lab.clock.advance(hours=5)
    assert "5:00:00 ahead of real time" in repr(lab.clock)


def test_local_time_zone_stays() -> None:
    zone = time.tzname
    lab.clock.advance(days=1)
    assert time.tzname == zone
