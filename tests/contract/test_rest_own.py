"""Tickets REST: the statements of our own contract (A31 to A40)."""

import json
import threading
import uuid
from urllib.parse import quote

import pytest
from openapi_spec_validator import validate

from gateway.dialects.tickets import openapi
from gateway.dialects.tickets.desk import Options
from gateway.dialects.tickets.problems import SLUGS
from gateway.dialects.tickets.shapes import BASE
from gateway.errors import DeadlinePassed, OutcomeUnknown, TooManyRequests
from gateway.soap.publishing import contracts_dir
from tests.kit.tickets_rest import PROBLEM, TICKETS, running_tickets

NEW = {"customerID": 1, "subject": "New"}
WEEK = "now() - interval '7 days'"


def created(rest, name, body=NEW, **more):
    return rest.call("POST", f"{TICKETS}/", body, {"Idempotency-Key": name}, **more)


def count(rest):
    return rest.rows("select count(*), max(version) from ticket")[0]


# --- A31: who may --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "code"),
    [(None, "GW-401"), ("Basic YTpi", "GW-401"), ("Bearer", "GW-401"), ("Bearer x", "GW-402"),
     ("Bearer tgk_" + "x" * 43, "GW-402"), ("Bearer tgk_" + "x" * 44, "GW-402"),
     (f"Bearer tgk_{'x' * 43}, Bearer tgk_{'x' * 43}", "GW-402")],
)  # fmt: skip
def test_rest_a31_without_a_good_key_nothing_is_told(rest, header, code):
    for method, body in (("GET", None), ("POST", b"no json"), ("DELETE", None)):
        path = f"{TICKETS}/" if method == "POST" else 1
        reply = rest.call(method, path, body, {"Authorization": header, "Content-Type": "x/y"})
        assert (reply.status, reply.slug, reply.json["code"]) == (401, "unauthorized", code)
        wrong = ', error="invalid_token"' if code == "GW-402" else ""
        assert reply.headers["www-authenticate"] == f'Bearer realm="tickets"{wrong}'


def test_rest_a31_a_key_in_the_address_is_none_and_is_not_written_down(rest):
    reply = rest.get(f"{TICKETS}/?access_token={rest.key}&x={rest.key}",
                     headers={"Authorization": None})  # fmt: skip
    assert reply.json["code"] == "GW-401"
    path, request, answer, *_ = rest.znuny.last_message()
    assert rest.key not in f"{path}{request}{answer}"


def test_rest_a31_two_keys_are_good_during_a_rotation_and_none_afterwards(rest):
    old, new = rest.new_key("stranger"), rest.new_key("stranger")
    assert rest.get(f"{TICKETS}/", key=old).status == 200
    rest.rows("update account_secret set expires = now() - interval '1 second'"
              " where account_id = %s and id = (select min(id) from account_secret"
              " where kind = 'api_key' and account_id = %s)",
              rest.account("stranger"), rest.account("stranger"))  # fmt: skip
    assert rest.get(f"{TICKETS}/", key=old).status == 401
    assert (
        rest.get(f"{TICKETS}/", key=new, headers={"Authorization": f"bEaReR {new}"}).status == 200
    )
    rest.rows("update account set active = false where name = 'stranger'")
    assert rest.get(f"{TICKETS}/", key=new).status == 401
    rest.rows("update account set active = true where name = 'stranger'")


def test_rest_a31_customers_have_no_business_here(rest):
    assert rest.get(f"{TICKETS}/", key=rest.new_key("jane")).status == 401


def test_rest_a31_partners_come_in_by_their_groups(rest):
    key = rest.new_key("northwind")
    reply = rest.call("POST", f"{TICKETS}/", NEW | {"ticketContent": "Hello"}, key=key)
    assert reply.status == 201
    assert rest.history(int(reply.json["id"]))[0] == (
        "created", "", "New", "tickets", "createTicket",
    )  # fmt: skip


