"""WS-I Basic Profile 1.1, rules on messages: one test a rule (the door's own: test_http_door)."""

import pytest
from lxml import etree

from gateway.http.exchange import Answer
from gateway.http.head import Head, refusal_of
from gateway.http.limits import Limits
from gateway.http.routes import Route
from gateway.soap.envelope import SoapVersion
from tests.attack.attacks import Builder, body, members, text
from tests.attack.envelope_attacks import raw
from tests.kit.envelopes import Sent, envelope, request, trace
from tests.kit.probe import NAMESPACE, Probe, build_probe, ping

V11 = SoapVersion.V11
SOAP = f"{{{V11.namespace}}}"

FAULTS = {
    "malformed": raw("<"),
    "no operation": body("<nothing/>"),
    "schema": members("<Odd/>"),
    "login": lambda version: Sent(body=envelope(version, ping(), "<s:x/>").encode()).with_headers(
        authorization="Basic bm9ib2R5Og=="
    ),
    "not understood": body(ping(), header='<h xmlns="urn:h" s:mustUnderstand="1"/>'),
    "version": raw('<Envelope xmlns="urn:x"/>'),
    "ours": body(f'<Fail_V1 xmlns="{NAMESPACE}"><How>later</How></Fail_V1>'),
}


@pytest.fixture(scope="module")
def probe() -> Probe:
    return build_probe()


@pytest.fixture(params=FAULTS)
def fault(probe, request) -> Answer:
    return ask(probe, FAULTS[request.param])


def ask(probe: Probe, build: Builder) -> Answer:
    return probe.endpoint.answer(request(build(V11), V11), trace())


def answered(probe: Probe, build: Builder) -> etree._Element:
    answer = ask(probe, build)
    assert answer.status == 200
    return etree.fromstring(answer.body)


def refused(probe: Probe, build: Builder) -> str:
    """Give the local name of the fault code."""
    root = etree.fromstring(ask(probe, build).body)
    return str(root.findtext(".//faultcode")).partition(":")[2]


def children_of(fault: Answer) -> list[etree._Element]:
    (found,) = etree.fromstring(fault.body).iter(f"{SOAP}Fault")
    return found[:]


def test_r1000_a_fault_has_no_other_children(fault):
    allowed = ["faultcode", "faultstring", "faultactor", "detail"]
    names = [etree.QName(child).localname for child in children_of(fault)]
    assert names == [name for name in allowed if name in names]
    assert names[:2] == ["faultcode", "faultstring"]


def test_r1001_the_children_of_a_fault_are_unqualified(fault):
    assert all(etree.QName(child).namespace is None for child in children_of(fault))


def test_r1004_the_fault_code_is_one_of_soap(fault):
    code = children_of(fault)[0]
    prefix, _, name = str(code.text).partition(":")
    assert code.nsmap[prefix] == V11.namespace
    assert name in {"Client", "Server", "VersionMismatch", "MustUnderstand"}


def test_r1008_a_dtd_is_neither_taken_nor_sent(probe, fault):
    assert refused(probe, text("x", before="<!DOCTYPE Envelope>")) == "Client"
    assert b"<!" not in fault.body


def test_r1009_an_instruction_is_neither_taken_nor_sent(probe, fault):
    assert refused(probe, text("<?x?>")) == "Client"
    assert fault.body.count(b"<?") == 1  # the XML declaration


def test_r1011_nothing_follows_the_body(probe, fault):
    two = f'<s:Envelope xmlns:s="{V11.namespace}"><s:Body>{ping()}</s:Body><x/></s:Envelope>'
    assert refused(probe, raw(two)) == "Client"
    assert etree.fromstring(fault.body)[-1].tag == f"{SOAP}Body"


def test_r1012_answers_are_utf_8(probe, fault):
    assert "ü" in str(etree.tostring(answered(probe, text("ü")), encoding="unicode"))
    assert fault.body.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    fault.body.decode("utf-8")


def test_r1014_children_of_the_body_are_qualified(probe):
    assert etree.QName(answered(probe, text("x"))[-1][0]).namespace == NAMESPACE
    assert refused(probe, body("<Ping_V1/>")) == "Client"


def test_r1015_another_root_gets_a_fault(probe):
    assert refused(probe, raw("<Other/>")) == "Client"
    assert refused(probe, raw('<Envelope xmlns="urn:x"/>')) == "VersionMismatch"


def test_r1018_the_media_type_tells_the_encoding(fault):
    assert fault.media_type == "text/xml; charset=utf-8"


def test_r1027_a_mandatory_block_that_is_unknown_gets_must_understand(probe):
    assert refused(probe, FAULTS["not understood"]) == "MustUnderstand"
    assert not probe.desk.saved


def test_r1031_the_fault_code_has_no_dots(fault):
    assert "." not in str(children_of(fault)[0].text)


def test_r1109_a_quoted_action_is_read(probe):
    answered(probe, _acting(f'"{NAMESPACE}:Ping_V1"'))


def test_r1111_success_is_200(probe):
    assert ask(probe, text("x")).status == 200


def _door(probe: Probe, method: str, content_type: str) -> int | None:
    headers = {"content-type": content_type, "content-length": "10"}
    head = Head(method, "/soap/probe", 11, "", headers, 2, "192.0.2.7", "https")
    types = frozenset(version.media_type for version in SoapVersion)
    route = Route(path="/soap/probe", endpoint=probe.endpoint, media_types=types)
    refusal = refusal_of(head, route, Limits())
    return None if refusal is None else refusal.status


def test_r1114_another_method_is_405(probe):
    assert _door(probe, "PUT", "text/xml") == 405


def test_r1115_another_media_type_is_415(probe):
    assert _door(probe, "POST", "application/json") == 415
    assert _door(probe, "POST", "text/xml") is None


def test_r1126_a_fault_is_500(fault):
    assert fault.status == 500


def _acting(action: str) -> Builder:
    return lambda version: text("x")(version).with_headers(soapaction=action)


def test_r2744_the_action_of_the_contract_is_read_and_another_refused(probe):
    answered(probe, _acting(f'"{NAMESPACE}:Ping_V1"'))
    assert refused(probe, _acting(f'"{NAMESPACE}:SaveNote_V1"')) == "Client"


def test_r2745_an_empty_action_is_read(probe):
    answered(probe, _acting('""'))


def test_r4001_a_byte_order_mark_is_read(probe):
    answered(probe, lambda version: Sent(body=b"\xef\xbb\xbf" + text("x")(version).body))


def test_r9981_a_body_holds_one_child(probe, fault):
    assert refused(probe, body(ping() + ping())) == "Client"
    assert len(etree.fromstring(fault.body)[-1]) == 1
