"""The ordered outbox: queued in the unit of the change, claimed and settled by workers."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg import Connection
from psycopg.types.json import Jsonb
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.exc import TimeoutError as PoolEmpty
from sqlalchemy.pool import PoolProxiedConnection

from gateway import clock
from gateway.errors import GatewayError, NotFound, StorageAway
from gateway.repository.parameters import array_of
from gateway.repository.statements import statement
from gateway.repository.transaction import Record, Transaction, transaction
from gateway.usecases.ports import (
    Backlog,
    Circuit,
    Claimed,
    Exchange,
    Lease,
    Settled,
    State,
    Verdict,
)

_HINT_PAUSE_S = 0.1  # between two of them


class Deliveries:
    """Deliveries, queued in the transaction of the change they tell of."""

    def __init__(self, current: Transaction) -> None:
        self._current = current
        self.queued = False  # workers may be told, once it is committed

    def enqueue(
        self,
        *,
        partner_id: int,
        subject: str,
        event_id: UUID,
        process: str,
        version: int,
        payload: Mapping[str, Any],
    ) -> None:
        """Queue a delivery behind all earlier ones of this subject and partner."""
        self.queued = True
        self._current.later(
            "enqueue_delivery",
            {
                "partner_id": partner_id,
                "subject": subject,
                "event_id": event_id,
                "process": process,
                "version": version,
                "payload": Jsonb(payload),
            },
        )


class DeliveryStore:
    """Streams and deliveries of all workers; each call is one short transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def claim(
        self, owner: str, lease_s: float, *, most: int = 20, without: Sequence[int] = ()
    ) -> list[Claimed]:
        """Claim due streams of one partner, no more than it may have in work at once."""
        with transaction(self._engine) as current:
            partners = current.write("claim_partner", {"without": array_of(without)})
            if not partners:
                return []
            ((partner_id, partner, max_in_flight, probe_s),) = partners
            terms = {"partner_id": partner_id, "owner": owner, "lease_s": lease_s}
            if probe_s is not None:
                most = 1
            limits = {"most": most, "max_in_flight": max_in_flight}
            streams = array_of(row[0] for row in current.write("claim_streams", terms | limits))
            rows = current.read("claimed_deliveries", {"streams": streams})
            if idle := [row[0] for row in rows if row[3] is None]:
                current.later("rest_streams", {"streams": array_of(idle)})
            found = [row for row in rows if row[3] is not None]
            if found and probe_s is not None:
                current.later("hold_probe", terms)
        return [
            _claimed(row, owner=owner, partner_id=partner_id, partner=partner, probe_s=probe_s)
            for row in found
        ]

    def heartbeat(self, leases: Sequence[Lease], lease_s: float) -> set[int]:
        """Prolong leases of one owner; give the streams whose lease is still held."""
        if not leases:
            return set()
        held = {
            "streams": array_of(lease.stream_id for lease in leases),
            "claims": array_of(lease.claim for lease in leases),
            "owner": leases[0].owner,
            "lease_s": lease_s,
        }
        with transaction(self._engine) as current:
            return {row[0] for row in current.alone("prolong_leases", held)}

    def step_done(
        self,
        claimed: Claimed,
        exchange: Exchange,
        *,
        attempt: int,
        following: str,
        values: Mapping[str, Any],
        failure: str = "",
    ) -> bool:
        """Write that a step ended; tell whether the lease is still held."""
        outcome = "permanent" if failure else "ok"
        fence = _fence(claimed)
        step = {"delivery_id": claimed.id, "following": following, "values": Jsonb(values)}
        with transaction(self._engine) as current:
            current.later("hold_claim", fence)
            current.later("keep_attempt", _attempt(claimed, exchange, attempt, outcome, failure))
            return bool(current.write("finish_step", fence | step))

    def finish(
        self, claimed: Claimed, verdict: Verdict, exchange: Exchange, *, attempt: int
    ) -> Settled | None:
        """Settle the delivery and end the claim; None: the lease was lost."""
        fence = _fence(claimed)
        delay = {"delay_s": verdict.delay_s}
        dead = verdict.state is State.FAILED
        with transaction(self._engine) as current:
            current.later("hold_claim", fence)
            if verdict.outcome != "waiting" or verdict.step != claimed.step:
                # A step that waits for a day would leave a line each minute.
                kept = _attempt(claimed, exchange, attempt, verdict.outcome, verdict.error)
                current.later("keep_attempt", kept)
            current.later("settle_delivery", fence | delay | _settlement(verdict))
            rows = current.write("release_stream", fence | delay | {"dead": dead})
            if rows and dead:
                current.later("start_failure_process", fence)
        return Settled(*rows[0]) if rows else None

    def circuit(
        self, partner_id: int, change: Callable[[Circuit, datetime], Circuit]
    ) -> tuple[Circuit, Circuit]:
        """Change a partner's circuit under its lock, by the present; give it before and after."""
        with transaction(self._engine) as current:
            rows = current.write("lock_circuit", {"partner_id": partner_id})
            if not rows:
                raise NotFound(field="partner")
            ((failures, failing_since, open_until, probe_s, paused, now),) = rows
            before = Circuit(
                failures=failures,
                failing_since=failing_since,
                open_until=open_until,
                probe_s=probe_s,
                paused=paused,
            )
            after = change(before, now)
            if after != before:
                current.later("set_circuit", {"partner_id": partner_id} | asdict(after))
        return before, after

    def wake(self, partner_id: int, spread_s: float) -> int:
        """Set all of a partner's waiting streams due, spread over some time; tell how many."""
        woken: int = 0
        after = ""
        while True:
            with transaction(self._engine) as current:
                ((last, count),) = current.alone(
                    "wake_streams",
                    {"partner_id": partner_id, "spread_s": spread_s, "after": after},
                )
            woken += count
            if last is None:
                return woken
            after = last

    def shift(self, ahead_s: float) -> None:
        """Set everything that waits for a time due so much earlier, as if the time had passed."""
        with transaction(self._engine) as current:
            current.later("shift_streams", {"ahead_s": ahead_s})
            current.later("shift_circuits", {"ahead_s": ahead_s})

    def backlogs(self) -> list[Backlog]:
        """Tell how each partner's deliveries stand."""
        with transaction(self._engine) as current:
            return [Backlog(*row) for row in current.alone("backlogs", {})]


