"""What a reader says of the answer it would take: its media type, and the copy it already has."""

import re
from hashlib import sha256

_TAG = re.compile(r'(?:W/)?("[^"]*")')
_CLOSEST_FIRST = ("application/json", "application/*", "*/*")


def takes_json(accept: str) -> bool:
    """Tell whether an Accept header lets JSON pass; one that is not sent does.

    The range that fits most closely decides (RFC 9110, 12.5.1).
    """
    if not accept.strip():
        return True
    ranges = dict(_weighed(part) for part in accept.split(","))
    return next((ranges[kind] for kind in _CLOSEST_FIRST if kind in ranges), False)


def _weighed(part: str) -> tuple[str, bool]:
    kind, *parameters = (each.strip().lower() for each in part.split(";"))
    return kind, not any(re.fullmatch(r"q=0(\.0*)?", each) for each in parameters)


def strong_tag(*parts: bytes) -> str:
    """Make the entity tag of what these bytes say."""
    digest = sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return f'"{digest.hexdigest()[:32]}"'


def unchanged(if_none_match: str, tag: str) -> bool:
    """Tell whether a reader has this copy already; weak comparison (RFC 9110, 13.1.2)."""
    return if_none_match.strip() == "*" or tag in _TAG.findall(if_none_match)
