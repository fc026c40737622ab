"""Everything a partner can ask for, as flat frozen records; fields named as faults name them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from gateway.domain.assignment import Direction, Partner, TaskState
from gateway.domain.commands import Defaults


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """A file that comes with a partner's text."""

    name: str
    content_type: str
    content: bytes = field(repr=False)

    @property
    def sha256(self) -> bytes:
        """Give the digest of the content."""
        return hashlib.sha256(self.content).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge:
    """The partner's own number for a task."""

    task_id: int
    reference: str
    system: str = ""
    message: str = ""
    acknowledged: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reassign:
    """The partner is ready with a task, or has closed it."""

    task_id: int
    solution: str
    closed: bool
    reference: str = ""
    solution_code: str = ""
    group: str = ""
    files: tuple[NewFile, ...] = ()
    message_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddUpdate:
    """The partner has something to say about a task."""

    task_id: int
    message: str
    reference: str = ""
    author: str = ""
    written: datetime | None = None
    visible: bool = False
    files: tuple[NewFile, ...] = ()
    message_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartProcess:
    """A ticket is to be made through an external app; ``values`` as they were sent."""

    app: str
    requester: str
    values: tuple[tuple[str, str], ...]
    reference: str
    defaults: Defaults = field(repr=False)
    contact: UUID | None = None  # a customer user who is known otherwise than by a unique id


# The names that every app has (SSP7 contract, section 6).
SUBJECT, DESCRIPTION, PRIORITY, CATEGORY = "Subject", "Description", "Priority", "Category"
NAME, EMAIL, PHONE = "RequesterName", "RequesterEmail", "RequesterPhone"
COMMON_FIELDS = frozenset({SUBJECT, DESCRIPTION, PRIORITY, CATEGORY, NAME, EMAIL, PHONE})


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalApp:
    """An external app: it stands in for a form, with names of its own."""

    code: str
    partner: Partner | None
    template: UUID | None
    requester: UUID | None
    labels: Mapping[str, str]  # of its own fields, by their names
    types: Mapping[str, str]  # of the same: text, integer, boolean, time


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The ticket an app made, or made before."""

    ticket_id: int
    ticket_number: str
    task_id: int
    received: datetime
    duplicate: bool = False


class ExchangeKind(StrEnum):
    """What an entry exchanged with a partner is."""

    UPDATE = "update"
    SOLUTION = "solution"
    LOG = "log"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewExchange:
    """An entry exchanged with a partner, to be stored with the event it made."""

    guid: UUID
    kind: ExchangeKind
    direction: Direction
    task_id: int
    partner_id: int | None
    text: str
    author: str
    written: datetime
    visible: bool
    event: UUID | None
    message_id: str = ""
    digest: bytes | None = None
    files: tuple[NewFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a partner is told about a text or number that arrived."""

    ticket_id: int
    ticket_number: str
    task_id: int
    reference: str
    state: TaskState
    event: UUID | None
    received: datetime
    duplicate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownExchange:
    """An entry that came under a partner's message id, with the answer it got."""

    task_id: int
    digest: bytes
    receipt: Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFile:
    """A file of an entry, without its content."""

    name: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownExchange:
    """An entry as the partner reads it."""

    guid: UUID
    kind: str
    closure: bool
    direction: Direction
    text: str
    author: str
    created: datetime
    message_id: str
    files: tuple[ShownFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingEvent:
    """An Out event that a pulling partner did not confirm yet."""

    guid: UUID
    sequence: int
    request_type: str
    app: str
    occurred: datetime
    attempt: int
    ticket_id: int
    ticket_number: str
    task_id: int
    reference: str
    fields: dict[str, str]
    may_have_files: bool
    files: tuple[NewFile, ...] = ()
    left_out: int = 0  # files that no message could hold
