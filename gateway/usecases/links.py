"""Links: between tickets, and from tickets to assets and clients of another system."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from gateway.domain import events
from gateway.domain.commands import Entry, LinkObjects, LinkTickets, ObjectKind
from gateway.domain.events import Event, EventKind
from gateway.domain.search import Search
from gateway.domain.ticket import HistoryLine, Ticket
from gateway.domain.views import Page, TicketView
from gateway.errors import BrokenRule, NotFound, UnknownClient
from gateway.usecases import rights, tickets
from gateway.usecases.idempotency import Done
from gateway.usecases.ports import Call, LinkedObject, Unit
from gateway.usecases.tickets import seen


def link_objects(command: LinkObjects, call: Call, unit: Unit) -> Done:
    """Link assets or clients to a ticket; a link that is there is no error (ACMP contract LK).

    Raises:
        NotFound: no such ticket, or an object that must be registered and is not.
        NotPermitted, WrongState: rights, a merged ticket.
    """
    ticket = _linkable(unit.tickets.lock(command.ticket), call, "ticket")
    wanted = dict.fromkeys(entry.guid for entry in command.objects if entry.breach is None)
    known = unit.links.objects(ticket, command.kind, list(wanted))
    for place, entry in enumerate(command.objects, 1):
        _require_linkable(entry, known, f"objects[{place}]", command)
    new = [guid for guid in wanted if not known[guid].linked]
    if new:
        unit.links.add_objects(ticket, command.kind, new, call)
        kind = f"{command.kind.value} linked"
        _tell(ticket, [HistoryLine(kind=kind, new=str(guid)) for guid in new], call, unit)
    unit.messages.settle(call, ticket.id)
    return Done(ticket.id)


def link_tickets(command: LinkTickets, call: Call, unit: Unit) -> Done:
    """Link tickets to a ticket; the link is read from both ends (ACMP contract LK).

    Raises:
        NotFound: a ticket that is not there or not to be seen.
        BrokenRule: the ticket itself.
        NotPermitted, WrongState: rights, a merged ticket.
    """
    guids = {entry.guid for entry in command.others if entry.breach is None}
    found = unit.tickets.lock_all({command.ticket, *guids})
    ticket = _linkable(found.get(command.ticket), call, "ticket")
    others = {
        other.guid: other
        for place, entry in enumerate(command.others, 1)
        for other in (_other(entry, found, ticket, f"others[{place}]", call),)
    }
    linked = unit.links.linked(ticket, list(others.values()))
    new = [other for other in others.values() if other.id not in linked]
    if new:
        unit.links.add_tickets(ticket, new, call)
        _tell(ticket, [_line(other) for other in new], call, unit)
        for other in new:
            _tell(other, [_line(ticket)], call, unit)
    unit.messages.settle(call, ticket.id)
    return Done(ticket.id)


def linked_tickets(guid: UUID, call: Call, unit: Unit) -> tuple[TicketView, Page]:
    """List the visible tickets linked to a ticket, from either end, by id.

    Raises:
        NotFound: there is no such ticket that the caller may see.
    """
    ticket = tickets.view(guid, call, unit)
    return ticket, unit.links.tickets(ticket.id, call.principal)


def tickets_of_asset(
    asset: UUID, count: int, call: Call, unit: Unit, *, registered_only: bool
) -> Page:
    """List the visible tickets linked to an asset, newest first (ACMP contract LI4).

    Raises:
        NotFound: an asset that must be registered and is not.
    """
    rights.require(call.principal, call.command, None, field="")
    if registered_only and not unit.links.registered(ObjectKind.ASSET, asset):
        raise NotFound(field="asset")
    unit.messages.settle(call, None)
    return unit.search.page(
        call.principal, Search(asset=asset), offset=0, count=count, with_total=False
    )


def _linkable(ticket: Ticket | None, call: Call, field: str) -> Ticket:
    # ACMP G11: a closed ticket may be linked to, a merged one lives on in another (G12).
    found = seen(ticket, call, field)
    rights.require(call.principal, call.command, found.group_id, field=field)
    found.require_unmerged(field)
    return found


def _require_linkable(
    entry: Entry, known: Mapping[UUID, LinkedObject], field: str, command: LinkObjects
) -> None:
    if entry.breach is not None:
        raise entry.breach
    state = known[entry.guid]
    if command.registered_only and not (state.registered or state.linked):
        raise (UnknownClient if command.kind is ObjectKind.CLIENT else NotFound)(field=field)


def _other(
    entry: Entry, found: Mapping[UUID, Ticket], ticket: Ticket, field: str, call: Call
) -> Ticket:
    if entry.breach is not None:
        raise entry.breach
    if entry.guid == ticket.guid:
        raise BrokenRule("is the ticket itself", field=field)
    other = seen(found.get(entry.guid), call, field)
    other.require_unmerged(field)
    return other


def _line(other: Ticket) -> HistoryLine:
    return HistoryLine(kind="ticket linked", new=other.number, new_id=other.id)


def _tell(ticket: Ticket, lines: Sequence[HistoryLine], call: Call, unit: Unit) -> None:
    unit.tickets.touch(ticket, call)
    unit.history.add(ticket, lines, call)
    unit.outbox.add(ticket, [Event(EventKind.CHANGED, events.snapshot(ticket))], call)
