"""Parameters of a search as they were sent, and the two ways to judge them (contract section 7).

Strict: what is unknown, empty or malformed is refused by name. Legacy: what is unknown or empty is
ignored, and anything else that is wrong finds nothing.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from gateway.dialects.znuny import shapes
from gateway.dialects.znuny.job import as_number, entries
from gateway.dialects.znuny.refusals import Refused
from gateway.domain.ticket_search import Moment, Span, Words, any_of
from gateway.text import is_text, printable

FIELD = "DynamicField_"
MOST_EXPRESSIONS = 32
MOST_NAMES = 1000
_SHOWN = 80
# Who calls is no condition, but for the login of a customer user (contract 4.1).
_CREDENTIALS = frozenset(
    {"UserLogin", "Password", "SessionID", "TwoFactorToken", "ImpersonateAsUser"}
)
_KNOWN = frozenset(field.name for field in shapes.REQUESTS["TicketSearch"]) - _CREDENTIALS
_TIME = re.compile(
    r"(?P<year>\d{1,4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
    r" (?P<hour>\d{1,2}):(?P<minute>\d{1,2}):(?P<second>\d{1,2})",
    re.ASCII,
)
_FUTURE = frozenset(
    {
        Moment.PENDING,
        Moment.ESCALATION,
        Moment.ESCALATION_UPDATE,
        Moment.ESCALATION_RESPONSE,
        Moment.ESCALATION_SOLUTION,
    }
)
_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)
_SECOND = timedelta(seconds=1)


class FindsNothing(Exception):
    """Legacy: something is wrong, so that the answer is empty."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """What was sent and counts, by name; every value is filled."""

    given: Mapping[str, Any]
    mode: Literal["strict", "legacy"]
    zone: ZoneInfo

    def wrong(self, name: str, value: object) -> Refused | FindsNothing:
        """Give what is to be raised for a value that is none."""
        if self.mode == "legacy":
            return FindsNothing()
        text = f"{name} parameter is invalid: {printable(str(value), _SHOWN)}!"
        return Refused("InvalidParameter", text)

    def __contains__(self, name: str) -> bool:
        return name in self.given

    # -- single values --------------------------------------------------------------------------

    def text(self, name: str) -> str:
        """Read a single text; absent is the empty one.

        Raises:
            Refused, FindsNothing: a list, or something with parts.
        """
        value = self.given.get(name, "")
        if isinstance(value, list) and self.mode == "strict":
            raise Refused("InvalidParameter", f"{name} must be given only once!")
        if not isinstance(value, str):
            raise self.wrong(name, value)
        return value

    def word(self, name: str, words: Mapping[str, Any], default: str) -> Any:
        """Read one of a few words and give what it means.

        Raises:
            Refused, FindsNothing: it is none of them.
        """
        text = self.text(name) or default
        if text not in words:
            raise self.wrong(name, text)
        return words[text]

    def flag(self, name: str, default: str) -> bool:
        """Read 1 or 0.

        Raises:
            Refused, FindsNothing: it is neither.
        """
        return bool(self.word(name, {"1": True, "0": False}, default))

    def number(self, name: str, text: str) -> int:
        """Read a whole number.

        Raises:
            Refused, FindsNothing: it is none.
        """
        try:
            number = as_number(text, name)
        except Refused:
            number = None
        if number is None:
            raise self.wrong(name, text)
        return number

    # -- lists ----------------------------------------------------------------------------------

    def texts(self, name: str, most: int = MOST_EXPRESSIONS) -> list[str]:
        """Read a list of texts; one value is a list of one, absent none.

        Raises:
            Refused, FindsNothing: too many, or an entry with parts.
        """
        listed = entries(self.given.get(name))
        for value in listed:
            if not isinstance(value, str):
                raise self.wrong(name, value)
        if len(listed) > most:
            raise self.wrong(name, f"{len(listed)} values")
        return listed

    def ids(self, name: str) -> list[int]:
        """Read a list of ids.

        Raises:
            Refused, FindsNothing: too many, or one is none.
        """
        return [self.id(name, text) for text in self.texts(name, MOST_NAMES)]

    def id(self, name: str, text: str) -> int:
        """Read an id, a whole number from 1.

        Raises:
            Refused, FindsNothing: it is none.
        """
        number = self.number(name, text)
        if number < 1:
            raise self.wrong(name, text)
        return number

    def words(self, name: str, read: Callable[[str], Words]) -> Words:
        """Read a list of expressions, of which one must fit; absent: none.

        Raises:
            Refused, FindsNothing: too many, or one is none.
        """
        return any_of([self.expression(name, text, read) for text in self.texts(name)])

    def expression(self, name: str, text: str, read: Callable[[str], Words]) -> Words:
        """Read one expression.

        Raises:
            Refused, FindsNothing: it is none.
        """
        try:
            return read(text)
        except ValueError:
            raise self.wrong(name, text) from None

    # -- times ----------------------------------------------------------------------------------

    def span(self, prefix: str, moment: Moment | None, now: datetime) -> Span | None:
        """Read the four bounds of a time; None: none is given.

        All ends are included, and whole seconds compared: that is what callers are shown.

        Raises:
            Refused, FindsNothing: one is malformed.
        """
        newer: list[datetime] = []
        older: list[datetime] = []
        for suffix, found in (("Newer", newer), ("Older", older)):
            if (name := f"{prefix}{suffix}Minutes") in self:
                found.append(self._ago(name, moment, now))
            if (name := f"{prefix}{suffix}Date") in self:
                found.append(self._date(name))
        if not newer and not older:
            return None
        until = min(*older, _LAST - _SECOND) + _SECOND if older else None
        return Span(max(newer, default=None), until)

    def _ago(self, name: str, moment: Moment | None, now: datetime) -> datetime:
        text = self.text(name)
        if self.mode == "legacy" and not text.removeprefix("-").isdigit():
            text = "0"
        minutes = self.number(name, text)
        if minutes < 0 and moment not in _FUTURE:
            raise self.wrong(name, text)
        try:
            return now.replace(microsecond=0) - timedelta(minutes=minutes)
        except OverflowError:
            return _FIRST if minutes > 0 else _LAST

    def _date(self, name: str) -> datetime:
        text = self.text(name)
        match = _TIME.fullmatch(text)
        if match is None:
            raise self.wrong(name, text)
        parts = {part: int(digits) for part, digits in match.groupdict().items()}
        try:
            return datetime(**parts, tzinfo=self.zone).astimezone(UTC)
        except (ValueError, OverflowError):
            raise self.wrong(name, text) from None


def parameters(data: Mapping[str, Any], mode: Literal["strict", "legacy"], zone: str) -> Parameters:
    """Take what counts from a request.

    Raises:
        Refused: a parameter that nobody knows, or an empty one.
    """
    sent = {name: value for name, value in data.items() if name not in _CREDENTIALS}
    unknown = sorted(name for name in sent if not _is_known(name))
    if mode == "legacy":
        filled = _filled({name: sent[name] for name in sent if name not in unknown})
        return Parameters(filled, mode, ZoneInfo(zone))
    if unknown:
        named = " ".join(f"{printable(name)} parameter is unknown!" for name in unknown)
        raise Refused("InvalidParameter", named)
    # An empty cursor asks for the first page.
    given = {name: value for name, value in sent.items() if name != "Cursor" or value != ""}
    for name, value in given.items():
        if _has_empty(value):
            raise Refused("InvalidParameter", f"{name} parameter is empty!")
    return Parameters(given, mode, ZoneInfo(zone))


def _is_known(name: str) -> bool:
    # A name that is no text is the name of no field, and nothing a database could look for.
    return name in _KNOWN or (name.startswith(FIELD) and name != FIELD and is_text(name))


def _is_empty(value: Any) -> bool:
    return value in ("", [], {})


def _has_empty(value: Any) -> bool:
    if isinstance(value, list):
        return not value or any(map(_has_empty, value))
    if isinstance(value, Mapping):
        return not value or any(map(_has_empty, value.values()))
    return bool(value == "")


def _filled(value: Any) -> Any:
    """Leave out what is empty, at every depth."""
    if isinstance(value, list):
        return [filled for each in value if not _is_empty(filled := _filled(each))]
    if isinstance(value, Mapping):
        members = {name: _filled(each) for name, each in value.items()}
        return {name: each for name, each in members.items() if not _is_empty(each)}
    return value
