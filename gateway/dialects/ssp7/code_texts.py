"""What people read about the fault codes that every service of this dialect answers."""

from collections.abc import Sequence

from gateway.soap.definition import CodeText

SHARED_CODES: Sequence[tuple[str, str, str]] = (
    ("MESSAGE_INVALID", "The message is no valid SOAP message.", "Look at the text behind it."),
    ("SOAP_ACTION_UNKNOWN", "The SOAPAction names another operation.", "Send the one of the WSDL."),
    ("OPERATION_UNKNOWN", "There is no such operation.", "Compare name and namespace."),
    ("AUTH_REQUIRED", "Nobody said who calls.", "Send a login or the hash of the object."),
    ("AUTH_FAILED", "The login is not accepted.", "Check user name and password."),
    ("HASH_INVALID", "The hash is not that of this object.", "Send the hash you got with it."),
    ("ACCESS_DENIED", "The account may not do this.", "Ask the operator for the right."),
    ("ARGUMENT_MISSING", "A parameter is required.", "Send the field that is named."),
    ("ARGUMENT_INVALID", "A parameter has a wrong value.", "Correct the field that is named."),
    ("STATE_CONFLICT", "Somebody else changed it, or an earlier event waits.", "Try again."),
    (
        "TRY_LATER",
        "The store is not reachable, or you call too often.",
        "Wait as Retry-After says.",
    ),
    ("INTERNAL", "The request could not be processed.", "Tell the operator the CorrelationId."),
)


def code_texts(rows: Sequence[tuple[str, str, str]]) -> tuple[CodeText, ...]:
    """Give what the help pages say about codes: code, meaning, remedy."""
    return tuple(
        CodeText(code=code, name=code, meaning=meaning, remedy=remedy)
        for code, meaning, remedy in rows
    )
