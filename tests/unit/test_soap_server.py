"""The stages of a SOAP request: their order, their marks, and what comes of each failure."""

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from gateway import clock
from gateway.errors import (
    GatewayError,
    StorageAway,
    TooManyRequests,
    Unauthenticated,
)
from gateway.http.exchange import Answer, Outcome, Stage, Trace
from gateway.soap.codec import UnwritableText
from gateway.soap.envelope import SoapVersion
from gateway.soap.server import CallContext
from tests.kit.envelopes import Sent, envelope, login, request, security, trace
from tests.kit.probe import (
    NAMESPACE,
    NOTE_BYTES,
    SECRET,
    SESSION,
    USER,
    Probe,
    build_probe,
    note,
    ping,
)

V11, V12 = SoapVersion.V11, SoapVersion.V12
LOGIN = login(USER, SECRET)
BASIC = "Basic " + base64.b64encode(f"{USER}:{SECRET}".encode()).decode()


@pytest.fixture
def probe() -> Probe:
    return build_probe()


def session(value: str) -> str:
    return f'<SessionId xmlns="{NAMESPACE}">{value}</SessionId>'


def ask(
    probe: Probe,
    body: str,
    header: str = LOGIN,
    *,
    version: SoapVersion = V11,
    deadline_s: float = 30,
    **headers: str,
) -> tuple[Answer, Trace]:
    sent = Sent(body=envelope(version, body, header).encode()).with_headers(**headers)
    made = replace(request(sent, version), deadline_s=clock.monotonic_s() + deadline_s)
    seen = trace()
    return probe.endpoint.answer(made, seen), seen


def fault_text(answer: Answer) -> str:
    root = etree.fromstring(answer.body)
    found = root.findtext(".//faultstring") or root.findtext(f".//{{{V12.namespace}}}Text")
    assert found is not None
    return found


def fail(how: str) -> str:
    return f'<Fail_V1 xmlns="{NAMESPACE}"><How>{how}</How></Fail_V1>'


def put(probe: Probe, function: Callable[[CallContext, str], str]) -> None:
    """Put this function in the place of Ping."""
    operations: Any = probe.endpoint._operations
    tag = f"{{{NAMESPACE}}}Ping_V1"
    operations[tag] = replace(operations[tag], function=function)


@pytest.mark.parametrize("version", SoapVersion)
def test_a_good_request_passes_all_stages(probe, version):
    answer, seen = ask(probe, ping("héllo"), version=version)
    assert answer.status == 200
    assert answer.media_type == f"{version.media_type}; charset=utf-8"
    assert "héllo" in answer.body.decode()
    assert seen.stage is Stage.ANSWERED
    assert seen.outcome is Outcome.OK
    assert (seen.operation, seen.account, seen.account_id) == ("Ping_V1", USER, 7)
    assert (seen.soap_version, seen.code) == (version.label, "")


@pytest.mark.parametrize(
    ("body", "header", "stage", "code"),
    [
        ("<x/><y/>", "", Stage.RECEIVED, "GW-115"),
        (ping(), "", Stage.PARSED, "GW-401"),
        (ping(), login(USER, "wrong"), Stage.PARSED, "GW-402"),
        ("<nothing/>", LOGIN, Stage.IDENTIFIED, "GW-119"),
        (ping("x").replace("Text", "Other"), LOGIN, Stage.IDENTIFIED, "GW-120"),
        (note("<Id>1</Id><Content>!</Content>"), LOGIN, Stage.VALIDATED, "GW-120"),
        (fail("later"), LOGIN, Stage.TRANSLATED, "GW-503"),
    ],
)
def test_a_refusal_leaves_the_stage_it_happened_after(probe, body, header, stage, code):
    _, seen = ask(probe, body, header)
    assert (seen.stage, seen.code) == (stage, code)


def test_the_endpoint_speaks_for_its_dialect(probe):
    assert probe.endpoint.dialect == "probe"


def test_without_credentials_the_answer_is_a_challenge(probe):
    answer, seen = ask(probe, ping(), "")
    assert answer.status == 401
    assert dict(answer.headers)["WWW-Authenticate"].startswith("Basic ")
    assert answer.media_type.startswith("text/plain")
    assert answer.body.count(b"\n") == 1
    assert seen.outcome is Outcome.REFUSED


