"""Codes and faults of the SSP7 dialect (contract section 7)."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from gateway.dialects.ssp7 import shapes
from gateway.errors import (
    ActionMismatch,
    AppUnknown,
    BrokenRule,
    EventUnknown,
    GatewayError,
    HashRefused,
    KeyReused,
    Malformed,
    Missing,
    NoCredentials,
    NoSuchOperation,
    NotPermitted,
    NotUnderstood,
    OutOfTurn,
    ReferenceConflict,
    ReferenceTaken,
    ReferenceUnknown,
    Refused,
    SchemaViolation,
    TaskClosed,
    TaskNotExternal,
    TaskUnknown,
    TooManyRequests,
    TryLater,
    Unauthenticated,
    WrongEnvelope,
    WrongState,
)
from gateway.soap.definition import FaultCode, FaultContent
from gateway.text import printable

OK = "OK"
DUPLICATE = "DUPLICATE"


class AttachmentTooLarge(BrokenRule):
    """A file, or all together, beyond the limits of the settings."""


Wording = Callable[[GatewayError, str], str]


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the contract's table: which error, code, how it is said, whose mistake."""

    cause: type[GatewayError]
    code: str
    say: Wording
    soap: FaultCode = FaultCode.CLIENT


def _plain(error: GatewayError, path: str) -> str:
    del path
    return error.sentence


def _said(text: str) -> Wording:
    return lambda _error, _path: text


def _of_field(error: GatewayError, path: str) -> str:
    return f"{path}: {error.sentence}" if path else error.sentence


def _required(error: GatewayError, path: str) -> str:
    del error
    return f"{path} is required"


def _not_soap(error: GatewayError, path: str) -> str:
    del path
    return f"the message is not a valid SOAP message: {error.sentence}"


def _no_operation(error: GatewayError, path: str) -> str:
    del path
    assert isinstance(error, NoSuchOperation)  # noqa: S101 - the table says so
    return f"no operation {printable(error.name)} in namespace {printable(error.namespace)}"


_SERVER = FaultCode.SERVER
_INVALID = "ARGUMENT_INVALID"
_MESSAGE = "MESSAGE_INVALID"

# The first row whose class fits an error is its fault.
_ROWS = (
    _Row(NotUnderstood, _MESSAGE, _plain, FaultCode.MUST_UNDERSTAND),
    _Row(WrongEnvelope, _MESSAGE, _plain, FaultCode.VERSION_MISMATCH),
    _Row(Malformed, _MESSAGE, _not_soap),
    _Row(ActionMismatch, "SOAP_ACTION_UNKNOWN",
         _said("the server does not know the SOAPAction header value, or it is missing")),
    _Row(NoSuchOperation, "OPERATION_UNKNOWN", _no_operation),
    _Row(NoCredentials, "AUTH_REQUIRED", _said("credentials are required")),
    _Row(HashRefused, "HASH_INVALID", _said("the hash is not accepted")),
    _Row(Unauthenticated, "AUTH_FAILED", _said("credentials are not accepted")),
    _Row(NotPermitted, "ACCESS_DENIED", _said("the account may not use this operation")),
    _Row(AttachmentTooLarge, "ATTACHMENT_TOO_LARGE", _plain),
    _Row(KeyReused, "MESSAGE_ID_REUSED",
         lambda _, path: f"{path} was used for another message"),
    _Row(Missing, "ARGUMENT_MISSING", _required),
    _Row(BrokenRule, _INVALID, _of_field),
    _Row(SchemaViolation, _INVALID, _of_field),
    _Row(TaskUnknown, "TASK_NOT_FOUND", _plain),
    _Row(AppUnknown, "APP_NOT_FOUND", _plain),
    _Row(EventUnknown, "EVENT_NOT_FOUND", _plain),
    _Row(ReferenceUnknown, "EXTERNAL_REFERENCE_UNKNOWN", _plain),
    _Row(TaskNotExternal, "TASK_NOT_EXTERNAL", _plain),
    _Row(TaskClosed, "TASK_CLOSED", _plain),
    _Row(ReferenceConflict, "EXTERNAL_REFERENCE_CONFLICT", _plain),
    _Row(ReferenceTaken, "EXTERNAL_REFERENCE_NOT_UNIQUE", _plain),
    _Row(OutOfTurn, "STATE_CONFLICT", _plain),
    _Row(WrongState, "STATE_CONFLICT", _plain),
    _Row(TooManyRequests, "TRY_LATER", _said("too many requests")),
    _Row(Refused, _INVALID, _of_field),
    _Row(TryLater, "TRY_LATER", _said("the store is not reachable"), _SERVER),
    _Row(GatewayError, "INTERNAL", _said("the request could not be processed"), _SERVER),
)  # fmt: skip

_WITHOUT_DETAIL = (FaultCode.VERSION_MISMATCH, FaultCode.MUST_UNDERSTAND)
_CHALLENGE = ("WWW-Authenticate", 'Basic realm="ticket-gateway", charset="UTF-8"')
_RETRY_S = 30


def faults(*, basic: bool) -> Callable[[GatewayError, str], FaultContent]:
    """Give the table of faults; ``basic``: HTTP Basic is a way to log in, so it is asked for."""

    def fault(error: GatewayError, reference: str) -> FaultContent:
        row = _row(error)
        path = field_path(error.field or "")
        sentence = row.say(error, path)
        detail = [("code", row.code), ("message", sentence), ("field", path)]
        names = [(shapes.member(shapes.FAULT, key), value) for key, value in detail if value]
        names.append((shapes.member(shapes.FAULT, "correlation_id"), reference))
        challenged = basic and row.code in ("AUTH_REQUIRED", "AUTH_FAILED")
        throttled = isinstance(error, TooManyRequests)
        return FaultContent(
            code=row.soap,
            text=f"{row.code}: {sentence}",
            detail=() if row.soap in _WITHOUT_DETAIL else tuple(names),
            retry_after_s=_retry_after(error),
            status=401 if challenged else 429 if throttled else None,
            headers=(_CHALLENGE,) if challenged else (),
        )

    return fault


def code_of(error: GatewayError) -> str:
    """Give the code of a refusal, for ways in that answer with no fault: mails."""
    return _row(error).code


def _row(error: GatewayError) -> _Row:
    # The schema's word for what a use case calls missing.
    if isinstance(error, SchemaViolation) and error.sentence == "missing element":
        return _Row(SchemaViolation, "ARGUMENT_MISSING", _required)
    return next(row for row in _ROWS if isinstance(error, row.cause))


def _retry_after(error: GatewayError) -> int | None:
    if isinstance(error, TooManyRequests):
        return error.retry_after_s
    return _RETRY_S if isinstance(error, TryLater) else None


_PART = re.compile(r"(?P<name>\w+)(?:\[(?P<number>\d+)\])?")


def field_path(field: str) -> str:
    """Write the path of a field as callers know it: ``p_arrX/Entry[2]/Member``.

    The first part is a parameter's key or, from the schema, its name.
    """
    return "/".join(_steps(field)) if field else ""


def _steps(field: str) -> list[str]:
    fields, dot, name = field.partition(".")
    if dot and fields == "fields":
        return [shapes.PARAMETERS[fields], name]  # a name of the caller's, whatever it holds
    steps: list[str] = []
    for part in field.split("."):
        found = _PART.fullmatch(part)
        if found is None:
            steps.append(part)
            continue
        name = shapes.PARAMETERS.get(found["name"], found["name"])
        steps.append(name)
        if found["number"]:
            steps.append(f"{shapes.ENTRIES.get(name, 'item')}[{found['number']}]")
    return steps
