"""The storage of the use cases in memory: one transaction at a time, rolled back on an error."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5

from gateway.domain.assignment import Task, WorkflowRules
from gateway.domain.commands import ObjectKind
from gateway.domain.entries import (
    Article,
    Attachment,
    Cost,
    Mail,
    NewArticle,
    NewWorkingTime,
    Reminder,
)
from gateway.domain.events import Event
from gateway.domain.people import Assignable, PartyKind, Permission, Principal
from gateway.domain.search import StoredQuery
from gateway.domain.template import Template
from gateway.domain.ticket import Difference, HistoryLine, StateType, Ticket
from gateway.domain.values import Key, Row
from gateway.domain.views import (
    Caption,
    CategoryView,
    HelpdeskSettings,
    Listed,
    Page,
    TicketView,
)
from gateway.usecases.ports import LISTS, TICKET_COLUMNS, Call, Remembered, Unit
from tests.kit.memory_entries import (
    AttachmentStore,
    CostStore,
    MailMonitorStore,
    WorkingTimeStore,
)
from tests.kit.memory_relations import (
    LinkStore,
    MergeStore,
    ReminderStore,
    SearchStore,
    TemplateStore,
)
from tests.kit.memory_tasks import ReferenceStore, TaskStore

T = TypeVar("T")

START = datetime(2025, 6, 27, 9, 16, tzinfo=UTC)
_KEPT_FOR = timedelta(hours=24)
_SPACE = uuid5(NAMESPACE_URL, "urn:ticket-gateway:tests")


class UniqueViolation(Exception):
    """What a unique index of the database would refuse."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A ticket with what the database knows of it beside its own fields."""

    ticket: Ticket
    creator: Row | None
    created: datetime
    changed: datetime


@dataclass(slots=True)
class Tables:
    """Everything that a rollback takes back."""

    lists: dict[str, list[Row]] = field(default_factory=dict)
    categories: list[CategoryView] = field(default_factory=list)
    parties: dict[UUID, Assignable] = field(default_factory=dict)
    settings: HelpdeskSettings = field(default_factory=HelpdeskSettings)
    tickets: dict[UUID, Stored] = field(default_factory=dict)
    tasks: dict[int, Task] = field(default_factory=dict)
    articles: dict[UUID, Article] = field(default_factory=dict)
    working_times: dict[UUID, tuple[int, NewWorkingTime]] = field(default_factory=dict)
    reminders: dict[int, Reminder] = field(default_factory=dict)
    fired: set[int] = field(default_factory=set)  # tickets whose reminder was told of
    templates: dict[UUID, Template] = field(default_factory=dict)
    template_entries: dict[UUID, tuple[list[timedelta], list[Decimal]]] = field(
        default_factory=dict
    )
    queries: dict[UUID, StoredQuery] = field(default_factory=dict)
    ticket_links: set[frozenset[int]] = field(default_factory=set)
    object_links: set[tuple[int, str, UUID]] = field(default_factory=set)
    registry: dict[tuple[ObjectKind, UUID], bool] = field(default_factory=dict)
    costs: dict[UUID, Cost] = field(default_factory=dict)
    attachments: dict[UUID, Attachment] = field(default_factory=dict)
    contents: dict[UUID, bytes] = field(default_factory=dict)
    mails: dict[UUID, Mail] = field(default_factory=dict)
    history: list[tuple[int, HistoryLine, str]] = field(default_factory=list)
    events: list[tuple[int, Event]] = field(default_factory=list)
    deliveries: list[dict[str, object]] = field(default_factory=list)
    keys: dict[tuple[int, str, str], tuple[datetime, Remembered | None]] = field(
        default_factory=dict
    )
    settled: list[tuple[str, int | None]] = field(default_factory=list)

    def copied(self) -> "Tables":
        """Copy the containers; the records in them are frozen."""
        return Tables(**{each.name: copy(getattr(self, each.name)) for each in fields(self)})

    def row(self, list_name: str, key: Key) -> Row:
        """Give a row that a test knows to be there."""
        return _found(self.lists[list_name], list_name, key)[0]


