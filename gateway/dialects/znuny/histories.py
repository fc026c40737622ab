"""TicketHistoryGet: what happened to tickets, through any dialect, in the connector's words."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from gateway.dialects.znuny import reading
from gateway.dialects.znuny.desk import Options
from gateway.dialects.znuny.fixed_lists import HISTORY_TYPES
from gateway.dialects.znuny.job import Job
from gateway.dialects.znuny.refusals import Refused
from gateway.dialects.znuny.shown import local
from gateway.domain.people import AccountKind
from gateway.usecases.ports import Call, Line, Unit, WholeTicket

_TYPE_IDS = {name: number for number, name in enumerate(HISTORY_TYPES, 1)}
_PERSONS = frozenset({"customer", "customer_key", "customer_user", "customer_address"})
_MOVES = {"queue": "Move", "type": "TypeUpdate", "service": "ServiceUpdate", "sla": "SLAUpdate"}
_STEPS = ("owner", "priority", "queue", "state", "type")
_IMPLIED = frozenset({"closed"})  # the line of the state tells it
_AGENTS = {"owner": "OwnerUpdate", "responsible": "ResponsibleUpdate"}


def get(job: Job) -> Mapping[str, Any]:
    """Read the history of tickets, lines oldest first.

    Raises:
        Refused: no agent asks, one of the tickets is not there for it, or there are too many lines.
    """
    principal = job.login()
    if principal.kind is AccountKind.CUSTOMER:
        raise Refused("AuthFail", "User needs to an Agent!")
    ids = reading.ticket_ids(job)
    return reading.bounded(job, partial(_read, ids, job.options), principal)


def _read(ids: Sequence[int], options: Options, call: Call, unit: Unit) -> Mapping[str, Any]:
    whole = unit.whole.history(ids)
    for id_ in ids:
        ticket = whole.tickets.get(id_)
        if ticket is None or not reading.sees(call.principal, ticket):
            raise Refused("AccessDenied", f"User does not have access to the ticket {id_}!")
    lines: dict[int, list[Line]] = defaultdict(list)
    for line in whole.lines:
        lines[line.ticket_id].append(line)
    found = {whole.tickets[id_].id: whole.tickets[id_] for id_ in ids}
    unit.messages.settle(call, next(iter(found)) if len(found) == 1 else None)
    return {
        "TicketHistory": [
            {"TicketID": id_, "History": list(_told(ticket, lines[id_], options))}
            for id_, ticket in found.items()
        ]
    }


def _told(ticket: WholeTicket, lines: Sequence[Line], options: Options) -> Iterator[dict[str, Any]]:
    lines = [line for line in _stepped(lines) if line.kind not in _IMPLIED]
    askers = _askers(ticket, lines)
    booked = Decimal(0)
    for place, line in enumerate(lines):
        following = lines[place + 1] if place + 1 < len(lines) else None
        if line.kind in _PERSONS and _goes_on(line, following):
            continue  # company and person of one change are one line
        booked += _booked(line)
        told = _Told(ticket, options, askers.get(line.id), booked)
        kind, name = told.words(line)
        yield _shown(line, kind, name, options)


def _stepped(lines: Sequence[Line]) -> list[Line]:
    """Give each line the ticket as it was after it.

    All lines of one change are stored with the ticket as it was after the whole change.
    """
    stepped: list[Line] = []
    after: dict[str, int] = {}
    following: Line | None = None
    for line in reversed(lines):
        if following is None or following.created != line.created:
            after = {name: getattr(line, f"{name}_id") for name in _STEPS}
        ids: dict[str, Any] = {f"{name}_id": id_ for name, id_ in after.items()}
        stepped.append(replace(line, **ids))
        if line.kind in _STEPS:
            after[line.kind] = _before(line)
        following = line
    return stepped[::-1]


def _before(line: Line) -> int:
    if line.kind == "priority":
        return int(line.old)
    return line.old_id or 1


def _shown(line: Line, kind: str, name: str, options: Options) -> dict[str, Any]:
    return {
        "ArticleID": line.article_id,
        "CreateBy": line.agent_id,
        "CreateTime": local(line.created, options),
        "HistoryType": kind,
        "HistoryTypeID": _TYPE_IDS[kind],
        "Name": name,
        "OwnerID": line.owner_id,
        "PriorityID": line.priority_id,
        "QueueID": line.queue_id,
        "StateID": line.state_id,
        "TicketID": line.ticket_id,
        "TypeID": line.type_id,
    }


def _goes_on(line: Line, following: Line | None) -> bool:
    return (
        following is not None
        and following.kind in _PERSONS
        and following.created == line.created
        and following.agent_id == line.agent_id
    )


def _askers(ticket: WholeTicket, lines: Sequence[Line]) -> dict[int, tuple[str, str]]:
    """Give customer and customer user as after each line that changed one, told backwards."""
    now = {
        "customer": ticket.customer if ticket.customer_id is not None else "",
        "customer_key": "" if ticket.customer_id is not None else ticket.customer,
        "customer_user": ticket.customer_user if ticket.customer_user_id is not None else "",
        "customer_address": "" if ticket.customer_user_id is not None else ticket.customer_user,
    }
    after = {}
    for line in reversed(lines):
        if line.kind in _PERSONS:
            company = now["customer"] or now["customer_key"]
            after[line.id] = (company, now["customer_user"] or now["customer_address"])
            named = line.kind in ("customer", "customer_user")
            now[line.kind] = (line.old_name or "") if named else line.old
    return after


def _booked(line: Line) -> Decimal:
    match line.kind:
        case "working time added":
            return _number(line.new)
        case "working time deleted":
            return -_number(line.old)
        case "working time minutes":
            return _number(line.new) - _number(line.old)
        case _:
            return Decimal(0)


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal(0)


@dataclass(frozen=True, slots=True)
class _Told:
    """Gives each line its type and text (contract section 6)."""

    ticket: WholeTicket
    options: Options
    asker: tuple[str, str] | None
    booked: Decimal

    def words(self, line: Line) -> tuple[str, str]:
        kind = line.kind
        if kind in _MOVES:
            parts = (line.new, line.new_id or "", line.old, line.old_id or "")
            return _MOVES[kind], "%%" + "%%".join(map(str, parts))
        if kind in _AGENTS:
            login = line.new_name or self._nobody()
            return _AGENTS[kind], f"%%{login}%%{line.new_id or 1}"
        if kind in _PERSONS and self.asker is not None:
            company, person = self.asker
            return "CustomerUpdate", f"%%CustomerID={company};CustomerUser={person};"
        return self._changed(line) or self._others(line)

    def _nobody(self) -> str:
        # Where nobody stands the first agent is shown; its name is that of the ticket's nobody.
        ticket = self.ticket
        at_present = {
            ticket.owner_id: ticket.owner,
            ticket.responsible_id: ticket.responsible,
        }
        return at_present.get(1, "admin")

    def _changed(self, line: Line) -> tuple[str, str] | None:
        """Tell the change of a field that is one word."""
        words: tuple[str, str] | None = None
        match line.kind:
            case "state":
                words = "StateUpdate", f"%%{line.old}%%{line.new}%%"
            case "priority":
                old, new = line.old_name or line.old, line.new_name or line.new
                words = "PriorityUpdate", f"%%{old}%%{line.old}%%{new}%%{line.new}"
            case "lock":
                words = ("Unlock", "%%unlock") if line.new == "unlock" else ("Lock", "%%lock")
            case "title":
                words = "TitleUpdate", f"%%{line.old}%%{line.new}"
            case "pending_until":
                words = "SetPendingTime", f"%%{self._pending(line.new)}"
            case "archived":
                words = "ArchiveFlagUpdate", "%%y" if line.new == "True" else "%%n"
        return words

    def _others(self, line: Line) -> tuple[str, str]:
        match line.kind:
            case "created":
                return "NewTicket", self._created(line)
            case "working time added":
                return "TimeAccounting", f"%%{line.new}%%{self.booked}"
            case "dynamic field":
                value = f"Value%%{line.new}%%OldValue%%{line.old}"
                return "TicketDynamicFieldUpdate", f"%%FieldName%%{line.text}%%{value}"
            case "merged":
                return "Merged", self._merged(line)
            case "comment added":
                return line.new or "AddNote", line.text or "%%"
            case _:
                return "Misc", _plain(line)

    def _created(self, line: Line) -> str:
        ticket = self.ticket
        return f"%%{ticket.number}%%{line.new_name}%%{line.old_name}%%{ticket.id}"

    def _merged(self, line: Line) -> str:
        ticket = self.ticket
        if line.text == "from":
            return f"%%{line.old}%%{line.old_id}%%{ticket.number}%%{ticket.id}"
        return f"%%{ticket.number}%%{ticket.id}%%{line.new}%%{line.new_id}"

    def _pending(self, text: str) -> str:
        if not text:
            return "00-00-00 00:00"
        zone = ZoneInfo(self.options.time_zone)
        return datetime.fromisoformat(text).astimezone(zone).strftime("%Y-%m-%d %H:%M")


def _plain(line: Line) -> str:
    """Tell a change that the connector has no word for."""
    changed = f"{line.old} -> {line.new}" if line.old and line.new else line.old or line.new
    return ": ".join(part for part in (line.kind, line.text, changed) if part)
