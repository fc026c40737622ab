"""Searches in the database: what they find, and by which index."""

import re
from dataclasses import replace
from datetime import timedelta
from itertools import product
from uuid import UUID, uuid4

import psycopg
import pytest

from gateway import clock
from gateway.domain.search import ROWS, Asker, Order, Search, SortField, search_of
from gateway.domain.ticket import OPEN_TYPES, StateType
from gateway.repository.search import _order, _parts, _values
from gateway.repository.statements import statement
from gateway.repository.tickets import sight
from gateway.usecases import stored_queries
from gateway.usecases.stored_queries import RunQuery
from tests.kit.database import driver_url
from tests.kit.stores import Stores, agent_with, customer_with, round_trips

EVERY_WORD = Search(
    state_types=OPEN_TYPES,
    rows=dict.fromkeys(ROWS, (1,)),
    unassigned=True,
    has_attachment=True,
    created_since=clock.now(),
    changed_since=clock.now(),
    asset=uuid4(),
)

# Tickets of a big installation: one in fifty is open, few are unassigned, few have a file.
FILL = (
    "insert into agent (login) select 'a' || n from generate_series(1, 100) n",
    (
        "insert into ticket (number, title, state_id, priority_id, queue_id, owner_id,"
        " assigned_group_id, created, changed, closed)"
        " select '2025' || lpad(n::text, 8, '0'), 'printer ' || n,"
        " case when n %% 50 = 0 then 1 else 2 end, 3, 1 + n %% 4,"
        " case when n %% 10 > 0 then 2 + n * 7 %% 100 end,"
        " case when n %% 10 = 0 and n %% 100 > 0 then 1 end,"
        " now() - (20000 - n) * interval '10 minutes',"
        " now() - n * 7 %% 19997 * interval '10 minutes', case when n %% 50 > 0 then now() end"
        " from generate_series(1, 20000) n"
    ),
    (
        "insert into attachment (ticket_id, name, file_name)"
        " select n * 100, 'a', 'a.txt' from generate_series(1, 200) n"
    ),
    (
        "insert into object_link (ticket_id, kind, object)"
        " select n, 'asset', gen_random_uuid() from generate_series(1, 5000) n"
    ),
    "analyze",
)


@pytest.fixture(scope="module")
def filled(databases):
    with databases.migrated() as url:
        made = Stores(url)
        for text in FILL:
            made.sql(text)
        yield made
        made.close()


@pytest.fixture(scope="module")
def stores(databases):
    with databases.migrated() as url:
        made = Stores(url)
        yield made
        made.close()


def seeded(stores, name):
    """Give the search that a seeded query means for the agent ``admin``."""
    ((guid,),) = stores.sql("select guid from stored_query where en = %s", name)
    query = stores.run(lambda unit: unit.search.stored(guid))
    return search_of(query, Asker(2, tuple(sorted(stores.admin.rights)), clock.now()))


def plan(stores, search, count=1001):
    found = " ".join(_parts(search, stores.admin))
    text = statement(f"search {found} {_order(search)} search_page {_order(search)}")
    values = sight(stores.admin) | _values(search) | {"offset": 0, "limit": count}
    with psycopg.connect(driver_url(stores.url)) as session:
        rows = session.execute(f"explain (analyze, buffers off, timing off) {text}", values)
        return "\n".join(line for (line,) in rows)


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("All open tickets", "ix_ticket_open_id"),
        ("Tickets assigned to me", "ix_ticket_owner_id"),
        ("My open tickets", r"ix_ticket_(owner_id|open)"),
        ("Open tickets of my groups", r"ix_ticket_(open_id|assigned_group_id)"),
        ("Tickets with no assignee", "ix_ticket_open_id"),
        ("All tickets", "pk_ticket"),
        ("Added recently", r"ix_ticket_created|pk_ticket"),
        ("Updated recently", "ix_ticket_changed"),
        ("Tickets with attachment", r"(pk|ix)_attachment"),
    ],
)
def test_a_seeded_query_finds_its_index(filled, name, index):
    shown = plan(filled, seeded(filled, name), count=51)
    assert re.search(index, shown), shown
    assert "Seq Scan on ticket" not in shown, shown


def test_tickets_of_an_asset_are_found_by_their_links(filled):
    shown = plan(filled, Search(asset=uuid4()))
    assert "ix_object_link_object" in shown
    assert "Seq Scan on ticket" not in shown, shown


def test_captions_are_looked_up_for_the_page_only(filled):
    shown = plan(filled, seeded(filled, "All tickets"), count=10)
    assert "Limit (actual rows=10" in re.sub(r"\s+\(cost=[^)]*\)", "", shown).replace(".00", "")


