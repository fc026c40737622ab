"""Tells partners what happened to a task: the event, and the delivery of the process it starts."""

from uuid import UUID

from gateway.domain import app_fields
from gateway.domain.app_fields import Facts, UpdateText
from gateway.domain.assignment import Direction, EventCode, EventRule, PartnerGroup, Task, TaskEvent
from gateway.usecases.ports import Call, Unit


def tell(
    guid: UUID,
    code: EventCode,
    task: Task,
    group: PartnerGroup,
    call: Call,
    unit: Unit,
    update: UpdateText | None = None,
) -> None:
    """Record an event of a task and queue the process that its group has for it.

    The change itself must be written before: the fields are those after it. A group without the
    marker is told nothing more (SSP7 contract, 9.1).
    """
    rule = unit.partners.event_map()[code]
    if rule.direction is Direction.OUT and not group.integrated:
        return
    facts = Facts(
        card=unit.tasks.card(task.id, group.partner.id),
        request_type=rule.request_type,
        direction=rule.direction,
        rules=unit.workflow,
        update=update,
    )
    fields = app_fields.values(facts)
    event = TaskEvent(guid=guid, code=code, rule=rule, task=task, group=group, fields=fields)
    unit.tasks.add_event(event, call)
    _deliver(event, rule, call, unit)


def _deliver(event: TaskEvent, rule: EventRule, call: Call, unit: Unit) -> None:
    group = event.group
    process = group.processes.get(rule.slot)
    fetched = group.partner.pulls and rule.direction is Direction.OUT
    if process is None or fetched:
        return
    unit.deliveries.enqueue(
        partner_id=group.partner.id,
        subject=f"ticket:{event.task.ticket_id}",
        event_id=event.guid,
        process=process.name,
        version=process.version,
        payload={
            "ticket_id": event.task.ticket_id,
            "task_id": event.task.id,
            "group_id": group.row.id,
            "request_type": rule.request_type,
            "direction": rule.direction.value,
            "app": rule.app,
            "occurred": unit.now.isoformat(),
            # A step that leads to where the news came from is left out by the dispatcher.
            "origin_partner_id": call.principal.partner_id,
            "fields": dict(event.fields),
        },
    )
