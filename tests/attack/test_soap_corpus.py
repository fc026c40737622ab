"""Sends the whole corpus to a SOAP endpoint in process, a good request after every bad one."""

import logging
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from lxml import etree

from gateway.http.exchange import Answer, Outcome, Stage, Trace
from gateway.http.head import Head, refusal_of
from gateway.http.limits import Limits
from gateway.http.routes import Route
from gateway.soap.envelope import SoapVersion
from tests.attack.attacks import (
    CANARY_FILE,
    LISTENER,
    Attack,
    Done,
    DoorRefusal,
    Expected,
    InTime,
    Refusal,
    differs,
    text,
)
from tests.attack.envelope_attacks import GROUP_C
from tests.attack.holes import GROUP_H
from tests.attack.value_attacks import GROUP_E
from tests.attack.xml_attacks import GROUP_A, GROUP_B
from tests.kit.envelopes import Sent, request, trace
from tests.kit.probe import DEFINITION, NAMESPACE, SECRET, SESSION, Probe, build_probe

CORPUS = (*GROUP_A, *GROUP_B, *GROUP_C, *GROUP_E, *GROUP_H)
ENTRIES = [(attack, version) for attack in CORPUS for version in attack.versions]
CANARY = "canary-in-a-file"
MAX_SECONDS = 60  # a hang; the measured ratio is printed
SENDER = {"Client": "Sender", "Server": "Receiver"}


@pytest.fixture(scope="module")
def probe() -> Probe:
    return build_probe()


