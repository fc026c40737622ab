"""What the use cases ask of the storage of tickets."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from gateway.domain.people import Principal
from gateway.domain.ticket import Difference, Ticket
from gateway.domain.views import Page, TicketView
from gateway.usecases.ports.calls import Call


class TicketStore(Protocol):
    """Tickets with their own fields."""

    def lock(self, guid: UUID) -> Ticket | None:
        """Load a ticket and hold its row FOR NO KEY UPDATE.

        Removed ones come too: their guid is used up, so it must not look like a new one.
        """
        ...

    def lock_all(self, guids: Collection[UUID]) -> Mapping[UUID, Ticket]:
        """Load several tickets at once and hold their rows, locked by id ascending.

        Unknown ones are left out.
        """
        ...

    def view(self, guid: UUID, principal: Principal) -> TicketView | None:
        """Read a ticket for showing, following merges to the end; None if not to be seen.

        One statement. Agents need ro on the group of its queue; customers see their own and
        their company's tickets.
        """
        ...

    def create(self, ticket: Ticket, call: Call) -> Ticket:
        """Insert a ticket (its ``id`` is ignored) and give it with the id of the database.

        A number is taken from the reserve. The description goes into no column: callers add an
        article marked as description.
        """
        ...

    def update(self, ticket: Ticket, differences: Sequence[Difference], call: Call) -> None:
        """Write the differing columns, version, time of change and changing agent."""
        ...

    def touch(self, ticket: Ticket, call: Call) -> None:
        """Raise version and time of change because an entry changed."""
        ...

    def page(
        self,
        principal: Principal,
        *,
        guids: Sequence[UUID] | None,
        offset: int,
        count: int,
        with_total: bool,
    ) -> Page:
        """List visible tickets by id ascending, without merged and removed ones.

        With guids: only these, merged ones as their target, once. Columns are named in
        ``TICKET_COLUMNS``. One statement, two with the total.
        """
        ...


# Columns of TicketStore.page, in order; guids as UUID, times aware, names as text.
TICKET_COLUMNS = (
    "guid", "id", "title", "category_guid", "category_en", "category_de", "priority",
    "state_guid", "state_en", "state_de", "contact_guid", "contact", "assignee_guid",
    "assignee", "created", "changed",
)  # fmt: skip
