"""Tickets as cards: read, listed, made, changed and removed by their plain names.

What a ticket may become is decided where every dialect decides it; here stands what is this face's
own (tickets REST contract, sections 3.3 and 7): a closed ticket is changed by opening it again, a
merged one stands for its target, and whatever has no effect leaves no trace.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from gateway.domain.entries import WholeArticle
from gateway.domain.ticket import OPEN_TYPES, Changes, StateType, Ticket
from gateway.domain.values import Row
from gateway.errors import GatewayError, NotFound, TicketClosed, VersionMismatch
from gateway.usecases import connector_tickets, rights, tickets
from gateway.usecases.connector_tickets import Brought, Gathered
from gateway.usecases.ports import Call, CardFilter, CardPage, Preset, TicketCard, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a caller wants of a ticket; only what differs from what it has."""

    changes: Changes = Changes()  # noqa: RUF009 - frozen
    gathered: Sequence[Gathered] = ()
    activity: WholeArticle | None = None

    def anything(self, ticket: Ticket) -> bool:
        """Tell whether the ticket changes by it."""
        return bool(ticket.apply(self.changes)[1] or self.gathered or self.activity)

    @property
    def brought(self) -> Brought:
        """Give what comes with the fields."""
        articles = [] if self.activity is None else [self.activity]
        return Brought(articles=articles, gathered=self.gathered)


def read(ticket_id: int, call: Call, unit: Unit) -> TicketCard:
    """Read the card of a ticket; of a merged one that of its target.

    Raises:
        NotFound: there is none that the caller may see.
    """
    card = unit.cards.find(ticket_id, call.principal)
    if card is None:
        raise NotFound(field="ticket")
    unit.messages.settle(call, card.id)
    return card


def page(wanted: CardFilter, limit: int, call: Call, unit: Unit) -> CardPage:
    """List the cards that the caller may see.

    Raises:
        NotFound: there is no such customer.
    """
    found = unit.cards.page(call.principal, wanted, limit)
    if found is None:
        raise NotFound(field="customer")
    unit.messages.settle(call, None)
    return found


def presets(name: str, after: int, limit: int, call: Call, unit: Unit) -> list[Preset]:
    """List what may be chosen in a field."""
    found = unit.cards.presets(name, call.principal, after=after, limit=limit)
    unit.messages.settle(call, None)
    return found


def held(guid: UUID | None, call: Call, unit: Unit) -> tuple[Ticket, TicketCard]:
    """Lock a ticket; one that was merged just now stands for its target.

    Raises:
        NotFound: there is none that the caller may see.
    """
    while guid is not None:
        found = unit.cards.hold(guid)
        guid = None if found is None else found[0].merged_into
        if found is not None and guid is None:
            tickets.seen(found[0], call, "ticket")
            return found
    raise NotFound(field="ticket")


def create(blank: Ticket, wanted: Wanted, call: Call, unit: Unit) -> TicketCard:
    """Make a ticket of a blank one whose fields are filled.

    Raises:
        NotPermitted: the caller may not create in its queue.
    """
    rights.require(call.principal, call.command, blank.group_id, field="departments")
    made = connector_tickets.make(blank, wanted.brought, call, unit)
    return _card(made.id, call, unit)


def change(ticket: Ticket, card: TicketCard, wanted: Wanted, call: Call, unit: Unit) -> TicketCard:
    """Change a locked ticket; what differs in nothing is left alone.

    Raises:
        NotPermitted: the caller may not change it, or not move it there.
        TicketClosed: it is closed, and nothing says that it shall be open.
    """
    rights.require(call.principal, call.command, ticket.group_id, field="ticket")
    changes = wanted.changes
    if isinstance(changes.queue, Row):
        rights.require(call.principal, call.command, int(changes.queue.kind), field="departments")
    if not wanted.anything(ticket):
        unit.messages.settle(call, ticket.id)
        return card
    opened = isinstance(changes.state, Row) and StateType(changes.state.kind) in OPEN_TYPES
    if ticket.state_type is StateType.CLOSED:
        if not opened:
            raise TicketClosed(field="ticket")
        changes = replace(changes, resolution=None)
    whole = connector_tickets.with_state(ticket, changes, unit)
    connector_tickets.change(ticket, whole, wanted.brought, call, unit)
    return _card(ticket.id, call, unit)


def remove(ticket: Ticket, call: Call, unit: Unit) -> None:
    """Mark a locked ticket as removed; it stays, with all its history.

    Raises:
        NotPermitted: the caller may not.
        TicketMerged: it lives on in another ticket.
    """
    rights.require(call.principal, call.command, ticket.group_id, field="ticket")
    ticket.require_unmerged("ticket")
    state = unit.cards.first_state(StateType.REMOVED)
    if state is None:
        raise GatewayError("no active state is of the type removed")
    changes = connector_tickets.with_state(ticket, Changes(state=state), unit)
    connector_tickets.change(ticket, changes, Brought(), call, unit)


def require_version(ticket: Ticket, versions: frozenset[tuple[int, int]] | None) -> None:
    """Insist that the ticket is at one of the versions the caller knows; None: at any.

    Raises:
        VersionMismatch: it is at another.
    """
    if versions is not None and (ticket.id, ticket.version) not in versions:
        raise VersionMismatch(field="ticket")


def _card(ticket_id: int, call: Call, unit: Unit) -> TicketCard:
    card = unit.cards.find(ticket_id, call.principal)
    if card is None:
        raise GatewayError("a ticket is gone that was just written")
    return card
