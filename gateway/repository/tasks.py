"""Tasks of tickets, their events, and what is exchanged with partners about them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from gateway.domain.app_fields import TaskCard
from gateway.domain.assignment import Direction, EventCode, Share, Task, TaskEvent, TaskState
from gateway.domain.partner_commands import (
    KnownExchange,
    NewExchange,
    PendingEvent,
    Receipt,
    ShownExchange,
    ShownFile,
)
from gateway.domain.richtext import from_plain
from gateway.domain.ticket import Ticket
from gateway.errors import OutOfTurn
from gateway.repository.attachments import columns
from gateway.repository.parameters import array_of
from gateway.repository.rows import id_of, to_row
from gateway.repository.transaction import Record, Transaction
from gateway.usecases.ports import Call

_NOTHING: Mapping[int, Any] = MappingProxyType({})


class TaskStore:
    """Tasks; writes are gathered until something is read or the unit ends."""

    def __init__(self, current: Transaction, now: datetime) -> None:
        self._current = current
        self._now = now

    def follow(self, ticket: Ticket, call: Call) -> None:
        """Let the main task have the assignee of its ticket; make it if there is none."""
        assigned = ticket.owner or ticket.assigned_group
        state = TaskState.ASSIGNED if assigned else TaskState.OPEN
        self._current.later(
            "follow_task",
            self._by(call)
            | {
                "ticket_id": ticket.id,
                "state": (TaskState.CLOSED if ticket.closed else state).value,
                "group": id_of(ticket.assigned_group),
                "agent": id_of(ticket.owner),
                "closed": ticket.closed,
            },
        )

    def of(self, ticket_id: int) -> Sequence[Task]:
        """Load the tasks of a ticket, the main one first."""
        return [_task(row) for row in self._current.read("tasks_of", {"ticket_id": ticket_id})]

    def ticket_of(self, task_id: int) -> tuple[int, UUID] | None:
        """Find id and guid of a task's ticket; it never changes."""
        rows = self._current.read("ticket_of_task", {"id": task_id})
        return (rows[0][0], rows[0][1]) if rows else None

    def partners_of(self, task_id: int, reference: str) -> Sequence[tuple[int, int, str]]:
        """Give task, partner's id and code of a task, or (no number) of all with the reference."""
        if task_id:
            rows = self._current.read("partners_of_task", {"id": task_id})
        else:
            rows = self._current.read("partners_of_reference", {"reference": reference})
        return [(task, partner, code) for task, partner, code in rows]

    def put(self, task: Task, call: Call) -> None:
        """Write what may change of a task."""
        self._current.later(
            "put_task",
            self._by(call)
            | {
                "ticket_id": task.ticket_id,
                "id": task.id,
                "state": task.state.value,
                "group": id_of(task.group),
                "agent": id_of(task.agent),
                "previous_group": id_of(task.previous_group),
                "partner_group": id_of(task.partner_group),
                "solution": task.solution,
                "solution_code": task.solution_code,
                "resolution": id_of(task.resolution),
                "external_closed": task.closed_by_partner,
                "closed": task.closed,
            },
        )

    def close(self, ticket: Ticket, call: Call) -> None:
        """Close all tasks of a ticket that concern no partner, and let go of their references."""
        parameters = self._by(call) | {"ticket_id": ticket.id}
        self._current.later("close_tasks", parameters)
        self._current.later("release_task_references", parameters)

    def reopen(self, ticket: Ticket, call: Call) -> None:
        """Open the main task of a ticket again, with its references as far as they are free."""
        parameters = self._by(call) | {"ticket_id": ticket.id}
        self._current.later("reopen_task", parameters)
        self._current.later("restore_references", parameters)

    def send(self, task: Task, partner_id: int) -> None:
        """Remember that a partner knows the task from now on."""
        self._current.later("send_task", self._share(task, partner_id) | {"now": self._now})

    def acknowledge(self, task: Task, partner_id: int, on: datetime, event: UUID) -> None:
        """Remember when the partner confirmed its reference, and the event of it."""
        share = self._share(task, partner_id)
        self._current.later("acknowledge_task", share | {"acknowledged": on, "event": event})

    def card(self, task_id: int, partner_id: int) -> TaskCard:
        """Read a task as it is shown to a partner, after all that the unit wrote before."""
        (row,) = self._current.read("task_card", {"id": task_id, "partner": partner_id})
        return _card(row)

    def add_event(self, event: TaskEvent, call: Call) -> None:
        """Write an event with the next number of its ticket and partner."""
        self._current.later(
            "add_task_event",
            {
                "guid": event.guid,
                "ticket_id": event.task.ticket_id,
                "task_id": event.task.id,
                "group": event.group.row.id,
                "partner": event.group.partner.id,
                "origin": call.principal.partner_id,
                "kind": event.code.value,
                "request_type": event.rule.request_type,
                "direction": event.rule.direction.value,
                "app": event.rule.app,
                "agent": call.principal.agent_id,
                "now": self._now,
                "snapshot": Jsonb(dict(event.fields)),
            },
        )

    def add_exchange(self, ticket_id: int, entry: NewExchange, call: Call) -> None:
        """Write an entry exchanged with a partner, with its files."""
        text = from_plain(entry.text)
        common = self._by(call) | {"ticket_id": ticket_id, "visible": entry.visible}
        self._current.later(
            "add_exchange",
            common
            | {
                "guid": entry.guid,
                "kind": entry.kind.value,
                "plain": text.plain,
                "html": text.html,
                "author": entry.author,
                "message_id": entry.message_id or None,
                "digest": entry.digest,
                "event": entry.event,
                "partner": entry.partner_id,
                "task_id": entry.task_id,
                "direction": entry.direction.value,
                "written": entry.written,
            },
        )
        if entry.files:
            self._current.later(
                "add_files_with_contents",
                common | {"article": entry.guid} | columns(entry.files),
            )

    def mark_told(self, task: Task, entry: UUID, event: UUID) -> None:
        """Count an entry of the task's ticket as exchanged by this event."""
        self._current.later(
            "mark_told",
            {"ticket_id": task.ticket_id, "task_id": task.id, "guid": entry, "event": event},
        )

    def known(self, partner_id: int, message_id: str) -> KnownExchange | None:
        """Find what came under a partner's message id, with the answer it got."""
        rows = self._current.read(
            "known_exchange", {"partner": partner_id, "message_id": message_id}
        )
        return _known(rows[0]) if rows else None

    def exchanged(
        self, task_id: int, partner_id: int, since: datetime | None
    ) -> Sequence[ShownExchange]:
        """List what was exchanged with a partner about a task, oldest first; at most 500."""
        rows = self._current.read(
            "exchanged", {"task_id": task_id, "partner": partner_id, "since": since}
        )
        return [_shown(row) for row in rows]

    def waiting(self, partner_ids: Collection[int], count: int) -> Sequence[PendingEvent]:
        """Give the oldest Out events that pulling partners did not confirm."""
        rows = self._current.read(
            "waiting_events", {"partners": array_of(partner_ids), "count": count}
        )
        return [_pending(row) for row in rows]

    def looked_at(self, events: Collection[UUID]) -> None:
        """Count that these events were shown once more."""
        self._current.later("count_looks", {"guids": list(events)})

    def confirm(self, partner_ids: Collection[int], event: UUID) -> bool | None:
        """Confirm an Out event; false: it was before; None: no such event.

        Raises:
            OutOfTurn: an earlier event of its ticket is not confirmed.
        """
        rows = self._current.write(
            "event_to_confirm", {"guid": event, "partners": array_of(partner_ids)}
        )
        if not rows:
            return None
        ((number, confirmed, waits),) = rows
        if confirmed:
            return False
        if waits:
            raise OutOfTurn(field="event_id")
        self._current.later("confirm_event", {"id": number, "now": self._now})
        return True

    def _by(self, call: Call) -> dict[str, object]:
        return {"now": self._now, "by": call.principal.agent_id}

    def _share(self, task: Task, partner_id: int) -> dict[str, object]:
        return {"ticket_id": task.ticket_id, "task_id": task.id, "partner": partner_id}


