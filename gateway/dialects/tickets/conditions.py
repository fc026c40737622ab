"""Versions of a ticket as entity tags, and the headers that name them (section 8)."""

import re
from collections.abc import Iterable, Iterator, Mapping

from gateway.dialects.tickets.problems import invalid_header

Versions = frozenset[tuple[int, int]]  # of a ticket: id and version

_ONE = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_LIST = re.compile(rf"[ \t,]*{_ONE}[ \t]*(?:,[ \t]*(?:{_ONE}[ \t]*)?)*")
_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_OURS = re.compile("([0-9]{1,19})-([0-9]{1,10})")
_KEY = re.compile(r"[\x20-\x7e]{1,255}")


def tag(ticket_id: int, version: int) -> str:
    """Give the strong tag of a version."""
    return f'"{ticket_id}-{version}"'


def if_match(headers: Mapping[str, str]) -> tuple[bool, Versions | None]:
    """Tell whether there is a condition, and which versions fulfil it; None: every one does.

    Raises:
        Problem: it is not well formed.
    """
    text = headers.get("if-match")
    if text is None:
        return False, None
    if text.strip() == "*":
        return True, None
    if not _LIST.fullmatch(text):
        raise invalid_header("If-Match", 'must be * or tags like "17-1".')
    # Weak tags never match (RFC 9110, 13.1.1).
    return True, frozenset(_versions(found[2] for found in _TAG.finditer(text) if not found[1]))


def idempotency_key(headers: Mapping[str, str]) -> str | None:
    """Read the caller's key.

    Raises:
        Problem: it is empty, too long, or not of printable ASCII.
    """
    key = headers.get("idempotency-key")
    if key is not None and not _KEY.fullmatch(key):
        raise invalid_header("Idempotency-Key", "must have 1 to 255 printable ASCII characters.")
    return key


def _versions(tags: Iterable[str]) -> Iterator[tuple[int, int]]:
    for each in tags:
        if found := _OURS.fullmatch(each):
            yield int(found[1]), int(found[2])
