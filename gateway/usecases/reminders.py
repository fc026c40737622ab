"""Reminders: one a ticket, for an agent; when it is due, whoever must hear of it does."""

from uuid import UUID, uuid5

from gateway.domain import events
from gateway.domain.commands import SaveReminder
from gateway.domain.entries import Reminder
from gateway.domain.events import Event, EventKind
from gateway.domain.people import AccountKind, Principal
from gateway.domain.ticket import OPEN_TYPES, HistoryLine, Ticket
from gateway.domain.values import Row
from gateway.errors import BrokenRule, NotFound
from gateway.usecases import idempotency, rights
from gateway.usecases.idempotency import Done
from gateway.usecases.ports import Call, Unit, Units
from gateway.usecases.rows import Rows, Wanted
from gateway.usecases.tickets import seen

_BATCH = 200  # reminders raised in one transaction


def save(command: SaveReminder, call: Call, unit: Unit) -> Done:
    """Set a ticket's reminder, in place of the one it has (ACMP contract RE).

    Raises:
        BrokenRule: it is due already, or another value is wrong.
        NotFound: no such ticket or agent.
        NotPermitted, WrongState: rights, state of the ticket.
    """
    if command.due <= unit.now:
        raise BrokenRule("must be in the future", field="due")
    if command.breach is not None:
        raise command.breach
    ticket = seen(unit.tickets.lock(command.ticket), call, "ticket")
    present = unit.reminders.find(ticket)
    reminder = Reminder(
        due=command.due, text=command.text, recipient=_recipient(command, present, call, unit)
    )
    rights.require(call.principal, call.command, ticket.group_id, field="ticket")
    ticket.require_writable("ticket")
    unit.idempotency.forget(call, _key(ticket))
    if reminder != present:
        unit.reminders.put(ticket, reminder, call)
        _tell(ticket, _lines(present, reminder), call, unit)
    unit.messages.settle(call, ticket.id)
    return Done(ticket.id)


def delete(guid: UUID, call: Call, unit: Unit) -> Done:
    """Delete a ticket's reminder (ACMP contract RE).

    Raises:
        NotFound: no such ticket, or it has no reminder.
        NotPermitted, WrongState: rights, state of the ticket.
    """
    ticket = seen(unit.tickets.lock(guid), call, "ticket")
    present = unit.reminders.find(ticket)
    if present is None:
        if first := idempotency.repeated(call, unit):
            return first
        ticket.require_unmerged("ticket")  # its reminder went with it
        raise NotFound("ticket has no reminder", field="ticket")
    rights.require(call.principal, call.command, ticket.group_id, field="ticket")
    ticket.require_writable("ticket")
    unit.entries.delete_reminder(ticket)
    _tell(ticket, _lines(present, None), call, unit)
    done = Done(ticket.id)
    idempotency.remember(done, "delete", _key(ticket), call, unit)
    unit.messages.settle(call, ticket.id)
    return done


def due_reminders(units: Units) -> int:
    """Tell of every reminder that is due, once; give their number. For a schedule."""
    call = Call(principal=_CLOCK, dialect="gateway", operation="reminders", command="")
    raised = 0
    while True:
        count = units.run(lambda unit: raise_due(call, unit), call)
        raised += count
        if count < _BATCH:
            return raised


def raise_due(call: Call, unit: Unit) -> int:
    """Tell of some reminders that are due; the tickets stay as they are. Give their number."""
    due = unit.reminders.hold_due(_BATCH)
    if not due:
        return 0
    tickets = unit.tickets.lock_all(due.keys())
    for guid, ticket in tickets.items():
        # Of a ticket that has ended nobody need be reminded.
        if ticket.state_type in OPEN_TYPES:
            unit.outbox.add(ticket, [_event(ticket, due[guid])], call)
    unit.reminders.fire(list(tickets.values()))
    return len(due)


# The gateway itself: it has no account and needs no rights.
_CLOCK = Principal(account_id=0, account="gateway", kind=AccountKind.AGENT)


def _recipient(command: SaveReminder, present: Reminder | None, call: Call, unit: Unit) -> Row:
    wanted = Wanted("agent", command.recipient or call.principal.agent_id, "recipient")
    row = Rows(unit, (wanted,)).pick(wanted, present.recipient if present else None)
    if not isinstance(row, Row):
        raise NotFound(field="recipient")  # a caller without agent must name one
    return row


def _key(ticket: Ticket) -> UUID:
    # Not the ticket's own: a reminder that comes or goes is no writing of the ticket (ACMP G10).
    return uuid5(ticket.guid, "reminder")


def _tell(ticket: Ticket, lines: list[HistoryLine], call: Call, unit: Unit) -> None:
    unit.tickets.touch(ticket, call)
    unit.history.add(ticket, lines, call)
    unit.outbox.add(ticket, [Event(EventKind.CHANGED, events.snapshot(ticket))], call)


def _lines(old: Reminder | None, new: Reminder | None) -> list[HistoryLine]:
    return [
        HistoryLine(
            kind="reminder",
            text=new.text if new else "",
            old=old.due.isoformat() if old else "",
            new=new.due.isoformat() if new else "",
            old_id=old.recipient.id if old else None,
            new_id=new.recipient.id if new else None,
        )
    ]


def _event(ticket: Ticket, reminder: Reminder) -> Event:
    recipient = reminder.recipient
    told = {
        "due": reminder.due.isoformat(),
        "text": reminder.text,
        "recipient": {"id": recipient.id, "guid": str(recipient.guid), "name": recipient.en},
    }
    return Event(EventKind.REMINDER_DUE, events.snapshot(ticket) | {"reminder": told})
