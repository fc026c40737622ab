"""FT2, FT10: order and loss while workers are killed -9 and PostgreSQL is restarted.

Workers run processes whose steps are real REST calls to a desk with a ledger.

``GATEWAY_FAULT_LONG=1`` asks for the long form.
"""

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from uuid import UUID

import psycopg
import pytest

from gateway.delivery.processes import canonical, definition, read
from gateway.errors import GatewayError
from gateway.repository.administration import Administration
from gateway.usecases import processes
from gateway.usecases.lists import Actor
from tests.fault.conftest import SEED
from tests.kit.children import ROOT, alive, wait_until
from tests.kit.database import driver_url
from tests.kit.outbox import CALL, Outbox
from tests.kit.partner import HttpPartner

WORKER = """
import logging, sys
import structlog
from gateway.delivery.addresses import Addresses
from gateway.delivery.attempt import Pace, Registry
from gateway.delivery.calls import Caller
from gateway.delivery.deliverer import Deliverer
from gateway.delivery.process_runner import ProcessRunner
from gateway.delivery.steps.http import HttpStep
from gateway.domain.process import Kind
from gateway.repository.deliveries import DeliveryStore, Hints
from gateway.repository.engine import build_engine
from gateway.repository.numbers import NumberReserve
from gateway.repository.targets import TargetStore
from gateway.repository.unit_of_work import UnitsOfWork
from gateway.secret_files import SecretFiles
from gateway.usecases.process_runs import ProcessDesk
from gateway.usecases.task_hashes import ObjectHashes

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
engine = build_engine(sys.argv[1], pool_size=6, role="gateway work")
pace = Pace(
    lease_s=3, heartbeat_s=0.5, poll_s=(0.1, 0.2), away_s=0.2, settle_s=0.1, spread_s=1
)
desk = ProcessDesk(UnitsOfWork(engine, NumberReserve(engine, low=1)), ObjectHashes([]))
caller = Caller(addresses=Addresses(["127.0.0.0/8"]), secrets=SecretFiles(None))
runner = ProcessRunner(desk, {Kind.HTTP: HttpStep(TargetStore(engine), caller)})
worker = Deliverer(
    DeliveryStore(engine), Registry(others=runner), threads=4, hints=Hints(engine), pace=pace
)
worker.start()
print("up", flush=True)
sys.stdin.read()
worker.stop()
"""
# A call behind a step that is not repeated, and values out of its answer behind it.
STEPS = """format = 1
[process]
name = "send-{number}"
version = 1
partner = "P{number}"
strict = true

[process.retry]
first_delay = "1s"
maximum = "2s"

[[step]]
name = "which"
kind = "decide"
rules = [{ when = [
  { left = "#REPLACE-EXTAPPFIELD-Ticketing.TaskUpdateMessage-Process Id#", op = "empty" },
], goto = "never" }]
otherwise = "send"

[[step]]
name = "send"
kind = "http"
target = "desk"
method = "POST"
path = "/events"
timeout = "5s"
next = "end"
[step.json]
partner = "#REPLACE-EXTAPPFIELD-Ticketing.TaskUpdateMessage-Task_ExternalSystem#"
subject = "ticket:#REPLACE-EXTAPPFIELD-Ticketing.TaskUpdateMessage-Process Id#"
payload = { text = "#REPLACE-EXTAPPFIELD-Ticketing.TaskUpdateMessage-Task_UpdateMessage#" }

[[step]]
name = "never"
kind = "http"
target = "desk"
method = "POST"
path = "/never"
"""


@dataclass(frozen=True, slots=True)
class Size:
    partners: int
    tickets: int
    events: int
    kills: int
    restarts: int
    workers: int = 3
    callers: int = 4


LONG = bool(os.environ.get("GATEWAY_FAULT_LONG"))  # noqa: TID251 - asked for so
SIZE = Size(20, 200, 10, 50, 2) if LONG else Size(4, 15, 5, 6, 1)
PATIENCE_S = 1200 if LONG else 120
pytestmark = pytest.mark.timeout(1500 if LONG else 200)