def test_rest_a31_without_the_right_it_is_forbidden_and_foreign_tickets_are_not_there(rest):
    ticket = rest.new()
    reader, nobody, stranger = (rest.new_key(each) for each in ("reader", "nobody", "stranger"))
    assert rest.get(ticket, key=reader).status == 200
    for method, path, body in (("POST", f"{TICKETS}/", NEW), ("PATCH", ticket, {"subject": "x"}),
                               ("DELETE", ticket, None)):  # fmt: skip
        reply = rest.call(method, path, body, key=reader)
        assert (reply.status, reply.slug, reply.json["code"]) == (403, "forbidden", "GW-403")
    assert rest.get(f"{TICKETS}/", key=nobody).status == 403
    for method, body in (("GET", None), ("PATCH", {"subject": "x"}), ("DELETE", None)):
        assert rest.call(method, ticket, body, key=stranger).slug == "not-found"
    assert rest.get(f"{TICKETS}/", key=stranger).json == []
    assert rest.call("POST", f"{TICKETS}/", NEW, key=stranger).slug == "forbidden"
    assert rest.change(ticket, departments="Elsewhere").slug == "forbidden"
    assert rest.shown(ticket)["subject"] == "Invoice 1187 is wrong"


def test_rest_a31_an_account_with_chosen_rights_has_no_others(rest):
    account, key = rest.account("stranger"), rest.new_key("stranger")
    rest.rows("insert into account_right values (%s, 'ticket.read')", account)
    assert rest.get(f"{TICKETS}/", key=key).status == 200
    body = NEW | {"departments": "Elsewhere"}
    assert rest.call("POST", f"{TICKETS}/", body, key=key).status == 403
    rest.rows("insert into account_right values (%s, 'ticket.create')", account)
    assert rest.call("POST", f"{TICKETS}/", body, key=key).status == 201
    rest.rows("delete from account_right where account_id = %s", account)


# --- A32, A33: pages -----------------------------------------------------------------------------


def test_rest_a32_ten_thousand_tickets_are_followed_once_each(rest):
    rest.rows("insert into customer (key, name) values ('BULK', 'Bulk') on conflict do nothing")
    bulk = rest.stores.row("customer", "BULK").id
    rest.rows(
        "insert into ticket (number, title, state_id, priority_id, type_id, queue_id, customer_id,"
        f" created, changed) select 'bulk-' || n, 'Bulk', 1, 3, 1, 2, {bulk}, {WEEK}, {WEEK}"
        " from generate_series(1, 10000) n"
    )
    path, query, found, late = f"{BASE}/customers/{bulk}/tickets/", "limit=1000", [], []
    while path is not None:
        reply = rest.get(path, query=query)
        found += [int(each["id"]) for each in reply.json]
        late.append(rest.new(customerID=bulk))
        assert len(reply.json) <= 1000
        path, query = reply.next or (None, None)
        if len(late) > 12:
            break
    assert found == sorted(set(found))
    stored = [id_ for (id_,) in rest.rows("select id from ticket where customer_id = %s", bulk)]
    assert set(stored) - set(found) <= {late[-1]}


def test_rest_a32_no_ticket_is_passed_over_whose_creation_took_longer(rest):
    slow, done, held = threading.Event(), threading.Event(), []

    def creation():
        def work(unit):
            held.append(unit.tickets.create(rest.stores.blank(), rest.stores.call()))
            slow.set()
            done.wait(10)

        rest.stores.run(work)

    thread = threading.Thread(target=creation)
    start = rest.new()
    thread.start()
    assert slow.wait(10)
    later = rest.new()
    assert later > held[0].id > start
    seen = [int(each["id"]) for each in rest.get(f"{TICKETS}/?idAfter={start}").json]
    done.set()
    thread.join(10)
    after = max(seen, default=start)
    seen += [int(each["id"]) for each in rest.get(f"{TICKETS}/?idAfter={after}").json]
    assert seen == [held[0].id, later]


def test_rest_a32_a_page_ends_when_it_has_eight_mebibytes(rest):
    tickets = [rest.new(ticketContent="é" * 999_999) for _ in range(6)]
    reply = rest.get(f"{TICKETS}/?idAfter={tickets[0] - 1}")
    assert [int(each["id"]) for each in reply.json] == tickets[:5]
    path, query = reply.next
    rest_of_it = rest.get(path, query=query)
    assert [int(each["id"]) for each in rest_of_it.json] == tickets[5:]
    assert rest_of_it.next is None
    for ticket in tickets:
        rest.call("DELETE", ticket)


