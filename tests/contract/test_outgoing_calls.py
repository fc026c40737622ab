"""What steps send to a partner, and what they make of its answers."""

import base64
import gzip
import json
import zlib

import pytest

from gateway.delivery.addresses import Addresses
from gateway.delivery.connection import Late
from gateway.delivery.steps.step import Answered
from gateway.domain.process import Kind
from gateway.usecases.ports import LeaseLost, Permanent, TargetAuth, Transient
from tests.kit.simulator import Proof, Simulator, contract
from tests.kit.simulator.server import Page
from tests.kit.steps import EVENT, Authority, Bench, Given

HASH = "1.k2.Zk1nJv0Q3sR8uXyA5bC7dE9fG1hI2jK3lM4nO5pQ6rS"
INCIDENT = {"CallerTicket": "4711", "Task": "815", "Text": "Door <A> & lock", "EventId": str(EVENT)}
FORM = "application/x-www-form-urlencoded"
SECRET = "let me in"


@pytest.fixture(scope="module")
def running():
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def desk(running):
    running.calm()
    return running


@pytest.fixture
def bench(desk, tmp_path):
    (tmp_path / "secret").write_text(SECRET + "\n")
    return Bench(desk.url, tmp_path)


def create(bench, arguments=INCIDENT, **keys):
    return bench.soap(operation="CreateIncident", arguments=arguments, **keys)


# -- soap -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("port", ["Desk11", "Desk12"])
def test_a_soap_step_calls_by_the_wsdl_and_gives_the_answer_to_map(bench, desk, port):
    answered = create(bench, port=port)
    assert isinstance(answered, Answered), answered
    (received,) = desk.desk.received
    assert f"<t:Number>{received.number}</t:Number>" in answered.body
    assert received.data["Text"] == "Door <A> & lock"
    assert (received.event, received.key) == (str(EVENT), f"{EVENT}/send")
    assert bench.held == 1


def test_texts_become_values_of_the_xsd_types(bench, desk):
    values = {
        "Weight": " 5 ", "Urgent": "True", "Due": "2026-03-04T10:15:27+00:00",
        "Opened": "2026-03-04T10:15:27+00:00", "Price": "12.50", "Fetched": "",
    }  # fmt: skip
    assert isinstance(create(bench, INCIDENT | values), Answered)
    (received,) = desk.desk.received
    shown = {name: received.data[name] for name in ("Weight", "Urgent", "Due", "Opened", "Price")}
    assert shown == {
        "Weight": "5", "Urgent": "true", "Due": "2026-03-04",
        "Opened": "2026-03-04T10:15:27+00:00", "Price": "12.50",
    }  # fmt: skip
    assert "Fetched" not in received.data


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"CallerTicket": "no number"}, "CallerTicket: no value of the type long"),
        ({"CallerTicket": ""}, "CallerTicket: a value of the type long is required"),
        ({"CallerTicket": "9223372036854775808"}, "CallerTicket: no value of the type long"),
        ({"Urgent": "perhaps"}, "Urgent: no value of the type boolean"),
        ({"Due": "2026-02-30"}, "Due: no value of the type date"),
        ({"Files": {"File": [{"Name": "a", "Data": "§"}]}}, "Files.File[0].Data: no value of the"),
        ({"Colour": "red"}, "Colour: the WSDL has no such element"),
        ({"Text": ["a", "b"]}, "Text: one value expected, not a list"),
        ({"Text": {"a": "b"}}, "Text: one value of the type string expected"),
        ({"Text": "a\x00b"}, "Text: a character that XML cannot carry"),
        ({"Files": "none"}, "Files: a table expected"),
    ],
)
def test_a_text_that_is_no_value_of_its_type_fails_for_good(bench, desk, values, complaint):
    failed = create(bench, INCIDENT | values)
    assert isinstance(failed, Permanent)
    assert failed.error.startswith(complaint)
    assert desk.desk.received == []


def test_a_missing_element_fails_for_good(bench, desk):
    failed = create(bench, {"CallerTicket": "1"})
    assert isinstance(failed, Permanent)
    assert "Task" in failed.error
    assert desk.desk.received == []


