"""The SOAP face of the Znuny dialect: requests it reads, answers it gives, faults, contracts."""

import re

import pytest
import zeep
from lxml import etree

from gateway.dialects.znuny import results, shapes
from gateway.dialects.znuny.refusals import Refused
from gateway.soap import wssecurity
from gateway.soap.codec import compile_service
from gateway.soap.envelope import SoapVersion
from gateway.soap.wsdl import build_application
from tests.kit.strict_client import InMemory
from tests.kit.znuny import (
    AGENT,
    ARTICLE,
    CONNECTOR,
    DEFINITIONS,
    ENVELOPES,
    MEDIA_TYPES,
    TIMES,
    fault_of,
    in_body,
    request,
    running_znuny,
    wrapped,
)

NS = shapes.CONNECTOR
LOGIN = request("SessionCreate", AGENT)
VERSIONS = {"1.1": SoapVersion.V11, "1.2": SoapVersion.V12}


@pytest.fixture(params=list(VERSIONS))
def version(request):
    return request.param


def opened(found, version="1.1"):
    """Tell whether a session was opened."""
    return in_body(found.body, version).findtext(f"{{{NS}}}SessionID") is not None


# --- answers and contracts -------------------------------------------------------------------

SERVICES = [
    (stem, operation)
    for stem, definition in DEFINITIONS.items()
    for operation in definition.service.public_methods
]


def value(field, number):
    """Make a value of a field, as handlers give it."""
    if field.type in shapes.TYPES:
        return filled(shapes.TYPES[field.type], number)
    if field.type in shapes.INTEGERS:
        return 1
    return {
        "d": "1.50", "b": b"\x00\xff", "ie": "", "t": "2026-11-22 10:00:00",
        "action": "Create", "status": "warning", "archive": "n",
    }.get(field.type, f"{field.name} <{number}> ü")  # fmt: skip


def filled(fields, number=1):
    """Give every field a value, and a list two of them."""
    return {
        each.name: [value(each, 1), value(each, 2)] if each.many else value(each, number)
        for each in fields
        if each.name != "Error"
    }


class Canned(InMemory):
    """Loads the served contract and answers every call with the same bytes."""

    def __init__(self, znuny, address):
        super().__init__(lambda got: znuny.get(got.path, got.query), None)
        self.znuny, self.reply, self.version = znuny, b"", "1.1"

    def load(self, url):
        path, _, query = url.removeprefix("http://127.0.0.1:8080").partition("?")
        found = self._get(type("Get", (), {"path": path, "query": query}))
        assert found.status == 200, found
        return found.body

    def post(self, address, message, headers):
        media = f"{MEDIA_TYPES[self.version]}; charset=UTF-8"
        reply = {"status_code": 200, "content": self.reply, "headers": {"Content-Type": media},
                 "encoding": "utf-8"}  # fmt: skip
        return type("Reply", (), reply)


@pytest.fixture(scope="module")
def clients(znuny):
    """A strict client of each service, made from what it serves."""
    found = {}
    for stem, address in zip(DEFINITIONS, (CONNECTOR, TIMES), strict=True):
        transport = Canned(znuny, address)
        settings = zeep.Settings(strict=True, forbid_dtd=True)
        client = zeep.Client(f"http://127.0.0.1:8080{address}?wsdl", transport=transport,
                             settings=settings)  # fmt: skip
        operations = compile_service(build_application(DEFINITIONS[stem]), prefix="")
        by_name = {operation.name: operation for operation in operations.values()}
        found[stem] = client, transport, by_name
    return found


def decoded(clients, stem, operation, values, version):
    """Write an answer and let a strict client read it."""
    client, transport, operations = clients[stem]
    transport.version = version
    content = results.for_soap(operation, values)
    transport.reply = operations[operation].write(content, VERSIONS[version])
    port = f"{DEFINITIONS[stem].service_name}_Port{'' if version == '1.1' else '12'}"
    bound = client.bind(DEFINITIONS[stem].service_name, port)
    envelope = bound._binding.process_reply(client, bound._binding.get(operation),
                                            transport.post("", b"", {}))  # fmt: skip
    return transport.reply, envelope


