"""What people read of tickets, each in one statement."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from gateway.domain.people import Permission, Principal
from gateway.repository.parameters import LARGEST_ID, array_of, id_in
from gateway.repository.transaction import Record, Transaction
from gateway.usecases.ports import (
    DeliveryRow,
    EntryLine,
    EventLine,
    EventSheet,
    FileLine,
    FindTickets,
    HistoryRow,
    PartyLine,
    ReferenceLine,
    TaskLine,
    TicketCounts,
    TicketLine,
    TicketSheet,
    Words,
)

_ESCAPED = str.maketrans({"\\": r"\\", "%": r"\%", "_": r"\_"})


class SheetStore:
    """Sheets of tickets; what may be seen is decided in the statement that reads."""

    def __init__(self, current: Transaction) -> None:
        self._current = current

    def find(self, principal: Principal, wanted: FindTickets) -> Sequence[TicketLine]:
        """Find tickets, newest first; one more than wanted if there are more."""
        parts = ["ticket_lines"]
        parts += ["lines_open"] if wanted.only_open else []
        parts += [f"lines_{wanted.work}"] if wanted.work else []
        # Of the little that waits each is looked at; of all others the newest that an index finds.
        named = "lines_named_among" if wanted.work else "lines_named"
        parts += [named] if wanted.text else []
        rows = self._current.read(
            " ".join([*parts, "lines_page"]),
            {
                "groups": _groups(principal),
                "before": LARGEST_ID if wanted.before is None else wanted.before,
                "most": wanted.most + 1,
                "open": wanted.only_open,
                "text": wanted.text,
                "id": id_in(wanted.text),
                "pattern": f"%{wanted.text.translate(_ESCAPED)}%",
            },
        )
        return [_line(row) for row in rows]

    def get(self, principal: Principal, ticket_id: int) -> TicketSheet | None:
        """Read a ticket that is to be seen."""
        rows = self._current.read("ticket_sheet", {"id": ticket_id, "groups": _groups(principal)})
        return _sheet(rows[0]) if rows else None

    def entries(self, ticket_id: int) -> Sequence[EntryLine]:
        """List the newest 200 articles but the description, newest first."""
        rows = self._current.read("sheet_entries", {"id": ticket_id})
        return [
            EntryLine(*(*row, tuple(FileLine(*each) for each in files or ())))
            for *row, files in rows
        ]

    def history(self, ticket_id: int) -> Sequence[HistoryRow]:
        """List the newest 200 lines, newest first."""
        return [HistoryRow(*row) for row in self._current.read("sheet_history", {"id": ticket_id})]

    def events(self, ticket_id: int) -> Sequence[EventLine]:
        """List the newest 200 events of the tasks, newest first."""
        return [EventLine(*row) for row in self._current.read("sheet_events", {"id": ticket_id})]

    def deliveries(self, ticket_id: int) -> Sequence[tuple[DeliveryRow, Sequence[str]]]:
        """List the newest 200 deliveries, newest first, with the logs of public processes."""
        rows = self._current.read(
            "delivery_columns sheet_deliveries", {"subject": f"ticket:{ticket_id}"}
        )
        return [(DeliveryRow(*row), tuple(map(str, log or ()))) for *row, log in rows]

    def event(self, guid: UUID) -> EventSheet | None:
        """Read an event with its fields."""
        rows = self._current.read("event_sheet", {"guid": guid})
        if not rows:
            return None
        ((ticket_id, number, group_id, *line, fields),) = rows
        texts = {name: _text(value) for name, value in fields.items()}
        return EventSheet(ticket_id, number or "", group_id, EventLine(*line), texts)

    def counts(self, principal: Principal) -> TicketCounts:
        """Count what the principal may see."""
        (row,) = self._current.read("ticket_counts", {"groups": _groups(principal)})
        return TicketCounts(*row)

    def parties(self) -> Sequence[PartyLine]:
        """List the active groups, then the active agents, each by name; at most 5000."""
        return [PartyLine(*row) for row in self._current.read("parties", {})]

    def tasks_at(self, group_id: int) -> int:
        """Count the tasks that are at a partner through this group; above 1000 it is 1001."""
        ((count,),) = self._current.read("tasks_at_group", {"group": group_id})
        return int(count)


def _text(value: object) -> str:
    """Write a field of a snapshot: nothing is empty, and what is no text is as JSON has it."""
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False)


def _groups(principal: Principal) -> object:
    return array_of(principal.groups_with(Permission.RO))


def _words(texts: list[str] | None) -> Words | None:
    return None if texts is None else (texts[0], texts[1])


def _line(row: Record) -> TicketLine:
    id_, number, title, state, state_type, priority, queue, assignee, changed = row
    return TicketLine(
        id_, number, title, tuple(state), state_type, tuple(priority), tuple(queue),
        assignee or "", changed,
    )  # fmt: skip


def _sheet(row: Record) -> TicketSheet:
    *plain, dynamic, references, tasks = row
    values: list[Any] = [_words(value) if isinstance(value, list) else value for value in plain]
    lines = (ReferenceLine(*each) for each in references or ())
    return TicketSheet(*(*values, dynamic or {}, tuple(lines), tuple(map(_task, tasks or ()))))


def _task(texts: list[Any]) -> TaskLine:
    """Read a task as JSON has it: its times are texts there."""
    *plain, acknowledged, solution, code, closed_by_partner, closed = texts
    ending = (_time(acknowledged), solution, code, closed_by_partner, _time(closed))
    return TaskLine(*(*plain, *ending))


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
