"""Every way in leads to the same operations: credentials of each kind, keys, both faces."""

import threading

import pytest

from tests.kit.znuny import (
    AGENT,
    ARTICLE,
    CONNECTOR,
    JANE,
    NEW_TICKET,
    REST,
    request,
)

CREATE = {"Ticket": NEW_TICKET, "Article": ARTICLE}


def in_headers(fields):
    return {f"X-OTRS-Header-{name}": value for name, value in fields.items()}


@pytest.mark.parametrize("kind", ["agent", "customer", "session", "customer's session"])
@pytest.mark.parametrize("place", ["parameters", "headers"])
def test_znuny_a10_every_kind_of_login_creates_and_reads(znuny, face, kind, place):
    login = AGENT if kind in ("agent", "session") else JANE
    if "session" in kind:
        login = {"SessionID": znuny.session(login)}
    data, headers = (login, {}) if place == "parameters" else ({}, in_headers(login))
    made = znuny.call(face, "TicketCreate", {**data, **CREATE}, headers)
    assert made.code is None, made.text
    ticket = made.answer["TicketID"]
    read = znuny.call(face, "TicketGet", {**data, "TicketID": ticket}, headers)
    assert read.answer["Ticket"][0]["TicketNumber"] == made.answer["TicketNumber"]


def test_znuny_a18_a_ticket_is_read_with_headers_alone(znuny):
    made = znuny.call("rest", "TicketCreate", {**AGENT, **CREATE}).answer
    reply = znuny.rest("GET", f"{REST}/Ticket/{made['TicketID']}", headers=in_headers(AGENT),
                       operation="TicketGet")  # fmt: skip
    assert reply.answer["Ticket"][0]["TicketNumber"] == made["TicketNumber"]
    assert AGENT["Password"] not in znuny.last_message()[0]


def test_znuny_a18_header_names_and_values_are_read_as_utf_8(znuny):
    headers = {"x-otrs-HEADER-userlogin": " agent1 ", "X-Otrs-Header-Password": AGENT["Password"]}
    assert znuny.rest("POST", f"{REST}/Session", {}, headers).code is None


# --- one key, one effect ---------------------------------------------------------------------


def test_znuny_a_key_makes_one_ticket_on_all_faces(znuny):
    key = {"Idempotency-Key": "one for all"}
    first = znuny.call("rest", "TicketCreate", {**AGENT, **CREATE}, key)
    for face in ("soap11", "soap12", "rest"):
        again = znuny.call(face, "TicketCreate", {**AGENT, **CREATE}, key)
        assert again.answer == first.answer
    headed = znuny.call("soap11", "TicketCreate", CREATE, {**key, **in_headers(AGENT)})
    assert headed.answer == first.answer  # credentials are no part of what is compared
    turned = {"Article": [dict(reversed(ARTICLE.items()))], "Ticket": NEW_TICKET}
    assert znuny.call("rest", "TicketCreate", {**turned, **AGENT}, key).answer == first.answer
    other = {**CREATE, "Ticket": {**NEW_TICKET, "Title": "Another"}}
    reply = znuny.call("soap11", "TicketCreate", {**AGENT, **other}, key)
    assert reply.error == (
        "TicketCreate.InvalidParameter",
        "TicketCreate: Idempotency-Key was used with another request!",
    )
    theirs = znuny.call("rest", "TicketCreate", {**JANE, **CREATE}, key)
    assert theirs.answer["TicketID"] != first.answer["TicketID"]


def test_znuny_a_key_of_calls_at_once_makes_one_ticket(znuny):
    key = {"Idempotency-Key": "all at once"}
    replies = []

    def call(face):
        replies.append(znuny.call(face, "TicketCreate", {**AGENT, **CREATE}, key))

    threads = [threading.Thread(target=call, args=(face,)) for face in ("rest", "soap11") * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {reply.answer.get("TicketID") for reply in replies} == {replies[0].answer["TicketID"]}


def test_znuny_a_key_of_a_refused_call_is_free_again(znuny, face):
    key = {"Idempotency-Key": f"refused first {face}"}
    wrong = {**AGENT, **CREATE, "Ticket": {**NEW_TICKET, "Queue": "Nowhere"}}
    assert znuny.call(face, "TicketCreate", wrong, key).code == "TicketCreate.InvalidParameter"
    assert znuny.call(face, "TicketCreate", {**AGENT, **CREATE}, key).code is None


def test_znuny_a_key_that_is_too_long_is_refused(znuny, face):
    key = {"Idempotency-Key": "k" * 256}
    reply = znuny.call(face, "TicketCreate", {**AGENT, **CREATE}, key)
    assert reply.code == "TicketCreate.InvalidParameter"


# --- large ones ------------------------------------------------------------------------------


def test_znuny_attachments_in_any_namespace_may_be_large_and_are_not_kept(znuny):
    content = "QUJD" * (5 * 1024 * 1024 // 4)  # 5 MiB of base64
    body = request("TicketCreate", {**AGENT, **CREATE, "Attachment": {
        "Content": content, "ContentType": "text/plain", "Filename": "a.txt"}})  # fmt: skip
    for namespace in (b"", b' xmlns="urn:elsewhere"'):
        renamed = body.replace(b' xmlns="http://www.otrs.org/TicketConnector/"', namespace)
        found = znuny.post(CONNECTOR, renamed)
        assert b"<TicketID>" in found.body, found.body[:500]
        path, kept, *_ = znuny.last_message()
        assert path == CONNECTOR
        assert len(kept) < 5_000
        assert "bytes, SHA-256" in kept
