"""Links between tickets, and to objects of another system."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from gateway.domain.commands import ObjectKind
from gateway.domain.people import Principal
from gateway.domain.ticket import Ticket
from gateway.domain.views import Page
from gateway.repository.rows import counted_page
from gateway.repository.tickets import sight
from gateway.repository.transaction import Transaction
from gateway.usecases.ports import LINKED_COLUMNS, Call, LinkedObject


class LinkStore:
    """Links; all of a call in one statement."""

    def __init__(self, current: Transaction, now: datetime) -> None:
        self._current = current
        self._now = now

    def objects(
        self, ticket: Ticket, kind: ObjectKind, guids: Sequence[UUID]
    ) -> Mapping[UUID, LinkedObject]:
        """Tell what is known of each of these objects."""
        rows = self._current.read(
            "known_objects",
            {"ticket_id": ticket.id, "kind": kind.value, "guids": list(guids)},
        )
        return {guid: LinkedObject(linked, registered) for guid, linked, registered in rows}

    def registered(self, kind: ObjectKind, guid: UUID) -> bool:
        """Tell whether an object is in the operator's registry, active or not."""
        parameters = {"kind": kind.value, "guid": guid}
        return bool(self._current.read("object_registered", parameters)[0][0])

    def add_objects(
        self, ticket: Ticket, kind: ObjectKind, guids: Sequence[UUID], call: Call
    ) -> None:
        """Link objects to a ticket."""
        self._current.later(
            "link_objects",
            self._written(ticket, call) | {"kind": kind.value, "guids": list(guids)},
        )

    def linked(self, ticket: Ticket, others: Sequence[Ticket]) -> Collection[int]:
        """Give the ids of those of the others that have a plain link with the ticket."""
        ids = [other.id for other in others]
        rows = self._current.read("linked_among", {"ticket_id": ticket.id, "others": ids})
        return frozenset(id_ for (id_,) in rows)

    def add_tickets(self, ticket: Ticket, others: Sequence[Ticket], call: Call) -> None:
        """Link tickets to a ticket; a plain link is read from both ends."""
        ids = [other.id for other in others]
        self._current.later("link_tickets", self._written(ticket, call) | {"others": ids})

    def tickets(self, ticket_id: int, principal: Principal) -> Page:
        """List the visible tickets linked to a ticket, from either end, by id; at most 5000."""
        rows = self._current.read("linked_tickets", sight(principal) | {"ticket_id": ticket_id})
        return counted_page(LINKED_COLUMNS, rows)

    def _written(self, ticket: Ticket, call: Call) -> dict[str, object]:
        return {"ticket_id": ticket.id, "now": self._now, "agent": call.principal.agent_id}
