"""External references of tasks: a partner says which number it gave one."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from gateway.domain import assignment, reference
from gateway.domain.assignment import Direction, Task, Trigger
from gateway.domain.partner_commands import Acknowledge, ExchangeKind, NewExchange, Receipt
from gateway.domain.reference import Acknowledgement
from gateway.domain.ticket import HistoryLine
from gateway.usecases import rights
from gateway.usecases.assignments import partner_group
from gateway.usecases.partner_calls import Found, found, receipt, speakers, speaking
from gateway.usecases.ports import Call, Unit
from gateway.usecases.task_events import tell


def acknowledge(command: Acknowledge, call: Call, unit: Unit) -> Receipt:
    """Store the partner's number for a task (SSP7 contract, section 6).

    Raises:
        TaskUnknown, TaskNotExternal, TaskClosed: the task is not there, or not open there.
        ReferenceConflict, ReferenceTaken: the number cannot be this task's.
        NotPermitted, BrokenRule: rights, a value.
    """
    rights.require(call.principal, "ssp7.acknowledge")
    partners = speakers(call, unit, command.system)
    meant = found(command.task_id, command.reference, partners, unit)
    call = speaking(call, meant.partner)
    meant.task.require_at(meant.partner.id)
    verdict = judged(meant, command.reference, unit)
    if verdict is Acknowledgement.REPEATED:
        share = meant.task.shares[meant.partner.id]
        known = receipt(meant, meant.task, call, unit)
        return replace(known, event=share.acknowledged_event, duplicate=True)
    meant.task.require_open()
    event, task = confirm(
        meant, verdict, command.reference, command.acknowledged or unit.now, call, unit
    )
    if command.message:
        unit.tasks.add_exchange(
            meant.ticket.id,
            NewExchange(
                guid=uuid4(),
                kind=ExchangeKind.LOG,
                direction=Direction.IN,
                task_id=task.id,
                partner_id=meant.partner.id,
                text=command.message,
                author=meant.partner.title or meant.partner.code,
                written=unit.now,
                visible=False,
                event=event,
            ),
            call,
        )
    unit.tickets.touch(meant.ticket, call)
    done = receipt(meant, task, call, unit, reference=command.reference)
    return replace(done, event=event)


def judged(meant: Found, text: str, unit: Unit) -> Acknowledgement:
    """Decide what a reference given for a task means.

    Raises:
        ReferenceConflict, ReferenceTaken: it cannot be this task's.
    """
    holder = unit.references.holder(meant.partner.system_id, text)
    # One given for the ticket as a whole is its main task's.
    own = {meant.task.id, None} if meant.task.main else {meant.task.id}
    taken = holder is not None and (holder[0] != meant.ticket.id or holder[1] not in own)
    return reference.judge(meant.task, meant.partner.id, text, taken=taken)


def confirm(
    meant: Found, verdict: Acknowledgement, text: str, on: datetime, call: Call, unit: Unit
) -> tuple[UUID, Task]:
    """Take a reference as confirmed by the partner, and give the event and the task after it."""
    partner = meant.partner
    if verdict is Acknowledgement.FIRST:
        unit.references.add(partner.system_id, text, meant.ticket.id, meant.task.id)
    state, code = assignment.after(meant.task.state, Trigger.ACKNOWLEDGED)
    assert code is not None  # noqa: S101 - the table says so
    references = {**meant.task.references, partner.id: text}
    task = replace(meant.task, state=state, references=references)
    event = uuid4()
    unit.tasks.put(task, call)
    unit.tasks.acknowledge(task, partner.id, on, event)
    line = HistoryLine(kind="external reference", text=partner.code, new=text)
    unit.history.add(meant.ticket, [line], call)
    tell(event, code, task, partner_group(task, unit), call, unit)
    return event, task
