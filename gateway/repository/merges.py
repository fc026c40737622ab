"""Tickets becoming one: what hangs on the sources goes to the target."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from gateway.domain.ticket import Ticket
from gateway.repository.transaction import Transaction
from gateway.usecases.ports import Call

_MOVES = (
    "merge_attachments", "merge_working_times", "merge_articles", "merge_costs",
    "merge_ticket_links", "merge_object_links", "merge_reminders", "drop_merged_reminders",
    "merge_references", "close_merged_tasks",
)  # fmt: skip


class MergeStore:
    """Merges; one statement for each kind of entry, whatever the number of sources."""

    def __init__(self, current: Transaction, now: datetime) -> None:
        self._current = current
        self._now = now

    def hold(self, guids: Collection[UUID]) -> None:
        """Hold the live external references of these tickets, then the tickets.

        The tickets at the other ends of their links are held with them.
        """
        self._current.hold("hold_references", "hold_neighbors", {"guids": list(guids)})

    def move(self, target: Ticket, sources: Sequence[Ticket], call: Call) -> None:
        """Move what hangs on the sources to the target."""
        merge = self._merge(target, sources, call)
        for name in _MOVES:
            self._current.later(name, merge)

    def mark(self, target: Ticket, sources: Sequence[Ticket], call: Call) -> None:
        """Write state and closing time of the sources and let them point to the target."""
        state = sources[0].state.id
        self._current.later("merge_tickets", self._merge(target, sources, call) | {"state": state})

    def _merge(self, target: Ticket, sources: Sequence[Ticket], call: Call) -> dict[str, object]:
        return {
            "target": target.id,
            "sources": [source.id for source in sources],
            "now": self._now,
            "agent": call.principal.agent_id,
        }
