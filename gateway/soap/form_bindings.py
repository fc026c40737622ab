"""Draws the bindings of calls without an envelope into a contract that is served with them on."""

from collections.abc import Iterator

from lxml import etree

from gateway.soap.contract import Complex, Contract, Operation
from gateway.soap.definition import ServiceDefinition
from gateway.soap.wsdl import SCHEMA, WSDL

_HTTP = "http://schemas.xmlsoap.org/wsdl/http/"
_MIME = "http://schemas.xmlsoap.org/wsdl/mime/"


def with_forms(root: etree._Element, definition: ServiceDefinition, contract: Contract) -> None:
    """Add port types, bindings and ports for the operations that a form can call."""
    simple = [each for each in contract.operations.values() if takes_form(contract, each)]
    asking = [each for each in simple if each.name in definition.asking]
    address = next(iter(contract.ports.values())).address
    for verb in definition.form_bindings:
        _Drawing(root, contract, verb).add(asking if verb == "Get" else simple, address)


def takes_form(contract: Contract, operation: Operation) -> bool:
    """Tell whether a form can hold the parameters of an operation: single values only."""
    members = contract.element_type(operation.request).members
    return not any(isinstance(contract.types[member.type], Complex) for member in members)


class _Drawing:
    """One of the two ways while it is drawn, in the manner of ASMX."""

    def __init__(self, root: etree._Element, contract: Contract, verb: str) -> None:
        self._root = root
        self._contract = contract
        self._verb = verb
        self._name = f"{contract.name}Http{verb}"

    def add(self, operations: list[Operation], address: str) -> None:
        service = self._root.find(f"{{{WSDL}}}service")
        assert service is not None  # noqa: S101 - the contract was read
        place = self._root.index(service)
        for node in (*self._messages(operations), self._port_type(operations),
                     self._binding(operations)):  # fmt: skip
            self._root.insert(place, node)
            place += 1
        port = _wsdl(service, "port", name=self._name, binding=f"tns:{self._name}")
        etree.SubElement(port, f"{{{_HTTP}}}address", location=address, nsmap={"http": _HTTP})

    def _messages(self, operations: list[Operation]) -> Iterator[etree._Element]:
        for operation in operations:
            ask = etree.Element(f"{{{WSDL}}}message", name=self._message(operation, "In"))
            for member in self._contract.element_type(operation.request).members:
                _wsdl(ask, "part", name=member.name, type="xs:string")
            yield ask
            answer = etree.Element(f"{{{WSDL}}}message", name=self._message(operation, "Out"))
            element = self._result_element(operation)
            _wsdl(answer, "part", name="Body", element=f"tns:{element}")
            yield answer

    def _message(self, operation: Operation, side: str) -> str:
        return f"{operation.name}Http{self._verb}{side}"

    def _result_element(self, operation: Operation) -> str:
        """Name the element of the answer, which is called as its type; it is declared once."""
        (member,) = self._contract.element_type(operation.answer).members
        name = self._contract.types[member.type].name
        schema = self._root.find(f"{{{WSDL}}}types/{{{SCHEMA}}}schema")
        assert schema is not None  # noqa: S101 - the contract was read
        known = {node.get("name") for node in schema.iterchildren(f"{{{SCHEMA}}}element")}
        if name not in known:
            named = member.type if member.type.startswith("xs:") else f"tns:{member.type}"
            etree.SubElement(schema, f"{{{SCHEMA}}}element", name=name, type=named)
        return name

    def _port_type(self, operations: list[Operation]) -> etree._Element:
        port_type = etree.Element(f"{{{WSDL}}}portType", name=self._name)
        for each in operations:
            operation = _wsdl(port_type, "operation", name=each.name)
            _wsdl(operation, "documentation").text = each.text
            _wsdl(operation, "input", message=f"tns:{self._message(each, 'In')}")
            _wsdl(operation, "output", message=f"tns:{self._message(each, 'Out')}")
        return port_type

    def _binding(self, operations: list[Operation]) -> etree._Element:
        spaces = {"http": _HTTP, "mime": _MIME}
        binding = etree.Element(
            f"{{{WSDL}}}binding", name=self._name, type=f"tns:{self._name}", nsmap=spaces
        )
        etree.SubElement(binding, f"{{{_HTTP}}}binding", verb=self._verb.upper())
        for each in operations:
            operation = _wsdl(binding, "operation", name=each.name)
            etree.SubElement(operation, f"{{{_HTTP}}}operation", location=f"/{each.name}")
            self._encoded(_wsdl(operation, "input"))
            etree.SubElement(_wsdl(operation, "output"), f"{{{_MIME}}}mimeXml", part="Body")
        return binding

    def _encoded(self, into: etree._Element) -> None:
        if self._verb == "Get":
            etree.SubElement(into, f"{{{_HTTP}}}urlEncoded")
        else:
            form = "application/x-www-form-urlencoded"
            etree.SubElement(into, f"{{{_MIME}}}content", type=form)


def _wsdl(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{WSDL}}}{tag}", attributes)
