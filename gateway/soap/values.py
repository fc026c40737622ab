"""How single values are read from and written to XML text; all lexical rules stand here.

Readers trust the schema for what XSD decides (white space is collapsed, digits are ASCII) and
judge themselves what libxml2 does not: base64, years, leap days.
"""

import re
from base64 import b64encode
from binascii import a2b_base64
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal

_SPECIAL = re.compile("[&<>\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\dT)24(:00:00(?:\.0+)?(?:Z|[+-]\d\d:\d\d)?)")
_XML_BLANKS = b" \t\r\n"


class UnwritableValue(ValueError):
    """A value the published schema has no form for: a bug on our side of the wire."""


class UnwritableText(UnwritableValue):
    """A character that XML 1.0 cannot carry."""


def escape(text: str) -> str:
    """Give the text as element content.

    Raises:
        UnwritableText: It holds a character that XML 1.0 cannot carry.
    """
    if _SPECIAL.search(text) is None:
        return text
    _refuse_forbidden(text)
    return _replaced(text)


def escape_all(texts: Sequence[str]) -> Sequence[str]:
    """Give many texts as element content, at the price of few: they are treated as one.

    Raises:
        UnwritableText: One holds a character that XML 1.0 cannot carry.
    """
    whole = "".join(texts)
    if _SPECIAL.search(whole) is None:
        return texts
    _refuse_forbidden(whole)
    # None of them holds the forbidden U+0000, so that it can part them again.
    return _replaced("\0".join(texts)).split("\0")


def _refuse_forbidden(text: str) -> None:
    if (match := _FORBIDDEN.search(text)) is not None:
        raise UnwritableText(f"U+{ord(match[0]):04X} cannot stand in XML")


def _replaced(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    return text.replace(">", "&gt;").replace("\r", "&#13;")


def boolean(text: str) -> bool:
    """Read a boolean; the schema lets only ``true``, ``1``, ``false``, ``0`` through."""
    return text.strip() in ("true", "1")


def moment(zone: tzinfo) -> Callable[[str], datetime]:
    """Make the reader of a dateTime; one without zone is taken as local to ``zone``.

    Digits beyond the sixth are cut off: .NET's greatest moment must not overflow.
    """

    def read(text: str) -> datetime:
        try:
            value = datetime.fromisoformat(text)
        except ValueError:
            value = _end_of_day(text)
        return value if value.tzinfo is not None else value.replace(tzinfo=zone)

    return read


def _end_of_day(text: str) -> datetime:
    match = _MIDNIGHT.fullmatch(text)
    if match is None:
        raise ValueError("not a date")
    try:
        return datetime.fromisoformat(f"{match[1]}00{match[2]}") + timedelta(days=1)
    except OverflowError:
        raise ValueError("not a date") from None


def octets(text: str) -> bytes:
    """Read base64 strictly: XML white space apart, alphabet and padding must be right.

    Raises:
        ValueError: They are not.
    """
    packed = text.encode("ascii").translate(None, _XML_BLANKS)
    if len(packed) % 4:  # superfluous padding passes the strict mode
        raise ValueError("not base64")
    return a2b_base64(packed, strict_mode=True)


def utc_milliseconds(value: datetime) -> str:
    """Write a moment in UTC with milliseconds and ``Z``.

    Near the year 1 or 9999, where UTC is out of range, the value's own zone is kept.
    """
    if value.tzinfo is not UTC:
        if value.utcoffset() is None:
            raise UnwritableValue("a moment without zone")
        try:
            value = value.astimezone(UTC)
        except OverflowError:
            return value.isoformat("T", "milliseconds")
    return value.isoformat("T", "milliseconds")[:-6] + "Z"


def plain_decimal(value: Decimal) -> str:
    """Write a decimal without exponent."""
    if not value.is_finite():
        raise UnwritableValue("not a finite number")
    return format(value, "f")


def base64_line(value: bytes) -> str:
    """Write bytes as one line of base64."""
    return b64encode(value).decode("ascii")