def _task(record: Record) -> Task:
    (id_, ticket_id, main, state, group, agent, previous, partner_group, partner_id, solution,
     solution_code, resolution, closed_by_partner, closed, shares, references) = record  # fmt: skip
    return Task(
        id=id_,
        ticket_id=ticket_id,
        main=main,
        state=TaskState(state),
        group=to_row(group),
        agent=to_row(agent),
        previous_group=to_row(previous),
        partner_group=to_row(partner_group),
        partner_id=partner_id,
        solution=solution,
        solution_code=solution_code,
        resolution=to_row(resolution),
        closed_by_partner=closed_by_partner,
        closed=closed,
        shares={share["partner"]: _shared(share) for share in shares or ()},
        references={int(partner): text for partner, text in (references or _NOTHING).items()},
    )


def _shared(share: Mapping[str, Any]) -> Share:
    acknowledged, event = share["acknowledged"], share["event"]
    return Share(
        correlation_id=UUID(share["correlation"]),
        acknowledged=datetime.fromisoformat(acknowledged) if acknowledged else None,
        acknowledged_event=UUID(event) if event else None,
    )


def _card(record: Record) -> TaskCard:
    *plain, dynamic = record
    names = [name for name in TaskCard.__dataclass_fields__ if name != "dynamic"]
    values = dict(zip(names, plain, strict=True))
    values["state"] = TaskState(values["state"])
    return TaskCard(**values, dynamic=dynamic or {})


def _known(record: Record) -> KnownExchange:
    task_id, digest, event, occurred, fields, ticket_id, number = record
    return KnownExchange(
        task_id=task_id,
        digest=digest or b"",
        receipt=Receipt(
            ticket_id=ticket_id,
            ticket_number=number,
            task_id=task_id,
            reference=fields.get("Task_ExternalReference", ""),
            state=TaskState(fields["Task_Status"]),
            event=event,
            received=occurred,
            duplicate=True,
        ),
    )


def _shown(record: Record) -> ShownExchange:
    guid, kind, code, direction, text, author, created, message_id, files = record
    return ShownExchange(
        guid=guid,
        kind=kind,
        closure=code in (EventCode.CLOSED_BY_PARTNER, EventCode.CLOSED),
        direction=Direction(direction),
        text=text,
        author=author,
        created=created,
        message_id=message_id,
        files=tuple(ShownFile(name=name, content_type=kind, size=size)
                    for name, kind, size in files or ()),
    )  # fmt: skip


def _pending(record: Record) -> PendingEvent:
    (guid, sequence, request_type, app, occurred, attempt, ticket_id, number, task_id,
     fields, may_have_files) = record  # fmt: skip
    return PendingEvent(
        guid=guid,
        sequence=sequence,
        request_type=request_type,
        app=app,
        occurred=occurred,
        attempt=attempt,
        ticket_id=ticket_id,
        ticket_number=number,
        task_id=task_id,
        reference=fields.get("Task_ExternalReference", ""),
        fields=fields,
        may_have_files=may_have_files,
    )
