"""A ticket template: what it fills in, and what is booked with it."""

from dataclasses import dataclass
from decimal import Decimal

from gateway.domain.ticket import StateType
from gateway.domain.values import Description, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A template with its rows; what it does not set is None or empty.

    Rows that were switched off since are left out: they cannot be set on a new ticket.
    ``working_minutes`` and ``costs`` are the sums of what is copied to a new ticket.
    """

    row: Row
    title: str = ""
    description: Description
    keywords: str = ""
    state: Row | None = None
    priority: int | None = None
    category: Row | None = None
    impact: Row | None = None
    customer_user: Row | None = None
    owner: Row | None = None
    assigned_group: Row | None = None
    working_minutes: int = 0
    costs: Decimal = Decimal("0.00")

    @property
    def settable_state(self) -> Row | None:
        """Give the state a new ticket gets from it: never one that ends a ticket."""
        if self.state is None or self.state.kind in _ENDINGS:
            return None
        return self.state

    @property
    def closes(self) -> bool:
        """Tell whether its state is a closed one, which is not applied (ACMP contract TP3)."""
        return self.state is not None and self.state.kind == StateType.CLOSED


_ENDINGS = frozenset({StateType.CLOSED, StateType.MERGED, StateType.REMOVED})
