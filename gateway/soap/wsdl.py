"""Builds the published contract of a service: Spyne draws the types, this module the rest.

The numbers W1 to W32 are the WSDL rules of the soap-engine page.
"""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from lxml import etree
from spyne import Application
from spyne.interface import Wsdl11
from spyne.protocol.soap import Soap11

from gateway.soap.definition import ServiceDefinition, WsdlShape
from gateway.soap.envelope import SoapVersion
from gateway.text import collapse

WSDL = "http://schemas.xmlsoap.org/wsdl/"
SCHEMA = "http://www.w3.org/2001/XMLSchema"
HTTP_TRANSPORT = "http://schemas.xmlsoap.org/soap/http"
BINDING: Mapping[SoapVersion, str] = {
    SoapVersion.V11: "http://schemas.xmlsoap.org/wsdl/soap/",
    SoapVersion.V12: "http://schemas.xmlsoap.org/wsdl/soap12/",
}
CANONICAL_HOST = "http://gateway.invalid"  # stands in the files; the served form has the real one
WRAPPER_PART = "parameters"  # W7

_DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>\n'


def build_application(definition: ServiceDefinition) -> Application:
    """Join the service class and its fault type into one Spyne application."""
    classes = []
    if definition.fault_type is not None:
        definition.fault_type.resolve_namespace(definition.fault_type, definition.namespace)
        classes.append(definition.fault_type)
    application = Application(
        [definition.service],
        definition.namespace,
        name=definition.service_name,
        in_protocol=Soap11(),
        out_protocol=Soap11(),
        classes=classes,
    )
    application.transport = HTTP_TRANSPORT
    return application


def build_wsdl(definition: ServiceDefinition) -> bytes:
    """Give the text of the contract file, with the canonical address in it."""
    application = build_application(definition)
    drawing = _Drawing(definition, _operations(application))
    return to_bytes(drawing.definitions(_build_schema(definition, application)))


def build_schema(definition: ServiceDefinition) -> bytes:
    """Give the schema of the contract file as a file of its own."""
    return to_bytes(_build_schema(definition, build_application(definition)))


def inline_schema(definitions: etree._Element) -> etree._Element:
    """Copy the one schema out of a contract, so that it stands alone."""
    inline = definitions.findall(f"{{{WSDL}}}types/{{{SCHEMA}}}schema")
    if len(inline) != 1:
        raise ValueError(f"one schema expected in the contract, found {len(inline)}")
    namespace = inline[0].get("targetNamespace", "")
    alone = _schema_root(namespace)
    alone.extend(deepcopy(child) for child in inline[0])
    return alone


def to_bytes(root: etree._Element) -> bytes:
    """Write a document the one way all published files are written."""
    etree.indent(root, space="  ")
    return _DECLARATION + etree.tostring(root, encoding="utf-8") + b"\n"


def _operations(application: Application) -> tuple[Any, ...]:
    """Give Spyne's method descriptors in the order in which the class declares them."""
    return tuple(application.services[0].public_methods.values())


# --- the schema -----------------------------------------------------------------------------


def _schema_root(namespace: str) -> etree._Element:
    root = etree.Element(f"{{{SCHEMA}}}schema", nsmap={"xs": SCHEMA, "tns": namespace})
    root.set("targetNamespace", namespace)
    root.set("elementFormDefault", "qualified")  # W3
    return root


def _build_schema(definition: ServiceDefinition, application: Application) -> etree._Element:
    drawn = _spyne_schema(application)
    _share_simple_types(drawn)
    root = _schema_root(definition.namespace)
    for tag in ("simpleType", "complexType"):
        root.extend(_by_name(drawn.iterchildren(f"{{{SCHEMA}}}{tag}")))
    # Spyne writes an element for every type; only what can stand in a message is published.
    wrappers = _wrapper_names(application)
    elements = drawn.iterchildren(f"{{{SCHEMA}}}element")
    root.extend(_by_name(element for element in elements if element.get("name") in wrappers))
    _add_detail_and_header(root, definition)
    if definition.shape is WsdlShape.ASMX:
        _fold_wrapper_types(root, wrappers)
    return root


