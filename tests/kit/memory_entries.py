"""Attachments, working times, costs and received mails in memory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID, uuid4

from gateway.domain.entries import Cost, NewWorkingTime, WorkingTime
from gateway.domain.views import Listed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal

    from gateway.domain.entries import Attachment, Mail
    from gateway.domain.ticket import Ticket
    from gateway.domain.values import Row
    from gateway.usecases.ports import Call
    from tests.kit.memory import MemoryUnit, Tables


E = TypeVar("E", "Attachment", "Cost")


class UniqueGuid(Exception):
    """What the unique index on guids would refuse."""


class AttachmentStore:
    """Attachments and their contents by guid."""

    def __init__(self, unit: MemoryUnit, trips: list[str]) -> None:
        self._unit, self._trips = unit, trips

    def find(self, guids: Collection[UUID]) -> Mapping[UUID, Attachment]:
        self._trips.append("find_attachments")
        known = self._unit.tables.attachments
        return {guid: known[guid] for guid in guids if guid in known}

    def read(self, guid: UUID) -> tuple[Attachment, bytes | None] | None:
        self._trips.append("read_attachment")
        found = self._unit.tables.attachments.get(guid)
        return None if found is None else (found, self._unit.tables.contents.get(guid))

    def list(self, ticket_id: int) -> Listed[Attachment]:
        self._trips.append("attachments")
        return _listed(self._unit.tables.attachments, ticket_id)

    def add(self, attachments: Sequence[Attachment], call: Call) -> None:
        creator = _agent(self._unit.tables, call)
        for each in attachments:
            _put_new(self._unit.tables.attachments, replace(each, creator=creator))

    def edit(self, attachments: Sequence[Attachment]) -> None:
        self._unit.tables.attachments.update({each.guid: each for each in attachments})

    def deliver(self, ticket: Ticket, contents: Mapping[UUID, bytes]) -> None:
        tables = self._unit.tables
        assert all(tables.attachments[guid].ticket_id == ticket.id for guid in contents)
        assert not tables.contents.keys() & contents.keys()
        tables.contents.update(contents)

    def delete(self, attachments: Sequence[Attachment]) -> None:
        for each in attachments:
            del self._unit.tables.attachments[each.guid]
            self._unit.tables.contents.pop(each.guid, None)


class WorkingTimeStore:
    """Working times by guid."""

    def __init__(self, unit: MemoryUnit, trips: list[str]) -> None:
        self._unit, self._trips = unit, trips

    def find(self, guids: Collection[UUID]) -> Mapping[UUID, WorkingTime]:
        self._trips.append("find_working_times")
        known = self._unit.tables.working_times
        return {guid: self._read(*known[guid]) for guid in guids if guid in known}

    def list(self, ticket_id: int) -> Listed[WorkingTime]:
        self._trips.append("working_times")
        known = self._unit.tables.working_times.values()
        own = [self._read(owner, time) for owner, time in known if owner == ticket_id]
        return Listed(sorted(own, key=lambda each: each.start), len(own))

    def edit(self, time: WorkingTime) -> None:
        self._unit.tables.working_times[time.guid] = (
            time.ticket_id,
            NewWorkingTime(
                guid=time.guid,
                executor=time.executor,
                start=time.start,
                end=time.end,
                description=time.description,
            ),
        )

    def delete(self, times: Sequence[WorkingTime]) -> None:
        for time in times:
            del self._unit.tables.working_times[time.guid]

    def _read(self, owner: int, time: NewWorkingTime) -> WorkingTime:
        return WorkingTime(
            guid=time.guid,
            ticket_id=owner,
            ticket=next(
                stored.ticket.guid
                for stored in self._unit.tables.tickets.values()
                if stored.ticket.id == owner
            ),
            executor=time.executor,
            start=time.start,
            end=time.end,
            minutes=time.minutes,
            description=time.description,
        )


class CostStore:
    """Costs by guid."""

    def __init__(self, unit: MemoryUnit, trips: list[str]) -> None:
        self._unit, self._trips = unit, trips

    def find(self, guids: Collection[UUID]) -> Mapping[UUID, Cost]:
        self._trips.append("find_costs")
        known = self._unit.tables.costs
        return {guid: known[guid] for guid in guids if guid in known}

    def list(self, ticket_id: int) -> Listed[Cost]:
        self._trips.append("costs")
        return _listed(self._unit.tables.costs, ticket_id)

    def add(self, costs: Sequence[Cost], call: Call) -> None:
        creator = _agent(self._unit.tables, call)
        for cost in costs:
            _put_new(self._unit.tables.costs, replace(cost, creator=creator))

    def edit(self, costs: Sequence[Cost]) -> None:
        self._unit.tables.costs.update({cost.guid: cost for cost in costs})

    def delete(self, costs: Sequence[Cost]) -> None:
        for cost in costs:
            del self._unit.tables.costs[cost.guid]


class MailMonitorStore:
    """Received mails that belong to no ticket."""

    def __init__(self, unit: MemoryUnit, trips: list[str]) -> None:
        self._unit, self._trips = unit, trips

    def list(self) -> Listed[Mail]:
        self._trips.append("mails")
        known = self._unit.tables.mails.values()
        newest = sorted(known, key=lambda mail: mail.received, reverse=True)
        return Listed(newest[:1000], len(newest))

    def known(self, guids: Collection[UUID]) -> Collection[UUID]:
        self._trips.append("known_mails")
        return self._unit.tables.mails.keys() & set(guids)

    def delete(self, guids: Collection[UUID]) -> None:
        for guid in guids:
            del self._unit.tables.mails[guid]


def priced(ticket: Ticket, price: Decimal, created: datetime) -> Cost:
    """Give a cost of a price."""
    return Cost(
        guid=uuid4(),
        ticket_id=ticket.id,
        ticket=ticket.guid,
        unit_price=price,
        amount=1,
        created=created,
    )


def _listed(known: Mapping[UUID, E], ticket_id: int) -> Listed[E]:
    own = [each for each in known.values() if each.ticket_id == ticket_id]
    return Listed(own, len(own))


def _put_new(known: dict[UUID, E], entry: E) -> None:
    if entry.guid in known:
        raise UniqueGuid
    known[entry.guid] = entry


def _agent(tables: Tables, call: Call) -> Row | None:
    number = call.principal.agent_id
    return next((row for row in tables.lists["agent"] if row.id == number), None)
