"""Update texts that our own people enter at a task; a partner who works on it is told."""

from dataclasses import dataclass
from uuid import UUID

from gateway.domain import events
from gateway.domain.assignment import OUTSIDE
from gateway.domain.entries import ArticleKind, NewArticle
from gateway.domain.events import Event, EventKind
from gateway.domain.ticket import HistoryLine
from gateway.domain.values import Description
from gateway.errors import Missing
from gateway.usecases import assignments, rights
from gateway.usecases.idempotency import Done
from gateway.usecases.ports import Call, Unit
from gateway.usecases.tickets import seen


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterText:
    """A text for a task; ``guid`` is that of the entry it becomes."""

    guid: UUID
    ticket: UUID
    task_id: int
    text: Description
    visible: bool = False


def enter(command: EnterText, call: Call, unit: Unit) -> Done:
    """Write a text on a task; at a partner it is event E4, whatever its group forwards.

    What a group forwards is about entries of other dialects; this text is meant for the task
    (SSP7 contract, 9.1 and 9.2).

    Raises:
        Missing: no text.
        NotFound, NotPermitted, WrongState: ticket and task, rights, state.
    """
    if not command.text.plain.strip():
        raise Missing(field="text")
    ticket = seen(unit.tickets.lock(command.ticket), call, "ticket")
    rights.require(call.principal, call.command, ticket.group_id, field="ticket")
    ticket.require_writable("ticket")
    task = assignments.named_task(ticket, command.task_id, unit)
    outside = task.state in OUTSIDE
    article = NewArticle(
        guid=command.guid,
        plain=command.text.plain,
        html=command.text.html,
        visible=command.visible,
        kind=ArticleKind.UPDATE if outside else ArticleKind.ARTICLE,
    )
    unit.entries.add_article(ticket, article, call)
    unit.tickets.touch(ticket, call)
    line = HistoryLine(kind="update text entered", text=str(task.id))
    unit.history.add(ticket, [line], call)
    unit.outbox.add(ticket, [Event(EventKind.COMMENT_ADDED, events.snapshot(ticket))], call)
    if outside:
        group = assignments.partner_group(task, unit)
        assignments.pass_on(article.guid, article.plain, task, group, call, unit)
    unit.messages.settle(call, ticket.id)
    return Done(ticket.id)
