"""Reminders, at most one a ticket."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from gateway.domain.entries import Reminder
from gateway.domain.ticket import Ticket
from gateway.repository.rows import required_row
from gateway.repository.transaction import Transaction
from gateway.usecases.ports import Call


class ReminderStore:
    """Reminders of tickets; when one is due, it is held with its ticket."""

    def __init__(self, current: Transaction, now: datetime) -> None:
        self._current = current
        self._now = now

    def find(self, ticket: Ticket) -> Reminder | None:
        """Find the ticket's reminder."""
        rows = self._current.read("find_reminder", {"ticket_id": ticket.id})
        return _reminder(*rows[0]) if rows else None

    def put(self, ticket: Ticket, reminder: Reminder, call: Call) -> None:
        """Set the ticket's reminder, in place of the one it has; it is still to come."""
        self._current.later(
            "put_reminder",
            {
                "ticket_id": ticket.id,
                "due": reminder.due,
                "text": reminder.text,
                "recipient": reminder.recipient.id,
                "now": self._now,
                "agent": call.principal.agent_id,
            },
        )

    def hold_due(self, limit: int) -> Mapping[UUID, Reminder]:
        """Hold reminders that are due and their tickets; give them by the ticket's guid."""
        rows = self._current.write("hold_due_reminders", {"now": self._now, "limit": limit})
        return {guid: _reminder(*reminder) for guid, *reminder in rows}

    def fire(self, tickets: Sequence[Ticket]) -> None:
        """Mark the reminders of these tickets as done."""
        ids = [ticket.id for ticket in tickets]
        self._current.later("fire_reminders", {"now": self._now, "tickets": ids})


def _reminder(due: datetime, text: str, recipient: list[str]) -> Reminder:
    return Reminder(due=due, text=text, recipient=required_row(recipient))
