"""The deliverer on a real database, with a partner that keeps a ledger."""

import threading
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from gateway.delivery.attempt import Pace, Registry
from gateway.delivery.deliverer import Deliverer
from gateway.repository.deliveries import DeliveryStore, Hints, HintSender
from gateway.usecases.ports import Done, Echo, Exchange, Permanent, Retry, Waiting
from tests.kit.children import wait_until
from tests.kit.outbox import Outbox
from tests.kit.partner import Partner, Sender

FAST = Pace(lease_s=2, heartbeat_s=0.2, poll_s=(0.02, 0.05), away_s=0.1, settle_s=0.05, spread_s=30)
PLAIN = Retry()
FAR = datetime(2099, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def opened(databases):
    with databases.migrated() as url, Outbox(url, connections=12) as outbox:
        yield outbox


@pytest.fixture
def outbox(opened):
    opened.clear()
    return opened


@pytest.fixture
def other_side():
    with Partner() as listening:
        yield listening


def deliverer(outbox, runner, *, threads=4, pace=FAST, hints=None):
    store = DeliveryStore(outbox.engine)
    return Deliverer(store, Registry(others=runner), threads=threads, pace=pace, hints=hints)


@contextmanager
def working(outbox, runner, **options):
    works = deliverer(outbox, runner, **options)
    works.start()
    try:
        yield works
    finally:
        works.stop()


class Calls:
    """A runner that is a function of the delivery and its progress."""

    def __init__(self, run):
        self.run = run


def test_a_drain_delivers_everything_in_its_order(outbox, other_side):
    partner = outbox.partner()
    events = {
        f"ticket:{ticket}": [str(outbox.queue(partner, f"ticket:{ticket}")) for _ in range(3)]
        for ticket in range(4)
    }
    assert deliverer(outbox, Sender(other_side.port)).drain() == 12
    assert other_side.first_deliveries() == {
        ("NORTHWIND", subject): expected for subject, expected in events.items()
    }
    assert other_side.repeats() == 0


def test_a_partner_that_refuses_fails_at_once_and_other_tickets_go_on(outbox, other_side):
    """FT11."""
    other_side.manner = lambda message: "permanent" if message["subject"] == "ticket:1" else "ok"
    partner = outbox.partner()
    for subject in ("ticket:1", "ticket:1", "ticket:2", "ticket:2"):
        outbox.queue(partner, subject)
    deliverer(outbox, Sender(other_side.port)).drain()
    assert outbox.states() == {"failed": 1, "pending": 1, "done": 2}
    assert outbox.one("select tries, last_error from delivery where state = 'failed'") == (
        0,
        "refused",
    )


def test_a_delivery_is_tried_17_times_and_then_dead(outbox, other_side):
    """The other ticket keeps the circuit closed, so that every try counts."""
    other_side.manner = lambda message: "transient" if message["subject"] == "ticket:1" else "ok"
    partner = outbox.partner()
    outbox.queue(partner, "ticket:1")
    works = deliverer(outbox, Sender(other_side.port, PLAIN))
    for _ in range(20):
        outbox.queue(partner, "ticket:2")
        works.drain(ahead_s=12 * 3600)
    assert sum(one.subject == "ticket:1" for one in other_side.received) == 17
    assert outbox.one("select state, tries from delivery where state <> 'done'") == ("failed", 17)


def test_a_partner_away_for_an_hour_gets_everything_in_order_without_a_stampede(outbox, other_side):
    """FT8: the partner answers nothing for an hour of shifted due columns, then comes back."""
    other_side.manner = lambda _: "transient"
    partner = outbox.partner()
    events = {
        f"ticket:{ticket}": [str(outbox.queue(partner, f"ticket:{ticket}")) for _ in range(3)]
        for ticket in range(30)
    }
    works = deliverer(outbox, Sender(other_side.port, PLAIN))
    works.drain()
    for _ in range(120):
        works.drain(ahead_s=30)
    # 5 tries open the circuit; probes after 5, 10, 20, ... 300 s, none of them counted as a try.
    assert 5 + 12 <= len(other_side.received) <= 5 + 25
    assert outbox.one("select max(tries), count(*) from delivery") == (1, 90)
    other_side.manner = lambda _: "ok"
    works.drain(ahead_s=300)
    assert len(other_side.accepted()) <= 8  # the probe, and what its spread sets due at once
    due = [
        s
        for (s,) in outbox.rows(
            "select extract(epoch from due - now())::float8 from stream where due is not null"
        )
    ]
    assert len(due) >= 28
    assert max(due) <= 30
    assert 5 < sum(due) / len(due) < 25
    for _ in range(31):
        works.drain(ahead_s=1)
    assert other_side.first_deliveries() == {
        ("NORTHWIND", subject): expected for subject, expected in events.items()
    }
    assert outbox.states() == {"done": 90}
    assert outbox.one("select failures, failing_since, circuit_until from partner") == (
        0, None, None,
    )  # fmt: skip


def test_120_hours_of_nothing_but_failure_pause_the_partner_and_lose_nothing(outbox, other_side):
    other_side.manner = lambda _: "transient"
    partner = outbox.partner()
    for ticket in range(6):
        outbox.queue(partner, f"ticket:{ticket}")
    works = deliverer(outbox, Sender(other_side.port, PLAIN))
    for _ in range(122):
        works.drain(ahead_s=3600)
    assert outbox.one("select paused from partner") == (True,)
    assert outbox.states() == {"pending": 6}


@pytest.mark.parametrize(
    ("result", "row"),
    [
        (Done(), (0, True)),
        (Permanent(error="HTTP status 400"), (0, True)),
        (Waiting(until=FAR, step="wait", of_partner=True), (0, True)),
        (Done(of_partner=False), (5, False)),
        (Permanent(error="no target t", of_partner=False), (5, False)),
        (Waiting(until=FAR, step="wait"), (5, False)),
    ],
)
def test_a_probe_that_asked_somebody_else_leaves_the_circuit_open(outbox, result, row):
    partner = outbox.partner()
    outbox.session.execute("update partner set failures = 5, circuit_until = now()")
    outbox.queue(partner)
    deliverer(outbox, Calls(lambda *_: result)).drain()
    assert outbox.one("select failures, circuit_until is null from partner") == row


def test_four_failures_and_news_for_others_do_not_start_the_count_again(outbox):
    partner = outbox.partner()
    outbox.session.execute("update partner set failures = 4")
    outbox.queue(partner)
    deliverer(outbox, Calls(lambda *_: Done(of_partner=False))).drain()
    assert outbox.one("select failures from partner") == (4,)


def test_an_echo_is_dropped_and_the_next_one_goes(outbox):
    partner = outbox.partner()
    outbox.queue(partner, echo=True)
    outbox.queue(partner, echo=False)
    runner = Calls(lambda delivery, _: Echo() if delivery.payload["echo"] else Done())
    deliverer(outbox, runner).drain()
    assert outbox.rows("select state, note from delivery order by id") == [
        ("dropped", "echo"),
        ("done", ""),
    ]


def test_a_waiting_step_frees_its_worker_and_counts_no_try(outbox):
    seen = []

    def wait(delivery, _):
        seen.append((delivery.step, delivery.values))
        if len(seen) == 3:
            return Done()
        until = delivery.now.replace(year=delivery.now.year + 1)
        return Waiting(until=until, step="wait", values={"since": "x"})

    outbox.queue(outbox.partner())
    works = deliverer(outbox, Calls(wait))
    assert works.drain() == 1
    assert works.drain(ahead_s=3600) == 0
    assert works.drain(ahead_s=366 * 86400) == 1
    assert works.drain(ahead_s=366 * 86400) == 1
    assert seen == [("", {}), ("wait", {"since": "x"}), ("wait", {"since": "x"})]
    assert outbox.one("select state, tries from delivery") == ("done", 0)


def test_a_bug_in_a_runner_is_tried_later_and_opens_no_circuit(outbox):
    partner = outbox.partner()
    for ticket in range(8):
        outbox.queue(partner, f"ticket:{ticket}")
    deliverer(outbox, Calls(lambda *_: 1 / 0)).drain()
    assert outbox.one("select distinct tries, last_error from delivery") == (
        1,
        "ZeroDivisionError: division by zero",
    )
    assert outbox.one("select failures, circuit_until from partner") == (0, None)


def test_a_process_that_nobody_carries_out_is_tried_later(outbox):
    outbox.queue(outbox.partner())
    store = DeliveryStore(outbox.engine)
    Deliverer(store, Registry(), threads=1).drain()
    assert outbox.one("select state, last_error from delivery") == (
        "pending",
        "nobody carries out the process send",
    )


def test_a_step_that_was_done_is_not_repeated_after_a_failure(outbox):
    seen = []

    def steps(delivery, progress):
        seen.append((delivery.step, progress.attempt))
        if delivery.step == "":
            progress.step_done(Exchange(step="send"), following="map", values={"n": 1})
            seen.append(("after", progress.attempt))
            raise LookupError
        return Done()

    outbox.queue(outbox.partner())
    works = deliverer(outbox, Calls(steps))
    works.drain()
    works.drain(ahead_s=40)
    assert seen == [("", 1), ("after", 2), ("map", 3)]
    assert outbox.one("select state, step_values from delivery") == ("done", {"n": 1})


def test_a_stop_waits_for_running_attempts_and_claims_nothing_more(outbox):
    begun, go_on = threading.Event(), threading.Event()

    def slow(*_):
        begun.set()
        assert go_on.wait(10)
        return Done()

    partner = outbox.partner()
    outbox.queue_all((partner, "ticket:1", {}), (partner, "ticket:1", {}))
    works = deliverer(outbox, Calls(slow), threads=1)
    works.start()
    assert begun.wait(5)
    stopping = threading.Thread(target=works.stop)
    stopping.start()
    go_on.set()
    stopping.join(10)
    assert outbox.states() == {"done": 1, "pending": 1}


def test_a_heartbeat_keeps_a_long_attempt_from_others(outbox):
    calls = []

    def slow(delivery, progress):
        calls.append(delivery.id)
        threading.Event().wait(2.5)
        progress.hold()
        return Done()

    outbox.queue(outbox.partner())
    pace = Pace(lease_s=1, heartbeat_s=0.2, poll_s=(0.02, 0.05))
    with working(outbox, Calls(slow), pace=pace), working(outbox, Calls(slow), pace=pace):
        wait_until(lambda: outbox.states() == {"done": 1})
    assert len(calls) == 1


def test_a_worker_that_was_overtaken_sends_nothing_more(outbox):
    sent, overtaken = [], threading.Event()

    def steps(delivery, progress):
        if delivery.lease.claim > 1:
            return Done()
        # As if this process had stood still for longer than its lease.
        outbox.session.execute("update stream set claim = 2, lease_owner = 'other'")
        wait_until(lambda: held(progress) is False)
        overtaken.set()
        progress.hold()
        sent.append(1)
        return Done()

    def held(progress):
        return not progress._lost.is_set()

    outbox.queue(outbox.partner())
    with working(outbox, Calls(steps)):
        assert overtaken.wait(5)
    assert sent == []


def test_a_slow_partner_leaves_a_thread_to_the_others(outbox):
    release = threading.Event()

    def runner(delivery, _):
        if delivery.partner == "SLOW":
            release.wait(10)
        return Done()

    slow, quick = outbox.partner("SLOW", max_in_flight=20), outbox.partner("QUICK")
    for ticket in range(20):
        outbox.queue(slow, f"ticket:{ticket}")
    with working(outbox, Calls(runner), threads=4):
        wait_until(lambda: leased(outbox, slow) == 3)
        for ticket in range(5):
            outbox.queue(quick, f"ticket:{ticket}")
        wait_until(lambda: outbox.states().get("done", 0) == 5, timeout_s=5)
        assert leased(outbox, slow) == 3
        release.set()


def leased(outbox, partner):
    return outbox.one(
        "select count(*) from stream where partner_id = %s and lease_until is not null", partner
    )[0]


def test_a_hint_wakes_a_worker_of_another_process(outbox, other_side):
    partner = outbox.partner()
    patient = Pace(poll_s=(20.0, 20.0))
    hints = Hints(outbox.engine)
    with (
        working(outbox, Sender(other_side.port), pace=patient, hints=hints),
        Outbox(outbox.url, queued=HintSender(outbox.engine).send) as told,
    ):
        threading.Event().wait(0.5)
        told.queue(partner)
        wait_until(lambda: len(other_side.accepted()) == 1, timeout_s=10)


def test_a_worker_in_the_same_process_is_woken_at_once(outbox, other_side):
    partner = outbox.partner()
    with (
        working(outbox, Sender(other_side.port), pace=Pace(poll_s=(20.0, 20.0))) as works,
        Outbox(outbox.url, queued=works.wake) as told,
    ):
        threading.Event().wait(0.2)
        told.queue(partner)
        wait_until(lambda: len(other_side.accepted()) == 1, timeout_s=5)
