"""The WSDL rules hold for every published service, and the lint sees each breach."""

from dataclasses import replace

import pytest
from lxml import etree

import gateway.soap  # noqa: F401 - repairs Spyne before it is imported

# isort: split
from spyne import ComplexModel, ServiceBase, Unicode, rpc

from gateway.compose import definitions
from gateway.soap.contract import read_contract
from gateway.soap.definition import WsdlShape
from gateway.soap.envelope import SoapVersion
from gateway.soap.wsdl import build_wsdl, inline_schema
from tests.kit.lending import Plain, lending
from tests.kit.wsdl_rules import RULES, Subject

SERVICES = {
    "lending": lending(),
    "lending as ASMX": lending(shape=WsdlShape.ASMX),
    **{definition.stem: definition for definition in definitions()},
}


@pytest.fixture(scope="module", params=SERVICES)
def subject(request):
    definition = SERVICES[request.param]
    return Subject(definition, build_wsdl(definition))


@pytest.mark.parametrize("number", RULES)
def test_every_service_keeps_the_rule(subject, number):
    assert list(RULES[number](subject)) == []


def test_all_rules_that_a_file_can_show_are_checked():
    assert set(RULES) == {f"W{number}" for number in range(1, 32)}


NAMESPACE = lending().namespace
BREACHES = [
    ("W1", "<wsdl:types>", '<wsdl:import namespace="urn:x" location="x.wsdl"/><wsdl:types>'),
    ("W2", "<xs:schema ", '<xs:schema schemaLocation="x.xsd" '),
    ("W3", 'elementFormDefault="qualified"', 'elementFormDefault="unqualified"'),
    ("W4", 'type="tns:TBook_V1"', 'type="tns:TBook_V9"'),
    ("W5", 'portType name="LendingPortType"', 'portType name="Lending"'),
    ("W6", 'name="LendBook_V1Result"', 'name="Result"'),
    (
        "W7",
        'part name="parameters" element="tns:LendBook_V1"',
        'part name="p" element="tns:LendBook_V1"',
    ),
    (
        "W8",
        '<wsdl:operation name="ListBooks_V1">',
        '<wsdl:operation name="ListBooks_V1" parameterOrder="p">',
    ),
    ("W9", 'operation name="LendBook_V2"', 'operation name="LendBook_V1"'),
    ("W10", f'soapAction="{NAMESPACE}:LendBook_V1"', 'soapAction="LendBook_V1"'),
    ("W11", 'element name="Readers"', 'element name="dummy"'),
    (
        "W12",
        'type="tns:TBinding" minOccurs="0"',
        'type="tns:TBinding" minOccurs="0" nillable="true"',
    ),
    ("W13", 'element name="Copies"', 'element name="TITLE"'),
    ("W14", 'element name="Copies"', 'element default="1" name="Copies"'),
    ("W15", 'element name="Copies"', 'element name="Copies.Number"'),
    (
        "W16",
        'name="int" type="xs:int" minOccurs="0" maxOccurs="unbounded"',
        'name="int" type="xs:int"',
    ),
    ("W17", 'maxOccurs="unbounded"', 'maxOccurs="1000"'),
    ("W18", 'type="xs:dateTime"', 'type="xs:date"'),
    ("W19", 'type="xs:int"', 'type="xs:integer"'),
    ("W20", 'type="xs:base64Binary"', 'type="xs:hexBinary"'),
    ("W21", '<xs:enumeration value="Hardcover"/>', '<xs:pattern value="H.*"/>'),
    ("W22", 'type="tns:LendingFault"', 'type="tns:ListBooks_V1"'),
    ("W23", '<wsdl:fault name="LendingFault" message="tns:LendingFault"/>', ""),
    (
        "W24",
        'soap12:address location="http://gateway.invalid/',
        'soap12:address location="http://other.invalid/',
    ),
    ("W25", "<soap:address", "<soap12:address"),
    ("W26", 'binding name="LendingSoap12Binding"', 'binding name="Other"'),
    ("W27", '<soap:header message="tns:SessionIdHeader" part="SessionId" use="literal"/>', ""),
    ("W28", "<wsdl:types>", '<p:Policy xmlns:p="http://www.w3.org/ns/ws-policy"/><wsdl:types>'),
    ("W29", 'use="literal"', 'use="encoded"'),
    ("W30", "<wsdl:documentation>Lends books. Every call is made up.</wsdl:documentation>", ""),
]


