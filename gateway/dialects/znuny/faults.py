"""Faults of the SOAP face: the table of section 2.3 of the contract."""

from collections.abc import Callable
from dataclasses import dataclass

from gateway.errors import (
    ActionMismatch,
    ForbiddenMarkup,
    ForbiddenReference,
    GatewayError,
    Malformed,
    NoSuchOperation,
    NotOneCall,
    NotUnderstood,
    OutcomeUnknown,
    ShapeExceeded,
    TooManyRequests,
    TryLater,
    WrongEnvelope,
)
from gateway.soap.definition import FaultCode, FaultContent
from gateway.text import printable

Wording = Callable[[GatewayError, str], str]
_LONGEST = 256  # characters of a name


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the table: which error, its code, how it is said, whose mistake."""

    cause: type[GatewayError]
    code: str
    say: Wording
    soap: FaultCode = FaultCode.CLIENT


def _said(text: str) -> Wording:
    return lambda _error, _reference: text


def _not_xml(error: GatewayError, reference: str) -> str:
    del reference
    assert isinstance(error, Malformed)  # noqa: S101 - the table says so
    place = f"line {error.line}, column {error.column}"
    return f"Error deserializing message: {place}: {error.sentence}"


def _not_understood(error: GatewayError, reference: str) -> str:
    del reference
    assert isinstance(error, NotUnderstood)  # noqa: S101 - the table says so
    # Whole, as long as the guard lets names be: half a namespace is another one.
    name, namespace = (printable(text, _LONGEST) for text in (error.name, error.namespace))
    return f"Header block {{{namespace}}}{name} is not understood."


def _action(error: GatewayError, reference: str) -> str:
    del reference
    assert isinstance(error, ActionMismatch)  # noqa: S101 - the table says so
    action, operation = printable(error.action), printable(error.name)
    return f"SOAPAction '{action}' does not match operation '{operation}'"


def _operation(error: GatewayError, reference: str) -> str:
    del reference
    assert isinstance(error, NoSuchOperation)  # noqa: S101 - the table says so
    name = printable(error.name)
    return f"Got no OperationType! Operation '{name}' is not part of this web service."


# The sentences of the guard, as what they limit.
_LIMITED = {
    "too many elements": "elements",
    "too many elements in one": "children of an element",
    "too many attributes": "attributes",
    "too many namespace declarations": "namespace declarations",
    "too many header blocks": "header blocks",
    "nested too deeply": "depth",
    "name too long": "length of names",
    "text too long": "length of texts",
    "header block too large": "size of header blocks",
}


def _limit(error: GatewayError, reference: str) -> str:
    del reference
    return f"The request exceeds the limit on {_LIMITED.get(error.sentence, 'size')}."


def internal(error: GatewayError, reference: str) -> str:
    """Say what no caller can mend; of a lost commit that nobody knows how it ended."""
    if isinstance(error, OutcomeUnknown):
        return f"Outcome unknown, request {reference}."
    return f"Internal error, request {reference}."


_ENVELOPE = _said("No SOAP envelope with exactly one operation in its Body.")
_SERVER = FaultCode.SERVER

# The first row whose class fits an error is its fault.
_ROWS = (
    _Row(NotUnderstood, "MustUnderstand", _not_understood, FaultCode.MUST_UNDERSTAND),
    _Row(WrongEnvelope, "Envelope", _ENVELOPE, FaultCode.VERSION_MISMATCH),
    _Row(ForbiddenReference, "XML", _not_xml),
    _Row(ForbiddenMarkup, "DocumentType",
         _said("Document type declarations and processing instructions are not allowed.")),
    _Row(ShapeExceeded, "Limit", _limit),
    _Row(NotOneCall, "Envelope", _ENVELOPE),
    _Row(Malformed, "XML", _not_xml),
    _Row(ActionMismatch, "SOAPAction", _action),
    _Row(NoSuchOperation, "Operation", _operation),
    _Row(TooManyRequests, "Throttled", _said("Too many requests.")),
    _Row(TryLater, "Unavailable", _said("The service cannot answer now."), _SERVER),
    _Row(GatewayError, "Internal", internal, _SERVER),
)  # fmt: skip


def fault(error: GatewayError, reference: str) -> FaultContent:
    """Give the fault of an error; ``reference`` is the number of its message record."""
    row = next(row for row in _ROWS if isinstance(error, row.cause))
    sentence = row.say(error, reference)
    return FaultContent(
        code=row.soap,
        text=sentence,
        detail=(("Code", row.code), ("Message", sentence), ("RequestID", reference)),
        retry_after_s=_retry_after(error),
    )


def _retry_after(error: GatewayError) -> int | None:
    if isinstance(error, TooManyRequests):
        return error.retry_after_s
    return error.retry_after_s if isinstance(error, TryLater) else None
