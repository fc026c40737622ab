"""Who works on a task: what happens to a ticket happens to its main task, and partners are told."""

from dataclasses import replace
from uuid import UUID, uuid4

from gateway.domain import assignment
from gateway.domain.app_fields import UpdateText
from gateway.domain.assignment import (
    OUTSIDE,
    EventCode,
    Forward,
    PartnerGroup,
    Task,
    TaskState,
    Trigger,
)
from gateway.domain.ticket import Ticket
from gateway.domain.values import Row
from gateway.errors import GatewayError, TaskUnknown
from gateway.usecases.ports import Call, Unit
from gateway.usecases.task_events import tell


def made(ticket: Ticket, call: Call, unit: Unit) -> None:
    """Make the main task of a new ticket; with its group it goes to that group's partner."""
    unit.tasks.follow(ticket, call)
    if _leads_outside(ticket):
        _assign(main_task(ticket, call, unit), ticket, call, unit)


def moved(before: Ticket, after: Ticket, call: Call, unit: Unit) -> None:
    """Let the main task follow the assignee of its ticket (SSP7 contract, section 8)."""
    if (before.owner, before.assigned_group) == (after.owner, after.assigned_group):
        return
    if _leads_outside(before) or _leads_outside(after):
        _assign(main_task(after, call, unit), after, call, unit)
    else:
        unit.tasks.follow(after, call)


def named(before: Ticket, after: Ticket, call: Call, unit: Unit) -> None:
    """Let the main task follow a group that was named, be it the one the ticket has.

    A reopened ticket may have kept the group of a partner while its task is nobody's.
    """
    if before.assigned_group != after.assigned_group or not _leads_outside(after):
        moved(before, after, call, unit)
        return
    task = main_task(after, call, unit)
    if task.state is TaskState.OPEN:
        _assign(task, after, call, unit)


def closed(ticket: Ticket, call: Call, unit: Unit) -> None:
    """Close the tasks of a closed ticket by hand; others may take their references."""
    if not ticket.shared:
        unit.tasks.close(ticket, call)
        return
    for task in unit.tasks.of(ticket.id):
        if task.state is not TaskState.CLOSED:
            unit.references.release(task)
            _close(task, call, unit)


def merged(ticket: Ticket, call: Call, unit: Unit) -> None:
    """Close the tasks of a ticket that goes into another; the references go along."""
    if ticket.shared:
        for task in unit.tasks.of(ticket.id):
            if task.state is not TaskState.CLOSED:
                _close(task, call, unit)


def reopened(before: Ticket, after: Ticket, call: Call, unit: Unit) -> None:
    """Open the main task of a reopened ticket again, and let it follow a new assignee."""
    unit.tasks.reopen(after, call)
    moved(before, after, call, unit)


def written(
    ticket: Ticket, entry: UUID, text: str, call: Call, unit: Unit, *, visible: bool
) -> None:
    """Tell the partner of a text that was written on a ticket while its task is there."""
    if not _leads_outside(ticket):
        return
    task = main_task(ticket, call, unit)
    if task.state not in OUTSIDE:
        return
    group = partner_group(task, unit)
    if group.forward is Forward.NOTHING or (group.forward is Forward.VISIBLE and not visible):
        return
    pass_on(entry, text, task, group, call, unit)


def pass_on(
    entry: UUID, text: str, task: Task, group: PartnerGroup, call: Call, unit: Unit
) -> None:
    """Tell the partner who works on a task of a text that was written here (E4)."""
    _, code = assignment.after(task.state, Trigger.TOLD)
    assert code is not None  # noqa: S101 - the table says so
    guid = uuid4()
    unit.tasks.mark_told(task, entry, guid)
    update = UpdateText(id=entry, text=text, author=call.principal.full_name, written=unit.now)
    tell(guid, code, task, group, call, unit, update)


def main_task(ticket: Ticket, call: Call, unit: Unit) -> Task:
    """Load the main task of a ticket; one from before there were tasks gets it now."""
    tasks = unit.tasks.of(ticket.id)
    if not tasks or not tasks[0].main:
        unit.tasks.follow(ticket, call)
        tasks = unit.tasks.of(ticket.id)
    return tasks[0]


