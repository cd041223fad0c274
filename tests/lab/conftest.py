"""The lab's own tests run in this process: one mock cloud, clean and seeded before every test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

from course import lab
from course.lab import rules

SEED = 3
AZ, OTHER_AZ = "us-east-1a", "us-east-1b"
Refused = Callable[..., AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def cloud(capsys: pytest.CaptureFixture[str]) -> None:
    lab.start(seed=SEED)
    capsys.readouterr()


@pytest.fixture(scope="session")
def models() -> botocore.session.Session:
    return botocore.session.get_session()


@pytest.fixture(autouse=True)
def answers_fit_the_model(monkeypatch: pytest.MonkeyPatch, models: botocore.session.Session) -> None:
    """Every answer that a rule gives is checked against the output shape of botocore's model."""
    before = rules.before

    def checked(call: rules.Call) -> dict[str, Any] | None:
        answer = before(call)
        if answer:
            shape = models.get_service_model(call.service).operation_model(call.operation).output_shape
            report = ParamValidator().validate(answer, shape)
            assert not report.has_errors(), report.generate_report()
        return answer

    monkeypatch.setattr(rules, "before", checked)


@pytest.fixture
def refused() -> Refused:
    """The block ends in a ClientError with this code (and status), shaped like AWS's."""

    @contextmanager
    def expect(code: str, status: int = 400) -> Iterator[None]:
        with pytest.raises(ClientError) as caught:
            yield
        response = caught.value.response
        assert response["Error"]["Code"] == code
        assert response["Error"]["Message"]
        assert response["ResponseMetadata"]["HTTPStatusCode"] == status
        assert {"RequestId", "HTTPHeaders", "RetryAttempts"} <= set(response["ResponseMetadata"])

    return expect


@pytest.fixture(scope="session")
def ec2() -> Any:
    """One client for all tests: making one takes a tenth of a second, and it outlives every reset."""
    lab.start()
    return lab.client("ec2")


@pytest.fixture(scope="session")
def ssm() -> Any:
    lab.start()
    return lab.client("ssm")


@pytest.fixture
def image_id(ssm: Any) -> str:
    name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
    return str(ssm.get_parameter(Name=name)["Parameter"]["Value"])


@pytest.fixture
def launch(ec2: Any, image_id: str) -> Callable[..., dict[str, Any]]:
    """Launch one instance and return it as DescribeInstances does."""

    def run(zone: str = AZ, **params: Any) -> dict[str, Any]:
        asked = {"ImageId": image_id, "InstanceType": "t3.micro", "Placement": {"AvailabilityZone": zone}}
        started = ec2.run_instances(MinCount=1, MaxCount=1, **{**asked, **params})["Instances"][0]
        reservations = ec2.describe_instances(InstanceIds=[started["InstanceId"]])["Reservations"]
        instance: dict[str, Any] = reservations[0]["Instances"][0]
        return instance

    return run


@pytest.fixture
def volume(ec2: Any) -> Callable[..., str]:
    """Make a volume and return its id."""

    def create(**params: Any) -> str:
        asked = {"AvailabilityZone": AZ, "VolumeType": "gp3"}
        return str(ec2.create_volume(**{**asked, **params})["VolumeId"])

    return create


@pytest.fixture
def described(ec2: Any) -> Callable[[str], dict[str, Any]]:
    """The volume as DescribeVolumes reports it."""

    def look(volume_id: str) -> dict[str, Any]:
        found: dict[str, Any] = ec2.describe_volumes(VolumeIds=[volume_id])["Volumes"][0]
        return found

    return look
