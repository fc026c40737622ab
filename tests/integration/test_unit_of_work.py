"""The unit of work: whole or not at all, run again where harmless, few round trips."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from threading import Barrier, Event
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import make_url

from gateway import clock
from gateway.domain.commands import Defaults, SaveTicket
from gateway.domain.entries import NewArticle
from gateway.domain.ticket import Changes, HistoryLine
from gateway.domain.values import Description
from gateway.errors import (
    DeadlinePassed,
    NotFound,
    OutcomeUnknown,
    Overtaken,
    StorageAway,
    TryLater,
)
from gateway.repository.engine import build_engine
from gateway.repository.numbers import NumberReserve, ticket_number
from gateway.repository.transaction import transaction
from gateway.repository.unit_of_work import UnitsOfWork
from gateway.usecases import tickets as use_cases
from gateway.usecases.ports import Call, Remembered
from tests.kit.proxy import Cut, DatabaseProxy
from tests.kit.stores import Stores, agent_with, round_trips

KILL = (
    "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
    " where application_name = 'test' and datname = current_database()"
)


@pytest.fixture
def stores(database_url):
    made = Stores(database_url)
    yield made
    made.close()


@pytest.fixture
def proxy(database_url):
    with DatabaseProxy(database_url) as between:
        yield between


@pytest.fixture
def proxied(proxy, database_url):
    made = Stores(proxy.url)
    made.url = database_url  # what tests look at behind the stores is not cut
    yield made
    made.close()


def count(stores):
    return stores.sql("select count(*) from ticket")[0][0]


def command(**changes):
    return SaveTicket(
        **{
            "guid": uuid4(),
            "defaults": Defaults(queue="Raw", state="new", priority=3),
            "title": "Printer jams",
            "description": Description("Hello", "<p>Hello</p>"),
            **changes,
        }
    )


def save(stores, wanted, call):
    return stores.units.run(lambda unit: use_cases.save(wanted, call, unit), call)


# --- whole or not at all


def test_a_failure_leaves_nothing(stores):
    blank, call = stores.blank(), stores.call()

    def work(unit):
        ticket = unit.tickets.create(blank, call)
        unit.history.add(ticket, [HistoryLine(kind="created")], call)
        unit.entries.article_taken(uuid4())  # the gathered line has left for the database
        raise NotFound(field="x")

    with pytest.raises(NotFound):
        stores.units.run(work, call)
    assert count(stores) == 0
    assert stores.sql("select from history") == []


def test_what_fails_at_the_end_of_the_unit_leaves_nothing_either(stores):
    made, call = stores.create(), stores.call()

    def work(unit):
        unit.tickets.update(*made.apply(Changes(title="x")), call)
        unit.history.add(replace(made, id=4711), [HistoryLine(kind="created")], call)

    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        stores.units.run(work, call)
    assert stores.lock(made.guid).title == made.title


def test_statements_of_a_failed_batch_are_prepared_again(database_url):
    stores = Stores(database_url, pool_size=1)  # every unit meets the same connection
    try:
        made, call = stores.create(), stores.call()

        def line(ticket):
            def work(unit):
                unit.tickets.touch(ticket, call)
                unit.history.add(ticket, [HistoryLine(kind="created")], call)
                unit.entries.delete_reminder(ticket)

            return work

        for _ in range(2):
            stores.units.run(line(made), call)
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            # The driver prepares what it meets for the third time; not all of it gets there.
            stores.units.run(line(replace(made, id=4711)), call)
        stores.units.run(line(made), call)
    finally:
        stores.close()


def test_a_connection_after_a_failure_is_as_good_as_new(stores):
    blank = stores.blank()

    def work(unit):
        unit.tickets.create(blank, stores.call())
        raise ZeroDivisionError

    for _ in range(stores.engine.pool.size() + 2):
        with pytest.raises(ZeroDivisionError):
            stores.run(work)
    assert (count(stores), stores.engine.pool.checkedout()) == (0, 0)
    stores.create()


# --- deadline


def test_after_the_deadline_nothing_is_stored(stores):
    blank, call = stores.blank(), stores.call(deadline_s=clock.monotonic_s() + 0.2)

    def work(unit):
        unit.tickets.create(blank, call)
        Event().wait(0.3)

    with pytest.raises(DeadlinePassed):
        stores.units.run(work, call)
    assert count(stores) == 0


def test_a_unit_does_not_begin_after_its_deadline(stores):
    began = []
    with pytest.raises(DeadlinePassed):
        stores.run(began.append, deadline_s=clock.monotonic_s())
    assert began == []


def test_the_caller_is_told_after_the_commit_only(stores):
    blank, told = stores.blank(), []
    call = stores.call(settled=lambda ticket_id: told.append((ticket_id, count(stores))))

    def work(unit):
        made = unit.tickets.create(blank, call)
        unit.messages.settle(call, made.id)
        assert told == []
        return made

    made = stores.units.run(work, call)
    assert told == [(made.id, 1)]


# --- two at once


def test_two_creates_of_one_guid_make_one_row_and_the_second_finds_it(stores):
    blank, both = stores.blank(), Barrier(2)
    runs = []

    def work(unit):
        runs.append(1)
        found = unit.tickets.lock(blank.guid)
        if found is not None:
            return "found", found.id
        if len(runs) <= 2:
            both.wait(5)
        return "made", unit.tickets.create(blank, stores.call()).id

    with ThreadPoolExecutor(2) as pool:
        results = [future.result() for future in [pool.submit(stores.run, work) for _ in "12"]]
    assert sorted(what for what, _ in results) == ["found", "made"]
    assert len({id_ for _, id_ in results}) == 1
    assert (count(stores), len(runs)) == (1, 3)


def test_many_saves_of_one_guid_make_one_ticket(stores):
    wanted, call = command(), stores.call()
    with ThreadPoolExecutor(5) as pool:
        ids = {done.ticket_id for done in pool.map(lambda _: save(stores, wanted, call), range(15))}
    assert len(ids) == count(stores) == 1
    assert stores.sql("select count(*) from history where kind = 'created'") == [(1,)]


def test_a_deadlock_is_run_again(stores):
    one, two, both = stores.create(), stores.create(), Barrier(2)
    runs = []

    def work(first, second):
        def locked(unit):
            runs.append(1)
            unit.tickets.lock(first.guid)
            if len(runs) <= 2:
                both.wait(5)
            ticket = unit.tickets.lock(second.guid)
            unit.tickets.touch(ticket, stores.call())
            return ticket.id

        return locked

    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(stores.run, work(*pair)) for pair in ((one, two), (two, one))]
        assert {future.result() for future in futures} == {one.id, two.id}
    assert len(runs) == 3
    assert [stores.lock(ticket.guid).version for ticket in (one, two)] == [2, 2]


def test_a_violation_that_comes_back_is_raised_in_the_end(stores):
    made = stores.create()
    blank, runs = stores.blank(guid=made.guid), []

    def work(unit):
        runs.append(1)
        unit.tickets.create(blank, stores.call())

    with pytest.raises(Overtaken):
        stores.run(work)
    assert len(runs) == 4


def test_a_locked_row_is_waited_for_four_seconds(stores):
    made = stores.create()
    held, go = Event(), Event()

    def hold(unit):
        unit.tickets.lock(made.guid)
        held.set()
        go.wait(10)

    with ThreadPoolExecutor(1) as pool:
        one = pool.submit(stores.run, hold)
        held.wait(5)
        began = time.monotonic()
        with pytest.raises(TryLater):
            stores.lock(made.guid)
        assert time.monotonic() - began > 3.5
        go.set()
        one.result()


# --- the pool


def test_an_empty_pool_is_try_later_within_two_seconds(database_url):
    small = Stores(database_url, pool_size=1)
    held, go = Event(), Event()

    def hold(_):
        held.set()
        go.wait(10)

    with ThreadPoolExecutor(1) as pool:
        one = pool.submit(small.run, hold)
        held.wait(5)
        began = time.monotonic()
        with pytest.raises(TryLater) as refused:
            small.run(lambda unit: unit.now)
        assert not isinstance(refused.value, StorageAway)
        assert time.monotonic() - began > 1.5
        go.set()
        one.result()
    small.close()


def test_a_connection_is_used_again_and_has_its_limits(stores):
    names = ("pg_backend_pid()", *(f"current_setting('{name}')" for name in (
        "application_name", "statement_timeout", "lock_timeout",
        "idle_in_transaction_session_timeout", "timezone", "synchronous_commit",
    )))  # fmt: skip
    query = f"select {', '.join(names)}"

    def shown():
        with stores.engine.connect() as connection:
            return tuple(connection.exec_driver_sql(query).one())

    first = shown()
    stores.create()
    assert shown() == first
    assert first[1:6] == ("test", "5s", "4s", "15s", "UTC")


def test_core_transactions_on_the_same_pool_still_roll_back(stores):
    stores.create()
    with stores.engine.connect() as connection:
        connection.exec_driver_sql("update ticket set title = 'x'")
    assert stores.sql("select title from ticket") == [("Printer jams",)]


# --- lost connections


def test_a_database_that_is_not_there_is_storage_away():
    engine = build_engine("postgresql+psycopg://x@127.0.0.1:1/x", pool_size=1, role="test")
    units = UnitsOfWork(engine, NumberReserve(engine))
    call = Call(principal=agent_with({}), dialect="acmp", operation="x", command="x")
    with pytest.raises(StorageAway):
        units.run(lambda unit: unit.now, call)
    engine.dispose()


def test_killed_connections_at_rest_are_replaced_unseen(stores):
    held = [stores.engine.raw_connection() for _ in range(5)]
    for connection in held:
        connection.close()
    stores.sql(KILL)
    runs = []
    stores.run(lambda unit: runs.append(unit.lists.resolve({"state": ["new"]})))
    assert len(runs) == 1


def test_a_connection_killed_before_the_commit_is_run_again(stores):
    blank, call, runs = stores.blank(), stores.call(), []

    def work(unit):
        runs.append(1)
        made = unit.tickets.create(blank, call)
        if len(runs) == 1:
            stores.sql(KILL)
        unit.history.add(made, [HistoryLine(kind="created")], call)
        return made

    made = stores.units.run(work, call)
    assert len(runs) == 2
    assert stores.sql("select guid, id from ticket") == [(blank.guid, made.id)]
    assert stores.sql("select count(*) from history") == [(1,)]


def test_a_connection_killed_between_the_last_write_and_the_commit_is_run_again(stores):
    blank, runs, looks = stores.blank(), [], []

    class Deadline(float):
        """Is asked before the unit and before its commit."""

        def __le__(self, _):
            looks.append(1)
            if len(looks) == 2:
                stores.sql(KILL)
            return False

    call = stores.call(deadline_s=Deadline())

    def work(unit):
        runs.append(1)
        unit.tickets.create(blank, call)

    stores.units.run(work, call)
    assert (len(runs), count(stores)) == (2, 1)


def test_a_connection_that_is_killed_every_time_is_storage_away(stores):
    blank, runs = stores.blank(), []

    def work(unit):
        runs.append(1)
        unit.tickets.create(blank, stores.call())
        stores.sql(KILL)

    with pytest.raises(StorageAway):
        stores.run(work)
    assert (len(runs), count(stores)) == (4, 0)


@pytest.mark.parametrize(("how", "stored"), [(Cut.BEFORE, 0), (Cut.AFTER, 1)])
def test_a_lost_commit_is_unknown(proxied, proxy, how, stored):
    blank, call = proxied.blank(), proxied.call()
    proxy.cut_once(b"commit\0", how)
    told = []
    with pytest.raises(OutcomeUnknown):
        proxied.units.run(
            lambda unit: unit.tickets.create(blank, call), replace(call, settled=told.append)
        )
    assert (proxy.cuts, count(proxied), told) == (1, stored, [])


@pytest.mark.parametrize("how", Cut)
def test_a_lost_commit_with_a_record_is_run_again_and_has_one_effect(proxied, proxy, how):
    blank, call = proxied.blank(), proxied.call()

    def work(unit):
        first = unit.idempotency.claim(call, "key")
        if first is not None:
            return first.answer["id"]
        made = unit.tickets.create(blank, call)
        answer = Remembered(call.digest, {"id": made.id}, None, "key")
        unit.idempotency.remember(call, "key", answer)
        return made.id

    proxy.cut_once(b"commit\0", how)
    id_ = proxied.units.run(work, call)
    assert (proxy.cuts, proxied.sql("select id from ticket")) == (1, [(id_,)])


def test_a_lost_commit_stays_unknown_when_the_second_run_must_give_up(proxied, proxy):
    blank, call = proxied.blank(), proxied.call()
    runs = []

    def work(unit):
        runs.append(1)
        if len(runs) > 1:
            raise TryLater
        unit.idempotency.claim(call, "key")
        unit.tickets.create(blank, call)

    proxy.cut_once(b"commit\0", Cut.AFTER)
    with pytest.raises(OutcomeUnknown):
        proxied.units.run(work, call)
    assert (len(runs), count(proxied)) == (2, 1)


@pytest.mark.parametrize("how", Cut)
def test_a_save_whose_commit_was_lost_makes_one_ticket(proxied, proxy, how):
    wanted, call = command(), proxied.call()
    proxy.cut_once(b"commit\0", how)
    done = save(proxied, wanted, call)
    assert (proxy.cuts, proxied.sql("select id from ticket")) == (1, [(done.ticket_id,)])


def test_a_read_whose_answer_was_lost_is_run_again(proxied, proxy):
    made = proxied.create()
    call = proxied.call(command="GetTicket")
    proxy.cut_once(b"select t.id, t.guid, t.number", Cut.AFTER)
    view = proxied.units.run(lambda unit: use_cases.view(made.guid, call, unit), call)
    assert (view.id, proxy.cuts) == (made.id, 1)


# --- round trips


def test_a_creation_takes_five_round_trips_with_the_login(stores, monkeypatch):
    number, _ = stores.opened()
    with round_trips(monkeypatch) as trips:
        stores.accounts.find("admin")
        save(stores, command(), stores.call(message=number))
    counted = [trip for trip in trips if trip != ["commit"]]
    assert len(counted) == 5
    assert counted[1:] == [
        ["begin", "lock_tickets", "load_tickets"],
        ["resolve"],
        ["insert_ticket"],
        ["escalate_ticket", "put_description", "add_history", "add_events", "follow_task",
         "forget_keys", "remember_key", "settle_message"],
    ]  # fmt: skip


def test_reading_a_ticket_takes_two_round_trips_with_the_login(stores, monkeypatch):
    made = stores.create("x")
    number, _ = stores.opened()
    call = stores.call(message=number, command="GetTicket")
    with round_trips(monkeypatch) as trips:
        stores.accounts.find("admin")
        stores.units.run(lambda unit: use_cases.view(made.guid, call, unit), call)
    assert trips == [["find_account"], ["view_ticket"]]


def test_an_edit_writes_everything_in_one_round_trip(stores, monkeypatch):
    wanted = command()
    save(stores, wanted, stores.call())
    with round_trips(monkeypatch) as trips:
        save(stores, replace(wanted, title="Other"), stores.call())
    assert [len(trip) > 1 for trip in trips] == [True, False, True, False]
    assert "update_ticket" in trips[2]


def test_a_reading_unit_needs_no_transaction(stores, monkeypatch):
    with round_trips(monkeypatch) as trips:
        stores.run(lambda unit: unit.lists.categories())
    assert trips == [["categories"]]


def test_what_was_gathered_leaves_before_a_read_that_must_see_it(stores, monkeypatch):
    made, guid = stores.create(), uuid4()

    def work(unit):
        article = NewArticle(guid=guid, plain="", html="")
        unit.entries.add_article(made, article, stores.call())
        return unit.entries.articles(made.id).rows

    with round_trips(monkeypatch) as trips:
        assert [article.guid for article in stores.run(work)] == [guid]
    assert trips == [["begin", "add_article", "articles"], ["commit"]]


def test_only_a_unit_that_wrote_waits_for_the_disk(stores):
    # The server of the tests does not wait at all, so its database is told to.
    stores.sql(f"alter database {make_url(stores.url).database} set synchronous_commit = on")
    stores.sql("create table seen (mode text)")
    stores.sql(
        "create function see() returns trigger language plpgsql as $$ begin"
        " insert into seen values (current_setting('synchronous_commit')); return new; end $$"
    )
    stores.sql("create trigger see before insert or update on message"
               " for each row execute function see()")  # fmt: skip
    waiting = Stores(stores.url)
    made = waiting.create()
    number, _ = waiting.opened()
    call = waiting.call(message=number)

    def reading(unit):
        unit.tickets.view(made.guid, call.principal)
        unit.messages.settle(call, made.id)

    def locking(unit):
        unit.messages.settle(call, unit.tickets.lock(made.guid).id)

    def writing(unit):
        unit.tickets.touch(made, call)
        unit.messages.settle(call, made.id)

    for work in (reading, locking, writing, reading, writing):
        waiting.units.run(work, call)
    waiting.close()
    # Opened; what only reads leaves the row to its close.
    assert [mode for (mode,) in stores.sql("select mode from seen")] == ["off", "on", "on"]


# --- numbers


@pytest.mark.parametrize(
    ("counter", "number"),
    [
        (1, "2026112210000013"),
        (2, "2026112210000022"),
        (4, "2026112210000041"),  # the check digit is never 0
        (99_999, "2026112210999991"),
        (100_000, "20261122101000003"),
    ],
)
def test_a_number_ends_in_its_check_digit(counter, number):
    assert ticket_number(date(2026, 11, 22), 10, counter) == number


def test_numbers_are_reserved_in_blocks_ahead_of_the_unit(stores):
    for _ in range(3):
        stores.create()
    ((value,),) = stores.sql("select value from ticket_counter")
    assert value == 50


def test_a_unit_that_finds_the_reserve_empty_is_run_again(database_url):
    engine = build_engine(database_url, pool_size=2, role="test")
    numbers = NumberReserve(engine, low=0)  # never filled ahead
    stores = Stores(database_url)
    units, blank, call, runs = UnitsOfWork(engine, numbers), stores.blank(), stores.call(), []
    numbers.fill()
    numbers._free.clear()

    def work(unit):
        runs.append(1)
        numbers._low = 1
        return unit.tickets.create(blank, call)

    units.run(work, call)
    assert len(runs) == 2
    stores.close()
    engine.dispose()


# --- a pooler between


def test_behind_a_pooler_the_same_work_is_done(database_url):
    pooled = Stores(database_url, pooler=True)
    made = pooled.create("Hello")
    assert pooled.lock(made.guid).description == "<p>Hello</p>"
    assert pooled.view(made.guid).plain == "Hello"
    number, _ = pooled.opened()
    call = pooled.call(message=number)

    def touched(unit):
        unit.tickets.touch(made, call)
        unit.messages.settle(call, made.id)

    pooled.units.run(touched, call)
    assert pooled.sql("select ticket_id from message") == [(made.id,)]
    with transaction(pooled.engine) as current:
        current.read("trusted", {"name": "x", "peer": "y"})
    with pooled.engine.begin() as connection:
        shown = connection.exec_driver_sql("select current_setting('lock_timeout')").scalar()
    assert shown == "4s"
    pooled.close()


def test_behind_a_pooler_a_read_is_a_transaction(database_url, monkeypatch):
    pooled = Stores(database_url, pooler=True)
    made = pooled.create()
    number, _ = pooled.opened()
    call = pooled.call(message=number, command="GetTicket")
    with round_trips(monkeypatch) as trips:
        pooled.units.run(lambda unit: use_cases.view(made.guid, call, unit), call)
    assert trips == [["begin", "limits", "view_ticket"], ["commit"]]
    pooled.close()