@pytest.mark.parametrize(
    ("field", "descending", "customer"),
    list(product(SortField, (True, False), (True, False))),
)
def test_every_search_is_understood_by_the_database(stores, field, descending, customer):
    search = replace(EVERY_WORD, order=Order(field, descending))
    principal = customer_with(1, 1) if customer else stores.admin
    page = stores.run(
        lambda unit: unit.search.page(principal, search, offset=0, count=10, with_total=True)
    )
    assert (page.rows, page.has_more, page.total) == ([], False, 0)


def test_the_longest_search_is_short_enough_for_the_drivers_cache(stores):
    found = " ".join(_parts(EVERY_WORD, stores.admin))
    assert len(statement(f"search {found} search_by_id_desc search_page search_by_id_desc")) <= 4096


def page_of(stores, search, principal=None, **paging):
    how = {"offset": 0, "count": 100, "with_total": False, **paging}
    return stores.run(lambda unit: unit.search.page(principal or stores.admin, search, **how))


def titles(page):
    return [row[2] for row in page.rows]


def test_a_page_is_in_the_order_asked_for_and_ties_go_by_id(stores):
    for title in ("A", "B", "C"):
        stores.create(title=title, priority=1)
    stores.sql("update ticket set changed = now() where title in ('A', 'C')")
    stores.sql("update ticket set changed = now() - interval '1 day' where title = 'B'")
    search = Search(rows={"priority": (1,)})
    assert titles(page_of(stores, search)) == ["C", "B", "A"]
    up = replace(search, order=Order(SortField.ID, descending=False))
    assert titles(page_of(stores, up, offset=1, count=1)) == ["B"]
    stores.sql("update ticket set changed = now() where title in ('A', 'C')")
    changed = replace(search, order=Order(SortField.CHANGED, descending=True))
    assert titles(page_of(stores, changed))[-1] == "B"
    page = page_of(stores, search, count=2, with_total=True)
    assert (page.has_more, page.total) == (True, 3)
    later = replace(search, changed_since=clock.now() - timedelta(hours=1))
    assert set(titles(page_of(stores, later))) == {"A", "C"}


def test_an_empty_list_of_rows_is_fulfilled_by_no_ticket(stores):
    stores.create()
    assert page_of(stores, Search(rows={"owner": ()})).rows == []


def test_only_what_may_be_seen_is_found(stores):
    made = stores.create(title="Seen", priority=2)
    search = Search(rows={"priority": (2,)}, state_types=frozenset({StateType.NEW}))
    for rights, seen in (({}, []), ({made.group_id: ["ro"]}, ["Seen"])):
        assert titles(page_of(stores, search, agent_with(rights))) == seen
    anna, firm = stores.customer_user("anna@x", company="One")
    own = stores.create(title="Own", priority=2, customer_user=anna, customer=firm)
    assert titles(page_of(stores, search, customer_with(anna.id, firm.id))) == ["Own"]
    assert own.customer_user == anna


@pytest.mark.parametrize("count", [1, 1000])
def test_the_round_trips_of_a_query_do_not_grow(filled, monkeypatch, count):
    ((guid,),) = filled.sql("select guid from stored_query where en = 'All tickets'")
    command = RunQuery(query=guid, offset=0, count=count, with_total=True)
    call = filled.call(operation="GetTicketListByQuery_V2", command="GetTicketListByQuery")
    with round_trips(monkeypatch) as trips:
        page, assignees = filled.units.run(
            lambda unit: stored_queries.run_with_assignees(command, call, unit), call
        )
    assert len(page.rows) == count
    assert {row[12] for row in page.rows} - {None} == set(assignees)
    assert len(trips) <= 4  # the query, the page, the number of all, the assignees


def test_agents_and_groups_are_shown_with_all_an_assignee_has(stores):
    group = stores.group("Second level", description="They know", email="l2@x")
    agent = stores.agent("nina", groups=[(group, "ro"), (group, "note")], from_directory=True)
    guids = [
        guid
        for table, id_ in (("agent", agent), ("agent_group", group))
        for ((guid,),) in (stores.sql(f"select guid from {table} where id = %s", id_),)
    ]
    found = stores.run(lambda unit: unit.search.assignees([*guids, UUID(int=1)]))
    assert set(found) == set(guids)
    nina, level = (found[guid] for guid in guids)
    assert (nina.name, nina.roles, nina.from_directory) == ("nina", ("Second level",), True)
    assert (level.name, level.description, level.email) == ("Second level", "They know", "l2@x")
    assert stores.run(lambda unit: unit.search.assignees([])) == {}
