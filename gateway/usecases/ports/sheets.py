"""What people are shown of tickets: lines of a list, and all there is of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from gateway.domain.people import Principal
from gateway.usecases.ports.delivery_desk import DeliveryRow

Words = tuple[str, str]  # a caption, English and German


class Work(StrEnum):
    """What waits for somebody; as ``TicketCounts`` counts it."""

    UNASSIGNED = "unassigned"
    AT_PARTNERS = "at_partners"
    SOLUTIONS = "solutions"  # of partners, to be judged


@dataclass(frozen=True, slots=True, kw_only=True)
class FindTickets:
    """Which tickets: by number, id, external reference or a part of the title; newest first."""

    text: str = ""
    only_open: bool = False
    work: Work | None = None
    before: int | None = None  # id of the last one of the page before
    most: int = 50


@dataclass(frozen=True, slots=True)
class TicketLine:
    """A ticket in a list."""

    id: int
    number: str
    title: str
    state: Words
    state_type: str
    priority: Words
    queue: Words
    assignee: str
    changed: datetime


@dataclass(frozen=True, slots=True)
class ReferenceLine:
    """A number that another system gave the ticket or one of its tasks."""

    system: str
    reference: str
    task_id: int | None
    claim: str


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task of the ticket."""

    id: int
    number: str
    main: bool
    subject: str
    state: str
    group: str
    person: str
    partner: str  # code of the one it is or last was at
    partner_group: str
    acknowledged: datetime | None
    solution: str
    solution_code: str
    closed_by_partner: bool
    closed: datetime | None


@dataclass(frozen=True, slots=True)
class TicketSheet:
    """A ticket with its own fields, its references and its tasks."""

    id: int
    guid: UUID
    number: str
    version: int
    group_id: int
    title: str
    description: str
    state: Words
    state_type: str
    priority: Words
    type: Words | None
    category: Words | None
    queue: Words
    service: Words | None
    sla: Words | None
    impact: Words | None
    resolution: Words | None
    owner: UUID | None
    owner_name: str
    group: UUID | None
    group_name: str
    responsible: str
    customer: str
    customer_user: str
    keywords: str
    pending_until: datetime | None
    closed: datetime | None
    created: datetime
    created_by: str
    changed: datetime
    changed_by: str
    merged_into: int | None
    dynamic: Mapping[str, str]
    references: Sequence[ReferenceLine]
    tasks: Sequence[TaskLine]


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file, without its content."""

    name: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class EntryLine:
    """An article of the ticket, whatever its kind."""

    guid: UUID
    number: int
    kind: str
    task_id: int | None
    direction: str | None
    author: str
    subject: str
    text: str
    visible: bool
    created: datetime
    files: Sequence[FileLine]


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One line of what happened to the ticket."""

    id: int
    created: datetime
    who: str
    dialect: str
    operation: str
    kind: str
    text: str
    old: str
    new: str
    message: int | None  # number of the one that did it


@dataclass(frozen=True, slots=True)
class EventLine:
    """An event of a task, as a partner is told or told us."""

    guid: UUID
    code: str
    request_type: str
    direction: str
    app: str
    partner: str
    task_id: int | None
    sequence: int
    occurred: datetime
    confirmed: datetime | None


@dataclass(frozen=True, slots=True)
class EventSheet:
    """An event with the fields it carries."""

    ticket_id: int | None
    ticket_number: str
    group_id: int | None
    line: EventLine
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TicketCounts:
    """How many tickets and tasks there are to work on; above 1000 it is 1001."""

    open: int
    unassigned: int
    at_partners: int
    solutions: int  # of partners, to be judged


@dataclass(frozen=True, slots=True)
class PartyLine:
    """Whom a task can be assigned to."""

    guid: UUID
    is_group: bool
    name: str
    partner: str  # code of the partner whom an Integrated Group leads to


class SheetStore(Protocol):
    """What people read; each is one bounded statement, and shows what the principal may see."""

    def find(self, principal: Principal, wanted: FindTickets) -> Sequence[TicketLine]:
        """Find tickets, newest first; one more than wanted if there are more."""
        ...

    def get(self, principal: Principal, ticket_id: int) -> TicketSheet | None:
        """Read a ticket that is to be seen."""
        ...

    def entries(self, ticket_id: int) -> Sequence[EntryLine]:
        """List the newest 200 articles but the description, newest first, texts cut at 32 000."""
        ...

    def history(self, ticket_id: int) -> Sequence[HistoryRow]:
        """List the newest 200 lines, newest first."""
        ...

    def events(self, ticket_id: int) -> Sequence[EventLine]:
        """List the newest 200 events of the tasks, newest first."""
        ...

    def deliveries(self, ticket_id: int) -> Sequence[tuple[DeliveryRow, Sequence[str]]]:
        """List the newest 200 deliveries, newest first, with the logs of public processes."""
        ...

    def event(self, guid: UUID) -> EventSheet | None:
        """Read an event with its fields."""
        ...

    def counts(self, principal: Principal) -> TicketCounts:
        """Count what the principal may see."""
        ...

    def parties(self) -> Sequence[PartyLine]:
        """List the active groups, then the active agents, each by name; at most 5000."""
        ...

    def tasks_at(self, group_id: int) -> int:
        """Count the tasks that are at a partner through this group; above 1000 it is 1001."""
        ...
