"""The unit of work: one command in one transaction, run again where that is harmless."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from typing import TypeVar

import psycopg
from sqlalchemy import Engine

from gateway import clock
from gateway.domain.assignment import WorkflowRules
from gateway.domain.catalog import CatalogRules
from gateway.errors import DeadlinePassed, OutcomeUnknown, Overtaken, TryLater
from gateway.repository.absences import AbsenceStore, BookingStore
from gateway.repository.apps import AppStore
from gateway.repository.attachments import AttachmentStore
from gateway.repository.cards import CardStore
from gateway.repository.catalog import CatalogStore
from gateway.repository.costs import CostStore
from gateway.repository.deliveries import Deliveries
from gateway.repository.entries import EntryStore
from gateway.repository.history import HistoryStore
from gateway.repository.idempotency import IdempotencyStore
from gateway.repository.inbound_mails import InboundMailStore
from gateway.repository.intake import IntakeStore
from gateway.repository.links import LinkStore
from gateway.repository.lists import ListStore
from gateway.repository.mail_keys import MailStore
from gateway.repository.mail_monitor import MailMonitorStore
from gateway.repository.merges import MergeStore
from gateway.repository.messages import MessageStore
from gateway.repository.numbers import NumberReserve, ReserveEmpty
from gateway.repository.outbox import Outbox
from gateway.repository.partners import PartnerStore
from gateway.repository.processes import ProcessStore
from gateway.repository.recorded import RecordedStore
from gateway.repository.references import ReferenceStore
from gateway.repository.reminders import ReminderStore
from gateway.repository.search import SearchStore
from gateway.repository.sheets import SheetStore
from gateway.repository.tasks import TaskStore
from gateway.repository.templates import TemplateStore
from gateway.repository.ticket_search import TicketSearchStore
from gateway.repository.tickets import TicketStore
from gateway.repository.transaction import Transaction, borrow, translated
from gateway.repository.whole import WholeStore
from gateway.repository.working_times import WorkingTimeStore
from gateway.usecases.ports import Call, Unit

T = TypeVar("T")

_TRIES = 4  # the first, and three more
_PAUSE_S = (0.020, 0.100)
# Two callers made the same row at once: the second run finds the first one's.
_FOUND_NEXT_TIME = (
    "_guid",
    "_number",
    "ix_external_reference_live",
    "ix_article_external_message_id",
    "ix_catalog_service_unique_id",
)


@dataclass(frozen=True, slots=True)
class UnitOfWork:
    """One transaction and its stores; writes are gathered and leave together at its end."""

    now: datetime
    workflow: WorkflowRules
    catalog_rules: CatalogRules
    catalog: CatalogStore
    tickets: TicketStore
    tasks: TaskStore
    references: ReferenceStore
    partners: PartnerStore
    apps: AppStore
    processes: ProcessStore
    entries: EntryStore
    intake: IntakeStore
    whole: WholeStore
    attachments: AttachmentStore
    times: WorkingTimeStore
    costs: CostStore
    monitor: MailMonitorStore
    inbound: InboundMailStore
    mails: MailStore
    lists: ListStore
    merges: MergeStore
    links: LinkStore
    reminders: ReminderStore
    templates: TemplateStore
    search: SearchStore
    ticket_search: TicketSearchStore
    bookings: BookingStore
    absences: AbsenceStore
    sheets: SheetStore
    cards: CardStore
    history: HistoryStore
    outbox: Outbox
    deliveries: Deliveries
    idempotency: IdempotencyStore
    messages: MessageStore
    recorded: RecordedStore


class UnitsOfWork:
    """Runs work in transactions."""

    def __init__(
        self,
        engine: Engine,
        numbers: NumberReserve,
        queued: Callable[[], None] = lambda: None,
        workflow: WorkflowRules | None = None,
        catalog: CatalogRules | None = None,
    ) -> None:
        self._engine = engine
        self._workflow = workflow or WorkflowRules()
        self._catalog = catalog or CatalogRules()
        self._queued = queued  # told after a commit that deliveries wait
        self._numbers = numbers
        self._pause = Event()

    def run(self, work: Callable[[Unit], T], call: Call) -> T:
        """Run the work in one transaction and commit, unless the call's deadline has passed.

        Raises:
            StorageAway: no connection, or it broke before the commit.
            TryLater: lock or statement time-out, pool empty.
            DeadlinePassed: too late to commit.
            OutcomeUnknown: the answer of COMMIT was lost.
        """
        doubtful = False  # a COMMIT was lost: from then on nobody may say that nothing changed
        last = _Again(TryLater())
        for _ in range(_TRIES):
            try:
                return self._once(work, call)
            except _Again as again:
                doubtful = doubtful or again.doubtful
                last = again
            except TryLater as refusal:
                if doubtful:
                    raise OutcomeUnknown from refusal
                raise
            self._pause.wait(random.uniform(*_PAUSE_S))  # noqa: S311 - spreads, hides nothing
        raise (OutcomeUnknown() if doubtful else last.error) from last

    def _once(self, work: Callable[[Unit], T], call: Call) -> T:
        _require_time(call)
        self._numbers.fill()
        current = borrow(self._engine)
        try:
            unit = self._unit(current)
            result = work(unit)
            current.flush()
            _require_time(call)
            if not call.may_commit():
                raise DeadlinePassed
            current.commit()
        except ReserveEmpty:
            raise _Again(TryLater()) from None
        except psycopg.Error as error:
            raise _judged(error, current) from error
        finally:
            current.end()
        call.settled(current.settled_ticket_id)
        if unit.deliveries.queued:
            self._queued()
        return result

    def _unit(self, current: Transaction) -> UnitOfWork:
        now = clock.now()
        return UnitOfWork(
            now=now,
            workflow=self._workflow,
            catalog_rules=self._catalog,
            catalog=CatalogStore(current, now),
            tickets=TicketStore(current, self._numbers, now),
            tasks=TaskStore(current, now),
            references=ReferenceStore(current, now),
            partners=PartnerStore(current),
            apps=AppStore(current),
            processes=ProcessStore(current),
            entries=EntryStore(current, now),
            intake=IntakeStore(current, now),
            whole=WholeStore(current),
            attachments=AttachmentStore(current, now),
            times=WorkingTimeStore(current, now),
            costs=CostStore(current, now),
            monitor=MailMonitorStore(current),
            inbound=InboundMailStore(current, now),
            mails=MailStore(current),
            lists=ListStore(current),
            merges=MergeStore(current, now),
            links=LinkStore(current, now),
            reminders=ReminderStore(current, now),
            templates=TemplateStore(current, now),
            search=SearchStore(current),
            ticket_search=TicketSearchStore(current),
            bookings=BookingStore(current),
            absences=AbsenceStore(current, now),
            sheets=SheetStore(current),
            cards=CardStore(current),
            history=HistoryStore(current, now),
            outbox=Outbox(current, now),
            deliveries=Deliveries(current),
            idempotency=IdempotencyStore(current, now),
            messages=MessageStore(current, now),
            recorded=RecordedStore(current),
        )


class _Again(Exception):
    """The unit is to be run again; ``error`` is what is raised when it was run often enough."""

    def __init__(self, error: Exception, *, doubtful: bool = False) -> None:
        self.error = error
        self.doubtful = doubtful
        super().__init__()


def _require_time(call: Call) -> None:
    if clock.monotonic_s() >= call.deadline_s:
        raise DeadlinePassed


def _judged(error: psycopg.Error, current: Transaction) -> Exception:
    """Decide what a failure of the database means for the unit."""
    plain = translated(error)
    if current.lost:
        doubtful = current.committing and current.wrote
        # With a record of the first answer a second run has no second effect.
        if doubtful and not current.remembers:
            return OutcomeUnknown()
        return _Again(plain, doubtful=doubtful)
    match error:
        case psycopg.errors.SerializationFailure() | psycopg.errors.DeadlockDetected():
            return _Again(plain)
        case psycopg.errors.UniqueViolation():
            name = error.diag.constraint_name or ""
            return _Again(Overtaken()) if name.endswith(_FOUND_NEXT_TIME) else plain
        case _:
            return plain
