"""The connector in two processes on one database: what only the database can keep apart."""

import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Barrier

import httpx
import psycopg
import pytest
from lxml import etree

from tests.fault.conftest import UNHURRIED
from tests.kit.database import driver_url
from tests.kit.serving import PASSWORD, Serving
from tests.kit.znuny import ARTICLE, CONNECTOR, NEW_TICKET, REST, request, wrapped

CALLERS = 50
ADMIN = {"UserLogin": "admin", "Password": PASSWORD}
WHOLE = {"Ticket": {**NEW_TICKET, "CustomerUser": "jane@example.com"}, "Article": ARTICLE}


@pytest.fixture(scope="module")
def database(durable_databases):
    with durable_databases.migrated() as url:
        yield url


@pytest.fixture(scope="module")
def gateways(database):
    """Two gateways that share nothing but a database."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gw-")))
        both = [
            Serving(folder / name, "--no-worker", GATEWAY_DATABASE_URL=database, **UNHURRIED)
            for name in ("one", "other")
        ]
        yield [stack.enter_context(gateway) for gateway in both]


@pytest.fixture(scope="module")
def client():
    with httpx.Client(timeout=30, limits=httpx.Limits(max_connections=CALLERS)) as client:
        yield client


def at_once(client, gateways, operation, data, headers=None):
    """Call from everywhere in the same moment, the faces and gateways in turn."""
    ready = Barrier(CALLERS)

    def call(place):
        over = over_soap if place % 4 > 1 else over_rest
        ready.wait(30)
        return over(client, gateways[place % 2].url, operation, data, headers or {})

    with ThreadPoolExecutor(CALLERS) as callers:
        return list(callers.map(call, range(CALLERS)))


def over_rest(client, url, operation, data, headers):
    path = {"TicketCreate": "/Ticket"}.get(operation, f"/{operation}")
    found = client.post(url + REST + path, json=data, headers=headers)
    assert found.status_code == 200, found.text
    return {name: str(value) for name, value in found.json().items()}


def over_soap(client, url, operation, data, headers):
    media = {"Content-Type": "text/xml; charset=utf-8"}
    body = wrapped(request(operation, data))
    found = client.post(url + CONNECTOR, content=body, headers={**media, **headers})
    assert found.status_code == 200, found.text
    (answer,) = etree.fromstring(found.content)[0]
    return {etree.QName(child).localname: child.text for child in answer}


def rows(database, statement, *values):
    with psycopg.connect(driver_url(database)) as session:
        return session.execute(statement, values).fetchall()


def test_znuny_a13_first_calls_at_once_at_two_gateways_make_one_ticket(client, gateways, database):
    found = at_once(
        client, gateways, "ExternalReference", {**ADMIN, "ExternalReference": "FT13", **WHOLE}
    )
    assert sorted(each["Action"] for each in found) == ["Create", *["Update"] * (CALLERS - 1)]
    assert len({each["TicketID"] for each in found}) == 1
    assert len({each["ArticleID"] for each in found}) == CALLERS
    assert rows(
        database,
        "select count(distinct a.ticket_id), array_agg(a.number order by a.number) from article a"
        " join external_reference r on r.ticket_id = a.ticket_id where r.reference = 'FT13'",
    ) == [(1, list(range(1, CALLERS + 1)))]


def test_znuny_a_key_at_two_gateways_has_one_effect(client, gateways, database):
    before = rows(database, "select count(*) from ticket")
    found = at_once(
        client, gateways, "TicketCreate", {**ADMIN, **WHOLE}, {"Idempotency-Key": "at both"}
    )
    assert found == [found[0]] * CALLERS
    assert rows(database, "select count(*) from ticket") == [(before[0][0] + 1,)]
