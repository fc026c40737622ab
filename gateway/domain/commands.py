"""Everything the gateway can be asked to do with a ticket, as flat frozen records.

An unset field was not sent. ``None`` clears. Keys name rows by guid, id or name. What comes from
the settings is left out of a command's ``repr``, from which its digest is made: a repeat stays a
repeat when a setting has changed in between.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from gateway.domain.people import PartyKind
from gateway.domain.values import UNSET, Description, Key, Unset
from gateway.errors import Refused


@dataclass(frozen=True, slots=True)
class Assign:
    """Assign to an agent or group; without key nobody is assigned.

    ``either_kind_kept``: the id of the group that is assigned already changes nothing, although
    an agent is named (ACMP contract ST3).
    """

    key: Key | None
    kind: PartyKind = PartyKind.AGENT
    either_kind_kept: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What a new ticket gets when the caller says nothing; names of rows."""

    queue: str
    state: str
    priority: int
    type: str = "Unclassified"


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveTicket:
    """Create the ticket of this guid, or edit it when it exists.

    ``breach`` is the first value whose form the dialect refused; it counts only after the
    required fields were judged, which needs to know whether the ticket exists (ACMP contract
    G14).
    """

    guid: UUID
    defaults: Defaults = field(repr=False)
    breach: Refused | None = None
    title: str | Unset = UNSET
    description: Description | Unset = UNSET
    category: Key | None | Unset = UNSET
    priority: int | Unset = UNSET
    state: Key | Unset = UNSET
    contact: Key | None | Unset = UNSET
    assignee: Assign | Unset = UNSET
    impact: Key | None | Unset = UNSET
    keywords: str | Unset = UNSET
    template: Key | Unset = UNSET  # counts only when the ticket is created


@dataclass(frozen=True, slots=True, kw_only=True)
class NewComment:
    """A comment that comes with another command, on that command's ticket."""

    guid: UUID
    text: Description
    visible: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BookTime:
    """A working time that comes with another command, on that command's ticket."""

    guid: UUID
    executor: UUID
    start: datetime
    end: datetime
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseTicket:
    """Close a ticket under the operator's rules."""

    ticket: UUID
    closed_state: str = field(repr=False)
    assignee: Assign
    resolution: Key | None | Unset = UNSET
    comment: NewComment | None = None
    working_time: BookTime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenTicket:
    """Open a closed ticket again."""

    ticket: UUID
    reopen_state: str = field(repr=False)
    assignee: Assign | Unset = UNSET
    comment: NewComment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveComment:
    """Add the comment of this guid, or edit it when it exists; ``breach`` as in SaveTicket.

    ``ticket`` is None when one was sent whose form is the breach.
    """

    guid: UUID
    breach: Refused | None = None
    ticket: UUID | None | Unset = UNSET
    text: Description | Unset = UNSET
    visible: bool | Unset = UNSET
