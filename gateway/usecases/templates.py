"""Ticket templates: shown, listed, and applied to a new ticket."""

from dataclasses import replace
from typing import TypeVar
from uuid import UUID

from gateway.domain.commands import Assign, Defaults, SaveTicket
from gateway.domain.people import PartyKind
from gateway.domain.template import Template
from gateway.domain.values import Key, Row, Unset
from gateway.domain.views import Caption, Page, TicketContent
from gateway.errors import NotFound
from gateway.usecases import rights
from gateway.usecases.ports import Call, Unit
from gateway.usecases.rows import Rows, Wanted

T = TypeVar("T")

CLOSED_NOT_APPLIED = "closed state not applied, send CloseTicket_V1"


def applied(command: SaveTicket, template: Template) -> tuple[SaveTicket, str]:
    """Fill what was not sent from the template; give the command and a note for the caller.

    What was sent empty stays empty (ACMP contract TP1); a closed state is not taken into account
    (TP3).
    """
    state = template.settable_state
    description = template.description
    filled = replace(
        command,
        description=_or(command.description, description if description.html else None),
        category=_or(command.category, _id(template.category)),
        priority=_or(command.priority, template.priority),
        state=_or(command.state, _id(state)),
        contact=_or(command.contact, _id(template.customer_user)),
        assignee=_or(command.assignee, _assign(template)),
        impact=_or(command.impact, _id(template.impact)),
        keywords=_or(command.keywords, template.keywords or None),
    )
    closes = isinstance(command.state, Unset) and template.closes
    return filled, CLOSED_NOT_APPLIED if closes else ""


def preview(guid: UUID, defaults: Defaults, call: Call, unit: Unit) -> TicketContent:
    """Show the ticket a template would give, with its sums; nothing is stored (TP4).

    Raises:
        NotFound: there is no such template, or it is switched off.
    """
    rights.require(call.principal, call.command, None, field="")
    template = unit.templates.find(guid)
    if template is None or not template.row.active:
        raise NotFound(field="template")
    state = template.state or _default_state(defaults, unit)
    party = template.owner or template.assigned_group
    assignees = unit.search.assignees([party.guid]) if party else {}
    unit.messages.settle(call, None)
    contact = template.customer_user
    return TicketContent(
        title=template.title,
        html=template.description.html,
        plain=template.description.plain,
        category=_caption(template.category),
        priority=template.priority or defaults.priority,
        state=Caption(state.guid, state.en, state.de),
        contact_guid=contact.guid if contact else None,
        contact=contact.en if contact else "",
        assignee=assignees.get(party.guid) if party else None,
        impact=_caption(template.impact),
        keywords=template.keywords,
        working_minutes=template.working_minutes,
        costs=template.costs,
        template_guid=template.row.guid,
    )


def active(call: Call, unit: Unit) -> Page:
    """List the active templates by name."""
    rights.require(call.principal, call.command, None, field="")
    unit.messages.settle(call, None)
    return unit.templates.list()


def _default_state(defaults: Defaults, unit: Unit) -> Row:
    rows = Rows(unit, (Wanted("state", defaults.state, "state"),))
    return rows.configured("state", defaults.state)


def _id(row: Row | None) -> Key | None:
    return None if row is None else row.id


def _assign(template: Template) -> Assign | None:
    if template.owner is not None:
        return Assign(template.owner.id, PartyKind.AGENT)
    if template.assigned_group is not None:
        return Assign(template.assigned_group.id, PartyKind.GROUP)
    return None


def _or(sent: T | Unset, given: T | None) -> T | Unset:
    return given if isinstance(sent, Unset) and given is not None else sent


def _caption(row: Row | None) -> Caption | None:
    return None if row is None else Caption(row.guid, row.en, row.de)
