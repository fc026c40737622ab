"""Tickets of connectors: made and changed with articles, files, times, fields and a reference.

What a ticket may become is decided where every dialect decides it; here stands what those have in
common that change several things at once: closing unlocks, each thing has a right of its own
(Znuny contract, section 6). Tickets REST brings its lists of people along.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gateway.domain import events
from gateway.domain.entries import WholeArticle
from gateway.domain.events import Event, EventKind
from gateway.domain.fields import Filled
from gateway.domain.ticket import (
    OPEN_TYPES,
    PENDING_TYPES,
    Changes,
    Difference,
    HistoryLine,
    StateType,
    Ticket,
)
from gateway.domain.values import Row, Unset
from gateway.usecases import article_mails, assignments
from gateway.usecases.ports import Call, Claim, Mentioned, Party, Unit


@dataclass(frozen=True, slots=True)
class Gathered:
    """Who belongs to a ticket from now on, in order; ``before`` by the names history shows."""

    party: Party
    members: Sequence[Mentioned]
    before: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What comes with a ticket.

    ``claim`` is the reference it is to have from now on, ``system_id`` as it was looked up;
    ``mark`` stands with the number before the subject of what is sent.
    """

    articles: Sequence[WholeArticle] = ()
    filled: Sequence[Filled] = ()
    gathered: Sequence[Gathered] = ()
    present: Mapping[int, Sequence[str]] = field(default_factory=dict)  # values before, by field
    claim: Claim | None = None
    unclaimed: bool = False
    system_id: int | None = None
    mark: str = ""

    @property
    def anything(self) -> bool:
        """Tell whether the ticket changes by it."""
        return bool(self.articles or self.filled or self.gathered or self.claim or self.unclaimed)


def make(blank: Ticket, brought: Brought, call: Call, unit: Unit) -> Ticket:
    """Make a ticket with what it brought; its first article is its description."""
    ticket = unit.tickets.create(replace(blank, **_consequences(blank.state, unit)), call)
    articles = [
        replace(each, is_description=not place) for place, each in enumerate(brought.articles)
    ]
    lines = [HistoryLine(kind="created", new=ticket.title)]
    if ticket.lock != "unlock":
        lines.append(HistoryLine(kind="lock", old="unlock", new=ticket.lock))
    if ticket.pending_until is not None:
        lines.append(HistoryLine(kind="pending_until", new=ticket.pending_until.isoformat()))
    happened = [EventKind.CREATED, *([EventKind.ASSIGNED] if ticket.owner else [])]
    _bring(ticket, replace(brought, articles=articles), call, unit, lines=lines, happened=happened)
    assignments.made(ticket, call, unit)
    _send(ticket, brought, call, unit)
    unit.messages.settle(call, ticket.id)
    return ticket


def change(ticket: Ticket, changes: Changes, brought: Brought, call: Call, unit: Unit) -> Ticket:
    """Change a locked ticket and add what was brought; a closed one may be changed, too."""
    after, differences = ticket.apply(changes)
    brought = replace(brought, filled=[each for each in brought.filled if _differs(each, brought)])
    lines = [HistoryLine.of(each) for each in sorted(differences, key=_place)]
    happened: Sequence[EventKind] = ()
    if differences:
        unit.tickets.update(after, differences, call)
        happened = _happened(ticket, after, differences)
    elif brought.anything:
        unit.tickets.touch(after, call)
        happened = () if brought.articles else (EventKind.CHANGED,)
    if differences or brought.anything:
        unit.idempotency.forget(call, ticket.guid)
    _bring(after, brought, call, unit, lines=lines, happened=happened)
    for article in brought.articles:
        visible = article.visible
        assignments.written(ticket, article.guid, article.plain, call, unit, visible=visible)
    _follow(ticket, after, call, unit)
    _send(after, brought, call, unit)
    unit.messages.settle(call, after.id)
    return after


def with_state(ticket: Ticket, changes: Changes, unit: Unit) -> Changes:
    """Add what a new state brings with it: closing time, no lock, no pending time."""
    state = changes.state
    if isinstance(state, Unset) or state == ticket.state:
        return changes
    follows = _consequences(state, unit)
    if StateType(state.kind) not in PENDING_TYPES and isinstance(changes.pending_until, Unset):
        follows["pending_until"] = None
    if follows["closed"] is not None and ticket.closed is not None:
        del follows["closed"]  # from one closed state to another
    return replace(changes, **follows)


def _consequences(state: Row, unit: Unit) -> dict[str, Any]:
    kind = StateType(state.kind)
    unlocked: dict[str, Any] = {"lock": "unlock"} if kind is StateType.CLOSED else {}
    return unlocked | {"closed": None if kind in OPEN_TYPES else unit.now}


