"""Nothing leaves this machine: credential sources, endpoints, sockets, name lookups."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config

from course import lab
from course.lab import network

ROOT = Path(__file__).parents[2]
WHO = """
from course import lab
lab.start()
import boto3, os
session = boto3.Session()
credentials = session.get_credentials()
print(credentials.access_key, credentials.method, credentials.token)
print(session.available_profiles, session.region_name)
print(boto3.client("sts").get_caller_identity()["Account"])
print(sorted(name for name in os.environ if name.startswith("AWS_")))
"""
# The last line of WHO lists what is left of the environment, so sources that hide each other share a process.
SOURCES = {
    "environment": {
        "AWS_ACCESS_KEY_ID": "AKIAREAL",
        "AWS_SECRET_ACCESS_KEY": "real",
        "AWS_SESSION_TOKEN": "real",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ENDPOINT_URL": "https://evil.example.com",
        "AWS_ENDPOINT_URL_STS": "https://evil.example.com",
        "AWS_USE_DUALSTACK_ENDPOINT": "true",
        "AWS_USE_FIPS_ENDPOINT": "true",
        "AWS_CA_BUNDLE": "/nowhere",
        "AWS_EC2_METADATA_DISABLED": "false",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://10.0.0.1",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1/credentials",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/x",
        "AWS_WEB_IDENTITY_TOKEN_FILE": "{files}/token",
        "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/r",
        "MOTO_ACCOUNT_ID": "999999999999",
        "MOTO_EC2_LOAD_DEFAULT_AMIS": "true",
        "TEST_SERVER_MODE": "true",
        "INITIAL_NO_AUTH_ACTION_COUNT": "0",
    },
    "profile in named files": {
        "AWS_PROFILE": "work",
        "AWS_DEFAULT_PROFILE": "work",
        "AWS_CONFIG_FILE": "{files}/config",
        "AWS_SHARED_CREDENTIALS_FILE": "{files}/credentials",
        "AWS_CREDENTIAL_FILE": "{files}/boto",
    },
    "files in the home folder": {
        "HOME": "{files}/home",
        "USERPROFILE": "{files}/home",
        "BOTO_CONFIG": "{files}/boto",
    },
}
SAFE = """testing env None
[] us-east-1
123456789012
['AWS_ACCESS_KEY_ID', 'AWS_ACCOUNT_ID_ENDPOINT_MODE', 'AWS_CONFIG_FILE', 'AWS_DEFAULT_REGION', \
'AWS_EC2_METADATA_DISABLED', 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', 'AWS_SECRET_ACCESS_KEY', \
'AWS_SHARED_CREDENTIALS_FILE']
"""


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_"))}
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
        env={**clean, **environment},
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every file that botocore would take credentials or endpoints from."""
    folder = tmp_path_factory.mktemp("files")
    secret = "aws_access_key_id = AKIAREAL\naws_secret_access_key = real\n"
    texts = {
        "config": f"[default]\nendpoint_url = https://evil.example.com\n[profile work]\n{secret}",
        "credentials": f"[default]\n{secret}[work]\n{secret}",
        "boto": f"[Credentials]\n{secret}",
        "token": "token",
        "home/.boto": f"[Credentials]\n{secret}",
        "home/.aws/config": f"[default]\n{secret}endpoint_url = https://evil.example.com\n",
        "home/.aws/credentials": f"[default]\n{secret}",
    }
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("source", SOURCES)
def test_real_credentials_and_endpoints_are_shut_out(source: str, files: Path) -> None:
    done = python(WHO, **{name: value.format(files=files) for name, value in SOURCES[source].items()})
    assert done.stderr == ""
    assert done.stdout.partition("\n")[2] == SAFE


def test_what_happens_between_import_and_start_is_safe() -> None:
    early = """
import os, boto3
from course import lab
client = boto3.client("sts")
os.environ["AWS_ENDPOINT_URL"] = "https://evil.example.com"
"""
    done = python(early + WHO + "print(client.get_caller_identity()['Account'])")
    assert done.stdout.partition("\n")[2] == SAFE + "123456789012\n"


def test_a_client_made_before_the_import_is_refused_and_told_why() -> None:
    code = """
import boto3
real = {"region_name": "us-east-1", "aws_access_key_id": "AKIAREAL", "aws_secret_access_key": "real"}
early = boto3.client("sqs", **real)
boto3.setup_default_session(**real)
from course import lab
lab.start()
try:
    early.list_queues()
except lab.RealNetworkRefused as refused:
    print(refused)
print(boto3.client("sts").get_caller_identity()["Account"])
"""
    done = python(code)
    assert done.stderr == ""
    assert "POST https://sqs.us-east-1.amazonaws.com/ would have left this machine" in done.stdout
    assert "made before course.lab was imported" in done.stdout
    assert done.stdout.endswith("123456789012\n")


def test_a_private_session_with_other_keys_stays_in_the_mock(refused: Any) -> None:
    session = boto3.Session("AKIAOTHER", "other", region_name="eu-west-1")
    assert session.client("sqs").list_queues()["ResponseMetadata"]["HTTPStatusCode"] == 200
    with refused("InvalidParameterValue"):
        session.client("ec2").create_volume(Size=0, VolumeType="gp3", AvailabilityZone="eu-west-1a")


@pytest.mark.parametrize(
    ("make", "url"),
    [
        (
            lambda: boto3.client("sqs", endpoint_url="https://my.corp.example"),
            "POST https://my.corp.example/",
        ),
        (lambda: boto3.client("sqs", endpoint_url="http://localhost:4566"), "POST http://localhost:4566/"),
        (
            lambda: boto3.client("sqs", config=Config(use_dualstack_endpoint=True)),
            "POST https://sqs.us-east-1.api.aws/",
        ),
    ],
)
def test_other_endpoints_are_refused_by_name(make: Callable[[], Any], url: str) -> None:
    with pytest.raises(lab.RealNetworkRefused) as caught:
        make().list_queues()
    assert caught.value.call == "sqs.ListQueues"
    assert caught.value.target == url
    assert "sqs.ListQueues" in str(caught.value)
    assert "without endpoint_url" in str(caught.value)


@pytest.mark.parametrize(
    ("reach", "target"),
    [
        (lambda: requests.get("https://example.com/", timeout=5), "example.com:443"),
        (lambda: requests.get("https://d1.cloudfront.net/", timeout=5), "d1.cloudfront.net:443"),
        (lambda: urllib.request.urlopen("http://example.com/x", timeout=5), "example.com:80"),
        (lambda: urllib.request.urlopen("https://b.s3.amazonaws.com/k", timeout=5), "b.s3.amazonaws.com:443"),
        (lambda: socket.create_connection(("93.184.216.34", 443), timeout=5), "93.184.216.34:443"),
        (lambda: socket.socket().connect(("93.184.216.34", 25)), "93.184.216.34:25"),
        (lambda: socket.socket().connect_ex(("93.184.216.34", 25)), "93.184.216.34:25"),
        (lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("9.9.9.9", 53)), "9.9.9.9:53"),
        (lambda: socket.socket(type=socket.SOCK_DGRAM).sendmsg([b"x"], [], 0, ("9.9.9.9", 53)), "9.9.9.9:53"),
        (lambda: socket.socket(socket.AF_INET6).connect(("2606:4700::1111", 443)), "2606:4700::1111:443"),
        (lambda: socket.getaddrinfo("example.com", None), "the name lookup of example.com"),
        (lambda: socket.gethostbyname("example.com"), "the name lookup of example.com"),
        (lambda: socket.gethostbyname_ex("example.com"), "the name lookup of example.com"),
        (lambda: socket.gethostbyaddr("9.9.9.9"), "the name lookup of 9.9.9.9"),
    ],
)
def test_everything_else_is_refused_by_address(reach: Callable[[], Any], target: str) -> None:
    with pytest.raises(lab.RealNetworkRefused) as caught:
        reach()
    assert caught.value.target == target


