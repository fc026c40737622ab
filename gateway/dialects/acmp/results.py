"""Result codes, messages and faults of the ACMP dialect (contract section 3)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.errors import (
    BrokenRule,
    GatewayError,
    Malformed,
    NoCredentials,
    NotFound,
    NotPermitted,
    NotUnderstood,
    OutcomeUnknown,
    Refused,
    SchemaViolation,
    SessionUnknown,
    StorageAway,
    TryLater,
    Unauthenticated,
    UnknownClient,
    WrongEnvelope,
    WrongState,
)
from gateway.soap.definition import FaultCode, FaultContent

OK = 0
INVALID_SESSION = 7
WRONG_PASSWORD = 15
INTERNAL = 18
DATABASE = 19
CLIENT_NOT_EXIST = 26
NOT_FOUND = 30
INVALID_REQUEST = 35

# Errors of use cases that are answered in band; everything else is a fault.
IN_BAND = (BrokenRule, WrongState, NotFound, NotPermitted)


class BusinessFault(Refused):
    """A broken rule that is sent as a fault (setting ``acmp.business_errors`` = "fault")."""

    def __init__(self, result: Mapping[str, Any]) -> None:
        self.result = result
        super().__init__(str(result["ResultMessage"]))


def success(note: str = "") -> dict[str, Any]:
    """Give code and message of a call that did what it should."""
    return {"ResultCode": OK, "ResultMessage": f"OK; {note}" if note else "OK"}


def refusal(error: Refused, paths: Mapping[str, str]) -> dict[str, Any]:
    """Give code and message of a refusal; ``paths`` maps domain fields to request paths."""
    path = _path(error.field or "", paths)
    return {
        "ResultCode": _code(error),
        "ResultMessage": f"{path}: {error.sentence}" if path else error.sentence,
    }


def first_error(message: str, batch: Mapping[str, Any], number: int | None = None) -> str:
    """Give FirstErrorMsg: the failing entry's id as sent, and the message (contract G9).

    ``batch`` holds the request by parameter; ``number`` is the entry's where the message names
    the parameter alone. A refusal of no entry is the message alone.
    """
    place = _ENTRY.match(message)
    at = int(place["number"]) if place and place["number"] else number
    if place is None or at is None:
        return message
    entries: Sequence[Any] = batch.get(place["name"]) or ()
    entry = entries[at - 1] if at <= len(entries) else None
    sent = getattr(entry, "Id", entry)
    return f"{sent[:_ID_LIMIT]}: {message}" if sent else message


_ENTRY = re.compile(r"(?P<name>\w+)(?:\[(?P<number>\d+)\])?")  # the n-th of a list, from 1
_ID_LIMIT = 64


def _path(field: str, paths: Mapping[str, str]) -> str:
    if field == "idempotency_key":
        return "Idempotency-Key"
    if field in paths:
        return paths[field]
    # Of a batch: costs[2], or costs[2].unit_price of the domain.
    name, bracket, rest = field.partition("[")
    number, dot, member = rest.partition(".")
    return f"{paths.get(name, name)}{bracket}{number}{dot}{paths.get(member, member)}"


def _code(error: Refused) -> int:
    if isinstance(error, UnknownClient):
        return CLIENT_NOT_EXIST
    return NOT_FOUND if isinstance(error, NotFound) else INVALID_REQUEST


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the contract's table of faults; ``where`` is field and sentence."""

    cause: type[GatewayError]
    code: FaultCode
    result: int
    text: str


_CLIENT, _SERVER = FaultCode.CLIENT, FaultCode.SERVER

# The first row whose class fits an error is its fault.
_FAULTS = (
    _Row(NotUnderstood, FaultCode.MUST_UNDERSTAND, INVALID_REQUEST,
         "header not understood: {sentence}"),
    _Row(WrongEnvelope, FaultCode.VERSION_MISMATCH, INVALID_REQUEST, "{sentence}"),
    _Row(Malformed, _CLIENT, INVALID_REQUEST, "malformed request: {sentence}"),
    _Row(SchemaViolation, _CLIENT, INVALID_REQUEST, "invalid request: {where}"),
    _Row(SessionUnknown, _CLIENT, INVALID_SESSION, "{sentence}"),
    _Row(Unauthenticated, _CLIENT, WRONG_PASSWORD, "{sentence}"),
    _Row(Refused, _CLIENT, INVALID_REQUEST, "{sentence}"),
    _Row(StorageAway, _SERVER, DATABASE, "storage not available, reference {reference}"),
    _Row(TryLater, _SERVER, DATABASE, "try later, reference {reference}"),
    _Row(OutcomeUnknown, _SERVER, DATABASE, "outcome unknown, reference {reference}"),
    _Row(GatewayError, _SERVER, INTERNAL, "internal error, reference {reference}"),
)  # fmt: skip


def fault(error: GatewayError, reference: str) -> FaultContent:
    """Give the fault of an error: the table of contract section 3."""
    if isinstance(error, NoCredentials):
        return FaultContent(code=_CLIENT, text=error.sentence, challenge=True)
    row = next(row for row in _FAULTS if isinstance(error, row.cause))
    text = row.text.format(sentence=error.sentence, where=str(error), reference=reference)
    result = error.result if isinstance(error, BusinessFault) else {"ResultCode": row.result}
    detail = {**result, "ResultMessage": text, "Reference": reference}
    return FaultContent(
        code=row.code,
        text=text,
        detail=tuple((name, str(detail[name])) for name in _DETAIL if detail.get(name) is not None),
        retry_after_s=getattr(error, "retry_after_s", None),
    )


_DETAIL = ("ResultCode", "ResultMessage", "FirstErrorMsg", "Reference")  # order of HelpdeskFault
