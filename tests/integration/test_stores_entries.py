"""Entries, history and events of a ticket."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from gateway.domain.entries import ArticleKind, NewArticle, NewWorkingTime
from gateway.domain.events import Event, EventKind
from gateway.domain.ticket import HistoryLine
from tests.kit.stores import Stores, customer_with


@pytest.fixture(scope="module")
def stores(databases):
    with databases.migrated() as url:
        made = Stores(url)
        yield made
        made.close()


@pytest.fixture
def ticket(stores):
    return stores.create("The description")


def add(stores, ticket, article, **changes):
    call = stores.call(**changes)
    stores.units.run(lambda unit: unit.entries.add_article(ticket, article, call), call)


def articles(stores, ticket):
    return stores.run(lambda unit: unit.entries.articles(ticket.id)).rows


def test_an_added_article_is_found_with_its_ticket(stores, ticket):
    new = NewArticle(guid=uuid4(), plain="x", html="<b>x</b>", visible=True)
    add(stores, ticket, new)
    article, of = stores.run(lambda unit: unit.entries.find_article(new.guid))
    assert of == ticket.guid
    assert (article.guid, article.plain, article.html, article.visible) == (
        new.guid, "x", "<b>x</b>", True,
    )  # fmt: skip
    assert (article.kind, article.ticket_id) == (ArticleKind.ARTICLE, ticket.id)
    assert (article.creator.en, article.sender, article.external) == ("Admin", "Admin", False)
    assert article.created == article.changed
    assert articles(stores, ticket) == [article]


def test_comments_are_listed_oldest_first_without_the_description(stores, ticket):
    guids = [uuid4() for _ in range(3)]
    for guid in guids:
        add(stores, ticket, NewArticle(guid=guid, plain="x", html="x"))
    assert [article.guid for article in articles(stores, ticket)] == guids
    assert stores.sql(
        "select number from article where ticket_id = %s order by number", ticket.id
    ) == [(1,), (2,), (3,), (4,)]


def test_several_articles_of_one_unit_get_numbers_of_their_own(stores, ticket):
    call = stores.call()

    def work(unit):
        for _ in range(3):
            unit.entries.add_article(ticket, NewArticle(guid=uuid4(), plain="", html=""), call)

    stores.units.run(work, call)
    assert len(articles(stores, ticket)) == 3


def test_a_list_of_long_comments_ends_where_its_texts_reach_32_mib(stores, ticket):
    stores.sql(
        "insert into article (ticket_id, guid, number, plain, html, created, changed)"
        " select %s, gen_random_uuid(), n + 1, repeat('x', 1048576), repeat('y', 1048576),"
        " now() + n * interval '1 second', now() from generate_series(1, 20) n",
        ticket.id,
    )
    oldest = stores.run(lambda unit: unit.entries.articles(ticket.id))
    newest = stores.run(lambda unit: unit.entries.newest_articles(ticket.id))
    assert [(len(each.rows), each.total) for each in (oldest, newest)] == [(16, 20)] * 2
    assert oldest.rows[0].created < newest.rows[-1].created < newest.rows[0].created


def test_the_description_is_no_comment(stores, ticket):
    ((guid,),) = stores.sql("select guid from article where ticket_id = %s", ticket.id)
    assert stores.run(lambda unit: unit.entries.find_article(guid)) is None
    assert articles(stores, ticket) == []


def test_an_article_that_is_not_there_is_not_found(stores):
    assert stores.run(lambda unit: unit.entries.find_article(uuid4())) is None


def test_an_edit_changes_text_visibility_and_time(stores, ticket):
    guid = uuid4()
    add(stores, ticket, NewArticle(guid=guid, plain="old", html="old"))

    def work(unit):
        article, _ = unit.entries.find_article(guid)
        changed = replace(article, plain="new", html="<i>new</i>", visible=True)
        unit.entries.edit_article(changed, stores.call())

    stores.run(work)
    (article,) = articles(stores, ticket)
    assert (article.plain, article.html, article.visible) == ("new", "<i>new</i>", True)
    assert article.changed > article.created


def test_a_description_is_replaced_and_emptied_but_stays_one(stores, ticket):
    for plain, html in (("two", "<p>two</p>"), ("", "")):
        stores.run(
            lambda unit, plain=plain, html=html: unit.entries.put_description(
                ticket, plain, html, stores.call()
            )
        )
        view = stores.view(ticket.guid)
        assert (view.plain, view.html) == (plain, html)
    assert stores.sql("select count(*) from article where ticket_id = %s", ticket.id) == [(1,)]


def test_emptying_a_description_that_is_not_there_makes_none(stores):
    bare = stores.create()
    stores.run(lambda unit: unit.entries.put_description(bare, "", "", stores.call()))
    assert stores.sql("select count(*) from article where ticket_id = %s", bare.id) == [(0,)]


def test_guids_in_use_are_taken(stores, ticket):
    article, time = uuid4(), uuid4()

    def work(unit):
        call = stores.call()
        assert not unit.entries.article_taken(article)
        assert not unit.entries.working_time_taken(time)
        unit.entries.add_article(ticket, NewArticle(guid=article, plain="", html=""), call)
        unit.entries.add_working_time(ticket, working_time(stores, guid=time), call)
        # A read in the same unit sees what was gathered before it.
        assert unit.entries.article_taken(article)
        assert unit.entries.working_time_taken(time)

    stores.run(work)


def working_time(stores, **changes):
    return NewWorkingTime(
        **{
            "guid": uuid4(),
            "executor": stores.row("agent", "admin"),
            "start": datetime(2026, 1, 1, 10, 0, tzinfo=UTC),
            "end": datetime(2026, 1, 1, 10, 25, tzinfo=UTC),
            "description": "roller",
            **changes,
        }
    )


def test_a_working_time_counts_in_the_sum(stores, ticket):
    time = working_time(stores)
    stores.run(lambda unit: unit.entries.add_working_time(ticket, time, stores.call()))
    assert stores.view(ticket.guid).working_minutes == 25
    assert stores.sql(
        "select executor_id, minutes::int, description, created_by from working_time"
        " where guid = %s", time.guid,
    ) == [(1, 25, "roller", 1)]  # fmt: skip


def test_a_reminder_is_deleted_and_none_is_no_error(stores, ticket):
    stores.sql(
        "insert into reminder (ticket_id, due, recipient_id) values (%s, now(), 1)", ticket.id
    )
    for _ in range(2):
        stores.run(lambda unit: unit.entries.delete_reminder(ticket))
        assert stores.view(ticket.guid).reminder is None


def test_an_article_of_a_customer_names_its_sender(stores, ticket):
    guid = uuid4()
    asker = replace(customer_with(None), full_name="Eva Muster")
    add(stores, ticket, NewArticle(guid=guid, plain="x", html="x"), principal=asker)
    (article,) = articles(stores, ticket)
    assert (article.creator, article.sender) == (None, "Eva Muster")
    assert stores.sql("select sender_type from article where guid = %s", guid) == [("customer",)]


def test_history_lines_tell_who_what_and_how_the_ticket_stood(stores, ticket):
    lines = [
        HistoryLine(kind="priority", old="3", new="4"),
        HistoryLine(kind="owner", new="Admin", new_id=1),
        HistoryLine(kind="created", text="from a template"),
    ]
    call = stores.call(message=77)
    stores.units.run(lambda unit: unit.history.add(ticket, lines, call), call)
    rows = stores.sql(
        "select kind, text, old, new, old_id, new_id, agent_id, actor, dialect, operation,"
        " queue_id, state_id, priority_id, owner_id, type_id, message from history"
        " where ticket_id = %s order by id", ticket.id,
    )  # fmt: skip
    stood = (ticket.queue.id, ticket.state.id, 3, None, ticket.type.id, 77)
    who = (1, "", "acmp", "SaveTicket_V4")
    assert rows == [
        ("priority", "", "3", "4", None, None, *who, *stood),
        ("owner", "", "", "Admin", None, 1, *who, *stood),
        ("created", "from a template", "", "", None, None, *who, *stood),
    ]


def test_no_lines_and_no_events_write_nothing(stores, ticket):
    def work(unit):
        unit.history.add(ticket, [], stores.call())
        unit.outbox.add(ticket, [], stores.call())

    stores.run(work)
    assert stores.sql("select from history where ticket_id = %s", ticket.id) == []


def test_events_are_numbered_on_per_ticket(stores, ticket):
    def work(unit):
        call = stores.call()
        unit.outbox.add(
            ticket,
            [Event(EventKind.CREATED, {"title": "ä"}), Event(EventKind.ASSIGNED)],
            call,
        )
        unit.outbox.add(ticket, [Event(EventKind.CLOSED)], call)

    stores.run(work)
    assert stores.sql(
        "select sequence, kind, snapshot, agent_id from event where ticket_id = %s order by id",
        ticket.id,
    ) == [
        (1, "created", {"title": "ä"}, 1),
        (2, "assigned", {}, 1),
        (3, "closed", {}, 1),
    ]


def test_all_records_of_a_unit_carry_the_same_time(stores):
    made = stores.blank()
    times = []

    def work(unit):
        call = stores.call()
        ticket = unit.tickets.create(made, call)
        unit.entries.add_article(ticket, NewArticle(guid=uuid4(), plain="", html=""), call)
        unit.history.add(ticket, [HistoryLine(kind="created")], call)
        unit.outbox.add(ticket, [Event(EventKind.CREATED)], call)
        times.append((unit.now, ticket.id))

    stores.run(work)
    ((now, id_),) = times
    assert (
        stores.sql(
            "select created from ticket where id = %(id)s union all"
            " select created from article where ticket_id = %(id)s union all"
            " select created from history where ticket_id = %(id)s union all"
            " select occurred from event where ticket_id = %(id)s".replace("%(id)s", str(id_))
        )
        == [(now,)] * 4
    )
