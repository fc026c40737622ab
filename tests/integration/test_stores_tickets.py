"""The ticket store: lock, show, create, change, list."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Event
from uuid import uuid4

import pytest

from gateway.domain.people import Assignable, PartyKind
from gateway.domain.ticket import Changes, StateType
from gateway.domain.views import Caption
from gateway.repository.numbers import ticket_number
from gateway.usecases.ports import TICKET_COLUMNS
from tests.kit.stores import Stores, agent_with, customer_with


@pytest.fixture(scope="module")
def stores(databases):
    with databases.migrated() as url:
        made = Stores(url)
        yield made
        made.close()


@pytest.fixture
def fresh(database_url):
    made = Stores(database_url)
    yield made
    made.close()


def change(stores, ticket, changes):
    call = stores.call()

    def work(unit):
        after, differences = unit.tickets.lock(ticket.guid).apply(changes)
        unit.tickets.update(after, differences, call)
        return after

    return stores.units.run(work, call)


def merge(stores, source, target):
    stores.sql(
        "update ticket set merged_into_id = %s, state_id = %s where id = %s",
        target.id, stores.row("state", "merged").id, source.id,
    )  # fmt: skip


def remove(stores, ticket):
    stores.sql(
        "update ticket set state_id = %s where id = %s",
        stores.row("state", "removed").id, ticket.id,
    )  # fmt: skip


def test_a_created_ticket_is_loaded_as_it_was_created(stores):
    user, firm = stores.customer_user("full@x", company="Full GmbH", first="Eva", last="Muster")
    stores.sql("insert into category (en, de, path_en, path_de) values"
               " ('Printer', 'Drucker', 'Printer', 'Drucker')")  # fmt: skip
    stores.sql("insert into impact (en) values ('High')")
    stores.sql("insert into resolution (en, de) values ('Solved', 'Gelöst')")
    stores.sql("insert into service (en) values ('Mail')")
    stores.sql("insert into sla (en) values ('Gold')")
    stores.sql("insert into template (en) values ('Usual')")
    blank = stores.blank(
        category=stores.row("category", "Printer"),
        service=stores.row("service", "Mail"),
        sla=stores.row("sla", "Gold"),
        impact=stores.row("impact", "High"),
        resolution=stores.row("resolution", "Solved"),
        lock="lock",
        owner=stores.row("agent", "admin"),
        assigned_group=None,
        responsible=stores.row("agent", "admin"),
        customer=firm,
        customer_user=user,
        keywords="a b",
        template=stores.row("template", "Usual"),
        pending_until=datetime(2026, 5, 6, 7, 8, 9, 123456, tzinfo=UTC),
        follow_up=date(2026, 5, 7),
        action_required=date(2026, 5, 8),
        closed=datetime(2026, 5, 9, tzinfo=UTC),
        archived=True,
    )
    call = stores.call()

    def work(unit):
        made = unit.tickets.create(blank, call)
        unit.entries.put_description(made, "Hello", "<p>Hello</p>", call)
        return made

    made = stores.units.run(work, call)
    assert stores.lock(blank.guid) == replace(made, description="<p>Hello</p>")
    assert made == replace(blank, id=made.id, number=made.number)
    assert made.customer_user.kind == str(firm.id)
    assert made.category == stores.row("category", made.category.guid)


def test_a_number_is_date_system_counter_and_check_digit(stores):
    made = stores.create()
    day, counter = date.fromisoformat(made.number[:8]), int(made.number[10:15])
    assert made.number == ticket_number(day, 10, counter)


def test_every_ticket_has_its_own_number_and_id(stores):
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda _: stores.create(), range(80)))
    assert len({ticket.number for ticket in made}) == len({ticket.id for ticket in made}) == 80


def test_a_ticket_that_is_not_there_is_not_locked(stores):
    assert stores.lock(uuid4()) is None


def test_a_removed_ticket_is_locked_but_not_shown(stores):
    made = stores.create()
    remove(stores, made)
    assert stores.lock(made.guid).state.kind == "removed"
    assert stores.view(made.guid) is None


def test_an_update_writes_the_new_values_version_time_and_agent(stores):
    made = stores.create()
    after = change(stores, made, Changes(title="New title", priority=5))
    assert stores.lock(made.guid) == replace(made, title="New title", priority=5, version=2)
    assert after.version == 2
    ((changed, created, agent),) = stores.sql(
        "select changed, created, changed_by from ticket where id = %s", made.id
    )
    assert changed > created
    assert agent == stores.admin.agent_id


def test_clearing_a_field_is_stored(stores):
    made = stores.create(owner=stores.row("agent", "admin"), keywords="x")
    change(stores, made, Changes(owner=None, keywords=""))
    locked = stores.lock(made.guid)
    assert (locked.owner, locked.keywords) == (None, "")


def test_touching_raises_version_and_time(stores):
    made = stores.create()
    stores.run(lambda unit: unit.tickets.touch(made, stores.call()))
    assert stores.lock(made.guid).version == 2


def test_a_lock_that_waited_shows_what_the_other_wrote(stores):
    made = stores.create("before")
    held, go = Event(), Event()
    call = stores.call()

    def first(unit):
        ticket = unit.tickets.lock(made.guid)
        held.set()
        go.wait(5)
        unit.tickets.update(*ticket.apply(Changes(title="after")), call)
        unit.entries.put_description(ticket, "after", "<p>after</p>", call)

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(stores.units.run, first, call)
        held.wait(5)
        two = pool.submit(stores.lock, made.guid)
        Event().wait(0.2)
        assert not two.done()
        go.set()
        one.result()
        seen = two.result()
    assert (seen.title, seen.description, seen.version) == ("after", "<p>after</p>", 2)


def test_a_lock_lets_entries_pass(stores):
    made = stores.create()
    held, go = Event(), Event()

    def hold(unit):
        unit.tickets.lock(made.guid)
        held.set()
        go.wait(5)

    with ThreadPoolExecutor(1) as pool:
        one = pool.submit(stores.run, hold)
        held.wait(5)
        stores.sql("insert into article (ticket_id, number, plain) values (%s, 7, 'x')", made.id)
        assert not one.done()
        go.set()
        one.result()


def test_a_view_shows_captions_names_and_sums(stores):
    user, firm = stores.customer_user("view@x", company="View AG", first="Ada", last="Love")
    stores.sql("insert into category (en, path_en, path_de) values ('Net', 'Net', 'Net')")
    stores.sql(
        "insert into category (en, de, path_en, path_de, parent_id) values"
        " ('Cable', 'Kabel', 'Net::Cable', 'Net::Kabel', (select id from category"
        " where path_en = 'Net'))"
    )
    made = stores.create(
        "Hello",
        category=stores.row("category", "Net::Cable"),
        customer_user=user,
        customer=firm,
        keywords="k",
        owner=stores.row("agent", "admin"),
    )
    for minutes in ("10.4", "20.3"):
        stores.sql(
            "insert into working_time (ticket_id, executor_id, started, ended, minutes)"
            " values (%s, 1, now(), now(), %s)", made.id, minutes,
        )  # fmt: skip
    stores.sql("insert into cost (ticket_id, unit_price, amount) values (%s, 1.25, 3)", made.id)
    stores.sql(
        "insert into reminder (ticket_id, due, recipient_id) values"
        " (%s, '2030-01-01T00:00:00Z', 1)", made.id,
    )  # fmt: skip
    view = stores.view(made.guid)
    assert (view.id, view.guid, view.number, view.version) == (
        made.id, made.guid, made.number, 1,
    )  # fmt: skip
    assert (view.plain, view.html, view.title) == ("Hello", "<p>Hello</p>", "Printer jams")
    assert (view.category.en, view.category.de) == ("Net::Cable", "Net::Kabel")
    assert (view.state.en, view.state.de, view.state_type) == ("new", "neu", StateType.NEW)
    assert (view.contact, view.contact_guid) == ("Ada Love", user.guid)
    assert (view.creator, view.creator_guid) == ("Admin", stores.admin.agent_guid)
    assert (view.working_minutes, view.costs) == (31, Decimal("3.75"))
    assert view.reminder == datetime(2030, 1, 1, tzinfo=UTC)
    assert view.created == view.changed
    assert view.created.utcoffset() == timedelta(0)
    assert (view.merged_into, view.asked_for) == (None, made.guid)
    assert view.group_id == made.group_id
    assert view.assignee == Assignable(
        stores.admin.agent_guid,
        PartyKind.AGENT,
        "Admin",
        roles=("admin", "stats", "timeaccounting_webservice", "users"),
    )


def test_a_bare_ticket_is_shown_with_empty_fields(stores):
    made = stores.create()
    view = stores.view(made.guid)
    assert (view.html, view.plain, view.category, view.assignee) == ("", "", None, None)
    assert (view.contact, view.contact_guid, view.reminder) == ("", None, None)
    assert (view.working_minutes, view.costs, view.closed) == (0, Decimal("0.00"), None)


def test_a_caption_without_german_is_shown_in_english(stores):
    stores.sql("insert into resolution (en) values ('Only English')")
    made = stores.create(resolution=stores.row("resolution", "Only English"))
    row = stores.row("resolution", "Only English")
    assert stores.view(made.guid).resolution == Caption(row.guid, "Only English", "Only English")


def test_an_assigned_group_is_shown_with_its_description_and_no_roles(stores):
    stores.group("Second level", description="They know", email="l2@x")
    group = stores.row("group", "Second level")
    made = stores.create(assigned_group=group)
    assert stores.view(made.guid).assignee == Assignable(
        group.guid, PartyKind.GROUP, "Second level", "They know", "l2@x"
    )


def test_an_agent_without_a_name_is_shown_by_login(stores):
    stores.agent("nameless", from_directory=True, email="n@x")
    made = stores.create(owner=stores.row("agent", "nameless"))
    assignee = stores.view(made.guid).assignee
    assert (assignee.name, assignee.from_directory, assignee.roles) == ("nameless", True, ())


def test_an_agent_sees_only_tickets_of_groups_with_ro(stores):
    made = stores.create()
    for rights, seen in (
        ({}, False),
        ({made.group_id: ["note", "create"]}, False),
        ({made.group_id + 1: ["rw"]}, False),
        ({made.group_id: ["ro"]}, True),
        ({made.group_id: ["rw"]}, True),
    ):
        assert (stores.view(made.guid, agent_with(rights)) is not None) is seen


def test_a_customer_sees_own_tickets_and_those_of_the_company(stores):
    anna, firm = stores.customer_user("anna@x", company="One")
    bert, _ = stores.customer_user("bert@x", company="One")
    carl, other = stores.customer_user("carl@x", company="Two")
    solo, _ = stores.customer_user("solo@x")
    made = stores.create(customer_user=anna, customer=firm)
    own = stores.create(customer_user=solo)
    assert stores.view(made.guid, customer_with(anna.id, firm.id))
    assert stores.view(made.guid, customer_with(bert.id, firm.id))
    assert stores.view(made.guid, customer_with(carl.id, other.id)) is None
    assert stores.view(own.guid, customer_with(solo.id))
    assert stores.view(own.guid, customer_with(anna.id, firm.id)) is None
    assert stores.view(stores.create().guid, customer_with(None)) is None


def test_a_merged_ticket_is_shown_as_the_end_of_its_chain(stores):
    first, second, third = stores.create(), stores.create(), stores.create("the end")
    merge(stores, second, third)
    merge(stores, first, second)
    view = stores.view(first.guid)
    assert (view.guid, view.merged_into, view.asked_for) == (third.guid, third.guid, first.guid)
    assert view.plain == "the end"
    assert stores.lock(first.guid).merged_into == third.guid
    assert stores.lock(third.guid).merged_into is None


def test_a_ring_of_merges_ends(stores):
    one, two = stores.create(), stores.create()
    merge(stores, one, two)
    merge(stores, two, one)
    assert stores.view(one.guid) is None


def test_a_page_is_in_order_of_ids_and_tells_of_more(fresh):
    made = [fresh.create(title=f"T{n}") for n in range(5)]
    remove(fresh, made[1])
    merge(fresh, made[3], made[0])
    page = fresh.run(
        lambda unit: unit.tickets.page(fresh.admin, guids=None, offset=0, count=2, with_total=True)
    )
    title = TICKET_COLUMNS.index("title")
    assert page.columns == TICKET_COLUMNS
    assert [row[title] for row in page.rows] == ["T0", "T2"]
    assert (page.has_more, page.total) == (True, 3)
    page = fresh.run(
        lambda unit: unit.tickets.page(fresh.admin, guids=None, offset=2, count=2, with_total=False)
    )
    assert [row[title] for row in page.rows] == ["T4"]
    assert (page.has_more, page.total) == (False, None)


def test_a_page_shows_the_columns_as_a_view_does(fresh):
    user, firm = fresh.customer_user("page@x", company="Page", first="Pia", last="Ge")
    fresh.sql("insert into category (en, de, path_en, path_de) values ('A', 'B', 'A', 'B')")
    fresh.create(
        category=fresh.row("category", "A"),
        customer_user=user,
        customer=firm,
        owner=fresh.row("agent", "admin"),
    )
    fresh.group("Team")
    fresh.create(assigned_group=fresh.row("group", "Team"))
    page = fresh.run(
        lambda unit: unit.tickets.page(fresh.admin, guids=None, offset=0, count=9, with_total=False)
    )
    first, second = (dict(zip(page.columns, row, strict=True)) for row in page.rows)
    view = fresh.view(first["guid"])
    assert first == {
        "guid": view.guid, "id": view.id, "title": view.title,
        "category_guid": view.category.guid, "category_en": "A", "category_de": "B",
        "priority": 3, "state_guid": view.state.guid, "state_en": "new", "state_de": "neu",
        "contact_guid": user.guid, "contact": "Pia Ge",
        "assignee_guid": view.assignee.guid, "assignee": "Admin",
        "created": view.created, "changed": view.changed,
    }  # fmt: skip
    assert (second["assignee"], second["contact"], second["category_en"]) == ("Team", None, None)


def test_tickets_asked_for_by_guid_come_once_and_merged_ones_as_their_target(fresh):
    one, two, three = (fresh.create() for _ in range(3))
    hidden = fresh.create(queue=fresh.queue("Secret", fresh.group("secret")))
    merge(fresh, one, three)
    page = fresh.run(
        lambda unit: unit.tickets.page(
            fresh.admin,
            guids=[one.guid, three.guid, two.guid, two.guid, hidden.guid, uuid4()],
            offset=0,
            count=10,
            with_total=True,
        )
    )
    assert [row[0] for row in page.rows] == [two.guid, three.guid]
    assert (page.has_more, page.total) == (False, 2)


def test_a_page_of_no_guids_is_empty(fresh):
    fresh.create()
    page = fresh.run(
        lambda unit: unit.tickets.page(fresh.admin, guids=[], offset=0, count=10, with_total=True)
    )
    assert (page.rows, page.has_more, page.total) == ([], False, 0)


def test_a_page_holds_only_what_may_be_seen(fresh):
    fresh.create()
    secret = fresh.group("secret")
    hidden = fresh.create(queue=fresh.queue("Secret", secret))
    user, _ = fresh.customer_user("p@x")
    own = fresh.create(customer_user=user)

    def seen(principal):
        page = fresh.run(
            lambda unit: unit.tickets.page(
                principal, guids=None, offset=0, count=10, with_total=True
            )
        )
        assert page.total == len(page.rows)
        return [row[0] for row in page.rows]

    assert seen(agent_with({secret: ["ro"]})) == [hidden.guid]
    assert seen(customer_with(user.id)) == [own.guid]
    assert seen(agent_with({})) == []
