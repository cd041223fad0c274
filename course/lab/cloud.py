"""The mock cloud: one moto per process, started, reset and left through this module."""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import moto
from botocore.loaders import Loader, create_loader
from moto import mock_aws, settings
from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.model_instances import reset_model_data
from moto.core.models import DEFAULT_ACCOUNT_ID, MockAWS
from moto.moto_api import state_manager
from moto.moto_api._internal import mock_random

from course.lab import driver, environment, network, rules
from course.lab.clock import clock

# Lambda and Batch would pull Docker images; state machines run in this process.
_CONFIG: Any = {
    "core": {"mock_credentials": False},
    "lambda": {"use_docker": False},
    "batch": {"use_docker": False},
    "stepfunctions": {"execute_state_machine": True},
}
_EMPTY_ACCOUNTS = 200_000_000_000


@dataclass
class _Cloud:
    mock: MockAWS | None = None
    region: str = environment.DEFAULT_REGION
    seed: int | None = None
    borrowed_accounts: int = 0


_cloud = _Cloud()


def start(seed: int | None = None, region: str = environment.DEFAULT_REGION) -> None:
    """Start the mock cloud in this process and say so in one line.

    Called again it is free and keeps the cloud. With `seed` it always ends in a fresh cloud in which the same
    calls give the same ids, in every process. `region` is the default Region of clients made without one.
    """
    environment.guard(region)
    environment.without_proxies()
    network.install()
    fresh = _cloud.mock is None
    if fresh:
        _start_moto()
    if fresh or seed is not None:
        _clean(seed)
    if region != _cloud.region:
        _cloud.region = region
        boto3.DEFAULT_SESSION = None
    print(_banner(fresh or seed is not None))


def reset(seed: int | None = None) -> None:
    """A clean cloud, real time, and no state of any rule. Clients made earlier go on working.

    Raises RuntimeError when the cloud is not running.
    """
    _must_run()
    _clean(seed)


def stop() -> None:
    """Stop the mock cloud and bring real time back.

    The network guard and the safe environment stay: after `stop()` a boto3 call is refused, not sent.
    """
    if _cloud.mock is None:
        return
    _clean(None)
    _cloud.mock.stop()
    _cloud.mock = None


def client(service: str, region: str | None = None) -> Any:
    """A boto3 client of the mock cloud, the same as `boto3.client(service, region_name=region)`.

    Raises RuntimeError when the cloud is not running.
    """
    _must_run()
    return boto3.client(service, region_name=region)


def is_running() -> bool:
    """Is the mock cloud running in this process?"""
    return _cloud.mock is not None


@contextmanager
def empty_account() -> Iterator[str]:
    """A fresh, empty AWS account in the same mock; gives its 12-digit id.

    Every client works in that account inside the block. Afterwards the account is gone, and the account and
    the clock of before are back; ids drawn later are the same as without the block when the cloud has a seed.
    """
    _must_run()
    previous, offset, random_state = os.environ.get("MOTO_ACCOUNT_ID"), clock.offset, mock_random.getstate()
    _cloud.borrowed_accounts += 1
    account_id = str(_EMPTY_ACCOUNTS + _cloud.borrowed_accounts)
    os.environ["MOTO_ACCOUNT_ID"] = account_id
    if _cloud.seed is not None:
        mock_random.seed(f"{_cloud.seed}/{account_id}")
    try:
        yield account_id
    finally:
        _cloud.borrowed_accounts -= 1
        _restore_variable("MOTO_ACCOUNT_ID", previous)
        clock.restore(offset)
        _forget(account_id)
        if _cloud.seed is not None:
            mock_random.setstate(random_state)


def _start_moto() -> None:
    _share_models()
    _apply_settings()
    rules.discover()
    driver.install()
    _cloud.mock = mock_aws(config=_CONFIG)
    _cloud.mock.start()


def _share_models() -> None:
    """Let all botocore sessions of the process share one loader.

    moto makes several sessions of its own, and each would parse EC2's API model again: half of the time of
    the first EC2 call.
    """
    botocore.session.create_loader = _shared_loader


def _shared_loader(search_path_string: str | None = None) -> Loader:
    return _loader(search_path_string)


_loader = functools.cache(create_loader)


def _apply_settings() -> None:
    """moto reads its variables when it is imported, which may have been before course.lab."""
    settings.ENABLE_AMI_VALIDATION = True
    settings.ENABLE_KEYPAIR_VALIDATION = True
    settings.EC2_ENABLE_INSTANCE_TYPE_VALIDATION = True
    settings.ACM_VALIDATION_WAIT = 0
    amis: Any = sys.modules.get("moto.ec2.models.amis")
    if amis:
        amis.AMIS = json.loads(Path(os.environ["MOTO_AMIS_PATH"]).read_text(encoding="utf-8"))


def _clean(seed: int | None) -> None:
    _forget()
    for model in list(state_manager._transitions):
        state_manager.unset_transition(model)
    clock.restore()
    os.environ.pop("MOTO_ACCOUNT_ID", None)
    _cloud.seed = seed
    mock_random.seed(seed)


def _forget(account_id: str | None = None) -> None:
    """Drop everything of one account, or of all.

    Not MockAWS.reset(): it also empties the registry of `responses`, and then `requests` leaves the mock.
    Not the reset of moto's API either: it builds every backend anew (EC2 with its default VPC) and throws
    that away at once.
    """
    rules.forget(account_id)
    for backends in list(BackendDict._instances):  # type: ignore[misc]
        for account in [each for each in backends if account_id in (None, each)]:
            for backend in backends[account].values():
                # S3 keeps the names of its buckets outside of its backends, and gives them back in its reset.
                if type(backend).reset is not BaseBackend.reset:
                    backend.reset()
            del backends[account]
    reset_model_data()


def _restore_variable(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


def _must_run() -> None:
    if not is_running():
        raise RuntimeError("The mock cloud is not running: call lab.start() first.")


def _banner(fresh: bool) -> str:
    state = "Mock cloud ready" if fresh else "Mock cloud already running, kept as it is"
    account = os.environ.get("MOTO_ACCOUNT_ID", DEFAULT_ACCOUNT_ID)
    seed = "" if _cloud.seed is None else f", seed {_cloud.seed}"
    where = f"moto {moto.__version__}, {_cloud.region}, account {account}{seed}"
    return f"{state}: {where}. Nothing leaves this machine."