class Memory:
    """Runs units of work on tables; ``committed`` tells how the last one ended.

    ``trips`` names the reads and writes of the last unit that wait for the database.
    """

    def __init__(self) -> None:
        self.tables = seeded()
        self.committed = False
        self.trips: list[str] = []
        self.now = START
        self._numbers = count(1)

    def run(self, work: Callable[[Unit], T], call: Call) -> T:
        """Run the work; what it wrote is gone if it raises."""
        self.committed = False
        self.trips = []
        unit = MemoryUnit(self.tables.copied(), self.now, self.trips, self._numbers)
        result = work(unit)
        self.tables = unit.tables
        self.committed = True
        call.settled(self.tables.settled[-1][1] if self.tables.settled else None)
        return result

    def ticket(self, guid: UUID) -> Ticket:
        """Give a ticket as it was committed."""
        return self.tables.tickets[guid].ticket

    def kinds(self) -> list[str]:
        """Name the events that were committed, in order."""
        return [event.kind.value for _, event in self.tables.events]

    def lines(self, kind: str | None = None) -> list[HistoryLine]:
        """Give the history that was committed, in order."""
        return [line for _, line, _ in self.tables.history if kind in (None, line.kind)]


class MemoryUnit:
    """One transaction: all stores over the same tables."""

    def __init__(
        self, tables: Tables, now: datetime, trips: list[str], numbers: "count[int]"
    ) -> None:
        self.tables = tables
        self.now = now
        self.tickets = TicketStore(self, trips, numbers)
        self.workflow = WorkflowRules()
        self.tasks = TaskStore(self, trips)
        self.references = ReferenceStore()
        self.entries = EntryStore(self, trips)
        self.attachments = AttachmentStore(self, trips)
        self.times = WorkingTimeStore(self, trips)
        self.costs = CostStore(self, trips)
        self.monitor = MailMonitorStore(self, trips)
        self.lists = ListStore(self, trips)
        self.merges = MergeStore(self, trips)
        self.links = LinkStore(self, trips)
        self.reminders = ReminderStore(self, trips)
        self.templates = TemplateStore(self, trips)
        self.search = SearchStore(self, trips)
        self.history = HistoryStore(self)
        self.outbox = Outbox(self)
        self.deliveries = Deliveries(self)
        self.idempotency = IdempotencyStore(self, trips)
        self.messages = MessageStore(self)


class TicketStore:
    """Tickets by guid."""

    def __init__(self, unit: MemoryUnit, trips: list[str], numbers: "count[int]") -> None:
        self._unit, self._trips, self._numbers = unit, trips, numbers

    def lock(self, guid: UUID) -> Ticket | None:
        return self.lock_all([guid]).get(guid)

    def lock_all(self, guids: Collection[UUID]) -> dict[UUID, Ticket]:
        self._trips.append("lock")
        stored = [self._unit.tables.tickets.get(guid) for guid in guids]
        return {each.ticket.guid: self._described(each.ticket) for each in stored if each}

    def view(self, guid: UUID, principal: Principal) -> TicketView | None:
        self._trips.append("view")
        tables = self._unit.tables
        stored = tables.tickets.get(guid)
        while stored is not None and stored.ticket.merged_into is not None:
            stored = tables.tickets.get(stored.ticket.merged_into)
        if stored is None or not _visible(stored.ticket, principal):
            return None
        return _view(stored, guid, tables)

    def create(self, ticket: Ticket, call: Call) -> Ticket:
        self._trips.append("create")
        tables = self._unit.tables
        if ticket.guid in tables.tickets:
            raise UniqueViolation("ticket_guid")
        number = next(self._numbers)
        made = replace(ticket, id=number, number=f"20250627{number:06}", version=1, description="")
        creator = _agent(tables, call)
        now = self._unit.now
        tables.tickets[made.guid] = Stored(made, creator, now, now)
        return made

    def update(self, ticket: Ticket, differences: Sequence[Difference], call: Call) -> None:
        del call
        if differences:
            self._put(replace(ticket, description=""))

    def touch(self, ticket: Ticket, call: Call) -> None:
        del call
        self._put(replace(ticket, version=ticket.version + 1, description=""))

    def page(
        self,
        principal: Principal,
        *,
        guids: Sequence[UUID] | None,
        offset: int,
        count: int,
        with_total: bool,
    ) -> Page:
        self._trips.append("page")
        tables = self._unit.tables
        views = [self.view(guid, principal) for guid in (guids or tables.tickets)]
        shown = {
            view.id: _columns(view)
            for view in views
            if view is not None and (guids is not None or view.merged_into is None)
        }
        rows = [shown[number] for number in sorted(shown)]
        total = len(rows) if with_total else None
        return Page(
            TICKET_COLUMNS, rows[offset : offset + count], len(rows) > offset + count, total
        )

    def columns(self, view: TicketView) -> tuple[object, ...]:
        """Give a row of a page."""
        return _columns(view)

    def _described(self, ticket: Ticket) -> Ticket:
        text = _description(self._unit.tables, ticket.id)
        return replace(ticket, description=text.html if text else "")

    def _put(self, ticket: Ticket) -> None:
        stored = self._unit.tables.tickets[ticket.guid]
        self._unit.tables.tickets[ticket.guid] = replace(
            stored, ticket=ticket, changed=self._unit.now
        )