def _spyne_schema(application: Application) -> etree._Element:
    document = Wsdl11(application.interface)
    document.build_interface_document(CANONICAL_HOST)
    schemas = document.root_elt.findall(f"{{{WSDL}}}types/{{{SCHEMA}}}schema")
    if len(schemas) != 1:  # W1 to W4: a class was left outside the namespace of its service
        found = ", ".join(str(schema.get("targetNamespace")) for schema in schemas)
        raise ValueError(f"the types stand in more than one namespace: {found}")
    schema: etree._Element = deepcopy(schemas[0])
    return schema


def _by_name(nodes: Iterable[etree._Element]) -> list[etree._Element]:
    # Spyne's own order comes from sets and changes between runs.
    return sorted(nodes, key=lambda node: node.get("name", ""))


def _wrapper_names(application: Application) -> frozenset[str]:
    names = set()
    for method in _operations(application):
        names.add(method.in_message.get_element_name())
        names.add(method.out_message.get_element_name())
    return frozenset(names)


def _share_simple_types(schema: etree._Element) -> None:
    """Let simple types with the same facets share one name, the shortest (W21)."""
    same: dict[bytes, list[str]] = {}
    for simple in schema.iterchildren(f"{{{SCHEMA}}}simpleType"):
        facets = b"".join(etree.tostring(child, method="c14n") for child in simple)
        same.setdefault(facets, []).append(simple.get("name", ""))
    kept = {
        f"tns:{name}": f"tns:{min(names, key=lambda n: (len(n), n))}"
        for names in same.values()
        for name in names
    }
    for node in schema.iter():
        for attribute in ("type", "base"):
            name = node.get(attribute)
            if name in kept:
                node.set(attribute, kept[name])
    for simple in list(schema.iterchildren(f"{{{SCHEMA}}}simpleType")):
        name = f"tns:{simple.get('name')}"
        if kept[name] != name:
            schema.remove(simple)


def _add_detail_and_header(schema: etree._Element, definition: ServiceDefinition) -> None:
    if definition.fault_type is not None:
        type_name = f"tns:{definition.fault_type.get_type_name()}"
        _add_element(schema, definition.fault_element, type_name)
    if definition.session_header is not None:
        _add_element(schema, definition.session_header, "xs:string")


def _add_element(schema: etree._Element, name: str, type_name: str) -> None:
    etree.SubElement(schema, f"{{{SCHEMA}}}element", {"name": name, "type": type_name})


def _fold_wrapper_types(schema: etree._Element, wrappers: frozenset[str]) -> None:
    """Move the wrappers' types into their elements, as ASMX draws them."""
    types = {node.get("name"): node for node in schema.iterchildren(f"{{{SCHEMA}}}complexType")}
    for element in schema.iterchildren(f"{{{SCHEMA}}}element"):
        if element.get("name") in wrappers:
            wrapper = types[element.attrib.pop("type").removeprefix("tns:")]
            wrapper.attrib.pop("name")
            element.append(wrapper)


# --- messages, port type, bindings, service -------------------------------------------------


