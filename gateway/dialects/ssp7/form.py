"""Reads the values of one request of the SSP7 dialect, by key (contract section 4)."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from gateway.dialects.ssp7 import shapes
from gateway.dialects.ssp7.results import AttachmentTooLarge
from gateway.domain.partner_commands import NewFile
from gateway.errors import BrokenRule, Missing

LONG_TEXT = 32_000
AUTHOR = 200
REFERENCE = 100
IDENTIFIER = 200  # of messages, and of hashes
OTHER = 250

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_FILE_NAME = re.compile(r"[^/\\:\x00-\x1f\x7f-\x9f]{1,255}")
_FIRST_YEAR = 1  # of a .NET date that was never set


@dataclass(frozen=True, slots=True)
class FileLimits:
    """What the attachments of one call may be."""

    files: int = 20
    bytes: int = 5_242_880
    total_bytes: int = 20_971_520


class Form:
    """The values of one request; what is wrong with one is raised at once."""

    def __init__(self, values: Mapping[str, Any], note: Callable[[str], None]) -> None:
        self._values = values
        self._note = note

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
            self._note(f"NO_DATE {shapes.PARAMETERS[key]}")
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
        value = self.required_identifier(key)
        if _GUID.fullmatch(value) is None:
            raise BrokenRule("not a GUID", field=key)
        return UUID(value)

    def files(self, key: str, limits: FileLimits) -> tuple[NewFile, ...]:
        """Read the attachments.

        Raises:
            Missing, BrokenRule: a file without a proper name.
            AttachmentTooLarge: too many, or too large.
        """
        sent: Sequence[Any] = self._values.get(key) or ()
        files = tuple(
            self._file(each, f"{key}[{number}]", number, limits)
            for number, each in enumerate(sent, 1)
            if each is not None  # a nil entry is not given
        )
        if len(files) > limits.files:
            raise AttachmentTooLarge(f"more than {limits.files} attachments", field=key)
        if sum(len(file.content) for file in files) > limits.total_bytes:
            raise AttachmentTooLarge(
                f"the attachments together exceed {limits.total_bytes} bytes", field=key
            )
        return files

    def pairs(self, key: str) -> Sequence[tuple[str, str]]:
        """Read names and values in the order they were sent.

        Raises:
            Missing: an entry without a name.
        """
        sent: Sequence[Any] = self._values.get(key) or ()
        pairs = []
        for number, each in enumerate(sent, 1):
            if each is None:
                continue
            name = str(_member(each, "NameValue", "name") or "").strip()
            if not name:
                raise Missing(field=f"{key}[{number}].{shapes.member('NameValue', 'name')}")
            pairs.append((name, _member(each, "NameValue", "value") or ""))
        return pairs

    def _file(self, sent: Any, path: str, number: int, limits: FileLimits) -> NewFile:
        here = f"{path}.{shapes.member('ExternalAttachment', 'file_name')}"
        name: str = _member(sent, "ExternalAttachment", "file_name") or ""
        if not name.strip():
            raise Missing(field=here)
        if _FILE_NAME.fullmatch(name) is None or name in (".", ".."):
            raise BrokenRule("not a file name", field=here)
        kind = str(_member(sent, "ExternalAttachment", "content_type") or "").strip()
        if len(kind) > OTHER:
            kind_path = f"{path}.{shapes.member('ExternalAttachment', 'content_type')}"
            raise BrokenRule(f"longer than {OTHER} characters", field=kind_path)
        content: bytes = _member(sent, "ExternalAttachment", "content") or b""
        if len(content) > limits.bytes:
            raise AttachmentTooLarge(
                f"attachment {number} exceeds {limits.bytes} bytes",
                field=f"{path}.{shapes.member('ExternalAttachment', 'content')}",
            )
        return NewFile(name=name, content_type=kind or "application/octet-stream", content=content)

    def _lacking(self, key: str) -> str:
        raise Missing(field=key)


def _member(sent: Any, type_name: str, key: str) -> Any:
    return getattr(sent, shapes.member(type_name, key))
