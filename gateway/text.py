"""What counts as text: the characters that XML 1.0 can carry (XML 1.0, 2.2 Char)."""

import re

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BLANKS = re.compile(r"[ \t\r\n]+")


def is_text(value: str) -> bool:
    """Tell whether every character of the value can stand in an XML 1.0 document."""
    return _FORBIDDEN.search(value) is None


def collapse(value: str) -> str:
    """Turn every run of white space into one blank and trim both ends (XSD collapse)."""
    return _BLANKS.sub(" ", value).strip(" ")


def printable(value: str, limit: int = 64) -> str:
    """Cut a caller's text for an echo and show control characters as ``?`` (hardening page 3)."""
    return "".join(c if c.isprintable() else "?" for c in value[:limit])


def mended(value: str) -> str:
    """Put U+FFFD in place of what no text can hold: where refusing would help nobody."""
    return _FORBIDDEN.sub("\ufffd", value)
