"""Faults, byte for byte."""

import pytest
from lxml import etree

from gateway.soap.definition import FaultCode, FaultContent
from gateway.soap.envelope import SoapVersion
from gateway.soap.faults import MAX_BYTES, not_understood, status, upgrade, write_fault

V11, V12 = SoapVersion.V11, SoapVersion.V12
NAMESPACE = "urn:x"
CONTENT = FaultContent(
    code=FaultCode.CLIENT,
    text="a & b",
    detail=(("ResultCode", "35"), ("ResultMessage", "a & b"), ("Reference", "88123")),
)
DETAIL = (
    b'<HelpdeskFault xmlns="urn:x"><ResultCode>35</ResultCode>'
    b"<ResultMessage>a &amp; b</ResultMessage><Reference>88123</Reference></HelpdeskFault>"
)


def fault(version: SoapVersion, content: FaultContent = CONTENT, header: str = "") -> bytes:
    return write_fault(
        version, content, element="HelpdeskFault", namespace=NAMESPACE, header=header
    )


def test_a_fault_of_soap_11():
    assert fault(V11) == (
        b"<?xml version='1.0' encoding='UTF-8'?>\n"
        b'<soap11env:Envelope xmlns:soap11env="http://schemas.xmlsoap.org/soap/envelope/">'
        b"<soap11env:Body><soap11env:Fault><faultcode>soap11env:Client</faultcode>"
        b"<faultstring>a &amp; b</faultstring><detail>" + DETAIL + b"</detail>"
        b"</soap11env:Fault></soap11env:Body></soap11env:Envelope>"
    )


def test_a_fault_of_soap_12():
    assert fault(V12) == (
        b"<?xml version='1.0' encoding='UTF-8'?>\n"
        b'<soap12env:Envelope xmlns:soap12env="http://www.w3.org/2003/05/soap-envelope">'
        b"<soap12env:Body><soap12env:Fault><soap12env:Code><soap12env:Value>soap12env:Sender"
        b"</soap12env:Value></soap12env:Code><soap12env:Reason>"
        b'<soap12env:Text xml:lang="en">a &amp; b</soap12env:Text></soap12env:Reason>'
        b"<soap12env:Detail>" + DETAIL + b"</soap12env:Detail>"
        b"</soap12env:Fault></soap12env:Body></soap12env:Envelope>"
    )


@pytest.mark.parametrize(("version", "place"), [(V11, 0), (V12, 1)])
@pytest.mark.parametrize("code", FaultCode)
def test_the_code_is_one_of_four_with_the_prefix_of_the_envelope(version, place, code):
    data = fault(version, FaultContent(code=code, text="t")).decode()
    assert f">{version.prefix}:{code.value[place]}<" in data
    assert "etail" not in data


def test_version_mismatch_in_soap_12_says_what_is_supported():
    root = etree.fromstring(fault(V12, header=upgrade(V12)))
    supported = root.findall(f".//{{{V12.namespace}}}Upgrade/{{{V12.namespace}}}SupportedEnvelope")
    names = [(each.get("qname").split(":")[1], each.nsmap[each.prefix]) for each in supported]
    spaces = [each.nsmap[each.get("qname").split(":")[0]] for each in supported]
    assert names == [("Envelope", V12.namespace)] * 2
    assert spaces == [V12.namespace, V11.namespace]


@pytest.mark.parametrize("namespace", ["urn:q", "urn:q?a=1&b='2'", ""])
def test_must_understand_in_soap_12_names_the_block(namespace):
    root = etree.fromstring(fault(V12, header=not_understood(V12, "Foo", namespace)))
    (block,) = root.iter(f"{{{V12.namespace}}}NotUnderstood")
    prefix, _, name = block.get("qname").rpartition(":")
    assert name == "Foo"
    assert not prefix or block.nsmap[prefix] == namespace


def test_soap_11_has_no_such_blocks():
    assert upgrade(V11) == ""
    assert not_understood(V11, "Foo", "urn:q") == ""


@pytest.mark.parametrize("version", SoapVersion)
@pytest.mark.parametrize("letter", ["&", "\U0001f525", "x", "\r"])
def test_no_fault_is_longer_than_4_kib(version, letter):
    long = letter * 10_000
    content = FaultContent(
        code=FaultCode.SERVER,
        text=long,
        detail=(("ResultCode", "1"), ("ResultMessage", long), ("FirstErrorMsg", long)),
    )
    data = fault(version, content)
    assert len(data) <= MAX_BYTES
    assert etree.fromstring(data) is not None


def test_a_text_is_cut_at_500_characters():
    data = fault(V11, FaultContent(code=FaultCode.CLIENT, text="x" * 501))
    assert etree.fromstring(data).findtext(".//faultstring") == "x" * 500


@pytest.mark.parametrize("forbidden", ["\x00", "\x0b", "\n", "\x1b", "\ud800", "\ufffe", "\u202e"])
def test_control_characters_become_question_marks(forbidden):
    data = fault(V11, FaultContent(code=FaultCode.CLIENT, text=f"a{forbidden}b"))
    assert etree.fromstring(data).findtext(".//faultstring") == "a?b"


def test_only_a_sender_of_soap_12_gets_another_status_than_500():
    sender, receiver = (
        FaultContent(code=code, text="t") for code in (FaultCode.CLIENT, FaultCode.SERVER)
    )
    mismatch = FaultContent(code=FaultCode.VERSION_MISMATCH, text="t")
    assert status(V11, sender, 400) == 500
    assert status(V12, sender, 400) == 400
    assert status(V12, receiver, 400) == 500
    assert status(V12, mismatch, 400) == 500
