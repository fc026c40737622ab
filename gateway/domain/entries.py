"""What hangs on a ticket: articles (comments), attachments, working times, costs, reminders."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from gateway.domain.mail import Sending
from gateway.domain.values import Row


class ArticleKind(StrEnum):
    """What an article is."""

    ARTICLE = "article"  # a comment, note or mail
    UPDATE = "update"  # an update text exchanged with a partner
    SOLUTION = "solution"  # a partner's solution
    LOG = "log"  # a line of a process


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article of a ticket; ``plain`` and ``html`` are the two forms of its body."""

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
class NewFile:
    """A file that comes with an article."""

    guid: UUID
    file_name: str
    content_type: str
    content: bytes = field(repr=False)
    disposition: str = "attachment"
    content_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeArticle:
    """An article to be added with all that a mail has; addresses as they were written.

    ``id`` was set aside before. ``comment`` and ``history`` are the words its history line has in
    the connector of Znuny; ``notified`` is what its event tells of whom to notify.
    """

    id: int
    guid: UUID
    plain: str
    html: str
    visible: bool
    sender_type: str
    sender: str
    channel: str = "Internal"
    reply_to: str = ""
    to: str = ""
    cc: str = ""
    bcc: str = ""
    subject: str = ""
    mime_type: str = "text/plain"
    charset: str = "utf-8"
    message_id: str = ""
    in_reply_to: str = ""
    references: str = ""
    signature: str = ""
    is_description: bool = False
    files: tuple[NewFile, ...] = ()
    units: Decimal | None = None  # of time, two places
    comment: str = ""
    history: str = "AddNote"
    notified: Mapping[str, object] = field(default_factory=dict)
    sending: Sending | None = None  # None: it stays here


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A ticket's reminder."""

    due: datetime
    text: str
    recipient: Row


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingTime:
    """A working time of a ticket; ``ticket`` is the guid of that ticket."""

    guid: UUID
    ticket_id: int
    ticket: UUID
    executor: Row
    start: datetime
    end: datetime
    minutes: int
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """A cost of a ticket; a new one has no creator yet, it gets the calling agent."""

    guid: UUID
    ticket_id: int
    ticket: UUID
    unit_price: Decimal  # two places
    amount: int
    category: str = ""
    description: str = ""
    creator: Row | None = None
    created: datetime

    @property
    def total(self) -> Decimal:
        """Give the price of all of them."""
        return self.unit_price * self.amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file of a ticket or of one of its articles, without its content.

    ``document`` is a caller's label; a file made elsewhere has its own guid there.
    """

    guid: UUID
    ticket_id: int
    ticket: UUID
    document: UUID
    name: str
    file_name: str
    description: str = ""
    visible: bool = False  # to the customer
    size: int = 0
    sha256: bytes | None = None  # None: the content has not come yet
    creator: Row | None = None
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A received mail that belongs to no ticket."""

    guid: UUID
    subject: str
    sender: str
    recipient: str
    received: datetime
    body: str
    has_attachments: bool


def minutes_between(start: datetime, end: datetime) -> int:
    """Give the minutes from start to end, half a minute rounded up, at least one."""
    return max(1, (end - start + timedelta(seconds=30)) // timedelta(minutes=1))
