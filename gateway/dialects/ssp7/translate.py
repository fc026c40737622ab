"""Wire values of the SSP7 dialect to commands, and what the use cases give to wire values."""

from typing import Any

from gateway.dialects.ssp7 import shapes
from gateway.dialects.ssp7.form import IDENTIFIER
from gateway.dialects.ssp7.refusals import DUPLICATE, OK
from gateway.dialects.ssp7.workflow_form import (
    AUTHOR,
    LONG_TEXT,
    REFERENCE,
    FileLimits,
    WorkflowForm,
)
from gateway.domain.app_fields import TaskCard
from gateway.domain.assignment import Direction
from gateway.domain.commands import Defaults
from gateway.domain.partner_commands import (
    Acknowledge,
    AddUpdate,
    ExchangeKind,
    PendingEvent,
    Reassign,
    Receipt,
    ShownExchange,
    Started,
    StartProcess,
)
from gateway.errors import Missing

Answer = dict[str, Any]

MOST_EVENTS = 100
USUAL_EVENTS = 20


def acknowledge_command(form: WorkflowForm) -> Acknowledge:
    """Translate the parameters of the acknowledgement.

    Raises:
        Missing, BrokenRule: the first value that is missing or wrong.
    """
    return Acknowledge(
        task_id=form.required_number("task_id"),
        reference=form.required_identifier("external_reference", REFERENCE),
        system=form.identifier("external_system"),
        message=form.text("message", LONG_TEXT),
        acknowledged=form.moment("acknowledged"),
    )


def reassign_command(form: WorkflowForm, limits: FileLimits) -> Reassign:
    """Translate the parameters of the reassignment.

    Raises:
        Missing, BrokenRule: the first value that is missing or wrong.
    """
    task_id, reference = task_or_reference(form)
    return Reassign(
        task_id=task_id,
        reference=reference,
        solution=form.required_text("solution", LONG_TEXT),
        solution_code=form.identifier("solution_code"),
        closed=form.flag("closed"),
        group=form.identifier("assign_to_group"),
        files=form.files("attachments", limits),
        message_id=form.identifier("external_message_id", IDENTIFIER),
    )


def update_command(form: WorkflowForm, limits: FileLimits) -> AddUpdate:
    """Translate the parameters of the update text.

    Raises:
        Missing, BrokenRule: the first value that is missing or wrong.
    """
    task_id, reference = task_or_reference(form)
    return AddUpdate(
        task_id=task_id,
        reference=reference,
        message=form.required_text("message", LONG_TEXT),
        author=form.identifier("author", AUTHOR),
        written=form.moment("message_time"),
        visible=form.flag("visible_to_requester"),
        files=form.files("attachments", limits),
        message_id=form.identifier("external_message_id", IDENTIFIER),
    )


def start_command(form: WorkflowForm, defaults: Defaults) -> StartProcess:
    """Translate the parameters of the start of a process.

    Raises:
        Missing, BrokenRule: the first value that is missing or wrong.
    """
    return StartProcess(
        app=form.required_identifier("external_app"),
        requester=form.identifier("requester_unique_id"),
        values=tuple(form.pairs("fields")),
        reference=form.identifier("external_reference", REFERENCE),
        defaults=defaults,
    )


def start_result(started: Started) -> Answer:
    """Write ProcessStartResult."""
    told = "was made before" if started.duplicate else "made"
    return shapes.written(
        "ProcessStartResult",
        {
            "success": True,
            "code": DUPLICATE if started.duplicate else OK,
            "message": f"ticket {started.ticket_number} {told}",
            "process_instance_id": started.ticket_id,
            "ticket_number": started.ticket_number,
            "task_id": started.task_id,
            "duplicate": started.duplicate,
            "received_at": started.received,
        },
    )