def test_credentials_come_before_the_operation(probe):
    assert ask(probe, "<nothing/>", "")[0].status == 401


@pytest.mark.parametrize(
    ("header", "headers"),
    [
        (LOGIN, {}),
        ("", {"authorization": BASIC}),
        ("", {"x_sics_session": SESSION}),
        (session(SESSION), {}),
        (session(f"\n {SESSION} "), {}),
        (session(SESSION) + LOGIN, {"authorization": BASIC}),
        (session(""), {"authorization": BASIC}),
        (security("<u:Timestamp/>"), {"authorization": BASIC}),
    ],
)
def test_every_way_to_identify_is_taken(probe, header, headers):
    assert ask(probe, ping(), header, **headers)[0].status == 200


@pytest.mark.parametrize(
    ("header", "headers"),
    [
        (LOGIN, {"x_sics_session": "other"}),
        (session("other") + LOGIN, {}),
        (login(USER, "wrong"), {"authorization": BASIC}),
        (session(f"<a>{SESSION}</a>") + LOGIN, {}),
    ],
)
def test_one_wrong_credential_refuses_the_call(probe, header, headers):
    answer, seen = ask(probe, ping(), header, **headers)
    assert answer.status == 500
    assert seen.stage is Stage.PARSED


def test_a_login_header_for_another_actor_is_not_read(probe):
    attributes = f' xmlns:e="{V11.namespace}" e:actor="urn:other"'
    assert ask(probe, ping(), LOGIN.replace(" xmlns:u", f"{attributes} xmlns:u"))[0].status == 401


def test_a_digest_is_refused_in_words(probe):
    answer, _ = ask(probe, ping(), LOGIN.replace("#PasswordText", "#PasswordDigest"))
    assert fault_text(answer) == "only PasswordText is accepted"


@pytest.mark.parametrize("version", SoapVersion)
def test_a_throttled_caller_is_told_when_to_come_again(probe, version):
    probe.accounts.failure = TooManyRequests(42)
    answer, seen = ask(probe, ping(), version=version)
    assert ("Retry-After", "42") in answer.headers
    assert answer.status == (400 if version is V12 else 500)
    assert seen.code == "GW-429"


def test_an_absent_storage_is_our_fault(probe):
    probe.accounts.failure = StorageAway()
    answer, seen = ask(probe, ping(), version=V12)
    assert answer.status == 500
    assert fault_text(answer) == "storage not available, reference 88123"
    assert seen.outcome is Outcome.FAILED


def test_nothing_is_called_after_the_deadline(probe):
    answer, seen = ask(probe, note(), deadline_s=-1)
    assert seen.code == "GW-504"
    assert probe.desk.saved == []
    assert any(name == "Retry-After" for name, _ in answer.headers)


def test_a_lost_commit_is_said_to_be_unknown(probe):
    answer, seen = ask(probe, fail("unknown"))
    assert fault_text(answer) == "outcome unknown, reference 88123"
    assert seen.outcome is Outcome.FAILED
    assert answer.headers == ()


def test_the_cap_of_an_operation_is_its_own(probe):
    content = base64.b64encode(b"x" * 3 * 1024 * 1024).decode()
    more = "<Tags>" + f"<string>{'y' * 3_000_000}</string>" * 2 + "</Tags>"
    answer, _ = ask(probe, note(f"<Id>1</Id><Content>{content}</Content>{more}"))
    assert answer.status == 200
    answer, seen = ask(probe, ping("x" * 3_000_000 + "</Text><Text>" + "y" * 6_000_000))
    assert answer.status == 500  # one text is too long already
    big = "</Text><Text>".join(["x" * 3_000_000] * 3)
    answer, seen = ask(probe, ping(big))
    assert (answer.status, seen.code) == (413, "GW-104")
    assert probe.endpoint.max_body_bytes == NOTE_BYTES


def test_an_unforeseen_exception_is_left_to_the_last_resort(probe):
    with pytest.raises(RuntimeError):
        ask(probe, fail("bug"))


