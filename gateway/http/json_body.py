"""Reads a JSON body: one object, counted before it is parsed and judged while it is.

Numbers come out as their decimal text: a float would be another value than the one that was sent.
One code for every dialect; what each of them forgives stands in a function of its own.
"""

import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, NoReturn

from gateway.errors import Malformed, ShapeExceeded

_MEBIBYTE = 1024 * 1024
_MARK = b"\xef\xbb\xbf"
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_NO_BINARY: frozenset[str] = frozenset()


class Number(str):
    """A number as it was written, so that it can be told from a text of digits."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonCaps:
    """What a JSON body may hold at most; the defaults are those of the hardening page."""

    depth: int = 64
    members: int = 20_000  # of all objects and lists together
    object_members: int = 2_000
    number_chars: int = 40
    text_chars: int = 4 * _MEBIBYTE
    binary_chars: int = 9 * _MEBIBYTE  # of a member that carries base64


def read_object(
    body: bytes, caps: JsonCaps, *, binary: Collection[str] = _NO_BINARY
) -> dict[str, Any]:
    """Read one object.

    ``binary`` names the members, in lower case, whose texts are base64 and may be longer.

    Raises:
        Malformed: no such object.
        ShapeExceeded: more than the limits allow.
    """
    _count(body, caps)
    found = _parsed(body, caps)
    if not isinstance(found, dict):
        raise Malformed("a JSON object expected")
    _judge(found, caps, binary)
    return found


def read_object_or_nothing(
    body: bytes, caps: JsonCaps, *, binary: Collection[str] = _NO_BINARY
) -> dict[str, Any]:
    """Read as ``read_object``; an empty body is an empty one, a byte order mark is dropped.

    Raises:
        Malformed, ShapeExceeded: as there.
    """
    data = body.removeprefix(_MARK)
    return read_object(data, caps, binary=binary) if data.strip() else {}


def _count(data: bytes, caps: JsonCaps) -> None:
    """Count what would become objects before any does: a list of ones grows fiftyfold."""
    bare = _STRING.sub(b"", data)
    if bare.count(b",") + bare.count(b"[") + bare.count(b"{") > 2 * caps.members:
        raise ShapeExceeded("too many members")


def _parsed(data: bytes, caps: JsonCaps) -> Any:
    def number(digits: str) -> Number:
        if len(digits) > caps.number_chars:
            raise ShapeExceeded("number too long")
        return Number(digits)

    try:
        return json.loads(
            data.decode("utf-8"),
            object_pairs_hook=lambda pairs: _object(pairs, caps),
            parse_int=number,
            parse_float=number,
            parse_constant=_constant,
        )
    except json.JSONDecodeError as error:
        # Without the cause: its text quotes the request.
        raise Malformed("no JSON", line=error.lineno, column=error.colno) from None
    except UnicodeDecodeError:
        raise Malformed("no UTF-8") from None
    except RecursionError:
        raise ShapeExceeded("nested too deeply") from None


def _object(pairs: list[tuple[str, Any]], caps: JsonCaps) -> dict[str, Any]:
    if len(pairs) > caps.object_members:
        raise ShapeExceeded("too many members in one object")
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed("a member stands twice")
    return found


def _constant(name: str) -> NoReturn:
    del name
    raise Malformed("no JSON")


def _judge(found: dict[str, Any], caps: JsonCaps, binary: Collection[str]) -> None:
    """Walk level by level: depth, number of members, length of texts."""
    level: list[tuple[str, Any]] = [("", found)]
    depth = seen = 0
    while level:
        depth += 1
        if depth > caps.depth:
            raise ShapeExceeded("nested too deeply")
        entries = [pair for name, value in level for pair in _entries(name, value)]
        seen += len(entries)
        if seen > caps.members:
            raise ShapeExceeded("too many members")
        for name, value in entries:
            if isinstance(value, str):
                _judge_text(name, value, caps, binary)
        level = [(name, value) for name, value in entries if isinstance(value, dict | list)]


def _entries(name: str, value: dict[str, Any] | list[Any]) -> Iterable[tuple[str, Any]]:
    return value.items() if isinstance(value, dict) else [(name, each) for each in value]


def _judge_text(name: str, text: str, caps: JsonCaps, binary: Collection[str]) -> None:
    if len(text) > caps.text_chars:
        longest = caps.binary_chars if name.lower() in binary else caps.text_chars
        if len(text) > longest:
            raise ShapeExceeded("text too long")
