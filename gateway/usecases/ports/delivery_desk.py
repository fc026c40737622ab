"""What an operator sees of deliveries and does with them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from gateway.usecases.ports.deliveries import State


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A delivery as it stands."""

    id: int
    partner: str
    subject: str
    event_id: UUID
    process: str
    version: int
    step: str
    state: str
    tries: int
    next_try: datetime | None
    last_error: str
    note: str
    created: datetime
    settled: datetime | None
    in_work: bool
    behind: int | None  # the delivery it waits for
    blocks: bool  # it is dead, and later ones of its stream wait


@dataclass(frozen=True, slots=True)
class FailureReason:
    """Failed deliveries of one partner that failed of the same."""

    partner: str
    process: str
    step: str
    error: str
    count: int
    since: datetime
    latest: datetime
    first: int  # number of the oldest delivery


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One attempt of a delivery, redacted."""

    n: int
    started: datetime
    step: str
    outcome: str
    status: int | None
    duration_ms: int | None
    error: str
    request: str | None
    answer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLog:
    """The log of a delivery, oldest line first; ``public``: whoever may read the ticket may too."""

    lines: tuple[str, ...]
    public: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """What keeps a partner from being sent anything, if something does."""

    partner: str
    active: bool
    paused: bool
    paused_at: datetime | None  # None: it was paused after nothing but failure
    paused_by: str
    reason: str
    failing_since: datetime | None
    probe_at: datetime | None  # its circuit is open: when it is asked again


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which deliveries are meant."""

    state: State
    partner: str | None = None
    subject: str | None = None
    since: datetime | None = None  # settled then or later
    after: int = 0  # number of the last one of the page before


class DeliveryDesk(Protocol):
    """Deliveries under an operator's hands; every act leaves an audit line."""

    def listed(self, wanted: Wanted, *, most: int) -> Iterator[DeliveryRow]:
        """List deliveries, oldest first, read a page at a time.

        Raises:
            NotFound: no such partner.
        """
        ...

    def reasons(self) -> Sequence[FailureReason]:
        """Tell what failed of what, the most frequent first; of the oldest 10 000 failed ones."""
        ...

    def get(self, number: int) -> DeliveryRow:
        """Give one delivery.

        Raises:
            NotFound: no such delivery.
        """
        ...

    def attempts(self, number: int) -> Sequence[AttemptRow]:
        """List what was tried, oldest first; at most the newest thousand."""
        ...

    def log(self, number: int) -> DeliveryLog:
        """Give what its process wrote about a delivery.

        Raises:
            NotFound: no such delivery.
        """
        ...

    def standings(self, partners: Collection[str]) -> Sequence[Standing]:
        """Tell what keeps these partners from being sent anything."""
        ...

    def neglected(self) -> int:
        """Count the streams that no worker takes, though they are due for a minute."""
        ...

    def retry(self, number: int, *, from_start: bool) -> None:
        """Try again now, with a new count, at the failed step or from the start.

        Raises:
            NotFound: no such delivery.
            WrongState: it is done, dropped, being tried right now, or behind another one.
        """
        ...

    def discard(self, number: int, reason: str) -> None:
        """Give a delivery up; later ones of its stream go on, unless another dead one stops them.

        Raises:
            NotFound: no such delivery.
            WrongState: it is done or dropped.
        """
        ...

    def pause(self, partner: str, reason: str) -> bool:
        """Send a partner nothing more; tell whether it was not paused before.

        Raises:
            NotFound: no such partner.
        """
        ...

    def resume(self, partner: str) -> int:
        """Send a partner what waits, spread over some time; tell how many streams wait.

        Raises:
            NotFound: no such partner.
        """
        ...
