"""Reads a published contract back into plain records: for pages, samples and comparison.

It knows the shapes that the WSDL rules allow (sequences of elements, enumerations) and nothing
else, so that a page never shows a guess.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from gateway.soap.envelope import SoapVersion
from gateway.soap.wsdl import BINDING, SCHEMA, WSDL


class NotAContract(ValueError):
    """The bytes are no contract of the shape that the gateway publishes."""


@dataclass(frozen=True, slots=True)
class Simple:
    """A simple type: one of XML Schema's (``base`` is its name), perhaps with allowed words."""

    name: str
    base: str
    words: tuple[str, ...] = ()
    facets: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """One element of a sequence; ``type`` is a key of the contract's types."""

    name: str
    type: str
    required: bool
    repeated: bool
    nillable: bool


@dataclass(frozen=True, slots=True)
class Complex:
    """A sequence of elements."""

    name: str
    members: tuple[Member, ...]

    @property
    def item(self) -> Member | None:
        """Give the repeated member if the type is nothing but a wrapper round a list."""
        if len(self.members) == 1 and self.members[0].repeated:
            return self.members[0]
        return None


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: its two elements and what the bindings say of it."""

    name: str
    text: str
    request: str  # name of the element in the Body
    answer: str
    actions: Mapping[SoapVersion, str]
    faults: tuple[str, ...]  # names of the detail elements
    headers: tuple[str, ...]  # names of the optional header elements


@dataclass(frozen=True, slots=True)
class Port:
    """One way to the service."""

    name: str
    binding: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A whole published file."""

    name: str
    text: str
    namespace: str
    port_type: str
    ports: Mapping[SoapVersion, Port]
    operations: Mapping[str, Operation]
    elements: Mapping[str, str]  # element -> key of types
    types: Mapping[str, Simple | Complex] = field(repr=False)

    def element_type(self, element: str) -> Complex:
        """Give the type of a message's element."""
        kind = self.types[self.elements[element]]
        if isinstance(kind, Simple):
            raise NotAContract(f"{element}: a message is a sequence of elements")
        return kind


def read_contract(wsdl: bytes) -> Contract:
    """Read the bytes of a WSDL file."""
    parser = etree.XMLParser(
        remove_comments=True,
        remove_pis=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
    )
    try:
        root = etree.fromstring(wsdl, parser)
    except etree.XMLSyntaxError as error:
        raise NotAContract(f"not well-formed XML: {error}") from None
    if root.tag != f"{{{WSDL}}}definitions":
        raise NotAContract("the root element is not wsdl:definitions")
    return _Reader(root).contract()


