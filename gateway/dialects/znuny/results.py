"""Answers as values by the shapes: the one place that knows what is sent, in what order and form.

Handlers give plain mappings; what comes out has every member of the published type that is sent,
in ASCII order of names, as the writer of each face takes it. How a type is written is found out
once: a ticket with its articles has a hundred members.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from gateway.dialects.znuny import shapes
from gateway.dialects.znuny.refusals import Refused
from gateway.dialects.znuny.shapes import Field

Write = Callable[[Any], Any]

_LEFT_OUT = object()


class Unpublished(ValueError):
    """A handler's answer that the published type has no place for: a bug on our side."""


def error(refused: Refused) -> dict[str, Any]:
    """Give the answer of a business error."""
    return {"Error": {"ErrorCode": refused.code, "ErrorMessage": refused.message}}


def for_soap(operation: str, answer: Mapping[str, Any]) -> tuple[Any, ...]:
    """Give the values of an answer in the order of its element's children."""
    values = _soap_answer(operation)(answer)
    return tuple(values.get(field.name) for field in shapes.ANSWERS[operation])


def for_json(operation: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    """Give an answer as JSON values."""
    return _json_answer(operation)(answer)


def names(operation: str) -> frozenset[str]:
    """Give the names of all members of an operation's answers, at every depth."""
    return _names(shapes.ANSWERS[operation])


def _names(fields: tuple[Field, ...]) -> frozenset[str]:
    below = (_names(shapes.TYPES[field.type]) for field in fields if field.type in shapes.TYPES)
    return frozenset(field.name for field in fields).union(*below)


class _Members:
    """Writes the members of a type for one face."""

    __slots__ = ("_names", "_needed", "_writers")

    def __init__(
        self,
        fields: tuple[Field, ...],
        absent: Callable[[Field], Any],
        present: Callable[[Field], Write],
    ) -> None:
        self._names = frozenset(field.name for field in fields)
        self._needed = tuple(field.name for field in fields if field.occurs in ("", "+"))
        self._writers = tuple((field.name, absent(field), present(field)) for field in fields)

    def __call__(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Give what is sent by name; raises Unpublished."""
        self._check(values)
        written: dict[str, Any] = {}
        for name, absent, write in self._writers:
            given = values.get(name)
            value = absent if given is None else write(given)
            if value is not _LEFT_OUT:
                written[name] = value
        return written

    def _check(self, values: Mapping[str, Any]) -> None:
        if not values.keys() <= self._names:
            unknown = ", ".join(sorted(values.keys() - self._names))
            raise Unpublished(f"not in the published type: {unknown}")
        for name in self._needed:
            if values.get(name) is None:
                raise Unpublished(f"{name} is always sent")


# --- SOAP


@cache
def _soap_answer(operation: str) -> _Members:
    return _Members(shapes.ANSWERS[operation], _soap_absent, _soap_present)


@cache
def _soap_type(name: str) -> _Members:
    return _Members(shapes.TYPES[name], _soap_absent, _soap_present)


def _soap_absent(field: Field) -> Any:
    if field.many:
        # An unset dynamic field has one empty value (contract section 5).
        return [_soap_value(field)("")] if field.null else _LEFT_OUT
    if not field.always:
        return _LEFT_OUT
    return b"" if field.type == "b" else ""


def _soap_present(field: Field) -> Write:
    write = _soap_value(field)
    if not field.many:
        return write
    absent = _soap_absent(field)
    return lambda value: [write(each) for each in _listed(value)] or absent


def _soap_value(field: Field) -> Write:
    if field.type in shapes.TYPES:
        return _soap_type(field.type)
    if field.type in shapes.INTEGERS:
        return int
    if field.type == "d":
        return Decimal
    return bytes if field.type == "b" else str


# --- JSON


@cache
def _json_answer(operation: str) -> _Members:
    return _Members(shapes.ANSWERS[operation], _json_absent, _json_present)


@cache
def _json_type(name: str) -> _Members:
    return _Members(shapes.TYPES[name], _json_absent, _json_present)


def _json_absent(field: Field) -> Any:
    if field.many and not field.plain:
        return _LEFT_OUT
    if field.null:
        return None
    return "" if field.always else _LEFT_OUT


def _json_present(field: Field) -> Write:
    write = _json_value(field)
    if not field.many:
        return write
    absent = _json_absent(field)

    def several(value: Any) -> Any:
        listed = [write(each) for each in _listed(value)]
        # One value stands as it is where the field says so; a multi-value field stays a list.
        single = field.plain and not (field.null and isinstance(value, list))
        return (listed[0] if single and len(listed) == 1 else listed) or absent

    return several


def _json_value(field: Field) -> Write:
    if field.type in shapes.TYPES:
        return _json_type(field.type)
    if field.type == "b":
        return _base64
    if field.type == "d":
        return _number if field.number else _decimal
    if field.number and field.type in shapes.INTEGERS:
        return int
    if field.number and field.type == "ie":
        return _integer_or_empty
    return str


def _integer_or_empty(value: Any) -> Any:
    return "" if value == "" else int(value)


def _number(value: Any) -> Any:
    exact = Decimal(value)
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def _decimal(value: Any) -> str:
    return format(Decimal(value), "f")


def _base64(value: Any) -> str:
    return b64encode(value).decode("ascii")


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]
