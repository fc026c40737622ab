"""What happened: past-tense records that the outbox carries to whoever must hear of it."""

from dataclasses import dataclass, field
from enum import StrEnum

from gateway.domain.ticket import Ticket
from gateway.domain.values import Row


class EventKind(StrEnum):
    """Kinds of events of a ticket (ACMP contract section 10)."""

    CREATED = "created"
    CHANGED = "changed"
    ASSIGNED = "assigned"
    CLOSED = "closed"
    REOPENED = "reopened"
    MERGED = "merged"
    COMMENT_ADDED = "comment added"
    ATTACHMENT_ADDED = "attachment added"
    REMINDER_DUE = "reminder due"
    MAIL_FAILED = "mail failed"  # for the last time


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a ticket; ``snapshot`` holds plain JSON values."""

    kind: EventKind
    snapshot: dict[str, object] = field(default_factory=dict)


def snapshot(ticket: Ticket) -> dict[str, object]:
    """Give a ticket's fields after the change as plain JSON values; rows by id and caption."""
    return {
        "id": ticket.id,
        "guid": str(ticket.guid),
        "number": ticket.number,
        "version": ticket.version,
        "title": ticket.title,
        "priority": ticket.priority,
        "state_type": ticket.state.kind,
        "keywords": ticket.keywords,
        "closed": ticket.closed.isoformat() if ticket.closed else None,
        "customer_key": ticket.customer_key,
        **{name: _row(getattr(ticket, name)) for name in _ROWS},
    }


_ROWS = (
    "state", "queue", "type", "category", "impact", "resolution", "owner", "assigned_group",
    "responsible", "customer", "customer_user",
)  # fmt: skip


def _row(row: Row | None) -> dict[str, object] | None:
    return None if row is None else {"id": row.id, "name": row.en}
