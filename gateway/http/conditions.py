"""What a reader says of the answer it would take: its media type, and the copy it already has."""

import re
from hashlib import sha256

_TAG = re.compile(r'(?:W/)?("[^"]*")')
_ALL_JSON = frozenset({"*/*", "application/*", "application/json"})


def takes_json(accept: str) -> bool:
    """Tell whether an Accept header lets JSON pass; one that is not sent does."""
    if not accept.strip():
        return True
    return any(_wanted(part) for part in accept.split(","))


def _wanted(part: str) -> bool:
    kind, *parameters = (each.strip().lower() for each in part.split(";"))
    weights = [each.removeprefix("q=") for each in parameters if each.startswith("q=")]
    return kind in _ALL_JSON and not any(re.fullmatch(r"0(\.0*)?", weight) for weight in weights)


def strong_tag(*parts: bytes) -> str:
    """Make the entity tag of what these bytes say."""
    digest = sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return f'"{digest.hexdigest()[:32]}"'


def unchanged(if_none_match: str, tag: str) -> bool:
    """Tell whether a reader has this copy already; weak comparison (RFC 9110, 13.1.2)."""
    return if_none_match.strip() == "*" or tag in _TAG.findall(if_none_match)
