"""Events, written in the transaction of the change they tell of."""

from collections.abc import Sequence
from datetime import datetime

from psycopg.types.json import Jsonb

from gateway.domain.events import Event
from gateway.domain.ticket import Ticket
from gateway.repository.transaction import Transaction
from gateway.usecases.ports import Call


class Outbox:
    """Events for whoever must hear of them."""

    def __init__(self, current: Transaction, now: datetime) -> None:
        self._current = current
        self._now = now

    def add(self, ticket: Ticket, events: Sequence[Event], call: Call) -> None:
        """Write events with the next sequence numbers of the ticket."""
        if not events:
            return
        self._current.later(
            "add_events",
            {
                "ticket_id": ticket.id,
                "partner": call.principal.partner_id,  # an event is never sent back to its origin
                "agent": call.principal.agent_id,
                "now": self._now,
                "events": Jsonb(
                    [{"kind": event.kind.value, "snapshot": event.snapshot} for event in events]
                ),
            },
        )
