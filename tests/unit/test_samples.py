"""Samples come from the contract: every one of them is valid, and wrong arguments are named."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from lxml import etree

from gateway.soap.contract import read_contract
from gateway.soap.definition import WsdlShape
from gateway.soap.envelope import SoapVersion
from gateway.soap.samples import (
    BadArguments,
    answer_head,
    filled_request,
    form_answer,
    lexical,
    placeholder_answer,
    placeholder_request,
    query_sample,
    request_head,
    text_of,
)
from gateway.soap.snippets import client_arguments, snippets
from gateway.soap.wsdl import build_schema, build_wsdl
from tests.kit.lending import NAMESPACE, VALUES, lending

CONTRACT = read_contract(build_wsdl(lending()))
SCHEMA = etree.XMLSchema(etree.fromstring(build_schema(lending())))
LEND = CONTRACT.operations["LendBook_V2"]
LIST = CONTRACT.operations["ListBooks_V1"]
ID = "{5B1D7A52-0C3E-4F6B-9A77-2E1D0C9B8A01}"

both_versions = pytest.mark.parametrize("version", SoapVersion)


def body_child(text, version):
    root = etree.fromstring(text.encode())
    assert root.tag == f"{{{version.namespace}}}Envelope"
    (child,) = root.find(f"{{{version.namespace}}}Body")
    return child


def filled(arguments, operation=LEND):
    return body_child(
        filled_request(CONTRACT, operation, SoapVersion.V11, arguments), SoapVersion.V11
    )


def values(node):
    return [element.text for element in node.iter() if element.text and element.text.strip()]


@both_versions
@pytest.mark.parametrize("name", CONTRACT.operations)
def test_a_filled_sample_is_valid(name, version):
    operation = CONTRACT.operations[name]

    text = filled_request(CONTRACT, operation, version, VALUES.get(name, {}))

    SCHEMA.assertValid(etree.ElementTree(body_child(text, version)))


def test_arguments_may_come_in_any_order():
    child = filled({"Readers": ["ada"], "Book": {"Title": "T", "Id": ID}})

    SCHEMA.assertValid(etree.ElementTree(child))


def test_arguments_may_name_the_list_entries_as_clients_do():
    plain = {"Book": {"Id": ID, "Keywords": ["xml", "soap"]}}
    wrapped = {"Book": {"Id": ID, "Keywords": {"string": ["xml", "soap"]}}}

    assert etree.tostring(filled(plain)) == etree.tostring(filled(wrapped))
    assert client_arguments(CONTRACT, LEND, plain) == wrapped


def test_an_empty_entry_of_a_list_is_nil():
    child = filled({"Book": {"Id": ID}, "Readers": ["ada", None]})

    SCHEMA.assertValid(etree.ElementTree(child))
    assert child[1][1].get("{http://www.w3.org/2001/XMLSchema-instance}nil") == "true"


def test_markup_in_values_is_escaped():
    assert "A & <B>" in values(filled({"Book": {"Id": ID, "Title": "A & <B>"}}))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("as it is", "as it is"),
        (True, "true"),
        (False, "false"),
        (42, "42"),
        (12.5, "12.5"),
        (1e21, "1000000000000000000000"),
        (Decimal("1E+5"), "100000"),
        (b"abc", "YWJj"),
        (datetime(2025, 6, 27, 9, 16, tzinfo=UTC), "2025-06-27T09:16:00.000Z"),
    ],
)
def test_values_are_written_as_xml_schema_writes_them(value, text):
    assert lexical(value, "Book.Title") == text


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({}, r"LendBook_V2.Book: missing element"),
        ({"Book": {}}, r"LendBook_V2.Book.Id: missing element"),
        ({"Book": {"Id": ID, "Tite": "x"}}, r"LendBook_V2.Book.Tite: unexpected element"),
        ({"Book": {"Id": None}}, r"LendBook_V2.Book.Id: may not be nil"),
        ({"Book": {"Id": {"a": 1}}}, r"LendBook_V2.Book.Id: a single value"),
        ({"Book": "x"}, r"LendBook_V2.Book: an object with the members of TBook_V2"),
        ({"Book": {"Id": ID}, "Readers": "ada"}, r"LendBook_V2.Readers.string: a list"),
        (
            {"Book": {"Id": ID, "Editions": [{"Id": "1"}, {"Copies": 1}]}},
            r"LendBook_V2.Book.Editions.TBook_V1\[2\].Id: missing element",
        ),
    ],
)
def test_wrong_arguments_are_named(arguments, reason):
    with pytest.raises(BadArguments, match=reason):
        filled(arguments)


@both_versions
def test_a_placeholder_sample_has_every_element_in_the_order_of_the_schema(version):
    text = text_of(placeholder_request(CONTRACT, LEND, version))

    book = body_child(text, version)[0]
    members = CONTRACT.types["TBook_V2"].members
    assert [etree.QName(child).localname for child in book] == [member.name for member in members]


@both_versions
def test_a_placeholder_answer_names_the_types(version):
    child = body_child(text_of(placeholder_answer(CONTRACT, LEND, version)), version)

    assert values(child) == ["int", "string", "int"]


def test_words_are_joined_by_or_and_arrays_have_two_members():
    pieces = placeholder_request(CONTRACT, LEND, SoapVersion.V11)

    marked = [piece.text for piece in pieces if piece.placeholder]
    assert "Hardcover or Paperback" in marked
    assert text_of(pieces).count("<TBook_V1>") == 2


def test_only_placeholders_are_marked():
    pieces = placeholder_request(CONTRACT, LEND, SoapVersion.V11)

    assert all("<" not in piece.text for piece in pieces if piece.placeholder)


def test_below_four_levels_a_placeholder_is_nil():
    deep = read_contract(_nested(6))

    text = text_of(placeholder_request(deep, deep.operations["LendBook_V1"], SoapVersion.V11))

    assert text.count('xsi:nil="true"') == 1
    assert "<Inner4>" in text
    assert '<Inner5 xsi:nil="true"/>' in text


def test_the_head_has_the_action_in_soap_11_only():
    action = f'SOAPAction: "{NAMESPACE}:LendBook_V2"'

    assert action in request_head(CONTRACT, LEND, SoapVersion.V11)
    assert "SOAPAction" not in request_head(CONTRACT, LEND, SoapVersion.V12)
    assert "application/soap+xml" in answer_head(SoapVersion.V12)


def test_an_operation_without_parameters_is_one_empty_element():
    child = filled({}, LIST)

    assert len(child) == 0
    assert text_of(query_sample(CONTRACT, LIST, "GET")).startswith(
        "GET /soap/tests/lending/ListBooks_V1 HTTP/1.1"
    )


def test_calls_without_an_envelope_name_parameters_and_result_type():
    asmx = read_contract(build_wsdl(lending(shape=WsdlShape.ASMX)))
    operation = asmx.operations["LendBook_V2"]

    get, post = (text_of(query_sample(asmx, operation, method)) for method in ("GET", "POST"))

    assert "LendBook_V2?Book=TBook_V2&Readers=stringArray HTTP/1.1" in get
    assert post.endswith("\n\nBook=TBook_V2&Readers=stringArray")
    assert f'<TLendBookResponse_V2 xmlns="{NAMESPACE}">' in text_of(form_answer(asmx, operation))


def test_an_answer_without_fields_has_no_body():
    wsdl = build_wsdl(lending()).decode()
    result = '<xs:element name="LendBook_V1Result" type="tns:TLendBookResponse_V1"/>'
    void = read_contract(wsdl.replace(result, "").encode())

    answer = text_of(form_answer(void, void.operations["LendBook_V1"]))

    assert answer.endswith("Content-Length: length\n\n")


def test_empty_entries_are_kept_in_ready_calls():
    arguments = {"Book": {"Id": ID}, "Readers": ["ada", None]}

    calls = snippets(CONTRACT, LEND, arguments, "tests-lending")

    (php,) = [call.text for call in calls if call.name == "PHP"]
    assert "'ada',\n            null," in php
    assert client_arguments(CONTRACT, LEND, arguments)["Readers"] == {"string": ["ada", None]}


def test_every_ready_call_holds_the_values():
    calls = {
        call.name: call.text
        for call in snippets(CONTRACT, LEND, VALUES["LendBook_V2"], "tests-lending")
    }

    command = calls.pop("ticket-gateway")
    assert command == "ticket-gateway call tests-lending LendBook_V2 --sample\n"
    assert list(calls) == ["SOAP 1.1", "curl", "Python, zeep", "PowerShell", "PHP"]
    assert all(ID in text and "12.50" in text for text in calls.values())


def test_php_text_cannot_leave_its_quotes():
    calls = snippets(CONTRACT, LEND, {"Book": {"Id": "a'b\\", "Cover": "YWJj"}}, "tests-lending")

    (php,) = [call.text for call in calls if call.name == "PHP"]
    assert "'Id' => 'a\\'b\\\\'" in php
    assert "'Cover' => base64_decode('YWJj')" in php


def _nested(levels):
    """Put a chain of types below LendBook_V1."""
    types = "".join(
        f'<xs:complexType name="T{level}"><xs:sequence>'
        f'<xs:element name="Inner{level + 1}" type="tns:T{level + 1}"/>'
        "</xs:sequence></xs:complexType>"
        for level in range(1, levels)
    )
    last = f'<xs:complexType name="T{levels}"><xs:sequence/></xs:complexType>'
    wsdl = build_wsdl(lending()).decode()
    return (
        wsdl.replace('name="Book" type="tns:TBook_V1"', 'name="Inner1" type="tns:T1"')
        .replace("<xs:complexType", f"{types}{last}<xs:complexType", 1)
        .encode()
    )