def test_rest_a32_a_link_keeps_the_other_parameters(rest):
    first = rest.new()
    rest.new()
    reply = rest.get(
        f"{TICKETS}?limit=1&updatedSince=2020-01-01%2000:00%2B01:00&idAfter={first - 1}"
    )
    assert reply.headers["link"] == (
        "<http://127.0.0.1:8080/backend/api/v1/tickets?limit=1"
        f'&updatedSince=2020-01-01%2000:00%2B01:00&idAfter={first}>; rel="next"'
    )


@pytest.mark.parametrize("path", ["tickets", "customers/1/tickets", "ticketTypes", "tickets/1"])
@pytest.mark.parametrize(
    ("query", "codes"),
    [("limit=0", {"limit": "format"}), ("limit=1001", {"limit": "format"}),
     ("limit=x", {"limit": "format"}), ("limit=1&limit=1", {"limit": "duplicate"}),
     ("idAfter=", {"idAfter": "required"}), ("idAfter", {"idAfter": "required"}),
     ("idAfter=-1", {"idAfter": "format"}), ("idAfter=%ff", {"idAfter": "format"}),
     ("page=2&LIMIT=1", {"page": "unknownField", "LIMIT": "unknownField"})],
)  # fmt: skip
def test_rest_a33_a_parameter_that_is_wrong_is_named(rest, path, query, codes):
    reply = rest.get(f"{BASE}/{path}?{query}")
    assert (reply.status, reply.slug, reply.json["code"]) == (400, "invalid-parameter", "GW-130")
    if path == "tickets/1":
        codes = dict.fromkeys(codes, "unknownField")
    assert reply.codes == codes


@pytest.mark.parametrize(
    "good",
    ["2026-11-22", "2026-11-22T08:00", "2026-11-22+08:00:00", "2026-11-22T08:00:00.123456789Z",
     "2026-11-22T08:00%2B05:30", "2026-11-22T08:00+05:30", "2026-11-22T08:00-14:00"],
)  # fmt: skip
def test_rest_a33_a_time_may_be_written_in_each_of_its_forms(rest, good):
    assert rest.get(f"{TICKETS}/?updatedSince={good}&limit=1").status == 200


@pytest.mark.parametrize(
    "bad",
    ["2026", "2026-13-01", "2026-02-30", "2026-11-22T25:00", "2026-11-22T08:00:60Z",
     "2026-11-22T08:00+25:00", "2026-11-22T08:00%2B14:01", "2026-11-22Z", "yesterday",
     "0001-01-01T00:00%2B14:00", "2026-11-22t08:00", "٢٠٢٦-11-22"],
)  # fmt: skip
def test_rest_a33_a_time_of_no_form_is_refused(rest, bad):
    reply = rest.get(f"{TICKETS}/?createdSince={quote(bad, safe='%+:')}")
    assert reply.codes == {"createdSince": "format"}


# --- A34, A35: versions --------------------------------------------------------------------------


def test_rest_a34_a_fetched_ticket_sent_back_changes_nothing(rest):
    ticket = rest.new(ticketType="sales", users="asmith", departments='"Sales, North", Raw',
                      ticketContent="Hi", ticketFollowupDate="2026-12-01")  # fmt: skip
    rest.rows("update type set active = false where en = 'sales'")
    fetched, before = rest.get(ticket), rest.history(ticket)
    reply = rest.call("PUT", ticket, fetched.json)
    assert (reply.status, reply.tag, reply.json) == (200, fetched.tag, fetched.json)
    assert rest.history(ticket) == before
    rest.rows("update type set active = true where en = 'sales'")


def test_rest_a35_a_version_that_is_not_the_present_one_stops_the_change(rest):
    ticket = rest.new()
    first = rest.get(ticket).tag
    assert first == f'"{ticket}-1"'
    second = rest.change(ticket, {"If-Match": first}, subject="Second").tag
    assert second == f'"{ticket}-2"'
    before = rest.shown(ticket), rest.history(ticket)
    for stale in (first, f"W/{second}", '"x"', f'"{ticket + 1}-2"'):
        for method, body in (("PUT", {"subject": 5}), ("PATCH", b"no json"), ("DELETE", None)):
            reply = rest.call(method, ticket, body, {"If-Match": stale})
            assert (reply.status, reply.slug) == (412, "precondition-failed")
    assert (rest.shown(ticket), rest.history(ticket)) == before
    for good in ("*", second, f'"x", W/"y" ,{second}'):
        assert rest.change(ticket, {"If-Match": good}).tag == second
    for bad in ("", "x", '"a" "b"', f"{second},x", "**"):
        assert rest.change(ticket, {"If-Match": bad}).slug == "invalid-parameter"
    for known in (second, f"W/{second}", f'"x", {second}', "*"):
        reply = rest.get(ticket, headers={"If-None-Match": known})
        assert (reply.status, reply.body, reply.tag) == (304, b"", second)
    assert rest.get(ticket, headers={"If-None-Match": first}).status == 200


