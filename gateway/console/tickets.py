"""Tickets: the list, the page of one, and what can be done with its tasks."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

from gateway.console.answers import Gone, Shown
from gateway.console.visit import Address, Visit
from gateway.domain.commands import (
    Assign,
    BookTime,
    CloseTicket,
    NewComment,
    ReopenTicket,
    SaveTicket,
)
from gateway.domain.people import PartyKind
from gateway.domain.richtext import from_plain
from gateway.domain.ticket import OPEN_TYPES, StateType
from gateway.domain.values import UNSET, Description
from gateway.domain.views import HelpdeskSettings
from gateway.errors import BrokenRule, Missing
from gateway.usecases import sheets, solutions, task_texts, tickets
from gateway.usecases.idempotency import Done
from gateway.usecases.ports import Call, FindTickets, TicketSheet, Unit, Work
from gateway.usecases.task_texts import EnterText

_LONGEST_SEARCH = 200
_LONGEST_TEXT = 32_000
_MOST_MINUTES = 24 * 60
_DIGITS = re.compile("[0-9]{1,9}")


def index(visit: Visit) -> Shown:
    """List the tickets that the agent may see, newest first."""
    wanted = FindTickets(
        text=visit.asked("q")[:_LONGEST_SEARCH],
        only_open=visit.asked("open") == "1",
        work=_work(visit.asked("work")),
        before=visit.number("before"),
        most=visit.most(),
    )
    found = visit.read("ListTickets", lambda call, unit: sheets.find(wanted, call, unit))
    lines = found[: wanted.most]
    more = len(found) > len(lines)
    return Shown(
        template="tickets.html",
        data={
            "tickets": lines,
            "next": visit.link(before=str(lines[-1].id)) if more else None,
        },
        more={"works": tuple(Work)},
        rows="tickets",
    )


def show(visit: Visit, number: str) -> Shown:
    """Show a ticket with all that hangs on it; the verbs are those the agent may use now."""

    def work(call: Call, unit: Unit) -> tuple[sheets.WholeTicket, dict[str, object]]:
        whole = sheets.whole(int(number), call, unit)
        return whole, _choices(visit, whole.ticket, unit)

    whole, choices = visit.read("ShowTicket", work)
    return Shown(
        template="ticket.html",
        data={
            "ticket": whole.ticket,
            "entries": whole.entries,
            "history": whole.history,
            "events": whole.events,
            "deliveries": whole.deliveries,
            "logs": whole.logs,
        },
        more=choices,
    )


def assign(visit: Visit, number: str) -> Gone:
    """Give the main task to a group, to a person, or to nobody."""
    to = _party(visit.sent("party"))

    def work(call: Call, unit: Unit) -> Done:
        ticket = sheets.ticket(int(number), call, unit)
        defaults = visit.desk.rules.defaults
        command = SaveTicket(guid=ticket.guid, defaults=defaults, assignee=to)
        return tickets.save(command, call, unit)

    visit.write("AssignTask", work)
    return visit.gone(f"/tickets/{number}", "assigned")


def enter_text(visit: Visit, number: str, task: str) -> Gone:
    """Enter an update text at a task."""
    text = _text(visit, "text")
    if text is None:
        raise Missing(field="text")

    def work(call: Call, unit: Unit) -> Done:
        command = EnterText(
            guid=uuid4(),
            ticket=sheets.ticket(int(number), call, unit).guid,
            task_id=int(task),
            text=text,
            visible=visit.sent("visible") == "1",
        )
        return task_texts.enter(command, call, unit)

    visit.write("EnterUpdateText", work)
    return visit.gone(f"/tickets/{number}", "text_entered")


def accept(visit: Visit, number: str, task: str) -> Gone:
    """Close a task with the partner's solution."""

    def work(call: Call, unit: Unit) -> Done:
        ticket = sheets.ticket(int(number), call, unit)
        solutions.accept(ticket.guid, int(task), call, unit)
        return Done(ticket.id)

    visit.write("AcceptSolution", work)
    return visit.gone(f"/tickets/{number}", "accepted")


def decline(visit: Visit, number: str, task: str) -> Gone:
    """Send a task back to the partner whose solution does not help."""

    def work(call: Call, unit: Unit) -> Done:
        ticket = sheets.ticket(int(number), call, unit)
        solutions.decline(ticket.guid, int(task), call, unit)
        return Done(ticket.id)

    visit.write("DeclineSolution", work)
    return visit.gone(f"/tickets/{number}", "declined")