class HintSender:
    """Tells workers of other processes that something was queued, at most ten times a second."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._sent_s = float("-inf")

    def send(self) -> None:
        """Send a hint unless one was just sent; that it cannot be sent hurts nobody."""
        now_s = clock.monotonic_s()
        if now_s - self._sent_s < _HINT_PAUSE_S:
            return
        self._sent_s = now_s
        with suppress(GatewayError), transaction(self._engine) as current:
            current.alone("hint_deliveries", {})


class Hints:
    """Hears hints on a connection of its own; not through a pooler."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._borrowed: PoolProxiedConnection | None = None

    def wait(self, timeout_s: float) -> bool:
        """Wait for a hint; tell whether one came.

        Raises:
            StorageAway: the database does not answer.
        """
        try:
            hints = self._connection().notifies(timeout=timeout_s, stop_after=1)
            return any(True for _ in hints)
        except (psycopg.Error, DBAPIError, InvalidRequestError, PoolEmpty) as error:
            self.close()
            raise StorageAway from error

    def close(self) -> None:
        """Hear no more."""
        if self._borrowed is not None:
            # Not back into the pool: it would go on collecting hints there.
            self._borrowed.invalidate()
            self._borrowed = None

    def _connection(self) -> Connection[Any]:
        if self._borrowed is None:
            self._borrowed = self._engine.raw_connection()
            connection = self._borrowed.driver_connection
            assert isinstance(connection, Connection)  # noqa: S101 - the engine knows one driver only
            connection.autocommit = True
            connection.execute(statement("hear_deliveries"))
        opened = self._borrowed.driver_connection
        assert isinstance(opened, Connection)  # noqa: S101 - as above
        return opened


def _claimed(
    row: Record, *, owner: str, partner_id: int, partner: str, probe_s: int | None
) -> Claimed:
    stream_id, claim, subject, number, *delivery = row
    event_id, process, version, payload, step, tries, values, attempt, created, now = delivery
    return Claimed(
        id=number,
        lease=Lease(stream_id, claim, owner),
        partner_id=partner_id,
        partner=partner,
        subject=subject,
        event_id=event_id,
        process=process,
        version=version,
        payload=payload,
        step=step,
        tries=tries,
        values=values,
        attempt=attempt,
        created=created,
        now=now,
        probe_s=probe_s,
    )


def _fence(claimed: Claimed) -> dict[str, object]:
    return asdict(claimed.lease) | {"delivery_id": claimed.id}


def _attempt(
    claimed: Claimed, exchange: Exchange, attempt: int, outcome: str, error: str
) -> dict[str, object]:
    return _fence(claimed) | {
        "attempt": attempt,
        "exchange_step": exchange.step,
        "duration_ms": exchange.duration_ms,
        "status": exchange.status,
        "request": exchange.request,
        "answer": exchange.answer,
        "outcome": outcome,
        "error": error,
    }


def _settlement(verdict: Verdict) -> dict[str, object]:
    return {
        "state": verdict.state.value,
        "step": verdict.step,
        "tries": verdict.tries,
        "values": Jsonb(verdict.values),
        "error": verdict.error,
        "note": verdict.note,
    }
