"""Merging in the database: what hangs on a ticket moves, and nothing of it is lost."""

import hashlib
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest

from gateway import clock
from gateway.domain.commands import Entry, LinkObjects, LinkTickets, MergeTickets, ObjectKind
from gateway.domain.entries import NewArticle
from gateway.usecases import links, merges
from tests.kit.stores import Stores, round_trips


@pytest.fixture(scope="module")
def stores(databases):
    with databases.migrated() as url:
        made = Stores(url)
        yield made
        made.close()


def act(stores, use_case, command, operation):
    call = stores.call(operation=f"{operation}_V1", command=operation)
    return stores.units.run(partial(use_case, command, call), call)


def merge(stores, target, *sources):
    entries = tuple(Entry(source.guid) for source in sources)
    command = MergeTickets(target=target.guid, sources=entries, merged_state="merged")
    return act(stores, merges.merge, command, "MergeTickets")


def comment(stores, ticket, text):
    call = stores.call()
    article = NewArticle(guid=uuid4(), plain=text, html=text)
    stores.units.run(lambda unit: unit.entries.add_article(ticket, article, call), call)
    return article.guid


def attach(stores, ticket, article_id=None, content=b"file"):
    ((id_,),) = stores.sql(
        "insert into attachment (ticket_id, article_id, name, file_name, size, sha256)"
        " values (%s, %s, 'a', 'a.txt', %s, %s) returning id",
        ticket.id, article_id, len(content), hashlib.sha256(content).digest(),
    )  # fmt: skip
    stores.sql("insert into attachment_content values (%s, %s, %s)", ticket.id, id_, content)
    return id_


def article_id(stores, ticket, *, description):
    ((id_,),) = stores.sql(
        "select id from article where ticket_id = %s and is_description = %s",
        ticket.id, description,
    )  # fmt: skip
    return id_


def test_comments_are_numbered_on_and_stand_by_their_time(stores):
    target, one, two = (stores.create("The description") for _ in range(3))
    said = [comment(stores, ticket, "x") for ticket in (one, target, two)]
    merge(stores, target, one, two)
    articles = stores.run(lambda unit: unit.entries.articles(target.id)).rows
    assert [article.guid for article in articles] == said
    numbers = stores.sql(
        "select number from article where ticket_id = %s order by number", target.id
    )
    assert numbers == [(1,), (2,), (3,), (4,)]
    assert stores.sql("select is_description from article where ticket_id = %s", one.id) == [
        (True,)
    ]


def test_files_move_with_their_comment_and_those_of_a_description_to_the_ticket(stores):
    target, source = stores.create("Stays"), stores.create("Goes")
    comment(stores, source, "x")
    spoken = article_id(stores, source, description=False)
    told = article_id(stores, source, description=True)
    files = [attach(stores, source, owner) for owner in (None, spoken, told)]
    stores.sql(
        "insert into working_time (ticket_id, article_id, executor_id, started, ended, minutes)"
        " values (%s, %s, 1, now(), now(), 1), (%s, %s, 1, now(), now(), 2)",
        source.id, spoken, source.id, told,
    )  # fmt: skip
    merge(stores, target, source)
    moved = stores.sql(
        "select a.id, a.article_id, c.content from attachment a"
        " join attachment_content c on (c.ticket_id, c.attachment_id) = (a.ticket_id, a.id)"
        " where a.ticket_id = %s order by a.id", target.id,
    )  # fmt: skip
    assert moved == [(files[0], None, b"file"), (files[1], spoken, b"file"),
                     (files[2], None, b"file")]  # fmt: skip
    assert stores.sql(
        "select minutes::int, article_id from working_time where ticket_id = %s order by 1",
        target.id,
    ) == [(1, spoken), (2, None)]


def test_links_move_without_doubling_or_leading_to_the_target_itself(stores):
    target, one, two, other = (stores.create() for _ in range(4))
    for ticket, others in ((one, (two, target, other)), (target, (other,)), (two, (other,))):
        command = LinkTickets(ticket=ticket.guid, others=tuple(Entry(o.guid) for o in others))
        act(stores, links.link_tickets, command, "LinkTicketsToTicket")
    asset = Entry(uuid4())
    for ticket in (target, one, two):
        command = LinkObjects(
            ticket=ticket.guid, kind=ObjectKind.ASSET, objects=(asset,), registered_only=False
        )
        act(stores, links.link_objects, command, "LinkAssetsToTicket")
    stores.sql("insert into ticket_link values (%s, %s, 'parent')", other.id, two.id)
    merge(stores, target, one, two)
    ids = [ticket.id for ticket in (target, one, two, other)]
    assert stores.sql(
        "select ticket_id, other_id, kind from ticket_link where ticket_id = any(%s) order by 3",
        ids,
    ) == [(other.id, target.id, "parent"), (target.id, other.id, "plain")]
    assert stores.sql("select ticket_id from object_link where object = %s", asset.guid) == [
        (target.id,)
    ]


