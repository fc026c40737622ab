"""Hostile requests to tickets REST: bodies, numbers, texts, paths, headers (hardening page, I)."""

import json

import pytest

from gateway.dialects.tickets.shapes import BASE
from tests.kit.tickets_rest import PROBLEM, TICKETS, running_tickets

DEEP = 10_000
BAD_JSON = {
    "deep lists": b'{"users":' + b"[" * DEEP + b"]" * DEEP + b"}",
    "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "65 levels": b'{"users":' + b"[" * 65 + b"]" * 65 + b"}",
    "never ends": b"[" * 100_000,
    "half a million members": b"{" + b",".join(b'"%d":1' % n for n in range(500_000)) + b"}",
    "many entries": b'{"users":[' + b"1," * 30_000 + b"1]}",
    "colliding members": json.dumps({f"m{n}": n for n in range(2_001)}).encode(),
    "doubled member": b'{"subject":"a","subject":"b"}',
    "doubled by escape": b'{"subject":"a","\\u0073ubject":"b"}',
    "doubled within": b'{"users":[{"a":1,"a":2}]}',
    "NaN": b'{"customerID":NaN}',
    "Infinity": b'{"customerID":-Infinity}',
    "41 digits": b'{"customerID":' + b"1" * 41 + b"}",
    "5000 digits": b'{"customerID":' + b"9" * 5000 + b"}",
    "trailing comma": b'{"subject":"a",}',
    "comment": b'{/**/"subject":"a"}',
    "single quotes": b"{'subject':'a'}",
    "byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"subject":"a"}'.encode("utf-16"),
    "UTF-32": '{"subject":"a"}'.encode("utf-32-le"),
    "bad UTF-8": b'{"subject":"\xff"}',
    "overlong UTF-8": b'{"subject":"\xc0\xaf"}',
    "surrogates in UTF-8": b'{"subject":"\xed\xa0\x80"}',
    "raw control": b'{"subject":"a\x00b"}',
    "two values": b"{}{}",
    "list": b"[]",
    "null": b"null",
    "text": b'"x"',
    "number": b"1",
    "nothing": b"",
    "blanks": b"  ",
    "XML": b"<ticket/>",
    "huge text": b'{"subject":"' + b"x" * (4 * 1024 * 1024 + 1) + b'"}',
}
BAD_VALUES = {
    "lone surrogate": ({"subject": "\ud800"}, {"subject": "text"}),
    "NUL": ({"subject": "a\x00b", "users": "a\x00"}, {"subject": "text", "users": "text"}),
    "vertical tab": ({"ticketContent": "\x0b"}, {"ticketContent": "text"}),
    "no character": ({"ticketType": "\ufffe"}, {"ticketType": "text"}),
    "list with NUL": ({"users": ["\x00", "\udfff"]}, {"users[1]": "text", "users[2]": "text"}),
    "2^63": ({"customerID": 2**63}, {"customerID": "unknownValue"}),
    "2^63 as text": ({"customerID": str(2**63)}, {"customerID": "unknownValue"}),
    "-2^63": ({"ticketType": -(2**63)}, {"ticketType": "unknownValue"}),
    "negative": ({"customerID": -1, "owner": -1}, {"customerID": "unknownValue",
                                                   "owner": "unknownValue"}),
    "fraction": ({"customerID": 1.0}, {"customerID": "type"}),
    "power": ({"customerID": 1e300}, {"customerID": "type"}),
    "true": ({"customerID": True, "subject": False}, {"customerID": "type", "subject": "type"}),
    "objects": ({"subject": {}, "users": {}, "owner": []}, {"subject": "type", "users": "type",
                                                            "owner": "type"}),
    "Arabic digits": ({"customerID": "٤٢"}, {"customerID": "type"}),
    "501 entries": ({"users": list(range(1, 502))}, {"users": "format"}),
    "200 000 entries": ({"users": "a," * 200_000}, {"users": "format"}),
    "blanks before a quote": ({"users": " " * 500_000 + '"'}, {"users": "format"}),
    "quotes": ({"users": '"' * 500_001}, {"users": "format"}),
    "long name": ({"ticketType": "x" * 100_000}, {"ticketType": "unknownValue"}),
    "injection": ({"ticketType": "'; drop table ticket; --"}, {"ticketType": "unknownValue"}),
    "addresses": ({"customerEmail": "a@b\r\nBcc: x@y"}, {"customerEmail": "format"}),
    "long content": ({"ticketContent": "x" * 1_000_001}, {"ticketContent": "tooLong"}),
}  # fmt: skip


@pytest.fixture(scope="module")
def rest(databases):
    with running_tickets(databases) as running:
        yield running


def state(rest):
    return rest.rows("select count(*), sum(version) from ticket"), rest.rows(
        "select count(*) from history"
    )


