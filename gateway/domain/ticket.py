"""A ticket: its fields, what may change, and what a change is."""

from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from gateway.domain.values import UNSET, Row, Unset
from gateway.errors import TicketClosed, TicketMerged, TicketNotClosed


class StateType(StrEnum):
    """What a state means; its name is the operator's."""

    NEW = "new"  # nobody has looked yet
    OPEN = "open"  # in work
    PENDING_REMINDER = "pending reminder"  # waits, somebody is reminded
    PENDING_AUTO = "pending auto"  # waits, then changes by itself
    CLOSED = "closed"  # done; changed only by reopening
    REMOVED = "removed"  # deleted, kept for the history
    MERGED = "merged"  # lives on in another ticket


OPEN_TYPES = frozenset(
    {StateType.NEW, StateType.OPEN, StateType.PENDING_REMINDER, StateType.PENDING_AUTO}
)
PENDING_TYPES = frozenset({StateType.PENDING_REMINDER, StateType.PENDING_AUTO})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A ticket's own fields, as loaded under its lock. List fields hold whole rows.

    Times are aware UTC. ``queue.kind`` is the id of the queue's group, ``state.kind`` the state
    type.
    """

    id: int
    guid: UUID
    number: str
    version: int
    title: str
    state: Row
    priority: int
    queue: Row
    type: Row | None = None
    category: Row | None = None
    service: Row | None = None
    sla: Row | None = None
    impact: Row | None = None
    resolution: Row | None = None
    lock: str = "unlock"
    owner: Row | None = None  # the assigned agent
    assigned_group: Row | None = None
    responsible: Row | None = None
    customer: Row | None = None
    customer_user: Row | None = None
    customer_address: str | None = None
    customer_key: str | None = None  # of a customer that is no row
    keywords: str = ""
    template: Row | None = None
    pending_until: datetime | None = None
    follow_up: date | None = None
    action_required: date | None = None
    closed: datetime | None = None
    archived: bool = False
    merged_into: UUID | None = None
    description: str = ""  # HTML form of the article marked as description
    shared: bool = False  # an open task of it is at a partner, or came back from one

    @property
    def state_type(self) -> StateType:
        """Give the type of the ticket's state."""
        return StateType(self.state.kind)

    @property
    def group_id(self) -> int:
        """Give the group whose permissions count: that of the ticket's queue."""
        return int(self.queue.kind)

    def require_writable(self, field: str) -> None:
        """Refuse to change a merged or closed ticket (domain page, rules).

        Raises:
            TicketMerged: it lives on in another ticket.
            TicketClosed: it must be reopened first.
        """
        self.require_unmerged(field)
        if self.state_type is StateType.CLOSED:
            raise TicketClosed(field=field)

    def require_unmerged(self, field: str) -> None:
        """Refuse a ticket that was merged into another.

        Raises:
            TicketMerged: it lives on in another ticket.
        """
        if self.merged_into is not None:
            raise TicketMerged(self.merged_into, field=field)

    def merged_away(self, state: Row, now: datetime) -> "Changes":
        """Give what merging it into another ticket changes; a closed one keeps its closing time."""
        return Changes(state=state, pending_until=None, closed=self.closed or now)

    def require_closed(self, field: str) -> None:
        """Refuse to reopen what is not closed.

        Raises:
            TicketMerged: it lives on in another ticket.
            TicketNotClosed: it is open.
        """
        self.require_unmerged(field)
        if self.state_type is not StateType.CLOSED:
            raise TicketNotClosed(field=field)

    def apply(self, changes: "Changes") -> tuple["Ticket", tuple["Difference", ...]]:
        """Give the ticket after the changes, and the differences that really are some.

        Equal values make no difference, so they leave no history line and no new version.
        """
        wanted = {f.name: getattr(changes, f.name) for f in fields(changes)}
        differences = tuple(
            Difference(name, getattr(self, name), value)
            for name, value in wanted.items()
            if not isinstance(value, Unset) and getattr(self, name) != value
        )
        if not differences:
            return self, ()
        new: dict[str, Any] = {difference.field: difference.new for difference in differences}
        return replace(self, version=self.version + 1, **new), differences


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """New values for fields of a ticket; what is unset stays as it is."""

    title: str | Unset = UNSET
    description: str | Unset = UNSET
    state: Row | Unset = UNSET
    priority: int | Unset = UNSET
    queue: Row | Unset = UNSET
    type: Row | None | Unset = UNSET
    category: Row | None | Unset = UNSET
    service: Row | None | Unset = UNSET
    sla: Row | None | Unset = UNSET
    impact: Row | None | Unset = UNSET
    resolution: Row | None | Unset = UNSET
    lock: str | Unset = UNSET
    owner: Row | None | Unset = UNSET
    assigned_group: Row | None | Unset = UNSET
    responsible: Row | None | Unset = UNSET
    customer: Row | None | Unset = UNSET
    customer_user: Row | None | Unset = UNSET
    customer_address: str | None | Unset = UNSET
    customer_key: str | None | Unset = UNSET
    keywords: str | Unset = UNSET
    template: Row | None | Unset = UNSET
    pending_until: datetime | None | Unset = UNSET
    follow_up: date | None | Unset = UNSET
    action_required: date | None | Unset = UNSET
    closed: datetime | None | Unset = UNSET
    archived: bool | Unset = UNSET


Value = str | int | bool | date | datetime | Row | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that changed, with both values."""

    field: str
    old: Value
    new: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One line of a ticket's history: the change as text and, for list rows, as ids.

    ``kind`` is the field for a change of a field, else a word of its own (``created``,
    ``comment added`` ...). Who, when, dialect, operation and the ticket's state at that moment
    are added where the line is stored.
    """

    kind: str
    text: str = ""
    old: str = ""
    new: str = ""
    old_id: int | None = None
    new_id: int | None = None
    article: UUID | None = None  # the article it speaks of

    @classmethod
    def of(cls, difference: Difference) -> "HistoryLine":
        """Write a difference down."""
        return cls(
            kind=difference.field,
            old=_caption(difference.old),
            new=_caption(difference.new),
            old_id=difference.old.id if isinstance(difference.old, Row) else None,
            new_id=difference.new.id if isinstance(difference.new, Row) else None,
        )


def _caption(value: Value) -> str:
    match value:
        case None:
            return ""
        case Row():
            return value.en
        case datetime() | date():
            return value.isoformat()
        case _:
            return str(value)
