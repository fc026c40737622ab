"""What only requests of the workflow service hold: attachments, and names with values."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gateway.dialects.ssp7 import shapes
from gateway.dialects.ssp7.form import OTHER, Form
from gateway.dialects.ssp7.results import AttachmentTooLarge
from gateway.domain.partner_commands import NewFile
from gateway.errors import BrokenRule, Missing

LONG_TEXT = 32_000
AUTHOR = 200
REFERENCE = 100

_FILE_NAME = re.compile(r"[^/\\:\x00-\x1f\x7f-\x9f]{1,255}")


@dataclass(frozen=True, slots=True)
class FileLimits:
    """What the attachments of one call may be."""

    files: int = 20
    bytes: int = 5_242_880
    total_bytes: int = 20_971_520


class WorkflowForm(Form):
    """The values of one request of the workflow service."""

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
                raise Missing(field=f"{key}[{number}].{shapes.TABLE.member('NameValue', 'name')}")
            pairs.append((name, _member(each, "NameValue", "value") or ""))
        return pairs

    def _file(self, sent: Any, path: str, number: int, limits: FileLimits) -> NewFile:
        here = f"{path}.{shapes.TABLE.member('ExternalAttachment', 'file_name')}"
        name: str = _member(sent, "ExternalAttachment", "file_name") or ""
        if not name.strip():
            raise Missing(field=here)
        if _FILE_NAME.fullmatch(name) is None or name in (".", ".."):
            raise BrokenRule("not a file name", field=here)
        kind = str(_member(sent, "ExternalAttachment", "content_type") or "").strip()
        if len(kind) > OTHER:
            kind_path = f"{path}.{shapes.TABLE.member('ExternalAttachment', 'content_type')}"
            raise BrokenRule(f"longer than {OTHER} characters", field=kind_path)
        content: bytes = _member(sent, "ExternalAttachment", "content") or b""
        if len(content) > limits.bytes:
            raise AttachmentTooLarge(
                f"attachment {number} exceeds {limits.bytes} bytes",
                field=f"{path}.{shapes.TABLE.member('ExternalAttachment', 'content')}",
            )
        return NewFile(name=name, content_type=kind or "application/octet-stream", content=content)


def _member(sent: Any, type_name: str, key: str) -> Any:
    return getattr(sent, shapes.TABLE.member(type_name, key))
