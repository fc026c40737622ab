"""Links, reminders, templates, searches and merges in memory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from gateway.domain.entries import NewWorkingTime
from gateway.domain.template import Template
from gateway.domain.ticket import StateType
from gateway.domain.values import Description
from gateway.domain.views import Page
from gateway.usecases.ports import (
    LINKED_COLUMNS,
    TEMPLATE_COLUMNS,
    TICKET_COLUMNS,
    LinkedObject,
)
from tests.kit.memory_entries import priced

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from gateway.domain.commands import ObjectKind
    from gateway.domain.entries import Reminder
    from gateway.domain.people import Assignable, Principal
    from gateway.domain.search import Search, StoredQuery
    from gateway.domain.ticket import Ticket
    from gateway.domain.values import Row
    from gateway.domain.views import TicketView
    from gateway.usecases.ports import Call
    from tests.kit.memory import MemoryUnit, Stored


class MergeStore:
    """What hangs on the sources gets the target's id."""

    def __init__(self, unit: MemoryUnit, trips: list[str]) -> None:
        self._unit, self._trips = unit, trips

    def hold(self, guids: Collection[UUID]) -> None:
        del guids
        self._trips.append("hold")

    def move(self, target: Ticket, sources: Sequence[Ticket], call: Call) -> None:
        del call
        tables = self._unit.tables
        ids = {source.id for source in sources}
        for guid, article in tables.articles.items():
            if article.ticket_id in ids and not article.is_description:
                tables.articles[guid] = replace(article, ticket_id=target.id)
        for guid, (owner, time) in tables.working_times.items():
            if owner in ids:
                tables.working_times[guid] = (target.id, time)
        for known in (tables.costs, tables.attachments):
            for guid, entry in known.items():
                if entry.ticket_id in ids:
                    known[guid] = replace(entry, ticket_id=target.id, ticket=target.guid)
        waiting = [tables.reminders.pop(id_) for id_ in sorted(ids) if id_ in tables.reminders]
        if waiting:
            tables.reminders.setdefault(target.id, min(waiting, key=lambda each: each.due))
        tables.object_links = {
            (target.id if owner in ids else owner, kind, guid)
            for owner, kind, guid in tables.object_links
        }
        moved = (
            frozenset(target.id if id_ in ids else id_ for id_ in pair)
            for pair in tables.ticket_links
        )
        tables.ticket_links = {pair for pair in moved if len(pair) > 1}

    def mark(self, target: Ticket, sources: Sequence[Ticket], call: Call) -> None:
        del call
        tickets = self._unit.tables.tickets
        for source in sources:
            merged = replace(source, merged_into=target.guid, description="")
            tickets[source.guid] = replace(
                tickets[source.guid], ticket=merged, changed=self._unit.now
            )
        for guid, stored in tickets.items():  # chains lead to their end
            into = stored.ticket.merged_into
            if into is not None and into in {source.guid for source in sources}:
                tickets[guid] = replace(
                    stored, ticket=replace(stored.ticket, merged_into=target.guid)
                )


class LinkStore:
    """Links as sets of ids."""

    def __init__(self, unit: MemoryUnit, trips: list[str]) -> None:
        self._unit, self._trips = unit, trips

    def objects(
        self, ticket: Ticket, kind: ObjectKind, guids: Sequence[UUID]
    ) -> Mapping[UUID, LinkedObject]:
        self._trips.append("objects")
        tables = self._unit.tables
        return {
            guid: LinkedObject(
                (ticket.id, kind, guid) in tables.object_links,
                tables.registry.get((kind, guid), False),
            )
            for guid in guids
        }

    def registered(self, kind: ObjectKind, guid: UUID) -> bool:
        self._trips.append("registered")
        return (kind, guid) in self._unit.tables.registry

    def add_objects(
        self, ticket: Ticket, kind: ObjectKind, guids: Sequence[UUID], call: Call
    ) -> None:
        del call
        self._unit.tables.object_links |= {(ticket.id, kind, guid) for guid in guids}

    def linked(self, ticket: Ticket, others: Sequence[Ticket]) -> Collection[int]:
        self._trips.append("linked")
        links = self._unit.tables.ticket_links
        return {other.id for other in others if frozenset((ticket.id, other.id)) in links}

    def add_tickets(self, ticket: Ticket, others: Sequence[Ticket], call: Call) -> None:
        del call
        self._unit.tables.ticket_links |= {frozenset((ticket.id, other.id)) for other in others}

    def tickets(self, ticket_id: int, principal: Principal) -> Page:
        self._trips.append("linked_tickets")
        links = self._unit.tables.ticket_links
        ids = {id_ for pair in links if ticket_id in pair for id_ in pair} - {ticket_id}
        views = [view for _, view in seen(self._unit, principal) if view.id in ids]
        rows: list[tuple[object, ...]] = [
            (view.guid, view.id, view.title, view.state.guid, view.state.en, view.state.de)
            for view in sorted(views, key=lambda view: view.id)
        ]
        return Page(LINKED_COLUMNS, rows, has_more=False, total=len(rows))