@pytest.mark.parametrize(("number", "good", "bad"), BREACHES, ids=[row[0] for row in BREACHES])
def test_the_lint_sees_a_breach(number, good, bad):
    wsdl = build_wsdl(lending()).decode()
    assert good in wsdl

    assert number in breaches_of(wsdl.replace(good, bad))


def test_a_znuny_sequence_out_of_ascii_order_is_seen():
    znuny = Subject(replace(lending(), dialect="znuny"), build_wsdl(lending()))

    found = list(RULES["W31"](znuny))

    assert any(finding.startswith("TBook_V1: ") for finding in found)
    assert "LendBook_V1: no optional Error in the answer" in found


def breaches_of(wsdl):
    subject = Subject(lending(), wsdl.encode())
    return [number for number, check in RULES.items() if _breaks(check, subject)]


def _breaks(check, subject):
    try:
        return bool(list(check(subject)))
    except (LookupError, ValueError):  # the rule needs what the breach took away
        return False


def test_simple_types_with_the_same_facets_share_the_shortest_name():
    short = Unicode(max_len=5, min_occurs=0, nillable=False)
    loan = model("Loan", Mark=short, Remark=Unicode(max_len=5, min_occurs=0, nillable=False))

    wsdl = build_wsdl(lending(service=service(loan)))

    types = read_contract(wsdl).types
    assert {member.type for member in types["Loan"].members} == {"Loan_MarkType"}
    assert types["Loan_MarkType"].facets == (("maxLength", "5"),)


def test_a_type_outside_the_namespace_of_its_service_is_refused():
    stranger = model("Stranger", Name=Unicode(nillable=False))
    stranger.__namespace__ = "urn:elsewhere"

    with pytest.raises(ValueError, match="more than one namespace"):
        build_wsdl(lending(service=service(stranger)))


def test_an_operation_without_documentation_is_refused():
    undocumented = service(model("Loan", Mark=Unicode(nillable=False)), documentation=None)

    with pytest.raises(ValueError, match="Do_V1: an operation needs a documentation"):
        build_wsdl(lending(service=undocumented))


def test_a_service_may_have_one_binding_no_header_and_no_fault_type():
    small = replace(
        lending(),
        bindings={SoapVersion.V11: "LendingBinding"},
        ports={SoapVersion.V11: "LendingPort"},
        session_header=None,
        fault_type=None,
    )

    contract = read_contract(build_wsdl(small))

    assert list(contract.ports) == [SoapVersion.V11]
    assert contract.elements.keys().isdisjoint({"SessionId", "LendingFault"})
    assert all(not operation.faults for operation in contract.operations.values())


def test_a_contract_without_its_schema_is_refused():
    root = etree.fromstring(build_wsdl(lending()))
    root.remove(root[0])

    with pytest.raises(ValueError, match="one schema expected in the contract, found 0"):
        inline_schema(root)


def test_the_docstring_stands_in_for_a_missing_text():
    wsdl = build_wsdl(lending(service=service(model("Loan"), documentation="Does\n   it.")))

    assert read_contract(wsdl).operations["Do_V1"].text == "Does it."


def model(name, **members):
    return type(ComplexModel)(
        name, (ComplexModel,), {"__namespace__": NAMESPACE, "_type_info": list(members.items())}
    )


def service(request_type, documentation="Does it."):
    def do(ctx, value):
        return None

    do.__name__, do.__doc__ = "Do_V1", documentation
    method = rpc(request_type.customize(min_occurs=1, nillable=False), _returns=Plain)(do)
    return type(ServiceBase)("Doing", (ServiceBase,), {"Do_V1": method})
