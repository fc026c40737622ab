"""Which rows a request names, and which of those that were found is meant (section 3.1)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gateway.dialects.tickets import lists
from gateway.dialects.tickets.desk import Options
from gateway.dialects.tickets.sent import digits, integer
from gateway.dialects.tickets.shapes import FIELDS, Field, Kind
from gateway.text import is_text
from gateway.usecases.ports import Match, Mention, Mentioned

MOST_ENTRIES = 500
_LONGEST_NAME = 1000

_ORDER = (Match.NAME, Match.ANY_CASE, Match.ADDRESS, Match.ID)


def of_request(sent: Mapping[str, Any]) -> list[Mention]:
    """Give all that a request names, whatever else is wrong with it."""
    found = (
        mention
        for field in FIELDS
        if field.of and field.name in sent
        for mention in _of_field(field, sent[field.name])
    )
    return list(dict.fromkeys(found))


def of_defaults(options: Options) -> list[Mention]:
    """Give what a new ticket gets when nothing is said."""
    return [
        Mention("type", options.default_type),
        Mention("state", options.default_status),
        Mention("priority", options.default_priority),
        Mention("queue", options.default_department),
    ]


def meant(found: Sequence[Mentioned]) -> Mentioned | None:
    """Choose among rows that fit; several of one kind are told apart by who is active."""
    for match in _ORDER:
        fitting = [each for each in found if each.match is match]
        if len(fitting) > 1:
            fitting = [each for each in fitting if each.row.active]
            return fitting[0] if len(fitting) == 1 else None
        if fitting:
            return fitting[0]
    return None


def entries(value: object) -> list[str | int]:
    """Read the entries of a list, as a text or as a list.

    Raises:
        ValueError: a text that is no list, or more entries than any ticket has.
    """
    if value is None:
        return []
    given = lists.split(value) if isinstance(value, str) else value
    if not isinstance(given, list) or len(given) > MOST_ENTRIES:
        raise ValueError("too many entries")
    return [key(each) for each in given]


def key(value: object) -> str | int:
    """Give what names a row: a number, or a text without blanks around it."""
    number = integer(value)
    return str(value).strip() if number is None else number


def customer_key(value: object) -> int:
    """Give the number of a customer: a number, or digits."""
    number = integer(value)
    return int(str(value)) if number is None else number


def _of_field(field: Field, value: object) -> Iterator[Mention]:
    if value is None or isinstance(value, bool | dict):
        return
    if field.kind is Kind.LIST:
        try:
            named = [each for each in entries(value) if _can_be_a_name(each)]
            yield from (Mention(field.of, each) for each in named)
        except ValueError:
            return
    elif isinstance(value, str):
        yield from _named(field, value)


def _named(field: Field, value: str) -> Iterator[Mention]:
    if field.kind is Kind.CUSTOMER:
        if digits(value) or integer(value) is not None:
            yield Mention(field.of, customer_key(value))
    elif _can_be_a_name(named := key(value)):
        yield Mention(field.of, named)


def _can_be_a_name(named: str | int) -> bool:
    return isinstance(named, int) or (len(named) <= _LONGEST_NAME and is_text(named))
