"""What the end of a task means for its ticket (SSP7 contract, section 8)."""

from gateway.domain import events
from gateway.domain.assignment import TaskState
from gateway.domain.events import Event, EventKind
from gateway.domain.ticket import Changes, HistoryLine, Ticket
from gateway.usecases.ports import Call, Unit
from gateway.usecases.rows import Rows, Wanted


def ended(ticket: Ticket, task_id: int, call: Call, unit: Unit) -> None:
    """Close a ticket with its last open task, where the operator wants that; else touch it."""
    others = (task for task in unit.tasks.of(ticket.id) if task.id != task_id)
    last = all(task.state is TaskState.CLOSED for task in others)
    if not (last and unit.workflow.close_ticket_with_last_task) or ticket.closed:
        unit.tickets.touch(ticket, call)
        return
    name = unit.workflow.closed_state
    state = Rows(unit, (Wanted("state", name, "state"),)).configured("state", name)
    changes = Changes(state=state, closed=unit.now, pending_until=None)
    change(ticket, changes, EventKind.CLOSED, call, unit)
    unit.entries.delete_reminder(ticket)


def change(ticket: Ticket, changes: Changes, kind: EventKind, call: Call, unit: Unit) -> None:
    """Write what follows for a ticket from its task, with history and event."""
    after, differences = ticket.apply(changes)
    if not differences:
        unit.tickets.touch(ticket, call)
        return
    unit.tickets.update(after, differences, call)
    unit.history.add(after, [HistoryLine.of(difference) for difference in differences], call)
    unit.outbox.add(after, [Event(kind, events.snapshot(after))], call)