def test_attachments_arrive_and_are_recorded_by_size_and_hash(bench, desk):
    content = bytes(range(256)) * 8
    files = [{"Name": f"{n}.bin", "Data": base64.b64encode(content).decode()} for n in range(2)]
    answered = create(bench, INCIDENT | {"Files": {"File": files}})
    assert isinstance(answered, Answered)
    (received,) = desk.desk.received
    assert received.data["Files"] == [("0.bin", content), ("1.bin", content)]
    assert answered.exchange.request.count("[2048 bytes, SHA-256 ") == 2
    assert files[0]["Data"][:100] not in answered.exchange.request


def test_an_empty_list_of_attachments_leaves_its_element_out(bench, desk):
    answered = create(bench, INCIDENT | {"Files": {"File": []}})
    assert isinstance(answered, Answered)
    assert "Files" not in answered.exchange.request


def test_empty_values_are_sent_if_the_step_says_so(bench, desk):
    values = INCIDENT | {"CallbackHash": "", "Fetched": ""}
    answered = create(bench, values, omit_empty=False)
    assert isinstance(answered, Answered)
    assert "CallbackHash" in answered.exchange.request
    assert 'nil="true"' in answered.exchange.request


def test_a_header_of_the_wsdl_is_sent(bench, desk):
    assert isinstance(create(bench, header={"Tenant": "7"}), Answered)
    assert desk.desk.received[0].data["Tenant"] == "7"


def test_a_call_that_has_no_answer_ends_well_with_202(bench, desk):
    assert isinstance(bench.soap(operation="Tell", arguments={"Text": "hello"}), Answered)


def test_the_wsdl_is_fetched_once_for_many_calls(bench, desk):
    for _ in range(3):
        create(bench)
    assert [target for method, target in desk.asked if method == "GET"] == [
        "/desk/TicketService?wsdl"
    ]


def test_a_new_operation_of_the_partner_is_found_although_an_older_wsdl_is_kept(bench, desk):
    newer = contract.wsdl(f"{desk.url}{contract.PATH}")
    desk.pages["/moving?wsdl"] = Page(newer.replace(b"CreateIncident", b"OpenIncident"))
    assert isinstance(create(bench, wsdl="/moving?wsdl"), Permanent)
    desk.pages["/moving?wsdl"] = Page(newer)
    assert isinstance(create(bench, wsdl="/moving?wsdl"), Answered)


@pytest.mark.parametrize(
    ("keys", "complaint"),
    [
        ({"operation": "Destroy"}, "the WSDL has no operation Destroy"),
        ({"operation": "CreateIncident", "port": "Desk13"}, "no operation CreateIncident at any"),
        ({"operation": "CreateIncident", "target": "other"}, "no target other"),
        ({"operation": "CreateIncident", "wsdl": "/nowhere?wsdl"}, "HTTP status 404 for the WSDL"),
        ({"operation": "CreateIncident", "wsdl": "/a/../../b?wsdl"}, "leaves the base URL"),
        ({"operation": "CreateIncident", "wsdl": "file:none.wsdl"}, "No such file"),
        ({"operation": "CreateIncident", "wsdl": "file:../x.wsdl"}, "no name of a file"),
    ],
)
def test_what_cannot_be_called_fails_for_good(bench, desk, keys, complaint):
    failed = bench.soap(arguments=INCIDENT, **keys)
    assert isinstance(failed, Permanent)
    assert complaint in failed.error


def test_a_wsdl_may_lie_in_the_operators_folder(bench, desk, tmp_path):
    desk_wsdl(desk, tmp_path)
    answered = create(bench, wsdl="file:desk.wsdl")
    assert isinstance(answered, Answered)
    assert [method for method, _ in desk.asked] == ["POST"]


def desk_wsdl(desk, folder):
    include = '<xs:include schemaLocation="more.xsd"/>'
    (folder / "desk.wsdl").write_bytes(contract.wsdl(f"{desk.url}{contract.PATH}", include))
    (folder / "more.xsd").write_text(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"'
        ' targetNamespace="urn:northwind:desk:1"><xs:element name="More" type="xs:string"/>'
        "</xs:schema>"
    )


# -- http -----------------------------------------------------------------------------------------


@pytest.fixture
def incident(bench, desk):
    create(bench)
    desk.asked.clear()
    bench.key = f"{EVENT}/note"
    return desk.incident().number