def test_the_next_reminder_moves_and_no_merged_ticket_keeps_one(stores):
    target, one, two = (stores.create() for _ in range(3))
    for ticket, days in ((one, 2), (two, 1)):
        stores.sql(
            "insert into reminder (ticket_id, due, recipient_id, text)"
            " values (%s, now() + make_interval(days => %s), 1, %s)",
            ticket.id, days, str(days),
        )  # fmt: skip
    merge(stores, target, one, two)
    ids = [target.id, one.id, two.id]
    assert stores.sql("select ticket_id, text from reminder where ticket_id = any(%s)", ids) == [
        (target.id, "1")
    ]


def test_live_references_move_and_open_tasks_are_closed_by_hand(stores):
    target, source = stores.create(), stores.create()
    stores.sql("insert into external_system (name) values ('PEER') on conflict do nothing")
    for claim, reference in (("live", f"R-{source.id}"), ("released", f"Q-{source.id}")):
        stores.sql(
            "insert into external_reference (system_id, reference, ticket_id, claim)"
            " select id, %s, %s, %s from external_system where name = 'PEER'",
            reference, source.id, claim,
        )  # fmt: skip
    stores.sql("insert into task (ticket_id, number, main) values (%s, '1', true)", source.id)
    merge(stores, target, source)
    rows = stores.sql(
        "select claim, ticket_id from external_reference where ticket_id in (%s, %s) order by 1",
        target.id, source.id,
    )  # fmt: skip
    assert rows == [("live", target.id), ("released", source.id)]
    assert stores.sql(
        "select state, closed_by, version from task where ticket_id = %s", source.id
    ) == [("Closed", 1, 2)]


def test_both_sides_have_a_history_line_and_the_source_points_to_the_target(stores):
    target, source = stores.create(), stores.create()
    merge(stores, target, source)
    locked = stores.lock(source.guid)
    assert (locked.merged_into, locked.state.en, locked.version) == (target.guid, "merged", 2)
    assert locked.closed is not None
    assert stores.lock(target.guid).version == 2
    lines = stores.sql(
        "select ticket_id, kind, text, old, new from history where ticket_id in (%s, %s)"
        " and kind in ('merged', 'state') order by id", target.id, source.id,
    )  # fmt: skip
    assert sorted(lines) == sorted([
        (source.id, "state", "", "new", "merged"),
        (source.id, "merged", "into", "", target.number),
        (target.id, "merged", "from", source.number, ""),
    ])  # fmt: skip
    told = stores.sql(
        "select ticket_id, kind, snapshot -> 'merged_into' ->> 'guid' from event"
        " where ticket_id in (%s, %s) order by id", target.id, source.id,
    )  # fmt: skip
    assert told == [(source.id, "merged", str(target.guid)), (target.id, "changed", None)]


def test_a_closed_source_keeps_its_closing_time(stores):
    target, source = stores.create(), stores.create()
    then = clock.now() - timedelta(days=1)
    stores.sql(
        "update ticket set closed = %s, state_id = (select id from state"
        " where en = 'closed successful') where id = %s", then, source.id,
    )  # fmt: skip
    merge(stores, target, source)
    assert stores.lock(source.guid).closed == then


@pytest.mark.parametrize("number", [1, 40])
def test_the_round_trips_of_a_merge_do_not_grow(stores, monkeypatch, number):
    target = stores.create("x")
    sources = [stores.create("x") for _ in range(number)]
    for source in sources:
        comment(stores, source, "x")
    with round_trips(monkeypatch) as trips:
        merge(stores, target, *sources)
    assert len(trips) == 5  # hold, load, rows, everything written, commit
    assert trips[0] == ["begin", "hold_references", "hold_neighbors"]
    assert trips[-1][-1] == "commit"


@pytest.mark.parametrize("number", [1, 40])
def test_the_round_trips_of_linking_do_not_grow(stores, monkeypatch, number):
    ticket, others = stores.create(), [stores.create() for _ in range(number)]
    entries = tuple(Entry(other.guid) for other in others)
    with round_trips(monkeypatch) as trips:
        act(stores, links.link_tickets, LinkTickets(ticket=ticket.guid, others=entries),
            "LinkTicketsToTicket")  # fmt: skip
    assert len(trips) == 4  # hold, those that are there, everything written, commit
    objects = tuple(Entry(uuid4()) for _ in range(number))
    command = LinkObjects(
        ticket=ticket.guid, kind=ObjectKind.CLIENT, objects=objects, registered_only=True
    )
    stores.sql(
        "insert into registered_object (guid, kind, name) select *, 'client', 'x'"
        " from unnest(%s::uuid[])", [entry.guid for entry in objects],
    )  # fmt: skip
    with round_trips(monkeypatch) as trips:
        act(stores, links.link_objects, command, "LinkClientsToTicket")
    assert len(trips) == 4
