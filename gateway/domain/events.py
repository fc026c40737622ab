"""What happened: past-tense records that the outbox carries to whoever must hear of it."""

from dataclasses import dataclass, field
from enum import StrEnum


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


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a ticket; ``snapshot`` holds plain JSON values."""

    kind: EventKind
    snapshot: dict[str, object] = field(default_factory=dict)