def test_an_http_step_sends_json_and_takes_what_it_expects(bench, desk, incident):
    keys = {
        "path": "/v2/incidents/#REFERENCE#/notes",
        "json": {"text": "#TEXT#", "n": 7, "event": "e-2"},
        "expect": [200, 201, 409],
    }
    texts = Given(REFERENCE=incident, TEXT="on our way")
    answered = bench.http(method="POST", texts=texts, **keys)
    assert isinstance(answered, Answered), answered
    assert json.loads(answered.body) == {"number": incident, "new": True}
    assert desk.desk.incidents[incident].notes == ["on our way"]
    repeated = bench.http(method="POST", texts=texts, **keys)
    assert repeated.exchange.status == 409
    assert desk.desk.repeats() == 1


@pytest.mark.parametrize(
    ("keys", "sent"),
    [
        ({"body": "{}", "body_type": "json"}, ("application/json", "{}")),
        ({"body": "<a/>", "body_type": "xml"}, ("application/xml; charset=utf-8", "<a/>")),
        ({"body": "grüße"}, ("text/plain; charset=utf-8", "grüße")),
        ({"form": {"a": "1 2", "b": ["x", "y"]}}, (FORM, "a=1+2&b=x&b=y")),
    ],
)  # fmt: skip
def test_bodies_say_what_they_are(bench, desk, keys, sent):
    exchange = bench.http(method="POST", path="/x", **keys).exchange
    head, _, body = exchange.request.partition("\n\n")
    assert (f"Content-Type: {sent[0]}" in head, body) == (True, sent[1])


def test_query_and_headers_are_sent(bench, desk):
    bench.http(path="/x?a=1", query={"b": "c d&e", "f": True}, headers={"X-Place": "Gelöst"})
    assert desk.asked == [("GET", "/x?a=1&b=c%20d%26e&f=true")]


@pytest.mark.parametrize("reference", ["..", "../..", "a/../b", "..%2f..", "%2e%2e", "..\\.."])
def test_no_reference_leads_out_of_the_base_url(bench, desk, reference):
    failed = bench.http(path="/v2/incidents/#R#/notes", texts=Given(R=reference))
    assert isinstance(failed, Permanent)
    assert desk.asked == []


@pytest.mark.parametrize("name", ["Host", "content-length", "Transfer-Encoding", "Connection"])
def test_a_process_cannot_set_what_frames_a_message(bench, desk, name):
    assert isinstance(bench.http(path="/x", headers={name: "1"}), Permanent)
    assert desk.asked == []


def test_j11_a_line_break_in_a_header_is_not_sent(bench, desk):
    failed = bench.http(path="/x", headers={"X-Place": "#V#"}, texts=Given(V="a\r\nX-Evil: 1"))
    assert isinstance(failed, Permanent)
    assert "forbidden characters" in failed.error
    assert desk.asked == []


# -- how we prove ourselves -----------------------------------------------------------------------


@pytest.mark.parametrize("auth", [auth for auth in TargetAuth if auth is not TargetAuth.NONE])
def test_each_way_to_prove_ourselves_is_believed_and_never_recorded(desk, tmp_path, auth):
    (tmp_path / "secret").write_text(SECRET + "\n")
    desk.proof = Proof(auth=auth, user="gateway", secret=SECRET)
    bench = Bench(
        desk.url, tmp_path, auth=auth, user_name="gateway", header_name="X-Api-Key",
        secret="secret",
    )  # fmt: skip
    answered = create(bench)
    assert isinstance(answered, Answered), answered
    shown = answered.exchange.request + answered.exchange.answer
    pair = base64.b64encode(f"gateway:{SECRET}".encode()).decode()
    assert SECRET not in shown
    assert pair not in shown
    assert "***" in shown


def test_a_secret_that_is_missing_fails_for_good_and_is_named(desk, tmp_path):
    bench = Bench(desk.url, tmp_path, auth=TargetAuth.BASIC, secret="nowhere")
    failed = create(bench)
    assert isinstance(failed, Permanent)
    assert "'nowhere'" in failed.error
    assert desk.asked == []


def test_hashes_and_secrets_are_masked_wherever_a_process_puts_them(bench, desk):
    bench.masked = (HASH,)
    answered = create(bench, INCIDENT | {"CallbackHash": HASH, "Text": f"see {HASH}"})
    assert desk.desk.received[0].data["CallbackHash"] == HASH
    assert HASH not in answered.exchange.request
    sent = bench.http(path="/x", query={"h": HASH}, json={"h": HASH}, method="POST")
    assert HASH not in sent.exchange.request


def test_a_record_is_bounded(bench, desk):
    answered = create(bench, INCIDENT | {"Text": "long text, " * 20_000})
    assert len(answered.exchange.request) < 66_000
    assert "[cut, " in answered.exchange.request