def test_rest_a35_of_two_writers_with_one_version_one_wins(rest):
    ticket, replies = rest.new(), []
    tag, start = rest.get(ticket).tag, threading.Barrier(8)

    def write(number):
        start.wait()
        replies.append(rest.change(ticket, {"If-Match": tag}, subject=f"Writer {number}"))

    together(write, range(8))
    assert sorted(reply.status for reply in replies) == [200] + [412] * 7
    (won,) = [reply for reply in replies if reply.status == 200]
    assert rest.shown(ticket) == won.json
    assert len(rest.history(ticket)) == 2


def test_rest_a35_without_a_version_updates_of_two_fields_both_survive(rest):
    ticket = rest.new()
    changes = [{"subject": "Mine"}, {"ticketPriority": "4 high"}, {"owner": "asmith"}]
    together(lambda change: rest.change(ticket, **change), changes)
    shown = rest.shown(ticket)
    assert [shown[name] for name in ("subject", "ticketPriority", "owner")] == [
        "Mine", "4 high", "asmith",
    ]  # fmt: skip


# --- A36: keys of requests -----------------------------------------------------------------------


def test_rest_a36_a_repeated_request_gets_the_first_answer(rest):
    key, before = uuid.uuid4().hex, count(rest)[0]
    first = created(rest, key, {"customerID": 1, "subject": "Once", "ticketContent": "é"})
    again = created(rest, key, b'{"subject":"Once","ticketContent":"\\u00e9", "customerID":1}')
    assert again.headers.pop("idempotency-replayed") == "true"
    del first.headers["x-request-id"], again.headers["x-request-id"]
    assert (again.status, again.headers, again.body) == (first.status, first.headers, first.body)
    assert count(rest)[0] == before + 1
    other = created(rest, key, {"customerID": "1", "subject": "Once", "ticketContent": "é"})
    assert (other.status, other.slug, other.json["code"]) == (
        422,
        "idempotency-key-reused",
        "GW-131",
    )
    elsewhere = created(rest, key, key=rest.new_key("northwind"))
    assert "idempotency-replayed" not in elsewhere.headers


def test_rest_a36_twenty_at_once_make_one_ticket(rest):
    key, replies, start = uuid.uuid4().hex, [], threading.Barrier(20)
    before = count(rest)[0]

    def create(_):
        start.wait()
        replies.append(created(rest, key))

    together(create, range(20))
    assert {reply.status for reply in replies} == {201}
    assert len({reply.body for reply in replies}) == 1
    assert sum("idempotency-replayed" in reply.headers for reply in replies) == 19
    assert count(rest)[0] == before + 1


def test_rest_a36_each_method_has_one_effect_for_a_key(rest):
    ticket, key = rest.new(), {"Idempotency-Key": "x y~"}
    first = rest.change(ticket, key, ticketContent="Once")
    rest.change(ticket, ticketContent="Something else")
    again = rest.change(ticket, key, ticketContent="Once")
    assert (again.body, again.tag) == (first.body, first.tag)
    assert rest.shown(ticket)["ticketContent"] == "Something else"
    put = rest.call("PUT", ticket, {"ticketContent": "Once"}, key)
    assert "idempotency-replayed" not in put.headers
    elsewhere = rest.change(rest.new(), key, ticketContent="Once")
    assert "idempotency-replayed" not in elsewhere.headers
    for _ in range(2):
        assert rest.call("DELETE", ticket, None, key).status == 204
    assert rest.call("DELETE", ticket).status == 404


