"""The worker: what is due is done once, failures end nothing, a stop waits."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from gateway.delivery.schedules import next_run
from gateway.delivery.worker import Task, Worker
from gateway.errors import StorageAway
from tests.kit.children import wait_until

NOW = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)


class Schedules:
    """Schedules in memory, on a clock that stands still."""

    def __init__(self):
        self.next_runs, self.errors, self.owners, self.away = {}, {}, [], 0
        self._lock = threading.Lock()

    def ensure(self, name, spec):
        self.next_runs.setdefault(name, NOW)

    def claim_due(self, names, owner, lease_s):
        with self._lock:
            if self.away:
                self.away -= 1
                raise StorageAway
            for name in names:
                if self.next_runs[name] is not None and self.next_runs[name] <= NOW:
                    self.next_runs[name] = None
                    self.owners.append(owner)
                    return name, NOW
        return None

    def settle(self, name, owner, next_run, error):
        assert owner in self.owners
        self.next_runs[name], self.errors[name] = next_run, error


@pytest.mark.parametrize(
    ("spec", "now", "expected"),
    [
        ("every 90 s", "2026-03-28T12:00:00+00:00", "2026-03-28T12:01:30+00:00"),
        ("daily 12:30 UTC", "2026-03-28T12:00:00+00:00", "2026-03-28T12:30:00+00:00"),
        ("daily 12:00 UTC", "2026-03-28T12:00:00+00:00", "2026-03-29T12:00:00+00:00"),
        # The night in which Berlin's clocks jump from 2 to 3.
        ("daily 04:00 Europe/Berlin", "2026-03-28T22:00:00+00:00", "2026-03-29T02:00:00+00:00"),
        ("daily 00:30 Europe/Berlin", "2026-03-28T23:15:00+00:00", "2026-03-28T23:30:00+00:00"),
    ],
)
def test_a_schedule_runs_next_at_the_first_moment_it_means(spec, now, expected):
    assert next_run(spec, datetime.fromisoformat(now)) == datetime.fromisoformat(expected)


@pytest.mark.parametrize("spec", ["hourly", "every s", "daily 9:00 UTC", ""])
def test_what_is_no_schedule_is_refused(spec):
    with pytest.raises(ValueError, match="no schedule"):
        next_run(spec, NOW)


def test_what_is_due_runs_once_and_is_set_to_its_next_run():
    schedules, runs = Schedules(), []
    worker = Worker(schedules, {"a": Task("every 60 s", lambda: runs.append(1))}, threads=1)
    assert worker.drain() == 1
    assert worker.drain() == 0
    assert runs == [1]
    assert schedules.next_runs["a"] == NOW + timedelta(seconds=60)
    assert schedules.errors["a"] == ""


def test_a_failing_task_keeps_its_schedule_and_the_others_run():
    schedules, runs = Schedules(), []
    tasks = {
        "a": Task("every 60 s", lambda: 1 / 0),
        "b": Task("every 60 s", lambda: runs.append(1)),
    }
    Worker(schedules, tasks, threads=1).drain()
    assert schedules.errors == {"a": "ZeroDivisionError: division by zero", "b": ""}
    assert schedules.next_runs["a"] == NOW + timedelta(seconds=60)
    assert runs == [1]


def test_a_stop_waits_for_what_is_being_done():
    begun, ended = threading.Event(), []

    def slow():
        begun.set()
        threading.Event().wait(0.3)
        ended.append(1)

    worker = Worker(Schedules(), {"a": Task("every 60 s", slow)}, threads=2)
    worker.start()
    assert begun.wait(5)
    worker.stop()
    assert ended == [1]


def test_a_database_that_is_away_for_a_while_ends_no_worker(monkeypatch):
    monkeypatch.setattr("gateway.delivery.worker._AWAY_S", 0.01)
    schedules, runs = Schedules(), []
    schedules.away = 3
    worker = Worker(schedules, {"a": Task("every 60 s", lambda: runs.append(1))}, threads=1)
    worker.start()
    wait_until(lambda: runs == [1])
    worker.stop()