class EntryStore:
    """Articles, working times and reminders."""

    def __init__(self, unit: MemoryUnit, trips: list[str]) -> None:
        self._unit, self._trips = unit, trips

    def find_article(self, guid: UUID) -> tuple[Article, UUID] | None:
        self._trips.append("find_article")
        article = self._unit.tables.articles.get(guid)
        if article is None or article.is_description:
            return None
        owner = next(
            stored.ticket
            for stored in self._unit.tables.tickets.values()
            if stored.ticket.id == article.ticket_id
        )
        return article, owner.guid

    def articles(self, ticket_id: int) -> Listed[Article]:
        self._trips.append("articles")
        own = [
            article
            for article in self._unit.tables.articles.values()
            if article.ticket_id == ticket_id and not article.is_description
        ]
        return Listed(own, len(own))

    def newest_articles(self, ticket_id: int) -> Listed[Article]:
        self._trips.append("newest_articles")
        newest = sorted(
            (
                article
                for article in self._unit.tables.articles.values()
                if article.ticket_id == ticket_id and not article.is_description
            ),
            key=lambda article: (article.created, article.id),
            reverse=True,
        )
        return Listed(newest, len(newest))

    def delete_article(self, article: Article) -> None:
        del self._unit.tables.articles[article.guid]

    def article_taken(self, guid: UUID) -> bool:
        self._trips.append("article_taken")
        return guid in self._unit.tables.articles

    def working_time_taken(self, guid: UUID) -> bool:
        self._trips.append("working_time_taken")
        return guid in self._unit.tables.working_times

    def add_article(self, ticket: Ticket, article: NewArticle, call: Call) -> None:
        tables, now = self._unit.tables, self._unit.now
        if article.guid in tables.articles:
            raise UniqueViolation("article_guid")
        tables.articles[article.guid] = Article(
            id=len(tables.articles) + 1,
            guid=article.guid,
            ticket_id=ticket.id,
            plain=article.plain,
            html=article.html,
            kind=article.kind,
            visible=article.visible,
            creator=_agent(tables, call),
            is_description=article.is_description,
            created=now,
            changed=now,
        )

    def edit_article(self, article: Article, call: Call) -> None:
        del call
        self._unit.tables.articles[article.guid] = replace(article, changed=self._unit.now)

    def put_description(self, ticket: Ticket, plain: str, html: str, call: Call) -> None:
        present = _description(self._unit.tables, ticket.id)
        if present is not None:
            self.edit_article(replace(present, plain=plain, html=html), call)
        elif plain or html:
            guid = uuid5(_SPACE, f"description:{ticket.guid}")
            text = NewArticle(guid=guid, plain=plain, html=html, is_description=True)
            self.add_article(ticket, text, call)

    def add_working_time(self, ticket: Ticket, time: NewWorkingTime, call: Call) -> None:
        del call
        if time.guid in self._unit.tables.working_times:
            raise UniqueViolation("working_time_guid")
        self._unit.tables.working_times[time.guid] = (ticket.id, time)

    def delete_reminder(self, ticket: Ticket) -> None:
        self._unit.tables.reminders.pop(ticket.id, None)


