"""Tickets: save, close, reopen and read; each function is one command in one transaction."""

from dataclasses import replace
from uuid import UUID

from gateway.domain import events
from gateway.domain.commands import (
    Assign,
    BookTime,
    CloseTicket,
    NewComment,
    ReopenTicket,
    SaveTicket,
)
from gateway.domain.entries import NewArticle, NewWorkingTime
from gateway.domain.events import Event, EventKind
from gateway.domain.people import PartyKind
from gateway.domain.ticket import (
    OPEN_TYPES,
    Changes,
    Difference,
    HistoryLine,
    StateType,
    Ticket,
)
from gateway.domain.values import UNSET, Description, Row, Unset
from gateway.domain.views import HelpdeskSettings, TicketView
from gateway.errors import BrokenRule, Missing, NotFound
from gateway.usecases import assignments, idempotency, rights, templates
from gateway.usecases.idempotency import Done
from gateway.usecases.ports import Call, Unit
from gateway.usecases.rows import Rows, Wanted, assignee, assignment


def save(command: SaveTicket, call: Call, unit: Unit) -> Done:
    """Create the ticket, or edit it when it exists (ACMP contract G2, ST).

    Raises:
        Missing: a new ticket without title.
        NotFound: a row that does not exist, or a ticket the caller may not see.
        NotPermitted, WrongState, BrokenRule: rights, state of the ticket, a value.
    """
    ticket = unit.tickets.lock(command.guid)
    # ACMP G14: required fields and forms are judged before it matters who may see the ticket.
    if command.title == "" or (ticket is None and not command.title):
        raise Missing(field="title")
    if command.breach is not None:
        raise command.breach
    if ticket is None:
        return _create(command, call, unit)
    seen(ticket, call, "guid")
    return idempotency.repeated(call, unit) or _edit(ticket, command, call, unit)


def close(command: CloseTicket, rules: HelpdeskSettings, call: Call, unit: Unit) -> Done:
    """Close a ticket under the operator's rules (ACMP contract CT).

    Raises:
        Missing: what the rules demand was not sent.
        NotFound, NotPermitted, WrongState, BrokenRule: as in ``save``.
    """
    ticket = seen(unit.tickets.lock(command.ticket), call, "ticket")
    if ticket.state_type is StateType.CLOSED and (first := idempotency.repeated(call, unit)):
        return first
    state = Wanted("state", command.closed_state, "state")
    resolution = Wanted(
        "resolution", command.resolution if rules.resolutions_enabled else UNSET, "resolution"
    )
    booked = command.working_time if rules.working_times_enabled else None
    executor = Wanted("agent", booked.executor if booked else UNSET, "working_time.executor")
    rows = Rows(unit, (state, resolution, executor, assignee(command.assignee)))
    changes = replace(
        assignment(command.assignee, ticket, rows),
        state=rows.configured("state", command.closed_state),
        resolution=_set_or_empty(rows.pick(resolution)),
        closed=unit.now,
        pending_until=None,
    )
    _require_free(command.comment, booked, unit)
    time = _working_time(booked, rows.pick(executor))
    rights.require(call.principal, call.command, ticket.group_id, field="ticket")
    ticket.require_writable("ticket")
    _require_rules(command, rules)
    return _end(ticket, changes, (command.comment, time), call, unit)


