"""Takes secrets out of what is kept, by the name of a header, query pair or member."""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from urllib.parse import unquote_plus

MASK = "***"

_SESSION = re.compile(r"(/session/)[^/]+", re.IGNORECASE)
# Keys and hashes of tasks have no business in an address or an element of another name, but callers
# put them there; no other text is like them (SSP7 contract, 5). Two patterns, each with a fixed
# beginning: one of both takes five times as long.
_KEY = re.compile(r"tgk_[\w-]{8,}")
_HASH = re.compile(r"1\.[\w-]{1,20}\.[\w-]{43}(?![\w-])")
_NAME = re.compile(r"[\w-]+")
_SEPARATORS = re.compile(r"([&;])")  # both part the pairs of a query

_SECRETS = frozenset(
    {
        "password", "passwordhash", "sessionid", "token", "twofactortoken", "accesstoken",
        "p_strhashcheck", "nonce",
        "authorization", "proxy-authorization", "cookie", "set-cookie", "x-otrs-header-password",
        "x-otrs-header-sessionid", "x-sics-session",
    }
)  # fmt: skip


def is_secret(name: str) -> bool:
    """Tell whether what bears this name is a secret.

    Neither case counts nor what stands around the name: ``Password[]`` and `` Password`` are slips
    of callers who sent a password.
    """
    lower = name.lower()
    if lower in _SECRETS:
        return True
    found = None if lower.isidentifier() else _NAME.search(lower)
    return found is not None and found[0] in _SECRETS


def redacted_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Mask the values of secret headers."""
    return {name: MASK if is_secret(name) else value for name, value in headers.items()}


def without_keys(text: str) -> str:
    """Mask API keys and hashes of tasks, wherever they stand in a text."""
    return _HASH.sub(MASK, _KEY.sub(MASK, text))


def redacted_path(path: str) -> str:
    """Mask the id of a session, which stands behind the segment that says so, and API keys."""
    return without_keys(_SESSION.sub(rf"\1{MASK}", path))


def redacted_query(query: str) -> str:
    """Mask the values of secret pairs of a raw query, and API keys; keep all else as sent."""
    return without_keys("".join(_redacted_pair(part) for part in _SEPARATORS.split(query)))


def _redacted_pair(pair: str) -> str:
    name, equals, _ = pair.partition("=")
    return f"{name}={MASK}" if equals and is_secret(unquote_plus(name)) else pair


def redacted_json(value: object, contents: frozenset[str] = frozenset()) -> object:
    """Mask secret members of a parsed JSON value.

    Members named in ``contents`` (lower case) hold base64 and are replaced by size and SHA-256.
    """
    if isinstance(value, dict):
        return {name: _redacted_member(name, member, contents) for name, member in value.items()}
    if isinstance(value, list):
        return [redacted_json(item, contents) for item in value]
    return value


def _redacted_member(name: str, value: object, contents: frozenset[str]) -> object:
    if is_secret(name) and value not in (None, ""):
        return MASK
    if name.lower() in contents and isinstance(value, str):
        return described_base64(value)
    return redacted_json(value, contents)


def described_base64(text: str) -> str:
    """Put size and SHA-256 of the decoded bytes in place of a base64 text."""
    try:
        content = base64.b64decode(text, validate=False)
    except (binascii.Error, ValueError):
        return f"[not base64, {len(text)} characters]"
    return f"[{len(content)} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}]"
