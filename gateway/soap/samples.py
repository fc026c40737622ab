"""Makes sample messages from a contract: placeholders as ASMX shows them, and filled ones."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import urlsplit
from xml.sax.saxutils import escape, quoteattr

from gateway.soap.contract import Complex, Contract, Member, Operation, Simple
from gateway.soap.envelope import SoapVersion

_PREFIX = {SoapVersion.V11: "soap", SoapVersion.V12: "soap12"}
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_SCHEMA = "http://www.w3.org/2001/XMLSchema"
_LEVELS = 4  # SSP7 14.4: below that a placeholder is nil
_ARRAY_MEMBERS = 2


class BadArguments(ValueError):
    """Arguments that do not fit the operation; the text names the path and the reason."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a sample; a placeholder is what the reader replaces."""

    text: str
    placeholder: bool = False


@dataclass(frozen=True, slots=True)
class _Node:
    """An element of a sample: with children, with text, or nil."""

    name: str
    children: tuple["_Node", ...] = ()
    text: str | None = None
    placeholder: bool = False
    nil: bool = False


def placeholder_request(
    contract: Contract, operation: Operation, version: SoapVersion
) -> tuple[Piece, ...]:
    """Give a request whose values are the names of their types."""
    return _envelope(contract, version, _placeholder_message(contract, operation.request))


def placeholder_answer(
    contract: Contract, operation: Operation, version: SoapVersion
) -> tuple[Piece, ...]:
    """Give the answer that belongs to it, in the same form."""
    return _envelope(contract, version, _placeholder_message(contract, operation.answer))


def filled_request(
    contract: Contract,
    operation: Operation,
    version: SoapVersion,
    arguments: Mapping[str, object],
) -> str:
    """Give a request with these arguments, in the order of the schema.

    A list wrapper takes a sequence of its entries, or a mapping from the entry's name to one.

    Raises:
        BadArguments: A name that the schema does not know, or a required one left out.
    """
    kind = contract.element_type(operation.request)
    children = tuple(_Filler(contract).members(kind, arguments, operation.name))
    return text_of(_envelope(contract, version, _Node(operation.request, children)))


def request_head(contract: Contract, operation: Operation, version: SoapVersion) -> str:
    """Give the HTTP lines above a sample request, with the address of the served contract."""
    address = urlsplit(contract.ports[version].address)
    lines = [
        f"POST {address.path} HTTP/1.1",
        f"Host: {address.netloc}",
        f"Content-Type: {version.media_type}; charset=utf-8",
        "Content-Length: length",
    ]
    if version is SoapVersion.V11:
        lines.append(f'SOAPAction: "{operation.actions[version]}"')
    return "\n".join(lines)


def answer_head(version: SoapVersion) -> str:
    """Give the HTTP lines above a sample answer."""
    return (
        "HTTP/1.1 200 OK\n"
        f"Content-Type: {version.media_type}; charset=utf-8\n"
        "Content-Length: length"
    )


def query_sample(contract: Contract, operation: Operation, method: str) -> tuple[Piece, ...]:
    """Give a call without an envelope: the parameters in the query (GET) or as a form (POST)."""
    address = urlsplit(contract.ports[SoapVersion.V11].address)
    path = f"{address.path}/{operation.name}"
    pairs = tuple(_pairs(contract, contract.element_type(operation.request)))
    if method == "GET":
        line = (Piece(f"GET {path}?" if pairs else f"GET {path}"), *pairs, Piece(" HTTP/1.1\n"))
        return (*line, Piece(f"Host: {address.netloc}"))
    head = (
        f"POST {path} HTTP/1.1\n"
        f"Host: {address.netloc}\n"
        "Content-Type: application/x-www-form-urlencoded\n"
        "Content-Length: length\n\n"
    )
    return (Piece(head), *pairs)


def form_answer(contract: Contract, operation: Operation) -> tuple[Piece, ...]:
    """Give the answer to such a call: one element named like the result's type."""
    head = "HTTP/1.1 200 OK\nContent-Type: text/xml; charset=utf-8\nContent-Length: length\n\n"
    members = contract.element_type(operation.answer).members
    if not members:
        return (Piece(head),)
    result = _placeholder(contract, members[0], 1)
    label = contract.types[members[0].type].name
    named = _Node(label, result.children, result.text, result.placeholder)
    declaration = '<?xml version="1.0" encoding="utf-8"?>\n'
    return (Piece(head + declaration), *_lines(named, "", _default_namespace(contract)))


def text_of(pieces: Sequence[Piece]) -> str:
    """Join a sample's pieces."""
    return "".join(piece.text for piece in pieces)