def reopen(command: ReopenTicket, call: Call, unit: Unit) -> Done:
    """Open a closed ticket again (ACMP contract RT).

    Raises:
        TicketNotClosed: it is open.
        NotFound, NotPermitted, WrongState, BrokenRule: as in ``save``.
    """
    ticket = seen(unit.tickets.lock(command.ticket), call, "ticket")
    if ticket.state_type in OPEN_TYPES and (first := idempotency.repeated(call, unit)):
        return first
    rows = Rows(unit, (Wanted("state", command.reopen_state, "state"), assignee(command.assignee)))
    changes = replace(
        assignment(command.assignee, ticket, rows),
        state=rows.configured("state", command.reopen_state),
        resolution=None,
        closed=None,
    )
    _require_free(command.comment, None, unit)
    rights.require(call.principal, call.command, ticket.group_id, field="ticket")
    ticket.require_closed("ticket")
    after = _change(ticket, changes, EventKind.REOPENED, call, unit)
    assignments.reopened(ticket, after, call, unit)
    if _names_group(command.assignee):
        assignments.named(after, after, call, unit)
    if command.comment is not None:
        _add_comment(after, command.comment, call, unit)
        _forward(after, command.comment, call, unit)
    return _remembered("reopen", after, call, unit)


def open_again(ticket: Ticket, state: str, call: Call, unit: Unit) -> Ticket:
    """Open a closed ticket for somebody whose right to it was judged; give it as it is then."""
    rows = Rows(unit, (Wanted("state", state, "state"),))
    changes = Changes(state=rows.configured("state", state), resolution=None, closed=None)
    after = _change(ticket, changes, EventKind.REOPENED, call, unit)
    assignments.reopened(ticket, after, call, unit)
    return after


def view(guid: UUID, call: Call, unit: Unit) -> TicketView:
    """Read a ticket; a merged one gives the ticket it was merged into (ACMP contract G12).

    Raises:
        NotFound: there is none that the caller may see.
    """
    found = unit.tickets.view(guid, call.principal)
    if found is None:
        raise NotFound(field="ticket")
    rights.require(call.principal, call.command, found.group_id, field="ticket")
    unit.messages.settle(call, found.id)
    return found


def seen(ticket: Ticket | None, call: Call, field: str) -> Ticket:
    """Insist that there is a ticket and that the caller may see it.

    Raises:
        NotFound: there is none, it was removed, or it is not to be seen.
    """
    if (
        ticket is None
        or ticket.state_type is StateType.REMOVED
        or not rights.sees(call.principal, ticket.group_id)
    ):
        raise NotFound(field=field)
    return ticket


def create(command: SaveTicket, call: Call, unit: Unit) -> tuple[Ticket, str]:
    """Make a ticket, with a note for the caller; nothing is remembered for repeats.

    Raises:
        NotFound, NotPermitted, BrokenRule: as in ``save``.
    """
    defaults = command.defaults
    template = (
        None if isinstance(command.template, Unset) else unit.templates.find(command.template)
    )
    note = ""
    if template is not None:
        command, note = templates.applied(command, template)
    rows = Rows(
        unit,
        (
            *_named(command),
            Wanted("queue", defaults.queue, "queue"),
            Wanted("state", defaults.state, "state"),
            Wanted("type", defaults.type, "type"),
        ),
    )
    queue = rows.configured("queue", defaults.queue)
    blank = Ticket(
        id=0,
        guid=command.guid,
        number="",
        version=1,
        title="",
        state=rows.configured("state", defaults.state),
        priority=defaults.priority,
        queue=queue,
        type=rows.configured("type", defaults.type),
    )
    if template is not None:
        command, note = _without_closed(command, rows, note)
    changes = _changes(command, blank, rows, unit)
    if not isinstance(command.template, Unset) and (template is None or not template.row.active):
        raise NotFound(field="template")
    changes = replace(changes, template=template.row if template else UNSET)
    rights.require(call.principal, call.command, blank.group_id, field="guid")
    filled, _ = blank.apply(changes)
    ticket = unit.tickets.create(replace(filled, version=1), call)
    if not isinstance(command.description, Unset) and command.description.html:
        _describe(ticket, command.description, call, unit)
    if template is not None:
        unit.templates.copy_entries(template.row, ticket, call)
    unit.history.add(ticket, [HistoryLine(kind="created", new=ticket.title)], call)
    happened = [EventKind.CREATED]
    if ticket.owner or ticket.assigned_group:
        happened.append(EventKind.ASSIGNED)
    unit.outbox.add(ticket, [Event(kind, events.snapshot(ticket)) for kind in happened], call)
    assignments.made(ticket, call, unit)
    return ticket, note


