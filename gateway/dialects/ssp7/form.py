"""Reads the values of one request of the SSP7 dialect, by key (contract section 4)."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from gateway.errors import BrokenRule, Missing

IDENTIFIER = 200  # of messages, and of hashes
OTHER = 250

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_FIRST_YEAR = 1  # of a .NET date that was never set


class Form:
    """The values of one request; what is wrong with one is raised at once."""

    def __init__(
        self, values: Mapping[str, Any], note: Callable[[str], None], names: Mapping[str, str]
    ) -> None:
        self._values = values
        self._note = note
        self._names = names  # on the wire, by key

    def text(self, key: str, limit: int = OTHER) -> str:
        """Read an optional text; blank counts as not given, newlines are kept.

        Raises:
            BrokenRule: it is too long.
        """
        value: str = self._values.get(key) or ""
        if len(value) > limit:
            raise BrokenRule(f"longer than {limit} characters", field=key)
        return value if value.strip() else ""

    def required_text(self, key: str, limit: int = OTHER) -> str:
        """Read a text that must be there.

        Raises:
            Missing, BrokenRule: it is blank, or too long.
        """
        return self.text(key, limit) or self._lacking(key)

    def identifier(self, key: str, limit: int = OTHER) -> str:
        """Read an optional name or number of something; blanks around it are cut.

        Raises:
            BrokenRule: too long, or with control characters.
        """
        value = str(self._values.get(key) or "").strip()
        if len(value) > limit:
            raise BrokenRule(f"longer than {limit} characters", field=key)
        if any(ord(c) < ord(" ") or "\x7f" <= c <= "\x9f" for c in value):
            raise BrokenRule("control characters are not allowed", field=key)
        return value

    def required_identifier(self, key: str, limit: int = OTHER) -> str:
        """Read a name or number that must be there.

        Raises:
            Missing, BrokenRule: it is blank, or of a wrong form.
        """
        return self.identifier(key, limit) or self._lacking(key)

    def number(self, key: str, *, highest: int = 2**31 - 1) -> int:
        """Read a number; 0 is none.

        Raises:
            BrokenRule: negative, or too high.
        """
        value: int = self._values.get(key) or 0
        if not 0 <= value <= highest:
            raise BrokenRule(f"must be between 0 and {highest}", field=key)
        return value

    def required_number(self, key: str) -> int:
        """Read a number that must be there.

        Raises:
            Missing, BrokenRule: 0, or negative.
        """
        return self.number(key) or int(self._lacking(key))

    def flag(self, key: str) -> bool:
        """Read a flag."""
        return bool(self._values.get(key))

    def moment(self, key: str) -> datetime | None:
        """Read a time into UTC; a .NET date that was never set is none, with a note.

        Raises:
            BrokenRule: it is out of range.
        """
        value: datetime | None = self._values.get(key)
        if value is None:
            return None
        if value.year == _FIRST_YEAR:
            self._note(f"NO_DATE {self._names[key]}")
            return None
        try:
            return value.astimezone(UTC)
        except OverflowError:
            raise BrokenRule("out of range", field=key) from None

    def guid(self, key: str) -> UUID:
        """Read a GUID that must be there.

        Raises:
            Missing, BrokenRule: it is blank, or no GUID.
        """
        return guid_of(self.required_identifier(key), key)

    def value(self, key: str) -> Any:
        """Give a value as it was read."""
        return self._values.get(key)

    def _lacking(self, key: str) -> str:
        raise Missing(field=key)


def guid_of(text: str, field: str) -> UUID:
    """Read a GUID.

    Raises:
        BrokenRule: it is none.
    """
    if _GUID.fullmatch(text) is None:
        raise BrokenRule("not a GUID", field=field)
    return UUID(text)