class ListStore:
    """The seeded lists."""

    def __init__(self, unit: MemoryUnit, trips: list[str]) -> None:
        self._unit, self._trips = unit, trips

    def resolve(self, wanted: Mapping[str, Sequence[Key]]) -> Mapping[tuple[str, Key], Row]:
        self._trips.append("resolve")
        assert set(wanted) <= set(LISTS)
        rows = self._unit.tables.lists
        return {
            (name, key): row
            for name, keys in wanted.items()
            for key in keys
            for row in _found(rows.get(name, []), name, key)
        }

    def categories(self) -> Listed[CategoryView]:
        self._trips.append("categories")
        return _listed(sorted(self._unit.tables.categories, key=lambda each: each.path_en))

    def resolutions(self) -> Listed[Caption]:
        self._trips.append("resolutions")
        active = [row for row in self._unit.tables.lists["resolution"] if row.active]
        active.sort(key=lambda row: row.en)
        return _listed([Caption(row.guid, row.en, row.de) for row in active])

    def assignable(self, principal: Principal) -> Listed[Assignable]:
        self._trips.append("assignable")
        tables = self._unit.tables
        mine = {
            row.en
            for row in tables.lists["group"]
            if row.active and principal.may(Permission.RW, row.id)
        }
        active = {
            row.guid for name in ("agent", "group") for row in tables.lists[name] if row.active
        }
        listed = [
            party
            for party in tables.parties.values()
            if party.guid in active
            and mine & {party.name if party.kind is PartyKind.GROUP else "", *party.roles}
        ]
        listed.sort(key=lambda party: (party.kind is PartyKind.GROUP, party.name))
        return _listed(listed)

    def helpdesk_settings(self) -> HelpdeskSettings:
        self._trips.append("helpdesk_settings")
        return self._unit.tables.settings


def _listed(rows: list[T]) -> Listed[T]:
    return Listed(rows[:5000], len(rows))


class HistoryStore:
    """History lines in the order they were written."""

    def __init__(self, unit: MemoryUnit) -> None:
        self._unit = unit

    def add(self, ticket: Ticket, lines: Sequence[HistoryLine], call: Call) -> None:
        self._unit.tables.history += [(ticket.id, line, call.operation) for line in lines]


class Outbox:
    """Events in the order they were written."""

    def __init__(self, unit: MemoryUnit) -> None:
        self._unit = unit

    def add(self, ticket: Ticket, events: Sequence[Event], call: Call) -> None:
        del call
        self._unit.tables.events += [(ticket.id, event) for event in events]


class Deliveries:
    """Deliveries in the order they were queued, each as the arguments it was queued with."""

    def __init__(self, unit: MemoryUnit) -> None:
        self._unit = unit

    def enqueue(self, **delivery: object) -> None:
        self._unit.tables.deliveries.append(delivery)


