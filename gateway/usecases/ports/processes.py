"""What processes and their steps ask of storage."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from gateway.domain.partner_commands import NewFile
from gateway.domain.ticket import Ticket


@dataclass(frozen=True, slots=True)
class StoredProcess:
    """A version of a process as it was loaded."""

    source: str
    partner_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredNames:
    """The registry of external apps, as placeholders need it."""

    apps: tuple[str, ...]  # of all codes
    fields: tuple[tuple[str, str], ...]  # name and label, of the ticketing's apps
    dynamic: tuple[str, ...]  # names of dynamic fields
    parts: tuple[str, ...] = ()  # internal names of the parts of catalog templates


@dataclass(frozen=True, slots=True)
class EventFacts:
    """What is known of an event beside its fields."""

    sequence: int
    partner_id: int | None
    partner: str  # system code


@dataclass(frozen=True, slots=True)
class FileLimit:
    """How much of an event's files goes out."""

    files: int = 20
    total_bytes: int = 20_971_520


@dataclass(frozen=True, slots=True)
class EventFiles:
    """The files of an event, as far as they may go out."""

    files: tuple[NewFile, ...] = ()
    left_out: int = 0


class ProcessStore(Protocol):
    """Processes and events as steps need them; nothing is cached."""

    def find(self, name: str, version: int) -> StoredProcess | None:
        """Find a version."""
        ...

    def names(self) -> RegisteredNames:
        """Read the names that placeholders may use."""
        ...

    def event(self, guid: UUID) -> EventFacts | None:
        """Find what is known of an event beside its fields."""
        ...

    def files(self, guid: UUID, limit: FileLimit) -> EventFiles:
        """Load the files that belong to an event, oldest first.

        Those of its text; of an assignment those of the ticket that its group may be told of.
        """
        ...

    def form(self, ticket_id: int) -> Mapping[str, str]:
        """Read what a form or the tags of a mail said about a ticket, by label."""
        ...

    def keep_form(self, ticket: Ticket, values: Mapping[str, str]) -> None:
        """Keep what a form or the tags of a mail say; a label that is there gets the new value."""
        ...
