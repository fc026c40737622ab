"""Answers as values by the shapes: the one place that knows what is sent, in what order and form.

Handlers give plain mappings; what comes out has every member of the published type that is sent,
in ASCII order of names, as the writer of each face takes it.
"""

from base64 import b64encode
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from gateway.dialects.znuny import shapes
from gateway.dialects.znuny.refusals import Refused
from gateway.dialects.znuny.shapes import Field


class Unpublished(ValueError):
    """A handler's answer that the published type has no place for: a bug on our side."""


def error(refused: Refused) -> dict[str, Any]:
    """Give the answer of a business error."""
    return {"Error": {"ErrorCode": refused.code, "ErrorMessage": refused.message}}


def for_soap(operation: str, answer: Mapping[str, Any]) -> tuple[Any, ...]:
    """Give the values of an answer in the order of its element's children."""
    fields = shapes.ANSWERS[operation]
    values = _soap_members(fields, answer)
    return tuple(values.get(field.name) for field in fields)


def for_json(operation: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    """Give an answer as JSON values."""
    return _json_members(shapes.ANSWERS[operation], answer)


def _soap_members(fields: tuple[Field, ...], values: Mapping[str, Any]) -> dict[str, Any]:
    _check_names(fields, values)
    return {
        field.name: value
        for field in fields
        if (value := _soap_member(field, values.get(field.name))) is not None
    }


def _soap_member(field: Field, value: Any) -> Any:
    if field.many:
        # An unset dynamic field has one empty value (contract section 5).
        listed = _listed(value) or ([""] if field.null else [])
        return [_soap_value(field, each) for each in listed] or None
    if value is None:
        return (b"" if field.type == "b" else "") if field.always else None
    return _soap_value(field, value)


def _soap_value(field: Field, value: Any) -> Any:
    if field.type in shapes.TYPES:
        return _soap_members(shapes.TYPES[field.type], value)
    if field.type in shapes.INTEGERS:
        return int(value)
    if field.type == "d":
        return Decimal(value)
    return value if field.type == "b" else str(value)


def _json_members(fields: tuple[Field, ...], values: Mapping[str, Any]) -> dict[str, Any]:
    _check_names(fields, values)
    members: dict[str, Any] = {}
    for field in fields:
        value = values.get(field.name)
        if field.many and not field.plain:
            if listed := [_json_value(field, each) for each in _listed(value)]:
                members[field.name] = listed
        elif field.many:
            _put(members, field, _few(field, value))
        else:
            _put(members, field, None if value is None else _json_value(field, value))
    return members


def _put(members: dict[str, Any], field: Field, value: Any) -> None:
    if value is not None:
        members[field.name] = value
    elif field.null:
        members[field.name] = None
    elif field.always:
        members[field.name] = ""


def _few(field: Field, value: Any) -> Any:
    """Give one value as it is; of a multi-value field the list, however long."""
    listed = [_json_value(field, each) for each in _listed(value)]
    if isinstance(value, list) and field.null:
        return listed or None
    return listed if len(listed) > 1 else next(iter(listed), None)


def _json_value(field: Field, value: Any) -> Any:
    if field.type in shapes.TYPES:
        return _json_members(shapes.TYPES[field.type], value)
    if field.type == "b":
        return _base64(value)
    if field.type == "d":
        return _json_decimal(Decimal(value), number=field.number)
    if field.type in shapes.INTEGERS or field.type == "ie":
        return int(value) if field.number and value != "" else str(value)
    return str(value)


def _json_decimal(value: Decimal, *, number: bool) -> Any:
    if not number:
        return format(value, "f")
    return int(value) if value == value.to_integral_value() else float(value)


def _base64(value: Any) -> str:
    return b64encode(value).decode("ascii")


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _check_names(fields: tuple[Field, ...], values: Mapping[str, Any]) -> None:
    unknown = values.keys() - {field.name for field in fields}
    if unknown:
        raise Unpublished(f"not in the published type: {', '.join(sorted(unknown))}")
    for field in fields:
        if field.occurs in ("", "+") and values.get(field.name) is None:
            raise Unpublished(f"{field.name} is always sent")
