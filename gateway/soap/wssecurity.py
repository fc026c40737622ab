"""Reads WS-Security headers: one UsernameToken with a password or, for some, its digest.

Read by hand and strictly, because no schema covers header blocks (hardening page, section 5).
"""

import base64
import re
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta

from lxml import etree

from gateway.errors import Malformed, TokenStale, WrongTokenKind
from gateway.soap.envelope import SoapVersion
from gateway.usecases.digests import PasswordDigest

_OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
_WSSE = f"{{{_OASIS}wssecurity-secext-1.0.xsd}}"
_WSU = f"{{{_OASIS}wssecurity-utility-1.0.xsd}}"
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_TEXT = f"{_OASIS}username-token-profile-1.0#PasswordText"
_DIGEST = f"{_OASIS}username-token-profile-1.0#PasswordDigest"

SECURITY = f"{_WSSE}Security"
_TOKEN = f"{_WSSE}UsernameToken"
_USERNAME, _PASSWORD, _NONCE = f"{_WSSE}Username", f"{_WSSE}Password", f"{_WSSE}Nonce"
_TIMESTAMP, _CREATED, _EXPIRES = f"{_WSU}Timestamp", f"{_WSU}Created", f"{_WSU}Expires"

_BACK = timedelta(seconds=300)
_AHEAD = timedelta(seconds=60)

# Attributes that may stand anywhere (SOAP::Lite repeats the type, signing stacks name everything)
# and those of one element.
_ANYWHERE = frozenset({f"{_WSU}Id", f"{_XSI}type"})
_OF_BLOCKS = frozenset(
    f"{{{version.namespace}}}{name}"
    for version in SoapVersion
    for name in ("mustUnderstand", "actor", "role", "relay", "encodingStyle")
)
_OWN = {SECURITY: _OF_BLOCKS, _PASSWORD: {"Type"}, _NONCE: {"EncodingType"}}


Token = tuple[str, str] | PasswordDigest


def read_token(
    blocks: Iterable[etree._Element],
    *,
    now: datetime,
    max_age: timedelta = _BACK,
    digests: bool = False,
) -> Token | None:
    """Give user name and password of the Security header, or a digest; None if there is none.

    A resent Nonce is not refused: with a plain password it is the caller's own retry.

    Raises:
        Malformed: the header is not of the expected shape.
        WrongTokenKind: a token of another kind, or (without ``digests``) no plain password.
        TokenStale: created or expired outside the window.
    """
    found = [block for block in blocks if block.tag in (SECURITY, _TOKEN)]
    if not found:
        return None
    if len(found) > 1 or found[0].tag == _TOKEN:
        raise Malformed("one Security header with one UsernameToken expected")
    parts = _parts(found[0])
    if not parts.keys() <= {_TOKEN, _TIMESTAMP}:
        raise WrongTokenKind
    if _TIMESTAMP in parts:
        _judge_timestamp(parts[_TIMESTAMP], now)
    if _TOKEN not in parts:
        return None
    return _token(parts[_TOKEN], now, max_age, (_TEXT, _DIGEST) if digests else (_TEXT,))


def _token(
    element: etree._Element, now: datetime, max_age: timedelta, kinds: Collection[str]
) -> Token:
    parts = _parts(element)
    if not parts.keys() <= {_USERNAME, _PASSWORD, _NONCE, _CREATED}:
        raise WrongTokenKind
    if _USERNAME not in parts:
        raise Malformed("Username expected in UsernameToken")
    kind = parts[_PASSWORD].get("Type", _TEXT) if _PASSWORD in parts else ""
    if kind not in kinds:
        raise WrongTokenKind
    created = _moment(parts[_CREATED]) if _CREATED in parts else None
    if created is not None and not now - max_age <= created <= now + _AHEAD:
        raise TokenStale
    if kind == _TEXT:
        return _leaf(parts[_USERNAME]), _leaf(parts[_PASSWORD])
    if created is None or _NONCE not in parts:
        raise Malformed("a digest needs Nonce and Created")
    return PasswordDigest(
        name=_leaf(parts[_USERNAME]),
        digest=_octets(parts[_PASSWORD]),
        nonce=_octets(parts[_NONCE]),
        created=_leaf(parts[_CREATED]).strip(),
        moment=created,
    )


def _octets(element: etree._Element) -> bytes:
    try:
        content = base64.b64decode(_leaf(element).strip(), validate=True)
    except ValueError:
        raise Malformed("not base64 in the Security header") from None
    if not content:
        raise Malformed("an empty element in the Security header")
    return content


def _judge_timestamp(element: etree._Element, now: datetime) -> None:
    parts = _parts(element)
    if not parts.keys() <= {_CREATED, _EXPIRES}:
        raise Malformed("unexpected element in Timestamp")
    moments = {tag: _moment(part) for tag, part in parts.items()}
    expires = moments.get(_EXPIRES)
    if expires is None:
        return
    if expires + _AHEAD < now or expires < moments.get(_CREATED, expires):
        raise TokenStale


def _parts(element: etree._Element) -> dict[str, etree._Element]:
    """Give the children by tag; each at most once, no text between them, known attributes."""
    _judge_attributes(element)
    parts = {str(child.tag): child for child in element}
    if len(parts) != len(element):
        raise Malformed("an element of the Security header is given twice")
    texts = [element.text, *(child.tail for child in element)]
    if any(text is not None and text.strip() for text in texts):
        raise Malformed("text between the elements of the Security header")
    return parts


def _leaf(element: etree._Element) -> str:
    _judge_attributes(element)
    if len(element):
        raise Malformed("text expected in the Security header")
    return element.text or ""


def _judge_attributes(element: etree._Element) -> None:
    allowed = _OWN.get(str(element.tag), frozenset())
    if any(name not in allowed and name not in _ANYWHERE for name in map(str, element.keys())):
        raise Malformed("unexpected attribute in the Security header")


_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?"
)


def _moment(element: etree._Element) -> datetime:
    found = _MOMENT.fullmatch(_leaf(element).strip())
    if found is None:
        raise Malformed("not a date in the Security header")
    second, _, zone = found.groups()
    try:
        moment = datetime.fromisoformat(second + (zone or "Z"))
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Malformed("not a date in the Security header") from None
