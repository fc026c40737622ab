"""What people read of tickets: lists, sheets, counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from gateway.errors import NotFound
from gateway.text import is_text
from gateway.usecases import rights
from gateway.usecases.ports import (
    Call,
    DeliveryRow,
    EntryLine,
    EventLine,
    EventSheet,
    FindTickets,
    HistoryRow,
    PartyLine,
    TicketCounts,
    TicketLine,
    TicketSheet,
    Unit,
)


@dataclass(frozen=True, slots=True)
class WholeTicket:
    """A ticket with all that hangs on it."""

    ticket: TicketSheet
    entries: Sequence[EntryLine]
    history: Sequence[HistoryRow]
    events: Sequence[EventLine]
    deliveries: Sequence[DeliveryRow]
    logs: Mapping[int, Sequence[str]]  # of deliveries whose process says that readers may see it


def find(wanted: FindTickets, call: Call, unit: Unit) -> Sequence[TicketLine]:
    """Find tickets, newest first; one more than wanted if there are more."""
    rights.require(call.principal, call.command)
    unit.messages.settle(call, None)
    return unit.sheets.find(call.principal, wanted) if is_text(wanted.text) else ()


def whole(ticket_id: int, call: Call, unit: Unit) -> WholeTicket:
    """Read a ticket with all that hangs on it.

    Raises:
        NotFound: there is none that the caller may see.
    """
    sheet = ticket(ticket_id, call, unit)
    deliveries = unit.sheets.deliveries(sheet.id)
    return WholeTicket(
        ticket=sheet,
        entries=unit.sheets.entries(sheet.id),
        history=unit.sheets.history(sheet.id),
        events=unit.sheets.events(sheet.id),
        deliveries=[row for row, _ in deliveries],
        logs={row.id: log for row, log in deliveries if log},
    )


def ticket(ticket_id: int, call: Call, unit: Unit) -> TicketSheet:
    """Read a ticket.

    Raises:
        NotFound: there is none that the caller may see.
    """
    found = unit.sheets.get(call.principal, ticket_id)
    if found is None:
        raise NotFound(f"no ticket {ticket_id}", field="ticket")
    rights.require(call.principal, call.command, found.group_id, field="ticket")
    unit.messages.settle(call, found.id)
    return found


def event(guid: UUID, call: Call, unit: Unit) -> EventSheet | None:
    """Read an event with its fields; the caller looks after deliveries, of whatever ticket."""
    rights.require(call.principal, call.command)
    unit.messages.settle(call, None)
    return unit.sheets.event(guid)


def counts(call: Call, unit: Unit) -> TicketCounts:
    """Count what the caller may see."""
    rights.require(call.principal, call.command)
    unit.messages.settle(call, None)
    return unit.sheets.counts(call.principal)


def parties(call: Call, unit: Unit) -> Sequence[PartyLine]:
    """List whom a task can be assigned to."""
    rights.require(call.principal, call.command)
    unit.messages.settle(call, None)
    return unit.sheets.parties()


def tasks_at(group_id: int, call: Call, unit: Unit) -> int:
    """Count the tasks that are at a partner through a group."""
    rights.require(call.principal, call.command)
    unit.messages.settle(call, None)
    return unit.sheets.tasks_at(group_id)