def _create(command: SaveTicket, call: Call, unit: Unit) -> Done:
    ticket, note = create(command, call, unit)
    return _remembered("create", ticket, call, unit, note)


def _names_group(assign: Assign | Unset) -> bool:
    return isinstance(assign, Assign) and assign.kind is PartyKind.GROUP


def _without_closed(command: SaveTicket, rows: Rows, note: str) -> tuple[SaveTicket, str]:
    # ACMP TP3: a closed state sent together with a template is not taken into account either.
    state = rows.find("state", command.state)
    if state is None or state.kind != StateType.CLOSED:
        return command, note
    return replace(command, state=UNSET), templates.CLOSED_NOT_APPLIED


def _edit(ticket: Ticket, command: SaveTicket, call: Call, unit: Unit) -> Done:
    rows = Rows(unit, _named(command))
    changes = _changes(command, ticket, rows, unit)
    rights.require(call.principal, call.command, ticket.group_id, field="guid")
    ticket.require_writable("guid")
    after = _change(ticket, changes, EventKind.CHANGED, call, unit)
    unit.idempotency.forget(call, ticket.guid)
    if not isinstance(command.description, Unset) and after.description != ticket.description:
        _describe(after, command.description, call, unit)
    follow = assignments.named if _names_group(command.assignee) else assignments.moved
    follow(ticket, after, call, unit)
    unit.messages.settle(call, after.id)
    return Done(after.id)


def _end(
    ticket: Ticket,
    changes: Changes,
    entries: tuple[NewComment | None, NewWorkingTime | None],
    call: Call,
    unit: Unit,
) -> Done:
    comment, time = entries
    after = _change(ticket, changes, EventKind.CLOSED, call, unit)
    if comment is not None:
        _add_comment(after, comment, call, unit)
    if time is not None:
        unit.entries.add_working_time(after, time, call)
        line = HistoryLine(kind="working time added", new=str(time.minutes))
        unit.history.add(after, [line], call)
    unit.entries.delete_reminder(after)
    if comment is not None:
        _forward(ticket, comment, call, unit)  # before the task ends: the partner shall read it
    assignments.closed(after, call, unit)
    return _remembered("close", after, call, unit)


def _remembered(kind: str, ticket: Ticket, call: Call, unit: Unit, note: str = "") -> Done:
    done = Done(ticket.id, note)
    idempotency.remember(done, kind, ticket.guid, call, unit)
    unit.messages.settle(call, ticket.id)
    return done


def _named(command: SaveTicket) -> tuple[Wanted, ...]:
    return (
        Wanted("category", command.category, "category"),
        Wanted("state", command.state, "state"),
        Wanted("customer_user", command.contact, "contact"),
        assignee(command.assignee),
        Wanted("impact", command.impact, "impact"),
    )


def _changes(command: SaveTicket, ticket: Ticket, rows: Rows, unit: Unit) -> Changes:
    category, state, contact, _, impact = _named(command)
    picked_category = rows.pick(category, ticket.category)
    picked_state = rows.pick(state, ticket.state)
    picked_contact = rows.pick(contact, ticket.customer_user)
    changes = assignment(command.assignee, ticket if ticket.id else None, rows)
    picked_impact = rows.pick(impact, ticket.impact)
    settable = _settable(picked_state, ticket)
    description = command.description
    return replace(
        changes,
        title=command.title,
        description=description if isinstance(description, Unset) else description.html,
        category=picked_category,
        priority=command.priority,
        state=settable,
        # ACMP section 10: a pending state set here has no end time, any other never has one.
        pending_until=UNSET if isinstance(settable, Unset) else None,
        customer_user=picked_contact,
        customer_address=None if isinstance(picked_contact, Row) else command.address,
        customer=_company(picked_contact, ticket, unit),
        impact=picked_impact,
        keywords=command.keywords,
    )


