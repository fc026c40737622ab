"""What hangs on tickets: articles with the description among them, working times, the reminder."""

from datetime import datetime
from uuid import UUID

from gateway.domain.entries import Article, ArticleKind, NewArticle, NewWorkingTime
from gateway.domain.people import AccountKind
from gateway.domain.ticket import Ticket
from gateway.domain.views import Listed
from gateway.repository.rows import listed, to_row
from gateway.repository.transaction import Record, Transaction
from gateway.usecases.ports import Call

_SENDERS = {
    AccountKind.AGENT: "agent",
    AccountKind.CUSTOMER: "customer",
    AccountKind.PARTNER: "system",
}


class EntryStore:
    """Entries of tickets; writes are gathered until the end of the unit."""

    def __init__(self, current: Transaction, now: datetime) -> None:
        self._current = current
        self._now = now

    def find_article(self, guid: UUID) -> tuple[Article, UUID] | None:
        """Find an article that is no description, with the guid of its ticket."""
        rows = self._current.read("find_article", {"guid": guid})
        if not rows:
            return None
        *article, ticket_guid = rows[0]
        return _article(tuple(article)), ticket_guid

    def articles(self, ticket_id: int) -> Listed[Article]:
        """List a ticket's comments, oldest first, without description; at most 5000, or 32 MiB."""
        return listed(self._current.read("articles", {"ticket_id": ticket_id}), _article)

    def newest_articles(self, ticket_id: int) -> Listed[Article]:
        """List a ticket's comments, newest first, without description; at most 5000, or 32 MiB."""
        return listed(self._current.read("newest_articles", {"ticket_id": ticket_id}), _article)

    def delete_article(self, article: Article) -> None:
        """Delete an article with its files."""
        self._current.later("delete_article", {"ticket_id": article.ticket_id, "id": article.id})

    def article_taken(self, guid: UUID) -> bool:
        """Tell whether an article has this guid."""
        return bool(self._current.read("article_taken", {"guid": guid})[0][0])

    def working_time_taken(self, guid: UUID) -> bool:
        """Tell whether a working time has this guid."""
        return bool(self._current.read("working_time_taken", {"guid": guid})[0][0])

    def add_article(self, ticket: Ticket, article: NewArticle, call: Call) -> None:
        """Add an article; it gets the next number within its ticket."""
        self._current.later(
            "add_article",
            self._written(ticket.id, call)
            | {
                "guid": article.guid,
                "kind": article.kind.value,
                "plain": article.plain,
                "html": article.html,
                "visible": article.visible,
                "is_description": article.is_description,
            },
        )

    def edit_article(self, article: Article, call: Call) -> None:
        """Write text and visibility of an article, with the time of change."""
        self._current.later(
            "edit_article",
            {
                "ticket_id": article.ticket_id,
                "id": article.id,
                "plain": article.plain,
                "html": article.html,
                "visible": article.visible,
                "now": self._now,
                "agent": call.principal.agent_id,
            },
        )

    def put_description(self, ticket: Ticket, plain: str, html: str, call: Call) -> None:
        """Write, replace or (both empty) empty the article marked as description."""
        self._current.later(
            "put_description", self._written(ticket.id, call) | {"plain": plain, "html": html}
        )

    def add_working_time(self, ticket: Ticket, time: NewWorkingTime, call: Call) -> None:
        """Add a working time."""
        self._current.later(
            "add_working_time",
            {
                "ticket_id": ticket.id,
                "guid": time.guid,
                "executor": time.executor.id,
                "start": time.start,
                "end": time.end,
                "minutes": time.minutes,
                "description": time.description,
                "now": self._now,
                "agent": call.principal.agent_id,
            },
        )

    def delete_reminder(self, ticket: Ticket) -> None:
        """Delete the ticket's reminder, if it has one."""
        self._current.later("delete_reminder", {"ticket_id": ticket.id})

    def _written(self, ticket_id: int, call: Call) -> dict[str, object]:
        principal = call.principal
        return {
            "ticket_id": ticket_id,
            "sender_type": _SENDERS[principal.kind],
            "sender": principal.full_name,
            "now": self._now,
            "agent": principal.agent_id,
        }


def _article(record: Record) -> Article:
    (id_, guid, ticket_id, plain, html, kind, visible, creator, channel, sender, to, cc, signature,
     subject, is_description, created, changed) = record  # fmt: skip
    return Article(
        id=id_,
        guid=guid,
        ticket_id=ticket_id,
        plain=plain,
        html=html,
        kind=ArticleKind(kind),
        visible=visible,
        creator=to_row(creator),
        channel=channel,
        sender=sender,
        to=to,
        cc=cc,
        signature=signature,
        subject=subject,
        is_description=is_description,
        created=created,
        changed=changed,
    )
