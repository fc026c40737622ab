"""Tickets of the connector at service providers: what they are told, and whose numbers count."""

import httpx
import pytest

from tests.kit.database import ADMIN_PASSWORD
from tests.kit.gateway import HELPDESK, element, wrapped
from tests.kit.workflow import partners
from tests.kit.znuny import AGENT, ARTICLE, NEW_TICKET, running_znuny


@pytest.fixture(scope="module")
def znuny(databases):
    with running_znuny(databases) as running:
        partners(running.stores.url)
        running.rows("insert into permission select 1, id, 'rw' from agent_group"
                     " where name = 'Northwind desk'")  # fmt: skip
        yield running


@pytest.fixture
def ticket(znuny):
    """A ticket of the connector whose task is at the partner NORTHWIND."""
    made = znuny.call("rest", "TicketCreate", {**AGENT, "Ticket": NEW_TICKET, "Article": ARTICLE})
    id_ = made.answer["TicketID"]
    ((guid,),) = znuny.rows("select guid from ticket where id = %s", id_)
    ((group,),) = znuny.rows("select guid from agent_group where name = 'Northwind desk'")
    assignee = f"<Assignee><Id>{{{group}}}</Id><AssigneeIsGroup>true</AssigneeIsGroup></Assignee>"
    content = f"<Ticket><Id>{{{guid}}}</Id><Title>Out</Title>{assignee}</Ticket>"
    found = znuny.send(
        "POST", HELPDESK, wrapped(element("SaveTicket_V4", content)),
        {"Content-Type": "text/xml; charset=utf-8",
         "Authorization": httpx.BasicAuth("admin", ADMIN_PASSWORD)._auth_header},
    )  # fmt: skip
    assert b"ResultCode>0<" in found.body, found.body
    assert told(znuny, id_) == ["E1"]
    return id_


def told(znuny, ticket):
    """Give the events that partners were told about a ticket."""
    rows = znuny.rows(
        "select kind from event where ticket_id = %s and task_id is not null order by id", ticket
    )
    return [kind for (kind,) in rows]


def update(znuny, ticket, **parts):
    found = znuny.call("rest", "TicketUpdate", {**AGENT, "TicketID": ticket, **parts})
    assert found.code is None, found.error


def test_the_partner_is_told_what_the_customer_can_see(znuny, ticket):
    update(znuny, ticket, Article={**ARTICLE, "IsVisibleForCustomer": "0"})
    assert told(znuny, ticket) == ["E1"]
    update(znuny, ticket, Article=ARTICLE)
    assert told(znuny, ticket) == ["E1", "E4"]


def test_an_owner_takes_nothing_away_from_the_partner(znuny, ticket):
    update(znuny, ticket, Ticket={"Owner": "reader"})
    assert told(znuny, ticket) == ["E1"]
    assert znuny.rows("select state from task where ticket_id = %s", ticket) == [
        ("SentToExternal",)
    ]


def test_closing_here_closes_there(znuny, ticket):
    update(znuny, ticket, Ticket={"State": "closed successful"})
    assert told(znuny, ticket) == ["E1", "E8"]
    assert znuny.rows("select state from task where ticket_id = %s", ticket) == [("Closed",)]