class Workers:
    """Worker processes; one that is killed is replaced, as a supervisor does."""

    def __init__(self, url, count):
        self._command = [sys.executable, "-c", WORKER, url]
        self._running = [self._started() for _ in range(count)]

    def kill_one(self, chance):
        """Kill one at any moment of its work, and start another."""
        self.kill(chance.randrange(len(self._running)))
        self._running.append(self._started())

    def kill(self, place):
        """Kill one."""
        victim = self._running.pop(place)
        victim.kill()
        victim.communicate()

    def end(self):
        """Let them end as SIGTERM does."""
        for process in self._running:
            process.communicate("", timeout=30)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self._running:
            process.kill()
            process.communicate()

    def _started(self):
        process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        assert process.stdout.readline() == "up\n"
        return process


class Changes:
    """Callers whose units queue a delivery to every partner and ticket they touch.

    Several callers meet on the same ticket, and some units are rolled back.
    """

    def __init__(self, outbox, partners, size):
        self._outbox, self._partners, self._size = outbox, partners, size
        self.acknowledged, self.rolled_back, self.unknown = set(), set(), set()
        self._work = [ticket for ticket in range(size.tickets) for _ in range(size.events)]
        random.Random(SEED).shuffle(self._work)

    @contextmanager
    def under_way(self, seconds):
        """Make all changes within about this time."""
        self._pause_s = seconds * self._size.callers / len(self._work)
        with ThreadPoolExecutor(self._size.callers) as pool:
            shares = [self._work[n :: self._size.callers] for n in range(self._size.callers)]
            calls = [pool.submit(self._call, n, share) for n, share in enumerate(shares)]
            yield
            for call in calls:
                call.result()

    def _call(self, number, tickets):
        chance = random.Random(f"{SEED} {number}")
        for ticket in tickets:
            self._change(ticket, chance)
            threading.Event().wait(chance.uniform(0, 2 * self._pause_s))

    def _change(self, ticket, chance):
        while True:
            event, bad = UUID(int=chance.getrandbits(128), version=4), chance.random() < 0.1
            work = partial(self._queue, ticket=ticket, event=event, bad=bad)
            try:
                self._outbox.units.run(work, CALL)
            except RolledBack:
                self.rolled_back.add(event)
            except GatewayError:
                self.unknown.add(event)
                threading.Event().wait(0.1)
            else:
                self.acknowledged.add(event)
                return

    def _queue(self, unit, *, ticket, event, bad):
        for number, partner in enumerate(self._partners):
            unit.deliveries.enqueue(
                partner_id=partner,
                subject=f"ticket:{ticket}",
                event_id=event,
                process=f"send-{number}",
                version=1,
                payload=told(number, ticket, event),
            )
        if bad:
            unit.deliveries._current.flush()
            raise RolledBack


class RolledBack(Exception):
    pass


def told(number, ticket, event):
    """Write what a delivery holds of its event."""
    fields = {
        "Task_ExternalSystem": f"P{number}", "Ticket_ProcessId": str(ticket),
        "Task_UpdateMessage": f"news {event}",
    }  # fmt: skip
    return {"direction": "Out", "request_type": "Update", "fields": fields}


def partners(outbox, desk, count):
    """Make partners whose targets are one desk, each with a process that calls it; give the ids."""
    return [_partner(outbox, desk, number) for number in range(count)]


def _partner(outbox, desk, number):
    partner_id = outbox.partner(f"P{number}")
    outbox.session.execute(
        "insert into target (partner_id, code, base_url) values (%s, 'desk', %s)",
        (partner_id, desk.url),
    )
    source = STEPS.replace("{number}", str(number))
    content = definition(source)
    command = processes.LoadProcess(
        process=read(source), source=source, definition=content, canonical=canonical(content)
    )
    Administration(outbox.engine).run(lambda unit: processes.load(command, Actor("test"), unit))
    return partner_id


def manner():
    """Fail one in ten, and cut one answer in fifty after the work."""
    chance = random.Random(SEED)
    return lambda _: chance.choices(["ok", "transient", "silent"], [88, 10, 2])[0]


