"""Rules: what AWS refuses, answers or reports and moto does not.

A rule file in this folder is found by its presence. It uses three decorators, each naming service and
operation as botocore spells them (`"ec2"`, `"AttachVolume"`; operation `"*"` means every operation of the
service):

    @rule("ec2", "AttachVolume")      def name(call) -> None            raise Refusal(code, message) to refuse
    @answer("rbin", "CreateRule")     def name(call) -> dict            what moto lacks: the response
    @amend("ec2", "DescribeVolumes")  def name(call, response) -> None  correct moto's response in place

and a fourth, `@prepare("ec2")`, for what has to be put right in an account and Region before its first call.

Order: preparations, rules, then the answer or moto itself, then amendments. A rule may change `call.params`;
moto then gets the changed parameters. Parameters are plain Python values that botocore has validated.

Nothing here knows how calls arrive: a driver (`course.lab.driver` for botocore) makes a `Call` and runs
`before()` and `after()`.
"""

from __future__ import annotations

import importlib
import pkgutil
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from course.lab.errors import NotInTheMock

Rule = Callable[["Call"], None]
Answer = Callable[["Call"], dict[str, Any]]
Amendment = Callable[["Call", dict[str, Any]], None]
Operation = tuple[str, str]
_F = TypeVar("_F", bound=Callable[..., Any])

EVERY = "*"

_rules: dict[Operation, list[Rule]] = defaultdict(list)
_answers: dict[Operation, Answer] = {}
_amendments: dict[Operation, list[Amendment]] = defaultdict(list)
_preparations: dict[str, list[Rule]] = defaultdict(list)

_state: dict[tuple[str, str, str], dict[Any, Any]] = {}
_prepared: set[tuple[str, str, str]] = set()
_switch = {"enabled": True}


class Refusal(Exception):  # noqa: N818 - AWS refuses; it is not an error of the rule
    """AWS refuses the call.

    `code` is AWS's error code. `status` is the HTTP status; None takes the one of the service's model, else
    400. `fields` are further members of the modelled error (for example `Reason`).
    """

    def __init__(self, code: str, message: str, status: int | None = None, **fields: Any) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.status = status
        self.fields = fields


@dataclass
class Call:
    """One call of one operation, by one account in one Region."""

    service: str
    operation: str
    params: dict[str, Any]
    region: str
    account_id: str
    notes: dict[str, Any] = field(default_factory=dict)
    """Carries what a rule wants to tell an amendment of the same call."""

    @property
    def now(self) -> datetime:
        """The moment on the lab's clock, aware, UTC."""
        return datetime.now(UTC)

    def backend(self, service: str | None = None, region: str | None = None) -> Any:
        """moto's backend of a service (default: the called one) in this account."""
        from moto.backends import get_backend

        where = region or self.region
        backends = get_backend(service or self.service)[self.account_id]  # type: ignore[call-overload]
        if where not in backends:
            raise NotInTheMock(f"{self.service}.{self.operation}", f"there is no Region {where!r}")
        return backends[where]

    def state(self, name: str, region: str | None = None) -> dict[Any, Any]:
        """A dict kept for this account and Region until the lab is reset; shared by all services."""
        return _state.setdefault((self.account_id, region or self.region, name), {})


def rule(service: str, *operations: str) -> Callable[[_F], _F]:
    """Check (and perhaps change) the parameters of these operations before anything else sees them."""
    return _register(lambda function, operation: _rules[service, operation].append(function), operations)


def answer(service: str, *operations: str) -> Callable[[_F], _F]:
    """Answer these operations instead of moto. One answer per operation."""

    def add(function: Any, operation: str) -> None:
        if (service, operation) in _answers:
            raise ValueError(f"{service}.{operation} has two answers.")
        _answers[service, operation] = function

    return _register(add, operations)


def amend(service: str, *operations: str) -> Callable[[_F], _F]:
    """Correct moto's response of these operations, in place, and only when moto did not report an error."""
    return _register(lambda function, operation: _amendments[service, operation].append(function), operations)


def prepare(service: str) -> Callable[[_F], _F]:
    """Run once for every account and Region, before the first call of this service."""
    return _register(lambda function, _: _preparations[service].append(function), (EVERY,))


def before(call: Call) -> dict[str, Any] | None:
    """Run preparations and rules; return the answer, or None where moto answers.

    Raises Refusal.
    """
    _prepare(call)
    for each in _of(_rules, call):
        each(call)
    found = _answers.get((call.service, call.operation))
    if found is None:
        return None
    if call.params.get("DryRun"):
        raise Refusal("DryRunOperation", "The request would have succeeded, but DryRun is set.", 412)
    return found(call)


def after(call: Call, response: dict[str, Any]) -> None:
    """Run the amendments on moto's response."""
    for each in _of(_amendments, call):
        each(call, response)


def concerns(service: str, operation: str) -> bool:
    """Does any rule, answer, amendment or preparation concern this operation?"""
    operations = ((service, operation), (service, EVERY))
    known = (_rules, _answers, _amendments)
    return service in _preparations or any(each in where for each in operations for where in known)


def enabled() -> bool:
    """Are the rules in force?"""
    return _switch["enabled"]


@contextmanager
def disabled() -> Iterator[None]:
    """Plain moto inside this block. For tests that show what a rule corrects."""
    previous = enabled()
    _switch["enabled"] = False
    try:
        yield
    finally:
        _switch["enabled"] = previous


def discover() -> None:
    """Import every rule file of this folder (of every folder in `__path__`) that is not imported yet."""
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        importlib.import_module(module.name)


def forget(account_id: str | None = None) -> None:
    """Drop the state of one account, or of all."""
    for key in [key for key in _state if account_id in (None, key[0])]:
        del _state[key]
    _prepared.difference_update({key for key in _prepared if account_id in (None, key[0])})


@contextmanager
def own_random_numbers(*purpose: str) -> Iterator[None]:
    """Ids drawn inside depend on `purpose` alone, and ids drawn later not on what happens inside."""
    from moto.moto_api._internal import mock_random

    state = mock_random.getstate()
    mock_random.seed("/".join(purpose))
    try:
        yield
    finally:
        mock_random.setstate(state)


def request_id() -> str:
    """A request id that takes nothing from moto's random numbers, so that later ids stay the same."""
    return str(uuid.uuid4())


def _register(add: Callable[[Any, str], None], operations: tuple[str, ...]) -> Callable[[_F], _F]:
    def decorate(function: _F) -> _F:
        for operation in operations:
            add(function, operation)
        return function

    return decorate


def _of(known: dict[Operation, list[Any]], call: Call) -> list[Any]:
    everywhere = known.get((call.service, EVERY), [])
    return everywhere + known.get((call.service, call.operation), [])


def _prepare(call: Call) -> None:
    key = (call.account_id, call.region, call.service)
    if key in _prepared:
        return
    _prepared.add(key)
    for each in _preparations.get(call.service, []):
        each(call)
