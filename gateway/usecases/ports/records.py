"""What is written beside a change: history, events, first answers, the message's outcome."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from gateway.domain.events import Event
from gateway.domain.ticket import HistoryLine, Ticket
from gateway.usecases.ports.calls import Call


class HistoryStore(Protocol):
    """History lines, written together at the end of the unit."""

    def add(self, ticket: Ticket, lines: Sequence[HistoryLine], call: Call) -> None:
        """Write lines with the ticket's state after the change."""
        ...


class Outbox(Protocol):
    """Events for whoever must hear of them, in the transaction of the change."""

    def add(self, ticket: Ticket, events: Sequence[Event], call: Call) -> None:
        """Write events with the next sequence numbers of the ticket."""
        ...


@dataclass(frozen=True, slots=True)
class Remembered:
    """The first answer to a command, kept for its repeats."""

    digest: bytes
    answer: dict[str, object]
    subject: UUID | None
    kind: str  # what was done: create, close, reopen, ...


class IdempotencyStore(Protocol):
    """First answers, by (account, operation, key), for 24 hours."""

    def claim(self, call: Call, key: str) -> Remembered | None:
        """Claim a caller's key for this unit; a second caller waits, then gets the first answer."""
        ...

    def find(self, call: Call, key: str) -> Remembered | None:
        """Find what this account answered under the key."""
        ...

    def remember(self, call: Call, key: str, remembered: Remembered) -> None:
        """Keep an answer under a key, in place of an older one."""
        ...

    def forget(self, call: Call, subject: UUID) -> None:
        """Drop this account's digest-keyed answers about a subject: it wrote it again."""
        ...

    def find_each(self, call: Call, subjects: Collection[UUID]) -> frozenset[UUID]:
        """Tell which entries of this very batch the account was answered about."""
        ...

    def remember_each(self, call: Call, subjects: Collection[UUID], kind: str) -> None:
        """Keep that the account was answered about these entries of this batch."""
        ...

    def forget_each(self, call: Call, subjects: Collection[UUID]) -> None:
        """Drop what ``forget`` drops, about several subjects."""
        ...


class MessageStore(Protocol):
    """The outcome of the message, inside the transaction of its effect."""

    def settle(self, call: Call, ticket_id: int | None) -> None:
        """Mark the message of this call as done, and whose ticket it touched."""
        ...
