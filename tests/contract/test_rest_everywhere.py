"""Tickets REST among the other dialects (A41), in few round trips, and under generated requests."""

import hashlib
import json
from datetime import timedelta
from itertools import count

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from gateway.dialects.tickets.shapes import BASE
from gateway.repository.statements import statement
from tests.kit.gateway import NAMESPACE, new_id
from tests.kit.stores import Stores, round_trips
from tests.kit.tickets_rest import TICKETS, helpdesk_text
from tests.kit.workflow import STARTER
from tests.kit.znuny import AGENT, ARTICLE, NEW_TICKET

_APART = {"open_message", "close_message", "reserve_numbers"}
_CHECKS = (
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)


def test_rest_a41_a_ticket_made_here_is_found_by_znuny_with_equal_values(rest):
    fields = {"subject": "Made by REST", "ticketType": "billing", "ticketPriority": "4 high",
              "owner": "asmith", "departments": "Billing", "customerEmail": "jane@acme.example",
              "ticketContent": "VAT is missing."}  # fmt: skip
    ticket = rest.new(**fields)
    found = rest.znuny.call("rest", "TicketSearch", {**AGENT, "Title": "Made by REST"})
    assert str(ticket) in as_list(found.answer["TicketID"])
    reply = rest.znuny.call("rest", "TicketGet", {**AGENT, "TicketID": ticket, "AllArticles": 1})
    theirs = reply.answer["Ticket"][0]
    assert (theirs["Title"], theirs["Type"], theirs["Priority"], theirs["Owner"]) == (
        "Made by REST", "billing", "4 high", "asmith",
    )  # fmt: skip
    assert (theirs["Queue"], theirs["CustomerID"], theirs["CustomerUserID"]) == (
        "Billing", "ACME", "jane",
    )  # fmt: skip
    assert as_list(theirs["Article"])[0]["Body"] == "VAT is missing."


def test_rest_a41_a_ticket_made_by_znuny_is_listed_here_with_equal_values(rest):
    made = rest.znuny.call("rest", "TicketCreate", {
        **AGENT, "Ticket": {**NEW_TICKET, "Type": "sales", "Owner": "asmith"}, "Article": ARTICLE,
    })  # fmt: skip
    id_ = int(made.answer["TicketID"])
    (listed,) = rest.get(f"{TICKETS}/?idAfter={id_ - 1}&limit=1").json
    assert (listed["id"], listed["subject"], listed["ticketType"], listed["owner"]) == (
        str(id_), "Disk full", "sales", "asmith",
    )  # fmt: skip
    assert (listed["customerID"], listed["customerEmail"], listed["ticketContent"]) == (
        rest.acme, "jane@acme.example", "97 %",
    )  # fmt: skip


def test_rest_a41_acmp_finds_and_makes_the_same_tickets(rest):
    ticket = rest.new(subject="For the helpdesk", ticketContent="Hello", owner="asmith")
    ((guid,),) = rest.rows("select guid from ticket where id = %s", ticket)
    assert "For the helpdesk" in titles_of_the_helpdesk(rest)
    theirs = rest.helpdesk("GetTicket_V5", f"<TicketId>{{{guid}}}</TicketId>")
    assert helpdesk_text(theirs, "Title") == "For the helpdesk"
    assert helpdesk_text(theirs, "Description") == "Hello"
    content = f"<Ticket><Id>{new_id()}</Id><Title>By ACMP</Title><Priority>5</Priority></Ticket>"
    rest.helpdesk("SaveTicket_V4", content)
    last = rest.get(f"{TICKETS}/?idAfter={ticket}").json[-1]
    assert (last["subject"], last["ticketPriority"]) == ("By ACMP", "5 very high")


def titles_of_the_helpdesk(rest):
    """Give the titles of its whole list, page by page."""
    for offset in count(0, 1000):
        page = f"<Offset>{offset}</Offset><Count>1000</Count>"
        titles = rest.helpdesk("GetTicketList_V1", page).findall(f".//{{{NAMESPACE}}}Title")
        if not titles:
            return
        yield from (each.text for each in titles)


