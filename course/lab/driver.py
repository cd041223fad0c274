"""Enforces the rules on boto3 calls, by botocore's documented event hooks, and explains what moto lacks.

Handlers go into botocore's list of built-in handlers: every session made from then on has them, and so have
its clients, resources, paginators and waiters.
"""

from __future__ import annotations

import io
import os
import traceback
from typing import Any

import botocore.handlers
from botocore.awsrequest import AWSResponse
from botocore.model import OperationModel
from botocore.parsers import ResponseParserError
from botocore.serialize import create_serializer
from moto.core.models import DEFAULT_ACCOUNT_ID, botocore_stubber

from course.lab import environment, rules
from course.lab.errors import NotInTheMock, RealNetworkRefused
from course.lab.rules import Call, Refusal

_PARAMS = "course.lab.params"
_CALL = "course.lab.call"
# What moto leaves in a response when it has no such service or operation.
_MISSING = ("Not Found", "Not yet implemented", "")


def install() -> None:
    """Add the handlers to every botocore session made from now on. Doing it again changes nothing."""
    for handler in _HANDLERS:
        if handler not in botocore.handlers.BUILTIN_HANDLERS:
            botocore.handlers.BUILTIN_HANDLERS.append(handler)


def _keep_params(params: dict[str, Any], model: OperationModel, context: dict[str, Any], **_: Any) -> None:
    if _in_force(model):
        context[_PARAMS] = params


def _before_call(
    model: OperationModel, params: dict[str, Any], request_signer: Any, context: dict[str, Any], **_: Any
) -> tuple[AWSResponse, dict[str, Any]] | None:
    if _PARAMS not in context or not _in_force(model):
        return None
    call = _call_of(model, context, request_signer)
    asked = _copy(call.params)
    try:
        response = rules.before(call)
    except Refusal as refusal:
        return _refuse(refusal, model, params["url"])
    if response is not None:
        return _respond(params["url"], 200, response)
    if call.params != asked:
        params["body"] = _body(call.params, model)
    context[_CALL] = call
    return None


def _after_call(
    http_response: AWSResponse,
    parsed: dict[str, Any],
    model: OperationModel,
    context: dict[str, Any],
    **_: Any,
) -> None:
    if _is_missing(http_response, parsed, model):
        raise NotInTheMock(_name(model), "moto has no such operation")
    if _CALL in context and http_response.status_code < 300:
        rules.after(context[_CALL], parsed)


def _explain(exception: Exception, context: dict[str, Any], event_name: str, **_: Any) -> None:
    name = ".".join(event_name.split(".")[1:])
    if isinstance(exception, RealNetworkRefused):
        exception.call = name
    elif isinstance(exception, NotImplementedError):
        raise NotInTheMock(name, "moto has no such operation") from None
    elif isinstance(exception, ResponseParserError) or _raised_by_moto(exception):
        detail = f"moto failed on this request ({type(exception).__name__}: {exception})"
        raise NotInTheMock(name, detail) from exception


_HANDLERS = [
    ("before-parameter-build", _keep_params),
    ("before-call", _before_call),
    ("after-call", _after_call),
    ("after-call-error", _explain),
]


def _in_force(model: OperationModel) -> bool:
    return (
        botocore_stubber.enabled
        and rules.enabled()
        and rules.concerns(model.service_model.service_name, model.name)
    )


def _call_of(model: OperationModel, context: dict[str, Any], request_signer: Any) -> Call:
    return Call(
        service=model.service_model.service_name,
        operation=model.name,
        params=_copy(context[_PARAMS]),
        region=context["client_region"],
        account_id=_account_of(request_signer),
    )


def _account_of(request_signer: Any) -> str:
    """The account that moto will work in, found the way moto finds it.

    moto reads the access key from the signed request; before the call there is none yet, and botocore shows
    the credentials nowhere else.
    """
    if "MOTO_ACCOUNT_ID" in os.environ:
        return os.environ["MOTO_ACCOUNT_ID"]
    credentials = getattr(request_signer, "_credentials", None)
    if credentials is None or credentials.access_key == environment.ACCESS_KEY:
        return DEFAULT_ACCOUNT_ID
    from moto.iam.models import get_account_id_from

    return get_account_id_from(credentials.access_key)


def _copy(value: Any) -> Any:
    """Containers copied, leaves (streams among them) shared."""
    if isinstance(value, dict):
        return {key: _copy(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_copy(each) for each in value]
    return value


def _body(params: dict[str, Any], model: OperationModel) -> Any:
    serializer = create_serializer(model.service_model.resolved_protocol, include_validation=False)
    return serializer.serialize_to_request(params, model)["body"]


def _refuse(refusal: Refusal, model: OperationModel, url: str) -> tuple[AWSResponse, dict[str, Any]]:
    shapes = [shape for shape in model.error_shapes if refusal.code in (shape.name, shape.error_code)]
    shape = shapes[0] if shapes else None
    modelled = shape.metadata.get("error", {}).get("httpStatusCode") if shape else None
    parsed: dict[str, Any] = {"Error": {"Code": refusal.code, "Message": refusal.message}}
    if shape:
        fields = {"Message": refusal.message, "message": refusal.message, "ErrorCode": refusal.code}
        fields |= refusal.fields
        parsed |= {name: value for name, value in fields.items() if name in shape.members}
    return _respond(url, refusal.status or modelled or 400, parsed)


def _respond(url: str, status: int, parsed: dict[str, Any]) -> tuple[AWSResponse, dict[str, Any]]:
    request_id = rules.request_id()
    headers = {"x-amzn-requestid": request_id}
    parsed["ResponseMetadata"] = {
        "RequestId": request_id,
        "HTTPStatusCode": status,
        "HTTPHeaders": headers,
        "RetryAttempts": 0,
    }
    return AWSResponse(url, status, headers, io.BytesIO()), parsed


def _is_missing(http_response: AWSResponse, parsed: dict[str, Any], model: OperationModel) -> bool:
    error = parsed.get("Error", {})
    return (
        botocore_stubber.enabled
        and http_response.status_code == 404
        and error.get("Code") == "404"
        and error.get("Message") in _MISSING
        and model.http.get("method") != "HEAD"
    )


def _raised_by_moto(exception: Exception) -> bool:
    frames = [frame.f_globals.get("__name__", "") for frame, _ in traceback.walk_tb(exception.__traceback__)]
    return any(name.startswith("moto.") for name in frames)


def _name(model: OperationModel) -> str:
    return f"{model.service_model.service_name}.{model.name}"
