"""Attachments, working times, costs and the mail monitor over a real database."""

import hashlib
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.domain.commands import (
    DeleteAttachments,
    Entry,
    SaveAttachment,
    SaveAttachments,
    SaveCost,
    SaveWorkingTime,
)
from gateway.domain.entries import Attachment, Cost, NewArticle, NewWorkingTime, minutes_between
from gateway.usecases import attachments, costs, entries, mail_monitor, working_times
from gateway.usecases.idempotency import digest
from tests.kit.stores import Stores, round_trips

START = datetime(2026, 1, 1, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def stores(databases):
    with databases.migrated() as url:
        made = Stores(url)
        yield made
        made.close()


@pytest.fixture
def ticket(stores):
    return stores.create()


def cost(ticket, **changes):
    return Cost(
        guid=uuid4(),
        ticket_id=ticket.id,
        ticket=ticket.guid,
        created=START,
        **{"unit_price": Decimal("19.90"), "amount": 2, "category": "Parts", **changes},
    )


def attachment(ticket, content=None, **changes):
    return Attachment(
        guid=uuid4(),
        ticket_id=ticket.id,
        ticket=ticket.guid,
        document=uuid4(),
        name="Page",
        size=len(content or b""),
        sha256=None if content is None else hashlib.sha256(content).digest(),
        created=START,
        **{"file_name": "page.txt", **changes},
    )


def book(stores, ticket, minutes=25, start=START):
    time = NewWorkingTime(
        guid=uuid4(),
        executor=stores.row("agent", "admin"),
        start=start,
        end=start + timedelta(minutes=minutes),
        description="x",
    )
    stores.run(lambda unit: unit.entries.add_working_time(ticket, time, stores.call()))
    return time


def perform(stores, work, command, operation):
    """Carry out a use case as a dialect does."""
    call = stores.call(
        operation=operation,
        command=operation.rpartition("_V")[0],
        digest=digest(operation, command),
    )
    return stores.units.run(lambda unit: work(command, call, unit), call)


# --- costs


def test_costs_are_found_as_they_were_added(stores, ticket):
    other = stores.create()
    sent = [cost(ticket, description="ä"), cost(other), cost(ticket, category="")]
    stores.run(lambda unit: unit.costs.add(sent, stores.call()))
    found = stores.run(lambda unit: unit.costs.find([*(each.guid for each in sent), uuid4()]))
    admin = stores.row("agent", "admin")
    for each in sent:
        stored = found[each.guid]
        assert stored == replace(each, creator=admin, created=stored.created)
    assert len(found) == 3
    listed = stores.run(lambda unit: unit.costs.list(ticket.id))
    assert [each.guid for each in listed.rows] == [sent[0].guid, sent[2].guid]
    assert listed.total == 2
    assert stores.view(ticket.guid).costs == Decimal("79.60")


def test_costs_are_edited_and_deleted_together(stores, ticket):
    sent = [cost(ticket) for _ in range(3)]
    stores.run(lambda unit: unit.costs.add(sent, stores.call()))
    edited = [replace(each, unit_price=Decimal("999999.99"), amount=999_999) for each in sent[:2]]
    stores.run(lambda unit: unit.costs.edit(edited))
    found = stores.run(lambda unit: unit.costs.find([each.guid for each in sent]))
    assert [found[each.guid].amount for each in sent] == [999_999, 999_999, 2]
    stores.run(lambda unit: unit.costs.delete(sent[1:]))
    assert [each.guid for each in stores.run(lambda unit: unit.costs.list(ticket.id)).rows] == [
        sent[0].guid
    ]


def test_a_list_that_is_cut_off_says_of_how_many(stores, ticket):
    stores.sql(
        "insert into cost (ticket_id, unit_price, amount) select %s, 1, 1"
        " from generate_series(1, 5001)",
        ticket.id,
    )
    listed = stores.run(lambda unit: unit.costs.list(ticket.id))
    assert (len(listed.rows), listed.total) == (5000, 5001)


# --- working times


def test_working_times_are_listed_by_start_and_edited(stores, ticket):
    times = [book(stores, ticket, start=START + timedelta(hours=n)) for n in (2, 0, 1)]
    listed = stores.run(lambda unit: unit.times.list(ticket.id))
    assert [each.guid for each in listed.rows] == [times[n].guid for n in (1, 2, 0)]
    first = listed.rows[0]
    assert (first.ticket, first.minutes, first.executor.en) == (ticket.guid, 25, "Admin")
    changed = replace(first, minutes=30, end=first.start + timedelta(minutes=30), description="")
    stores.run(lambda unit: unit.times.edit(changed))
    assert stores.run(lambda unit: unit.times.find([first.guid])) == {first.guid: changed}
    stores.run(lambda unit: unit.times.delete(listed.rows[:2]))
    assert stores.view(ticket.guid).working_minutes == 25


# --- attachments


@pytest.mark.parametrize("size", [0, 1, 300_000])
def test_contents_are_stored_as_they_are(stores, ticket, size):
    content = os.urandom(size)
    sent = attachment(ticket, content, description="ä", visible=True)

    def work(unit):
        unit.attachments.add([sent], stores.call())
        unit.attachments.deliver(ticket, {sent.guid: content})

    stores.run(work)
    found, stored = stores.run(lambda unit: unit.attachments.read(sent.guid))
    assert stored == content
    admin = stores.row("agent", "admin")
    assert found == replace(sent, creator=admin, created=found.created)


def test_an_attachment_without_content_waits_for_it(stores, ticket):
    sent = [attachment(ticket), attachment(ticket)]
    stores.run(lambda unit: unit.attachments.add(sent, stores.call()))
    assert stores.run(lambda unit: unit.attachments.read(sent[0].guid))[1] is None
    late = replace(sent[0], size=1, sha256=hashlib.sha256(b"x").digest(), description="come")

    def deliver(unit):
        unit.attachments.edit([late])
        unit.attachments.deliver(ticket, {late.guid: b"x"})

    stores.run(deliver)
    found, content = stores.run(lambda unit: unit.attachments.read(late.guid))
    assert (found.size, found.sha256, found.description, content) == (1, late.sha256, "come", b"x")


def test_attachments_of_articles_have_their_own_guid_as_label(stores, ticket):
    article = NewArticle(guid=uuid4(), plain="x", html="x")
    stores.run(lambda unit: unit.entries.add_article(ticket, article, stores.call()))
    stores.sql(
        "insert into attachment (ticket_id, article_id, name, file_name, created)"
        " select ticket_id, id, 'a', 'a', %s from article where guid = %s",
        START - timedelta(days=400),
        article.guid,
    )
    own = attachment(ticket)
    stores.run(lambda unit: unit.attachments.add([own], stores.call()))
    listed = stores.run(lambda unit: unit.attachments.list(ticket.id))
    assert [each.guid for each in listed.rows][1:] == [own.guid]
    first = listed.rows[0]
    assert (first.document, first.creator, first.sha256) == (first.guid, None, None)
    found, _ = stores.run(lambda unit: unit.entries.find_article(article.guid))
    stores.run(lambda unit: unit.entries.delete_article(found))
    listed = stores.run(lambda unit: unit.attachments.list(ticket.id))
    assert [each.guid for each in listed.rows] == [own.guid]


def test_deleted_attachments_take_their_contents_along(stores, ticket):
    sent = [attachment(ticket, b"x") for _ in range(2)]

    def work(unit):
        unit.attachments.add(sent, stores.call())
        unit.attachments.deliver(ticket, {each.guid: b"x" for each in sent})

    stores.run(work)
    stores.run(lambda unit: unit.attachments.delete(sent[:1]))
    assert stores.run(lambda unit: unit.attachments.read(sent[0].guid)) is None
    assert stores.sql(
        "select count(*) from attachment_content where ticket_id = %s", ticket.id
    ) == [(1,)]


# --- comments and mails


def test_comments_come_newest_first_with_their_number(stores, ticket):
    guids = [uuid4() for _ in range(3)]
    for guid in guids:
        article = NewArticle(guid=guid, plain="x", html="x")
        stores.run(
            lambda unit, article=article: unit.entries.add_article(ticket, article, stores.call())
        )
    listed = stores.run(lambda unit: unit.entries.newest_articles(ticket.id))
    assert [article.guid for article in listed.rows] == guids[::-1]
    assert listed.total == 3


def test_mails_that_belong_to_no_ticket_are_monitored(stores, ticket):
    guids = [uuid4() for _ in range(3)]
    for n, guid in enumerate(guids):
        stores.sql(
            "insert into mail (guid, message_id, received, outcome) values (%s, %s, %s, 'ignored')",
            guid, str(guid), START + timedelta(hours=n),
        )  # fmt: skip
    stores.sql(
        "update mail set outcome = 'ticket', ticket_id = %s where guid = %s", ticket.id, guids[1]
    )
    listed = stores.run(lambda unit: unit.monitor.list())
    assert [mail.guid for mail in listed.rows] == [guids[2], guids[0]]
    known = stores.run(lambda unit: unit.monitor.known([*guids, uuid4()]))
    assert set(known) == {guids[0], guids[2]}
    stores.run(lambda unit: unit.monitor.delete(guids))
    assert stores.run(lambda unit: unit.monitor.list()).total == 0
    assert stores.sql("select guid from mail") == [(guids[1],)]


# --- round trips


def filled(stores, count):
    """Make a ticket with so many entries of each kind; give it and one guid of each."""
    made = stores.create()
    files = [attachment(made, b"x") for _ in range(count)]
    priced = [cost(made) for _ in range(count)]
    articles = [NewArticle(guid=uuid4(), plain="x", html="x") for _ in range(count)]

    def work(unit):
        call = stores.call()
        unit.attachments.add(files, call)
        unit.attachments.deliver(made, {each.guid: b"x" for each in files})
        unit.costs.add(priced, call)
        for article in articles:
            unit.entries.add_article(made, article, call)

    stores.run(work)
    times = [book(stores, made) for _ in range(count)]
    return made, files, priced, times, articles


READS = {
    "GetTicketAttachments": (attachments.of_ticket, "ticket", "attachments"),
    "GetTicketAttachment": (attachments.one, "file", "read_attachment"),
    "GetTicketComment": (entries.comment, "article", "find_article"),
    "GetCommentListOfTicket": (entries.newest_comments, "ticket", "newest_articles"),
    "GetTicketWorkingTimeList": (working_times.of_ticket, "ticket", "working_times"),
    "GetTicketCost": (costs.one, "cost", "find_costs"),
    "GetTicketCostList": (costs.of_ticket, "ticket", "costs"),
}


@pytest.mark.parametrize("count", [1, 50])
def test_every_read_takes_three_round_trips_with_the_login(stores, monkeypatch, count):
    made, files, priced, _, articles = filled(stores, count)
    guids = {
        "ticket": made.guid,
        "file": files[0].guid,
        "cost": priced[0].guid,
        "article": articles[0].guid,
    }
    for command, (work, of, statement) in READS.items():
        number, _ = stores.opened()
        call = stores.call(message=number, command=command)
        with round_trips(monkeypatch) as trips:
            stores.accounts.find("admin")
            stores.units.run(partial(work_on, work, guids[of], call), call)
        assert sorted(trips) == sorted([["find_account"], ["view_ticket"], [statement]]), command


def work_on(work, guid, call, unit):
    return work(guid, call, unit)


@pytest.mark.parametrize("count", [1, 50])
def test_the_mail_monitor_takes_two_round_trips_with_the_login(stores, monkeypatch, count):
    stores.sql(
        "insert into mail (message_id, received, outcome)"
        " select gen_random_uuid()::text, now(), 'ignored' from generate_series(1, %s)",
        count,
    )
    number, _ = stores.opened()
    call = stores.call(message=number, command="GetEmailMonitorList")
    with round_trips(monkeypatch) as trips:
        stores.accounts.find("admin")
        listed = stores.units.run(lambda unit: mail_monitor.mails(call, unit), call)
    assert len(listed.rows) >= count
    assert trips == [["find_account"], ["unmatched_mails"]]


def save_costs(ticket, guids, amount=1):
    return [
        SaveCost(guid=guid, ticket=ticket.guid, unit_price=Decimal("1.25"), amount=amount)
        for guid in guids
    ]


def save_files(ticket, guids, content=b"x", description="x"):
    return SaveAttachments(
        ticket=ticket.guid,
        attachments=tuple(
            SaveAttachment(
                guid=guid,
                document=guid,
                name="x",
                file_name="x",
                description=description,
                sha256=hashlib.sha256(content).digest(),
                content=content,
            )
            for guid in guids
        ),
    )


def test_a_batch_takes_as_many_round_trips_for_one_entry_as_for_fifty(stores, monkeypatch):
    seen = []
    for count in (1, 50):
        made, guids = stores.create(), [uuid4() for _ in range(count)]
        gone = [Entry(guid) for guid in guids]
        times = [Entry(book(stores, made).guid) for _ in range(count)]
        stores.sql(
            "insert into mail (guid, message_id, received, outcome)"
            " select x, x::text, now(), 'ignored' from unnest(%s::uuid[]) x",
            guids,
        )
        steps = (
            (costs.save, save_costs(made, guids), "SaveTicketCosts_V1"),
            (costs.save, save_costs(made, guids, 2), "SaveTicketCosts_V1"),
            (costs.delete, gone, "DeleteTicketCosts_V1"),
            (costs.delete, gone, "DeleteTicketCosts_V1"),
            (attachments.save, save_files(made, guids), "SaveTicketAttachments_V1"),
            (attachments.save, save_files(made, guids, description="y"),
             "SaveTicketAttachments_V1"),
            (attachments.delete, DeleteAttachments(ticket=made.guid, attachments=tuple(gone)),
             "DeleteTicketAttachments_V1"),
            (working_times.delete, times, "DeleteTicketWorkingTimeList_V1"),
            (mail_monitor.delete, gone, "DeleteEmailMonitorList_V1"),
        )  # fmt: skip
        counts = []
        for work, command, operation in steps:
            with round_trips(monkeypatch) as trips:
                perform(stores, work, command, operation)
            counts.append(len(trips))
        seen.append(counts)
        assert stores.view(made.guid).costs == 0
    assert seen[0] == seen[1]
    assert max(seen[0]) <= 7, seen


def test_a_batch_over_several_tickets_locks_them_all_at_once(stores, monkeypatch):
    tickets = [stores.create() for _ in range(20)]
    batch = [command for each in tickets for command in save_costs(each, [uuid4()])]
    with round_trips(monkeypatch) as trips:
        perform(stores, costs.save, batch, "SaveTicketCosts_V1")
    assert [trip for trip in trips if "lock_tickets" in trip] == [
        ["begin", "lock_tickets", "load_tickets"]
    ]
    assert {stores.view(each.guid).costs for each in tickets} == {Decimal("1.25")}


# --- sums

SLOTS = 6
amounts = st.integers(1, 999_999)
prices = st.decimals("0.01", "999999.99", places=2)
steps = st.one_of(
    st.tuples(
        st.just("costs"),
        st.dictionaries(st.integers(0, SLOTS - 1), st.tuples(prices, amounts), min_size=1),
    ),
    st.tuples(
        st.just("time"), st.integers(0, SLOTS - 1), st.integers(0, 500), st.integers(1, 5000)
    ),
    st.tuples(
        st.sampled_from(["delete costs", "delete times"]),
        st.lists(st.integers(0, SLOTS - 1), min_size=1),
    ),
)


@given(sequence=st.lists(steps, max_size=12))
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_totals_are_the_sums_of_the_entries_after_any_saves_and_deletes(stores, sequence):
    made = stores.create()
    guids = [uuid4() for _ in range(SLOTS)]
    priced, worked = {}, {}
    for kind, *rest in sequence:
        if kind == "costs":
            (sent,) = rest
            batch = [
                SaveCost(guid=guids[slot], ticket=made.guid, unit_price=price, amount=amount)
                for slot, (price, amount) in sent.items()
            ]
            perform(stores, costs.save, batch, "SaveTicketCosts_V1")
            priced |= {slot: price * amount for slot, (price, amount) in sent.items()}
        elif kind == "time":
            slot, offset, seconds = rest
            start = START + timedelta(minutes=offset)
            end = start + timedelta(seconds=seconds)
            command = SaveWorkingTime(
                guid=guids[slot],
                ticket=made.guid,
                executor=stores.admin.agent_guid,
                start=start,
                end=end,
            )
            perform(stores, working_times.save, command, "SaveTicketWorkingTime_V1")
            worked[slot] = minutes_between(start, end)
        else:
            known = priced if kind == "delete costs" else worked
            doomed = [slot for slot in rest[0] if slot in known]
            work, operation = (
                (costs.delete, "DeleteTicketCosts_V1")
                if kind == "delete costs"
                else (working_times.delete, "DeleteTicketWorkingTimeList_V1")
            )
            if doomed:
                perform(stores, work, [Entry(guids[slot]) for slot in doomed], operation)
            for slot in set(doomed):
                del known[slot]
        view = stores.view(made.guid)
        assert (view.costs, view.working_minutes) == (sum(priced.values()), sum(worked.values()))
