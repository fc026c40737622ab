"""External app fields: what an event tells of a task and its ticket (SSP7 contract, 3.5)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from uuid import UUID
from zoneinfo import ZoneInfo

from gateway.domain.assignment import Direction, TaskState, WorkflowRules

# The six apps; their fields are interchangeable, so one table holds for all.
APPS = (
    "Ticketing.TaskAssignment",
    "Ticketing.TaskClosure",
    "Ticketing.TaskExternalAcknowledgement",
    "Ticketing.TaskExternalReassignment",
    "Ticketing.TaskExternalUpdateMessage",
    "Ticketing.TaskUpdateMessage",
)
# These two alone carry the text of an update message.
UPDATE_APPS = frozenset({"Ticketing.TaskExternalUpdateMessage", "Ticketing.TaskUpdateMessage"})
DYNAMIC = "Ticket_Field_"  # prefix of a field for each dynamic field of the ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCard:
    """A task with its ticket as they stand now, as they are shown to one partner.

    Of a main task subject, description and priority are the ticket's own.
    """

    id: int
    guid: UUID
    number: str
    main: bool
    subject: str
    description: str
    state: TaskState
    priority: int
    category: str
    group: str
    group_id: int | None
    person: str
    person_email: str
    created: datetime
    created_by: str
    changed: datetime
    target_date: datetime | None
    closed: datetime | None
    closed_by: str
    solution: str
    solution_code: str
    closed_by_partner: bool
    partner_id: int
    system: str
    reference: str
    acknowledged: datetime | None
    correlation_id: UUID | None
    ticket_id: int
    ticket_number: str
    ticket_title: str
    ticket_description: str
    ticket_state: str
    ticket_priority: int
    ticket_created: datetime
    ticket_closed: datetime | None
    requester: str
    requester_email: str
    requester_phone: str
    requester_unique_id: str
    dynamic: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateText:
    """The text of an event of the two apps that carry one."""

    id: UUID
    text: str
    author: str
    written: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that the fields of one event are made from."""

    card: TaskCard
    request_type: str
    direction: Direction
    rules: WorkflowRules
    update: UpdateText | None = None

    @property
    def url(self) -> str:
        """Give the address of the ticket for people."""
        return self.rules.ticket_url.replace("{id}", str(self.card.ticket_id))


Value = str | int | bool | datetime | None


@dataclass(frozen=True, slots=True)
class AppField:
    """One field: its full name, its name in words, its type, and how it is read."""

    name: str
    label: str
    type: str  # text, integer, boolean, time
    read: Callable[[Facts], Value]


def _field(
    name: str, read: Callable[[Facts], Value], kind: str = "text", label: str = ""
) -> AppField:
    return AppField(name, label or in_words(name), kind, read)


def in_words(name: str) -> str:
    """Give a name as people read it: ``Task_TargetDate`` is *Task target date*."""
    words = "".join(f" {c.lower()}" if c.isupper() else c for c in name.replace("_", ""))
    return words.strip().capitalize()


def _of_update(read: Callable[[UpdateText], Value]) -> Callable[[Facts], Value]:
    return lambda facts: None if facts.update is None else read(facts.update)


