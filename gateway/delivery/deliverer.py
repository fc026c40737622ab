"""The deliverer: claims streams, has their oldest deliveries carried out, settles them."""

import os
import random
import socket
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from uuid import uuid4

import structlog

from gateway.delivery import circuit
from gateway.delivery.attempt import Attempt, Pace, Registry, insist, judged, run
from gateway.errors import GatewayError
from gateway.usecases.ports import (
    Claimed,
    DeliveryStore,
    Done,
    Hints,
    LeaseLost,
    Permanent,
    Result,
    Settled,
    Transient,
    Waiting,
)

log = structlog.get_logger(__name__)

_LISTEN_S = 0.5  # at a time, so that a stop need not wait for long


class Deliverer:
    """Carries out what is due; any number of them, in any number of processes, share the work."""

    def __init__(
        self,
        store: DeliveryStore,
        registry: Registry,
        *,
        threads: int,
        hints: Hints | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._store = store
        self._registry = registry
        self._size = threads
        self._hints = hints
        self._pace = pace or Pace()
        self._owner = f"{socket.gethostname()}:{os.getpid()}:{uuid4()}"
        self._stopping = threading.Event()
        self._ended = threading.Event()  # nothing is in hand any more
        self._news = threading.Event()  # something was queued, or a thread is free again
        self._guard = threading.Lock()
        self._in_hand: dict[int, Attempt] = {}  # by stream
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="delivery")
        self._threads = [
            threading.Thread(target=self._feed, name="delivery-claims"),
            threading.Thread(target=self._beat, name="delivery-leases"),
        ]
        if hints is not None:
            self._threads.append(
                threading.Thread(target=self._listen, args=(hints,), name="delivery-hints")
            )

    def start(self) -> None:
        """Begin to work."""
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Look at once: something was queued."""
        self._news.set()

    def stop(self) -> None:
        """Claim nothing more and wait for the attempts that are being made."""
        self._stopping.set()
        self._news.set()
        self._threads[0].join()
        self._pool.shutdown(wait=True)
        self._ended.set()
        for thread in self._threads[1:]:
            thread.join()

    def drain(self, ahead_s: float = 0.0) -> int:
        """Work in the foreground until nothing is due; tell how many attempts were made.

        Args:
            ahead_s: first let everything that waits be due so much earlier, as if the time had
                passed.
        """
        if ahead_s:
            self._store.shift(ahead_s)
        made = 0
        while claimed := self._store.claim(self._owner, self._pace.lease_s, most=1):
            for each in claimed:
                self._carry_out(Attempt(each, self._store, self._pace))
                made += 1
        return made

    def _feed(self) -> None:
        while not self._stopping.is_set():
            self._news.clear()
            try:
                found = self._claim()
            except GatewayError as error:
                log.warning("deliveries cannot be claimed", code=error.code)
                self._stopping.wait(self._pace.away_s)
            except Exception:
                # A schema that is being restored, say: a thread that ended would deliver no more.
                log.exception("deliveries cannot be claimed")
                self._stopping.wait(self._pace.away_s)
            else:
                if not found:
                    self._news.wait(random.uniform(*self._pace.poll_s))  # noqa: S311 - no secret

    def _claim(self) -> bool:
        """Claim as much as there are threads for; tell whether to look for more at once."""
        with self._guard:
            held = Counter(attempt.claimed.partner_id for attempt in self._in_hand.values())
        free = self._size - held.total()
        if free <= 0:
            return False
        # One thread is kept from a partner that has all others: a slow one stops nobody else.
        share = max(1, self._size - 1)
        claimed = self._store.claim(
            self._owner,
            self._pace.lease_s,
            most=min(free, max(1, free - 1)),
            without=[partner_id for partner_id, count in held.items() if count >= share],
        )
        for each in claimed:
            attempt = Attempt(each, self._store, self._pace)
            with self._guard:
                self._in_hand[each.lease.stream_id] = attempt
            self._pool.submit(self._work, attempt)
        return bool(claimed)

    def _work(self, attempt: Attempt) -> None:
        try:
            self._carry_out(attempt)
        except Exception:
            # The lease runs out, and somebody takes the stream over.
            log.exception("delivery could not be settled", delivery=attempt.claimed.id)
        finally:
            with self._guard:
                self._in_hand.pop(attempt.claimed.lease.stream_id, None)
            self._news.set()

    def _carry_out(self, attempt: Attempt) -> None:
        claimed = attempt.claimed
        try:
            result = run(attempt, self._registry)
        except LeaseLost:
            log.warning("delivery was taken over", delivery=claimed.id, partner=claimed.partner)
            return
        verdict, exchange = judged(attempt, result)
        settle = partial(self._store.finish, claimed, verdict, exchange, attempt=attempt.attempt)
        settled = insist(settle, self._pace)
        log.info(
            "delivery attempted",
            delivery=claimed.id,
            partner=claimed.partner,
            outcome=verdict.outcome if settled else "late",
            state=verdict.state,
            tries=verdict.tries,
        )
        if settled is not None:
            insist(partial(self._tell_circuit, claimed, result, settled), self._pace)

    def _tell_circuit(self, claimed: Claimed, result: Result, settled: Settled) -> None:
        """Let all workers know how the partner is; a healthy one's row is not even locked."""
        probe = claimed.probe_s is not None
        match result:
            case Transient(of_partner=True):
                before, after = self._store.circuit(
                    claimed.partner_id,
                    partial(circuit.failed, probe=probe, retry_after_s=result.retry_after_s),
                )
                if after.paused and not before.paused:
                    log.error("partner paused: nothing but failure", partner=claimed.partner)
                elif after.open_until and not before.open_until:
                    log.warning("circuit opened", partner=claimed.partner)
            case Done() | Waiting() | Permanent() if result.of_partner and settled.troubled:
                if probe:
                    # Before the circuit closes: killed in between, the next probe does it again.
                    self._store.wake(claimed.partner_id, self._pace.spread_s)
                    log.info("circuit closed", partner=claimed.partner)
                self._store.circuit(claimed.partner_id, lambda before, _: circuit.answered(before))
            case _ if probe:
                self._store.circuit(claimed.partner_id, circuit.unanswered)
            case _:
                return

    def _beat(self) -> None:
        while not self._ended.wait(self._pace.heartbeat_s):
            with self._guard:
                attempts = dict(self._in_hand)
            leases = [attempt.claimed.lease for attempt in attempts.values()]
            try:
                held = self._store.heartbeat(leases, self._pace.lease_s)
            except GatewayError as error:
                log.warning("leases cannot be prolonged", code=error.code)
                continue
            for stream_id, attempt in attempts.items():
                if stream_id not in held and self._is_in_hand(attempt):
                    attempt.lose()

    def _is_in_hand(self, attempt: Attempt) -> bool:
        with self._guard:
            return self._in_hand.get(attempt.claimed.lease.stream_id) is attempt

    def _listen(self, hints: Hints) -> None:
        while not self._stopping.is_set():
            try:
                if hints.wait(_LISTEN_S):
                    self._news.set()
            except GatewayError:
                self._stopping.wait(self._pace.away_s)
        hints.close()