def _differs(filled: Filled, brought: Brought) -> bool:
    texts = [value.text for value in filled.values]
    return texts != list(brought.present.get(filled.field.id, ()))


def _happened(
    before: Ticket, after: Ticket, differences: Sequence[Difference]
) -> Sequence[EventKind]:
    kind = EventKind.CHANGED
    if before.closed is None and after.closed is not None:
        kind = EventKind.CLOSED
    elif before.closed is not None and after.closed is None:
        kind = EventKind.REOPENED
    assigned = after.owner and any(each.field == "owner" for each in differences)
    return [kind, *([EventKind.ASSIGNED] if assigned else [])]


def _follow(before: Ticket, after: Ticket, call: Call, unit: Unit) -> None:
    """Let tasks and partners hear of it (SSP7 contract, section 8)."""
    group = after.assigned_group
    if group is not None and group.kind:
        # An owner beside the group of a partner watches over it, and takes nothing away from it.
        before = replace(before, owner=after.owner)
    if before.closed is not None and after.closed is None:
        assignments.reopened(before, after, call, unit)
        return
    assignments.moved(before, after, call, unit)
    if before.closed is None and after.closed is not None:
        unit.entries.delete_reminder(after)
        assignments.closed(after, call, unit)


def _bring(
    ticket: Ticket,
    brought: Brought,
    call: Call,
    unit: Unit,
    *,
    lines: Sequence[HistoryLine],
    happened: Sequence[EventKind],
) -> None:
    """Store what came with a ticket, and tell of it behind what happened to the ticket itself."""
    articles = [_marked(each, ticket, brought.mark) for each in brought.articles]
    if articles:
        unit.intake.add_articles(ticket, articles, call)
    if brought.filled:
        unit.intake.fill(ticket, brought.filled)
    for each in brought.gathered:
        unit.cards.put_party(ticket, each.party, [member.row for member in each.members], call)
    written = [line for each in articles for line in _lines(each)]
    fields = [_field_line(each, brought) for each in brought.filled]
    gathered = [_gathered_line(each) for each in brought.gathered]
    unit.history.add(ticket, [*lines, *written, *fields, *gathered], call)
    told = [Event(kind, events.snapshot(ticket)) for kind in happened]
    news = [event for each in articles for event in _news(each, ticket)]
    unit.outbox.add(ticket, [*told, *news], call)
    if brought.claim is not None:
        unit.intake.claim(ticket, brought.claim, brought.system_id)
    elif brought.unclaimed:
        unit.intake.unclaim(ticket)


def _marked(article: WholeArticle, ticket: Ticket, mark: str) -> WholeArticle:
    if article.sending is None:
        return article
    return replace(article, subject=f"[{mark}{ticket.number}] {article.subject}")


def _lines(article: WholeArticle) -> list[HistoryLine]:
    guid = article.guid
    lines = [
        HistoryLine(kind="comment added", text=article.comment, new=article.history, article=guid)
    ]
    if article.units is not None:
        lines.append(HistoryLine(kind="working time added", new=str(article.units), article=guid))
    return lines


def _news(article: WholeArticle, ticket: Ticket) -> list[Event]:
    told = events.snapshot(ticket)
    told["article"] = {"id": article.id, "guid": str(article.guid), **article.notified}
    happened = [EventKind.COMMENT_ADDED, *([EventKind.ATTACHMENT_ADDED] if article.files else [])]
    return [Event(kind, told) for kind in happened]


def _field_line(filled: Filled, brought: Brought) -> HistoryLine:
    old = ", ".join(brought.present.get(filled.field.id, ()))
    return HistoryLine(kind="dynamic field", text=filled.field.name, old=old, new=filled.shown)


def _gathered_line(gathered: Gathered) -> HistoryLine:
    new = ", ".join(member.name for member in gathered.members)
    return HistoryLine(kind=gathered.party.value, old=", ".join(gathered.before), new=new)


def _send(ticket: Ticket, brought: Brought, call: Call, unit: Unit) -> None:
    for each in brought.articles:
        if each.sending is not None:
            sender = each.sender
            article_mails.queue(ticket, each.guid, each.sending, call, unit, sender=sender)


# The order in which the connector's effects are told (Znuny contract, section 6).
_ORDER = (
    "title", "queue", "lock", "type", "state", "pending_until", "service", "sla", "customer",
    "customer_key", "customer_user", "customer_address", "priority", "owner", "responsible",
)  # fmt: skip


def _place(difference: Difference) -> int:
    return _ORDER.index(difference.field) if difference.field in _ORDER else len(_ORDER)
