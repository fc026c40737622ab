"""Writes JSON: decimals digit for digit, times in UTC, nothing escaped that need not be."""

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

MEDIA_TYPE = "application/json; charset=utf-8"

# A float would be another value. No text that is stored holds U+0000, so it can mark numbers.
_MARKED = re.compile(r'"\\u0000(-?\d+(?:\.\d+)?)\\u0000"')


def json_text(content: object) -> str:
    """Write a document."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=_written)
    return _MARKED.sub(r"\1", text)


def instant(moment: datetime) -> str:
    """Write a time as ISO 8601 in UTC with ``Z``."""
    return moment.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def _written(value: object) -> str:
    if isinstance(value, Decimal):
        return f"\0{_plain(value)}\0"
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"no JSON for {type(value).__name__}")


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
