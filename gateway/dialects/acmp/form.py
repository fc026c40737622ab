"""Reads wire values of the ACMP dialect and keeps what is wrong with them, in the order of G14."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from gateway.domain.commands import Entry
from gateway.domain.values import UNSET, Unset
from gateway.errors import BrokenRule, Missing, Refused
from gateway.text import collapse

_GUID = re.compile(
    r"\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?", re.IGNORECASE
)
# Contract G5: "no date", in any zone.
_NO_DATE = datetime(1899, 12, 30)  # noqa: DTZ001 - a date without a zone, as it is sent
_FIRST_YEAR = 1900
_NO_MOMENT = datetime.min.replace(tzinfo=UTC)
NO_GUID = UUID(int=0)


def wire_guid(guid: UUID | None) -> str | None:
    """Write a GUID as this dialect does: upper case, in braces (contract G1)."""
    return None if guid is None else f"{{{str(guid).upper()}}}"


class Form:
    """The values of one request; ``missing`` and ``breach`` are the first of their kind."""

    def __init__(self) -> None:
        self.missing: Refused | None = None
        self.breach: Refused | None = None

    def require_valid(self) -> None:
        """Raise the first missing field, else the first breach of form.

        Raises:
            Missing: a required field is absent or empty.
            BrokenRule: a value of a wrong form or beyond its limit.
        """
        self.require_present()
        if self.breach is not None:
            raise self.breach

    def require_present(self) -> None:
        """Raise the first missing field.

        Raises:
            Missing: a required field is absent or empty.
        """
        if self.missing is not None:
            raise self.missing

    def refuse(self, path: str, text: str) -> None:
        """Keep a breach, if it is the first."""
        self.breach = self.breach or BrokenRule(text, field=path)

    def lack(self, path: str) -> None:
        """Keep a missing field, if it is the first."""
        self.missing = self.missing or Missing(field=path)

    def guid(self, value: str | None, path: str) -> UUID | None | Unset:
        """Read an optional GUID: unset if absent, None if empty (contract G1, G2).

        A value of another form becomes a breach, and None.
        """
        if value is None:
            return UNSET
        try:
            return _read_guid(value)
        except ValueError:
            self.refuse(path, "not a GUID")
            return None

    def required_guid(self, value: str | None, path: str) -> UUID:
        """Read a mandatory GUID; what is missing or malformed gives the all-zero one."""
        try:
            guid = _read_guid(value or "")
        except ValueError:
            self.refuse(path, "not a GUID")
            return NO_GUID
        if guid is None:
            self.lack(path)
        return guid or NO_GUID

    def entries(self, values: Sequence[str | None] | None, path: str, limit: int) -> list[Entry]:
        """Read the ids of a batch; what is wrong with one is kept beside it (contract G9, G14)."""
        self.batch(values, path, limit)
        return [_entry(value, f"{path}[{n}]") for n, value in enumerate(values or (), 1)]

    def batch(self, values: Sequence[object] | None, path: str, limit: int) -> None:
        """Judge how many entries a batch has (contract G9)."""
        if not values:
            self.lack(path)
        elif len(values) > limit:
            self.refuse(path, f"more than {limit} entries")

    def text(self, value: str | None, path: str, limit: int) -> str | Unset:
        """Read a text that is kept as sent."""
        if value is None:
            return UNSET
        if len(value) > limit:
            self.refuse(path, f"longer than {limit} characters")
        return value

    def line(self, value: str | None, path: str, limit: int) -> str | Unset:
        """Read a text whose white space is collapsed (contract G8)."""
        return self.text(None if value is None else collapse(value), path, limit)

    def required_date(self, value: datetime | None, path: str) -> datetime:
        """Read a mandatory date into UTC; midnight of 1899-12-30 is no date (contract G5).

        What is missing or out of range gives the first moment of all.
        """
        try:
            moment = None if value is None else _read_date(value)
        except OverflowError:
            self.refuse(path, "out of range")
            return _NO_MOMENT
        if moment is None:
            self.lack(path)
        return moment or _NO_MOMENT


def _entry(value: str | None, path: str) -> Entry:
    form = Form()
    guid = form.required_guid(value, path)
    return Entry(guid, form.missing or form.breach)


def _read_guid(value: str) -> UUID | None:
    """Read a GUID; None if empty or all zeros.

    Raises:
        ValueError: it has another form.
    """
    text = value.strip()
    if not text:
        return None
    match = _GUID.fullmatch(text)
    if match is None or text.startswith("{") != text.endswith("}"):
        raise ValueError("not a GUID")
    guid = UUID(match[1])
    return guid if guid.int else None


def _read_date(value: datetime) -> datetime | None:
    """Bring a date to UTC; None if it is "no date", with any fraction and zone.

    Raises:
        OverflowError: it lies outside the years 1900 to 9999, as written or in UTC.
    """
    if value.replace(microsecond=0, tzinfo=None) == _NO_DATE:
        return None
    if value.year < _FIRST_YEAR:
        raise OverflowError
    return value.astimezone(UTC)
