"""The WSDL rules W1 to W31 of the soap-engine page as a lint over one contract file.

Each rule is a function that yields its findings; W32 (every answer validates) is shown by the
contract tests, since a file alone cannot show it.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from lxml import etree

from gateway.soap.contract import Complex, Contract, Simple, read_contract
from gateway.soap.definition import ServiceDefinition, WsdlShape
from gateway.soap.envelope import SoapVersion

WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
XS = "{http://www.w3.org/2001/XMLSchema}"
SOAP = {
    SoapVersion.V11: "{http://schemas.xmlsoap.org/wsdl/soap/}",
    SoapVersion.V12: "{http://schemas.xmlsoap.org/wsdl/soap12/}",
}
BUILT_IN = {"string", "int", "long", "decimal", "boolean", "dateTime", "base64Binary"}


@dataclass(frozen=True)
class Subject:
    definition: ServiceDefinition
    wsdl: bytes

    @cached_property
    def root(self) -> etree._Element:
        return etree.fromstring(self.wsdl)

    @cached_property
    def contract(self) -> Contract:
        return read_contract(self.wsdl)

    @property
    def asmx(self) -> bool:
        return self.definition.shape is WsdlShape.ASMX

    def all(self, tag: str) -> Iterator[etree._Element]:
        return self.root.iter(tag)

    def names(self, tag: str) -> set[str]:
        return {node.get("name") for node in self.root.iterchildren(tag)}

    def schema(self) -> etree._Element:
        return next(self.all(f"{XS}schema"))

    def operations(self, within: str) -> Iterator[etree._Element]:
        for parent in self.root.iterchildren(within):
            yield from parent.iterchildren(f"{WSDL}operation")


Rule = Callable[[Subject], Iterator[str]]
RULES: dict[str, Rule] = {}


def rule(number: str) -> Callable[[Rule], Rule]:
    def register(function: Rule) -> Rule:
        RULES[number] = function
        return function

    return register


@rule("W1")
def one_file(subject: Subject) -> Iterator[str]:
    for tag in (f"{WSDL}import", f"{XS}include", f"{XS}redefine"):
        yield from (f"{node.tag} stands in the file" for node in subject.all(tag))


@rule("W2")
def no_schema_location(subject: Subject) -> Iterator[str]:
    for node in subject.root.iter():
        if any(name.endswith("schemaLocation") for name in node.attrib):
            yield f"{node.tag} has a schemaLocation"


@rule("W3")
def one_qualified_schema(subject: Subject) -> Iterator[str]:
    found = Counter(schema.get("targetNamespace") for schema in subject.all(f"{XS}schema"))
    yield from (f"{count} schemas for {name}" for name, count in found.items() if count > 1)
    for schema in subject.all(f"{XS}schema"):
        if schema.get("elementFormDefault") != "qualified":
            yield "elementFormDefault is not qualified"


@rule("W4")
def every_name_leads_somewhere(subject: Subject) -> Iterator[str]:
    """A dangling QName; Spyne writes one for a fault class of another namespace."""
    schema = subject.schema()
    types = {
        node.get("name") for node in schema if node.tag in {f"{XS}complexType", f"{XS}simpleType"}
    }
    elements = {node.get("name") for node in schema.iterchildren(f"{XS}element")}
    known = {
        "element": elements,
        "message": subject.names(f"{WSDL}message"),
        "binding": subject.names(f"{WSDL}binding"),
        "type": types | subject.names(f"{WSDL}portType"),
        "base": types,
    }
    for node in subject.root.iter():
        for attribute, names in known.items():
            name = node.get(attribute)
            if name is None:
                continue
            prefix, _, local = name.rpartition(":")
            namespace = node.nsmap.get(prefix)
            if namespace == subject.definition.namespace and local in names:
                continue
            if f"{{{namespace}}}" != XS:
                yield f"{etree.QName(node).localname} {attribute}={name} leads nowhere"


@rule("W5")
def names_differ(subject: Subject) -> Iterator[str]:
    service, port_type = subject.names(f"{WSDL}service"), subject.names(f"{WSDL}portType")
    names = [*service, *port_type, *subject.names(f"{WSDL}binding")]
    if subject.asmx:  # ASMX itself shares the name of port type and 1.1 binding
        names = [*service, *subject.names(f"{WSDL}binding")]
        if service & port_type:
            yield "service and port type share a name"
    yield from (f"{name} is given twice" for name, count in Counter(names).items() if count > 1)


@rule("W6")
def elements_follow_the_operation(subject: Subject) -> Iterator[str]:
    contract = subject.contract
    for name, operation in contract.operations.items():
        if operation.request != name or operation.answer != f"{name}Response":
            yield f"{name}: elements {operation.request}, {operation.answer}"
        members = contract.element_type(operation.answer).members
        single = [member.name for member in members] == [f"{name}Result"]
        if subject.definition.dialect != "znuny" and not single:
            yield f"{name}: the answer's one child is not {name}Result"
    for message in subject.all(f"{WSDL}message"):
        if len(message) != 1:
            yield f"message {message.get('name')} has {len(message)} parts"


@rule("W7")
def the_part_is_named_parameters(subject: Subject) -> Iterator[str]:
    operations = subject.contract.operations.values()
    wrappers = {name for operation in operations for name in (operation.request, operation.answer)}
    for part in subject.all(f"{WSDL}part"):
        if part.get("element").rpartition(":")[2] in wrappers and part.get("name") != "parameters":
            yield f"part {part.get('name')}"


@rule("W8")
def no_parameter_order(subject: Subject) -> Iterator[str]:
    for node in subject.root.iter():
        if "parameterOrder" in node.attrib:
            yield f"{node.get('name')} has a parameterOrder"


@rule("W9")
def no_overloading(subject: Subject) -> Iterator[str]:
    names = Counter(node.get("name") for node in subject.operations(f"{WSDL}portType"))
    yield from (f"{name} is overloaded" for name, count in names.items() if count > 1)


@rule("W10")
def actions_are_unique_uris(subject: Subject) -> Iterator[str]:
    for name, operation in subject.contract.operations.items():
        actions = set(operation.actions.values())
        if actions != {subject.definition.action(name)}:
            yield f"{name}: {actions}"
        if not all(urlsplit(action).scheme for action in actions):
            yield f"{name}: not an absolute URI"
    used = Counter(operation.actions[SoapVersion.V11] for operation in _operations(subject))
    yield from (f"{action} is used twice" for action, count in used.items() if count > 1)


@rule("W11")
def no_dummy_parameters(subject: Subject) -> Iterator[str]:
    for operation in _operations(subject):
        for member in subject.contract.element_type(operation.request).members:
            if re.fullmatch(r"(?i)_?(dummy|unused|nothing|void|empty)", member.name):
                yield f"{operation.name}.{member.name}"


@rule("W12")
def optional_is_not_nillable(subject: Subject) -> Iterator[str]:
    for kind in _complex_types(subject):
        for member in kind.members:
            if member.nillable and not member.required and not member.repeated:
                yield f"{kind.name}.{member.name}"


@rule("W13")
def members_differ_by_more_than_case(subject: Subject) -> Iterator[str]:
    for kind in _complex_types(subject):
        names = Counter(member.name.lower() for member in kind.members)
        yield from (f"{kind.name}.{name}" for name, count in names.items() if count > 1)


@rule("W14")
def no_defaults(subject: Subject) -> Iterator[str]:
    for node in subject.schema().iter():
        if "default" in node.attrib or "fixed" in node.attrib:
            yield f"{node.get('name')} has a default"


@rule("W15")
def plain_shapes(subject: Subject) -> Iterator[str]:
    structure = ("schema", "element", "complexType", "simpleType", "sequence", "restriction")
    facets = ("enumeration", "length", "minLength", "maxLength", "minInclusive", "maxInclusive")
    allowed = {f"{XS}{tag}" for tag in (*structure, *facets)}
    for node in subject.schema().iter():
        if node.tag not in allowed:
            yield f"{node.tag} is used"
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", node.get("name", "a")):
            yield f"the name {node.get('name')}"
        if (node.get("type") or "").endswith((":anyType", ":anySimpleType")):
            yield f"{node.get('name')} is anyType"
        if node.tag == f"{XS}element" and len(node) and not _is_asmx_wrapper(subject, node):
            yield f"{node.get('name')} has an anonymous type"


def _is_asmx_wrapper(subject: Subject, node: etree._Element) -> bool:
    return subject.asmx and node.getparent() is subject.schema()


@rule("W16")
def lists_are_repeated_or_wrapped(subject: Subject) -> Iterator[str]:
    for kind in _complex_types(subject):
        item = kind.item
        if item is None and kind.name.endswith("Array"):
            yield f"{kind.name} is no list"


@rule("W17")
def no_bounds(subject: Subject) -> Iterator[str]:
    for node in subject.schema().iter(f"{XS}element"):
        if node.get("maxOccurs", "1") not in {"1", "unbounded"}:
            yield f"{node.get('name')} maxOccurs={node.get('maxOccurs')}"
        if node.get("minOccurs", "1") not in {"0", "1"}:
            yield f"{node.get('name')} minOccurs={node.get('minOccurs')}"


@rule("W18")
@rule("W19")
@rule("W20")
def simple_types_are_the_seven(subject: Subject) -> Iterator[str]:
    """xs:dateTime for moments, xs:int or xs:long for integers, base64Binary for bytes."""
    for kind in subject.contract.types.values():
        if isinstance(kind, Simple) and kind.base not in BUILT_IN:
            yield f"{kind.name} is xs:{kind.base}"


@rule("W21")
def facets_are_shared(subject: Subject) -> Iterator[str]:
    yield from (f"pattern {node.get('value')}" for node in subject.all(f"{XS}pattern"))
    same: dict[bytes, str] = {}
    for node in subject.schema().iterchildren(f"{XS}simpleType"):
        facets = etree.tostring(node[0], method="c14n")
        if facets in same:
            yield f"{node.get('name')} equals {same[facets]}"
        same[facets] = node.get("name")


@rule("W22")
def the_fault_has_members(subject: Subject) -> Iterator[str]:
    element = subject.definition.fault_element
    if element not in subject.contract.elements:
        yield f"{element} is not declared"
    elif not subject.contract.element_type(element).members:
        yield f"{element} has no members"


@rule("W23")
def faults_agree(subject: Subject) -> Iterator[str]:
    declared = {
        node.get("name"): sorted(fault.get("name") for fault in node.findall(f"{WSDL}fault"))
        for node in subject.operations(f"{WSDL}portType")
    }
    expected = [] if subject.asmx else [subject.definition.fault_element]
    yield from (f"{name}: {faults}" for name, faults in declared.items() if faults != expected)
    for node in subject.operations(f"{WSDL}binding"):
        bound = sorted(fault.get("name") for fault in node.findall(f"{WSDL}fault"))
        if bound != declared[node.get("name")]:
            yield f"{node.get('name')}: the binding has {bound}"


@rule("W24")
def one_address(subject: Subject) -> Iterator[str]:
    addresses = {port.address for port in subject.contract.ports.values()}
    if len(addresses) != 1:
        yield f"{addresses}"


@rule("W25")
def soap11_first(subject: Subject) -> Iterator[str]:
    service = next(subject.all(f"{WSDL}service"))
    ports = [port[-1].tag for port in service.iterchildren(f"{WSDL}port")]
    if ports != [f"{SOAP[version]}address" for version in SoapVersion][: len(ports)]:
        yield f"{ports}"


@rule("W26")
def two_bindings(subject: Subject) -> Iterator[str]:
    names = subject.names(f"{WSDL}binding")
    if names != set(subject.definition.bindings.values()):
        yield f"{names}"
    operations = list(subject.contract.operations)
    for binding in subject.all(f"{WSDL}binding"):
        bound = [node.get("name") for node in binding.iterchildren(f"{WSDL}operation")]
        if bound != operations:
            yield f"{binding.get('name')} binds other operations than the port type has"


@rule("W27")
def the_header_is_optional_input(subject: Subject) -> Iterator[str]:
    header = subject.definition.session_header
    expected = () if header is None else (header,)
    for operation in _operations(subject):
        if operation.headers != expected:
            yield f"{operation.name}: {operation.headers}"
        if header is not None and header in {operation.request, operation.answer}:
            yield f"{operation.name}: the header is part of the body"
    for node in subject.operations(f"{WSDL}binding"):
        headers = [header for prefix in SOAP.values() for header in node.iter(f"{prefix}header")]
        if len(headers) != len(expected):
            yield f"{node.get('name')}: {len(headers)} headers in a binding"
        if any(header.getparent().tag != f"{WSDL}input" for header in headers):
            yield f"{node.get('name')}: a header outside the input"


@rule("W28")
def no_security_policy(subject: Subject) -> Iterator[str]:
    known = {WSDL, XS, *SOAP.values()}
    for node in subject.root.iter():
        if f"{{{etree.QName(node).namespace}}}" not in known:
            yield f"{node.tag}"


@rule("W29")
def document_literal(subject: Subject) -> Iterator[str]:
    for node in subject.root.iter():
        if node.get("style", "document") != "document" or node.get("use", "literal") != "literal":
            yield f"{node.tag}: {dict(node.attrib)}"
        if "encodingStyle" in node.attrib:
            yield f"{node.tag} has an encodingStyle"
    for prefix in SOAP.values():
        for binding in subject.all(f"{prefix}binding"):
            if binding.get("transport") != "http://schemas.xmlsoap.org/soap/http":
                yield f"transport {binding.get('transport')}"


@rule("W30")
def everything_is_documented(subject: Subject) -> Iterator[str]:
    if not subject.contract.text.strip():
        yield "the service has no documentation"
    for operation in _operations(subject):
        if not operation.text.strip():
            yield f"{operation.name} has no documentation"


@rule("W31")
def znuny_sequences_are_in_ascii_order(subject: Subject) -> Iterator[str]:
    if subject.definition.dialect != "znuny":
        return
    for kind in _complex_types(subject):
        names = [member.name for member in kind.members]
        if names != sorted(names):
            yield f"{kind.name}: {names}"
    for operation in _operations(subject):
        members = subject.contract.element_type(operation.answer).members
        if not any(member.name == "Error" and not member.required for member in members):
            yield f"{operation.name}: no optional Error in the answer"


def _operations(subject: Subject):
    return subject.contract.operations.values()


def _complex_types(subject: Subject) -> Iterator[Complex]:
    for kind in subject.contract.types.values():
        if isinstance(kind, Complex):
            yield kind
