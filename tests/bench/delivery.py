"""Deliveries: what a backlog of failing tickets costs the healthy, and how many go in a second.

``python -m tests.bench.delivery`` prints the cost of a claim without and with 50,000 deliveries
behind 5,000 failing tickets, how long a healthy partner's news is under way beside them, and
deliveries a second in order. Everything is written with fsync. The ratios of one run mean
something; the times are those of one machine.
"""

# ruff: noqa: T201 - figures are its output

import logging
import statistics
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from uuid import UUID

import structlog

from gateway.delivery.attempt import Registry
from gateway.delivery.deliverer import Deliverer
from gateway.repository.deliveries import DeliveryStore, Hints, HintSender
from gateway.repository.embedded import EmbeddedServer
from gateway.usecases.ports import (
    Claimed,
    Done,
    Exchange,
    Progress,
    Result,
    State,
    Transient,
    Verdict,
)
from tests.kit.database import Databases
from tests.kit.outbox import Outbox

FAILING_TICKETS, BEHIND_EACH = 5_000, 10
CLAIMS = 300
NEWS, NEWS_PER_S = 300, 20
IN_ORDER, TICKETS, PARTNERS = 10_000, 100, 10
_DONE = Verdict(state=State.DONE, outcome="ok", step="")


class Runner:
    """Answers at once; of one partner every ticket fails, and its circuit stays closed.

    That is the worst case: an open circuit would end the tries.
    """

    def __init__(self) -> None:
        self.arrived: dict[UUID, float] = {}
        self.failed = 0

    def run(self, delivery: Claimed, progress: Progress) -> Result:
        if delivery.partner == "FAILING":
            self.failed += 1
            return Transient(
                error="HTTP 503", exchange=Exchange(step="send", status=503), of_partner=False
            )
        self.arrived[delivery.event_id] = perf_counter()
        return Done(exchange=Exchange(step="send", status=200))


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with (
        tempfile.TemporaryDirectory(prefix="gateway-bench-") as folder,
        EmbeddedServer(Path(folder) / "data") as server,
    ):
        databases = Databases(server)
        with databases.migrated() as url, opened(url) as outbox:
            beside_a_backlog(outbox)
        with databases.migrated() as url, opened(url) as outbox:
            in_order(outbox)


@contextmanager
def opened(url: str) -> Iterator[Outbox]:
    with Outbox(url, connections=12) as outbox:
        outbox.tell(HintSender(outbox.engine).send)
        yield outbox


def beside_a_backlog(outbox: Outbox) -> None:
    healthy, failing = outbox.partner("HEALTHY"), outbox.partner("FAILING")
    alone = claim_ms(outbox, healthy)
    pile_up(outbox, failing)
    beside = claim_ms(outbox, healthy, without=[failing])
    print(f"claim, median: {alone:.2f} ms alone, {beside:.2f} ms beside {described()}: "
          f"{beside / alone:.2f}x (at most 2x)")  # fmt: skip
    runner = Runner()
    with working(outbox, runner):
        waits = sorted(waits_ms(outbox, healthy, runner))
    p50, p95, worst = (waits[int(len(waits) * share)] for share in (0.5, 0.95, 0.999))
    print(f"news of a healthy partner, commit to arrival, while {runner.failed} tries fail: "
          f"p50 {p50:.0f} ms, p95 {p95:.0f} ms (under 1000), worst {worst:.0f} ms")  # fmt: skip


def described() -> str:
    return f"{FAILING_TICKETS * BEHIND_EACH} deliveries behind {FAILING_TICKETS} failing tickets"


def pile_up(outbox: Outbox, partner: int) -> None:
    """Queue past the gateway; the heads are due."""
    outbox.session.execute(
        "insert into stream (partner_id, subject, due)"
        " select %s, 'ticket:' || n, now() from generate_series(1, %s) n",
        (partner, FAILING_TICKETS),
    )
    outbox.session.execute(
        "insert into delivery (stream_id, event_id, process, version, payload)"
        " select id, gen_random_uuid(), 'send', 1, '{}' from stream, generate_series(1, %s)"
        " where partner_id = %s",
        (BEHIND_EACH, partner),
    )
    outbox.session.execute("analyze stream, delivery")


def claim_ms(outbox: Outbox, partner: int, without: list[int] | None = None) -> float:
    """Give the median time of a claim."""
    store, taken = DeliveryStore(outbox.engine), []
    for n in range(CLAIMS):
        outbox.queue(partner, f"ticket:{n}")
        begun = perf_counter()
        (claimed,) = store.claim("bench", 60, most=1, without=without or [])
        taken.append((perf_counter() - begun) * 1000)
        finish(store, claimed)
    return statistics.median(taken)


def finish(store: DeliveryStore, claimed: Claimed) -> None:
    store.finish(claimed, _DONE, Exchange(), attempt=1)


@contextmanager
def working(outbox: Outbox, runner: Runner) -> Iterator[None]:
    works = Deliverer(
        DeliveryStore(outbox.engine),
        Registry(others=runner),
        threads=4,
        hints=Hints(outbox.engine),
    )
    works.start()
    try:
        yield
    finally:
        works.stop()


def waits_ms(outbox: Outbox, partner: int, runner: Runner) -> list[float]:
    """Queue news at a steady rate; give the times from commit to arrival."""
    never, queued = threading.Event(), {}
    for n in range(NEWS):
        event = outbox.queue(partner, f"ticket:{n % 50}")
        queued[event] = perf_counter()
        never.wait(1 / NEWS_PER_S)
    while len(runner.arrived) < NEWS:
        never.wait(0.1)
    return [(runner.arrived[event] - at) * 1000 for event, at in queued.items()]


def in_order(outbox: Outbox) -> None:
    """Deliver to several partners about several tickets, and check the order."""
    partners = [outbox.partner(f"P{n}") for n in range(PARTNERS)]
    expected: dict[tuple[int, str], list[UUID]] = {}
    for _ in range(IN_ORDER // (TICKETS * PARTNERS)):
        for ticket in range(TICKETS):
            subject = f"ticket:{ticket}"
            events = outbox.queue_all(*((partner, subject, {}) for partner in partners))
            for partner, event in zip(partners, events, strict=True):
                expected.setdefault((partner, subject), []).append(event)
    runner, never = Runner(), threading.Event()
    begun = perf_counter()
    with working(outbox, runner):
        while len(runner.arrived) < IN_ORDER:
            never.wait(0.05)
        seconds = perf_counter() - begun
    wrong = sum(
        sorted(events, key=runner.arrived.__getitem__) != events for events in expected.values()
    )
    print(f"{IN_ORDER} deliveries, one process, 4 threads: {IN_ORDER / seconds:.0f} a second "
          f"(at least 200), {wrong} of {len(expected)} streams out of order")  # fmt: skip


if __name__ == "__main__":
    main()