def test_every_event_is_delivered_in_order_whoever_is_killed(durable_server, database, capsys):
    begun = perf_counter()
    chance = random.Random(f"{SEED} kills")
    with (
        Outbox(database) as outbox,
        HttpPartner(manner(), slow_s=0.01) as partner,
        Workers(database, SIZE.workers) as workers,
    ):
        changes = Changes(outbox, partners(outbox, partner, SIZE.partners), SIZE)
        restart_after = {SIZE.kills * (n + 1) // (SIZE.restarts + 1) for n in range(SIZE.restarts)}
        with changes.under_way(seconds=SIZE.kills):
            for kill in range(SIZE.kills):
                threading.Event().wait(chance.uniform(0.05, 0.6))
                workers.kill_one(chance)
                if kill in restart_after:
                    restart(durable_server)
        wait_until(lambda: left(database) == 0, timeout_s=PATIENCE_S)
        seconds = perf_counter() - begun
        workers.end()
        report = reckoned(database, changes, partner)
    report |= {
        "deliveries": SIZE.partners * SIZE.tickets * SIZE.events, "kills": SIZE.kills,
        "restarts": SIZE.restarts, "seconds": round(seconds, 1), "seed": SEED,
    }  # fmt: skip
    with capsys.disabled():
        print(json.dumps(report))  # noqa: T201 - the figures of the run
    assert [report[name] for name in PROMISES] == [0] * len(PROMISES)
    # At most what a killed worker had in hand, and what was cut after the work.
    assert report["repeats"] <= SIZE.kills * 4 + report["cut"] + SIZE.restarts * SIZE.workers * 4


PROMISES = ("lost", "never_committed", "out_of_order", "not_done", "changed_id")


def restart(server):
    """Stop PostgreSQL at once; its supervisor starts it again."""
    pid = server.pid
    os.kill(pid, signal.SIGQUIT)
    wait_until(lambda: not alive(pid))


def left(database):
    """Count what is not yet delivered, now and then; one while the server is being restarted."""
    threading.Event().wait(0.3)
    try:
        with psycopg.connect(driver_url(database), autocommit=True) as look:
            (count,) = look.execute(
                "select count(*) from delivery where state = 'pending'"
            ).fetchone()
    except psycopg.OperationalError:
        return 1
    return count


def reckoned(database, changes, partner):
    with Outbox(database) as look:
        rows = look.rows(
            "select p.name, s.subject, d.event_id::text, d.state from delivery d"
            " join stream s on s.id = d.stream_id join partner p on p.id = s.partner_id"
            " order by d.id"
        )
    expected = {}
    for name, subject, event, _ in rows:
        expected.setdefault((name, subject), []).append(event)
    committed = {event for _, _, event, _ in rows}
    accepted = partner.accepted()
    firsts = partner.first_deliveries()
    arrived = {(one.partner, one.event) for one in accepted}
    payloads = {}
    for one in accepted:
        payloads.setdefault((one.partner, one.event), set()).add((one.subject, str(one.payload)))
    rolled_back = {str(event) for event in changes.rolled_back}
    return {
        "committed": len(rows),
        "rolled_back": len(rolled_back),
        "unknown": len(changes.unknown),
        "sent": len(partner.received),
        "repeats": partner.repeats(),
        "cut": partner.count("silent"),
        "lost": sum((name, event) not in arrived for name, _, event, _ in rows)
        + len({str(event) for event in changes.acknowledged} - committed),
        "never_committed": len({event for _, event in arrived} - committed)
        + len(rolled_back & {event for _, event in arrived}),
        "out_of_order": sum(firsts.get(key) != events for key, events in expected.items()),
        "not_done": Counter(state != "done" for *_, state in rows)[True],
        "changed_id": sum(len(different) > 1 for different in payloads.values()),
    }


# Statements of a worker's first delivery in their order; it is killed while one is under way.
POINTS = {
    "the partner is locked": b"p.id <> all(",
    "the stream is claimed": b"claim = s.claim + 1",
    "the delivery is read": b"left join lateral",
    "the claim is committed": b"commit",
    "the result is written": b"insert into attempt",
    "the stream is released": b"s.claim = ",
}


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_at_any_statement_delivers_again_at_most_once(point, proxy, database):
    with Outbox(database) as outbox, HttpPartner() as partner:
        made = partners(outbox, partner, 1)
        size = Size(partners=1, tickets=1, events=3, kills=1, restarts=0, callers=1)
        changes = Changes(outbox, made, size)
        with changes.under_way(seconds=0):
            pass
        events = [
            event for (event,) in outbox.rows("select event_id::text from delivery order by id")
        ]
        with proxy.hold(POINTS[point]) as hold, Workers(proxy.url, 1) as killed:
            assert hold.caught.wait(20)
            killed.kill(0)
            proxy.cut_all()
        with Workers(database, 1) as successor:
            wait_until(lambda: outbox.states() == {"done": 3}, timeout_s=60)
            successor.end()
        assert partner.first_deliveries() == {("P0", "ticket:0"): events}
        assert partner.repeats() <= 1
