"""Tickets as a whole: every field, article, file and line of history, for readers of all of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeTicket:
    """All fields of a ticket with the names of what they refer to; nobody is agent 1."""

    id: int
    merged_into: int | None
    number: str
    title: str
    group_id: int
    queue: str
    queue_id: int
    lock: str
    owner_id: int
    owner: str
    responsible_id: int
    responsible: str
    priority_id: int
    priority: str
    color: str
    state_id: int
    state: str
    state_type: str
    type_id: int
    type: str
    service_id: int | None
    service: str | None
    sla_id: int | None
    sla: str | None
    customer_id: int | None
    customer: str  # the text key, of a row or bare
    customer_user_id: int | None
    customer_user: str  # login or address
    archived: bool
    created: datetime
    created_by: int
    changed: datetime
    changed_by: int
    pending_until: datetime | None
    units: Decimal
    touched: datetime  # last article or change of the lock
    first_response_due: datetime | None
    update_due: datetime | None
    solution_due: datetime | None
    closed: datetime | None
    first_lock: datetime | None
    first_response: datetime | None
    first_response_min: int | None
    solution_min: int | None
    first_response_notify: int | None  # per cent of the time
    update_notify: int | None
    solution_notify: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownArticle:
    """An article with all its attributes."""

    ticket_id: int
    id: int
    number: int
    plain: str
    html: str
    visible: bool
    channel: str
    sender_type: str
    sender: str
    reply_to: str
    to: str
    cc: str
    bcc: str
    subject: str
    mime_type: str
    charset: str
    message_id: str
    in_reply_to: str
    references: str
    signature: str
    created: datetime
    created_by: int
    changed: datetime
    changed_by: int
    units: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFile:
    """A file of an article; ``content`` is None where it was not asked for or has not come."""

    ticket_id: int
    article_id: int
    file_name: str
    content_type: str
    disposition: str
    content_id: str
    size: int
    content: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of history, with the ticket as it was after it."""

    ticket_id: int
    id: int
    created: datetime
    agent_id: int
    kind: str
    text: str
    old: str
    new: str
    old_id: int | None
    new_id: int | None
    article_id: int
    queue_id: int
    state_id: int
    owner_id: int
    priority_id: int
    type_id: int
    new_name: str | None  # of what new_id means today; of a new ticket its queue
    old_name: str | None  # as well; of a new ticket its priority and state


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How much of tickets is to be read."""

    articles: bool = False
    files: bool = False
    contents: bool = False
    fields: bool = False
    extended: bool = False
    newest_first: bool = False
    article_limit: int | None = None  # a ticket
    senders: tuple[str, ...] = ()
    visible_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """What was read; tickets by the id they were asked for by, merged ones as their target."""

    tickets: Mapping[int, WholeTicket] = field(default_factory=dict)
    articles: Sequence[ShownArticle] = ()
    files: Sequence[ShownFile] = ()
    names: Sequence[str] = ()  # of all dynamic fields, sorted
    several: frozenset[str] = frozenset()  # those that may have several values
    values: Mapping[tuple[int, str], Sequence[str]] = field(default_factory=dict)
    references: Mapping[int, str] = field(default_factory=dict)
    lines: Sequence[Line] = ()


class WholeStore(Protocol):
    """Reads tickets as a whole, however many articles and files they have, in one round trip."""

    def read(self, ids: Sequence[int], extent: Extent) -> Whole:
        """Read tickets; unknown ones are left out.

        Raises:
            ShapeExceeded: the files are more than one answer can hold.
        """
        ...

    def history(self, ids: Sequence[int]) -> Whole:
        """Read tickets with their history.

        Raises:
            ShapeExceeded: the lines are more than one answer can hold.
        """
        ...
