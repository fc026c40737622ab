"""Costs of tickets: saved and deleted in batches, read alone or by ticket."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

from gateway.domain.commands import Entry, SaveCost
from gateway.domain.entries import Cost
from gateway.domain.ticket import HistoryLine, Ticket
from gateway.domain.values import Unset
from gateway.domain.views import HelpdeskSettings, Listed, TicketView
from gateway.errors import BrokenRule, Missing, NotFound
from gateway.usecases import batches, idempotency, rights, tickets
from gateway.usecases.batches import Change, Held
from gateway.usecases.idempotency import Done
from gateway.usecases.ports import Call, Unit
from gateway.usecases.tickets import seen

T = TypeVar("T")


def save(batch: Sequence[SaveCost], call: Call, unit: Unit) -> Done:
    """Add costs, or edit those that exist; of one or several tickets (ACMP contract CS).

    Raises:
        Missing, NotFound, NotPermitted, WrongState, BrokenRule: the first breach of the first
            bad entry; nothing is stored.
    """
    guids = [command.guid for command in batch]
    named = (command.ticket for command in batch if not isinstance(command.ticket, Unset))
    held = batches.hold(unit.costs.find, guids, named, unit)
    rules = unit.lists.helpdesk_settings()
    repeated = idempotency.repeated_each(held.entries, call, unit)
    saved = {}
    for number, command in enumerate(batch, 1):
        ticket = _judged(command, f"costs[{number}]", held, call)
        if command.guid not in repeated:
            _require_change(command, number, held, ticket, rules, call)
            saved[command.guid] = _saved(command, held.entries.get(command.guid), ticket, unit)
    return _store(saved, held, call, unit)


def delete(batch: Sequence[Entry], call: Call, unit: Unit) -> Done:
    """Delete costs; an id twice counts once.

    Raises:
        NotFound, NotPermitted, WrongState, BrokenRule: as in ``save``.
    """
    held = batches.hold(unit.costs.find, [entry.guid for entry in batch], (), unit)
    gone = batches.doomed("costs", batch, held, call, unit)
    if gone:
        unit.costs.delete(list(gone.values()))
        idempotency.remember_each(gone, "delete", call, unit)
    changes = [
        Change(
            cost.ticket,
            [HistoryLine(kind="cost deleted", text=str(cost.guid), old=_summary(cost))],
        )
        for cost in gone.values()
    ]
    return batches.tell(changes, held, call, unit)


def one(guid: UUID, call: Call, unit: Unit) -> Cost:
    """Read one cost.

    Raises:
        NotFound: there is none that the caller may see.
    """
    cost = unit.costs.find([guid]).get(guid)
    if cost is None:
        raise NotFound(field="cost")
    tickets.view(cost.ticket, call, unit)
    return cost


def of_ticket(guid: UUID, call: Call, unit: Unit) -> tuple[TicketView, Listed[Cost]]:
    """List a ticket's costs, oldest first.

    Raises:
        NotFound: there is no such ticket that the caller may see.
    """
    ticket = tickets.view(guid, call, unit)
    return ticket, unit.costs.list(ticket.id)


def _judged(command: SaveCost, at: str, held: Held[Cost], call: Call) -> Ticket:
    """Judge required fields, forms and existence, and give the cost's ticket."""
    batches.require_sound(command.guid, command.breach)
    known = held.entries.get(command.guid)
    if known is None:
        for name in ("ticket", "unit_price", "amount"):
            if isinstance(getattr(command, name), Unset):
                raise Missing(field=f"{at}.{name}")
    if command.breach is not None:
        raise command.breach
    if known is not None:
        return seen(held.tickets.get(known.ticket), call, f"{at}.guid")
    named = command.ticket
    return seen(None if isinstance(named, Unset) else held.tickets.get(named), call, f"{at}.ticket")


def _require_change(
    command: SaveCost,
    number: int,
    held: Held[Cost],
    ticket: Ticket,
    rules: HelpdeskSettings,
    call: Call,
) -> None:
    at = f"costs[{number}]"
    if not isinstance(command.ticket, Unset) and command.ticket != ticket.guid:
        raise BrokenRule("belongs to another ticket", field=f"{at}.ticket")
    field = f"{at}.guid" if command.guid in held.entries else f"{at}.ticket"
    rights.require(call.principal, call.command, ticket.group_id, field=field)
    ticket.require_writable(field)
    if not rules.costs_enabled:
        raise BrokenRule("costs are switched off", field="costs", entry=number)


def _saved(command: SaveCost, known: Cost | None, ticket: Ticket, unit: Unit) -> Cost:
    blank = known or Cost(
        guid=command.guid,
        ticket_id=ticket.id,
        ticket=ticket.guid,
        unit_price=_sent(command.unit_price),
        amount=_sent(command.amount),
        created=unit.now,
    )
    sent = {name: getattr(command, name) for name in _WORDS}
    return replace(
        blank, **{name: value for name, value in sent.items() if not isinstance(value, Unset)}
    )


def _sent(value: T | Unset) -> T:
    assert not isinstance(value, Unset)  # noqa: S101 - it was judged to be there
    return value


def _store(saved: Mapping[UUID, Cost], held: Held[Cost], call: Call, unit: Unit) -> Done:
    added = [cost for guid, cost in saved.items() if guid not in held.entries]
    edited = [guid for guid in saved if guid in held.entries]
    changed = [saved[guid] for guid in edited if saved[guid] != held.entries[guid]]
    if added:
        unit.costs.add(added, call)
        idempotency.remember_each([cost.guid for cost in added], "create", call, unit)
    if edited:
        unit.idempotency.forget_each(call, edited)
    if changed:
        unit.costs.edit(changed)
    changes = [Change(cost.ticket, _lines(cost, held.entries.get(cost.guid)))
               for cost in (*added, *changed)]  # fmt: skip
    return batches.tell(changes, held, call, unit)


def _lines(cost: Cost, old: Cost | None) -> list[HistoryLine]:
    if old is None:
        return [HistoryLine(kind="cost added", text=str(cost.guid), new=_summary(cost))]
    return batches.differences("cost", old, cost, _WORDS)


# Fields a caller may change, with their words in history.
_WORDS = {
    "unit_price": "unit price",
    "amount": "amount",
    "category": "category",
    "description": "description",
}


def _summary(cost: Cost) -> str:
    words = (f"{cost.amount} x {cost.unit_price:.2f}", cost.category, cost.description)
    return ", ".join(word for word in words if word)
