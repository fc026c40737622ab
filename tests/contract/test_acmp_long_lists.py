"""A list of 5,000 tickets: whole and in pages the same, and the server does not grow by it."""

import psutil
import pytest

from tests.kit.gateway import Gateway, element, running_gateway

TICKETS = 5_000
MEBIBYTE = 1024 * 1024
MANY = """
insert into ticket (guid, number, title, state_id, priority_id, queue_id, type_id, created_by,
  changed_by)
select gen_random_uuid(), 'many-' || n, 'Ticket ' || n, 1, 3, 2, 1, 1, 1
from generate_series(1, %s) n
"""


@pytest.fixture(scope="module")
def full_gateway(databases):
    """A gateway with 5,000 tickets that gives them all at once."""
    with (
        databases.migrated() as url,
        running_gateway(url, GATEWAY_ACMP__LIST_LIMIT=str(TICKETS)) as running,
    ):
        running.rows(MANY, TICKETS)
        yield running


def whole(gateway: Gateway) -> str:
    return gateway.post(element("GetTicketList_V1")).text


def test_the_pages_of_a_long_list_are_the_whole(full_gateway):
    paged = [row.TicketNumber for row in full_gateway.pages("GetTicketList_V1", Count=700)]
    page = full_gateway.call("GetTicketList_V1", WithTotalCount=True)
    rows = page.Tickets.TTicketListItem_V1
    assert [row.TicketNumber for row in rows] == paged == sorted(set(paged))
    assert (len(rows), page.TotalCount, page.HasMore) == (TICKETS, TICKETS, False)


def test_a_long_list_again_and_again_takes_no_more_memory(full_gateway):
    servers = psutil.Process(full_gateway.process.pid).children(recursive=True)
    size = len(whole(full_gateway))
    for _ in range(3):
        whole(full_gateway)
    before = sum(server.memory_info().rss for server in servers)
    for _ in range(12):
        assert len(whole(full_gateway)) == size
    grown = sum(server.memory_info().rss for server in servers) - before
    assert grown < 16 * MEBIBYTE