@pytest.mark.parametrize(("stem", "operation"), SERVICES)
def test_znuny_a77_every_answer_passes_a_strict_client(znuny, clients, version, stem, operation):
    address = CONNECTOR if stem == "znuny-ticket-connector" else TIMES
    refused = Refused("AccessDenied", "a < b & c").of(operation)
    cases = ({}, results.error(refused), filled(shapes.ANSWERS[operation]))
    for values in cases:
        reply, _ = decoded(clients, stem, operation, values, version)
        element = in_body(reply, version)
        assert etree.QName(element).localname == f"{operation}Response"
        znuny.schema(address).assertValid(etree.ElementTree(element))
        for node in element.iter():
            names = [etree.QName(child).localname for child in node]
            assert names == sorted(names)  # ASCII order at every level
            assert not node.attrib
    empty, read = decoded(clients, stem, operation, {}, version)
    assert in_body(empty, version).tag == f"{{{DEFINITIONS[stem].namespace}}}{operation}Response"
    assert len(in_body(empty, version)) == 0
    _, read = decoded(clients, stem, operation, results.error(refused), version)
    assert read.Error.ErrorMessage == f"{refused.operation}: a < b & c"


class Live(Canned):
    """Posts what the client writes."""

    def post(self, address, message, headers):
        path = address.removeprefix("http://127.0.0.1:8080")
        found = self.znuny.send("POST", path, message, dict(headers))
        reply = {"status_code": found.status, "content": found.body, "headers": found.headers,
                 "encoding": "utf-8"}  # fmt: skip
        return type("Reply", (), reply)


@pytest.mark.parametrize("port", ["GenericTicketConnector_Port", "GenericTicketConnector_Port12"])
def test_znuny_a77_a_client_made_from_the_contract_calls_every_operation(znuny, port):
    settings = zeep.Settings(strict=True, forbid_dtd=True)
    client = zeep.Client(f"http://127.0.0.1:8080{CONNECTOR}?wsdl", settings=settings,
                         transport=Live(znuny, CONNECTOR))  # fmt: skip
    call = client.bind("GenericTicketConnector", port)
    session = call.SessionCreate(**AGENT).SessionID
    assert {each.Key for each in call.SessionGet(SessionID=session).SessionData} > {"UserLogin"}
    ticket = {"Title": "ünïcode <&>", "Queue": "Raw", "State": "new", "Priority": "3 normal",
              "CustomerUser": "jane"}  # fmt: skip
    file = {"Content": b"\x00\xff", "ContentType": "text/plain", "Filename": "a.txt"}
    made = call.TicketCreate(SessionID=session, Ticket=ticket, Article=[ARTICLE],
                             Attachment=[file])  # fmt: skip
    assert made.Error is None, made
    options = {"AllArticles": 1, "Attachments": 1, "DynamicFields": 1, "Extended": 1}
    read = call.TicketGet(SessionID=session, TicketID=[made.TicketID], **options).Ticket[0]
    assert read.Title == ticket["Title"]
    assert read.Article[0].Attachment[0].Content == file["Content"]
    changed = call.TicketUpdate(SessionID=session, TicketID=made.TicketID,
                                Ticket={"Priority": "4 high"})  # fmt: skip
    assert (changed.Error, changed.TicketID) == (None, made.TicketID)
    both = call.TicketGetList(SessionID=session, TicketID=[made.TicketID, made.TicketID])
    assert [each.Priority for each in both.Ticket] == ["4 high"]
    lines = call.TicketHistoryGet(SessionID=session, TicketID=[made.TicketID]).TicketHistory
    assert lines[0].History[0].HistoryType == "NewTicket"
    kept = call.ExternalReference(SessionID=session, ExternalReference=f"zeep {port}",
                                  Ticket=ticket, Article=[ARTICLE])  # fmt: skip
    assert kept.Action == "Create"
    refused = call.TicketGet(SessionID=session, TicketID=[10**9])
    assert refused.Error.ErrorCode == "TicketGet.AccessDenied"
    assert call.SessionRemove(SessionID=session).Success == 1


def test_znuny_an_answer_never_holds_what_is_not_published():
    with pytest.raises(results.Unpublished):
        results.for_soap("TicketSearch", {"Ticket": []})
    with pytest.raises(results.Unpublished):
        results.for_json("OutOfOffice", {"Row": [{"Line": 1}]})


@pytest.mark.parametrize("prefix", ["/otrs", "/znuny"])
@pytest.mark.parametrize("name", ["GenericTicketConnectorSOAP", "TimeAccountingSOAP"])
def test_znuny_the_contract_has_the_address_that_was_asked_for(znuny, prefix, name):
    path = f"{prefix}/nph-genericinterface.pl/Webservice/{name}"
    for query in ("wsdl", "WSDL", "wsdl="):
        found = znuny.get(path, query)
        assert (found.status, found.headers["content-type"]) == (200, "text/xml; charset=utf-8")
        addresses = re.findall(r'location="http://[^/"]+([^"]+)"', found.body.decode())
        assert addresses == [path, path]
    root = etree.fromstring(found.body)
    assert root.get("name") == name
    service = root.find("{*}service")
    label = name.removesuffix("SOAP")
    assert service.get("name") == label
    ports = [(p.get("name"), p.get("binding")) for p in service.findall("{*}port")]
    assert ports == [(f"{label}_Port", f"tns:{label}_Binding"),
                     (f"{label}_Port12", f"tns:{label}_Binding12")]  # fmt: skip
    assert root.find("{*}portType").get("name") == f"{label}_PortType"