# -- TLS ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


def test_a_client_certificate_of_the_target_is_shown(authority, tmp_path):
    server = authority.server(authority.issue("desk"), asks=True)
    with Simulator(tls=server) as desk:
        files = {"ca_file": authority.file}
        bench = Bench(desk.url, tmp_path, client_certificate_file=authority.issue("us"), **files)
        assert isinstance(create(bench), Answered)
        failed = create(Bench(desk.url, tmp_path, **files))
        assert isinstance(failed, Transient)
        assert len(desk.desk.received) == 1


@pytest.mark.parametrize(
    ("certificate", "trusted", "complaint"),
    [
        ({}, False, "unable to get local issuer certificate"),
        ({"expired": True}, True, "certificate has expired"),
        ({"address": "127.0.0.9"}, True, "IP address mismatch"),
    ],
)
def test_j6_a_certificate_that_proves_nothing_is_refused(
    authority, tmp_path, certificate, trusted, complaint
):
    file = authority.issue("doubtful", **certificate)
    with Simulator(tls=authority.server(file)) as desk:
        bench = Bench(desk.url, tmp_path, ca_file=authority.file if trusted else "")
        failed = create(bench)
    assert isinstance(failed, Transient)
    assert complaint in failed.error
    assert desk.asked == []


def test_a_certificate_file_that_is_missing_fails_for_good(authority, tmp_path):
    with Simulator(tls=authority.server(authority.issue("desk"))) as desk:
        failed = create(Bench(desk.url, tmp_path, ca_file=str(tmp_path / "none.pem")))
    assert isinstance(failed, Permanent)
    assert "ca_file" in failed.error


# -- transient and permanent ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chaos", "failure", "error"),
    [
        ("refuse", Transient, "no whole answer"),
        ("reset", Transient, "no whole answer"),
        ("cut", Transient, "no whole answer"),
        ("lose-answer", Transient, "no whole answer"),
        ("429", Transient, "HTTP status 429"),
        ("500", Transient, "HTTP status 500"),
        ("server-fault", Transient, "fault Server: the desk is on fire"),
        ("html", Transient, "unreadable answer: no SOAP envelope (text/html)"),
        ("charset", Transient, "unreadable answer"),
        ("garbage", Transient, "no whole answer"),
        ("dtd", Transient, "unreadable answer"),
        ("400", Permanent, "HTTP status 400"),
        ("client-fault", Permanent, "fault Client: the desk is on fire"),
        ("redirect", Permanent, "HTTP status 307"),
    ],
)
def test_j2_j5_j7_a_bad_answer_to_a_soap_call_is_judged(bench, desk, chaos, failure, error):
    desk.chaos.on(chaos)
    failed = create(bench)
    assert isinstance(failed, failure), failed
    assert error in failed.error
    assert failed.exchange.request.startswith(f"POST {desk.url}/desk/TicketService")
    assert failed.retry_after_s == 7 if chaos == "429" else True


def test_faults_of_soap_12_are_judged_by_their_own_codes(bench, desk):
    desk.chaos.on("client-fault")
    assert create(bench, port="Desk12").error.startswith("fault Sender")
    desk.chaos.on("server-fault")
    assert isinstance(create(bench, port="Desk12"), Transient)


@pytest.mark.parametrize(
    ("status", "failure"),
    [(301, Permanent), (401, Permanent), (404, Permanent), (408, Transient), (425, Transient),
     (429, Transient), (501, Transient), (503, Transient)],
)  # fmt: skip
def test_a_status_that_is_not_expected_is_judged(bench, desk, status, failure):
    desk.pages["/x"] = Page(b"no", "text/plain", status)
    failed = bench.http(path="/x")
    assert isinstance(failed, failure)
    refused = ": our credentials are refused" if status == 401 else ""
    assert failed.error == f"HTTP status {status}{refused}"


def test_j1_a_redirect_is_not_followed(bench, desk):
    desk.pages["/x"] = Page(b"", "text/plain", 302, {"Location": f"{desk.url}/inner"})
    assert isinstance(bench.http(path="/x"), Permanent)
    assert desk.asked == [("GET", "/x")]


