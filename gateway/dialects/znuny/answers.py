"""Answers as they are kept for repeats: plain mappings whose values JSON can carry and give back.

Bytes and decimals are put into an object of one member, which no answer of ours has.
"""

import base64
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

_BYTES, _DECIMAL = "$bytes", "$decimal"


def kept(answer: Mapping[str, Any]) -> dict[str, object]:
    """Turn an answer into what can be kept."""
    return {name: _kept(value) for name, value in answer.items()}


def again(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Turn what was kept into the answer it was."""
    return {name: _again(value) for name, value in stored.items()}


def ticket_id(stored: Mapping[str, Any]) -> int | None:
    """Give the id of the ticket that a kept answer speaks of."""
    value = str(stored.get("TicketID", ""))
    return int(value) if value.isdigit() else None


def _kept(value: Any) -> Any:
    match value:
        case bytes():
            return {_BYTES: base64.b64encode(value).decode()}
        case Decimal():
            return {_DECIMAL: str(value)}
        case Mapping():
            return kept(value)
        case list() | tuple():
            return [_kept(each) for each in value]
        case _:
            return value


def _again(value: Any) -> Any:
    match value:
        case {"$bytes": str(content)}:
            return base64.b64decode(content)
        case {"$decimal": str(digits)}:
            return Decimal(digits)
        case Mapping():
            return again(value)
        case list():
            return [_again(each) for each in value]
        case _:
            return value