class _Drawing:
    """One contract while it is drawn."""

    def __init__(self, definition: ServiceDefinition, methods: tuple[Any, ...]) -> None:
        self._definition = definition
        self._methods = methods
        self._declares_fault = (
            definition.fault_type is not None and definition.shape is WsdlShape.PLAIN
        )
        suffixes = ("SoapIn", "SoapOut") if definition.shape is WsdlShape.ASMX else ("", "Response")
        self._input_suffix, self._output_suffix = suffixes
        self._successors = {
            text.supersedes: name
            for name, text in definition.operations.items()
            if text.supersedes is not None
        }

    def definitions(self, schema: etree._Element) -> etree._Element:
        prefixes = {
            "wsdl": WSDL,
            "soap": BINDING[SoapVersion.V11],
            "soap12": BINDING[SoapVersion.V12],
            "xs": SCHEMA,
            "tns": self._definition.namespace,
        }
        root = etree.Element(f"{{{WSDL}}}definitions", nsmap=prefixes)
        root.set("name", self._definition.document_name or self._definition.service_name)
        root.set("targetNamespace", self._definition.namespace)
        _wsdl(root, "types").append(schema)
        self._messages(root)
        self._port_type(root)
        for version in self._versions():
            self._binding(root, version)
        self._service(root)
        return root

    def _versions(self) -> Iterator[SoapVersion]:
        # W25: several tool kits take the first port they find and speak only SOAP 1.1.
        return (version for version in SoapVersion if version in self._definition.bindings)

    def _messages(self, root: etree._Element) -> None:
        for method in self._methods:
            for message, name in (
                (method.in_message, method.name + self._input_suffix),
                (method.out_message, method.name + self._output_suffix),
            ):
                self._message(root, name, WRAPPER_PART, message.get_element_name())
        if self._declares_fault:
            self._message(
                root, self._definition.fault_element, "fault", self._definition.fault_element
            )
        header = self._definition.session_header
        if header is not None:
            self._message(root, self._header_message(header), header, header)

    def _message(self, root: etree._Element, name: str, part: str, element: str) -> None:
        _wsdl(_wsdl(root, "message", name=name), "part", name=part, element=f"tns:{element}")

    def _header_message(self, header: str) -> str:
        return f"{header}Header"

    def _port_type(self, root: etree._Element) -> None:
        port_type = _wsdl(root, "portType", name=self._definition.port_type)
        for method in self._methods:
            operation = _wsdl(port_type, "operation", name=method.name)
            _wsdl(operation, "documentation").text = self._documentation(method)
            _wsdl(operation, "input", message=f"tns:{method.name}{self._input_suffix}")
            _wsdl(operation, "output", message=f"tns:{method.name}{self._output_suffix}")
            if self._declares_fault:
                fault = self._definition.fault_element
                _wsdl(operation, "fault", name=fault, message=f"tns:{fault}")

    def _documentation(self, method: Any) -> str:
        text = self._definition.operations.get(method.name)
        sentences = [collapse(method.doc or "") if text is None else text.text]
        if not sentences[0]:
            raise ValueError(f"{method.name}: an operation needs a documentation")  # W30
        if text is not None and text.supersedes is not None:
            sentences.append(f"Supersedes {text.supersedes}.")
        if method.name in self._successors:
            sentences.append(f"Superseded by {self._successors[method.name]}.")
        return " ".join(sentences)

    def _binding(self, root: etree._Element, version: SoapVersion) -> None:
        definition = self._definition
        binding = _wsdl(
            root,
            "binding",
            name=definition.bindings[version],
            type=f"tns:{definition.port_type}",
        )
        _soap(binding, version, "binding", style="document", transport=HTTP_TRANSPORT)
        for method in self._methods:
            operation = _wsdl(binding, "operation", name=method.name)
            action = definition.action(method.name)
            _soap(operation, version, "operation", soapAction=action, style="document")
            into = _wsdl(operation, "input")
            _soap(into, version, "body", use="literal")
            if definition.session_header is not None:
                self._header(into, version, definition.session_header)
            _soap(_wsdl(operation, "output"), version, "body", use="literal")
            if self._declares_fault:
                fault = _wsdl(operation, "fault", name=definition.fault_element)
                _soap(fault, version, "fault", name=definition.fault_element, use="literal")

    def _header(self, into: etree._Element, version: SoapVersion, header: str) -> None:
        message = f"tns:{self._header_message(header)}"
        _soap(into, version, "header", message=message, part=header, use="literal")

    def _service(self, root: etree._Element) -> None:
        definition = self._definition
        service = _wsdl(root, "service", name=definition.service_name)
        _wsdl(service, "documentation").text = definition.description
        for version in self._versions():
            port = _wsdl(
                service,
                "port",
                name=definition.ports[version],
                binding=f"tns:{definition.bindings[version]}",
            )
            _soap(port, version, "address", location=CANONICAL_HOST + definition.path)


def _wsdl(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{WSDL}}}{tag}", attributes)


def _soap(
    parent: etree._Element, version: SoapVersion, tag: str, **attributes: str
) -> etree._Element:
    return etree.SubElement(parent, f"{{{BINDING[version]}}}{tag}", attributes)
