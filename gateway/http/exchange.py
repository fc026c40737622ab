"""One exchange through the door: what came in, and what goes out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from threading import Lock
from typing import Protocol


class Stage(IntEnum):
    """How far a message came; an operator asks this first (soap-engine page, section 3)."""

    RECEIVED = 1
    PARSED = 2
    IDENTIFIED = 3
    VALIDATED = 4
    TRANSLATED = 5
    DONE = 6
    ANSWERED = 7


class Outcome(IntEnum):
    """How a message ended."""

    RUNNING = 0  # opened and not closed: in work, or cut off by a crash
    OK = 1
    REFUSED = 2  # the caller's mistake
    FAILED = 3  # ours
    GONE = 4  # the caller hung up


@dataclass(frozen=True, slots=True)
class Request:
    """A request that the door admitted: whole body, lower-case header names, raw path."""

    method: str
    path: str  # as routed, percent-decoded
    query: str  # raw, without the question mark
    headers: Mapping[str, str]  # names in lower case; doubled ones joined by ", "
    body: bytes
    peer: str  # address of the caller, or of the client behind a trusted proxy
    secure: bool  # came over TLS (or a trusted proxy says so)
    received: datetime
    correlation_id: str
    deadline_s: float  # on the clock of gateway.clock.monotonic_s


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back, complete before the first byte leaves."""

    status: int
    body: bytes
    media_type: str
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Trace:
    """What is learned of a message on its way; the recorder writes it down.

    ``number`` is the message's number (``Reference`` in faults); ``x`` + 16 hex digits when the
    database could not give one.
    """

    number: str
    dialect: str
    operation: str = ""
    account: str = ""
    account_id: int | None = None
    stage: Stage = Stage.RECEIVED
    outcome: Outcome = Outcome.RUNNING
    code: str = ""  # internal code GW-nnn, empty when all is well
    ticket_id: int | None = None
    soap_version: str = ""
    notes: list[str] = field(default_factory=list)
    stored_request: str | None = None  # the redacted request, once it could be parsed
    stored_answer: str | None = None  # the redacted answer, if it differs from the answer sent
    settled: bool = False  # the use case's transaction has written the outcome
    _committing: bool = False
    _given_up: bool = False
    _verdict: Lock = field(default_factory=Lock, repr=False, compare=False)

    def may_commit(self) -> bool:
        """Ask, right before COMMIT, whether the caller still waits; after a yes it is waited for.

        Asked and told under one lock with ``give_up``, so "try later" is never said of a change
        that is made (hardening page, P5).
        """
        with self._verdict:
            self._committing = not self._given_up
            return self._committing

    def give_up(self) -> bool:
        """Forbid every commit from now on; false if one has begun already."""
        with self._verdict:
            self._given_up = not self._committing
            return self._given_up

    def note(self, text: str) -> None:
        """Keep a remark for the operator: a leniency used, an element ignored."""
        self.notes.append(text)


class Endpoint(Protocol):
    """Something that answers requests; called in the pool, never in the event loop."""

    @property
    def dialect(self) -> str:
        """Name the dialect of its messages; empty: exchanges are not recorded."""
        ...

    @property
    def max_body_bytes(self) -> int:
        """The largest body of any of its operations."""
        ...

    def answer(self, request: Request, trace: Trace) -> Answer:
        """Answer one request; raises only what is unforeseen."""
        ...

    def try_later(self, request: Request, trace: Trace, retry_after_s: int) -> Answer:
        """Answer that the gateway is overloaded or its storage away, in this endpoint's form."""
        ...

    def broken(self, request: Request, trace: Trace) -> Answer:
        """Answer after an unforeseen exception; cannot fail."""
        ...
