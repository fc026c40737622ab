"""What the use cases ask of the storage of tasks, partners, external references and task events."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from gateway.domain.app_fields import TaskCard
from gateway.domain.assignment import EventCode, EventRule, Partner, PartnerGroup, Task, TaskEvent
from gateway.domain.partner_commands import (
    ExternalApp,
    KnownExchange,
    NewExchange,
    PendingEvent,
    ShownExchange,
)
from gateway.domain.ticket import Ticket
from gateway.usecases.ports.calls import Call


class TaskStore(Protocol):
    """Tasks of tickets. The unit holds the ticket's row whenever one is written."""

    def follow(self, ticket: Ticket, call: Call) -> None:
        """Let the main task have the assignee of its ticket; make it if there is none.

        For assignees among ourselves: it is open without one, assigned with one, and keeps a
        state of solution proposed or closed.
        """
        ...

    def of(self, ticket_id: int) -> Sequence[Task]:
        """Load the tasks of a ticket, the main one first."""
        ...

    def ticket_of(self, task_id: int) -> tuple[int, UUID] | None:
        """Find id and guid of a task's ticket; it never changes."""
        ...

    def partners_of(self, task_id: int, reference: str) -> Sequence[tuple[int, int, str]]:
        """Give task, partner's id and code of a task, or (no number) of all with the reference.

        The partner is that of the group the task is or last was at.
        """
        ...

    def put(self, task: Task, call: Call) -> None:
        """Write what may change of a task."""
        ...

    def close(self, ticket: Ticket, call: Call) -> None:
        """Close all tasks of a ticket that concern no partner, and let go of their references."""
        ...

    def reopen(self, ticket: Ticket, call: Call) -> None:
        """Open the main task of a ticket again, with its references as far as they are free."""
        ...

    def send(self, task: Task, partner_id: int) -> None:
        """Remember that a partner knows the task from now on."""
        ...

    def acknowledge(self, task: Task, partner_id: int, on: datetime, event: UUID) -> None:
        """Remember when the partner confirmed its reference, and the event of it."""
        ...

    def card(self, task_id: int, partner_id: int) -> TaskCard:
        """Read a task as it is shown to a partner, after all that the unit wrote before."""
        ...

    def add_event(self, event: TaskEvent, call: Call) -> None:
        """Write an event with the next number of its ticket and partner."""
        ...

    def add_exchange(self, ticket_id: int, entry: NewExchange, call: Call) -> None:
        """Write an entry exchanged with a partner, with its files."""
        ...

    def mark_told(self, task: Task, entry: UUID, event: UUID) -> None:
        """Count an entry of the task's ticket as exchanged by this event."""
        ...

    def known(self, partner_id: int, message_id: str) -> KnownExchange | None:
        """Find what came under a partner's message id, with the answer it got."""
        ...

    def exchanged(
        self, task_id: int, partner_id: int, since: datetime | None
    ) -> Sequence[ShownExchange]:
        """List what was exchanged with a partner about a task, oldest first; at most 500."""
        ...

    def waiting(self, partner_ids: Collection[int], count: int) -> Sequence[PendingEvent]:
        """Give the oldest Out events that pulling partners did not confirm."""
        ...

    def looked_at(self, events: Collection[UUID]) -> None:
        """Count that these events were shown once more."""
        ...

    def confirm(self, partner_ids: Collection[int], event: UUID) -> bool | None:
        """Confirm an Out event; false: it was before; None: no such event.

        Raises:
            OutOfTurn: an earlier event of its ticket is not confirmed.
        """
        ...


class PartnerStore(Protocol):
    """Partners and the groups that lead to them; nothing is cached."""

    def some(self, ids: Collection[int]) -> Sequence[Partner]:
        """Load partners by id, in the order of their ids."""
        ...

    def group(self, group_id: int) -> PartnerGroup | None:
        """Load a group with its partner and the active versions of its processes.

        None: it never led to a partner.
        """
        ...

    def event_map(self) -> Mapping[EventCode, EventRule]:
        """Read the event map as the operator edited it."""
        ...

    def internal(self) -> int:
        """Give the id of the partner that is ourselves: mail, and processes that call nobody."""
        ...


class ReferenceStore(Protocol):
    """External references of tickets and tasks."""

    def hold(self, system_ids: Collection[int], reference: str) -> None:
        """Let nobody else judge or store this reference until the unit ends."""
        ...

    def holder(self, system_id: int, reference: str) -> tuple[int, int | None] | None:
        """Find ticket and task that hold a reference now."""
        ...

    def tasks(self, system_ids: Collection[int], reference: str) -> Sequence[int]:
        """Find the open tasks a reference may mean, at most two, else the one closed last."""
        ...

    def add(self, system_id: int, reference: str, ticket_id: int, task_id: int) -> None:
        """Store a reference of a task."""
        ...

    def release(self, task: Task) -> None:
        """Let others take the references of a task that ended."""
        ...


class AppStore(Protocol):
    """External apps; nothing is cached."""

    def find(self, code: str) -> ExternalApp | None:
        """Find an active app that makes tickets."""
        ...

    def requester(self, unique_id: str) -> UUID | None:
        """Find the active customer user of this unique id."""
        ...

    def keep(self, ticket: Ticket, values: Mapping[str, str]) -> None:
        """Write those of the values that are dynamic fields of text."""
        ...

    def ticket_number(self, ticket_id: int) -> str:
        """Give the number of a ticket that is there."""
        ...
