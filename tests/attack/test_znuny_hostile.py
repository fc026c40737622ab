"""Hostile callers of the Znuny dialect: the corpus at its SOAP face, floods at both."""

import socket

import pytest

from tests.attack.attacks import CANARY_FILE, LISTENER
from tests.attack.envelope_attacks import GROUP_C
from tests.attack.holes import GROUP_H
from tests.attack.value_attacks import GROUP_E
from tests.attack.xml_attacks import GROUP_A, GROUP_B
from tests.kit.envelopes import request as exchanged
from tests.kit.probe import NAMESPACE
from tests.kit.znuny import (
    AGENT,
    CONNECTOR,
    NAMESPACES,
    REST,
    fault_of,
    in_body,
    running_znuny,
)

GROUPS = {"a": GROUP_A, "b": GROUP_B, "c": GROUP_C, "e": GROUP_E, "h": GROUP_H}
CANARY = "canary-in-a-file"
DOOR = frozenset({400, 411, 413, 415})


@pytest.fixture(scope="module")
def znuny(databases):
    with running_znuny(databases) as running:
        yield running


def works(znuny):
    return "SessionID" in znuny.soap_call("SessionCreate", AGENT).answer


@pytest.mark.parametrize("group", GROUPS)
def test_every_attack_is_answered_and_nothing_breaks(znuny, group, tmp_path):
    canary = tmp_path / "canary.txt"
    canary.write_text(CANARY)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        host = f"http://127.0.0.1:{listener.getsockname()[1]}"
        statuses = set()
        for attack in GROUPS[group]:
            for version in attack.versions:
                sent = exchanged(attack.build(version), version)
                body = sent.body.replace(LISTENER.encode(), host.encode())
                body = body.replace(CANARY_FILE.encode(), canary.as_uri().encode())
                # As a call of this dialect, so that what the guard lets through is read.
                body = body.replace(NAMESPACE.encode(), NAMESPACES[CONNECTOR].encode())
                body = body.replace(b"Ping_V1", b"SessionCreate").replace(
                    b"SaveNote_V1", b"TicketCreate"
                )
                found = znuny.send("POST", CONNECTOR, body, dict(sent.headers))
                judge(found, attack.id)
                statuses.add(found.status)
            assert works(znuny)
        assert 200 in statuses  # some of it is harmless and must not be refused
        with pytest.raises(BlockingIOError):
            listener.accept()


def judge(found, name):
    """Insist on an answer, a client's fault, or a refusal of the door."""
    assert CANARY.encode() not in found.body, name
    if found.headers["content-type"].startswith("text/plain"):
        assert found.status in DOOR, name
    elif found.status == 200:
        version = "1.2" if found.headers["content-type"].startswith("application/") else "1.1"
        assert in_body(found.body, version) is not None, name
    else:
        fault = fault_of(found)
        assert fault.code in {"Client", "Sender", "MustUnderstand", "VersionMismatch"}, name
        assert len(found.body) <= 4096, name


@pytest.mark.parametrize(
    ("method", "path", "query"),
    [
        ("GET", "/Ticket/%2e%2e/x", ""), ("GET", "/Ticket//8", ""), ("GET", "/Ticket/8%00", ""),
        ("GET", "/Ticket/..%2f8", ""), ("GET", "/Ticket/8\\9", ""),
        ("GET", "/Session/" + "x" * 7000, ""), ("GET", "/Session/%ff", ""),
        ("GET", "/Ticket/" + "9" * 4000, ""), ("GET", "/Ticket/" + "8," * 3000 + "8", ""),
        ("GET", "/TicketList", "&" * 200), ("GET", "/TicketList", ";" * 8000),
        ("GET", "/TicketList", "a=" + "%41" * 2000), ("GET", "/TicketList", "=;=&=;;a"),
        ("GET", "/TicketList", "DynamicField_[x]=1&DynamicField_a[]=1&DynamicField_a[x][y]=1"),
        ("POST", "/Session", "UserLogin[]=a&UserLogin[x]=b"),
        ("GET", "/TicketList", "%ff=%fe"), ("POST", "/Ticket", "%ff[%fe]=%fd&%00=%00"),
    ],
)  # fmt: skip
def test_hostile_addresses_are_answered(znuny, method, path, query):
    found = znuny.send(method, REST + path, b"", {}, query=query)
    assert found.status in {200, 400, 404, 414}
    assert b"Traceback" not in found.body
    assert znuny.rest_call("SessionCreate", AGENT).code is None


@pytest.mark.parametrize(
    "data",
    [
        {"UserLogin": [[[]]], "Password": {"a": {"b": []}}},
        {"Ticket": "text", "Article": 1, "DynamicField": [[], {}, None], **AGENT},
        {"Ticket": {"Title": [1, 2]}, "Article": [[]], "Attachment": {"Content": {}}, **AGENT},
        {"Ticket": {"PendingTime": "now"}, "Article": {"Attachment": "x", "Sign": []}, **AGENT},
        {"TicketID": {"a": 1}, **AGENT},
        {"TicketID": [[1]], "Article": [None, True], **AGENT},
        {"TicketID": "9" * 40, "TicketNumber": ["1"], **AGENT},
        {"SessionID": {"a": "b"}},
        {"Ticket": {"Title": "\ud800"}, "\udfff": "\ud800", **AGENT},
        {"ExternalReference": ["a"], "Ticket": [], "Article": {}, **AGENT},
    ],
    ids=range(10),
)
def test_values_of_every_wrong_kind_are_refused_by_name(znuny, data):
    for path in ("/Session", "/Ticket", "/TicketList", "/ExternalReference"):
        reply = znuny.rest("POST", REST + path, data)
        assert reply.status == 200, reply.text
    for method, path in (("PATCH", "/Ticket/1"), ("DELETE", "/Session/a")):
        reply = znuny.rest(method, REST + path, data)
        assert reply.status == 200, reply.text
    failed = znuny.rows("select count(*) from message where code = 'GW-501' or outcome = 0")
    assert failed == [(0,)]