def task_or_reference(form: WorkflowForm) -> tuple[int, str]:
    """Read the number of a task and the reference; without number the reference is required.

    Raises:
        Missing, BrokenRule: neither of them, or a wrong form.
    """
    task_id = form.number("task_id")
    reference = form.identifier("external_reference", REFERENCE)
    if not task_id and not reference:
        raise Missing(field="external_reference")
    return task_id, reference


def task_result(receipt: Receipt, what: str) -> Answer:
    """Write ExternalTaskResult."""
    return shapes.written(
        "ExternalTaskResult",
        {
            "success": True,
            "code": DUPLICATE if receipt.duplicate else OK,
            "message": what.format(task=receipt.task_id),
            "process_instance_id": receipt.ticket_id,
            "ticket_number": receipt.ticket_number,
            "task_id": receipt.task_id,
            "external_reference": receipt.reference or None,
            "task_status": receipt.state.value,
            "event_id": str(receipt.event),
            "duplicate": receipt.duplicate,
            "received_at": receipt.received,
        },
    )


def task_info(card: TaskCard, *, sees_requester: bool, url: str) -> Answer:
    """Write TaskInfo."""
    shown = card if sees_requester else None
    return shapes.written(
        "TaskInfo",
        {
            "task_id": card.id,
            "process_instance_id": card.ticket_id,
            "ticket_number": card.ticket_number,
            "subject": card.subject,
            "description": card.description or None,
            "task_status": card.state.value,
            "priority": card.priority,
            "category": card.category or None,
            "assigned_group": card.group or None,
            "assigned_person": card.person or None,
            "requester": (shown.requester if shown else "") or None,
            "requester_email": (shown.requester_email if shown else "") or None,
            "requester_phone": (shown.requester_phone if shown else "") or None,
            "requester_unique_id": (shown.requester_unique_id if shown else "") or None,
            "created_on": card.created,
            "changed_on": card.changed,
            "target_date": card.target_date,
            "closed_on": card.closed,
            "external_system": card.system,
            "external_reference": card.reference or None,
            "external_acknowledged_on": card.acknowledged,
            "solution": card.solution or None,
            "solution_code": card.solution_code or None,
            "external_closed": card.closed_by_partner,
            "url": url.replace("{id}", str(card.ticket_id)) or None,
        },
    )


_KINDS = {
    ExchangeKind.SOLUTION.value: "Solution",
    ExchangeKind.LOG.value: "Acknowledgement",
}


def task_message(entry: ShownExchange) -> Answer:
    """Write TaskMessage."""
    kind = "Closure" if entry.closure else _KINDS.get(entry.kind, "Update")
    files = [
        shapes.written(
            "AttachmentInfo",
            {"file_name": file.name, "content_type": file.content_type, "size": file.size},
        )
        for file in entry.files
    ]
    return shapes.written(
        "TaskMessage",
        {
            "message_id": str(entry.guid),
            "kind": kind,
            "direction": entry.direction.value,
            "text": entry.text or None,
            "author": entry.author or None,
            "created_on": entry.created,
            "external_message_id": entry.message_id or None,
            "attachments": files or None,
        },
    )


def event_answer(event: PendingEvent) -> Answer:
    """Write ExternalEvent."""
    fields = [
        shapes.written("NameValue", {"name": name, "value": value})
        for name, value in event.fields.items()
    ]
    files = [
        shapes.written(
            "ExternalAttachment",
            {
                "file_name": file.name,
                "content_type": file.content_type,
                "content": file.content,
            },
        )
        for file in event.files
    ]
    return shapes.written(
        "ExternalEvent",
        {
            "event_id": str(event.guid),
            "sequence": event.sequence,
            "request_type": event.request_type,
            "direction": Direction.OUT.value,
            "app": event.app,
            "occurred_on": event.occurred,
            "attempt": event.attempt,
            "process_instance_id": event.ticket_id,
            "ticket_number": event.ticket_number,
            "task_id": event.task_id,
            "external_reference": event.reference or None,
            "fields": fields,
            "attachments": files or None,
        },
    )