def named_task(ticket: Ticket, task_id: int, unit: Unit) -> Task:
    """Load a task of a ticket by its number.

    Raises:
        TaskUnknown: the ticket has no such task.
    """
    task = next((each for each in unit.tasks.of(ticket.id) if each.id == task_id), None)
    if task is None:
        raise TaskUnknown(f"no task {task_id}", field="task_id")
    return task


def partner_group(task: Task, unit: Unit) -> PartnerGroup:
    """Load the group through which a task is, or last was, at a partner."""
    group = None if task.partner_group is None else unit.partners.group(task.partner_group.id)
    if group is None:
        raise GatewayError("a task is at a group that leads to no partner")
    return group


def _leads_outside(ticket: Ticket) -> bool:
    return ticket.assigned_group is not None and bool(ticket.assigned_group.kind)


def _assign(task: Task, ticket: Ticket, call: Call, unit: Unit) -> None:
    trigger = _trigger(ticket)
    if task.state is TaskState.CLOSED:
        if trigger is not Trigger.TO_PARTNER:
            return  # the ticket goes on among ourselves, what the partner closed stays closed
        unit.tasks.reopen(ticket, call)
        task = main_task(ticket, call, unit)
    if trigger is Trigger.TO_PARTNER and ticket.assigned_group is not None:
        _submit(task, ticket.assigned_group, call, unit)
    else:
        _keep(task, ticket, trigger, call, unit)


def _trigger(ticket: Ticket) -> Trigger:
    if _leads_outside(ticket):
        return Trigger.TO_PARTNER
    if ticket.assigned_group is not None:
        return Trigger.TO_GROUP
    return Trigger.CLEARED if ticket.owner is None else Trigger.TO_PERSON


def _keep(task: Task, ticket: Ticket, trigger: Trigger, call: Call, unit: Unit) -> None:
    """Give a task to ourselves; a partner who had it is told."""
    state, code = assignment.after(task.state, trigger)
    kept = replace(task, state=state, group=ticket.assigned_group, agent=ticket.owner)
    unit.tasks.put(kept, call)
    if code is not None:
        tell(uuid4(), code, kept, partner_group(task, unit), call, unit)


def _submit(task: Task, row: Row, call: Call, unit: Unit) -> None:
    """Give a task to the partner of an Integrated Group."""
    group = unit.partners.group(row.id)
    if group is None:
        raise GatewayError("an Integrated Group leads to no partner")
    assignment.after(task.state, Trigger.TO_PARTNER)
    partner_id, reference = group.partner.id, task.reference(group.partner.id)
    sent = replace(
        task,
        state=assignment.sent_state(reference),
        group=row,
        agent=None,
        partner_group=row,
        partner_id=partner_id,
        previous_group=_came_from(task),
    )
    unit.tasks.put(sent, call)
    unit.tasks.send(sent, partner_id)
    if task.state in OUTSIDE and task.partner_id != partner_id:
        tell(uuid4(), EventCode.WITHDRAWN, sent, partner_group(task, unit), call, unit)
    code = assignment.submission(
        sent_before=partner_id in task.shares,
        reference=reference,
        resend_unacknowledged=group.resend_unacknowledged,
    )
    if code is not None:
        tell(uuid4(), code, sent, group, call, unit)


def _came_from(task: Task) -> Row | None:
    """Give the internal group a task goes back to."""
    internal = task.group is not None and not task.group.kind
    return task.group if internal else task.previous_group


def _close(task: Task, call: Call, unit: Unit) -> None:
    state, code = assignment.after(task.state, Trigger.CLOSED_BY_HAND)
    if task.state is TaskState.PROPOSED and unit.workflow.event_on_accept:
        code = EventCode.CLOSED
    ended = replace(task, state=state, closed=unit.now)
    unit.tasks.put(ended, call)
    if code is not None:
        tell(uuid4(), code, ended, partner_group(task, unit), call, unit)