class IdempotencyStore:
    """First answers, for 24 hours."""

    def __init__(self, unit: MemoryUnit, trips: list[str]) -> None:
        self._unit, self._trips = unit, trips

    def claim(self, call: Call, key: str) -> Remembered | None:
        self._trips.append("claim")
        known = self._living(call, key)
        if known is None:
            self._keys[_named(call, key)] = (self._unit.now, None)
        return known

    def find(self, call: Call, key: str) -> Remembered | None:
        self._trips.append("find")
        return self._living(call, key)

    def remember(self, call: Call, key: str, remembered: Remembered) -> None:
        self._keys[_named(call, key)] = (self._unit.now, remembered)

    def forget(self, call: Call, subject: UUID) -> None:
        self.forget_each(call, [subject])

    def find_each(self, call: Call, subjects: Collection[UUID]) -> frozenset[UUID]:
        self._trips.append("find_each")
        return frozenset(each for each in subjects if self._living(call, _of_batch(call, each)))

    def remember_each(self, call: Call, subjects: Collection[UUID], kind: str) -> None:
        for each in subjects:
            self.remember(call, _of_batch(call, each), Remembered(call.digest, {}, each, kind))

    def forget_each(self, call: Call, subjects: Collection[UUID]) -> None:
        account = call.principal.account_id
        for name, (_, known) in list(self._keys.items()):
            if name[0] == account and known is not None and known.subject in subjects:
                del self._keys[name]

    @property
    def _keys(self) -> dict[tuple[int, str, str], tuple[datetime, Remembered | None]]:
        return self._unit.tables.keys

    def _living(self, call: Call, key: str) -> Remembered | None:
        since, known = self._keys.get(_named(call, key), (self._unit.now, None))
        return known if self._unit.now - since < _KEPT_FOR else None


class MessageStore:
    """The outcomes of messages."""

    def __init__(self, unit: MemoryUnit) -> None:
        self._unit = unit

    def settle(self, call: Call, ticket_id: int | None) -> None:
        self._unit.tables.settled.append((call.operation, ticket_id))


# --- the seeded lists -----------------------------------------------------------------------


def guid_of(list_name: str, name: str) -> UUID:
    """Give the guid of a seeded row."""
    return uuid5(_SPACE, f"{list_name}:{name}")


def seeded() -> Tables:
    """Fill the lists with what the contracts name, and one inactive row of each kind."""
    categories = _rows("category", ("Hardware", "Hardware / Printer", "Software"), ("Gone",))
    tables = Tables(
        lists={
            "state": [
                *_states(),
                Row(90, guid_of("state", "old"), "old", "alt", active=False, kind="open"),
            ],
            "priority": _rows("priority", [f"{n}" for n in range(1, 6)]),
            "queue": [
                replace(row, kind=str(group))
                for row, group in zip(
                    _rows("queue", ("Raw", "Postmaster", "Secret")), (1, 1, 2), strict=True
                )
            ],
            "type": _rows("type", ("Unclassified",)),
            "category": categories,
            "impact": _rows("impact", ("one person", "everybody"), ("nobody",)),
            "resolution": _rows("resolution", ("solved", "not reproducible"), ("guessed",)),
            "template": _rows("template", ("New computer",), ("Old computer",)),
            "agent": _rows("agent", ("admin", "Ada", "Bert"), ("Gone",)),
            "group": _rows("group", ("users", "secret", "printers"), ("dissolved",)),
            "customer": _rows("customer", ("Example Ltd", "Other Ltd")),
            "customer_user": [
                replace(row, kind=company)
                for row, company in zip(
                    _rows("customer_user", ("Carla", "Dora", "Emil"), ("Fred",)),
                    ("1", "2", "", "1"),
                    strict=True,
                )
            ],
        },
        categories=[_category(row) for row in categories if row.active],
    )
    tables.parties = {party.guid: party for party in _parties(tables)}
    return tables


def _states() -> list[Row]:
    named = (
        ("new", "neu", StateType.NEW),
        ("open", "offen", StateType.OPEN),
        ("pending reminder", "warten zur Erinnerung", StateType.PENDING_REMINDER),
        ("closed successful", "erfolgreich geschlossen", StateType.CLOSED),
        ("closed unsuccessful", "erfolglos geschlossen", StateType.CLOSED),
        ("merged", "zusammengefasst", StateType.MERGED),
        ("removed", "entfernt", StateType.REMOVED),
    )
    return [
        Row(number, guid_of("state", en), en, de, kind=kind)
        for number, (en, de, kind) in enumerate(named, 1)
    ]


def _rows(list_name: str, names: Iterable[str], inactive: Iterable[str] = ()) -> list[Row]:
    active = [(name, True) for name in names]
    return [
        Row(number, guid_of(list_name, name), name, name, active=is_active)
        for number, (name, is_active) in enumerate([*active, *((n, False) for n in inactive)], 1)
    ]