def close(visit: Visit, number: str) -> Gone:
    """Close the ticket by hand, and its tasks with it, under the operator's rules."""
    text, minutes = _text(visit, "comment"), _minutes(visit.sent("minutes"))

    def work(call: Call, unit: Unit) -> Done:
        ticket = sheets.ticket(int(number), call, unit)
        command = CloseTicket(
            ticket=ticket.guid,
            closed_state=visit.desk.rules.closed_state,
            resolution=_guid(visit.sent("resolution"), "resolution") or UNSET,
            comment=None if text is None else NewComment(guid=uuid4(), text=text),
            working_time=_booked(minutes, call, unit),
        )
        return tickets.close(command, unit.lists.helpdesk_settings(), call, unit)

    visit.write("CloseTask", work)
    return visit.gone(f"/tickets/{number}", "closed", number)


def reopen(visit: Visit, number: str) -> Gone:
    """Open the ticket again, and its main task."""

    def work(call: Call, unit: Unit) -> Done:
        ticket = sheets.ticket(int(number), call, unit)
        command = ReopenTicket(ticket=ticket.guid, reopen_state=visit.desk.rules.reopen_state)
        return tickets.reopen(command, call, unit)

    visit.write("ReopenTask", work)
    return visit.gone(f"/tickets/{number}", "reopened", number)


ADDRESSES = (
    Address(pattern="/tickets", show=index),
    Address(pattern="/tickets/{number:n}", show=show),
    Address(pattern="/tickets/{number:n}/assign", show=show, act=assign),
    Address(pattern="/tickets/{number:n}/close", show=show, act=close),
    Address(pattern="/tickets/{number:n}/reopen", show=show, act=reopen),
    *(
        Address(
            pattern=f"/tickets/{{number:n}}/tasks/{{task:n}}/{verb}",
            show=lambda visit, number, task: show(visit, number),  # noqa: ARG005 - the arguments of a page
            act=act,
        )
        for verb, act in (("text", enter_text), ("accept", accept), ("decline", decline))
    ),
)


def _choices(visit: Visit, ticket: TicketSheet, unit: Unit) -> dict[str, object]:
    """Give what the forms offer; nothing of it is asked for where there are none."""
    may = visit.may("AssignTask", ticket.group_id) and ticket.merged_into is None
    is_open = StateType(ticket.state_type) in OPEN_TYPES
    rules = unit.lists.helpdesk_settings() if may and is_open else HelpdeskSettings()
    return {
        "may_change": may,
        "is_open": is_open,
        "is_closed": ticket.state_type == StateType.CLOSED,
        "parties": unit.sheets.parties() if may and is_open else (),
        "rules": rules,
        "resolutions": (unit.lists.resolutions().rows if rules.resolutions_enabled and may else ()),
        "operator": visit.may("ShowDeliveries"),
        "inspector": visit.may("ShowMessages"),
    }


def _work(text: str) -> Work | None:
    try:
        return Work(text) if text else None
    except ValueError:
        raise BrokenRule(f"one of: {', '.join(Work)}", field="work") from None


def _party(text: str) -> Assign:
    """Read ``group:GUID`` or ``agent:GUID``; empty is nobody."""
    if not text:
        return Assign(None)
    kind, _, guid = text.partition(":")
    if kind not in set(PartyKind):
        raise BrokenRule("choose from the list", field="party")
    return Assign(_guid(guid, "party"), PartyKind(kind))


def _guid(text: str, field: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise BrokenRule("choose from the list", field=field) from None


def _text(visit: Visit, field: str) -> Description | None:
    text = visit.sent(field)
    if len(text) > _LONGEST_TEXT:
        raise BrokenRule(f"longer than {_LONGEST_TEXT} characters", field=field)
    return from_plain(text) if text.strip() else None


def _minutes(text: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if _DIGITS.fullmatch(text) is None or not 1 <= int(text) <= _MOST_MINUTES:
        raise BrokenRule(f"a whole number from 1 to {_MOST_MINUTES}", field="minutes")
    return int(text)


def _booked(minutes: int | None, call: Call, unit: Unit) -> BookTime | None:
    """Give the time that ends now; whoever closes the ticket has worked it."""
    agent = call.principal.agent_guid
    if minutes is None or agent is None:
        return None
    return BookTime(
        guid=uuid4(), executor=agent, start=unit.now - timedelta(minutes=minutes), end=unit.now
    )