def test_rest_a36_what_the_ticket_forbids_is_kept_and_what_can_be_corrected_is_not(rest):
    ticket = rest.new(status="closed")
    for header, slug in (({}, "ticket-closed"), ({"If-Match": '"x"'}, "precondition-failed")):
        key = header | {"Idempotency-Key": uuid.uuid4().hex}
        first = rest.change(ticket, key, subject="x")
        rest.change(ticket, status="open")
        again = rest.change(ticket, key, subject="x")
        assert (again.slug, again.body) == (slug, first.body)
        assert again.headers["idempotency-replayed"] == "true"
        rest.change(ticket, status="closed")
    key = uuid.uuid4().hex
    assert created(rest, key, {"subject": "x"}).status == 422
    assert created(rest, key, b"{").status == 400
    assert created(rest, key).status == 201


@pytest.mark.parametrize("key", ["", "x" * 256, "é", "a\tb"])
def test_rest_a36_a_key_that_is_none_is_refused(rest, key):
    assert created(rest, key).codes == {"Idempotency-Key": "format"}


# --- A37 to A40 ----------------------------------------------------------------------------------


# The table of the contract's section 9, and what cannot be read at all.
CODES = {
    "malformed-json": "GW-112", "invalid-parameter": "GW-130", "bad-request": "GW-105",
    "unauthorized": "GW-402", "forbidden": "GW-403", "not-found": "GW-404",
    "method-not-allowed": "GW-101", "not-acceptable": "GW-102", "ticket-closed": "GW-132",
    "ticket-merged": "GW-132", "precondition-failed": "GW-132", "too-large": "GW-104",
    "unsupported-media-type": "GW-102", "validation": "GW-130", "idempotency-key-reused": "GW-131",
}  # fmt: skip


def test_rest_a37_each_problem_has_its_form(rest):
    ticket, closed = rest.new(), rest.new(status="closed")
    target, merged = rest.new(), rest.new()
    rest.rows("update ticket set merged_into_id = %s, state_id = 9 where id = %s", target, merged)
    rest.change(ticket, {"Idempotency-Key": "a37"}, subject="y")
    made = {
        "malformed-json": rest.call("POST", TICKETS, b"[]"),
        "invalid-parameter": rest.get(f"{TICKETS}?limit=x"),
        "bad-request": rest.get(f"{TICKETS}?{'&' * 200}"),
        "unauthorized": rest.get(TICKETS, key="x"),
        "forbidden": rest.get(TICKETS, key=rest.new_key("nobody")),
        "not-found": rest.get(2**62),
        "method-not-allowed": rest.call("DELETE", TICKETS),
        "not-acceptable": rest.get(TICKETS, headers={"Accept": "text/html, application/json;q=0"}),
        "ticket-closed": rest.change(closed, subject="x"),
        "ticket-merged": rest.call("DELETE", merged),
        "precondition-failed": rest.change(ticket, {"If-Match": '"0-0"'}),
        "too-large": rest.call("POST", TICKETS, b" " * (8 * 1024 * 1024 + 1)),
        "unsupported-media-type": rest.call("POST", TICKETS, b"{}", {"Content-Type": "text/json"}),
        "validation": rest.call("POST", TICKETS, {}),
        "idempotency-key-reused": rest.change(ticket, {"Idempotency-Key": "a37"}, subject="z"),
    }
    for slug, reply in made.items():
        assert reply.headers["content-type"] == PROBLEM, slug
        content = reply.json
        status, title = SLUGS[slug]
        assert (reply.slug, reply.status, content["title"]) == (slug, status, title)
        assert content["code"] == CODES[slug]
        assert content["status"] == status
        assert content["instance"] == f"urn:uuid:{reply.headers['x-request-id']}"
    assert made["method-not-allowed"].headers["allow"] == "GET, HEAD, POST"
    ours = {"precondition-required", "throttled", "internal", "unavailable"}
    assert set(made) | ours == set(SLUGS)


def test_rest_a37_problems_of_ours_have_the_same_form(rest, monkeypatch):
    desk = rest.znuny.app._routes.find(TICKETS).endpoint.desk
    for raised, status, code in ((RuntimeError("secret"), 500, "GW-501"),
                                 (TooManyRequests(7), 429, "GW-429"),
                                 (DeadlinePassed(), 503, "GW-504"),
                                 (OutcomeUnknown(), 503, "GW-505")):  # fmt: skip

        def fail(*_, raised=raised):
            raise raised

        with monkeypatch.context() as patch:
            patch.setattr(type(desk.units), "run", fail)
            reply = rest.get(TICKETS)
        assert (reply.status, reply.json["code"]) == (status, code)
        assert ("retry-after" in reply.headers) == (status != 500)
        assert "secret" not in reply.body.decode()