def test_rest_a41_ssp7_finds_and_makes_the_same_tickets(workflow, rest):
    gateway = workflow.gateway
    key = keyed(gateway.database_url, "admin")
    login = {"Authorization": f"Bearer {key}"}
    gateway.rows("insert into customer (key, name) values ('REST', 'Rest') on conflict do nothing")
    with httpx.Client(base_url=gateway.url, headers=login, timeout=30) as client:
        ((customer,),) = gateway.rows("select id from customer where key = 'REST'")
        body = {"customerID": customer, "subject": "For the provider", "ticketPriority": 5}
        made = client.post(f"{TICKETS}/", json=body)
        assert made.status_code == 201, made.text
        ticket = int(made.json()["id"])
        ((guid,),) = gateway.rows("select guid from ticket where id = %s", ticket)
        ((group,),) = gateway.rows(
            "select g.guid from agent_group g join partner p on p.id = g.partner_id"
            " where g.integrated and p.name = 'NORTHWIND' limit 1"
        )
        assignee = {"Id": f"{{{group}}}", "AssigneeIsGroup": True}
        fields = {"Id": f"{{{guid}}}", "Title": "For the provider", "Assignee": assignee}
        assert gateway.call("SaveTicket_V4", Ticket=fields).ResultCode == 0
        ((task,),) = gateway.rows("select id from task where ticket_id = %s and main", ticket)
        read = workflow.read(task)
        assert "For the provider" in str(read)
        deleted = client.delete(f"{TICKETS}/{ticket}")
        assert deleted.status_code == 204
        ((told,),) = gateway.rows("select count(*) from event where ticket_id = %s"
                                  " and partner_id is not null", ticket)  # fmt: skip
        assert told == 2  # given to the partner, and taken away with the ticket
        started = start(workflow)
        shown = client.get(f"{TICKETS}/{started}").json()
        assert (shown["id"], shown["subject"], shown["customerEmail"]) == (
            str(started), "By the workflow service", "olga@example.org",
        )  # fmt: skip


def test_rest_requests_take_few_round_trips(rest, monkeypatch):
    ticket = rest.new()
    whole = {"customerID": rest.acme, "subject": "x", "ticketContent": "y", "owner": "asmith",
             "users": "asmith, bjones", "departments": "Billing, Raw"}  # fmt: skip
    most = {
        ("POST", f"{TICKETS}/", json.dumps(whole), "k1"): 6,
        ("POST", f"{TICKETS}/", json.dumps(whole), None): 6,
        ("GET", f"{TICKETS}/{ticket}", None, None): 3,
        ("GET", f"{TICKETS}/", None, None): 3,
        ("GET", f"{BASE}/customers/{rest.acme}/tickets/", None, None): 3,
        ("GET", f"{BASE}/users/", None, None): 3,
        ("PATCH", f"{TICKETS}/{ticket}", '{"subject":"y","users":"asmith"}', "k2"): 7,
        ("DELETE", f"{TICKETS}/{ticket}", None, None): 7,
    }
    for (method, path, body, key), trips in most.items():
        with round_trips(monkeypatch) as made:
            headers = {"Idempotency-Key": key} if key else {}
            reply = rest.call(method, path, body.encode() if body else None, headers)
        assert reply.status < 300, reply.body
        counted = [trip for trip in made if not set(trip) & _APART and trip != ["commit"]]
        assert len(counted) <= trips, (method, path, counted)


