"""The guard: bytes become one judged envelope, or a refusal, before anything is read.

The body is counted, parsed once and walked with caps (hardening page, section 2). The walk asks
only for tag and attribute names, and goes level by level only if there are enough elements to be
too deep or too wide: it is the largest part of a small request after its reading, and this took a
quarter of the time of a walk node by node.
"""

import re
import threading
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from gateway.errors import (
    ActionMismatch,
    CharsetMismatch,
    ForbiddenMarkup,
    ForbiddenReference,
    Malformed,
    NotOneCall,
    NotUnderstood,
    ShapeExceeded,
    WrongEnvelope,
)
from gateway.http.head import CHARSETS
from gateway.soap.envelope import SoapVersion
from gateway.text import printable

_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """What a request may hold at most; the defaults are those of the hardening page."""

    angle_brackets: int = 42_000  # "<" in the raw bytes, before parsing
    quotes: int = 200_000  # both kinds in the raw bytes, before parsing
    depth: int = 64
    elements: int = 20_000
    children: int = 2_000  # of one element
    attributes: int = 64  # of one element
    namespaces: int = 64  # declarations on one element
    name_chars: int = 256  # local name, prefix or namespace
    text_chars: int = 4 * _MEBIBYTE
    binary_chars: int = 17 * _MEBIBYTE // 2  # text of a base64 element
    header_blocks: int = 32
    security_bytes: int = 64 * 1024  # of one header block


class Document(NamedTuple):
    """A parsed body, not yet judged as an envelope."""

    root: etree._Element
    size_bytes: int
    names_bytes: int  # what its names may weigh in the dictionary of the thread


class Envelope(NamedTuple):
    """A judged request: one call in a well-shaped envelope."""

    version: SoapVersion
    document: Document
    blocks: tuple[etree._Element, ...]  # header blocks that are addressed to us
    call: etree._Element  # the one child of the Body
    attributes: bool  # whether any element of the call bears an attribute
    # Header, call and everything in them. Held, because lxml makes an element's Python object
    # anew for everyone who asks after the last holder is gone: half of the walk's time again.
    elements: list[etree._Element]


@dataclass(frozen=True, slots=True)
class MediaType:
    """A Content-Type header taken apart; all in lower case but for the action."""

    name: str
    charset: str | None = None
    action: str | None = None


_PARAMETER = re.compile(r';\s*([^\s=;]+)\s*=\s*(?:"([^"]*)"|([^\s;]*))')


@lru_cache(maxsize=256)
def media_type(header: str) -> MediaType:
    """Take a Content-Type header apart; of a doubled parameter the first counts."""
    found: dict[str, str] = {}
    for name, quoted, bare in _PARAMETER.findall(header):
        found.setdefault(name.lower(), quoted or bare)
    charset = found.get("charset", "").lower()
    return MediaType(header.partition(";")[0].strip().lower(), charset or None, found.get("action"))


# -- bytes to tree -------------------------------------------------------------------------------

_PROLOG = re.compile(
    rb"<\?xml\s+version\s*=\s*[\"'][^\"']*[\"']\s+encoding\s*=\s*[\"']([^\"']*)[\"']"
)
_LONG_PREFIX = re.compile(rb"xmlns:[^\s=]{257}")
_MARK_8 = b"\xef\xbb\xbf"
_MARKS_16 = (b"\xff\xfe", b"\xfe\xff")


class _OfThread(threading.local):
    """Each thread's own parser: one parser under two threads would make them wait."""

    def __init__(self) -> None:
        # The charset is settled before the parse; the override keeps libxml2 from guessing one
        # (it reads UTF-7, UTF-32 and EBCDIC).
        self.parser = etree.XMLParser(
            encoding="utf-8",
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
        )
        self.foreign_bytes = 0


_own = _OfThread()

# lxml keeps every name it has met in a dictionary that lives as long as its thread: a caller who
# makes up names would fill the memory for good (200 MB after a million of them).
_MAX_FOREIGN_BYTES = 4 * _MEBIBYTE
_ENTRY_BYTES = 64  # of the dictionary, beside the name


