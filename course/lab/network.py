"""The network guard: whatever the mock does not answer is refused, loopback excepted.

Two layers. botocore's sender is the last step of every boto3 call and is reached only by calls that moto did
not answer. Sockets and name lookups catch everything else (requests, urllib, sockets). A Jupyter kernel
talks to its server over loopback, so that stays open.

Neither layer reaches child processes: they only inherit the environment (see `course.lab.environment`).
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from typing import Any, NoReturn

import botocore.httpsession
from botocore.awsrequest import AWSPreparedRequest
from moto.backend_index import backend_url_patterns
from moto.core.models import botocore_stubber

from course.lab.errors import RealNetworkRefused

_INTERNET = (socket.AF_INET, socket.AF_INET6)
_LOOPBACK_NAMES = (None, "", "localhost")
_originals: dict[tuple[Any, str], Any] = {}


def install() -> None:
    """Put the guard in place. Doing it again changes nothing."""
    if _originals:
        return
    _replace(botocore.httpsession.URLLib3Session, "send", lambda original: _refuse_request)
    _replace(socket.socket, "connect", _guard_address)
    _replace(socket.socket, "connect_ex", _guard_address)
    _replace(socket.socket, "sendto", _guard_last_address)
    if hasattr(socket.socket, "sendmsg"):  # not on Windows
        _replace(socket.socket, "sendmsg", _guard_message)
    _replace(socket, "getaddrinfo", _guard_lookup)
    for lookup in ("gethostbyname", "gethostbyname_ex", "gethostbyaddr"):
        _replace(socket, lookup, _guard_lookup)


def remove() -> None:
    """Take the guard away. For tests of the guard only: `lab.stop()` leaves it in place."""
    for (owner, name), original in _originals.items():
        setattr(owner, name, original)
    _originals.clear()


def is_loopback(host: object) -> bool:
    """Does this host (name, IP address, or None for "this machine") stay on this machine?"""
    name = host.decode() if isinstance(host, bytes) else host
    if name in _LOOPBACK_NAMES:
        return True
    try:
        address = ipaddress.ip_address(str(name).partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _replace(owner: Any, name: str, guarded: Callable[[Any], Callable[..., Any]]) -> None:
    original = getattr(owner, name)
    _originals[owner, name] = original
    setattr(owner, name, guarded(original))


def _guard_address(original: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, address: Any) -> Any:
        _check_address(self, address)
        return original(self, address)

    return guarded


def _guard_last_address(original: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, *args: Any) -> Any:
        _check_address(self, args[-1])
        return original(self, *args)

    return guarded


def _guard_message(original: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(
        self: socket.socket, buffers: Any, ancdata: Any = (), flags: int = 0, address: Any = None
    ) -> Any:
        _check_address(self, address)
        return original(self, buffers, ancdata, flags, *([] if address is None else [address]))

    return guarded


def _guard_lookup(original: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(host: Any, *args: Any, **kwargs: Any) -> Any:
        if is_loopback(host):
            return original(host, *args, **kwargs)
        # Python asks for this machine's own name when it starts servers; it needs no name server for that.
        if host == socket.gethostname():
            return original("localhost", *args, **kwargs)
        port = args[0] if args else kwargs.get("port")
        _refuse_host(f"{host}:{port}" if port else f"the name lookup of {host}")

    return guarded


def _check_address(sock: socket.socket, address: Any) -> None:
    if sock.family in _INTERNET and isinstance(address, tuple) and not is_loopback(address[0]):
        _refuse_host(f"{address[0]}:{address[1]}")


def _refuse_host(target: str) -> NoReturn:
    raise RealNetworkRefused(
        target,
        "course.lab keeps everything on this machine, and this is an address outside of it",
        "Call the mock cloud with boto3, or use data that is in the notebook.",
    )


def _refuse_request(self: Any, request: AWSPreparedRequest) -> NoReturn:
    address = request.url.split("?")[0]
    raise RealNetworkRefused(f"{request.method} {address}", *_why(address))


def _why(address: str) -> tuple[str, str]:
    if not botocore_stubber.enabled:
        return "the mock cloud is not running", "Run lab.start() and make the call again."
    if any(pattern.match(address) for _, pattern in backend_url_patterns):
        return (
            "this client was made before course.lab was imported, so it does not know the mock cloud",
            "Make the client (and its boto3.Session, if it has one) again, after lab.start().",
        )
    return (
        "the mock cloud answers AWS's standard addresses only, and this client uses another one "
        "(endpoint_url, dual-stack, or a metadata service)",
        "Make the client without endpoint_url and without use_dualstack_endpoint.",
    )
