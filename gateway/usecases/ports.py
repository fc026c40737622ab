"""What the use cases ask of the world: storage, passwords, a unit of work.

Stores: ``get`` raises, ``find`` may give None, ``list`` is bounded, ``lock`` holds to the end of
the transaction.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from gateway.domain.entries import Article, NewArticle, NewWorkingTime
from gateway.domain.events import Event
from gateway.domain.people import Assignable, Principal
from gateway.domain.ticket import Difference, HistoryLine, Ticket
from gateway.domain.values import Key, Row
from gateway.domain.views import (
    Caption,
    CategoryView,
    HelpdeskSettings,
    Page,
    TicketView,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """The circumstances of a command: who, through what, until when."""

    principal: Principal
    dialect: str
    operation: str  # with version, as history shows it
    command: str  # the word of the rights table, without version
    message: int | None = None  # number of the message record; None: there is none
    deadline_s: float = float("inf")  # on gateway.clock.monotonic_s
    key: str | None = None  # the caller's Idempotency-Key
    digest: bytes = b""  # SHA-256 of the canonical arguments
    may_commit: Callable[[], bool] = field(default=lambda: True)  # asked right before COMMIT
    settled: Callable[[int | None], None] = field(default=lambda _: None)  # told on commit


# What a list may be asked for by name. The order is that of the resolve statement.
LISTS = (
    "state", "priority", "queue", "type", "category", "service", "sla", "impact", "resolution",
    "template", "agent", "group", "customer", "customer_user",
)  # fmt: skip


class TicketStore(Protocol):
    """Tickets with their own fields."""

    def lock(self, guid: UUID) -> Ticket | None:
        """Load a ticket and hold its row FOR NO KEY UPDATE.

        Removed ones come too: their guid is used up, so it must not look like a new one.
        """
        ...

    def view(self, guid: UUID, principal: Principal) -> TicketView | None:
        """Read a ticket for showing, following merges to the end; None if not to be seen.

        One statement. Agents need ro on the group of its queue; customers see their own and
        their company's tickets.
        """
        ...

    def create(self, ticket: Ticket, call: Call) -> Ticket:
        """Insert a ticket (its ``id`` is ignored) and give it with the id of the database.

        A number is taken from the reserve. The description goes into no column: callers add an
        article marked as description.
        """
        ...

    def update(self, ticket: Ticket, differences: Sequence[Difference], call: Call) -> None:
        """Write the differing columns, version, time of change and changing agent."""
        ...

    def touch(self, ticket: Ticket, call: Call) -> None:
        """Raise version and time of change because an entry changed."""
        ...

    def page(
        self,
        principal: Principal,
        *,
        guids: Sequence[UUID] | None,
        offset: int,
        count: int,
        with_total: bool,
    ) -> Page:
        """List visible tickets by id ascending, without merged and removed ones.

        With guids: only these, merged ones as their target, once. Columns are named in
        ``TICKET_COLUMNS``. One statement, two with the total.
        """
        ...


# Columns of TicketStore.page, in order; guids as UUID, times aware, names as text.
TICKET_COLUMNS = (
    "guid", "id", "title", "category_guid", "category_en", "category_de", "priority",
    "state_guid", "state_en", "state_de", "contact_guid", "contact", "assignee_guid",
    "assignee", "created", "changed",
)  # fmt: skip


class EntryStore(Protocol):
    """What hangs on tickets. Guids are unique per kind of entry."""

    def find_article(self, guid: UUID) -> tuple[Article, UUID] | None:
        """Find an article that is no description, with the guid of its ticket."""
        ...

    def articles(self, ticket_id: int) -> list[Article]:
        """List a ticket's comments, oldest first; the description is none. At most 5000."""
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


class ListStore(Protocol):
    """Rows the operator configures, and people by key."""

    def resolve(self, wanted: Mapping[str, Sequence[Key]]) -> Mapping[tuple[str, Key], Row]:
        """Find rows by guid, id or name, of several lists in one statement.

        ``wanted`` maps a list of ``LISTS`` to keys; names are English captions, full paths for
        trees (joined by ``::``), logins for people. Rows that do not exist are left out; inactive
        ones come with ``active`` false. Of a customer user ``kind`` is the customer's id; of a
        queue the group's id; of a state the state type; of an SLA nothing.
        """
        ...

    def categories(self) -> list[CategoryView]:
        """List the active categories by English path; at most 5000."""
        ...

    def resolutions(self) -> list[Caption]:
        """List the active resolutions by English name; at most 5000."""
        ...

    def assignable(self, principal: Principal) -> list[Assignable]:
        """List active agents, then groups, to whom the principal may assign; each by name.

        A group needs rw of the principal on itself; an agent needs rw on a group where the
        principal has rw too. At most 5001 (one more than is shown).
        """
        ...

    def helpdesk_settings(self) -> HelpdeskSettings:
        """Read the operator's rules."""
        ...


class HistoryStore(Protocol):
    """History lines, written together at the end of the unit."""

    def add(self, ticket: Ticket, lines: Sequence[HistoryLine], call: Call) -> None:
        """Write lines with the ticket's state after the change."""
        ...


class Outbox(Protocol):
    """Events for whoever must hear of them, in the transaction of the change."""

    def add(self, ticket: Ticket, events: Sequence[Event], call: Call) -> None:
        """Write events with the next sequence numbers of the ticket."""
        ...