@pytest.fixture(scope="module")
def listener() -> Iterator[socket.socket]:
    """A socket of this test; whoever connects to it was led there by an attack."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


@pytest.fixture(scope="module")
def canary_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("canary") / "canary.txt"
    path.write_text(CANARY)
    return path


def _aimed(sent: Sent, listener: socket.socket, canary_file: Path) -> Sent:
    host = f"http://127.0.0.1:{listener.getsockname()[1]}"
    body = sent.body.replace(LISTENER.encode(), host.encode())
    body = body.replace(CANARY_FILE.encode(), canary_file.as_uri().encode())
    return Sent(body=body, content_type=sent.content_type, headers=sent.headers)


def _exchange(probe: Probe, sent: Sent, version: SoapVersion) -> tuple[Answer, Trace, float]:
    """Go through the head checks of the door, then through the endpoint with its last resort."""
    made, seen = request(sent, version), trace()
    headers = {**made.headers, "content-length": str(len(made.body))}
    head = Head("POST", made.path, len(made.path), "", headers, len(headers), made.peer, "https")
    types = frozenset(known.media_type for known in SoapVersion)
    route = Route(path=made.path, endpoint=probe.endpoint, media_types=types)
    begin = time.process_time()
    refusal = refusal_of(head, route, Limits())
    if refusal is not None:
        return refusal.answer(made.correlation_id), seen, time.process_time() - begin
    try:
        answer = probe.endpoint.answer(made, seen)
    except Exception:  # noqa: BLE001 - the door's last resort
        answer = probe.endpoint.broken(made, seen)
    return answer, seen, time.process_time() - begin


def _good(size: int, version: SoapVersion) -> Sent:
    return text("x" * min(size, 4_000_000))(version)


@pytest.mark.timeout(MAX_SECONDS)
@pytest.mark.parametrize(
    ("attack", "version"),
    ENTRIES,
    ids=[f"{attack.id}-{version.label}" for attack, version in ENTRIES],
)
def test_an_attack_ends_as_the_corpus_says(
    probe: Probe,
    attack: Attack,
    version: SoapVersion,
    listener: socket.socket,
    canary_file: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    sent = _aimed(attack.build(version), listener, canary_file)
    probe.desk.saved.clear()
    with structlog.testing.capture_logs() as logged:
        answer, seen, seconds = _exchange(probe, sent, version)
    _judge(attack.expected, answer, seen, probe)
    _leaks_nothing(answer, seen, f"{logged} {caplog.text}")
    _nobody_came(listener)
    good, after, good_seconds = _exchange(probe, _good(len(sent.body), version), version)
    assert good.status == 200
    assert after.outcome is Outcome.OK
    ratio = seconds / max(good_seconds, 1e-5)
    print(f"{attack.id}: {seconds * 1000:.1f} ms, {ratio:.1f} x good")  # noqa: T201 - the figures


def _judge(expected: Expected, answer: Answer, seen: Trace, probe: Probe) -> None:
    match expected:
        case Done():
            _is_done(expected, answer, seen, probe)
        case Refusal():
            assert not probe.desk.saved
            _is_refused(expected, answer, seen)
        case DoorRefusal():
            assert not probe.desk.saved
            assert answer.status == expected.status
            assert answer.media_type.startswith("text/plain")
            assert answer.body.count(b"\n") == 1
        case InTime():
            assert seen.outcome in (Outcome.OK, Outcome.REFUSED)


def _is_done(expected: Done, answer: Answer, seen: Trace, probe: Probe) -> None:
    assert answer.status == 200, answer.body[:1000]
    assert (seen.outcome, seen.stage, seen.code) == (Outcome.OK, Stage.ANSWERED, "")
    root = etree.fromstring(answer.body, etree.XMLParser(huge_tree=True))
    if expected.pong is not None:
        (pong,) = root.iter(f"{{{NAMESPACE}}}Ping_V1Response")
        assert (pong.findtext(f"{{{NAMESPACE}}}Ping_V1Result") or "") == expected.pong
    if expected.saved:
        (kept,) = probe.desk.saved
        assert differs(kept, expected.saved) == {}


def _is_refused(expected: Refusal, answer: Answer, seen: Trace) -> None:
    assert seen.code in expected.codes
    assert seen.outcome is Outcome.REFUSED
    assert seen.stage in expected.stages
    assert len(answer.body) <= 4096
    root = etree.fromstring(answer.body)
    version = next(v for v in SoapVersion if root.tag == f"{{{v.namespace}}}Envelope")
    assert answer.media_type == f"{version.media_type}; charset=utf-8"
    code, text, details = _fault_parts(root, version)
    assert code == _qualified(version, expected.fault)
    assert 0 < len(text) <= 500
    (detail,) = details
    assert detail.tag == f"{{{NAMESPACE}}}ProbeFault"
    assert detail.findtext(f"{{{NAMESPACE}}}Reference") == "88123"
    sender = version is SoapVersion.V12 and expected.fault == "Client"
    assert answer.status == (DEFINITION.sender_status if sender else 500)


def _fault_parts(
    root: etree._Element, version: SoapVersion
) -> tuple[str, str, list[etree._Element]]:
    ns = f"{{{version.namespace}}}"
    (fault,) = root.iter(f"{ns}Fault")
    if version is SoapVersion.V11:
        assert [child.tag for child in fault] == ["faultcode", "faultstring", "detail"]
        return str(fault[0].text), str(fault[1].text), fault[2][:]
    assert [child.tag for child in fault] == [f"{ns}Code", f"{ns}Reason", f"{ns}Detail"]
    return str(fault[0][0].text), str(fault[1][0].text), fault[2][:]


def _qualified(version: SoapVersion, code: str) -> str:
    return f"{version.prefix}:{code if version is SoapVersion.V11 else SENDER.get(code, code)}"


def _leaks_nothing(answer: Answer, seen: Trace, logged: str) -> None:
    stored = f"{seen.stored_request} {seen.stored_answer} {seen.notes}"
    for place in (logged, stored):
        assert SECRET not in place
        assert SESSION not in place
    assert SECRET.encode() not in answer.body
    assert CANARY.encode() not in answer.body


def _nobody_came(listener: socket.socket) -> None:
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_every_hole_of_stock_has_an_entry() -> None:
    numbers = {attack.id.split()[0] for attack in GROUP_H}
    elsewhere = {"H27", "H28", "H29", "H30", "H33", "H34"}  # no single request shows these
    assert numbers | elsewhere == {f"H{number}" for number in range(1, 35)}


def test_no_two_entries_share_an_id() -> None:
    ids = [attack.id for attack in CORPUS]
    assert len(ids) == len(set(ids))
