"""External references: held while they are judged, stored once, let go when their task ends."""

from collections.abc import Collection, Sequence
from datetime import datetime

from gateway.domain.assignment import Task
from gateway.repository.parameters import array_of
from gateway.repository.transaction import Transaction


class ReferenceStore:
    """External references of tickets and tasks."""

    def __init__(self, current: Transaction, now: datetime) -> None:
        self._current = current
        self._now = now

    def hold(self, system_ids: Collection[int], reference: str) -> None:
        """Let nobody else judge or store this reference until the unit ends."""
        self._current.write(
            "hold_reference", {"systems": array_of(system_ids), "reference": reference}
        )

    def holder(self, system_id: int, reference: str) -> tuple[int, int | None] | None:
        """Find ticket and task that hold a reference now."""
        rows = self._current.read(
            "holder_of_reference", {"system": system_id, "reference": reference}
        )
        return (rows[0][0], rows[0][1]) if rows else None

    def tasks(self, system_ids: Collection[int], reference: str) -> Sequence[int]:
        """Find the open tasks a reference may mean, at most two, else the one closed last."""
        rows = self._current.read(
            "tasks_of_reference", {"systems": array_of(system_ids), "reference": reference}
        )
        return [number for number, closed in rows if not closed] or [row[0] for row in rows[:1]]

    def add(self, system_id: int, reference: str, ticket_id: int, task_id: int) -> None:
        """Store a reference of a task."""
        self._current.later(
            "add_reference",
            {
                "system": system_id,
                "reference": reference,
                "ticket_id": ticket_id,
                "task_id": task_id,
            },
        )

    def release(self, task: Task) -> None:
        """Let others take the references of a task that ended."""
        self._current.later(
            "release_references",
            {
                "ticket_id": task.ticket_id,
                "task_id": task.id,
                "main": task.main,
                "now": self._now,
            },
        )