def test_rest_a37_all_errors_of_a_stage_come_together(rest):
    stages = [
        ({"customerID": "x", "subject": 1, "owner": True, "users": [1, {}], "status": None,
          "foo": 1},
         {"customerID": "type", "subject": "type", "owner": "type", "users[2]": "type",
          "status": "notNull"}),
        ({"customerId": 1, "id": "1", "createdDate": "2026-01-01", "status": "zz"},
         {"customerId": "unknownField", "id": "readOnly", "createdDate": "readOnly"}),
        ({"status": "zz"}, {"customerID": "required", "subject": "required"}),
        ({"customerID": 999999, "subject": "x" * 256, "status": "zz", "ticketFollowupDate": "x",
          "departments": ["Raw", "raw"], "customerEmail": "x"},
         {"customerID": "unknownValue", "subject": "tooLong", "status": "unknownValue",
          "ticketFollowupDate": "format", "departments[2]": "duplicate",
          "customerEmail": "format"}),
    ]  # fmt: skip
    before = count(rest)
    for body, codes in stages:
        reply = rest.call("POST", TICKETS, body)
        assert (reply.status, reply.codes) == (422, codes)
        assert reply.json["detail"] == f"{len(codes)} fields are not valid."
    assert count(rest) == before


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"customerID": ""}, "customerID must be an integer."),
        ({"subject": 1}, "subject must be a text."),
        ({"ticketType": True}, "ticketType must be a text or an integer."),
        ({"users": {}}, "users must be a text or a list."),
        ({"subject": "x" * 256}, "subject has 256 characters, at most 255 are allowed."),
        ({"ticketFollowupDate": "x"}, "ticketFollowupDate must look like 2026-12-01."),
        ({"customerEmail": "x"}, "customerEmail must look like name@example.com."),
        ({"ticketType": "retired"}, 'ticketType: "retired" cannot be set here.'),
        ({"status": None}, "status cannot be empty."),
        ({"id": "7"}, "id cannot be set."),
        ({"users": ["asmith", "ASMITH"]}, 'users[2]: "ASMITH" is given twice.'),
        ({"subject": "\x00"}, "subject contains a character that cannot be stored."),
    ],
)
def test_rest_a37_a_field_error_says_what_is_wrong(rest, sent, message):
    reply = rest.call("POST", TICKETS, NEW | sent)
    assert (reply.status, [each["message"] for each in reply.json["errors"]]) == (422, [message])
    assert reply.json["code"] == ("GW-121" if "\x00" in sent.values() else "GW-130")


def test_rest_a37_an_unknown_value_is_told_with_twenty_that_are_known(rest):
    for number in range(25):
        rest.rows("insert into type (en) values (%s)", f"kind {number}")
    (error,) = rest.call("POST", TICKETS, NEW | {"ticketType": "zz"}).json["errors"]
    assert error["message"].count(",") == 19
    rest.rows("delete from type where en like 'kind %%'")
    (error,) = rest.call("POST", TICKETS, {"subject": "x"}).json["errors"]
    assert error["message"] == "customerID is mandatory."


def test_rest_a38_an_unknown_member_is_refused_with_the_nearest_name(rest):
    reply = rest.call("POST", TICKETS, NEW | {"ticketPrio": "3 normal", "id": "7"})
    assert reply.codes == {"ticketPrio": "unknownField", "id": "readOnly"}
    messages = [error["message"] for error in reply.json["errors"]]
    assert "ticketPrio is not a field of a ticket. The nearest is ticketPriority." in messages


def test_rest_a39_a_closed_ticket_is_changed_by_opening_it(rest):
    ticket = rest.new(status="closed", ticketContent="First")
    for change in ({"subject": "x"}, {"status": "closed successful"}, {"ticketContent": "Second"},
                   {"users": "asmith"}):  # fmt: skip
        reply = rest.change(ticket, **change)
        assert (reply.status, reply.slug, reply.json["code"]) == (409, "ticket-closed", "GW-132")
    assert rest.change(ticket, status="closed").status == 200
    reply = rest.change(ticket, status="open", subject="Open again", ticketContent="Second")
    assert (reply.status, reply.json["subject"], reply.json["ticketContent"]) == (
        200, "Open again", "Second",
    )  # fmt: skip
    assert rest.rows("select closed, resolution_id from ticket where id = %s", ticket) == [
        (None, None)
    ]
    rest.change(ticket, status="closed")
    assert rest.call("DELETE", ticket).status == 204


