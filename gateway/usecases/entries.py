"""Comments of tickets: save, delete and read."""

from dataclasses import replace
from uuid import UUID

from gateway.domain import events
from gateway.domain.commands import SaveComment
from gateway.domain.entries import Article, NewArticle
from gateway.domain.events import Event, EventKind
from gateway.domain.ticket import HistoryLine, Ticket
from gateway.domain.values import UNSET, Unset
from gateway.domain.views import Listed, TicketView
from gateway.errors import BrokenRule, Missing, NotFound
from gateway.usecases import assignments, idempotency, rights, tickets
from gateway.usecases.idempotency import Done
from gateway.usecases.ports import Call, Unit
from gateway.usecases.tickets import seen


def save_comment(command: SaveComment, call: Call, unit: Unit) -> Done:
    """Add a comment, or edit it when it exists (ACMP contract CO).

    Raises:
        Missing: a new comment without ticket or text; text that is empty.
        NotFound, NotPermitted, WrongState, BrokenRule: ticket, rights, state, a value.
    """
    held = _held(command.guid, unit)
    if held is None:
        return _add(command, call, unit)
    # ACMP G14: required fields and forms are judged before it matters who may see the ticket.
    if not isinstance(command.text, Unset) and not command.text.html:
        raise Missing(field="text")
    if command.breach is not None:
        raise command.breach
    article, locked = held
    ticket = seen(locked, call, "guid")
    return idempotency.repeated(call, unit) or _edit(command, article, ticket, call, unit)


def delete_comment(guid: UUID, call: Call, unit: Unit) -> Done:
    """Delete a comment with its files; history keeps the text (ACMP contract CO3).

    Raises:
        NotFound: there is none that the caller may see, and this command has not deleted it.
        NotPermitted, WrongState: rights, state of the ticket.
    """
    held = _held(guid, unit)
    if held is None:
        if first := idempotency.repeated(call, unit):
            return first
        raise NotFound(field="guid")
    article, locked = held
    ticket = seen(locked, call, "guid")
    rights.require(call.principal, call.command, ticket.group_id, field="guid")
    ticket.require_writable("guid")
    unit.entries.delete_article(article)
    unit.tickets.touch(ticket, call)
    unit.history.add(ticket, [HistoryLine(kind="comment deleted", old=article.plain)], call)
    unit.outbox.add(ticket, [Event(EventKind.CHANGED, events.snapshot(ticket))], call)
    done = Done(ticket.id)
    idempotency.remember(done, "delete", guid, call, unit)
    unit.messages.settle(call, ticket.id)
    return done


def comment(guid: UUID, call: Call, unit: Unit) -> tuple[TicketView, Article]:
    """Read one comment.

    Raises:
        NotFound: there is none that the caller may see.
    """
    found = unit.entries.find_article(guid)
    if found is None:
        raise NotFound(field="guid")
    article, ticket_guid = found
    return tickets.view(ticket_guid, call, unit), article


def newest_comments(guid: UUID, call: Call, unit: Unit) -> tuple[TicketView, Listed[Article]]:
    """List a ticket's comments, newest first; the description is none.

    Raises:
        NotFound: there is no such ticket that the caller may see.
    """
    ticket = tickets.view(guid, call, unit)
    return ticket, unit.entries.newest_articles(ticket.id)


def comments(guid: UUID, call: Call, unit: Unit) -> tuple[TicketView, Listed[Article]]:
    """List a ticket's comments, oldest first; the description is none.

    Raises:
        NotFound: there is no such ticket that the caller may see.
    """
    ticket = tickets.view(guid, call, unit)
    return ticket, unit.entries.articles(ticket.id)


def _held(guid: UUID, unit: Unit) -> tuple[Article, Ticket | None] | None:
    """Find a comment and lock its ticket; looked for again, since a merge may just have moved it.

    Gives no ticket where that was removed, and nothing where there is no comment.
    """
    found = unit.entries.find_article(guid)
    while found is not None:
        _, ticket_guid = found
        ticket = unit.tickets.lock(ticket_guid)
        found = unit.entries.find_article(guid)
        if found is not None and found[1] == ticket_guid:
            return found[0], ticket
    return None


def _add(command: SaveComment, call: Call, unit: Unit) -> Done:
    if isinstance(command.ticket, Unset):
        raise Missing(field="ticket")
    if isinstance(command.text, Unset) or not command.text.html:
        raise Missing(field="text")
    if command.breach is not None:
        raise command.breach
    found = None if command.ticket is None else unit.tickets.lock(command.ticket)
    ticket = seen(found, call, "ticket")
    rights.require(call.principal, call.command, ticket.group_id, field="ticket")
    ticket.require_writable("ticket")
    article = NewArticle(
        guid=command.guid,
        plain=command.text.plain,
        html=command.text.html,
        visible=bool(command.visible),
    )
    unit.entries.add_article(ticket, article, call)
    unit.tickets.touch(ticket, call)
    line = HistoryLine(kind="comment added", article=article.guid)
    unit.history.add(ticket, [line], call)
    unit.outbox.add(ticket, [Event(EventKind.COMMENT_ADDED, events.snapshot(ticket))], call)
    text, visible = article.plain, article.visible
    assignments.written(ticket, article.guid, text, call, unit, visible=visible)
    done = Done(ticket.id)
    idempotency.remember(done, "create", command.guid, call, unit)
    unit.messages.settle(call, ticket.id)
    return done


def _edit(command: SaveComment, article: Article, ticket: Ticket, call: Call, unit: Unit) -> Done:
    text = command.text
    if not isinstance(text, Unset) and text.html == article.html:
        text = UNSET  # what was read is sent back: the plain form is not derived anew
    if not isinstance(command.ticket, Unset) and command.ticket != ticket.guid:
        raise BrokenRule("belongs to another ticket", field="ticket")
    rights.require(call.principal, call.command, ticket.group_id, field="guid")
    ticket.require_writable("guid")
    unit.idempotency.forget(call, article.guid)
    changed = replace(
        article,
        plain=article.plain if isinstance(text, Unset) else text.plain,
        html=article.html if isinstance(text, Unset) else text.html,
        visible=article.visible if isinstance(command.visible, Unset) else command.visible,
    )
    if changed != article:
        unit.entries.edit_article(changed, call)
        unit.tickets.touch(ticket, call)
        unit.history.add(ticket, _lines(article, changed), call)
        unit.outbox.add(ticket, [Event(EventKind.CHANGED, events.snapshot(ticket))], call)
    unit.messages.settle(call, ticket.id)
    return Done(ticket.id)


def _lines(old: Article, new: Article) -> list[HistoryLine]:
    lines = []
    if (old.plain, old.html) != (new.plain, new.html):
        lines.append(HistoryLine(kind="comment changed", old=old.plain, new=new.plain))
    if old.visible is not new.visible:
        shown = HistoryLine(kind="comment visible", old=str(old.visible), new=str(new.visible))
        lines.append(shown)
    return lines
