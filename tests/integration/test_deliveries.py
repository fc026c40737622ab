"""The outbox in the database: order, fences, limits, circuits, hints."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest

from gateway.repository.deliveries import DeliveryStore, Hints, HintSender
from gateway.usecases.ports import Circuit, Exchange, State, Verdict
from tests.kit.children import wait_until
from tests.kit.outbox import CALL, PROCESS, Outbox

DONE = Verdict(state=State.DONE, outcome="ok", step="")
FAILED = Verdict(state=State.FAILED, outcome="permanent", step="send", tries=0, error="HTTP 400")
LATER = Verdict(
    state=State.PENDING, outcome="transient", step="send", tries=1, delay_s=30, error="HTTP 503"
)
NOTHING = Exchange()
CALL_EVENT = UUID("3f0c2f7e-8a54-4d0e-9b0f-5f2a7a1f9c11")


@pytest.fixture(scope="module")
def opened(databases):
    with databases.migrated() as url, Outbox(url) as outbox:
        yield outbox


@pytest.fixture
def outbox(opened):
    opened.clear()
    return opened


@pytest.fixture
def store(outbox):
    return DeliveryStore(outbox.engine)


@pytest.fixture
def partner(outbox):
    return outbox.partner()


def finish(store, claimed, verdict=DONE):
    return store.finish(claimed, verdict, NOTHING, attempt=claimed.attempt)


def claim(store, owner="me", **limits):
    """Claim what must be exactly one delivery."""
    (claimed,) = store.claim(owner, 60, **limits)
    return claimed


def test_what_was_queued_is_claimed_in_its_order_one_at_a_time(outbox, store, partner):
    for event in [outbox.queue(partner, n=n) for n in range(3)]:
        claimed = claim(store)
        assert claimed.event_id == event
        assert store.claim("other", 60) == []
        finish(store, claimed)
    assert store.claim("me", 60) == []
    assert outbox.states() == {"done": 3}


def test_a_claim_brings_what_was_queued(outbox, store, partner):
    event = outbox.queue(partner, "service:9", text="äöü <&>", n=[1, None])
    claimed = claim(store)
    assert (claimed.partner, claimed.partner_id) == ("NORTHWIND", partner)
    assert (claimed.subject, claimed.event_id) == ("service:9", event)
    assert (claimed.process, claimed.version) == (PROCESS, 1)
    assert claimed.payload == {"text": "äöü <&>", "n": [1, None]}
    assert (claimed.step, claimed.tries, claimed.values, claimed.attempt) == ("", 0, {}, 1)
    assert claimed.probe_s is None
    assert claimed.created <= claimed.now


def test_a_rolled_back_unit_queues_nothing(outbox, store, partner):
    def work(unit):
        unit.deliveries.enqueue(
            partner_id=partner, subject="ticket:7", event_id=CALL_EVENT, process=PROCESS,
            version=1, payload={},
        )  # fmt: skip
        raise LookupError

    with pytest.raises(LookupError):
        outbox.units.run(work, CALL)
    assert store.claim("me", 60) == []
    assert outbox.states() == {}


def test_the_same_event_is_queued_once_for_a_subject_and_partner(outbox, store, partner):
    def work(unit):
        for _ in range(2):
            unit.deliveries.enqueue(
                partner_id=partner, subject="ticket:7", event_id=CALL_EVENT, process=PROCESS,
                version=1, payload={},
            )  # fmt: skip

    outbox.units.run(work, CALL)
    assert outbox.states() == {"pending": 1}


def test_tickets_and_partners_do_not_wait_for_one_another(outbox, store, partner):
    second = outbox.partner("SOUTHSEA")
    outbox.queue_all((partner, "ticket:1", {}), (partner, "ticket:2", {}), (second, "ticket:1", {}))
    claims = store.claim("me", 60) + store.claim("me", 60)
    assert {(one.partner, one.subject) for one in claims} == {
        ("NORTHWIND", "ticket:1"),
        ("NORTHWIND", "ticket:2"),
        ("SOUTHSEA", "ticket:1"),
    }


def test_a_unit_waits_for_another_that_queues_for_the_same_subject(outbox, store, partner):
    """Else a lower id could commit after a higher one was delivered."""
    outbox.queue(partner, n=0)
    finish(store, claim(store))
    enqueued, may_commit = threading.Event(), threading.Event()

    def slow(unit):
        unit.deliveries.enqueue(
            partner_id=partner, subject="ticket:7", event_id=CALL_EVENT, process=PROCESS,
            version=1, payload={"n": 1},
        )  # fmt: skip
        unit.deliveries._current.flush()
        enqueued.set()
        assert may_commit.wait(5)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(outbox.units.run, slow, CALL)
        assert enqueued.wait(5)
        second = pool.submit(outbox.queue, partner, n=2)
        wait_until(lambda: outbox.one("select count(*) from pg_locks where not granted")[0] > 0)
        assert not second.done()
        assert store.claim("me", 60) == []
        may_commit.set()
        first.result(5), second.result(5)
    assert [row[0]["n"] for row in outbox.rows("select payload from delivery order by id")] == [
        0, 1, 2,
    ]  # fmt: skip


def test_what_is_queued_while_a_stream_is_worked_on_is_due_when_that_ends(outbox, store, partner):
    outbox.queue(partner, n=1)
    claimed = claim(store)
    outbox.queue(partner, n=2)
    settled = finish(store, claimed)
    assert settled.waiting
    assert claim(store).payload == {"n": 2}


def test_a_partner_never_has_more_in_work_than_it_takes(outbox, store, partner):
    for n in range(40):
        outbox.queue(partner, f"ticket:{n}")
    with ThreadPoolExecutor(4) as pool:
        rounds = list(pool.map(lambda n: store.claim(f"worker {n}", 60), range(40)))
    assert sum(map(len, rounds)) == 4


def test_the_partner_with_the_least_in_work_comes_first(outbox, store, partner):
    second = outbox.partner("SOUTHSEA")
    for n in range(3):
        outbox.queue(partner, f"ticket:{n}")
    outbox.queue(second)
    assert [claim(store, most=1).partner for _ in range(2)] == ["NORTHWIND", "SOUTHSEA"]


def test_a_partner_can_be_left_out(outbox, store, partner):
    outbox.queue(partner)
    assert store.claim("me", 60, without=[partner]) == []
    assert len(store.claim("me", 60, without=[partner + 1])) == 1


def test_a_lease_that_ran_out_is_taken_over_with_the_same_event(outbox, store, partner):
    event = outbox.queue(partner)
    (killed,) = store.claim("killed", 0)
    successor = claim(store, "successor")
    assert successor.event_id == killed.event_id == event
    assert successor.lease.claim == killed.lease.claim + 1


def test_the_result_of_a_late_worker_is_refused_and_kept(outbox, store, partner):
    outbox.queue(partner, n=1)
    (late,) = store.claim("late", 0)
    successor = claim(store, "successor")
    assert finish(store, late, FAILED) is None
    assert not store.step_done(late, NOTHING, attempt=1, following="map", values={"a": 1})
    assert outbox.states() == {"pending": 1}
    assert finish(store, successor) is not None
    assert outbox.one("select state, step, step_values from delivery") == ("done", "", {})
    assert outbox.rows("select outcome from attempt order by started") == [
        ("late",), ("late",), ("ok",),
    ]  # fmt: skip


def test_a_result_that_nobody_was_faster_than_counts_even_after_the_lease(outbox, store, partner):
    outbox.queue(partner)
    (slow,) = store.claim("slow", 0)
    assert finish(store, slow) is not None
    assert outbox.states() == {"done": 1}


def test_a_result_that_is_written_twice_changes_nothing_the_second_time(outbox, store, partner):
    outbox.queue(partner, n=1)
    outbox.queue(partner, n=2)
    claimed = claim(store)
    assert finish(store, claimed) is not None
    assert finish(store, claimed) is None
    assert claim(store).payload == {"n": 2}


def test_a_heartbeat_prolongs_what_is_held_and_tells_what_is_lost(outbox, store, partner):
    outbox.queue_all((partner, "ticket:1", {}), (partner, "ticket:2", {}))
    leases = [claimed.lease for claimed in store.claim("me", 0)]
    (taken,) = store.claim("other", 60, most=1)
    held = {lease.stream_id for lease in leases} - {taken.lease.stream_id}
    assert store.heartbeat(leases, 60) == held
    assert store.heartbeat([], 60) == set()


def test_a_heartbeat_keeps_others_away(outbox, store, partner):
    outbox.queue(partner)
    (claimed,) = store.claim("me", 0)
    store.heartbeat([claimed.lease], 60)
    assert store.claim("other", 60) == []


def test_a_finished_step_is_never_repeated(outbox, store, partner):
    outbox.queue(partner)
    (killed,) = store.claim("killed", 0)
    exchange = Exchange(step="send", status=200, request="<a/>", answer="<b/>", duration_ms=12)
    assert store.step_done(killed, exchange, attempt=1, following="map", values={"number": "N-1"})
    successor = claim(store, "successor")
    assert (successor.step, successor.tries, successor.attempt) == ("map", 0, 2)
    assert successor.values == {"number": "N-1"}
    assert outbox.one("select n, step, status, request, answer, outcome from attempt") == (
        1, "send", 200, "<a/>", "<b/>", "ok",
    )  # fmt: skip


def test_a_failed_try_is_repeated_when_its_time_has_come_and_later_ones_wait(
    outbox, store, partner
):
    outbox.queue(partner, n=1)
    outbox.queue(partner, n=2)
    finish(store, claim(store), LATER)
    assert store.claim("me", 60) == []
    store.shift(29)
    assert store.claim("me", 60) == []
    store.shift(2)
    again = claim(store)
    assert (again.payload, again.step, again.tries, again.attempt) == ({"n": 1}, "send", 1, 2)


def test_queueing_does_not_hasten_a_retry(outbox, store, partner):
    outbox.queue(partner, n=1)
    finish(store, claim(store), LATER)
    outbox.queue(partner, n=2)
    assert store.claim("me", 60) == []


def test_a_dead_delivery_blocks_its_own_ticket_only(outbox, store, partner):
    outbox.queue_all((partner, "ticket:7", {"n": 1}), (partner, "ticket:7", {"n": 2}))
    finish(store, claim(store), FAILED)
    outbox.queue(partner, "ticket:7", n=3)
    assert store.claim("me", 60) == []
    outbox.queue(partner, "ticket:8", n=4)
    assert claim(store).payload == {"n": 4}
    assert outbox.states() == {"failed": 1, "pending": 3}
    assert outbox.one("select last_error from delivery where state = 'failed'") == ("HTTP 400",)


def test_a_dead_delivery_lets_the_next_one_pass_where_the_partner_says_skip(outbox, store):
    partner = outbox.partner(dead_policy="skip")
    outbox.queue_all((partner, "ticket:7", {"n": 1}), (partner, "ticket:7", {"n": 2}))
    finish(store, claim(store), FAILED)
    assert claim(store).payload == {"n": 2}
    assert outbox.states() == {"failed": 1, "pending": 1}


@pytest.mark.parametrize("column", ["paused", "inactive"])
def test_a_paused_or_inactive_partner_gets_nothing(outbox, store, column):
    state = {"paused": True} if column == "paused" else {"active": False}
    outbox.queue(outbox.partner(**state))
    assert store.claim("me", 60) == []
    assert outbox.states() == {"pending": 1}


def test_an_open_circuit_lets_one_probe_through_when_its_time_has_come(outbox, store, partner):
    for n in range(5):
        outbox.queue(partner, f"ticket:{n}")
    opened_for(store, partner, 60)
    assert store.claim("me", 60) == []
    opened_for(store, partner, -1)
    probe = claim(store)
    assert probe.probe_s == 5
    assert store.claim("other", 60) == []


def test_a_probe_that_takes_longer_than_its_lease_is_not_joined_by_a_second(outbox, store, partner):
    outbox.queue(partner, "ticket:1")
    outbox.queue(partner, "ticket:2")
    opened_for(store, partner, -1)
    probe = claim(store)
    store.heartbeat([probe.lease], 60)
    opened_for(store, partner, -1)  # what its first lease held back is over
    assert store.claim("other", 60) == []


def test_a_probe_with_nothing_to_send_keeps_no_other_waiting(outbox, store, partner):
    outbox.queue(partner, "ticket:1")
    outbox.session.execute("update delivery set state = 'dropped', settled = now()")
    outbox.queue(partner, "ticket:2")
    opened_for(store, partner, -1)
    assert store.claim("me", 60) == []  # the first stream only rests from now on
    assert claim(store).subject == "ticket:2"


def opened_for(store, partner, seconds):
    store.circuit(
        partner,
        lambda before, now: Circuit(failures=5, open_until=now + timedelta(seconds=seconds)),
    )


def test_what_waits_for_a_partner_that_is_back_becomes_due_spread_over_time(outbox, store, partner):
    outbox.session.execute(
        "insert into stream (partner_id, subject, due)"
        " select %s, 'ticket:' || n, now() + interval '9 hours' from generate_series(1, 2500) n",
        (partner,),
    )
    outbox.session.execute(
        "insert into stream (partner_id, subject, blocked) values (%s, 'ticket:0', true)",
        (partner,),
    )
    assert store.wake(partner, 30) == 2500
    soon, rest = outbox.one(
        "select count(*) filter (where due < now() + interval '15 s'), count(*)"
        " from stream where due < now() + interval '30 s'"
    )
    assert rest == 2500
    assert 1000 < soon < 1500
    assert outbox.one("select due from stream where blocked") == (None,)


def test_a_settled_delivery_tells_whether_the_partner_had_failures(outbox, store, partner):
    outbox.queue(partner, n=1)
    assert not finish(store, claim(store)).troubled
    store.circuit(partner, lambda before, now: Circuit(failures=1, failing_since=now))
    outbox.queue(partner, n=2)
    assert finish(store, claim(store)).troubled


def test_a_stream_whose_deliveries_were_discarded_rests(outbox, store, partner):
    outbox.queue(partner)
    outbox.session.execute("update delivery set state = 'dropped', settled = now()")
    assert store.claim("me", 60) == []
    assert outbox.one("select due, lease_until from stream") == (None, None)


def test_the_backlog_of_each_partner_is_one_look(outbox, store, partner):
    second = outbox.partner("SOUTHSEA", paused=True)
    outbox.queue_all((partner, "ticket:1", {}), (partner, "ticket:2", {}), (second, "ticket:1", {}))
    finish(store, claim(store, most=1), FAILED)
    outbox.session.execute("update delivery set created = created - interval '1 hour'")
    north, south = [one for one in store.backlogs() if one.partner in {"NORTHWIND", "SOUTHSEA"}]
    assert (north.depth, north.failed, north.paused, north.open) == (1, 1, False, False)
    assert 3600 <= north.oldest_s < 3700
    assert (south.depth, south.failed, south.paused) == (1, 0, True)


def test_a_hint_is_heard_and_there_are_at_most_ten_in_a_second(outbox):
    hints, sender = Hints(outbox.engine), HintSender(outbox.engine)
    assert not hints.wait(0.01)
    for _ in range(5):
        sender.send()
    assert hints.wait(5)
    assert not hints.wait(0.05)
    hints.close()


def test_a_unit_that_queued_tells_it_after_the_commit(outbox, partner):
    seen = []
    with Outbox(outbox.url, queued=lambda: seen.append(outbox.states())) as told:
        told.units.run(lambda unit: unit.now, CALL)
        assert seen == []
        told.queue(partner)
        assert seen == [{"pending": 1}]
