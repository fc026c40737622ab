"""What we say to a partner's solution: it is accepted, or declined and goes back."""

from dataclasses import replace
from uuid import UUID, uuid4

from gateway.domain import assignment, events
from gateway.domain.assignment import EventCode, Task, TaskState, Trigger
from gateway.domain.events import Event, EventKind
from gateway.domain.ticket import Changes, HistoryLine, Ticket
from gateway.errors import WrongState
from gateway.usecases import rights
from gateway.usecases.assignments import named_task, partner_group
from gateway.usecases.last_tasks import ended
from gateway.usecases.ports import Call, Unit
from gateway.usecases.task_events import tell
from gateway.usecases.tickets import seen


def decline(ticket_guid: UUID, task_id: int, call: Call, unit: Unit) -> None:
    """Send a task back to the partner whose solution does not help (SSP7 contract, E3).

    Raises:
        NotFound, NotPermitted, WrongState: ticket and task, rights, no solution to decline.
    """
    ticket, task = _proposed(ticket_guid, task_id, call, unit)
    state, code = assignment.after(task.state, Trigger.DECLINED)
    assert code is not None  # noqa: S101 - the table says so
    back = replace(task, state=state, group=task.partner_group, agent=None)
    unit.tasks.put(back, call)
    _note(ticket, task, "solution declined", call, unit)
    tell(uuid4(), code, back, partner_group(task, unit), call, unit)


def accept(ticket_guid: UUID, task_id: int, call: Call, unit: Unit) -> None:
    """Close a task with the partner's solution; it is told only where the operator wants that.

    Raises:
        As ``decline``.
    """
    ticket, task = _proposed(ticket_guid, task_id, call, unit)
    state, _ = assignment.after(task.state, Trigger.CLOSED_BY_HAND)
    closed = replace(task, state=state, closed=unit.now)
    unit.tasks.put(closed, call)
    unit.references.release(closed)
    line = HistoryLine(kind="solution accepted", text=str(task.id))
    unit.history.add(ticket, [line], call)
    ended(ticket, closed.id, call, unit)
    if unit.workflow.event_on_accept:
        tell(uuid4(), EventCode.CLOSED, closed, partner_group(task, unit), call, unit)
    unit.messages.settle(call, ticket.id)


def _proposed(ticket_guid: UUID, task_id: int, call: Call, unit: Unit) -> tuple[Ticket, Task]:
    ticket = seen(unit.tickets.lock(ticket_guid), call, "ticket")
    rights.require(call.principal, call.command, ticket.group_id, field="ticket")
    ticket.require_writable("ticket")
    task = named_task(ticket, task_id, unit)
    if task.state is not TaskState.PROPOSED:
        raise WrongState("there is no solution to judge", field="task_id")
    return ticket, task


def _note(ticket: Ticket, task: Task, kind: str, call: Call, unit: Unit) -> None:
    """Let the ticket show where its main task went, and keep why."""
    lines = [HistoryLine(kind=kind, text=str(task.id))]
    changes = Changes(owner=None, assigned_group=task.partner_group)
    after, differences = ticket.apply(changes) if task.main else (ticket, ())
    if differences:
        unit.tickets.update(after, differences, call)
        lines += [HistoryLine.of(difference) for difference in differences]
        unit.outbox.add(after, [Event(EventKind.ASSIGNED, events.snapshot(after))], call)
    else:
        unit.tickets.touch(ticket, call)
    unit.history.add(after, lines, call)
    unit.messages.settle(call, ticket.id)
