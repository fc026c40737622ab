"""What the use cases ask of the storage of articles and of what closing a ticket books."""

from typing import Protocol
from uuid import UUID

from gateway.domain.entries import Article, NewArticle, NewWorkingTime
from gateway.domain.ticket import Ticket
from gateway.domain.views import Listed
from gateway.usecases.ports.calls import Call


class EntryStore(Protocol):
    """What hangs on tickets. Guids are unique per kind of entry."""

    def find_article(self, guid: UUID) -> tuple[Article, UUID] | None:
        """Find an article that is no description, with the guid of its ticket."""
        ...

    def articles(self, ticket_id: int) -> Listed[Article]:
        """List a ticket's comments, oldest first, without description; at most 5000, or 32 MiB."""
        ...

    def newest_articles(self, ticket_id: int) -> Listed[Article]:
        """List a ticket's comments, newest first, without description; at most 5000, or 32 MiB."""
        ...

    def delete_article(self, article: Article) -> None:
        """Delete an article with its files."""
        ...

    def article_taken(self, guid: UUID) -> bool:
        """Tell whether an article has this guid."""
        ...

    def working_time_taken(self, guid: UUID) -> bool:
        """Tell whether a working time has this guid."""
        ...

    def add_article(self, ticket: Ticket, article: NewArticle, call: Call) -> None:
        """Add an article; it gets the next number within its ticket."""
        ...

    def edit_article(self, article: Article, call: Call) -> None:
        """Write text and visibility of an article, with the time of change."""
        ...

    def put_description(self, ticket: Ticket, plain: str, html: str, call: Call) -> None:
        """Write, replace or (both empty) empty the article marked as description."""
        ...

    def add_working_time(self, ticket: Ticket, time: NewWorkingTime, call: Call) -> None:
        """Add a working time."""
        ...

    def delete_reminder(self, ticket: Ticket) -> None:
        """Delete the ticket's reminder, if it has one."""
        ...