class _Reader:
    """One contract while it is read."""

    def __init__(self, root: etree._Element) -> None:
        self._root = root
        self._namespace = root.get("targetNamespace", "")
        self._types: dict[str, Simple | Complex] = {}
        self._elements: dict[str, str] = {}
        self._messages = {
            node.get("name"): [_local(part.get("element", "")) for part in node]
            for node in root.iterchildren(f"{{{WSDL}}}message")
        }

    def contract(self) -> Contract:
        self._read_schema()
        service = _only(self._root, "service")
        port_type = _only(self._root, "portType")
        return Contract(
            name=service.get("name", ""),
            text=service.findtext(f"{{{WSDL}}}documentation", ""),
            namespace=self._namespace,
            port_type=port_type.get("name", ""),
            ports=dict(self._ports(service)),
            operations={
                node.get("name", ""): self._operation(node)
                for node in port_type.iterchildren(f"{{{WSDL}}}operation")
            },
            elements=self._elements,
            types=self._types,
        )

    # schema

    def _read_schema(self) -> None:
        schemas = _only(self._root, "types").findall(f"{{{SCHEMA}}}schema")
        if [schema.get("targetNamespace") for schema in schemas] != [self._namespace]:
            raise NotAContract(f"exactly one schema expected, for the namespace {self._namespace}")
        for node in schemas[0]:
            name = node.get("name", "")
            if node.tag == f"{{{SCHEMA}}}element":
                self._elements[name] = self._type_key(node, name)
            elif node.tag != f"{{{SCHEMA}}}annotation":
                self._types[name] = self._type(node, name)
        self._check_names()

    def _check_names(self) -> None:
        used = {*self._elements.values()}
        for kind in self._types.values():
            if isinstance(kind, Complex):
                used.update(member.type for member in kind.members)
        unknown = sorted(used - self._types.keys())
        if unknown:
            raise NotAContract(f"the type {unknown[0]} is not declared")

    def _type_key(self, element: etree._Element, path: str) -> str:
        """Give the key of an element's type; an anonymous one gets the element's path."""
        named = element.get("type")
        if named is None:
            if len(element) != 1:
                raise NotAContract(f"{path}: neither a named nor an inline type")
            self._types[f"#{path}"] = self._type(element[0], path)
            return f"#{path}"
        prefix, _, local = named.rpartition(":")
        if element.nsmap.get(prefix or None) == SCHEMA:
            self._types.setdefault(f"xs:{local}", Simple(name=local, base=local))
            return f"xs:{local}"
        return local

    def _type(self, node: etree._Element, name: str) -> Simple | Complex:
        if node.tag == f"{{{SCHEMA}}}simpleType":
            return _simple(node, name)
        if node.tag != f"{{{SCHEMA}}}complexType":
            raise NotAContract(f"{name}: {_local_tag(node)} is not read")
        members: list[Member] = []
        for child in node:
            if child.tag == f"{{{SCHEMA}}}annotation":
                continue
            if child.tag != f"{{{SCHEMA}}}sequence":
                raise NotAContract(f"{name}: {_local_tag(child)} is not read")
            members.extend(self._member(element, name) for element in child)
        return Complex(name, tuple(members))

    def _member(self, node: etree._Element, owner: str) -> Member:
        if node.tag != f"{{{SCHEMA}}}element" or node.get("name") is None:
            raise NotAContract(f"{owner}: {_local_tag(node)} is not read")
        name = node.get("name", "")
        return Member(
            name=name,
            type=self._type_key(node, f"{owner}.{name}"),
            required=node.get("minOccurs", "1") != "0",
            repeated=node.get("maxOccurs", "1") != "1",
            nillable=node.get("nillable") in {"true", "1"},
        )

    # operations

    def _ports(self, service: etree._Element) -> Iterator[tuple[SoapVersion, Port]]:
        for port in service.iterchildren(f"{{{WSDL}}}port"):
            for version, namespace in BINDING.items():
                address = port.find(f"{{{namespace}}}address")
                if address is not None:
                    binding = _local(port.get("binding", ""))
                    yield version, Port(port.get("name", ""), binding, address.get("location", ""))

    def _operation(self, node: etree._Element) -> Operation:
        name = node.get("name", "")
        bound = dict(self._bound(name))
        faults = node.iterchildren(f"{{{WSDL}}}fault")
        return Operation(
            name=name,
            text=node.findtext(f"{{{WSDL}}}documentation", ""),
            request=self._body(_only(node, "input")),
            answer=self._body(_only(node, "output")),
            actions={version: _action(found, version) for version, found in bound.items()},
            faults=tuple(self._body(fault) for fault in faults),
            headers=self._headers(bound),
        )

    def _bound(self, operation: str) -> Iterator[tuple[SoapVersion, etree._Element]]:
        for version, namespace in BINDING.items():
            for binding in self._root.iterchildren(f"{{{WSDL}}}binding"):
                if binding.find(f"{{{namespace}}}binding") is not None:
                    for found in binding.iterchildren(f"{{{WSDL}}}operation"):
                        if found.get("name") == operation:
                            yield version, found

    def _headers(self, bound: Mapping[SoapVersion, etree._Element]) -> tuple[str, ...]:
        names: dict[str, None] = {}
        for version, operation in bound.items():
            for header in operation.iterfind(f"{{{WSDL}}}input/{{{BINDING[version]}}}header"):
                names.update(dict.fromkeys([self._body(header)]))
        return tuple(names)

    def _body(self, node: etree._Element) -> str:
        parts = self._messages.get(_local(node.get("message", "")), [])
        if len(parts) != 1 or parts[0] not in self._elements:
            raise NotAContract(f"{node.get('message')}: a message has one part, a known element")
        return parts[0]


def _only(parent: etree._Element, tag: str) -> etree._Element:
    found = parent.findall(f"{{{WSDL}}}{tag}")
    if len(found) != 1:
        raise NotAContract(f"one wsdl:{tag} expected, found {len(found)}")
    return found[0]


def _simple(node: etree._Element, name: str) -> Simple:
    restriction = node.find(f"{{{SCHEMA}}}restriction")
    if restriction is None:
        raise NotAContract(f"{name}: only restrictions are read")
    found = [(_local_tag(facet), facet.get("value", "")) for facet in restriction]
    return Simple(
        name=name,
        base=_local(restriction.get("base", "")),
        words=tuple(value for tag, value in found if tag == "enumeration"),
        facets=tuple((tag, value) for tag, value in found if tag != "enumeration"),
    )


def _action(operation: etree._Element, version: SoapVersion) -> str:
    found = operation.find(f"{{{BINDING[version]}}}operation")
    return "" if found is None else found.get("soapAction", "")


def _local(qualified: str) -> str:
    return qualified.rpartition(":")[2]


def _local_tag(node: etree._Element) -> str:
    return etree.QName(node).localname
