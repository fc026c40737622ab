"""Batches of entries: all or nothing, entry by entry through all steps (ACMP contract G9, G14)."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from gateway.domain import events
from gateway.domain.commands import Entry
from gateway.domain.events import Event, EventKind
from gateway.domain.ticket import Difference, HistoryLine, Ticket
from gateway.errors import Missing, NotFound, Refused
from gateway.usecases import idempotency, rights
from gateway.usecases.idempotency import Done
from gateway.usecases.ports import Call, Unit
from gateway.usecases.tickets import seen


class OnTicket(Protocol):
    """What hangs on a ticket, named by guids."""

    @property
    def guid(self) -> UUID: ...  # noqa: D102 - the class says it
    @property
    def ticket(self) -> UUID: ...  # noqa: D102 - the class says it


E = TypeVar("E", bound=OnTicket)


@dataclass(frozen=True, slots=True)
class Held(Generic[E]):
    """Locked tickets, and the entries that were found, as they are under the locks."""

    tickets: Mapping[UUID, Ticket]
    entries: Mapping[UUID, E]


def hold(
    find: Callable[[Collection[UUID]], Mapping[UUID, E]],
    guids: Collection[UUID],
    named: Iterable[UUID],
    unit: Unit,
) -> Held[E]:
    """Lock the named tickets and those the entries are on, then give the entries.

    Asked again as long as it turns out that an entry is on a ticket that is not locked: it is
    known only by its own guid, or a merge has just moved it.
    """
    tickets: dict[UUID, Ticket] = {}
    locked: set[UUID] = set()
    wanted = set(named)
    while True:
        if wanted - locked:
            tickets.update(unit.tickets.lock_all(wanted - locked))
            locked |= wanted
        entries = find(guids)
        wanted = {entry.ticket for entry in entries.values()}
        if wanted <= locked:
            return Held(tickets, entries)


def require_sound(guid: UUID, breach: Refused | None) -> None:
    """Raise what is wrong with an entry where it needs not be known whether the entry exists.

    Raises:
        Refused: a field that is always required is missing, or the id leads nowhere.
    """
    if breach is not None and (isinstance(breach, Missing) or not guid.int):
        raise breach


def doomed(
    batch: str, asked: Sequence[Entry], held: Held[E], call: Call, unit: Unit, *, named: str = ""
) -> Mapping[UUID, E]:
    """Judge the entries of a deletion and give those that are there; an id twice counts once.

    ``named`` is the field that names the ticket of all; without one each entry leads to its own.

    Raises:
        NotFound: there is no such entry that the caller may see, and this very command has not
            deleted it before.
        NotPermitted, WrongState, BrokenRule: rights, state of the ticket, a value.
    """
    gone = [entry.guid for entry in asked if entry.guid not in held.entries]
    repeated = idempotency.repeated_each(gone, call, unit)
    found: dict[UUID, E] = {}
    for number, entry in enumerate(asked, 1):
        at = f"{batch}[{number}]"
        if entry.breach is not None:
            raise entry.breach
        if entry.guid in repeated:
            continue
        known = held.entries.get(entry.guid)
        if known is None:
            raise NotFound(field=at)
        ticket = seen(held.tickets.get(known.ticket), call, at)
        rights.require(call.principal, call.command, ticket.group_id, field=named or at)
        ticket.require_writable(named or at)
        found[entry.guid] = known
    return found


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one entry: the lines it leaves, and the event its ticket makes of it."""

    ticket: UUID
    lines: Sequence[HistoryLine]
    kind: EventKind = EventKind.CHANGED


def tell(changes: Sequence[Change], held: Held[E], call: Call, unit: Unit) -> Done:
    """Write what happened into the tickets: version, history, one event of each kind.

    Gives the first ticket, for the record of the message.
    """
    by_ticket: dict[UUID, list[Change]] = {}
    for change in changes:
        by_ticket.setdefault(change.ticket, []).append(change)
    for guid, several in by_ticket.items():
        ticket = held.tickets[guid]
        unit.tickets.touch(ticket, call)
        unit.history.add(ticket, [line for change in several for line in change.lines], call)
        kinds = dict.fromkeys(change.kind for change in several)
        unit.outbox.add(ticket, [Event(kind, events.snapshot(ticket)) for kind in kinds], call)
    first = next(iter(by_ticket or held.tickets), None)
    done = Done(None if first is None else held.tickets[first].id)
    unit.messages.settle(call, done.ticket_id)
    return done


def differences(
    what: str, old: OnTicket, new: OnTicket, fields: Mapping[str, str]
) -> list[HistoryLine]:
    """Give a line for each field that differs; ``fields`` maps them to the words of history."""
    lines = (
        HistoryLine.of(Difference(f"{what} {word}", getattr(old, field), getattr(new, field)))
        for field, word in fields.items()
        if getattr(old, field) != getattr(new, field)
    )
    return [replace(line, text=str(new.guid)) for line in lines]