@pytest.mark.parametrize("name", BAD_JSON)
def test_a_body_that_is_not_one_object_is_refused_at_once(rest, name):
    ticket = rest.new()
    before = state(rest)
    for method, path in (("POST", f"{TICKETS}/"), ("PATCH", ticket)):
        reply = rest.call(method, path, BAD_JSON[name])
        assert (reply.status, reply.slug, reply.json["code"]) == (400, "malformed-json", "GW-112")
        assert len(reply.body) < 1024
    assert state(rest) == before


@pytest.mark.parametrize("name", BAD_VALUES)
def test_a_value_that_cannot_be_is_refused_by_its_field(rest, name):
    sent, codes = BAD_VALUES[name]
    ticket = rest.new()
    before = state(rest)
    whole = {"customerID": rest.acme, "subject": "x", **sent}
    for method, path, body in (("POST", f"{TICKETS}/", whole), ("PATCH", ticket, sent)):
        reply = rest.call(method, path, body)
        assert (reply.status, reply.codes) == (422, codes)
        assert len(reply.body) < 4096
    assert state(rest) == before
    path, request, answer, *_ = rest.znuny.last_message()
    assert request is not None
    assert rest.key not in f"{path}{request}{answer}"


def test_of_many_unknown_members_each_is_told_and_a_few_with_the_nearest_name(rest):
    sent = {f"{'subject' * 9}{number}": 1 for number in range(1999)}
    errors = rest.call("POST", f"{TICKETS}/", sent).json["errors"]
    assert len(errors) == 1999
    assert sum("The nearest is subject." in each["message"] for each in errors) == 20


@pytest.mark.parametrize(
    "value",
    ["", "text/plain", "application/xml", "text/json", "application/json-patch+json",
     "multipart/form-data; boundary=x", "application/json; charset=utf-16",
     "application/json; charset=iso-8859-1", "application/jsonx", "application/json, text/plain"],
)  # fmt: skip
def test_another_type_is_refused(rest, value):
    reply = rest.call("POST", f"{TICKETS}/", b"{}", {"Content-Type": value})
    assert (reply.status, reply.slug, reply.json["code"]) == (
        415, "unsupported-media-type", "GW-102",
    )  # fmt: skip


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "identity", "x"])
def test_any_content_coding_is_refused(rest, coding):
    reply = rest.call("POST", f"{TICKETS}/", b"{}", {"Content-Encoding": coding})
    assert reply.slug == "unsupported-media-type"


def test_the_charset_may_be_named(rest):
    body = json.dumps({"customerID": rest.acme, "subject": "ü"}, ensure_ascii=False).encode()
    for value in ("application/json; charset=UTF-8", 'Application/JSON;charset="utf-8"'):
        reply = rest.call("POST", f"{TICKETS}/", body, {"Content-Type": value})
        assert reply.json["subject"] == "ü"


@pytest.mark.parametrize(
    "path",
    ["-1", "0", f"{2**63}", "1.0", "1e3", "٤", "1%00", "1%2f2", "..%2f1", "1;x", "1'", "x" * 2000],
)
def test_an_id_of_no_form_leads_nowhere(rest, path):
    reply = rest.znuny.send(
        "GET", f"{TICKETS}/{path}", headers={"Authorization": f"Bearer {rest.key}"}
    )
    assert reply.status == 404


@pytest.mark.parametrize("method", ["TRACE", "OPTIONS", "CONNECT", "post", "PROPFIND"])
def test_another_method_is_refused_with_those_that_are_allowed(rest, method):
    reply = rest.call(method, f"{TICKETS}/")
    assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD, POST")


def test_queries_are_bounded(rest):
    for query, status in (("&" * 101, 400), ("x" * 9000, 414), ("idAfter=" + "9" * 4000, 400)):
        reply = rest.get(f"{TICKETS}/", query=query)
        assert (reply.status, reply.headers["content-type"]) == (status, PROBLEM)
    assert rest.get(f"{TICKETS}/?idAfter={'9' * 40}").json == []


def test_many_wrong_keys_close_the_address_for_wrong_keys_alone(databases):
    with running_tickets(databases) as rest:
        rest.znuny.app._routes.find(BASE)
        limits = rest.znuny.app._routes.find(BASE).endpoint.desk.keys._accounts._limits
        for number in range(3):
            rest.rows("insert into login_failure (name, peer) select '', '127.0.0.1'"
                      " from generate_series(1, %s)", limits.peer_failures)  # fmt: skip
            wrong = rest.get(f"{TICKETS}/", key=f"tgk_{number}".ljust(47, "x"))
            assert (wrong.status, wrong.slug) == (429, "throttled")
            assert int(wrong.headers["retry-after"]) > 0
        assert rest.get(f"{TICKETS}/").status == 200