def test_rest_a39_a_merged_ticket_stands_for_its_target(rest):
    target, merged = rest.new(subject="Target"), rest.new(subject="Source")
    ((one,),) = rest.rows("select guid from ticket where id = %s", target)
    ((two,),) = rest.rows("select guid from ticket where id = %s", merged)
    rest.helpdesk("MergeTickets_V1", f"<TargetTicketId>{{{one}}}</TargetTicketId><SourceTicketIds>"
                  f"<string>{{{two}}}</string></SourceTicketIds>")  # fmt: skip
    assert rest.rows("select merged_into_id from ticket where id = %s", merged) == [(target,)]
    reply = rest.get(merged)
    assert reply.json == rest.shown(target)
    assert reply.headers["content-location"] == f"{TICKETS}/{target}"
    assert rest.get(merged, headers={"If-None-Match": reply.tag}).status == 304
    assert rest.change(merged, {"If-Match": f'"{merged}-1"'}, subject="x").status == 412
    changed = rest.change(merged, {"If-Match": reply.tag}, subject="Changed")
    assert changed.headers["content-location"] == f"{TICKETS}/{target}"
    assert rest.shown(target)["subject"] == "Changed"
    assert rest.call("DELETE", merged).slug == "ticket-merged"
    assert merged not in [int(each["id"]) for each in rest.all(f"{TICKETS}/")]
    rest.call("DELETE", target)
    assert rest.get(merged).status == 404


def test_rest_a40_the_description_is_valid_and_is_what_is_served(rest):
    served = rest.get("/openapi.json")
    validate(served.json)
    assert served.body == (contracts_dir() / "schemas" / "openapi.json").read_bytes()
    assert served.body == openapi.written(openapi.document())
    for path in ("/docs", "/docs/", "/openapi.json/"):
        assert rest.get(path, headers={"Authorization": None}).status == 200
    assert rest.call("POST", "/docs").slug == "method-not-allowed"


def test_rest_heads_have_no_body(rest):
    for path in (f"{TICKETS}/", f"{BASE}/users", "/docs", "/openapi.json"):
        got, headed = rest.get(path), rest.call("HEAD", path)
        assert (headed.status, headed.body) == (200, b"")
        assert headed.headers["content-length"] == str(len(got.body))


def test_rest_settings_are_honoured(databases):
    options = Options(list_style="array", time_zone="Pacific/Kiritimati", max_limit=2,
                      default_limit=2, require_if_match=True)  # fmt: skip
    with running_tickets(
        databases, options, list_style="array", time_zone="Pacific/Kiritimati", max_limit="2",
        require_if_match="true", update_content_visible="true", default_type="sales",
        default_status="open", default_priority="4 high", default_department="Billing",
    ) as rest:  # fmt: skip
        ticket = rest.new(users="asmith, bjones")
        shown = rest.shown(ticket)
        assert shown["users"] == ["asmith", "bjones"]
        defaults = {"ticketType": "sales", "status": "open", "ticketPriority": "4 high",
                    "departments": ["Billing"]}  # fmt: skip
        assert defaults.items() <= shown.items()
        refused = rest.change(ticket, subject="x")
        assert (refused.slug, refused.json["code"]) == ("precondition-required", "GW-132")
        assert rest.change(ticket, {"If-Match": "*"}, **shown).json == shown
        rest.change(ticket, {"If-Match": "*"}, ticketContent="Seen")
        assert rest.rows("select visible from article where ticket_id = %s", ticket) == [(True,)]
        rest.rows("update ticket set created = '2026-11-21 10:30+00' where id = %s", ticket)
        assert rest.shown(ticket)["createdDate"] == "2026-11-22"
        assert rest.get(f"{TICKETS}?createdSince=2026-11-22&limit=2").json[0]["id"] == str(ticket)
        assert rest.get(f"{TICKETS}?limit=3").status == 400
        served = json.loads(rest.get("/openapi.json").body)
        assert served["components"]["schemas"]["Ticket"]["properties"]["users"]["type"] == "array"


def together(work, values):
    threads = [threading.Thread(target=work, args=(each,)) for each in values]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
