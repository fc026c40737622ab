"""The unit of work: one transaction and its stores."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeVar

from gateway.domain.assignment import WorkflowRules
from gateway.usecases.ports.attached import (
    AttachmentStore,
    CostStore,
    MailMonitorStore,
    WorkingTimeStore,
)
from gateway.usecases.ports.calls import Call
from gateway.usecases.ports.deliveries import Deliveries
from gateway.usecases.ports.entries import EntryStore
from gateway.usecases.ports.lists import ListStore
from gateway.usecases.ports.records import HistoryStore, IdempotencyStore, MessageStore, Outbox
from gateway.usecases.ports.relations import (
    LinkStore,
    MergeStore,
    ReminderStore,
    SearchStore,
    TemplateStore,
)
from gateway.usecases.ports.tasks import AppStore, PartnerStore, ReferenceStore, TaskStore
from gateway.usecases.ports.tickets import TicketStore

T = TypeVar("T")


class Unit(Protocol):
    """One transaction and its stores. Writes may be gathered until the end of the unit."""

    @property
    def now(self) -> datetime:
        """The time of this unit: every record of it carries the same."""
        ...

    @property
    def workflow(self) -> WorkflowRules:
        """What the operator set for tasks and partners."""
        ...

    @property
    def tickets(self) -> TicketStore: ...  # noqa: D102
    @property
    def tasks(self) -> TaskStore: ...  # noqa: D102
    @property
    def references(self) -> ReferenceStore: ...  # noqa: D102
    @property
    def partners(self) -> PartnerStore: ...  # noqa: D102
    @property
    def apps(self) -> AppStore: ...  # noqa: D102
    @property
    def entries(self) -> EntryStore: ...  # noqa: D102
    @property
    def attachments(self) -> AttachmentStore: ...  # noqa: D102
    @property
    def times(self) -> WorkingTimeStore: ...  # noqa: D102
    @property
    def costs(self) -> CostStore: ...  # noqa: D102
    @property
    def monitor(self) -> MailMonitorStore: ...  # noqa: D102
    @property
    def lists(self) -> ListStore: ...  # noqa: D102
    @property
    def merges(self) -> MergeStore: ...  # noqa: D102
    @property
    def links(self) -> LinkStore: ...  # noqa: D102
    @property
    def reminders(self) -> ReminderStore: ...  # noqa: D102
    @property
    def templates(self) -> TemplateStore: ...  # noqa: D102
    @property
    def search(self) -> SearchStore: ...  # noqa: D102
    @property
    def history(self) -> HistoryStore: ...  # noqa: D102
    @property
    def outbox(self) -> Outbox: ...  # noqa: D102
    @property
    def deliveries(self) -> Deliveries: ...  # noqa: D102
    @property
    def idempotency(self) -> IdempotencyStore: ...  # noqa: D102
    @property
    def messages(self) -> MessageStore: ...  # noqa: D102


class Units(Protocol):
    """Runs work in transactions."""

    def run(self, work: Callable[[Unit], T], call: Call) -> T:
        """Run the work in one transaction and commit, unless the call's deadline has passed.

        Runs again from the start, at most 3 times, 20 to 100 ms apart, on serialisation failure,
        deadlock, a connection lost before COMMIT, or a unique violation on guid, number or
        reference.

        Raises:
            StorageAway: no connection, or it broke before the commit.
            TryLater: lock or statement time-out, pool empty.
            DeadlinePassed: too late to commit.
            OutcomeUnknown: the answer of COMMIT was lost.
        """
        ...
