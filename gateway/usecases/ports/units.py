"""The unit of work: one transaction and its stores."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeVar

from gateway.domain.assignment import WorkflowRules
from gateway.domain.catalog import CatalogRules
from gateway.usecases.ports.absences import AbsenceStore, BookingStore
from gateway.usecases.ports.attached import (
    AttachmentStore,
    CostStore,
    MailMonitorStore,
    WorkingTimeStore,
)
from gateway.usecases.ports.calls import Call
from gateway.usecases.ports.cards import CardStore
from gateway.usecases.ports.catalog import CatalogStore
from gateway.usecases.ports.deliveries import Deliveries
from gateway.usecases.ports.entries import EntryStore
from gateway.usecases.ports.inbound_mails import InboundMailStore
from gateway.usecases.ports.intake import IntakeStore
from gateway.usecases.ports.lists import ListStore
from gateway.usecases.ports.mail import MailStore
from gateway.usecases.ports.processes import ProcessStore
from gateway.usecases.ports.recorded import RecordedStore
from gateway.usecases.ports.records import HistoryStore, IdempotencyStore, MessageStore, Outbox
from gateway.usecases.ports.relations import (
    LinkStore,
    MergeStore,
    ReminderStore,
    SearchStore,
    TemplateStore,
)
from gateway.usecases.ports.sheets import SheetStore
from gateway.usecases.ports.tasks import AppStore, PartnerStore, ReferenceStore, TaskStore
from gateway.usecases.ports.ticket_search import TicketSearchStore
from gateway.usecases.ports.tickets import TicketStore
from gateway.usecases.ports.whole import WholeStore

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
    def catalog_rules(self) -> CatalogRules:
        """What the operator set for the service catalog."""
        ...

    @property
    def catalog(self) -> CatalogStore: ...
    @property
    def tickets(self) -> TicketStore: ...
    @property
    def tasks(self) -> TaskStore: ...
    @property
    def references(self) -> ReferenceStore: ...
    @property
    def partners(self) -> PartnerStore: ...
    @property
    def apps(self) -> AppStore: ...
    @property
    def processes(self) -> ProcessStore: ...
    @property
    def entries(self) -> EntryStore: ...
    @property
    def intake(self) -> IntakeStore: ...
    @property
    def whole(self) -> WholeStore: ...
    @property
    def attachments(self) -> AttachmentStore: ...
    @property
    def times(self) -> WorkingTimeStore: ...
    @property
    def costs(self) -> CostStore: ...
    @property
    def monitor(self) -> MailMonitorStore: ...
    @property
    def inbound(self) -> InboundMailStore: ...
    @property
    def mails(self) -> MailStore: ...
    @property
    def lists(self) -> ListStore: ...
    @property
    def merges(self) -> MergeStore: ...
    @property
    def links(self) -> LinkStore: ...
    @property
    def reminders(self) -> ReminderStore: ...
    @property
    def templates(self) -> TemplateStore: ...
    @property
    def search(self) -> SearchStore: ...
    @property
    def ticket_search(self) -> TicketSearchStore: ...
    @property
    def bookings(self) -> BookingStore: ...
    @property
    def absences(self) -> AbsenceStore: ...
    @property
    def sheets(self) -> SheetStore: ...
    @property
    def cards(self) -> CardStore: ...
    @property
    def history(self) -> HistoryStore: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def deliveries(self) -> Deliveries: ...
    @property
    def idempotency(self) -> IdempotencyStore: ...
    @property
    def messages(self) -> MessageStore: ...
    @property
    def recorded(self) -> RecordedStore: ...


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
