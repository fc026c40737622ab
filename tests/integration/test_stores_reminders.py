"""Reminders that become due, and templates, in the database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from functools import partial
from threading import Barrier
from uuid import uuid4

import pytest

from gateway import clock
from gateway.domain.commands import Defaults, SaveReminder, SaveTicket
from gateway.usecases import reminders, tickets
from tests.kit.stores import Stores, round_trips


@pytest.fixture
def stores(database_url):
    made = Stores(database_url)
    yield made
    made.close()


def remind(stores, ticket, *, minutes, text=""):
    due = clock.now() + timedelta(minutes=minutes)
    command = SaveReminder(ticket=ticket.guid, due=clock.now() + timedelta(days=9), text=text)
    call = stores.call(operation="SaveReminderOfTicket_V1", command="SaveReminderOfTicket")
    stores.units.run(partial(reminders.save, command, call), call)
    stores.sql("update reminder set due = %s where ticket_id = %s", due, ticket.id)


def raised(stores):
    return stores.sql(
        "select ticket_id, snapshot -> 'reminder' ->> 'text',"
        " snapshot -> 'reminder' -> 'recipient' ->> 'name'"
        " from event where kind = 'reminder due' order by id"
    )


def test_a_reminder_that_is_due_raises_one_event_and_changes_no_ticket(stores):
    due, later = stores.create(), stores.create()
    remind(stores, due, minutes=-1, text="Look.")
    remind(stores, later, minutes=9)
    version = stores.lock(due.guid).version
    assert reminders.due_reminders(stores.units) == 1
    assert reminders.due_reminders(stores.units) == 0
    assert raised(stores) == [(due.id, "Look.", "Admin")]
    assert stores.lock(due.guid).version == version
    assert stores.view(due.guid).reminder is not None


def test_a_reminder_that_is_set_again_comes_again(stores):
    ticket = stores.create()
    for _ in range(2):
        remind(stores, ticket, minutes=-1)
        assert reminders.due_reminders(stores.units) == 1
    assert len(raised(stores)) == 2


def test_of_a_ticket_that_has_ended_nobody_is_reminded(stores):
    ticket = stores.create()
    remind(stores, ticket, minutes=-1)
    closed = stores.row("state", "closed successful").id
    stores.sql("update ticket set state_id = %s, closed = now() where id = %s", closed, ticket.id)
    assert reminders.due_reminders(stores.units) == 1
    assert reminders.due_reminders(stores.units) == 0
    assert raised(stores) == []


def test_several_batches_and_several_workers_tell_once_each(stores):
    stores.sql(
        "insert into ticket (number, title, state_id, priority_id, queue_id, created_by)"
        " select 'R' || n, 'x', 1, 3, 1, 1 from generate_series(1, 450) n"
    )
    stores.sql(
        "insert into reminder (ticket_id, due, recipient_id) select id, now(), 1 from ticket"
    )
    start = Barrier(3)

    def work():
        start.wait()
        return reminders.due_reminders(stores.units)

    with ThreadPoolExecutor(3) as pool:
        counts = [job.result() for job in [pool.submit(work) for _ in range(3)]]
    left = reminders.due_reminders(stores.units)
    assert sum(counts) + left == 450
    assert len(raised(stores)) == len({row[0] for row in raised(stores)}) == 450


def test_the_round_trips_of_due_reminders_do_not_grow(stores, monkeypatch):
    for _ in range(5):
        remind(stores, stores.create(), minutes=-1)
    with round_trips(monkeypatch) as trips:
        assert reminders.due_reminders(stores.units) == 5
    assert len(trips) == 4  # hold, load, everything written, commit


def test_saving_from_a_template_costs_one_look_more(stores, monkeypatch):
    ((template_id, guid),) = stores.sql(
        "insert into template (en, plain, html, owner_id) values ('T', 'x', '<p>x</p>', 1)"
        " returning id, guid"
    )
    stores.sql(
        "insert into template_working_time (template_id, minutes) select %s, n * 0.4"
        " from generate_series(1, 20) n", template_id,
    )  # fmt: skip
    stores.sql(
        "insert into template_cost (template_id, unit_price, amount) select %s, 0.01, n"
        " from generate_series(1, 20) n", template_id,
    )  # fmt: skip
    found = stores.run(lambda unit: unit.templates.find(guid))
    trips = {}
    for template in (None, guid):
        command = SaveTicket(
            guid=uuid4(), title="x", defaults=Defaults(queue="Raw", state="new", priority=3),
            **({"template": template} if template else {}),
        )  # fmt: skip
        call = stores.call()
        with round_trips(monkeypatch) as sent:
            stores.units.run(partial(tickets.save, command, call), call)
        trips[template] = len(sent)
    view = stores.view(command.guid)
    assert (view.working_minutes, view.costs) == (found.working_minutes, found.costs)
    assert view.costs == Decimal("2.10")
    assert trips[guid] == trips[None] + 1
    assert stores.run(lambda unit: unit.templates.find(uuid4())) is None
