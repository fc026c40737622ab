"""What has to reach partners: how it is queued, claimed, carried out and settled.

Use cases only ``enqueue``; the worker does the rest. All times are the database's, so the clock of
a replica cannot shorten a lease or hasten a try.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from gateway.domain.process import Retry


class Deliveries(Protocol):
    """Deliveries, queued in the transaction of the change they tell of."""

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
        """Queue a delivery behind all earlier ones of this subject and partner.

        The same event for the same subject and partner is queued once. It waits for the commit of
        other units that queue for the same subject and partner.

        Args:
            partner_id: whom it has to reach.
            subject: ``ticket:ID`` or ``service:ID``.
            event_id: guid of the event, the same for all tries.
            process: name of the process that carries it out.
            version: version of that process.
            payload: what the process needs of the event, as JSON.
        """
        ...


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on a stream; another claim of the stream ends it."""

    stream_id: int
    claim: int  # the fence: raised by every claim
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """The oldest pending delivery of a stream, under a lease."""

    id: int
    lease: Lease
    partner_id: int
    partner: str  # system code
    subject: str
    event_id: UUID
    process: str
    version: int
    payload: Mapping[str, Any]
    step: str  # the step to run next; empty: the first
    tries: int  # failed tries of that step
    values: Mapping[str, Any]  # what finished steps left
    attempt: int  # number of the next attempt, from 1 over all steps and tries
    created: datetime
    now: datetime  # the database's time of the claim
    probe_s: int | None = None  # the partner's circuit is open: this is the one probe


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What went over the wire in one attempt of a step, redacted."""

    step: str = ""
    status: int | None = None  # of HTTP or SMTP
    request: str | None = None
    answer: str | None = None
    duration_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The last step ended well, or none was left."""

    exchange: Exchange = Exchange()
    of_partner: bool = True  # False: nobody asked the partner, it says nothing about it
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A step waits for something else; it is looked at again, and no try is counted."""

    until: datetime  # by the clock of ``Claimed.now``
    step: str
    of_partner: bool = False  # True: before it waited the partner had answered
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transient:
    """A failure that may pass: it is tried again."""

    error: str
    retry_after_s: float | None = None  # what the partner asked for
    retry: Retry = field(default_factory=Retry)
    exchange: Exchange = Exchange()
    of_partner: bool = True  # False: ours, it says nothing about the partner
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Permanent:
    """A failure that no repetition heals."""

    error: str
    exchange: Exchange = Exchange()
    of_partner: bool = True  # False: it did not answer, or was not asked
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """All there was to do would have told the partner its own news."""

    values: Mapping[str, Any] = field(default_factory=dict)


Result = Done | Waiting | Transient | Permanent | Echo


class Progress(Protocol):
    """How far an attempt got; finished steps are written at once and never repeated."""

    @property
    def attempt(self) -> int:
        """The number of the attempt that is being made, from 1 over all steps and tries."""
        ...

    def step_done(
        self,
        exchange: Exchange,
        *,
        following: str,
        values: Mapping[str, Any] | None = None,
        failure: str = "",
    ) -> None:
        """Write that a step ended, which one follows, and what it leaves to later ones.

        Args:
            exchange: what went over the wire.
            following: the step to run next.
            values: what it leaves.
            failure: why it ended badly, where the process goes on nevertheless.

        Raises:
            LeaseLost: another worker has taken over; nothing more may be sent.
        """
        ...

    def hold(self) -> None:
        """Make sure, before something is sent, that the lease was not lost meanwhile.

        Raises:
            LeaseLost: another worker has taken over; nothing more may be sent.
        """
        ...


class LeaseLost(Exception):
    """Another worker has taken over; the attempt ends without a result. Runners let it pass."""


class Runner(Protocol):
    """Performs the steps of a process version."""

    def run(self, delivery: Claimed, progress: Progress) -> Result:
        """Carry out the steps from ``delivery.step`` on, outside any transaction.

        An exception counts as a transient failure of ours.
        """
        ...


class State(StrEnum):
    """States of a delivery."""

    PENDING = "pending"  # new, running, between tries, waiting, behind an earlier one
    DONE = "done"
    FAILED = "failed"  # dead: never tried again by itself, never removed by itself
    DROPPED = "dropped"  # an echo, or discarded by hand


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What becomes of a delivery after an attempt."""

    state: State
    outcome: str  # of the attempt: ok, waiting, transient, permanent, echo
    step: str  # the step to run next
    tries: int = 0
    delay_s: float | None = None  # until the next look at a pending one
    values: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """What the end of a claim found."""

    waiting: bool  # more deliveries of the stream are due now
    troubled: bool  # the partner's circuit has something to forget


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """What all workers know of a partner's health."""

    failures: int = 0  # transient ones in a row
    failing_since: datetime | None = None
    open_until: datetime | None = None  # when the next probe may go; None: closed
    probe_s: int = 5  # from one probe to the next
    paused: bool = False


class DeliveryStore(Protocol):
    """Streams and deliveries of all workers; each call is one short transaction."""

    def claim(
        self, owner: str, lease_s: float, *, most: int = 20, without: Sequence[int] = ()
    ) -> list[Claimed]:
        """Claim due streams of one partner, no more than it may have in work at once.

        Args:
            owner: the worker process.
            lease_s: for how long.
            most: at most so many streams.
            without: partners that are to be left out.
        """
        ...

    def heartbeat(self, leases: Sequence[Lease], lease_s: float) -> set[int]:
        """Prolong leases; give the streams whose lease is still held."""
        ...

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
        """Write that a step ended; tell whether the lease is still held.

        Without it the attempt is kept as a late one and nothing else changes.
        """
        ...

    def finish(
        self, claimed: Claimed, verdict: Verdict, exchange: Exchange, *, attempt: int
    ) -> Settled | None:
        """Settle the delivery and end the claim; None: the lease was lost.

        Then the attempt is kept as a late one and nothing else changes.
        """
        ...

    def circuit(
        self, partner_id: int, change: Callable[[Circuit, datetime], Circuit]
    ) -> tuple[Circuit, Circuit]:
        """Change a partner's circuit under its lock, by the present; give it before and after."""
        ...

    def wake(self, partner_id: int, spread_s: float) -> int:
        """Set all of a partner's waiting streams due, spread over some time; tell how many."""
        ...

    def shift(self, ahead_s: float) -> None:
        """Set everything that waits for a time due so much earlier, as if the time had passed."""
        ...


class Hints(Protocol):
    """News that something was queued; only a hint, since the worker looks by itself too."""

    def wait(self, timeout_s: float) -> bool:
        """Wait for a hint; tell whether one came."""
        ...

    def close(self) -> None:
        """Hear no more."""
        ...


@dataclass(frozen=True, slots=True)
class Backlog:
    """How a partner's deliveries stand."""

    partner: str
    depth: int  # pending
    oldest_s: float  # age of the oldest pending one
    failed: int
    paused: bool
    open: bool  # the circuit
    active: bool = True