def test_znuny_soap_actions_are_those_of_the_original(znuny):
    contract = znuny.get(CONNECTOR, "wsdl").body.decode()
    assert 'soapAction="http://www.otrs.org/TicketConnector/#TicketCreate"' in contract
    times = znuny.get(TIMES, "wsdl").body.decode()
    action = "http://www.znuny.org/TimeAccountingWebservice//TimeAccountingGet"
    assert f'soapAction="{action}"' in times


def test_znuny_pages_show_operations_and_a_bare_get_is_refused(znuny):
    for name in ("TicketCreate", "ExternalReference"):
        found = znuny.get(CONNECTOR, f"op={name}", **{"Accept-Language": "en"})
        assert found.status == 200
        shown = found.body.decode()
        assert f"{name}Response" in shown
        assert "--user" not in shown  # the message says who calls
    assert znuny.get(CONNECTOR, "op").status == 200
    for query in ("", "page=1"):
        found = znuny.get(CONNECTOR, query)
        assert (found.status, found.headers["allow"]) == (405, "GET, HEAD, POST")
    index = znuny.get("/").body.decode()
    assert f"{CONNECTOR}?op" in index
    assert f"{TIMES}?wsdl" in index
    for route in ("PATCH, PUT /Ticket/:TicketID", "POST /search", "POST /OutOfOffice"):
        assert f"<code>{route}</code>" in index
    assert "GenericTicketConnectorREST" in znuny.get("/index.json").body.decode()


# --- requests --------------------------------------------------------------------------------

BARE = NS.rstrip("/")


@pytest.mark.parametrize(
    "action",
    [
        None, '""', "", f'"{NS}#SessionCreate"', f"{NS}#SessionCreate", f'"{BARE}#SessionCreate"',
        f'"{NS}SessionCreate"', f'"{NS}/SessionCreate"', "SessionCreate", '"SessionCreate"',
    ],
)  # fmt: skip
def test_znuny_a78_actions_that_name_the_operation_are_taken(znuny, action):
    assert opened(znuny.post(CONNECTOR, LOGIN, {"SOAPAction": action}))
    named = "" if action is None else f"; action={action or chr(34) * 2}"
    found = znuny.post(
        CONNECTOR, LOGIN, {"Content-Type": f"application/soap+xml; charset=utf-8{named}"}, "1.2"
    )
    assert opened(found, "1.2")


@pytest.mark.parametrize(
    "action",
    ['"SessionGet"', f'"{NS}#SessionGet"', '"http://example.org/#SessionCreate"',
     '"sessioncreate"', f'"{NS}"', f'"{NS}#SessionCreate/"', "x" * 8000],
)  # fmt: skip
def test_znuny_a78_actions_that_name_another_operation_are_refused(znuny, action):
    fault = znuny.fault(CONNECTOR, LOGIN, {"SOAPAction": action})
    assert (fault.status, fault.code, fault.detail["Code"]) == (500, "Client", "SOAPAction")
    shown = action.strip('"')[:64]
    assert fault.text == f"SOAPAction '{shown}' does not match operation 'SessionCreate'"


CLOSE = "</t:SessionCreate>"
XSI = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'
USER = "<UserLogin>agent1</UserLogin>"
PASSWORD = f"<Password>{AGENT['Password']}</Password>"
TYPED = (
    f'<SessionCreate {XSI} i:type="x:y">{PASSWORD}<UserLogin i:type="x:string" lang="de">agent1'
    '</UserLogin><CustomerUserLogin i:nil="true"/></SessionCreate>'
)


