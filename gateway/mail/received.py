"""Reads a received mail: bounded whatever was sent, and never more than a refusal.

The standard library's parser is exact but patient: nested boundaries cost it time for each line,
a long structured header more than that. So a mail is weighed before it is parsed.
"""

import codecs
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import EmailPolicy
from typing import Any

import nh3

from gateway.domain.inbound_mail import MailCode, ReceivedMail
from gateway.domain.partner_commands import NewFile
from gateway.domain.richtext import from_html
from gateway.text import collapse, mended

HEADER_BYTES = 64 * 1024  # of a mail that is too large or too strange to be parsed as a whole
_HEAD_BYTES = 256 * 1024
_LONGEST_HEADER = 4_000
_MOST_HEADERS = 500
_MOST_WORK = 10_000_000  # lines times boundaries
_MOST_LINES = 1_000_000
_MOST_PARTS = 1_000
_MOST_TEXT = 1024 * 1024
_LONGEST_KEY = 255
_LONGEST_LINE = 998  # RFC 5322
_SUBJECT = 250  # SSP7 contract, section 4
_RECIPIENTS = 50
# What the parser of headers and parts may raise for input that it did not expect.
_BROKEN = (
    ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError,
    NotImplementedError, MessageError,
)  # fmt: skip
# Encodings of Python for other ends than text, or that take a square of the length.
_NO_CHARSETS = frozenset({"punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined"})
_BLOCKS = frozenset(
    {"address", "blockquote", "br", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6",
     "hr", "li", "ol", "p", "pre", "table", "tr", "ul"}
)  # fmt: skip
_UNSEEN = frozenset({"script", "style", "title"})
_TAG = re.compile(r"<(/?)(?!br|hr|img|meta|link|col|input)[a-z]", re.IGNORECASE)
_DEEPEST = 500
_QUOTE = re.compile(r"(</?blockquote>)")
_FILE_NAME = re.compile(r"[/\\:\x00-\x1f\x7f-\x9f]")
_HEAD_END = re.compile(rb"\r?\n\r?\n|\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailLimits:
    """How large a mail and its files may be (SSP7 contract, section 4)."""

    mail_bytes: int = 26_214_400
    files: int = 20
    file_bytes: int = 5_242_880
    files_bytes: int = 20_971_520


class _ShortHeaders(EmailPolicy):
    """Headers as today's mail has them; what is longer than any proper one is cut before it is
    looked at.
    """

    def header_source_parse(self, sourcelines: Sequence[str]) -> tuple[str, str]:
        """Give name and value of a header."""
        name, value = super().header_source_parse(list(sourcelines))
        return name, value[:_LONGEST_HEADER]


_POLICY = _ShortHeaders()


def received_mail(raw: bytes, limits: MailLimits, now: datetime, *, size: int = 0) -> ReceivedMail:
    """Read a mail; what is wrong with it as a whole is its ``trouble``.

    Args:
        raw: the mail, or as much of it as was fetched.
        limits: how large it may be.
        now: when it came.
        size: of the whole mail, where only its beginning was fetched.
    """
    if max(size, len(raw)) > limits.mail_bytes:
        return _head_only(raw, now, MailCode.TOO_LARGE)
    if not _is_bearable(raw):
        return _head_only(raw, now, MailCode.UNREADABLE)
    try:
        message = _parsed(raw)
        parts = _parts(message)
        files = [file for part in parts if (file := _file(part)) is not None]
        text = _text(parts)
    except _BROKEN:
        return _head_only(raw, now, MailCode.UNREADABLE)
    trouble = _trouble(files, limits)
    return _mail(message, raw, now, text=text, files=() if trouble else files, trouble=trouble)


def _is_bearable(raw: bytes) -> bool:
    lines = raw.count(b"\n") + raw.count(b"\r")
    boundaries = 1 + raw.lower().count(b"boundary")
    head_end = _HEAD_END.search(raw, 0)
    head = raw[: head_end.start()] if head_end else raw
    return (
        lines <= _MOST_LINES
        and lines * boundaries <= _MOST_WORK
        and len(head) <= _HEAD_BYTES
        and head.count(b"\n") <= _MOST_HEADERS * 4
    )


def _head_only(raw: bytes, now: datetime, trouble: MailCode) -> ReceivedMail:
    """Read who sent what, and nothing of the content; not even that, if it cannot be read."""
    head = raw[:HEADER_BYTES]
    end = _HEAD_END.search(head)
    lines = head[: end.start() if end else len(head)].splitlines()[:_MOST_HEADERS]
    try:
        wanted = _plain_headers(lines)
        message = _parsed(b"\n".join(wanted) + b"\n\n")
        return _mail(message, raw, now, trouble=trouble)
    except _BROKEN:
        return ReceivedMail(key=_digest(raw), received=now, trouble=trouble)


def _plain_headers(lines: Sequence[bytes]) -> list[bytes]:
    """Leave out the headers that describe content: the parser acts on them while it reads."""
    kept: list[bytes] = []
    leaves = False
    for line in lines:
        if line[:1] not in (b" ", b"\t"):
            leaves = line[:8].lower() == b"content-" or b":" not in line
        if not leaves:
            kept.append(line[:_LONGEST_HEADER])
    return kept


def _mail(
    message: EmailMessage,
    raw: bytes,
    now: datetime,
    *,
    text: str = "",
    files: Sequence[NewFile] = (),
    trouble: MailCode | None = None,
) -> ReceivedMail:
    message_id = _header(message, "Message-ID").strip()
    sender, name = _sender(message)
    return ReceivedMail(
        key=message_id if 0 < len(message_id) <= _LONGEST_KEY else _digest(raw),
        received=now,
        sender=sender,
        sender_name=name[:_LONGEST_KEY],
        recipients=tuple(_recipients(message)),
        to=_header(message, "To"),
        cc=_header(message, "Cc"),
        subject=collapse(_header(message, "Subject"))[:_SUBJECT],
        text=text,
        message_id=message_id,
        in_reply_to=_header(message, "In-Reply-To").strip(),
        references=_header(message, "References").strip(),
        automatic=_is_automatic(message),
        ours="X-Gateway-Event-Id" in message,
        authentication=tuple(_headers(message, "Authentication-Results")),
        files=tuple(files),
        trouble=trouble,
    )


def _parsed(raw: bytes) -> EmailMessage:
    parsed: EmailMessage = BytesParser(EmailMessage, policy=_POLICY).parsebytes(raw)  # type: ignore[assignment] # its hints forget the class
    return parsed


def _digest(raw: bytes) -> str:
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"


def _headers(message: EmailMessage, name: str) -> Iterator[str]:
    """Give the values of a header, decoded; one that cannot be read is empty."""
    try:
        values = message.get_all(name, [])
    except _BROKEN:
        values = []
    for value in values:
        try:
            yield mended(str(value))[:_LONGEST_HEADER]
        except _BROKEN:
            yield ""


def _header(message: EmailMessage, name: str) -> str:
    return next(_headers(message, name), "")[:_LONGEST_LINE]


def _addresses(message: EmailMessage, name: str) -> list[tuple[str, str]]:
    """Give the addresses of a header, in small letters, each with its name."""
    try:
        return [
            (f"{each.username}@{each.domain}".casefold(), mended(str(each.display_name)))
            for header in message.get_all(name, [])
            for each in header.addresses
            if each.username and each.domain
        ]
    except _BROKEN:
        return []


def _sender(message: EmailMessage) -> tuple[str, str]:
    """Give the one address a mail is from; of several nobody knows whom a server has proven."""
    found = _addresses(message, "From")
    if len(found) != 1 or len(list(_headers(message, "From"))) != 1:
        return "", ""
    return mended(found[0][0]), found[0][1]


def _recipients(message: EmailMessage) -> list[str]:
    delivered = [
        value.strip().strip("<>").casefold()
        for name in ("Delivered-To", "X-Original-To", "Envelope-To")
        for value in _headers(message, name)
    ]
    named = [address for name in ("To", "Cc") for address, _ in _addresses(message, name)]
    return [mended(each) for each in dict.fromkeys([*delivered, *named])][:_RECIPIENTS]


def _is_automatic(message: EmailMessage) -> bool:
    """Tell whether no person sent it (RFC 3834): answering machines, lists, failed deliveries."""
    submitted = _header(message, "Auto-Submitted").partition(";")[0].strip().casefold()
    precedence = _header(message, "Precedence").strip().casefold()
    return (
        submitted not in ("", "no")
        or precedence in ("bulk", "junk", "list")
        or _header(message, "Return-Path").strip() == "<>"
        or message.get_content_type() == "multipart/report"
    )


def _parts(message: EmailMessage) -> list[EmailMessage]:
    """Give the parts that hold something, in order; a mail inside a mail is one."""
    found: list[EmailMessage] = []
    waiting: list[Any] = [message]
    seen = 0
    while waiting:
        part = waiting.pop()
        seen += 1
        if seen > _MOST_PARTS:
            raise ValueError("too many parts")
        inner = part.get_payload() if part.get_content_maintype() == "multipart" else None
        if isinstance(inner, list):
            waiting.extend(reversed(inner))
        else:
            found.append(part)
    return found


def _text(parts: Sequence[EmailMessage]) -> str:
    """Give the text of a mail: the plain part, else the HTML part as text."""
    for kind in ("text/plain", "text/html"):
        for part in parts:
            if part.get_content_type() == kind and not _is_file(part):
                text = _decoded(part)
                text = html_as_text(text) if kind == "text/html" else text
                if text.strip():
                    return mended(text.replace("\r\n", "\n").replace("\r", "\n"))[:_MOST_TEXT]
    return ""


def html_as_text(markup: str) -> str:
    """Give the text of HTML, its quotations as quoted lines; nothing in it is run or loaded."""
    markup = markup[:_MOST_TEXT]
    if not _is_shallow(markup):
        return from_html(markup).plain
    clean = nh3.clean(
        markup,
        tags=set(_BLOCKS),
        clean_content_tags=set(_UNSEEN),
        attributes={},
        link_rel=None,
    )
    lines: list[str] = []
    depth = 0
    for piece in _QUOTE.split(clean):
        if piece == "<blockquote>":
            depth += 1
        elif piece == "</blockquote>":
            depth -= 1
        else:
            shown = [line for line in from_html(piece).plain.split("\n") if line or not depth]
            lines += [f"> {line}" for line in shown] if depth > 0 else shown
    return "\n".join(lines).strip("\n")


def _is_shallow(markup: str) -> bool:
    """Tell whether elements may be nested: 200 000 of them in one another take minutes."""
    depth = 0
    for tag in _TAG.finditer(markup):
        depth += -1 if tag[1] else 1
        if depth > _DEEPEST:
            return False
    return True


def _decoded(part: EmailMessage) -> str:
    content = _content(part)
    name = part.get_content_charset("utf-8") or "utf-8"
    try:
        charset = codecs.lookup(name).name
        if charset in _NO_CHARSETS:
            charset = "utf-8"
        return content.decode(charset, "replace")
    except (LookupError, ValueError):
        return content.decode("utf-8", "replace")


def _content(part: EmailMessage) -> bytes:
    content = part.get_payload(decode=True)
    if isinstance(content, bytes):
        return content
    inner: Any = part.get_payload()  # a mail inside a mail
    return inner[0].as_bytes() if isinstance(inner, list) and inner else b""


def _is_file(part: EmailMessage) -> bool:
    return bool(part.get_filename()) or part.get_content_disposition() == "attachment"


def _file(part: EmailMessage) -> NewFile | None:
    """Take a part that has a file name."""
    given = part.get_filename()
    if not given:
        return None
    name = _FILE_NAME.sub("_", mended(str(given))).strip()[-_LONGEST_KEY:]
    return NewFile(
        name="_" if name in ("", ".", "..") else name,
        content_type=mended(part.get_content_type())[:_SUBJECT],
        content=_content(part),
    )


def _trouble(files: Sequence[NewFile], limits: MailLimits) -> MailCode | None:
    sizes = [len(file.content) for file in files]
    fitting = (
        len(sizes) <= limits.files
        and max(sizes, default=0) <= limits.file_bytes
        and sum(sizes) <= limits.files_bytes
    )
    return None if fitting else MailCode.FILES_TOO_LARGE
