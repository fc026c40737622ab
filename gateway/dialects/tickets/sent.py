"""What was sent of a ticket: types, known members, mandatory ones, by stages (section 5)."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from gateway.dialects.tickets.problems import FieldError, invalid
from gateway.dialects.tickets.shapes import BY_NAME, FIELDS, Field, Kind, Plain
from gateway.http.json_body import Number
from gateway.text import printable

Sent = Mapping[str, Any]

_INTEGER = re.compile("-?[0-9]{1,40}")
_DIGITS = re.compile(r"\s*[0-9]{1,40}\s*", re.ASCII)
_MOST_HINTS = 20  # looking for the nearest of two thousand long names takes seconds
_EXPECTED = {
    Kind.CUSTOMER: "an integer",
    Kind.PRESET: "a text or an integer",
    Kind.LIST: "a text or a list",
}


def different(sent: Sent, shown: Mapping[str, Plain]) -> Sent:
    """Leave out what is as it is shown: a ticket that was fetched can be sent back (3.1, 3.3)."""
    return {
        name: value
        for name, value in sent.items()
        if name not in shown or not _same(_plain(value), shown[name])
    }


def check(sent: Sent, *, new: bool) -> None:
    """Judge types, then members that are unknown or cannot be set, then those that must be there.

    Raises:
        Problem: all errors of the first stage that has any.
    """
    for stage in (_types(sent), _members(sent), _mandatory(sent) if new else []):
        if stage:
            raise invalid(stage)


def integer(value: object) -> int | None:
    """Give a number that was sent, if it is a whole one."""
    return int(value) if isinstance(value, Number) and _INTEGER.fullmatch(value) else None


def digits(value: object) -> bool:
    """Tell whether a text is a whole number."""
    return _is_text(value) and _DIGITS.fullmatch(str(value)) is not None


def _same(value: object, shown: Plain) -> bool:
    return type(value) is type(shown) and value == shown


def _plain(value: object) -> object:
    if isinstance(value, Number):
        number = integer(value)
        return value if number is None else number
    return value


def _types(sent: Sent) -> list[FieldError]:
    errors: list[FieldError] = []
    for field in FIELDS:
        if field.name in sent and not field.read_only:
            errors += _type_errors(field, sent[field.name])
    return errors


def _type_errors(field: Field, value: object) -> list[FieldError]:
    if value is None:
        clears = field.nullable or field.kind in (Kind.LIST, Kind.CONTENT)
        return [] if clears else [empty(field)]
    if field.kind is Kind.LIST and isinstance(value, list):
        return [
            _type_error(f"{field.name}[{place}]", "a text or an integer")
            for place, entry in enumerate(value, 1)
            if not (_is_text(entry) or integer(entry) is not None)
        ]
    return [] if _fits(field, value) else [_expected(field)]


def _fits(field: Field, value: object) -> bool:
    match field.kind:
        case Kind.CUSTOMER:
            return integer(value) is not None or digits(value)
        case Kind.PRESET:
            return _is_text(value) or integer(value) is not None
        case _:
            return _is_text(value)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and not isinstance(value, Number)


def _expected(field: Field) -> FieldError:
    return _type_error(field.name, _EXPECTED.get(field.kind, "a text"))


def _type_error(name: str, expected: str) -> FieldError:
    return FieldError(name, "type", f"{name} must be {expected}.")


def empty(field: Field) -> FieldError:
    """Give the error of a field that cannot be empty."""
    return FieldError(field.name, "notNull", f"{field.name} cannot be empty.")


def _members(sent: Sent) -> list[FieldError]:
    fixed = [name for name in sent if name in BY_NAME and BY_NAME[name].read_only]
    unknown = [printable(name) for name in sent if name not in BY_NAME]
    return [
        *(FieldError(name, "readOnly", f"{name} cannot be set.") for name in fixed),
        *(_unknown(name, _nearest(name)) for name in unknown[:_MOST_HINTS]),
        *(_unknown(name, "") for name in unknown[_MOST_HINTS:]),
    ]


def _unknown(name: str, hint: str) -> FieldError:
    return FieldError(name, "unknownField", f"{name} is not a field of a ticket.{hint}")


def _nearest(name: str) -> str:
    (nearest,) = get_close_matches(name, BY_NAME, n=1, cutoff=0)
    return f" The nearest is {nearest}."


def _mandatory(sent: Sent) -> list[FieldError]:
    return [
        FieldError(field.name, "required", f"{field.name} is mandatory.")
        for field in FIELDS
        if field.required and not str(sent.get(field.name, "")).strip()
    ]