@dataclass(frozen=True, slots=True)
class Remembered:
    """The first answer to a command, kept for its repeats."""

    digest: bytes
    answer: dict[str, object]
    subject: UUID | None
    kind: str  # what was done: create, close, reopen, ...


class IdempotencyStore(Protocol):
    """First answers, by (account, operation, key), for 24 hours."""

    def claim(self, call: Call, key: str) -> Remembered | None:
        """Claim a caller's key for this unit; a second caller waits, then gets the first answer."""
        ...

    def find(self, call: Call, key: str) -> Remembered | None:
        """Find what this account answered under the key."""
        ...

    def remember(self, call: Call, key: str, remembered: Remembered) -> None:
        """Keep an answer under a key, in place of an older one."""
        ...

    def forget(self, call: Call, subject: UUID) -> None:
        """Drop this account's digest-keyed answers about a subject: it wrote it again."""
        ...


class MessageStore(Protocol):
    """The outcome of the message, inside the transaction of its effect."""

    def settle(self, call: Call, ticket_id: int | None) -> None:
        """Mark the message of this call as done, and whose ticket it touched."""
        ...


class Unit(Protocol):
    """One transaction and its stores. Writes may be gathered until the end of the unit."""

    @property
    def now(self) -> datetime:
        """The time of this unit: every record of it carries the same."""
        ...

    @property
    def tickets(self) -> TicketStore: ...  # noqa: D102
    @property
    def entries(self) -> EntryStore: ...  # noqa: D102
    @property
    def lists(self) -> ListStore: ...  # noqa: D102
    @property
    def history(self) -> HistoryStore: ...  # noqa: D102
    @property
    def outbox(self) -> Outbox: ...  # noqa: D102
    @property
    def idempotency(self) -> IdempotencyStore: ...  # noqa: D102
    @property
    def messages(self) -> MessageStore: ...  # noqa: D102


class Units(Protocol):
    """Runs work in transactions."""

    def run(self, work: Callable[[Unit], T], call: Call) -> T:
        """Run the work in one transaction and commit, unless the call's deadline has passed.

        Runs again from the start, at most 3 times, 20 to 100 ms apart, on serialisation failure,
        deadlock, a connection lost before COMMIT, or a unique violation on guid, number or
        reference.

        Raises:
            StorageAway: no connection, or it broke before the commit.
            TryLater: lock or statement time-out, pool empty.
            DeadlinePassed: too late to commit.
            OutcomeUnknown: the answer of COMMIT was lost.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What is stored of an account's secret, and what decides whether it may be used."""

    principal: Principal
    version: int  # raised by every change of a secret
    hashes: tuple[str, ...]  # argon2id; two during rotation
    active: bool  # account enabled, bound person valid


class AccountStore(Protocol):
    """Accounts, sessions and failed logins; each call is one short transaction of its own."""

    def find(self, name: str) -> Credential | None:
        """Find an account with its rights, in one statement."""
        ...

    def find_session(self, digest: bytes) -> Credential | None:
        """Find the account of a living session by the SHA-256 of its id, and mark it used."""
        ...

    def failures(self, name: str, peer: str, window_s: int) -> tuple[int, int]:
        """Count the failed logins of an account and of an address within the window."""
        ...

    def record_failure(self, name: str, peer: str) -> None:
        """Remember a failed login."""
        ...

    def record_success(self, name: str, peer: str) -> None:
        """Forget the account's failures from this address and remember the good login."""
        ...

    def trusted(self, name: str, peer: str) -> bool:
        """Tell whether the account had a good login from this address within 24 hours."""
        ...

    def rehash(self, account_id: int, old: str, new: str) -> None:
        """Store a hash with newer parameters, if the old one still stands."""
        ...


class Passwords(Protocol):
    """Password hashing."""

    def verify(self, hashed: str, password: str) -> bool:
        """Compare in constant time; a slow operation."""
        ...

    def hash(self, password: str) -> str:
        """Hash with the present parameters."""
        ...

    def outdated(self, hashed: str) -> bool:
        """Tell whether the hash was made with older parameters."""
        ...

    @property
    def dummy(self) -> str:
        """A hash that no password has, for unknown users."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedMessage:
    """What is known of a message before anybody parses it."""

    received: datetime
    dialect: str
    peer: str
    method: str
    path: str
    size: int
    sha256: bytes
    correlation_id: str
    sealed: bytes | None  # the sealed body


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedMessage:
    """What is known of a message when it was answered."""

    number: int
    received: datetime
    operation: str
    account_id: int | None
    soap_version: str
    stage: int
    outcome: int
    code: str
    status: int
    ticket_id: int | None
    duration_ms: int
    answer_size: int
    request: str | None  # redacted; None: the sealed body stays
    answer: str | None  # redacted
    notes: Sequence[str]


class MessageLog(Protocol):
    """The recorder's two short writes; neither waits for the disk."""

    def open(self, message: OpenedMessage) -> int:
        """Store a message before it is parsed and give its number.

        Raises:
            StorageAway: the database does not answer.
        """
        ...

    def close(self, message: ClosedMessage) -> None:
        """Write down how a message ended; its sealed body goes when the request was parsed."""
        ...
