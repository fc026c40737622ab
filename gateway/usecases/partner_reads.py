"""What a partner may read: its tasks, what was exchanged about them, events that wait for it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from gateway.domain.app_fields import TaskCard
from gateway.domain.partner_commands import PendingEvent, ShownExchange
from gateway.errors import EventUnknown
from gateway.usecases import rights
from gateway.usecases.partner_calls import shown, speakers
from gateway.usecases.ports import Call, EventFiles, FileLimit, Unit


def task(task_id: int, reference: str, system: str, call: Call, unit: Unit) -> TaskCard:
    """Show a task that was ever sent to the partner, by its number or the partner's own.

    Raises:
        TaskUnknown, ReferenceUnknown: there is none.
        NotPermitted, BrokenRule: rights, a system that is not the caller's.
    """
    rights.require(call.principal, "ssp7.read")
    meant, partner = shown(task_id, reference, speakers(call, unit, system), unit)
    unit.messages.settle(call, meant.ticket_id)
    return unit.tasks.card(meant.id, partner.id)


def messages(
    task_id: int, since: datetime | None, call: Call, unit: Unit
) -> Sequence[ShownExchange]:
    """List what was exchanged with the partner about a task, oldest first; at most 500.

    Raises:
        As ``task``.
    """
    rights.require(call.principal, "ssp7.read")
    meant, partner = shown(task_id, "", speakers(call, unit), unit)
    unit.messages.settle(call, meant.ticket_id)
    return unit.tasks.exchanged(meant.id, partner.id, since)


def pending_events(
    system: str, count: int, limit: FileLimit, call: Call, unit: Unit
) -> Sequence[PendingEvent]:
    """Give the oldest Out events a pulling partner did not confirm; others have none.

    They come with their files, and end before these exceed what one message may hold.

    Raises:
        NotPermitted, BrokenRule: rights, a system that is not the caller's.
    """
    rights.require(call.principal, "ssp7.events")
    partners = speakers(call, unit, system)
    unit.messages.settle(call, None)
    pulling = [partner.id for partner in partners if partner.pulls]
    shown = list(_with_files(unit.tasks.waiting(pulling, count), limit, unit)) if pulling else []
    if shown:
        unit.tasks.looked_at([event.guid for event in shown])
    return shown


def _with_files(
    events: Sequence[PendingEvent], limit: FileLimit, unit: Unit
) -> Iterator[PendingEvent]:
    room = limit.total_bytes
    for event in events:
        found = unit.processes.files(event.guid, limit) if event.may_have_files else EventFiles()
        size = sum(len(file.content) for file in found.files)
        if size > room:
            return  # never the first: its files are within the limit
        room -= size
        yield replace(event, files=found.files, left_out=found.left_out)


def confirm_event(event: UUID | None, system: str, call: Call, unit: Unit) -> bool:
    """Take an event as received by a pulling partner; false: it was confirmed before.

    Raises:
        EventUnknown: there is no such Out event of the partner.
        OutOfTurn: an earlier one of its ticket is not confirmed.
        NotPermitted, BrokenRule: rights, a system that is not the caller's.
    """
    rights.require(call.principal, "ssp7.events")
    partners = speakers(call, unit, system)
    confirmed = None
    if event is not None:
        confirmed = unit.tasks.confirm([partner.id for partner in partners], event)
    if confirmed is None:
        raise EventUnknown(field="event_id")
    unit.messages.settle(call, None)
    return confirmed
