"""Versions of processes, and what their steps read of events."""

from collections.abc import Mapping
from uuid import UUID

from gateway.domain.partner_commands import NewFile
from gateway.domain.ticket import Ticket
from gateway.repository.transaction import Transaction
from gateway.usecases.ports import EventFacts, EventFiles, FileLimit, RegisteredNames, StoredProcess


class ProcessStore:
    """Processes and events as steps need them; nothing is cached."""

    def __init__(self, current: Transaction) -> None:
        self._current = current

    def find(self, name: str, version: int) -> StoredProcess | None:
        """Find a version."""
        rows = self._current.read("process_source", {"name": name, "version": version})
        return StoredProcess(*rows[0]) if rows else None

    def names(self) -> RegisteredNames:
        """Read the names that placeholders may use."""
        ((apps, fields, dynamic, parts),) = self._current.read("registered_names", {})
        return RegisteredNames(
            apps=tuple(apps),
            fields=tuple((name, label) for name, label in fields or ()),
            dynamic=tuple(dynamic),
            parts=tuple(parts),
        )

    def event(self, guid: UUID) -> EventFacts | None:
        """Find what is known of an event beside its fields."""
        rows = self._current.read("facts_of_event", {"guid": guid})
        return EventFacts(*rows[0]) if rows else None

    def files(self, guid: UUID, limit: FileLimit) -> EventFiles:
        """Load the files that belong to an event, oldest first."""
        rows = self._current.read(
            "files_of_event", {"guid": guid, "files": limit.files, "bytes": limit.total_bytes}
        )
        files = tuple(
            NewFile(name=name, content_type=kind, content=content)
            for name, kind, content, _ in rows
            if content is not None
        )
        return EventFiles(files, left_out=(rows[0][3] if rows else 0) - len(files))

    def form(self, ticket_id: int) -> Mapping[str, str]:
        """Read what a form or the tags of a mail said about a ticket, by label."""
        return dict(self._current.read("form_values", {"ticket_id": ticket_id}))

    def keep_form(self, ticket: Ticket, values: Mapping[str, str]) -> None:
        """Keep what a form or the tags of a mail say; a label that is there gets the new value."""
        if values:
            self._current.later(
                "keep_form_values",
                {
                    "ticket_id": ticket.id,
                    "labels": list(values),
                    "texts": list(values.values()),
                },
            )
