"""History lines: who changed what, when and through what."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from psycopg.types.json import Jsonb

from gateway.domain.ticket import HistoryLine, Ticket
from gateway.repository.transaction import Transaction
from gateway.usecases.ports import Call


class HistoryStore:
    """History lines, written together at the end of the unit."""

    def __init__(self, current: Transaction, now: datetime) -> None:
        self._current = current
        self._now = now

    def add(self, ticket: Ticket, lines: Sequence[HistoryLine], call: Call) -> None:
        """Write lines with the ticket's state after the change."""
        if not lines:
            return
        principal = call.principal
        self._current.later(
            "add_history",
            {
                "ticket_id": ticket.id,
                "now": self._now,
                "agent": principal.agent_id,
                "actor": "" if principal.agent_id else principal.full_name or principal.account,
                "dialect": call.dialect,
                "operation": call.operation,
                "lines": Jsonb([_document(line) for line in lines]),
                "queue": ticket.queue.id,
                "state": ticket.state.id,
                "owner": ticket.owner.id if ticket.owner else None,
                "priority": ticket.priority,
                "type": ticket.type.id if ticket.type else None,
                "message": call.message,
            },
        )


def _document(line: HistoryLine) -> dict[str, object]:
    document = asdict(line)
    document["article"] = str(line.article) if line.article else None
    return document