@pytest.mark.parametrize(
    "body",
    [
        f'<SessionCreate xmlns="{NS}">{USER}{PASSWORD}</SessionCreate>',
        f'<SessionCreate xmlns="{NS}">{PASSWORD}{USER}</SessionCreate>',
        f'<t:SessionCreate xmlns:t="{NS}">{USER}{PASSWORD}</t:SessionCreate>',
        f'<t:SessionCreate xmlns:t="{NS}"><t:UserLogin>agent1</t:UserLogin>{PASSWORD}{CLOSE}',
        f"<SessionCreate>{PASSWORD}{USER}</SessionCreate>",
        f'<SessionCreate xmlns="urn:another">{USER}{PASSWORD}</SessionCreate>',
        f"<SessionCreate>{PASSWORD}<Extra><Deep>1</Deep></Extra>{USER}</SessionCreate>",
        f"<SessionCreate>{PASSWORD}<UserLogin> agent1\n</UserLogin></SessionCreate>",
        f'<SessionCreate id="_0">{PASSWORD}<UserLogin id="r">agent1</UserLogin></SessionCreate>',
        TYPED,
    ],
)
def test_znuny_a79_order_namespaces_and_strangers_do_not_matter(znuny, version, body):
    assert opened(znuny.post(CONNECTOR, body, version=version), version)


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "iso-8859-1", "windows-1252", "us-ascii"])
def test_znuny_messages_are_read_in_their_charset(znuny, charset):
    body = wrapped(LOGIN).decode()
    codec = {"windows-1252": "cp1252"}.get(charset, charset)
    for mark in ("", f'<?xml version="1.0" encoding="{charset}"?>'):
        content = (mark + body).encode(codec)
        media = {"Content-Type": f"text/xml; charset={charset}"}
        assert opened(znuny.send("POST", CONNECTOR, content, media))


@pytest.mark.parametrize(
    ("media", "status"),
    [("text/xml", 200), ("application/xml", 200), ("application/xml; charset=utf-8", 200),
     ("application/json", 415), ("", 415), ("multipart/related; type=text/xml", 415),
     ("text/xml; charset=utf-7", 415)],
)  # fmt: skip
def test_znuny_media_types(znuny, media, status):
    found = znuny.send("POST", CONNECTOR, wrapped(LOGIN), {"Content-Type": media})
    assert found.status == status
    if media.startswith("application/xml"):
        found = znuny.send("POST", CONNECTOR, wrapped(LOGIN, "1.2"), {"Content-Type": media})
        assert found.headers["content-type"] == "application/soap+xml; charset=UTF-8"


def test_znuny_http_refusals_are_a_line_of_text(znuny):
    media = {"Content-Type": "text/xml"}
    for method, body, headers, status in (
        ("PUT", b"", {}, 405),
        ("DELETE", b"", {}, 405),
        ("POST", b"", media, 411),
        ("POST", b"", {**media, "Content-Length": "0"}, 411),
        ("POST", b"x", {**media, "Content-Encoding": "gzip"}, 415),
        ("POST", b"x", {**media, "Content-Length": str(33 * 1024 * 1024)}, 413),
    ):
        found = znuny.send(method, CONNECTOR, body, headers)
        assert (found.status, found.headers["content-type"]) == (
            status, "text/plain; charset=utf-8",
        )  # fmt: skip
        assert found.body.count(b"\n") == 1
    found = znuny.send("POST", TIMES, b"x", {**media, "Content-Length": str(9 * 1024 * 1024)})
    assert found.status == 413


def test_znuny_unknown_services_are_not_there(znuny):
    for path in ("Webservice/Unknown", "WebserviceID/1", "Webservice/genericticketconnectorsoap"):
        assert znuny.post(f"/otrs/nph-genericinterface.pl/{path}", LOGIN).status == 404
    escaped = CONNECTOR.replace("Generic", "%47eneric")
    assert opened(znuny.post(escaped, LOGIN))


# --- faults ----------------------------------------------------------------------------------

ENVELOPE = "No SOAP envelope with exactly one operation in its Body."
NO_DTD = "Document type declarations and processing instructions are not allowed."
S = ENVELOPES["1.1"]
WSSE = wssecurity.SECURITY.partition("}")[0][1:]