def test_http_subscription_of_sns_does_not_leave() -> None:
    sns = lab.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint="http://hook.example.com/x")
    with pytest.raises((lab.RealNetworkRefused, lab.NotInTheMock), match=r"hook\.example\.com"):
        sns.publish(TopicArn=topic, Message="x")


def test_requests_to_aws_addresses_stay_in_the_mock_after_a_reset() -> None:
    lab.reset()
    s3 = lab.client("s3")
    s3.create_bucket(Bucket="with-a-link")
    s3.put_object(Bucket="with-a-link", Key="k", Body=b"hello")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "with-a-link", "Key": "k"})
    assert requests.get(url, timeout=5).content == b"hello"


def test_a_proxy_on_loopback_is_no_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:3128")
    lab.start()
    with pytest.raises(lab.RealNetworkRefused, match=r"example\.com:443"):
        requests.get("https://example.com", timeout=5)


def test_loopback_stays_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        answer = threading.Thread(target=lambda: server.accept()[0].sendall(b"here"))
        answer.start()
        with socket.create_connection(("localhost", server.getsockname()[1]), timeout=5) as client:
            assert client.recv(4) == b"here"
        answer.join()
    assert socket.getaddrinfo(socket.gethostname(), 80)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1.2.3", "::1", "localhost", b"localhost", "", None, "0.0.0.0"]
)
def test_what_counts_as_loopback(host: Any) -> None:
    assert network.is_loopback(host)


@pytest.mark.parametrize(
    "host", ["10.0.0.1", "169.254.169.254", "localhost.example.com", "127.0.0.1.nip.io", "::2"]
)
def test_what_does_not_count_as_loopback(host: str) -> None:
    assert not network.is_loopback(host)


def test_guard_can_be_taken_away_and_put_back_once() -> None:
    guarded = socket.socket.connect
    network.install()
    assert socket.socket.connect is guarded
    network.remove()
    try:
        assert socket.socket.connect is not guarded
        network.remove()
    finally:
        network.install()
    with pytest.raises(lab.RealNetworkRefused):
        socket.gethostbyname("example.com")


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: lab.client("apprunner").list_services(), "apprunner.ListServices"),
        (lambda: lab.client("ec2").describe_volume_status(), "ec2.DescribeVolumeStatus"),
        (
            lambda: lab.client("sts").decode_authorization_message(EncodedMessage="x"),
            "sts.DecodeAuthorizationMessage",
        ),
        (lambda: lab.client("ec2", "xx-east-9").describe_vpcs(), "ec2.DescribeVpcs"),
    ],
)
def test_what_the_mock_lacks_is_named(call: Callable[[], Any], name: str) -> None:
    with pytest.raises(lab.NotInTheMock) as caught:
        call()
    assert caught.value.call == name
    assert str(caught.value).startswith(
        f"{name} exists on AWS, but the mock cloud of this course cannot answer it"
    )


def test_a_real_404_stays_a_client_error(refused: Any) -> None:
    s3 = lab.client("s3")
    s3.create_bucket(Bucket="nearly-empty")
    with refused("404", 404):
        s3.head_object(Bucket="nearly-empty", Key="nothing")
    with refused("NoSuchKey", 404):
        s3.get_object(Bucket="nearly-empty", Key="nothing")