def _category(row: Row) -> CategoryView:
    above, _, name = row.en.rpartition(" / ")
    parent = guid_of("category", above) if above else None
    return CategoryView(row.guid, parent, name, name, row.en, row.de)


def _parties(tables: Tables) -> Iterable[Assignable]:
    for row in tables.lists["agent"]:
        roles = ("secret",) if row.en == "Bert" else ("printers", "users")
        directory = row.en == "Ada"
        mail = f"{row.en.lower()}@example.com"
        yield Assignable(row.guid, PartyKind.AGENT, row.en, "", mail, directory, roles)
    for row in tables.lists["group"]:
        yield Assignable(row.guid, PartyKind.GROUP, row.en, f"All of {row.en}", "")


# --- reading --------------------------------------------------------------------------------


def _found(rows: Sequence[Row], list_name: str, key: Key) -> list[Row]:
    del list_name
    return [row for row in rows if key in (row.guid, row.id, row.en)][:1]


def _agent(tables: Tables, call: Call) -> Row | None:
    number = call.principal.agent_id
    return next((row for row in tables.lists["agent"] if row.id == number), None)


def _description(tables: Tables, ticket_id: int) -> Article | None:
    return next(
        (
            article
            for article in tables.articles.values()
            if article.ticket_id == ticket_id and article.is_description
        ),
        None,
    )


def _visible(ticket: Ticket, principal: Principal) -> bool:
    return ticket.state_type is not StateType.REMOVED and principal.may(
        Permission.RO, ticket.group_id
    )


def _view(stored: Stored, asked_for: UUID, tables: Tables) -> TicketView:
    ticket = stored.ticket
    text = _description(tables, ticket.id)
    party = ticket.owner or ticket.assigned_group
    reminder = tables.reminders.get(ticket.id)
    minutes = [time.minutes for owner, time in tables.working_times.values() if owner == ticket.id]
    return TicketView(
        id=ticket.id,
        guid=ticket.guid,
        number=ticket.number,
        group_id=ticket.group_id,
        version=ticket.version,
        title=ticket.title,
        html=text.html if text else "",
        plain=text.plain if text else "",
        category=_caption(ticket.category),
        priority=ticket.priority,
        state=Caption(ticket.state.guid, ticket.state.en, ticket.state.de),
        state_type=ticket.state.kind,
        contact_guid=ticket.customer_user.guid if ticket.customer_user else None,
        contact=ticket.customer_user.en if ticket.customer_user else ticket.customer_address or "",
        creator_guid=stored.creator.guid if stored.creator else None,
        creator=stored.creator.en if stored.creator else "",
        created=stored.created,
        changed=stored.changed,
        assignee=tables.parties[party.guid] if party else None,
        impact=_caption(ticket.impact),
        keywords=ticket.keywords,
        resolution=_caption(ticket.resolution),
        closed=ticket.closed,
        reminder=reminder.due if reminder else None,
        working_minutes=sum(minutes),
        costs=sum(
            (cost.total for cost in tables.costs.values() if cost.ticket_id == ticket.id),
            Decimal(0),
        ),
        template_guid=ticket.template.guid if ticket.template else None,
        merged_into=ticket.guid if ticket.guid != asked_for else None,
        asked_for=asked_for,
    )


def _caption(row: Row | None) -> Caption | None:
    return None if row is None else Caption(row.guid, row.en, row.de)


def _columns(view: TicketView) -> tuple[object, ...]:
    category, assignee = view.category, view.assignee
    return (
        view.guid,
        view.id,
        view.title,
        category and category.guid,
        category and category.en,
        category and category.de,
        view.priority,
        view.state.guid,
        view.state.en,
        view.state.de,
        view.contact_guid,
        view.contact,
        assignee and assignee.guid,
        assignee and assignee.name,
        view.created,
        view.changed,
    )


def _named(call: Call, key: str) -> tuple[int, str, str]:
    return call.principal.account_id, call.operation, key


def _of_batch(call: Call, subject: UUID) -> str:
    return f"{call.digest.hex()}/{subject}"
