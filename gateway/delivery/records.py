"""What is kept of a call: both sides, redacted by name and by value, base64 shortened, bounded."""

import base64
import html
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import quote, quote_plus, urlsplit

from gateway.delivery.calls import Answer, Outgoing
from gateway.errors import Malformed
from gateway.http.redact import (
    MASK,
    described_base64,
    redacted_headers,
    redacted_json,
    redacted_query,
    without_keys,
)
from gateway.soap.guard import Caps, media_type, read_document
from gateway.soap.redaction import redacted as redacted_xml

SIDE_CHARS = 64 * 1024
SENTENCE_CHARS = 300
_BASE64_CHARS = 200  # from here on a text that is base64 is shown as size and SHA-256
_BASE64 = re.compile(r"[A-Za-z0-9+/\r\n]+={0,2}\s*")
_MEMBERS = 200_000
_FORM = "application/x-www-form-urlencoded"
# Room for the largest answer: what is read was bounded when it came.
WIDE = Caps(angle_brackets=200_000, quotes=600_000)


@dataclass(frozen=True, slots=True)
class Shade:
    """Hides texts wherever they stand, in every form a message may write them."""

    masked: Collection[str]

    def over(self, text: str) -> str:
        """Give the text without them."""
        forms = {form for secret in self.masked if secret for form in _forms(secret)}
        for form in sorted(forms, key=len, reverse=True):
            text = text.replace(form, MASK)
        return text

    def sentence(self, text: str) -> str:
        """Give a short sentence without them, without control characters."""
        shown = "".join(c if c.isprintable() else " " for c in self.over(text))
        return shown[:SENTENCE_CHARS]


def request_record(outgoing: Outgoing, proved_by: Collection[str], shade: Shade) -> str:
    """Write a request as it is kept; headers that prove us are named, not shown."""
    url = urlsplit(outgoing.url)
    target = url._replace(query=redacted_query(url.query)).geturl()
    headers = redacted_headers(outgoing.headers) | dict.fromkeys(proved_by, MASK)
    content_type = next(
        (value for name, value in outgoing.headers.items() if name.lower() == "content-type"), ""
    )
    first = f"{outgoing.method} {target}"
    return _side(first, headers, _body(outgoing.body, content_type), shade)


def answer_record(answer: Answer, shade: Shade) -> str:
    """Write an answer as it is kept."""
    headers = redacted_headers(dict(answer.headers))
    body = _body(answer.body, answer.headers.get("content-type", ""))
    return _side(f"HTTP {answer.status}", headers, body, shade)


def _side(first: str, headers: Mapping[str, str], body: str, shade: Shade) -> str:
    head = "\n".join([first, *(f"{name}: {value}" for name, value in headers.items())])
    text = without_keys(shade.over(f"{head}\n\n{body}")).replace("\x00", "\ufffd")
    if len(text) <= SIDE_CHARS:
        return text
    return f"{text[:SIDE_CHARS]}\n[cut, {len(text)} characters in all]"


def _body(body: bytes, content_type: str) -> str:
    if not body:
        return ""
    kind = media_type(content_type)
    if kind.name.endswith(("/xml", "+xml")) or body.lstrip()[:1] == b"<":
        return _xml(body, kind.charset)
    if kind.name.endswith(("/json", "+json")):
        return _json(body)
    text = _text(body, kind.charset)
    return redacted_query(text) if kind.name == _FORM else text


def _xml(body: bytes, charset: str | None) -> str:
    try:
        root = read_document(body, charset, WIDE).root
    except Malformed:
        return _text(body, charset)
    elements = list(root.iter())
    binary = {str(each.tag) for each in elements if is_long_base64(each.text)}
    return redacted_xml(root, elements, binary)


def _json(body: bytes) -> str:
    try:
        return json.dumps(_shortened(redacted_json(read_json(body))), ensure_ascii=False)
    except (Malformed, RecursionError):
        return _text(body, "utf-8")


def read_json(body: bytes) -> object:
    """Read JSON of a partner.

    Raises:
        Malformed: it is none, too deep, or would weigh much more than its bytes.
    """
    if sum(map(body.count, (b"[", b"{", b","))) > _MEMBERS:
        raise Malformed("too many members")
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("not JSON") from None


def _shortened(value: object) -> object:
    match value:
        case dict():
            return {name: _shortened(member) for name, member in value.items()}
        case list():
            return [_shortened(item) for item in value]
        case str() if is_long_base64(value):
            return described_base64(value)
        case _:
            return value


def _text(body: bytes, charset: str | None) -> str:
    """Read a body that has no structure we know; a wrong charset must not hide the record."""
    shown = body[: 4 * SIDE_CHARS]
    try:
        return shown.decode(charset or "utf-8", "replace")
    except LookupError:
        return shown.decode("utf-8", "replace")


def is_long_base64(text: str | None) -> bool:
    """Tell whether a text is base64 and too long to be shown."""
    return text is not None and len(text) > _BASE64_CHARS and _BASE64.fullmatch(text) is not None


def _forms(secret: str) -> set[str]:
    return {
        secret,
        html.escape(secret),
        html.escape(secret, quote=False),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        quote(secret, safe=""),
        quote_plus(secret),
        base64.b64encode(secret.encode()).decode("ascii"),
    }
