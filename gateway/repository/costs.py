"""Money spent on tickets."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from gateway.domain.entries import Cost
from gateway.domain.views import Listed
from gateway.repository.rows import listed, to_row
from gateway.repository.transaction import Record, Transaction
from gateway.usecases.ports import Call


class CostStore:
    """Costs; writes are gathered until the end of the unit."""

    def __init__(self, current: Transaction, now: datetime) -> None:
        self._current = current
        self._now = now

    def find(self, guids: Collection[UUID]) -> Mapping[UUID, Cost]:
        """Find costs by guid."""
        rows = self._current.read("find_costs", {"guids": list(guids)})
        return {cost.guid: cost for cost in map(_cost, rows)}

    def list(self, ticket_id: int) -> Listed[Cost]:
        """List a ticket's costs, oldest first; at most 5000."""
        return listed(self._current.read("costs", {"ticket_id": ticket_id}), _cost)

    def add(self, costs: Sequence[Cost], call: Call) -> None:
        """Add costs, of several tickets in one statement; the calling agent is their creator."""
        self._current.later(
            "add_costs",
            {"costs": _document(costs), "now": self._now, "agent": call.principal.agent_id},
        )

    def edit(self, costs: Sequence[Cost]) -> None:
        """Write all that a caller may change."""
        self._current.later("edit_costs", {"costs": _document(costs), "now": self._now})

    def delete(self, costs: Sequence[Cost]) -> None:
        """Delete costs."""
        self._current.later(
            "delete_costs",
            {
                "tickets": [cost.ticket_id for cost in costs],
                "guids": [cost.guid for cost in costs],
            },
        )


def _document(costs: Sequence[Cost]) -> Jsonb:
    return Jsonb(
        [
            {
                "n": number,
                "ticket_id": cost.ticket_id,
                "guid": str(cost.guid),
                "unit_price": str(cost.unit_price),
                "amount": cost.amount,
                "category": cost.category,
                "description": cost.description,
            }
            for number, cost in enumerate(costs)
        ]
    )


def _cost(record: Record) -> Cost:
    (guid, ticket_id, ticket, unit_price, amount, category, description, creator,
     created) = record  # fmt: skip
    return Cost(
        guid=guid,
        ticket_id=ticket_id,
        ticket=ticket,
        unit_price=unit_price,
        amount=amount,
        category=category,
        description=description,
        creator=to_row(creator),
        created=created,
    )
