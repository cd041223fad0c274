"""The process environment: no real credentials, no configuration files, no redirected endpoints.

botocore and moto read these variables when they are imported or used, so `guard()` has to run before either
is imported. Child processes inherit the same environment.
"""

from __future__ import annotations

import os
from pathlib import Path

DEFAULT_REGION = "us-east-1"
ACCESS_KEY = "testing"

_DATA = Path(__file__).parent / "data"
_REAL_SOURCES = ("AWS_", "BOTO_", "MOTO_", "TEST_SERVER_MODE", "TEST_PROXY_MODE", "INITIAL_NO_AUTH_")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "ftp_proxy")

_SAFE = {
    "AWS_ACCESS_KEY_ID": ACCESS_KEY,
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "BOTO_CONFIG": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    # An account id in the host name (DynamoDB Streams) is outside the addresses that moto answers.
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
    "MOTO_AMIS_PATH": str(_DATA / "amis.json"),
    "MOTO_ENABLE_AMI_VALIDATION": "1",
    "MOTO_ENABLE_KEYPAIR_VALIDATION": "1",
    "MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION": "1",
    "MOTO_ACM_VALIDATION_WAIT": "0",
}


def guard(region: str = DEFAULT_REGION) -> None:
    """Replace every AWS and moto variable of this process with safe values; the account in use stays."""
    account = os.environ.get("MOTO_ACCOUNT_ID") if os.environ.get("AWS_ACCESS_KEY_ID") == ACCESS_KEY else None
    for name in [name for name in os.environ if name.startswith(_REAL_SOURCES)]:
        del os.environ[name]
    os.environ.update(_SAFE, AWS_DEFAULT_REGION=region)
    if account:
        os.environ["MOTO_ACCOUNT_ID"] = account


def without_proxies() -> None:
    """Forget HTTP proxies: one on the loopback address would carry requests past the network guard."""
    for name in [name for name in os.environ if name.lower() in _PROXIES]:
        del os.environ[name]
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "*"