def read_document(body: bytes, charset: str | None, caps: Caps) -> Document:
    """Parse the body; ``charset`` is that of the header.

    Raises:
        Malformed: it is not one XML 1.0 document without DTD and processing instructions.
    """
    data = _as_utf8(body, charset)
    tags, equals = data.count(b"<"), data.count(b"=")
    if tags > caps.angle_brackets:
        raise ShapeExceeded("too many elements")
    if len(data) > caps.quotes and data.count(b'"') + data.count(b"'") > caps.quotes:
        raise ShapeExceeded("too many attributes")
    names = tags + equals
    names_bytes = min(len(data), names * caps.name_chars) + names * _ENTRY_BYTES
    root = _parsed(data, names_bytes)
    _judge_document(root)
    many = equals > caps.namespaces and data.count(b"xmlns") > caps.namespaces
    if many or _LONG_PREFIX.search(data):
        _count_namespaces(root, caps)
    return Document(root, len(body), names_bytes)


def _parsed(data: bytes, names_bytes: int) -> etree._Element:
    try:
        if _own.foreign_bytes > _MAX_FOREIGN_BYTES:
            return _parse_apart(data)
        _own.foreign_bytes += names_bytes
        return etree.fromstring(data, _own.parser)
    except etree.XMLSyntaxError as error:
        # Without the cause: libxml2's text quotes the request.
        line, column = error.position
        raise Malformed("not well-formed XML", line=line, column=column) from None


