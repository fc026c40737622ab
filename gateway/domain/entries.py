"""What hangs on a ticket: articles (comments) and working times; costs, attachments, reminders."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from gateway.domain.values import Row


class ArticleKind(StrEnum):
    """What an article is."""

    ARTICLE = "article"  # a comment, note or mail
    UPDATE = "update"  # an update text exchanged with a partner
    SOLUTION = "solution"  # a partner's solution
    LOG = "log"  # a line of a process


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article of a ticket; ``plain`` and ``html`` are the two forms of its body.

    ``ticket_guid`` and ``group_id`` belong to its ticket and let rights be judged in one read.
    """

    id: int
    guid: UUID
    ticket_id: int
    plain: str
    html: str
    kind: ArticleKind = ArticleKind.ARTICLE
    visible: bool = False  # to the customer
    creator: Row | None = None
    channel: str = "Internal"
    sender: str = ""
    to: str = ""
    cc: str = ""
    signature: str = ""
    subject: str = ""
    is_description: bool = False
    created: datetime
    changed: datetime

    @property
    def external(self) -> bool:
        """Tell whether it was sent or received as e-mail (ACMP contract CO4)."""
        return self.channel == "Email"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewArticle:
    """An article to be added; creator and time are those of the command."""

    guid: UUID
    plain: str
    html: str
    visible: bool = False
    kind: ArticleKind = ArticleKind.ARTICLE
    is_description: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWorkingTime:
    """A working time to be added."""

    guid: UUID
    executor: Row
    start: datetime
    end: datetime
    description: str = ""

    @property
    def minutes(self) -> int:
        """Give the duration in minutes, rounded, at least one (ACMP contract WT)."""
        return minutes_between(self.start, self.end)


def minutes_between(start: datetime, end: datetime) -> int:
    """Give the rounded minutes from start to end, at least one."""
    return max(1, round((end - start) / timedelta(minutes=1)))
