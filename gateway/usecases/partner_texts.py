"""What partners say to their tasks: update texts and solutions, each taken once."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID, uuid4

from gateway.domain import assignment, reference
from gateway.domain.app_fields import UpdateText
from gateway.domain.assignment import Direction, PartnerGroup, Task, Trigger
from gateway.domain.events import EventKind
from gateway.domain.partner_commands import (
    AddUpdate,
    ExchangeKind,
    NewExchange,
    NewFile,
    Reassign,
    Receipt,
)
from gateway.domain.ticket import Changes, HistoryLine
from gateway.domain.values import Key, Row
from gateway.errors import BrokenRule, KeyReused
from gateway.usecases import rights
from gateway.usecases.assignments import partner_group
from gateway.usecases.last_tasks import change, ended
from gateway.usecases.partner_calls import Found, found, receipt, speakers, speaking
from gateway.usecases.ports import Call, Unit
from gateway.usecases.references import confirm, judged
from gateway.usecases.rows import Rows, Wanted
from gateway.usecases.task_events import tell


def update(command: AddUpdate, call: Call, unit: Unit) -> Receipt:
    """Add a partner's text to a task; its state stays (SSP7 contract, section 6).

    Raises:
        TaskUnknown, ReferenceUnknown, TaskNotExternal, TaskClosed: the task.
        ReferenceConflict: the reference given is not the stored one.
        KeyReused: the message id was used for another message.
        NotPermitted: rights.
    """
    rights.require(call.principal, "ssp7.update")
    meant = found(command.task_id, command.reference, speakers(call, unit), unit)
    call = speaking(call, meant.partner)
    digest = _digest("update", command.message, command.visible, command.files)
    if first := _repeated(meant, command, digest, call, unit):
        return first
    meant.task.require_at(meant.partner.id)
    if command.task_id and command.reference:
        reference.require_same(meant.task, meant.partner.id, command.reference)
    meant.task.require_open()
    _, code = assignment.after(meant.task.state, Trigger.HEARD)
    assert code is not None  # noqa: S101 - the table says so
    entry = NewExchange(
        guid=uuid4(),
        kind=ExchangeKind.UPDATE,
        direction=Direction.IN,
        task_id=meant.task.id,
        partner_id=meant.partner.id,
        text=command.message,
        author=command.author or meant.partner.title or meant.partner.code,
        written=command.written or unit.now,
        visible=command.visible,
        event=uuid4(),
        message_id=command.message_id,
        digest=digest,
        files=command.files,
    )
    text = UpdateText(id=entry.guid, text=entry.text, author=entry.author, written=entry.written)
    _keep(entry, meant, call, unit)
    unit.tickets.touch(meant.ticket, call)
    group = partner_group(meant.task, unit)
    assert entry.event is not None  # noqa: S101 - made above
    tell(entry.event, code, meant.task, group, call, unit, text)
    return replace(receipt(meant, meant.task, call, unit), event=entry.event)


def reassign(command: Reassign, call: Call, unit: Unit) -> Receipt:
    """Take a partner's solution; the task comes back, or is closed (SSP7 contract, section 6).

    Raises:
        As ``update``; ReferenceTaken: the reference of a late acknowledgement is another's.
        BrokenRule: the group to come back to.
    """
    rights.require(call.principal, "ssp7.reassign")
    meant = found(command.task_id, command.reference, speakers(call, unit), unit)
    call = speaking(call, meant.partner)
    digest = _digest("reassign", command.solution, command.closed, command.files)
    if first := _repeated(meant, command, digest, call, unit):
        return first
    meant.task.require_at(meant.partner.id)
    meant = _acknowledged_late(meant, command, call, unit)
    group = partner_group(meant.task, unit)
    rows = _rows(command, unit)
    back = None if command.closed else _return_group(command, meant.task, group, rows, unit)
    trigger = Trigger.CLOSED_BY_PARTNER if command.closed else Trigger.REPORTED_READY
    state, code = assignment.after(meant.task.state, trigger)
    assert code is not None  # noqa: S101 - the table says so
    task = replace(
        meant.task,
        state=state,
        group=meant.task.group if command.closed else back,
        agent=None,
        solution=command.solution,
        solution_code=command.solution_code,
        resolution=rows.find("resolution", command.solution_code or None),
        closed_by_partner=command.closed,
        closed=unit.now if command.closed else None,
    )
    unit.tasks.put(task, call)
    event = uuid4()
    _keep(_solution(command, meant, event, digest, unit), meant, call, unit)
    if command.closed:
        unit.references.release(task)
        ended(meant.ticket, task.id, call, unit)
    else:
        _follow(meant, back, call, unit)
    tell(event, code, task, group, call, unit)
    return replace(receipt(meant, task, call, unit), event=event)


def _repeated(
    meant: Found, command: AddUpdate | Reassign, digest: bytes, call: Call, unit: Unit
) -> Receipt | None:
    """Find the first answer to this message id.

    Raises:
        KeyReused: it was used for another message.
    """
    if not command.message_id:
        return None
    first = unit.tasks.known(meant.partner.id, command.message_id)
    if first is None:
        return None
    # Another open task may have taken the reference since, but the message is still that one.
    again = not command.task_id and first.receipt.reference == command.reference
    if first.digest != digest or not (again or first.task_id == meant.task.id):
        raise KeyReused(field="external_message_id")
    unit.messages.settle(call, first.receipt.ticket_id)
    return first.receipt


def _digest(operation: str, text: str, flag: bool, files: Sequence[NewFile]) -> bytes:
    named = [(file.name, file.content_type, file.sha256.hex()) for file in files]
    return hashlib.sha256(repr((operation, text, flag, named)).encode()).digest()


def _acknowledged_late(meant: Found, command: Reassign, call: Call, unit: Unit) -> Found:
    """Store a reference that comes with the solution only; any other must be the stored one."""
    if not command.task_id or not command.reference:
        meant.task.require_open()
        return meant
    if meant.task.reference(meant.partner.id):
        reference.require_same(meant.task, meant.partner.id, command.reference)
        meant.task.require_open()
        return meant
    verdict = judged(meant, command.reference, unit)
    meant.task.require_open()
    _, task = confirm(meant, verdict, command.reference, unit.now, call, unit)
    return replace(meant, task=task)


def _rows(command: Reassign, unit: Unit) -> Rows:
    wanted: list[Key] = [name for name in (command.group, unit.workflow.default_group) if name]
    return Rows(
        unit,
        (
            *(Wanted("group", name, "assign_to_group") for name in wanted),
            Wanted("resolution", command.solution_code or None, "solution_code"),
        ),
    )


def _return_group(
    command: Reassign, task: Task, group: PartnerGroup, rows: Rows, unit: Unit
) -> Row | None:
    if command.group:
        named = rows.find("group", command.group)
        if named is None or named.kind or not named.active:
            raise BrokenRule("no such internal group", field="assign_to_group")
        return named
    default = rows.find("group", unit.workflow.default_group or None)
    return task.previous_group or group.return_group or default


def _solution(
    command: Reassign, meant: Found, event: UUID, digest: bytes, unit: Unit
) -> NewExchange:
    return NewExchange(
        guid=uuid4(),
        kind=ExchangeKind.SOLUTION,
        direction=Direction.IN,
        task_id=meant.task.id,
        partner_id=meant.partner.id,
        text=command.solution,
        author=meant.partner.title or meant.partner.code,
        written=unit.now,
        visible=False,
        event=event,
        message_id=command.message_id,
        digest=digest,
        files=command.files,
    )


def _keep(entry: NewExchange, meant: Found, call: Call, unit: Unit) -> None:
    unit.tasks.add_exchange(meant.ticket.id, entry, call)
    line = HistoryLine(kind=f"{entry.kind.value} received", text=meant.partner.code)
    unit.history.add(meant.ticket, [line], call)


def _follow(meant: Found, back: Row | None, call: Call, unit: Unit) -> None:
    """Let a ticket show whom its main task came back to."""
    if meant.task.main:
        changes = Changes(owner=None, assigned_group=back)
        change(meant.ticket, changes, EventKind.ASSIGNED, call, unit)
    else:
        unit.tickets.touch(meant.ticket, call)