def _parse_apart(data: bytes) -> etree._Element:
    """Parse in a thread of its own: the dictionary goes with the thread and its last tree."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: etree.fromstring(data, _own.parser)).result()


def vouch(envelope: Envelope, known: Collection[str]) -> None:
    """Take a request that passed the schema off this thread's account of made-up names.

    ``known`` are the tags of the header blocks that were read.
    """
    root = envelope.document.root
    if len(root) == 1 or all(block.tag in known for block in root[0]):
        _own.foreign_bytes = max(0, _own.foreign_bytes - envelope.document.names_bytes)


def _as_utf8(body: bytes, charset: str | None) -> bytes:
    """Settle the charset (header, else prolog, else mark, else UTF-8) and give UTF-8."""
    if body[:2] in _MARKS_16:
        codec = _codec("utf-16", charset)
        data = _recode(body, codec)
        _codec("utf-16", _declared(data))
        return data
    bare = body.removeprefix(_MARK_8)
    marked = "utf-8" if bare is not body else None
    declared = _declared(bare)
    codec = _codec(charset or declared or "utf-8", declared, marked)
    if codec == "utf-8":
        return bare
    if codec == "utf-16":
        raise CharsetMismatch("UTF-16 without byte order mark")
    return _recode(bare, codec)


def _declared(data: bytes) -> str | None:
    found = _PROLOG.match(data)
    return found[1].decode("ascii", "replace").lower() if found else None


def _codec(charset: str, *others: str | None) -> str:
    """Give the codec of a charset that the others, where given, must agree with."""
    codecs = {CHARSETS.get(name) for name in (charset, *others) if name is not None}
    codec = codecs.pop()
    if codec is None or None in codecs:
        raise CharsetMismatch("unknown charset")
    if codecs:
        raise CharsetMismatch("charset of header and prolog differ")
    return codec


def _recode(body: bytes, codec: str) -> bytes:
    try:
        return body.decode(codec).encode()
    except UnicodeError:
        raise CharsetMismatch from None


def _judge_document(root: etree._Element) -> None:
    # The doctype is judged after the parse, so that one inside CDATA is plain text.
    facts = root.getroottree().docinfo
    if facts.doctype:
        raise ForbiddenMarkup("document type declaration")
    if facts.xml_version != "1.0":
        raise Malformed("XML 1.0 expected")
    # Comments are gone, so whatever stands beside the root is an instruction.
    if root.getprevious() is not None or root.getnext() is not None:
        raise ForbiddenMarkup("processing instruction")


def _count_namespaces(root: etree._Element, caps: Caps) -> None:
    # Declarations cannot be asked of an element (nsmap adds those of all its ancestors, and is
    # slow), but walking events tell them one by one before their element.
    count = 0
    for event, thing in etree.iterwalk(root, events=("start-ns", "start")):
        count = count + 1 if event == "start-ns" else 0
        if count > caps.namespaces:
            raise ShapeExceeded("too many namespace declarations")
        if isinstance(thing, tuple) and len(thing[0]) > caps.name_chars:
            raise ShapeExceeded("name too long")


# -- tree to envelope ----------------------------------------------------------------------------

# SOAP Encoding's references are refused, never resolved. An id alone refers to nothing: a service
# that reads no attributes can pass over it, as long as no href comes through that could name it.
REFERENCES = frozenset({"href", "id"})
HREF_ALONE = frozenset({"href"})


@dataclass(frozen=True, slots=True)
class _Tags:
    header: str
    body: str
    fault: str
    must_understand: str
    role: str
    ours: frozenset[str]  # roles that mean us


def _tags(version: SoapVersion, role: str, ours: Collection[str]) -> _Tags:
    ns = "{" + version.namespace + "}"
    return _Tags(
        f"{ns}Header",
        f"{ns}Body",
        f"{ns}Fault",
        f"{ns}mustUnderstand",
        f"{ns}{role}",
        frozenset(ours),
    )


_V12 = SoapVersion.V12.namespace
_TAGS = {
    SoapVersion.V11: _tags(
        SoapVersion.V11, "actor", ("", "http://schemas.xmlsoap.org/soap/actor/next")
    ),
    SoapVersion.V12: _tags(
        SoapVersion.V12, "role", ("", f"{_V12}/role/next", f"{_V12}/role/ultimateReceiver")
    ),
}
_ENVELOPES = {"{" + version.namespace + "}Envelope": version for version in SoapVersion}


def version_of(root: etree._Element) -> SoapVersion:
    """Tell the SOAP version by the namespace of the envelope.

    Raises:
        WrongEnvelope: an Envelope of another namespace.
        NotOneCall: no Envelope at all.
    """
    version = _ENVELOPES.get(str(root.tag))
    if version is not None:
        return version
    if etree.QName(root).localname == "Envelope":
        raise WrongEnvelope
    raise NotOneCall("no SOAP envelope")


def open_envelope(
    document: Document,
    version: SoapVersion,
    *,
    caps: Caps,
    binary: Collection[str] = (),
    references: frozenset[str] = REFERENCES,
) -> Envelope:
    """Judge shape and size of an envelope; text below a tag of ``binary`` may be longer.

    ``references`` are the attributes that no element may bear.
    """
    tags = _TAGS[version]
    header, body = _parts(document.root, tags, references)
    call = _only_child(body)
    if call.tag == tags.fault:
        raise NotOneCall("a Fault is no request")
    elements: list[etree._Element] = []
    blocks = () if header is None else _blocks(header, tags, elements, caps)
    attributes = _gather(call, 3, elements, caps)
    if attributes:
        for element in call.iter():
            _no_references(element, references)
    if document.size_bytes > caps.security_bytes:
        _judge_block_sizes(header, caps)
    if document.size_bytes > caps.text_chars:
        _judge_texts(document.root, caps, binary)
    return Envelope(version, document, blocks, call, attributes, elements)


def _blocks(
    header: etree._Element, tags: _Tags, elements: list[etree._Element], caps: Caps
) -> tuple[etree._Element, ...]:
    """Give the header blocks that are addressed to us."""
    _no_text(header)
    if len(header) > caps.header_blocks:
        raise ShapeExceeded("too many header blocks")
    _gather(header, 2, elements, caps)
    return tuple(block for block in header if (block.get(tags.role) or "").strip() in tags.ours)


def _parts(
    root: etree._Element, tags: _Tags, references: frozenset[str]
) -> tuple[etree._Element | None, etree._Element]:
    """Give Header, if any, and Body; nothing else may stand in an envelope."""
    _no_text(root)
    _no_references(root, references)
    children = root[:]
    for child in children:
        _plain(child)
        _no_references(child, references)
    found = [child.tag for child in children]
    if found == [tags.body]:
        return None, children[0]
    if found == [tags.header, tags.body]:
        return children[0], children[1]
    if tags.body not in found:
        raise NotOneCall("no Body")
    raise NotOneCall("an optional Header and one Body expected")


def _only_child(body: etree._Element) -> etree._Element:
    _no_text(body)
    if len(body) != 1:
        for child in body:
            _plain(child)
        raise NotOneCall("exactly one element in the Body expected")
    return body[0]


def _no_text(element: etree._Element) -> None:
    texts = [element.text, *[child.tail for child in element]]
    if any(text.strip() for text in texts if text is not None):
        raise NotOneCall("text between the elements of the envelope")


def _plain(element: etree._Element) -> None:
    if element.tag.__class__ is not str:
        raise ForbiddenMarkup("processing instruction")


def _no_references(element: etree._Element, references: frozenset[str]) -> None:
    if not references.isdisjoint(element.keys()):
        raise ForbiddenReference


def _gather(top: etree._Element, depth: int, elements: list[etree._Element], caps: Caps) -> bool:
    """Add ``top`` and all below it to the elements; tell whether any bears an attribute."""
    found = list(top.iter())
    if len(elements) + len(found) > caps.elements:
        raise ShapeExceeded("too many elements")
    if len(found) > min(caps.depth - depth, caps.children):  # else neither too deep nor too wide
        _judge_levels(top, depth, caps)
    elements += found
    return _judge_each(found, caps)


def _judge_levels(top: etree._Element, depth: int, caps: Caps) -> None:
    level = [top]
    while level:
        if depth > caps.depth:
            raise ShapeExceeded("nested too deeply")
        below: list[etree._Element] = []
        for element in level:
            inner = element[:]
            if inner:
                if len(inner) > caps.children:
                    raise ShapeExceeded("too many elements in one")
                below += inner
        level = below
        depth += 1


def _judge_each(elements: list[etree._Element], caps: Caps) -> bool:
    name_chars = caps.name_chars
    attributes = False
    for element in elements:
        tag = element.tag
        if tag.__class__ is not str:
            raise ForbiddenMarkup("processing instruction")
        if len(tag) > name_chars:
            _judge_name(tag, caps)
        names = element.keys()
        if names:
            attributes = True
            _judge_attributes(names, caps)
    return attributes


def _judge_attributes(names: list[str], caps: Caps) -> None:
    if len(names) > caps.attributes:
        raise ShapeExceeded("too many attributes")
    for name in names:
        if len(name) > caps.name_chars:
            _judge_name(name, caps)


def _judge_name(tag: str, caps: Caps) -> None:
    namespace, _, local = tag.rpartition("}")
    if len(local) > caps.name_chars or len(namespace) > caps.name_chars + 1:
        raise ShapeExceeded("name too long")


def _judge_block_sizes(header: etree._Element | None, caps: Caps) -> None:
    for block in () if header is None else header:
        if len(etree.tostring(block)) > caps.security_bytes:
            raise ShapeExceeded("header block too large")


def _judge_texts(root: etree._Element, caps: Caps, binary: Collection[str]) -> None:
    for element in root.iter():
        limit = caps.binary_chars if element.tag in binary else caps.text_chars
        if len(element.text or "") > limit or len(element.tail or "") > caps.text_chars:
            raise ShapeExceeded("text too long")


# -- what header, action and media type say ------------------------------------------------------

_TRUE = ("1", "true")
_FALSE = ("0", "false")


def check_understood(envelope: Envelope, known: Collection[str]) -> None:
    """Refuse a header block that must be understood and whose tag is not among ``known``.

    Raises:
        NotUnderstood: with the name of the first such block.
    """
    attribute = _TAGS[envelope.version].must_understand
    for block in envelope.blocks:
        demand = block.get(attribute, "0").strip()
        if demand in _FALSE:
            continue
        if demand not in _TRUE:
            raise NotOneCall("mustUnderstand is neither true nor false")
        if block.tag not in known:
            name = etree.QName(block)
            raise NotUnderstood(printable(name.localname), name.namespace or "")


def check_media_type(media: MediaType, version: SoapVersion) -> None:
    """Refuse an envelope that is not of the version its media type promises.

    Raises:
        WrongEnvelope: they differ.
    """
    if media.name != version.media_type:
        raise WrongEnvelope


def check_action(name: str, accepted: Collection[str], *given: str | None) -> None:
    """Refuse an action that is neither absent, empty nor one of those accepted, quoted or bare.

    ``name`` is that of the operation in the Body.

    Raises:
        ActionMismatch: it names something else.
    """
    for value in given:
        if value is None:
            continue
        action = value.strip()
        if len(action) > 1 and action[0] == action[-1] == '"':
            action = action[1:-1]
        if action and action not in accepted:
            raise ActionMismatch(action=action, name=name)