def _settable(state: Row | Unset | None, ticket: Ticket) -> Row | Unset:
    """Judge a state that is set by saving (ACMP contract ST5)."""
    if isinstance(state, Unset) or state is None or state == ticket.state:
        return UNSET
    if state.kind == StateType.CLOSED:
        raise BrokenRule("state closes the ticket, use CloseTicket_V1", field="state")
    if state.kind in (StateType.MERGED, StateType.REMOVED):
        raise BrokenRule("state cannot be set", field="state")
    return state


def _company(contact: Row | Unset | None, ticket: Ticket, unit: Unit) -> Row | Unset | None:
    # ACMP section 10: the contact's company becomes the ticket's.
    if isinstance(contact, Unset) or contact == ticket.customer_user:
        return UNSET
    if contact is None or not contact.kind:
        return None
    company = int(contact.kind)
    return unit.lists.resolve({"customer": [company]})[("customer", company)]


def _set_or_empty(row: Row | Unset | None) -> Row | None:
    return None if isinstance(row, Unset) else row


def _working_time(time: BookTime | None, executor: Row | Unset | None) -> NewWorkingTime | None:
    if time is None or executor is None or isinstance(executor, Unset):
        return None
    return NewWorkingTime(
        guid=time.guid,
        executor=executor,
        start=time.start,
        end=time.end,
        description=time.description,
    )


def _require_free(comment: NewComment | None, time: BookTime | None, unit: Unit) -> None:
    if comment is not None and unit.entries.article_taken(comment.guid):
        raise BrokenRule("is taken", field="comment.guid")
    if time is not None and unit.entries.working_time_taken(time.guid):
        raise BrokenRule("is taken", field="working_time.guid")


def _require_rules(command: CloseTicket, rules: HelpdeskSettings) -> None:
    if rules.resolutions_enabled and not command.resolution:
        raise Missing(field="resolution")
    if rules.comment_required and command.comment is None:
        raise Missing(field="comment")
    times = rules.working_times_enabled and rules.working_time_required
    if times and command.working_time is None:
        raise Missing(field="working_time")


def _change(ticket: Ticket, changes: Changes, kind: EventKind, call: Call, unit: Unit) -> Ticket:
    after, differences = ticket.apply(changes)
    if not differences:
        return ticket
    unit.tickets.update(after, differences, call)
    unit.history.add(after, [HistoryLine.of(difference) for difference in differences], call)
    # ACMP CT1: the assignment made by closing opens no task at a partner.
    assigned = kind is not EventKind.CLOSED and _assigns(differences, after)
    happened = [kind, *([EventKind.ASSIGNED] if assigned else [])]
    unit.outbox.add(after, [Event(each, events.snapshot(after)) for each in happened], call)
    return after


def _assigns(differences: tuple[Difference, ...], after: Ticket) -> bool:
    names = {difference.field for difference in differences}
    return bool(names & {"owner", "assigned_group"}) and bool(after.owner or after.assigned_group)


def _describe(ticket: Ticket, text: Description, call: Call, unit: Unit) -> None:
    unit.entries.put_description(ticket, text.plain, text.html, call)


def _add_comment(ticket: Ticket, comment: NewComment, call: Call, unit: Unit) -> None:
    article = NewArticle(
        guid=comment.guid,
        plain=comment.text.plain,
        html=comment.text.html,
        visible=comment.visible,
    )
    unit.entries.add_article(ticket, article, call)
    unit.history.add(ticket, [HistoryLine(kind="comment added", article=comment.guid)], call)
    unit.outbox.add(ticket, [Event(EventKind.COMMENT_ADDED, events.snapshot(ticket))], call)


def _forward(ticket: Ticket, comment: NewComment, call: Call, unit: Unit) -> None:
    text, visible = comment.text.plain, comment.visible
    assignments.written(ticket, comment.guid, text, call, unit, visible=visible)
