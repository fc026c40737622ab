"""The worker: what runs by the clock, and the deliveries; threads beside a server, or alone."""

import os
import random
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import uuid4

import structlog

from gateway.delivery.deliverer import Deliverer
from gateway.delivery.schedules import next_run
from gateway.errors import GatewayError

log = structlog.get_logger(__name__)

_LEASE_S = 600  # longer than any task; a worker that was killed is replaced after it
_POLL_S = (0.5, 1.0)
_AWAY_S = 5.0  # the database does not answer


@dataclass(frozen=True, slots=True)
class Task:
    """Something that runs by the clock."""

    spec: str
    run: Callable[[], object]


class ScheduleStore(Protocol):
    """The schedules of all workers; each call is one short transaction on the database's clock."""

    def ensure(self, name: str, spec: str) -> None:
        """Make a schedule that is due at once, or give one that exists this spec."""
        ...

    def claim_due(self, names: list[str], owner: str, lease_s: int) -> tuple[str, datetime] | None:
        """Claim the schedule that is due for the longest; give its name and the present."""
        ...

    def settle(self, name: str, owner: str, next_run: datetime, error: str) -> None:
        """End the claim, if it is still the owner's."""
        ...


class Worker:
    """Runs tasks by their schedules, and delivers; any number of workers share the work."""

    def __init__(
        self,
        schedules: ScheduleStore,
        tasks: Mapping[str, Task],
        *,
        threads: int,
        deliverer: Deliverer | None = None,
    ) -> None:
        self._deliverer = deliverer
        self._schedules = schedules
        self._tasks = dict(tasks)
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, name=f"worker-{n}") for n in range(threads)
        ]

    def start(self) -> None:
        """Begin to work."""
        for thread in self._threads:
            thread.start()
        if self._deliverer is not None:
            self._deliverer.start()

    def stop(self) -> None:
        """Claim nothing more and wait for what is being done."""
        self._stopping.set()
        if self._deliverer is not None:
            self._deliverer.stop()
        for thread in self._threads:
            thread.join()

    def drain(self, ahead_s: float = 0.0) -> int:
        """Work in the foreground until nothing is due; tell how many tasks and tries were made.

        Args:
            ahead_s: first let every delivery that waits be due so much earlier.
        """
        self._announce()
        done = 0
        while self._run_one():
            done += 1
        return done if self._deliverer is None else done + self._deliverer.drain(ahead_s)

    def _work(self) -> None:
        announced = False
        while not self._stopping.is_set():
            try:
                if not announced:
                    self._announce()
                    announced = True
                if not self._run_one():
                    # Jitter keeps workers that started together apart.
                    self._stopping.wait(random.uniform(*_POLL_S))  # noqa: S311 - no secret
            except GatewayError as error:
                log.warning("worker cannot reach its schedules", code=error.code)
                self._stopping.wait(_AWAY_S)

    def _announce(self) -> None:
        for name, task in self._tasks.items():
            self._schedules.ensure(name, task.spec)

    def _run_one(self) -> bool:
        owner = f"{socket.gethostname()}:{os.getpid()}:{uuid4()}"
        claimed = self._schedules.claim_due(list(self._tasks), owner, _LEASE_S)
        if claimed is None:
            return False
        name, now = claimed
        task = self._tasks[name]
        error = _attempt(name, task)
        self._schedules.settle(name, owner, next_run(task.spec, now), error)
        return True


def _attempt(name: str, task: Task) -> str:
    """Run a task; say what went wrong, or nothing."""
    try:
        task.run()
    except Exception as error:
        log.exception("scheduled task failed", task=name)
        return f"{type(error).__name__}: {error}"[:500]
    log.debug("scheduled task done", task=name)
    return ""