@pytest.mark.parametrize(
    ("page", "readable"),
    [
        (Page(b"<p>Sign in</p>", "text/html"), False),
        (Page(b"{broken", "application/json"), False),
        (Page(b"[" * 100_000, "application/json"), False),
        (Page(b"<a><b></a>", "application/xml"), False),
        (Page(b"<!DOCTYPE a><a/>", "application/xml"), False),
        (Page(b"\xff\xfe", "text/plain; charset=utf-8"), False),
        (Page(b"x", "text/plain; charset=klingon"), False),
        (Page("grün".encode("latin-1"), "text/plain; charset=iso-8859-1"), True),
        (Page(b"", "application/json", 204), True),
        (Page(b"thanks", "text/plain"), True),
        (Page(gzip.compress(b"a") * 2, "text/plain", headers={"Content-Encoding": "gzip"}), True),
        (Page(zlib.compress(b"a"), "text/plain", headers={"Content-Encoding": "deflate"}), True),
        (Page(gzip.compress(b"a")[:9], "a/b", headers={"Content-Encoding": "gzip"}), False),
        (Page(b"plain", "a/b", headers={"Content-Encoding": "gzip"}), False),
        (Page(b"plain", "a/b", headers={"Content-Encoding": "br"}), False),
    ],
)
def test_a_good_status_with_an_unreadable_answer_is_tried_again(bench, desk, page, readable):
    desk.pages["/x"] = page
    outcome = bench.http(path="/x")
    assert isinstance(outcome, Answered if readable else Transient), outcome


@pytest.mark.parametrize(("expect", "good"), [(["400..404"], True), ([], False), ([404], True)])
def test_the_statuses_that_are_expected_are_good(bench, desk, expect, good):
    desk.pages["/x"] = Page(b"no", "text/plain", 404)
    assert isinstance(bench.http(path="/x", expect=expect), Answered) is good


@pytest.mark.parametrize("auth", [TargetAuth.WSSE, TargetAuth.WSSE_DIGEST])
def test_a_target_of_soap_calls_is_not_called_without_proof(desk, tmp_path, auth):
    (tmp_path / "secret").write_text(SECRET)
    bench = Bench(desk.url, tmp_path, auth=auth, secret="secret")
    assert isinstance(bench.http(path="/x"), Permanent)
    assert bench.checked(Kind.HTTP)[0].startswith("target: auth ")
    assert desk.asked == []


def test_nobody_at_the_address_is_tried_again(tmp_path, desk):
    failed = Bench("http://127.0.0.1:9", tmp_path).http(path="/x")
    assert isinstance(failed, Transient)
    assert failed.error.startswith("no connection to http://127.0.0.1:")
    assert failed.error.endswith("Connection refused")


def test_a_connection_for_which_no_time_is_left_is_tried_again(bench, monkeypatch):
    def late(*_):
        raise Late

    monkeypatch.setattr(Addresses, "callable_at", late)
    failed = bench.http(method="GET", path="/v2/incidents/NW-1")
    assert isinstance(failed, Transient)
    assert failed.error.startswith("no connection to http://127.0.0.1:")
    assert failed.error.endswith("in time")


def test_nothing_is_sent_when_another_worker_has_taken_over(bench, desk):
    def lost():
        raise LeaseLost

    bench._hold = lost
    with pytest.raises(LeaseLost):
        create(bench)
    with pytest.raises(LeaseLost):
        bench.http(path="/x")
    assert desk.desk.received == []


# -- checks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ({}, []),
        ({"target": "none"}, ["target: no target none"]),
        ({"path": "/a/../b"}, ["path: leaves the base URL"]),
        ({"headers": {"Host": "x", "A B": "c"}}, ["headers: Host", "headers: A B"]),
    ],
)
def test_a_check_of_an_http_step_names_the_key(bench, keys, found):
    complaints = bench.checked(Kind.HTTP, **keys)
    assert len(complaints) == len(found)
    assert all(said.startswith(begin) for said, begin in zip(complaints, found, strict=True))


def test_a_check_of_a_soap_step_reads_a_wsdl_of_the_folder(bench, desk, tmp_path):
    desk_wsdl(desk, tmp_path)
    good = {"wsdl": "file:desk.wsdl", "operation": "CreateIncident"}
    assert bench.checked(Kind.SOAP, **good) == []
    assert bench.checked(Kind.SOAP, **good | {"operation": "Destroy"}) == [
        "operation: the WSDL has no operation Destroy"
    ]
    (said,) = bench.checked(Kind.SOAP, **good | {"wsdl": "file:none"})
    assert said.startswith("wsdl: file:none: No such file")
    assert desk.asked == []
