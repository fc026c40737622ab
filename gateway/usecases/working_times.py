"""Working times of tickets: saved one by one, listed by ticket, deleted in batches."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from gateway.domain.commands import Entry, SaveWorkingTime
from gateway.domain.entries import NewWorkingTime, WorkingTime, minutes_between
from gateway.domain.ticket import HistoryLine, Ticket
from gateway.domain.values import UNSET, Row, Unset
from gateway.domain.views import Listed, TicketView
from gateway.errors import BrokenRule, Missing
from gateway.usecases import batches, idempotency, rights, tickets
from gateway.usecases.batches import Change, Held
from gateway.usecases.idempotency import Done
from gateway.usecases.ports import Call, Unit
from gateway.usecases.rows import Rows, Wanted
from gateway.usecases.tickets import seen

T = TypeVar("T")


def save(command: SaveWorkingTime, call: Call, unit: Unit) -> Done:
    """Add a working time, or edit it when it exists (ACMP contract WT).

    Raises:
        Missing: a new one that is not complete; an executor that is empty.
        NotFound, NotPermitted, WrongState, BrokenRule: ticket, executor, rights, state, a value.
    """
    named = () if isinstance(command.ticket, Unset) else (command.ticket,)
    held = batches.hold(unit.times.find, [command.guid], named, unit)
    known = held.entries.get(command.guid)
    _require_sound(command, known)
    if known is not None:
        ticket = seen(held.tickets.get(known.ticket), call, "guid")
        if idempotency.repeated_each([known.guid], call, unit):
            unit.messages.settle(call, ticket.id)
            return Done(ticket.id)
    else:
        ticket = seen(next((held.tickets.get(guid) for guid in named), None), call, "ticket")
    executor, start, end = _filled(command, known, unit)
    _require_change(command, known, ticket, call, unit)
    if known is None:
        return _add(command, (executor, start, end), held, call, unit)
    return _edit(command, known, (executor, start, end), held, call, unit)


def delete(batch: Sequence[Entry], call: Call, unit: Unit) -> Done:
    """Delete working times; an id twice counts once.

    Raises:
        NotFound, NotPermitted, WrongState, BrokenRule: the first breach of the first bad entry.
    """
    held = batches.hold(unit.times.find, [entry.guid for entry in batch], (), unit)
    gone = batches.doomed("times", batch, held, call, unit)
    if gone:
        unit.times.delete(list(gone.values()))
        idempotency.remember_each(gone, "delete", call, unit)
    changes = [
        Change(time.ticket, [_line("working time deleted", time.guid, old=str(time.minutes))])
        for time in gone.values()
    ]
    return batches.tell(changes, held, call, unit)


def of_ticket(guid: UUID, call: Call, unit: Unit) -> tuple[TicketView, Listed[WorkingTime]]:
    """List a ticket's working times by start.

    Raises:
        NotFound: there is no such ticket that the caller may see.
    """
    ticket = tickets.view(guid, call, unit)
    return ticket, unit.times.list(ticket.id)


def _require_sound(command: SaveWorkingTime, known: WorkingTime | None) -> None:
    batches.require_sound(command.guid, command.breach)
    for name in ("ticket", "executor", "start", "end"):
        value = getattr(command, name)
        if value is None or (known is None and isinstance(value, Unset)):
            raise Missing(field=name)
    if command.breach is not None:
        raise command.breach


def _filled(
    command: SaveWorkingTime, known: WorkingTime | None, unit: Unit
) -> tuple[Row, datetime, datetime]:
    """Give who worked from when to when: as sent, else as it stands.

    Raises:
        NotFound: the executor is no active agent and does not stand there already.
        BrokenRule: the pair of dates that is left is none.
    """
    wanted = Wanted("agent", command.executor, "executor")
    picked = Rows(unit, (wanted,)).pick(wanted, known.executor if known else None)
    executor = _left(picked or UNSET, known.executor if known else None)
    start = _left(command.start, known.start if known else None)
    end = _left(command.end, known.end if known else None)
    if start >= end:
        raise BrokenRule("must be earlier than EndDate", field="start")
    return executor, start, end


def _left(sent: T | Unset, present: T | None) -> T:
    value = present if isinstance(sent, Unset) else sent
    assert value is not None  # noqa: S101 - a new one was judged to be complete
    return value


def _require_change(
    command: SaveWorkingTime, known: WorkingTime | None, ticket: Ticket, call: Call, unit: Unit
) -> None:
    if not isinstance(command.ticket, Unset) and command.ticket != ticket.guid:
        raise BrokenRule("belongs to another ticket", field="ticket")
    field = "ticket" if known is None else "guid"
    rights.require(call.principal, call.command, ticket.group_id, field=field)
    ticket.require_writable(field)
    if not unit.lists.helpdesk_settings().working_times_enabled:
        raise BrokenRule("working times are switched off", field="working_time")


def _add(
    command: SaveWorkingTime,
    filled: tuple[Row, datetime, datetime],
    held: Held[WorkingTime],
    call: Call,
    unit: Unit,
) -> Done:
    (ticket,) = held.tickets.values()
    executor, start, end = filled
    time = NewWorkingTime(
        guid=command.guid,
        executor=executor,
        start=start,
        end=end,
        description=command.description or "",
    )
    unit.entries.add_working_time(ticket, time, call)
    idempotency.remember_each([time.guid], "create", call, unit)
    line = _line("working time added", time.guid, new=str(time.minutes))
    return batches.tell([Change(ticket.guid, [line])], held, call, unit)


def _edit(
    command: SaveWorkingTime,
    known: WorkingTime,
    filled: tuple[Row, datetime, datetime],
    held: Held[WorkingTime],
    call: Call,
    unit: Unit,
) -> Done:
    executor, start, end = filled
    said = command.description
    moved = (start, end) != (known.start, known.end)
    changed = replace(
        known,
        executor=executor,
        start=start,
        end=end,
        # Units that were booked elsewhere stay as long as the dates do.
        minutes=minutes_between(start, end) if moved else known.minutes,
        description=known.description if isinstance(said, Unset) else said,
    )
    unit.idempotency.forget_each(call, [known.guid])
    if changed == known:
        unit.messages.settle(call, known.ticket_id)
        return Done(known.ticket_id)
    unit.times.edit(changed)
    lines = batches.differences("working time", known, changed, _WORDS)
    return batches.tell([Change(known.ticket, lines)], held, call, unit)


def _line(kind: str, guid: UUID, old: str = "", new: str = "") -> HistoryLine:
    return HistoryLine(kind=kind, text=str(guid), old=old, new=new)


# Fields a caller may change, with their words in history.
_WORDS = {
    "executor": "executor",
    "start": "start",
    "end": "end",
    "minutes": "minutes",
    "description": "description",
}