def test_rest_a_list_walks_an_index_however_it_is_filtered(rest):
    rest.rows("insert into customer (key, name) values ('WALK', 'Walk') on conflict do nothing")
    walk = rest.stores.row("customer", "WALK").id
    rest.rows(
        "insert into ticket (number, title, state_id, priority_id, type_id, queue_id, customer_id,"
        " created, changed) select 'walk-' || n, 'Walk', 1, 3, 1, 2,"
        f" case when n %% 50 = 0 then {walk} else {rest.globex} end, at, at"
        " from generate_series(1, 20000) n, lateral (select now() - interval '1 year'"
        " + n * interval '1 minute' as at) t"
    )
    rest.rows("analyze ticket")
    plans = {
        "cards_of_page cards_in_order cards": "pk_ticket",
        "cards_of_page cards_of_customer cards_in_order cards": "ix_ticket_customer_id_id",
        "cards_of_page cards_changed cards_in_order cards": "ix_ticket_changed",
        "cards_of_page cards_created cards_in_order cards": "ix_ticket_created",
    }
    ((half, highest),) = rest.rows("select max(id) - 10000, max(id) from ticket")
    for name, index in plans.items():
        text = statement(name).replace("current_setting('gateway.settled')", f"'{highest}'")
        values = {"after": half, "groups": "'{1}'", "customer": walk, "limit": 101,
                  "created_since": "now() - interval '1 minute'",
                  "changed_since": "now() - interval '1 minute'"}  # fmt: skip
        for part, value in values.items():
            text = text.replace(f"%({part})s", str(value))
        plan = "\n".join(line for (line,) in rest.rows(f"explain {text}"))
        assert index in plan, plan
        assert "Seq Scan on ticket" not in plan, plan


def test_rest_generated_requests_get_documented_answers(rest):
    """No 5xx, no undocumented status, type, header or shape, whatever is sent."""
    document = json.loads(rest.get("/openapi.json").body)
    schema = schemathesis.openapi.from_dict(document)
    ticket = rest.new()
    for operation in schema.get_all_operations():
        case_of = operation.ok().as_strategy()
        _played(case_of, rest, ticket)


def _played(strategy, rest, ticket):
    @settings(max_examples=8, deadline=None, database=None, derandomize=True,
              phases=(Phase.generate,), suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(case=strategy)
    def play(case):
        if case.path_parameters and "tickets/{id}" in case.path and case.method != "DELETE":
            case.path_parameters["id"] = ticket
        reply = _sent(case, rest)
        case.validate_response(reply, checks=_CHECKS)

    play()


def _sent(case, rest):
    prepared = case.as_transport_kwargs(base_url="http://127.0.0.1:8080")
    request = httpx.Request(
        prepared["method"], prepared["url"], params=prepared.get("params"),
        json=prepared.get("json"), content=prepared.get("data"),
        headers={"Authorization": f"Bearer {rest.key}", **(prepared.get("headers") or {})},
    )  # fmt: skip
    target = request.url.raw_path.decode()
    path, _, query = target.partition("?")
    headers = dict(request.headers)
    headers["authorization"] = f"Bearer {rest.key}"
    found = rest.znuny.send(request.method, path, request.content, headers, query=query)
    answered = httpx.Response(found.status, headers=found.headers, content=found.body,
                              request=request)  # fmt: skip
    answered.elapsed = timedelta()
    return schemathesis.Response.from_httpx(answered, verify=True)


def start(workflow):
    """Make a ticket through an external app and give its id."""
    fields = {"NameValue": [{"Name": "Subject", "Value": "By the workflow service"},
                            {"Name": "RequesterName", "Value": "Olga"},
                            {"Name": "RequesterEmail", "Value": "olga@example.org"}]}  # fmt: skip
    done = workflow.call("StartProcessFromExternalApp", login=STARTER, p_strExternalApp="DOOR",
                         p_arrFields=fields)  # fmt: skip
    assert done.Success, done
    return done.ProcessInstanceId


def keyed(url, account):
    """Give an account of a running gateway a key."""
    key = "tgk_" + "w" * 43
    stores = Stores(url, pool_size=1)
    try:
        stores.sql(
            "insert into account_secret (account_id, kind, sha256)"
            " select id, 'api_key', %s from account where name = %s on conflict do nothing",
            hashlib.sha256(key.encode()).digest(), account,
        )  # fmt: skip
    finally:
        stores.close()
    return key


def as_list(value):
    return value if isinstance(value, list) else [value]