FIELDS: tuple[AppField, ...] = (
    _field("Task_ExternalRequestType", lambda f: f.request_type, label="external request type"),
    _field("Task_ExternalRequestDirection", lambda f: f.direction.value,
           label="external request direction"),
    _field("Task_ExternalReference", lambda f: f.card.reference,
           label="external reference number"),
    _field("Task_ExternalSystem", lambda f: f.card.system),
    _field("Task_ExternalClosed", lambda f: f.card.closed_by_partner, "boolean"),
    _field("Task_ExternalSolution", lambda f: f.card.solution),
    _field("Task_ExternalSolutionCode", lambda f: f.card.solution_code),
    _field("Task_ExternalAcknowledgedOn", lambda f: f.card.acknowledged, "time"),
    _field("Task_ExternalCorrelationId",
           lambda f: str(f.card.correlation_id) if f.card.correlation_id else ""),
    _field("Task_Id", lambda f: f.card.id, "integer"),
    _field("Task_Guid", lambda f: str(f.card.guid)),
    _field("Task_Number", lambda f: f"{f.card.ticket_number}-{f.card.number}"),
    _field("Task_Subject", lambda f: f.card.subject),
    _field("Task_Description", lambda f: f.card.description),
    _field("Task_Status", lambda f: f.card.state.value),
    _field("Task_Priority", lambda f: f.card.priority, "integer"),
    _field("Task_Category", lambda f: f.card.category),
    _field("Task_AssignedGroup", lambda f: f.card.group),
    _field("Task_AssignedGroupId", lambda f: f.card.group_id, "integer"),
    _field("Task_AssignedPerson", lambda f: f.card.person),
    _field("Task_AssignedPersonEmail", lambda f: f.card.person_email),
    _field("Task_CreatedOn", lambda f: f.card.created, "time"),
    _field("Task_CreatedBy", lambda f: f.card.created_by),
    _field("Task_TargetDate", lambda f: f.card.target_date, "time"),
    _field("Task_ClosedOn", lambda f: f.card.closed, "time"),
    _field("Task_ClosedBy", lambda f: f.card.closed_by),
    _field("Task_Solution", lambda f: f.card.solution),
    _field("Task_Url", lambda f: f.url),
    _field("Ticket_ProcessId", lambda f: f.card.ticket_id, "integer", "Process Id"),
    _field("Ticket_Number", lambda f: f.card.ticket_number),
    _field("Ticket_Subject", lambda f: f.card.ticket_title),
    _field("Ticket_Description", lambda f: f.card.ticket_description),
    _field("Ticket_Status", lambda f: f.card.ticket_state),
    _field("Ticket_Priority", lambda f: f.card.ticket_priority, "integer"),
    _field("Ticket_Category", lambda f: f.card.category),
    _field("Ticket_Requester", lambda f: f.card.requester),
    _field("Ticket_RequesterEmail", lambda f: f.card.requester_email),
    _field("Ticket_RequesterPhone", lambda f: f.card.requester_phone),
    _field("Ticket_RequesterUniqueId", lambda f: f.card.requester_unique_id),
    _field("Ticket_CreatedOn", lambda f: f.card.ticket_created, "time"),
    _field("Ticket_ClosedOn", lambda f: f.card.ticket_closed, "time"),
    _field("Ticket_Url", lambda f: f.url),
)  # fmt: skip

# Only in the two apps of update texts.
UPDATE_FIELDS: tuple[AppField, ...] = (
    _field("Task_UpdateMessage", _of_update(lambda u: u.text), label="update message text"),
    _field("Task_UpdateMessageAuthor", _of_update(lambda u: u.author)),
    _field("Task_UpdateMessageOn", _of_update(lambda u: u.written), "time"),
    _field("Task_UpdateMessageId", _of_update(lambda u: str(u.id))),
)

# Never in a snapshot: it would be a login kept for years. Made when a step runs.
HASH_FIELD = "Task_HashCheck"


def values(facts: Facts) -> dict[str, str]:
    """Give the fields of an event as texts, dynamic fields included."""
    zone = ZoneInfo(facts.rules.time_zone)
    return dict(_values(facts, zone))


def _values(facts: Facts, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    fields = FIELDS if facts.update is None else FIELDS + UPDATE_FIELDS
    for each in fields:
        yield each.name, in_text(each.read(facts), zone)
    for name, value in facts.card.dynamic.items():
        yield DYNAMIC + name, value


def in_text(value: Value, zone: ZoneInfo) -> str:
    """Write a value as placeholders and callers read it."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            moment = value.astimezone(zone).isoformat("T", "milliseconds")
            return moment.removesuffix("+00:00") + "Z" if moment.endswith("+00:00") else moment
        case _:
            return str(value)
