"""Reads the query of the two reads of the catalog (contract sections 8.1 and 8.2)."""

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from gateway.domain.catalog_sheets import WantedServices
from gateway.errors import BrokenRule
from gateway.text import is_text, printable

_OF_BOTH = frozenset({"language", "state"})
_FILTERS = {
    "template": "template", "type": "type", "phase": "phase", "tag": "tag",
    "uniqueId": "unique_id",
}  # fmt: skip
_OF_LIST = _OF_BOTH | _FILTERS.keys() | {"changedSince", "page", "pageSize"}
_STATES = ("published", "draft")
_MOST_PAGES = 1_000_000_000
_MOST_ROWS = 200
_LONGEST = 250
# ISO 8601 with zone; a plus sign that nobody encoded arrives as a blank.
_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+\- ]\d\d:?\d\d)", re.ASCII | re.IGNORECASE
)


def wanted_services(query: str) -> WantedServices:
    """Read which services are asked for.

    Raises:
        BrokenRule: a parameter is unknown, repeated, empty or of a wrong form; it is named.
    """
    given = _read(query, _OF_LIST)
    return WantedServices(
        **{name: given.get(key, "") for key, name in _FILTERS.items()},
        language=given.get("language", ""),
        changed_since=_instant(given, "changedSince"),
        draft=_is_draft(given),
        page=_number(given, "page", 1, _MOST_PAGES),
        page_size=_number(given, "pageSize", 50, _MOST_ROWS),
    )


def wanted_copy(query: str) -> tuple[str, bool]:
    """Read which language is asked for, and whether the working copy is.

    Raises:
        BrokenRule: as above.
    """
    given = _read(query, _OF_BOTH)
    return given.get("language", ""), _is_draft(given)


def _read(query: str, known: Collection[str]) -> Mapping[str, str]:
    given: dict[str, str] = {}
    for name, value in _pairs(query):
        if name not in known:
            raise BrokenRule("unknown parameter", field=printable(name))
        if name in given:
            raise BrokenRule("given twice", field=name)
        if not value.strip():
            raise BrokenRule("must not be empty", field=name)
        if len(value) > _LONGEST or not is_text(value):
            raise BrokenRule(f"no text of up to {_LONGEST} characters", field=name)
        given[name] = value
    return given


def _pairs(query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query, keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise BrokenRule("the query is not UTF-8 text") from None


def _is_draft(given: Mapping[str, str]) -> bool:
    state = given.get("state", _STATES[0])
    if state not in _STATES:
        raise BrokenRule("must be published or draft", field="state")
    return state == "draft"


def _number(given: Mapping[str, str], name: str, usual: int, highest: int) -> int:
    text = given.get(name, str(usual))
    if re.fullmatch(r"\d{1,10}", text, re.ASCII) is None or not 1 <= int(text) <= highest:
        raise BrokenRule(f"must be between 1 and {highest}", field=name)
    return int(text)


def _instant(given: Mapping[str, str], name: str) -> datetime | None:
    if name not in given:
        return None
    text = given[name]
    if _INSTANT.fullmatch(text) is None:
        raise BrokenRule("must be an ISO 8601 time with zone", field=name)
    try:
        return datetime.fromisoformat(text.upper().replace(" ", "+")).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BrokenRule("no such time", field=name) from None
