"""One attempt of a delivery: run its steps, keep what is finished, judge the result."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import structlog

from gateway import clock
from gateway.delivery.backoff import next_delay_s
from gateway.delivery.circuit import slower_s
from gateway.errors import GatewayError
from gateway.usecases.ports import (
    Claimed,
    DeliveryStore,
    Done,
    Echo,
    Exchange,
    LeaseLost,
    Permanent,
    Result,
    Runner,
    State,
    Transient,
    Verdict,
    Waiting,
)

log = structlog.get_logger(__name__)

T = TypeVar("T")

_ERROR_LENGTH = 500
_SOONEST_CHECK_S = 1.0  # of a step that waits


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long things take; the defaults are the product's promises."""

    lease_s: float = 60.0  # a worker that was killed is replaced after it
    heartbeat_s: float = 10.0
    poll_s: tuple[float, float] = (0.5, 1.0)  # jitter keeps workers apart
    away_s: float = 5.0  # the database does not answer
    settle_s: float = 1.0  # between tries to write a result down
    spread_s: float = 30.0  # over which the streams of a partner that is back become due


@dataclass(frozen=True, slots=True)
class Registry:
    """Who carries out which process; processes without a name here go to ``others``."""

    named: Mapping[str, Runner] = field(default_factory=dict)
    others: Runner | None = None

    def runner(self, process: str) -> Runner | None:
        """Find who carries out a process."""
        return self.named.get(process, self.others)


class Attempt:
    """The progress of one claimed delivery; ``lost`` may be told by the heartbeat at any time."""

    def __init__(self, claimed: Claimed, store: DeliveryStore, pace: Pace) -> None:
        self.claimed = claimed
        self.step = claimed.step
        self.tries = claimed.tries
        self.began_s = clock.monotonic_s()
        self._store = store
        self._pace = pace
        self._attempt = claimed.attempt
        self._lost = threading.Event()

    @property
    def attempt(self) -> int:
        """The number of the attempt that is being made, from 1 over all steps and tries."""
        return self._attempt

    def step_done(
        self,
        exchange: Exchange,
        *,
        following: str,
        values: Mapping[str, Any] | None = None,
        failure: str = "",
    ) -> None:
        """Write that a step ended, which one follows, and what it leaves to later ones."""
        write = partial(
            self._store.step_done,
            self.claimed,
            exchange,
            attempt=self._attempt,
            following=following,
            values=values or {},
            failure=failure[:_ERROR_LENGTH],
        )
        if not insist(write, self._pace):
            self._lost.set()
            raise LeaseLost
        self.step, self.tries = following, 0
        self._attempt += 1

    def hold(self) -> None:
        """Make sure, before something is sent, that the lease was not lost meanwhile."""
        if self._lost.is_set():
            raise LeaseLost

    def lose(self) -> None:
        """Know that another worker has taken over."""
        self._lost.set()


def insist(write: Callable[[], T], pace: Pace) -> T:
    """Write down what happened, again and again for a lease's time: else it would be repeated.

    Raises:
        TryLater, StorageAway, OutcomeUnknown: the database did not answer all that time.
    """
    until_s = clock.monotonic_s() + pace.lease_s
    while True:
        try:
            return write()
        except GatewayError:
            if clock.monotonic_s() > until_s:
                raise
            threading.Event().wait(pace.settle_s)


def run(attempt: Attempt, registry: Registry) -> Result:
    """Have the steps carried out; what goes wrong inside us is tried again later.

    Raises:
        LeaseLost: another worker has taken over.
    """
    claimed = attempt.claimed
    runner = registry.runner(claimed.process)
    if runner is None:
        return Transient(
            error=f"nobody carries out the process {claimed.process}", of_partner=False
        )
    try:
        return runner.run(claimed, attempt)
    except LeaseLost:
        raise
    except Exception as error:
        log.exception("delivery attempt failed", delivery=claimed.id, partner=claimed.partner)
        return Transient(error=f"{type(error).__name__}: {error}", of_partner=False)


def judged(attempt: Attempt, result: Result) -> tuple[Verdict, Exchange]:
    """Decide what becomes of the delivery."""
    match result:
        case Done():
            verdict = Verdict(state=State.DONE, outcome="ok", step="", values=result.values)
            return verdict, result.exchange
        case Echo():
            verdict = Verdict(
                state=State.DROPPED, outcome="echo", step="", note="echo", values=result.values
            )
            return verdict, Exchange()
        case Waiting():
            return _waiting(attempt, result), Exchange(step=result.step)
        case Permanent():
            return _failed(attempt, result, attempt.tries), result.exchange
        case Transient():
            return _transient(attempt, result), result.exchange


def _waiting(attempt: Attempt, result: Waiting) -> Verdict:
    wait_s = (result.until - attempt.claimed.now).total_seconds()
    return Verdict(
        state=State.PENDING,
        outcome="waiting",
        step=result.step,
        # By the database's clock; what passed since the claim is measured here.
        delay_s=max(_SOONEST_CHECK_S, wait_s - (clock.monotonic_s() - attempt.began_s)),
        values=result.values,
    )


def _transient(attempt: Attempt, result: Transient) -> Verdict:
    probe_s = attempt.claimed.probe_s
    if probe_s is not None and result.of_partner:
        # A probe looks whether the partner is back: it is no try of the delivery that carries it.
        asked_s = min(result.retry_after_s or 0.0, result.retry.maximum_s)
        return _again(attempt, result, attempt.tries, max(slower_s(probe_s), asked_s))
    tries = attempt.tries + 1
    delay_s = next_delay_s(result.retry, tries, result.retry_after_s)
    if delay_s is None:
        return _failed(attempt, result, tries)
    return _again(attempt, result, tries, delay_s)


def _again(attempt: Attempt, result: Transient, tries: int, delay_s: float) -> Verdict:
    return Verdict(
        state=State.PENDING,
        outcome="transient",
        step=attempt.step or result.exchange.step,
        tries=tries,
        delay_s=delay_s,
        values=result.values,
        error=result.error[:_ERROR_LENGTH],
    )


def _failed(attempt: Attempt, result: Transient | Permanent, tries: int) -> Verdict:
    return Verdict(
        state=State.FAILED,
        outcome="permanent" if isinstance(result, Permanent) else "transient",
        step=attempt.step or result.exchange.step,
        tries=tries,
        values=result.values,
        error=result.error[:_ERROR_LENGTH],
    )
