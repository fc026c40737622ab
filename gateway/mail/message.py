"""Mail messages as bytes: headers, and the content they stand over.

A signature is over bytes, so a content is made once and never rendered again.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Literal

from gateway.domain.mail import mailboxes

CRLF = b"\r\n"

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_MEDIA_TYPE = re.compile(r"([A-Za-z0-9!#$&^_.+-]+)/([A-Za-z0-9!#$&^_.+-]+)\s*(?:;.*)?", re.DOTALL)
_CHARSET = re.compile(r"charset\s*=\s*\"?([A-Za-z0-9_.:+-]+)", re.IGNORECASE)
_OPAQUE = ("application", "octet-stream")
# Signatures survive only what no mail server rewrites: lines of 7 bits, short, without blanks at
# their ends (RFC 3156, 3; RFC 8551, 3.1.3).
_SAFE = "quoted-printable"


class Unwritable(ValueError):
    """A mail that cannot be written: a line break in a header, no address where one must be."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that travels with a mail."""

    name: str
    media_type: str
    content: bytes = field(repr=False)
    disposition: str = "attachment"
    content_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail before it is bytes. Bcc is no part of it: it belongs to the envelope."""

    message_id: str
    date: datetime
    sender: str
    to: str
    cc: str = ""
    reply_to: str = ""
    subject: str = ""
    text: str = ""
    subtype: Literal["plain", "html"] = "plain"
    charset: str = "utf-8"
    files: Sequence[File] = ()
    in_reply_to: str = ""
    references: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def headers(letter: Letter) -> bytes:
    """Give the headers of a mail without those of its content; each line ends with CRLF.

    Raises:
        Unwritable: a line break in one of them, or an address that is none.
    """
    head = EmailMessage(policy.SMTP)
    texts = {"Subject": letter.subject, **letter.headers}
    ids = {
        "Message-ID": letter.message_id,
        "In-Reply-To": letter.in_reply_to,
        "References": letter.references,
    }
    addresses = {
        "From": letter.sender,
        "Reply-To": letter.reply_to,
        "To": letter.to,
        "Cc": letter.cc,
    }
    head["Date"] = letter.date
    try:
        for name, value in addresses.items():
            if value.strip():
                head[name] = [
                    Address(each.name, addr_spec=each.address) for each in mailboxes(value)
                ]
        for name, value in texts.items():
            if _CONTROL.search(value):
                raise Unwritable(f"a line break or control character in {name}")
            if value:
                head[name] = value
    except ValueError as error:
        raise Unwritable(f"{error}") from None
    head["MIME-Version"] = "1.0"
    written = head.as_bytes().partition(CRLF + CRLF)[0] + CRLF
    return b"".join(_ids(name, value) for name, value in ids.items() if value.strip()) + written


def content(letter: Letter) -> bytes:
    """Give the content of a mail with its own headers, its lines ended with CRLF."""
    body = _text(letter)
    for file in letter.files:
        _attach(body, file)
    return _bytes(body)


def text_content(text: str) -> bytes:
    """Give a plain text as the content of a mail."""
    body = EmailMessage(policy.SMTP)
    body.set_content(text, charset="utf-8", cte=_SAFE)
    return _bytes(body)


def _ids(name: str, value: str) -> bytes:
    """Write message ids one a line: the library would encode those that are long."""
    if _CONTROL.search(value) or not value.isascii():
        raise Unwritable(f"a line break, control or foreign character in {name}")
    return f"{name}: ".encode("ascii") + b"\r\n ".join(value.encode("ascii").split()) + CRLF


def _text(letter: Letter) -> EmailMessage:
    body = EmailMessage(policy.SMTP)
    charset = letter.charset or "utf-8"
    try:
        letter.text.encode(charset)
    except (LookupError, UnicodeEncodeError):
        charset = "utf-8"  # it was stored, so it is sent, in a charset that can carry it
    body.set_content(letter.text, subtype=letter.subtype, charset=charset, cte=_SAFE)
    return body


def _attach(body: EmailMessage, file: File) -> None:
    maintype, subtype, charset = _media_type(file.media_type)
    body.add_attachment(
        file.content,
        maintype=maintype,
        subtype=subtype,
        filename=_CONTROL.sub("_", file.name),
        disposition="inline" if file.disposition == "inline" else "attachment",
        cid=f"<{_CONTROL.sub('', file.content_id).strip('<>')}>" if file.content_id else None,
        params={"charset": charset} if charset else None,
    )


def _media_type(text: str) -> tuple[str, str, str]:
    found = _MEDIA_TYPE.fullmatch(text.strip())
    # A mail or a multipart inside base64 is none (RFC 2046, 5).
    if found is None or found[1].lower() in ("multipart", "message"):
        return (*_OPAQUE, "")
    charset = _CHARSET.search(text)
    return found[1].lower(), found[2].lower(), charset[1] if charset else ""


def _bytes(body: EmailMessage) -> bytes:
    del body["MIME-Version"]  # it stands once, in the headers of the whole mail
    return body.as_bytes()
