"""Conditions on dynamic fields, in the forms in which a search may write them (contract section 7).

``DynamicField_NAME`` holds operators, or several times operators; ``DynamicField`` holds objects
with Name and operators. In a query an operator stands in brackets and arrives like the first form.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gateway.dialects.znuny.job import entries
from gateway.dialects.znuny.refusals import Refused
from gateway.dialects.znuny.search_expressions import LONGEST
from gateway.dialects.znuny.search_parameters import FIELD, MOST_EXPRESSIONS, Parameters
from gateway.domain.fields import Field, FieldType, FieldValue, fitting
from gateway.domain.ticket_search import (
    EVERYTHING,
    Comparison,
    FieldTest,
    any_of,
    pattern,
)
from gateway.text import printable

_COMPARED = {
    "Equals": Comparison.EQUAL,
    "GreaterThan": Comparison.GREATER,
    "GreaterThanEquals": Comparison.GREATER_OR_EQUAL,
    "SmallerThan": Comparison.SMALLER,
    "SmallerThanEquals": Comparison.SMALLER_OR_EQUAL,
}
_OPERATORS = frozenset({*_COMPARED, "Empty", "Like"})
_LISTED = "DynamicField"
_RUN = re.compile(r"\*+")
# The fields of older versions: keys and texts 1 to 16, times 1 to 6.
_FREE = re.compile(r"TicketFree(?:(?:Key|Text)(?:[1-9]|1[0-6])|Time[1-6])")


def names(given: Parameters) -> list[str]:
    """Give the names that conditions and order speak of, whatever else is wrong with them."""
    found = [name for name, _ in _written(given)]
    ordered = [each for each in entries(given.given.get("SortBy")) if isinstance(each, str)]
    return list(dict.fromkeys([*found, *filter(None, map(sorted_by, ordered))]))


def sorted_by(key: str) -> str:
    """Give the name of the field that a key of the order means; empty: none."""
    if key.startswith(FIELD):
        return key.removeprefix(FIELD)
    return key if _FREE.fullmatch(key) else ""


def tests(given: Parameters, known: Mapping[str, Field]) -> Iterator[FieldTest]:
    """Read the conditions; each form that speaks of a field is one of its own.

    Raises:
        Refused, FindsNothing: an unknown field, no operator, or a value that does not fit.
    """
    unknown = [name for name, _ in _written(given) if name not in known]
    if unknown and given.mode == "strict":
        shown = dict.fromkeys(printable(FIELD + name) for name in unknown)
        named = " ".join(f"{name} parameter is unknown!" for name in shown)
        raise Refused("InvalidParameter", named)
    for name, operators in _written(given):
        if name in known:
            yield _test(given, known[name], operators)


def _written(given: Parameters) -> Iterator[tuple[str, Any]]:
    """Give name and operators of each condition."""
    for name, value in given.given.items():
        if name.startswith(FIELD):
            for each in value if isinstance(value, list) else [value]:
                yield name.removeprefix(FIELD), each
    for each in entries(given.given.get(_LISTED)):
        if not isinstance(each, Mapping) or not isinstance(each.get("Name"), str):
            raise given.wrong(_LISTED, each.get("Name", "") if isinstance(each, Mapping) else each)
        yield each["Name"], {name: value for name, value in each.items() if name != "Name"}


def _test(given: Parameters, field: Field, operators: Any) -> FieldTest:
    name = f"{FIELD}{field.name}"
    if not isinstance(operators, Mapping):
        raise given.wrong(name, operators)
    if not operators:
        raise given.wrong(name, "no operator")
    for operator in operators:
        if operator not in _OPERATORS:
            raise given.wrong(name, operator)
    return FieldTest(
        field=field,
        empty=_empty(given, name, operators),
        like=any_of(pattern(_RUN.split(text)) for text in _texts(given, name, operators, "Like"))
        if "Like" in operators
        else EVERYTHING,
        compared=tuple(
            (comparison, tuple(_values(given, field, _texts(given, name, operators, operator))))
            for operator, comparison in _COMPARED.items()
            if operator in operators
        ),
    )


def _empty(given: Parameters, name: str, operators: Mapping[str, Any]) -> bool | None:
    if "Empty" not in operators:
        return None
    if operators["Empty"] not in ("0", "1"):
        raise given.wrong(name, operators["Empty"])
    return bool(operators["Empty"] == "1")


def _texts(
    given: Parameters, name: str, operators: Mapping[str, Any], operator: str
) -> Sequence[str]:
    listed = entries(operators[operator])
    for value in listed:
        if not isinstance(value, str) or len(value) > LONGEST:
            raise given.wrong(name, value)
    if len(listed) > MOST_EXPRESSIONS:
        raise given.wrong(name, f"{len(listed)} values")
    return listed


def _values(given: Parameters, field: Field, texts: Sequence[str]) -> Iterator[FieldValue]:
    for text in texts:
        if field.type not in (FieldType.NUMBER, FieldType.DATE):
            yield FieldValue(text)
            continue
        try:
            (value,) = fitting(field, [text], given.zone).values
        except ValueError:
            raise given.wrong(f"{FIELD}{field.name}", text) from None
        yield value
