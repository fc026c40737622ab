"""Tickets with their own fields: locked, shown, created, changed and listed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from gateway.domain.people import AccountKind, Assignable, PartyKind, Permission, Principal
from gateway.domain.ticket import Difference, Ticket
from gateway.domain.views import Page, TicketView
from gateway.repository.numbers import NumberReserve
from gateway.repository.parameters import array_of
from gateway.repository.rows import id_of, required_row, to_caption, to_row
from gateway.repository.transaction import Record, Transaction
from gateway.usecases.ports import TICKET_COLUMNS, Call

# What due times follow from; articles are told by ``touch``.
_ESCALATING = frozenset({"state", "queue", "sla"})


class TicketStore:
    """Tickets; what may be seen is decided in the statement that reads."""

    def __init__(self, current: Transaction, numbers: NumberReserve, now: datetime) -> None:
        self._current = current
        self._numbers = numbers
        self._now = now

    def lock(self, guid: UUID) -> Ticket | None:
        """Load a ticket and hold its row FOR NO KEY UPDATE; removed ones come too."""
        return self.lock_all([guid]).get(guid)

    def lock_all(self, guids: Collection[UUID]) -> Mapping[UUID, Ticket]:
        """Load several tickets and hold their rows, locked by id ascending."""
        rows = self._current.hold("lock_tickets", "load_tickets", {"guids": list(guids)})
        return {ticket.guid: ticket for ticket in map(to_ticket, rows)}

    def view(self, guid: UUID, principal: Principal) -> TicketView | None:
        """Read a ticket for showing, following merges to the end; None if not to be seen."""
        rows = self._current.read("view_ticket", {"guid": guid} | sight(principal))
        return _view(rows[0], guid) if rows else None

    def create(self, ticket: Ticket, call: Call) -> Ticket:
        """Insert a ticket (its ``id`` is ignored) and give it with the id of the database."""
        number = self._numbers.take()
        ((id_,),) = self._current.write(
            "insert_ticket",
            _columns(ticket)
            | {
                "guid": ticket.guid,
                "number": number,
                "now": self._now,
                "agent": call.principal.agent_id,
            },
        )
        self._current.last("escalate_ticket", {"ticket_id": id_})
        return replace(ticket, id=id_, number=number, version=1)

    def update(self, ticket: Ticket, differences: Sequence[Difference], call: Call) -> None:
        """Write the differing columns, version, time of change and changing agent."""
        if differences:
            self._current.later("update_ticket", _columns(ticket) | self._change(ticket, call))
        if any(difference.field in _ESCALATING for difference in differences):
            self._current.last("escalate_ticket", {"ticket_id": ticket.id})

    def touch(self, ticket: Ticket, call: Call) -> None:
        """Raise version and time of change because an entry changed."""
        self._current.later("touch_ticket", self._change(ticket, call))
        self._current.last("escalate_ticket", {"ticket_id": ticket.id})

    def page(
        self,
        principal: Principal,
        *,
        guids: Sequence[UUID] | None,
        offset: int,
        count: int,
        with_total: bool,
    ) -> Page:
        """List visible tickets by id ascending, without merged and removed ones."""
        which = "tickets" if guids is None else "named_tickets"
        parameters = sight(principal) | {"guids": array_of(guids or ())}
        # One row more than wanted tells whether there are more.
        rows = self._current.read(
            f"page_of_{which}", parameters | {"offset": offset, "limit": count + 1}
        )
        total = self._current.read(f"count_of_{which}", parameters)[0][0] if with_total else None
        return Page(TICKET_COLUMNS, rows[:count], len(rows) > count, total)

    def _change(self, ticket: Ticket, call: Call) -> dict[str, object]:
        return {"id": ticket.id, "now": self._now, "agent": call.principal.agent_id}


def sight(principal: Principal) -> dict[str, object]:
    """Give what decides whether a ticket is to be seen: groups of an agent, or the customer."""
    if principal.kind is AccountKind.CUSTOMER:
        return {
            "groups": array_of(()),
            "customer_user_id": principal.customer_user_id,
            "customer_id": principal.customer_id,
        }
    return {
        "groups": array_of(principal.groups_with(Permission.RO)),
        "customer_user_id": None,
        "customer_id": None,
    }


def _columns(ticket: Ticket) -> dict[str, object]:
    return {
        "title": ticket.title,
        "keywords": ticket.keywords,
        "state": ticket.state.id,
        "priority": ticket.priority,
        "type": id_of(ticket.type),
        "category": id_of(ticket.category),
        "queue": ticket.queue.id,
        "service": id_of(ticket.service),
        "sla": id_of(ticket.sla),
        "impact": id_of(ticket.impact),
        "resolution": id_of(ticket.resolution),
        "lock": ticket.lock,
        "owner": id_of(ticket.owner),
        "assigned_group": id_of(ticket.assigned_group),
        "responsible": id_of(ticket.responsible),
        "customer": id_of(ticket.customer),
        "customer_user": id_of(ticket.customer_user),
        "customer_address": ticket.customer_address,
        "customer_key": ticket.customer_key,
        "template": id_of(ticket.template),
        "pending_until": ticket.pending_until,
        "follow_up": ticket.follow_up,
        "action_required": ticket.action_required,
        "closed": ticket.closed,
        "archived": ticket.archived,
    }


def to_ticket(record: Record) -> Ticket:
    """Read a row of the statement ``load_tickets``."""
    (id_, guid, number, version, title, state, priority, queue, type_, category, service, sla,
     impact, resolution, lock, owner, assigned_group, responsible, customer, customer_user,
     customer_address, keywords, template, pending_until, follow_up, action_required, closed,
     archived, merged_into, description, shared, customer_key) = record  # fmt: skip
    return Ticket(
        id=id_,
        guid=guid,
        number=number,
        version=version,
        title=title,
        state=required_row(state),
        priority=priority,
        queue=required_row(queue),
        type=to_row(type_),
        category=to_row(category),
        service=to_row(service),
        sla=to_row(sla),
        impact=to_row(impact),
        resolution=to_row(resolution),
        lock=lock,
        owner=to_row(owner),
        assigned_group=to_row(assigned_group),
        responsible=to_row(responsible),
        customer=to_row(customer),
        customer_user=to_row(customer_user),
        customer_address=customer_address,
        customer_key=customer_key,
        keywords=keywords,
        template=to_row(template),
        pending_until=pending_until,
        follow_up=follow_up,
        action_required=action_required,
        closed=closed,
        archived=archived,
        merged_into=merged_into,
        description=description,
        shared=shared,
    )


def _view(record: Record, asked_for: UUID) -> TicketView:
    (id_, guid, number, group_id, version, title, html, plain, category, priority, state,
     state_type, contact, address, creator, created, changed, agent, roles, group, impact,
     keywords, resolution, closed, reminder, minutes, costs, template_guid) = record  # fmt: skip
    state_caption = to_caption(state)
    assert state_caption is not None  # noqa: S101 - the column is required
    contact_guid, contact_name = _person(contact)
    creator_guid, creator_name = _person(creator)
    return TicketView(
        id=id_,
        guid=guid,
        number=number,
        group_id=group_id,
        version=version,
        title=title,
        html=html or "",
        plain=plain or "",
        category=to_caption(category),
        priority=priority,
        state=state_caption,
        state_type=state_type,
        contact_guid=contact_guid,
        contact=contact_name or address or "",
        creator_guid=creator_guid,
        creator=creator_name,
        created=created,
        changed=changed,
        assignee=_assignee(agent, roles, group),
        impact=to_caption(impact),
        keywords=keywords,
        resolution=to_caption(resolution),
        closed=closed,
        reminder=reminder,
        working_minutes=minutes,
        costs=costs,
        template_guid=template_guid,
        merged_into=guid if guid != asked_for else None,
        asked_for=asked_for,
    )


def _person(texts: list[str] | None) -> tuple[UUID | None, str]:
    if texts is None:
        return None, ""
    guid, name = texts
    return UUID(guid), name


def _assignee(
    agent: list[str] | None, roles: list[str] | None, group: list[str] | None
) -> Assignable | None:
    if agent is not None:
        guid, name, email, from_directory = agent
        return Assignable(
            UUID(guid),
            PartyKind.AGENT,
            name,
            email=email,
            from_directory=from_directory == "true",
            roles=tuple(sorted(roles or ())),
        )
    if group is not None:
        guid, name, description, email = group
        return Assignable(UUID(guid), PartyKind.GROUP, name, description, email)
    return None
