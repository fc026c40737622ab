"""What the use cases ask of the world: storage, passwords, a unit of work.

Stores: ``get`` raises, ``find`` may give None, ``list`` is bounded, ``lock`` holds to the end of
the transaction.
"""

from gateway.domain.process import Retry
from gateway.usecases.ports.accounts import (
    AccountStore,
    Credential,
    NewSession,
    Passwords,
    SessionCard,
    SessionStore,
)
from gateway.usecases.ports.attached import (
    AttachmentStore,
    CostStore,
    MailMonitorStore,
    WorkingTimeStore,
)
from gateway.usecases.ports.calls import Call
from gateway.usecases.ports.deliveries import (
    Backlog,
    Circuit,
    Claimed,
    Deliveries,
    DeliveryStore,
    Done,
    Echo,
    Exchange,
    Hints,
    Lease,
    LeaseLost,
    Permanent,
    Progress,
    Result,
    Runner,
    Settled,
    State,
    Transient,
    Verdict,
    Waiting,
)
from gateway.usecases.ports.delivery_desk import AttemptRow, DeliveryDesk, DeliveryRow, Wanted
from gateway.usecases.ports.entries import EntryStore
from gateway.usecases.ports.lists import LISTS, ListStore
from gateway.usecases.ports.mail import MailFile, MailStore, OutgoingArticle
from gateway.usecases.ports.messages import ClosedMessage, MessageLog, OpenedMessage
from gateway.usecases.ports.records import (
    HistoryStore,
    IdempotencyStore,
    MessageStore,
    Outbox,
    Remembered,
)
from gateway.usecases.ports.relations import (
    LINKED_COLUMNS,
    TEMPLATE_COLUMNS,
    LinkedObject,
    LinkStore,
    MergeStore,
    ReminderStore,
    SearchStore,
    TemplateStore,
)
from gateway.usecases.ports.tasks import AppStore, PartnerStore, ReferenceStore, TaskStore
from gateway.usecases.ports.tickets import TICKET_COLUMNS, TicketStore
from gateway.usecases.ports.units import Unit, Units

__all__ = [
    "LINKED_COLUMNS",
    "LISTS",
    "TEMPLATE_COLUMNS",
    "TICKET_COLUMNS",
    "AccountStore",
    "AppStore",
    "AttachmentStore",
    "AttemptRow",
    "Backlog",
    "Call",
    "Circuit",
    "Claimed",
    "ClosedMessage",
    "CostStore",
    "Credential",
    "Deliveries",
    "DeliveryDesk",
    "DeliveryRow",
    "DeliveryStore",
    "Done",
    "Echo",
    "EntryStore",
    "Exchange",
    "Hints",
    "HistoryStore",
    "IdempotencyStore",
    "Lease",
    "LeaseLost",
    "LinkStore",
    "LinkedObject",
    "ListStore",
    "MailFile",
    "MailMonitorStore",
    "MailStore",
    "MergeStore",
    "MessageLog",
    "MessageStore",
    "NewSession",
    "OpenedMessage",
    "Outbox",
    "OutgoingArticle",
    "PartnerStore",
    "Passwords",
    "Permanent",
    "Progress",
    "ReferenceStore",
    "Remembered",
    "ReminderStore",
    "Result",
    "Retry",
    "Runner",
    "SearchStore",
    "SessionCard",
    "SessionStore",
    "Settled",
    "State",
    "TaskStore",
    "TemplateStore",
    "TicketStore",
    "Transient",
    "Unit",
    "Units",
    "Verdict",
    "Waiting",
    "Wanted",
    "WorkingTimeStore",
]