def lexical(value: object, path: str) -> str:  # noqa: PLR0911 - one line a type
    """Write a value in the form of XML Schema; text is taken to be in that form already."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():  # from JSON arguments
            return format(Decimal(repr(value)), "f")
        case Decimal():
            return format(value, "f")
        case bytes():
            return base64.b64encode(value).decode("ascii")
        case datetime():
            moment = value.astimezone(UTC).isoformat(timespec="milliseconds")
            return moment.replace("+00:00", "Z")
    raise BadArguments(f"{path}: a single value is expected")


def type_label(kind: Simple | Complex) -> str:
    """Give the word that stands for a type in placeholders and tables."""
    if isinstance(kind, Complex):
        return kind.name
    if kind.words:
        return " or ".join(kind.words)
    return "guid" if kind.name.lower() == "guid" else kind.base


# --- placeholders ---------------------------------------------------------------------------


def _placeholder_message(contract: Contract, element: str) -> _Node:
    members = contract.element_type(element).members
    return _Node(element, tuple(_placeholders(contract, members, 1)))


def _placeholders(contract: Contract, members: Sequence[Member], level: int) -> Iterator[_Node]:
    for member in members:
        node = _placeholder(contract, member, level)
        yield from [node] * (_ARRAY_MEMBERS if member.repeated else 1)


def _placeholder(contract: Contract, member: Member, level: int) -> _Node:
    kind = contract.types[member.type]
    if isinstance(kind, Simple):
        return _Node(member.name, text=type_label(kind), placeholder=True)
    if level > _LEVELS:
        return _Node(member.name, nil=True)
    return _Node(member.name, tuple(_placeholders(contract, kind.members, level + 1)))


def _pairs(contract: Contract, kind: Complex) -> Iterator[Piece]:
    for number, member in enumerate(kind.members):
        yield Piece(f"{'&' if number else ''}{member.name}=")
        yield Piece(type_label(contract.types[member.type]), placeholder=True)


# --- arguments ------------------------------------------------------------------------------


class _Filler:
    """Turns arguments into elements along the types of a contract."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract

    def members(self, kind: Complex, values: Mapping[str, object], path: str) -> Iterator[_Node]:
        unknown = sorted(values.keys() - {member.name for member in kind.members})
        if unknown:
            raise BadArguments(f"{path}.{unknown[0]}: unexpected element")
        for member in kind.members:
            if member.name in values:
                yield from self._member(member, values[member.name], f"{path}.{member.name}")
            elif member.required and not member.repeated:
                raise BadArguments(f"{path}.{member.name}: missing element")

    def _member(self, member: Member, value: object, path: str) -> Iterator[_Node]:
        if not member.repeated:
            yield self._element(member, value, path)
            return
        for number, entry in enumerate(_entries(value, path), start=1):
            yield self._element(member, entry, f"{path}[{number}]")

    def _element(self, member: Member, value: object, path: str) -> _Node:
        if value is None:
            if not member.nillable:
                raise BadArguments(f"{path}: may not be nil")
            return _Node(member.name, nil=True)
        kind = self._contract.types[member.type]
        if isinstance(kind, Simple):
            return _Node(member.name, text=lexical(value, path))
        if kind.item is not None and not isinstance(value, Mapping):
            value = {kind.item.name: value}
        if not isinstance(value, Mapping):
            raise BadArguments(f"{path}: an object with the members of {kind.name} is expected")
        return _Node(member.name, tuple(self.members(kind, value, path)))


def _entries(value: object, path: str) -> Sequence[object]:
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return value
    raise BadArguments(f"{path}: a list is expected")


# --- text -----------------------------------------------------------------------------------


def _envelope(contract: Contract, version: SoapVersion, message: _Node) -> tuple[Piece, ...]:
    prefix = _PREFIX[version]
    head = (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<{prefix}:Envelope xmlns:xsi="{_INSTANCE}" xmlns:xsd="{_SCHEMA}" '
        f'xmlns:{prefix}="{version.namespace}">\n'
        f"  <{prefix}:Body>\n"
    )
    foot = f"  </{prefix}:Body>\n</{prefix}:Envelope>\n"
    return (
        Piece(head),
        *_lines(message, "    ", _default_namespace(contract)),
        Piece(foot),
    )


def _default_namespace(contract: Contract) -> str:
    return f" xmlns={quoteattr(contract.namespace)}"


def _lines(node: _Node, indent: str, attributes: str = "") -> Iterator[Piece]:
    if node.nil:
        attributes += ' xsi:nil="true"'
    if node.text is not None:
        yield Piece(f"{indent}<{node.name}{attributes}>")
        yield Piece(escape(node.text), node.placeholder)
        yield Piece(f"</{node.name}>\n")
    elif node.children:
        yield Piece(f"{indent}<{node.name}{attributes}>\n")
        for child in node.children:
            yield from _lines(child, indent + "  ")
        yield Piece(f"{indent}</{node.name}>\n")
    else:
        yield Piece(f"{indent}<{node.name}{attributes}/>\n")
