"""Reads the query of a list, and writes that of its next page (section 4)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from difflib import get_close_matches
from urllib.parse import quote, unquote_to_bytes
from zoneinfo import ZoneInfo

from gateway.dialects.tickets.problems import FieldError, invalid_parameters
from gateway.dialects.tickets.shapes import (
    CREATED_SINCE,
    ID_AFTER,
    LIMIT,
    UPDATED_SINCE,
    Parameter,
)
from gateway.text import printable
from gateway.usecases.ports import CardFilter

_NUMBER = re.compile("[0-9]{1,40}")
_LARGEST = 2**63 - 1
# A blank where a plus was meant: that is how a query is read (section 2).
_MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,40}))?)?(?:(Z)|([+ -])(\d\d):(\d\d))?)?",
    re.ASCII,
)
_FORM = "2026-11-22T08:00:00Z"
_FURTHEST = timedelta(hours=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which page of a list is asked for."""

    after: int
    limit: int
    created_since: datetime | None
    changed_since: datetime | None
    given: tuple[tuple[str, str], ...]  # as sent, but for idAfter

    def cards(self, customer_id: int | None) -> CardFilter:
        """Give the filter of a list of tickets."""
        return CardFilter(
            after=self.after,
            created_since=self.created_since,
            changed_since=self.changed_since,
            customer_id=customer_id,
        )

    def next(self, address: str, last_id: int) -> tuple[str, str]:
        """Give the header that leads to the page behind an id."""
        pairs = (*self.given, (ID_AFTER.name, str(last_id)))
        query = "&".join(f"{name}={quote(value, safe=':')}" for name, value in pairs)
        return ("Link", f'<{address}?{query}>; rel="next"')


def read(
    query: str, parameters: Sequence[Parameter], *, zone: str, default_limit: int, max_limit: int
) -> Page:
    """Read a query.

    Raises:
        Problem: a parameter that is unknown, repeated, empty or not of its form; all of them.
    """
    errors: list[FieldError] = []
    given = _given(query, {each.name: each for each in parameters}, errors)
    values: dict[str, int | datetime | None] = {}
    for parameter in parameters:
        most = max_limit if parameter is LIMIT else None
        text = given.get(parameter.name)
        if text is not None:
            values[parameter.name] = _value(parameter, text, most, zone, errors)
    if errors:
        raise invalid_parameters(errors)
    after, limit = values.get(ID_AFTER.name, 0), values.get(LIMIT.name, default_limit)
    created, changed = values.get(CREATED_SINCE.name), values.get(UPDATED_SINCE.name)
    return Page(
        after=after if isinstance(after, int) else 0,
        limit=limit if isinstance(limit, int) else default_limit,
        created_since=created if isinstance(created, datetime) else None,
        changed_since=changed if isinstance(changed, datetime) else None,
        given=tuple(pair for pair in given.items() if pair[0] != ID_AFTER.name),
    )


def _given(query: str, known: Mapping[str, Parameter], errors: list[FieldError]) -> dict[str, str]:
    given: dict[str, str] = {}
    for pair in filter(None, query.split("&")):
        raw_name, _, raw_value = pair.partition("=")
        name, value = _decoded(raw_name) or "", _decoded(raw_value)
        shown = printable(name)
        if name not in known:
            errors.append(FieldError(shown, "unknownField", _unknown(shown, known)))
        elif name in given:
            errors.append(FieldError(name, "duplicate", f"{name} is given twice."))
        elif not value:
            code, text = ("format", "is not UTF-8") if value is None else ("required", "is empty")
            errors.append(FieldError(name, code, f"{name} {text}."))
        else:
            given[name] = value
    return given


def _unknown(name: str, known: Mapping[str, Parameter]) -> str:
    near = get_close_matches(name, known, n=1)
    hint = f" The nearest is {near[0]}." if near else ""
    return f"{name} is not a parameter here.{hint}"


def _decoded(text: str) -> str | None:
    try:
        return unquote_to_bytes(text.replace("+", " ")).decode("utf-8")
    except (UnicodeDecodeError, UnicodeEncodeError):
        return None


def _value(
    parameter: Parameter, text: str, most: int | None, zone: str, errors: list[FieldError]
) -> int | datetime | None:
    if parameter.moment:
        moment = _moment(text, zone)
        if moment is None:
            message = f"{parameter.name} must look like {_FORM}."
            errors.append(FieldError(parameter.name, "format", message))
        return moment
    number = min(int(text), _LARGEST) if _NUMBER.fullmatch(text) else None
    if number is None or number < parameter.least or (most is not None and number > most):
        upper = f" to {most}" if most is not None else " or more"
        message = f"{parameter.name} must be an integer, {parameter.least}{upper}."
        errors.append(FieldError(parameter.name, "format", message))
        return None
    return number


def _moment(text: str, zone: str) -> datetime | None:
    found = _MOMENT.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, zulu, sign, *offset = found.groups()
    micro = int((fraction or "0")[:6].ljust(6, "0"))
    try:
        local = datetime(  # noqa: DTZ001 - its zone follows
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            micro,
        )
        if zulu:
            return local.replace(tzinfo=UTC)
        if not sign:
            return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        away = timedelta(hours=int(offset[0]), minutes=int(offset[1]))
        if away > _FURTHEST or int(offset[1]) > 59:  # noqa: PLR2004 - minutes
            return None
        return local.replace(tzinfo=timezone(-away if sign == "-" else away)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
