"""What merging, linking, reminding, templates and searches ask of storage."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from gateway.domain.commands import ObjectKind
from gateway.domain.entries import Reminder
from gateway.domain.people import Assignable, Principal
from gateway.domain.search import Search, StoredQuery
from gateway.domain.template import Template
from gateway.domain.ticket import Ticket
from gateway.domain.values import Row
from gateway.domain.views import Page
from gateway.usecases.ports.calls import Call


class MergeStore(Protocol):
    """Tickets becoming one."""

    def hold(self, guids: Collection[UUID]) -> None:
        """Hold the live external references of these tickets, then the tickets.

        References sorted, tickets by id: the order in which everybody takes them.
        """
        ...

    def move(self, target: Ticket, sources: Sequence[Ticket], call: Call) -> None:
        """Move what hangs on the sources to the target.

        Comments, attachments, working times, costs, links, live external references, and a
        reminder if the target has none. A description stays, its files come along. What both have
        is there once; open tasks of the sources are closed by hand.
        """
        ...

    def mark(self, target: Ticket, sources: Sequence[Ticket], call: Call) -> None:
        """Write state and closing time of the sources and let them point to the target."""
        ...


# Columns of LinkStore.tickets, in order.
LINKED_COLUMNS = ("guid", "id", "title", "state_guid", "state_en", "state_de")


@dataclass(frozen=True, slots=True)
class LinkedObject:
    """What is known of an object of another system: linked already, active in the registry."""

    linked: bool
    registered: bool


class LinkStore(Protocol):
    """Links between tickets, and to objects of another system."""

    def objects(
        self, ticket: Ticket, kind: ObjectKind, guids: Sequence[UUID]
    ) -> Mapping[UUID, LinkedObject]:
        """Tell what is known of each of these objects."""
        ...

    def registered(self, kind: ObjectKind, guid: UUID) -> bool:
        """Tell whether an object is in the operator's registry, active or not."""
        ...

    def add_objects(
        self, ticket: Ticket, kind: ObjectKind, guids: Sequence[UUID], call: Call
    ) -> None:
        """Link objects to a ticket."""
        ...

    def linked(self, ticket: Ticket, others: Sequence[Ticket]) -> Collection[int]:
        """Give the ids of those of the others that have a plain link with the ticket."""
        ...

    def add_tickets(self, ticket: Ticket, others: Sequence[Ticket], call: Call) -> None:
        """Link tickets to a ticket; a plain link is read from both ends."""
        ...

    def tickets(self, ticket_id: int, principal: Principal) -> Page:
        """List the visible tickets linked to a ticket, from either end, by id; at most 5000.

        Without merged and removed ones; the total is always counted. Columns are
        ``LINKED_COLUMNS``.
        """
        ...


class ReminderStore(Protocol):
    """Reminders, at most one a ticket."""

    def find(self, ticket: Ticket) -> Reminder | None:
        """Find the ticket's reminder."""
        ...

    def put(self, ticket: Ticket, reminder: Reminder, call: Call) -> None:
        """Set the ticket's reminder, in place of the one it has; it is still to come."""
        ...

    def hold_due(self, limit: int) -> Mapping[UUID, Reminder]:
        """Hold reminders that are due and their tickets; give them by the ticket's guid.

        The oldest first; those that another process holds are left to it.
        """
        ...

    def fire(self, tickets: Sequence[Ticket]) -> None:
        """Mark the reminders of these tickets as done."""
        ...


# Columns of TemplateStore.list, in order.
TEMPLATE_COLUMNS = ("guid", "name", "description", "state_guid", "state_en", "state_de")


class TemplateStore(Protocol):
    """Ticket templates."""

    def find(self, guid: UUID) -> Template | None:
        """Find a template; one that was switched off comes with an inactive row."""
        ...

    def list(self) -> Page:
        """List the active templates by name; at most 5000, the total is always counted.

        Columns are ``TEMPLATE_COLUMNS``.
        """
        ...

    def copy_entries(self, template: Row, ticket: Ticket, call: Call) -> None:
        """Book the template's working times and costs on a ticket, by the calling agent, now."""
        ...


class SearchStore(Protocol):
    """Searches for tickets, and the stored ones among them."""

    def stored(self, guid: UUID) -> StoredQuery | None:
        """Find a stored query that is not switched off."""
        ...

    def page(
        self,
        principal: Principal,
        search: Search,
        *,
        offset: int,
        count: int,
        with_total: bool,
    ) -> Page:
        """Give a page of the visible tickets that a search finds, without merged and removed ones.

        ``search.rows`` holds ids only. One statement, two with the total. Columns are those of
        ``TicketStore.page``.
        """
        ...

    def assignees(self, guids: Collection[UUID]) -> Mapping[UUID, Assignable]:
        """Give agents and groups with all that is shown of an assignee."""
        ...
