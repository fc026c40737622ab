"""How refusals are said as faults, by a table of each service (contract section 7)."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gateway.dialects.ssp7.table import WireTable
from gateway.errors import (
    ActionMismatch,
    BrokenRule,
    GatewayError,
    HashRefused,
    Malformed,
    Missing,
    NoCredentials,
    NoSuchOperation,
    NotPermitted,
    NotUnderstood,
    OutOfTurn,
    Refused,
    SchemaViolation,
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

Wording = Callable[[GatewayError, str], str]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the contract's table: which error, code, how it is said, whose mistake."""

    cause: type[GatewayError]
    code: str
    say: Wording
    soap: FaultCode = FaultCode.CLIENT


def plain(error: GatewayError, path: str) -> str:
    """Say what the error says."""
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


def _not_understood(error: GatewayError, path: str) -> str:
    del path
    assert isinstance(error, NotUnderstood)  # noqa: S101 - the table says so
    return f"the header block {error.name} is not understood"


def _no_operation(error: GatewayError, path: str) -> str:
    del path
    assert isinstance(error, NoSuchOperation)  # noqa: S101 - the table says so
    return f"no operation {printable(error.name)} in namespace {printable(error.namespace)}"


_SERVER = FaultCode.SERVER
_INVALID = "ARGUMENT_INVALID"
_MESSAGE = "MESSAGE_INVALID"

# The first row whose class fits an error is its fault; a service's own stand between these two.
_FIRST = (
    Row(NotUnderstood, _MESSAGE, _not_understood, FaultCode.MUST_UNDERSTAND),
    Row(WrongEnvelope, _MESSAGE, plain, FaultCode.VERSION_MISMATCH),
    Row(Malformed, _MESSAGE, _not_soap),
    Row(ActionMismatch, "SOAP_ACTION_UNKNOWN",
        _said("the server does not know the SOAPAction header value, or it is missing")),
    Row(NoSuchOperation, "OPERATION_UNKNOWN", _no_operation),
    Row(NoCredentials, "AUTH_REQUIRED", _said("credentials are required")),
    Row(HashRefused, "HASH_INVALID", _said("the hash is not accepted")),
    Row(Unauthenticated, "AUTH_FAILED", _said("credentials are not accepted")),
    Row(NotPermitted, "ACCESS_DENIED", _said("the account may not use this operation")),
)  # fmt: skip
_LAST = (
    Row(Missing, "ARGUMENT_MISSING", _required),
    Row(BrokenRule, _INVALID, _of_field),
    Row(SchemaViolation, _INVALID, _of_field),
    Row(OutOfTurn, "STATE_CONFLICT", plain),
    Row(WrongState, "STATE_CONFLICT", plain),
    Row(TooManyRequests, "TRY_LATER", _said("too many requests")),
    Row(Refused, _INVALID, _of_field),
    Row(TryLater, "TRY_LATER", _said("the store is not reachable"), _SERVER),
    Row(GatewayError, "INTERNAL", _said("the request could not be processed"), _SERVER),
)

_WITHOUT_DETAIL = (FaultCode.VERSION_MISMATCH, FaultCode.MUST_UNDERSTAND)
CHALLENGED = frozenset({"AUTH_REQUIRED", "AUTH_FAILED"})
CHALLENGE = ("WWW-Authenticate", 'Basic realm="ticket-gateway", charset="UTF-8"')
_RETRY_S = 30
_PART = re.compile(r"(?P<name>\w+)(?:\[(?P<number>\d+)\])?")


class Faults:
    """The faults of one service: its own rows beside those that every service has."""

    def __init__(self, table: WireTable, own: Sequence[Row]) -> None:
        self._table = table
        self._rows = (*_FIRST, *own, *_LAST)

    @property
    def codes(self) -> frozenset[str]:
        """Name every code that may be answered."""
        return frozenset(row.code for row in self._rows)

    def code(self, error: GatewayError) -> str:
        """Give the code of a refusal, for ways in that answer with no fault."""
        return self._row(error).code

    def sentence(self, error: GatewayError) -> str:
        """Say what is wrong, with the field as callers know it."""
        return self._row(error).say(error, self.path(error.field or ""))

    def offered(self, *, basic: bool) -> Callable[[GatewayError, str], FaultContent]:
        """Give what makes faults; ``basic``: HTTP Basic is a way to log in, so it is asked for."""

        def fault(error: GatewayError, reference: str) -> FaultContent:
            row = self._row(error)
            challenged = basic and row.code in CHALLENGED
            throttled = isinstance(error, TooManyRequests)
            return FaultContent(
                code=row.soap,
                text=f"{row.code}: {self.sentence(error)}",
                detail=() if row.soap in _WITHOUT_DETAIL else self._detail(error, reference),
                retry_after_s=_retry_after(error),
                status=401 if challenged else 429 if throttled else None,
                headers=(CHALLENGE,) if challenged else (),
            )

        return fault

    def path(self, field: str) -> str:
        """Write the path of a field as callers know it: ``p_arrX/Entry[2]/Member``.

        The first part is a parameter's key or, from the schema, its name.
        """
        return "/".join(self._steps(field)) if field else ""

    def _detail(self, error: GatewayError, reference: str) -> tuple[tuple[str, str], ...]:
        said = {
            "code": self.code(error),
            "message": self.sentence(error),
            "field": self.path(error.field or ""),
            "correlation_id": reference,
        }
        member = self._table.member
        return tuple((member(self._table.fault, key), text) for key, text in said.items() if text)

    def _row(self, error: GatewayError) -> Row:
        # The schema's word for what a use case calls missing.
        if isinstance(error, SchemaViolation) and error.sentence == "missing element":
            return Row(SchemaViolation, "ARGUMENT_MISSING", _required)
        return next(row for row in self._rows if isinstance(error, row.cause))

    def _steps(self, field: str) -> list[str]:
        names, entries = self._table.parameters, self._table.entries
        first, dot, rest = field.partition(".")
        if dot and entries.get(names.get(first, "")) == "NameValue":
            return [names[first], rest]  # a name of the caller's, whatever it holds
        steps: list[str] = []
        for part in field.split("."):
            found = _PART.fullmatch(part)
            if found is None:
                steps.append(part)
                continue
            name = names.get(found["name"], found["name"])
            steps.append(name)
            if found["number"]:
                steps.append(f"{entries.get(name, 'item')}[{found['number']}]")
        return steps


def _retry_after(error: GatewayError) -> int | None:
    if isinstance(error, TooManyRequests):
        return error.retry_after_s
    return _RETRY_S if isinstance(error, TryLater) else None