class ReminderStore:
    """Reminders by ticket."""

    def __init__(self, unit: MemoryUnit, trips: list[str]) -> None:
        self._unit, self._trips = unit, trips

    def find(self, ticket: Ticket) -> Reminder | None:
        self._trips.append("find_reminder")
        return self._unit.tables.reminders.get(ticket.id)

    def put(self, ticket: Ticket, reminder: Reminder, call: Call) -> None:
        del call
        self._unit.tables.reminders[ticket.id] = reminder
        self._unit.tables.fired.discard(ticket.id)

    def hold_due(self, limit: int) -> Mapping[UUID, Reminder]:
        self._trips.append("hold_due")
        tables = self._unit.tables
        guids = {stored.ticket.id: guid for guid, stored in tables.tickets.items()}
        due = [
            (guids[id_], reminder)
            for id_, reminder in tables.reminders.items()
            if id_ not in tables.fired and reminder.due <= self._unit.now
        ]
        return dict(sorted(due, key=lambda each: each[1].due)[:limit])

    def fire(self, tickets: Sequence[Ticket]) -> None:
        self._unit.tables.fired |= {ticket.id for ticket in tickets}


class TemplateStore:
    """The templates of the lists; a test may say what one of them fills in."""

    def __init__(self, unit: MemoryUnit, trips: list[str]) -> None:
        self._unit, self._trips = unit, trips

    def find(self, guid: UUID) -> Template | None:
        self._trips.append("find_template")
        tables = self._unit.tables
        row = next((row for row in tables.lists["template"] if row.guid == guid), None)
        if row is None:
            return None
        return tables.templates.get(guid, Template(row=row, description=Description("", "")))

    def list(self) -> Page:
        self._trips.append("templates")
        rows: list[tuple[object, ...]] = [
            (row.guid, row.en, "", None, None, None)
            for row in sorted(self._unit.tables.lists["template"], key=lambda row: row.en)
            if row.active
        ]
        return Page(TEMPLATE_COLUMNS, rows, has_more=False, total=len(rows))

    def copy_entries(self, template: Row, ticket: Ticket, call: Call) -> None:
        tables, now = self._unit.tables, self._unit.now
        executor = next(row for row in tables.lists["agent"] if row.id == call.principal.agent_id)
        lengths, prices = tables.template_entries.get(template.guid, ((), ()))
        for length in lengths:
            time = NewWorkingTime(guid=uuid4(), executor=executor, start=now - length, end=now)
            tables.working_times[time.guid] = (ticket.id, time)
        for price in prices:
            cost = priced(ticket, price, now)
            tables.costs[cost.guid] = cost


class SearchStore:
    """Searches over all tickets."""

    def __init__(self, unit: MemoryUnit, trips: list[str]) -> None:
        self._unit, self._trips = unit, trips

    def stored(self, guid: UUID) -> StoredQuery | None:
        self._trips.append("stored_query")
        return self._unit.tables.queries.get(guid)

    def page(
        self,
        principal: Principal,
        search: Search,
        *,
        offset: int,
        count: int,
        with_total: bool,
    ) -> Page:
        self._trips.append("search")
        matches = _matcher(search, self._unit)
        found = [(stored, view) for stored, view in seen(self._unit, principal) if matches(stored)]
        found.sort(
            key=lambda each: (getattr(each[1], search.order.field.value), each[1].id),
            reverse=search.order.descending,
        )
        rows = [self._unit.tickets.columns(view) for _, view in found]
        total = len(rows) if with_total else None
        more = len(rows) > offset + count
        return Page(TICKET_COLUMNS, rows[offset : offset + count], more, total)

    def assignees(self, guids: Collection[UUID]) -> Mapping[UUID, Assignable]:
        if guids:
            self._trips.append("assignees")
        parties = self._unit.tables.parties
        return {guid: parties[guid] for guid in guids}


def seen(unit: MemoryUnit, principal: Principal) -> list[tuple[Stored, TicketView]]:
    """Give the tickets that lists show."""
    found = []
    for guid, stored in unit.tables.tickets.items():
        view = unit.tickets.view(guid, principal)
        if view is not None and view.guid == guid:
            found.append((stored, view))
    return found


def _matcher(search: Search, unit: MemoryUnit) -> Callable[[Stored], bool]:
    def matches(stored: Stored) -> bool:
        ticket = stored.ticket
        linked = unit.tables.object_links
        conditions = (
            search.state_types is None or StateType(ticket.state.kind) in search.state_types,
            all(_value(ticket, word) in ids for word, ids in search.rows.items()),
            not search.unassigned or not (ticket.owner or ticket.assigned_group),
            search.created_since is None or stored.created >= search.created_since,
            search.changed_since is None or stored.changed >= search.changed_since,
            search.asset is None or (ticket.id, "asset", search.asset) in linked,
        )
        return all(conditions)

    return matches


def _value(ticket: Ticket, word: str) -> int | None:
    value = getattr(ticket, word)
    return value if value is None or isinstance(value, int) else value.id