@pytest.mark.parametrize(
    ("message", "code", "kind", "text"),
    [
        (b"<x", "Client", "XML", r"Error deserializing message: line 1, column \d+: .*"),
        (b"", None, None, None),
        (wrapped(b"<a>\n<b></a>"), "Client", "XML",
         r"Error deserializing message: line 2, column \d+: .*"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + wrapped(LOGIN), "Client", "DocumentType", NO_DTD),
        (wrapped(b"<?php?>" + LOGIN), "Client", "DocumentType", NO_DTD),
        (wrapped(b"<SessionCreate>" + b"<a>" * 70 + b"</a>" * 70 + b"</SessionCreate>"),
         "Client", "Limit", r"The request exceeds the limit on depth\."),
        (wrapped(b"<SessionCreate>" + b"<a/>" * 2001 + b"</SessionCreate>"),
         "Client", "Limit", r"The request exceeds the limit on children of an element\."),
        (wrapped(b""), "Client", "Envelope", ENVELOPE),
        (wrapped(LOGIN + LOGIN), "Client", "Envelope", ENVELOPE),
        (b"<a/>", "Client", "Envelope", ENVELOPE),
        (wrapped(LOGIN).replace(S.encode(), b"urn:x"), "VersionMismatch", "Envelope", ENVELOPE),
        (wrapped(LOGIN, header=f'<a xmlns="urn:h" xmlns:s="{S}" s:mustUnderstand="1"/>'),
         "MustUnderstand", "MustUnderstand", r"Header block {urn:h}a is not understood\."),
        (wrapped(LOGIN, header=f'<Security xmlns="{WSSE}" xmlns:s="{S}" s:mustUnderstand="1"/>'),
         "MustUnderstand", "MustUnderstand", f"Header block {{{WSSE}}}Security is not understood."),
        (wrapped(b'<Nothing xmlns="urn:x"/>'), "Client", "Operation",
         r"Got no OperationType! Operation 'Nothing' is not part of this web service\."),
        (wrapped(b"<sessioncreate/>"), "Client", "Operation", "Got no OperationType!.*"),
        (wrapped(b"<SessionCreate>text<UserLogin>x</UserLogin></SessionCreate>"), "Client", "XML",
         r"Error deserializing message: line 1, column 1: text beside child elements"),
        (wrapped(b'<SessionCreate><UserLogin href="#1"/></SessionCreate>'), "Client", "XML",
         ".*reference by id or href"),
        (wrapped(b'<SessionCreate><a id="1">x</a><UserLogin href="#1"/></SessionCreate>'),
         "Client", "XML", ".*reference by id or href"),
        (wrapped(LOGIN).replace(b":Body>", b':Body href="#1">', 1), "Client", "XML",
         ".*reference by id or href"),
    ],
)  # fmt: skip
def test_znuny_a80_each_fault(znuny, message, code, kind, text):
    found = znuny.post(CONNECTOR, message, whole=True)
    if code is None:
        assert found.status == 411
        return
    fault = fault_of(found)
    assert (fault.status, fault.code, fault.detail["Code"]) == (500, code, kind)
    assert re.fullmatch(text, fault.text)
    assert fault.detail["Message"] == fault.text
    assert fault.detail["RequestID"].isdigit()
    assert fault.namespace == NS
    assert fault.headers["content-type"] == "text/xml; charset=UTF-8"


def test_znuny_a80_faults_of_soap_1_2(znuny):
    for body, status, code in (
        (b"<Nothing/>", 400, "Sender"),
        (b"<SessionCreate><a href='#1'/></SessionCreate>", 400, "Sender"),
    ):
        fault = znuny.fault(CONNECTOR, body, version="1.2")
        assert (fault.status, fault.code) == (status, code)
    header = f'<a xmlns="urn:h" xmlns:s="{ENVELOPES["1.2"]}" s:mustUnderstand="true"/>'
    message = wrapped(LOGIN, "1.2", header)
    fault = znuny.fault(CONNECTOR, message, version="1.2", whole=True)
    assert (fault.status, fault.code) == (500, "MustUnderstand")


def test_znuny_a80_a_throttled_caller_is_told_when_to_come_again(databases):
    with running_znuny(databases, login__failures_per_account="2") as znuny:
        wrong = request("SessionCreate", {**AGENT, "Password": "wrong"})
        for _ in range(2):
            znuny.post(CONNECTOR, wrong)
        fault = znuny.fault(CONNECTOR, wrong)
        assert (fault.code, fault.detail["Code"]) == ("Client", "Throttled")
        assert fault.text == "Too many requests."
        assert int(fault.headers["retry-after"]) > 0
        reply = znuny.rest_call("SessionCreate", {**AGENT, "Password": "wrong"})
        assert (reply.status, reply.code) == (429, "Request.Throttled")
        assert int(reply.headers["retry-after"]) > 0


def test_znuny_headers_that_nobody_must_understand_are_ignored(znuny):
    header = f'<a xmlns="urn:h"><b>1</b></a><Security xmlns="{WSSE}"><UsernameToken/></Security>'
    found = znuny.post(CONNECTOR, wrapped(LOGIN, header=header), whole=True)
    assert opened(found)
    assert opened(znuny.post(CONNECTOR, LOGIN, {"Authorization": "Basic !"}))
