"""Files of a request: judged, decoded and ready to be stored."""

import base64
import binascii
import codecs
import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from gateway.dialects.znuny.job import entries, single
from gateway.dialects.znuny.refusals import invalid, missing, wrong
from gateway.domain.entries import NewFile

_MOST = 20  # files of a request
_MOST_BYTES = 6 * 1024 * 1024
_LONGEST_NAME = 255
_TOKEN = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"  # noqa: S105 - a rule of RFC 2045
_TYPE = re.compile(rf"({_TOKEN}/{_TOKEN})\s*((?:;.*)?)", re.DOTALL)
_CHARSET = re.compile(r";\s*charset\s*=\s*(?:\"([^\"]*)\"|([^\s;]*))", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\r\n]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NO_CHARSETS = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"})
_DISPOSITIONS = frozenset({"attachment", "inline"})


def require_few(counts: Sequence[int]) -> None:
    """Insist that a request brings no more files than it may.

    Raises:
        Refused: more than 20.
    """
    if sum(counts) > _MOST:
        raise wrong("Attachment->Content")


def files(sent: Any) -> tuple[NewFile, ...]:
    """Read the files at one place of a request.

    Raises:
        Refused: one lacks something, or holds what it may not.
    """
    listed = entries(sent)
    require_few([len(listed)])
    return tuple(_file(each) for each in listed)


def charset_of(content_type: str) -> str:
    """Give the charset that a content type names; none is the empty text."""
    found = _CHARSET.search(content_type)
    return "" if found is None else (found[1] or found[2] or "")


def mime_type_of(content_type: str) -> str:
    """Give the MIME type of a content type in lower case; none is the empty text."""
    found = _TYPE.fullmatch(content_type)
    return "" if found is None else found[1].lower()


def known_charset(name: str) -> bool:
    """Tell whether there is a charset of this name."""
    try:
        codec = codecs.lookup(name)
    except (LookupError, ValueError):
        return False
    # Others of that registry, like base64, turn bytes into bytes, or are the language's own.
    return getattr(codec, "_is_text_encoding", True) and codec.name not in _NO_CHARSETS


def _file(sent: Any) -> NewFile:
    values = sent if isinstance(sent, Mapping) else {}
    texts = {}
    for name in ("Content", "ContentType", "Filename"):
        texts[name] = _content(values) if name == "Content" else _text(values, name)
        if not texts[name]:
            raise missing(f"Attachment->{name}")
    content = _decoded(texts["Content"])
    charset = charset_of(texts["ContentType"])
    if not mime_type_of(texts["ContentType"]) or (charset and not known_charset(charset)):
        raise wrong("Attachment->ContentType")
    if _CONTROL.search(texts["ContentType"]):
        raise wrong("Attachment->ContentType")
    for name in ("Filename", "ContentID"):
        text = texts.setdefault(name, _text(values, name))
        if len(text) > _LONGEST_NAME or _CONTROL.search(text):
            raise invalid(f"Attachment->{name}")
    disposition = _text(values, "Disposition").lower()
    return NewFile(
        guid=uuid4(),
        file_name=texts["Filename"],
        content_type=texts["ContentType"],
        content=content,
        disposition=disposition if disposition in _DISPOSITIONS else "attachment",
        content_id=texts["ContentID"],
    )


def _text(values: Mapping[str, Any], name: str) -> str:
    return single(values.get(name), f"Attachment->{name}")


def _content(values: Mapping[str, Any]) -> str:
    sent = values.get("Content")
    return sent if isinstance(sent, str) else single(sent, "Attachment->Content")


def _decoded(text: str) -> bytes:
    try:
        content = base64.b64decode(_BLANKS.sub("", text), validate=True)
    except (binascii.Error, ValueError):
        raise wrong("Attachment->Content") from None
    if len(content) > _MOST_BYTES:
        raise wrong("Attachment->Content")
    return content
