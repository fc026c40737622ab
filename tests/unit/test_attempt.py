"""What becomes of a delivery after an attempt, and what an attempt may still do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from gateway.delivery.attempt import Attempt, Pace, Registry, insist, judged, run
from gateway.errors import StorageAway
from gateway.usecases.ports import (
    Claimed,
    Done,
    Echo,
    Exchange,
    Lease,
    LeaseLost,
    Permanent,
    Retry,
    State,
    Transient,
    Waiting,
)

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
PACE = Pace(lease_s=0.2, settle_s=0.01)
CLAIMED = Claimed(
    id=1,
    lease=Lease(7, 1, "me"),
    partner_id=3,
    partner="NORTHWIND",
    subject="ticket:7",
    event_id=uuid4(),
    process="send",
    version=1,
    payload={},
    step="send",
    tries=0,
    values={},
    attempt=4,
    created=NOW,
    now=NOW,
)


class Store:
    """Remembers finished steps; the lease is held or not."""

    def __init__(self, *, held=True):
        self.held, self.steps = held, []

    def step_done(self, claimed, exchange, *, attempt, following, values, failure):
        self.steps.append((attempt, following, values))
        return self.held


def attempt_of(claimed=CLAIMED, store=None):
    return Attempt(claimed, store or Store(), PACE)


def verdict_of(result, claimed=CLAIMED):
    return judged(attempt_of(claimed), result)[0]


class Raising:
    def __init__(self, error):
        self.error = error

    def run(self, delivery, progress):
        raise self.error


def test_what_is_done_is_done_with_what_was_sent():
    exchange = Exchange(step="send", status=200)
    verdict, kept = judged(attempt_of(), Done(exchange=exchange, values={"a": 1}))
    assert (verdict.state, verdict.outcome, verdict.values) == (State.DONE, "ok", {"a": 1})
    assert kept is exchange


def test_an_echo_is_dropped_and_says_so():
    verdict = verdict_of(Echo())
    assert (verdict.state, verdict.note) == (State.DROPPED, "echo")


def test_a_permanent_failure_is_dead_at_once():
    verdict = verdict_of(Permanent(error="HTTP 400"))
    assert (verdict.state, verdict.outcome, verdict.step) == (State.FAILED, "permanent", "send")


def test_a_transient_failure_counts_a_try_and_waits():
    verdict = verdict_of(Transient(error="HTTP 503"), replace(CLAIMED, tries=2))
    assert (verdict.state, verdict.tries, verdict.step) == (State.PENDING, 3, "send")
    assert 96 <= verdict.delay_s <= 144


def test_the_seventeenth_failure_is_the_last():
    verdict = verdict_of(Transient(error="HTTP 503"), replace(CLAIMED, tries=16))
    assert (verdict.state, verdict.tries, verdict.error) == (State.FAILED, 17, "HTTP 503")


def test_a_process_may_have_its_own_policy():
    result = Transient(error="x", retry=Retry(count=1, first_delay_s=10, jitter=0))
    assert verdict_of(result).delay_s == 10
    assert verdict_of(result, replace(CLAIMED, tries=1)).state is State.FAILED


def test_what_the_partner_asks_for_is_kept():
    assert verdict_of(Transient(error="HTTP 429", retry_after_s=900)).delay_s == 900


def test_a_failed_probe_is_no_try_and_comes_back_with_the_next_one():
    verdict = verdict_of(Transient(error="x"), replace(CLAIMED, tries=16, probe_s=20))
    assert (verdict.state, verdict.tries, verdict.delay_s) == (State.PENDING, 16, 40)


def test_a_failed_probe_comes_back_no_earlier_than_the_partner_asked():
    result = Transient(error="HTTP 429", retry_after_s=3600)
    assert verdict_of(result, replace(CLAIMED, probe_s=20)).delay_s == 3600


def test_our_own_failure_during_a_probe_is_a_try():
    result = Transient(error="x", of_partner=False)
    assert verdict_of(result, replace(CLAIMED, probe_s=20)).tries == 1


def test_a_waiting_step_is_looked_at_again_and_counts_no_try():
    until = NOW + timedelta(minutes=1)
    verdict = verdict_of(Waiting(until=until, step="wait", values={"since": "x"}))
    assert (verdict.state, verdict.outcome, verdict.step) == (State.PENDING, "waiting", "wait")
    assert (verdict.tries, verdict.values) == (0, {"since": "x"})
    assert 58 < verdict.delay_s <= 60


def test_a_waiting_step_never_spins():
    assert verdict_of(Waiting(until=NOW, step="wait")).delay_s == 1


def test_a_finished_step_has_its_own_count():
    store = Store()
    attempt = attempt_of(replace(CLAIMED, tries=5), store)
    attempt.step_done(Exchange(step="send"), following="map", values={"n": 1})
    verdict, _ = judged(attempt, Transient(error="x"))
    assert (verdict.step, verdict.tries, attempt.attempt) == ("map", 1, 5)
    assert store.steps == [(4, "map", {"n": 1})]


def test_a_lost_lease_ends_the_attempt_before_the_next_message():
    attempt = attempt_of(store=Store(held=False))
    with pytest.raises(LeaseLost):
        attempt.step_done(Exchange(), following="map")
    with pytest.raises(LeaseLost):
        attempt.hold()


def test_a_lease_that_the_heartbeat_lost_is_noticed():
    attempt = attempt_of()
    attempt.hold()
    attempt.lose()
    with pytest.raises(LeaseLost):
        attempt.hold()


def test_a_bug_is_ours_and_tried_again():
    result = run(attempt_of(), Registry(others=Raising(KeyError("x"))))
    assert (result.error, result.of_partner) == ("KeyError: 'x'", False)


def test_a_lost_lease_is_no_bug():
    with pytest.raises(LeaseLost):
        run(attempt_of(), Registry(others=Raising(LeaseLost())))


def test_a_named_runner_comes_before_the_one_for_all_others():
    mail, others = Raising(KeyError()), Raising(ValueError())
    registry = Registry({"mail": mail}, others)
    assert registry.runner("mail") is mail
    assert registry.runner("northwind") is others
    assert Registry().runner("northwind") is None


def test_an_error_is_kept_to_500_characters():
    assert len(verdict_of(Permanent(error="x" * 9000)).error) == 500


def test_what_happened_is_written_when_the_database_is_back():
    answers = iter([StorageAway(), StorageAway(), None])

    def write():
        if (error := next(answers)) is not None:
            raise error
        return "written"

    assert insist(write, PACE) == "written"


def test_a_database_that_stays_away_longer_than_the_lease_ends_the_attempt():
    def write():
        raise StorageAway

    with pytest.raises(StorageAway):
        insist(write, PACE)
