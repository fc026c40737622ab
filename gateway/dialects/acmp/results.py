"""Result codes, messages and faults of the ACMP dialect (contract section 3)."""

from collections.abc import Mapping
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
    WrongEnvelope,
    WrongState,
)
from gateway.soap.definition import FaultCode, FaultContent

OK = 0
INVALID_SESSION = 7
WRONG_PASSWORD = 15
INTERNAL = 18
DATABASE = 19
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
    field = error.field or ""
    path = "Idempotency-Key" if field == "idempotency_key" else paths.get(field, field)
    return {
        "ResultCode": NOT_FOUND if isinstance(error, NotFound) else INVALID_REQUEST,
        "ResultMessage": f"{path}: {error.sentence}" if path else error.sentence,
    }


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