@pytest.mark.parametrize("version", SoapVersion)
def test_the_last_resort_answers_prebuilt_bytes(probe, version):
    made, seen = request(Sent(body=b""), version), trace()
    answer = probe.endpoint.broken(made, seen)
    assert answer.status == 500
    assert fault_text(answer) == "internal error, reference 88123"
    assert SECRET.encode() not in answer.body
    assert (seen.outcome, seen.code) == (Outcome.FAILED, "GW-501")


def test_the_last_resort_keeps_to_the_version_of_the_envelope(probe):
    seen = trace()
    seen.soap_version = "1.2"
    answer = probe.endpoint.broken(request(Sent(body=b""), V11), seen)
    assert answer.media_type.startswith("application/soap+xml")


def test_a_value_that_cannot_be_written_is_a_bug_of_ours(probe):
    put(probe, lambda _ctx, _text: "a\x0bb")
    with pytest.raises(UnwritableText):
        ask(probe, ping())


@pytest.mark.parametrize("version", SoapVersion)
def test_an_overloaded_gateway_says_try_later(probe, version):
    seen = trace()
    answer = probe.endpoint.try_later(request(Sent(body=b""), version), seen, 7)
    assert answer.status == 500
    assert ("Retry-After", "7") in answer.headers
    assert fault_text(answer) == "try later, reference 88123"
    assert seen.code == "GW-503"


def test_another_media_type_is_415(probe):
    made = request(Sent(body=b"{}", content_type="application/json"), V11)
    assert probe.endpoint.answer(made, trace()).status == 415


def test_request_and_answer_are_stored_without_secrets(probe):
    body = note("<Id>1</Id><Content>aGk=</Content><Password>canary</Password>")
    answer, seen = ask(probe, body, session(SESSION) + LOGIN)
    assert b"canary" in answer.body
    assert seen.stored_request is not None
    assert seen.stored_answer is not None
    for stored in (seen.stored_request, seen.stored_answer):
        assert "canary" not in stored
        assert "[2 bytes, SHA-256 " in stored
    assert probe.desk.saved[0].Password == "canary"


def test_an_answer_without_secrets_is_stored_as_it_is(probe):
    assert ask(probe, ping())[1].stored_answer is None


def test_a_refused_request_is_stored_once_it_could_be_parsed(probe):
    assert ask(probe, ping(), "")[1].stored_request is not None
    assert ask(probe, "<a", "")[1].stored_request is None


def test_the_called_method_finds_the_circumstances(probe):
    found = []

    def spy(ctx: CallContext, text: str) -> str:
        found.append(ctx.udc)
        return text

    put(probe, spy)
    _, seen = ask(probe, ping(), version=V12, idempotency_key="k1")
    (call,) = found
    assert call.principal.account == USER
    assert (call.version, call.key) == (V12, "k1")
    assert call.trace is seen
    assert call.desk is probe.desk


def test_an_outcome_that_the_service_settled_is_kept(probe):
    def refuse(ctx: CallContext, text: str) -> str:
        ctx.udc.trace.outcome, ctx.udc.trace.code = Outcome.REFUSED, "GW-130"
        return text

    put(probe, refuse)
    answer, seen = ask(probe, ping())
    assert (answer.status, seen.outcome, seen.code) == (200, Outcome.REFUSED, "GW-130")


def test_every_unauthenticated_caller_hears_one_sentence(probe):
    first = ask(probe, ping(), login("nobody", SECRET))[0]
    second = ask(probe, ping(), login(USER, "wrong"))[0]
    assert first.body == second.body
    assert fault_text(first) == Unauthenticated.default


def test_must_understand_in_soap_12_carries_the_block(probe):
    header = f'<h xmlns="urn:h" xmlns:e="{V12.namespace}" e:mustUnderstand="1"/>'
    answer, _ = ask(probe, ping(), header + LOGIN, version=V12)
    (block,) = etree.fromstring(answer.body).iter(f"{{{V12.namespace}}}NotUnderstood")
    assert block.get("qname") == "block:h"
    assert answer.status == 500


def test_the_default_error_is_the_internal_one():
    assert (GatewayError.code, GatewayError.default) == ("GW-501", "internal error")
