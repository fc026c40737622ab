"""Everything the gateway can be asked to do with a ticket, as flat frozen records.

An unset field was not sent. ``None`` clears. Keys name rows by guid, id or name. What comes from
the settings is left out of a command's ``repr``, from which its digest is made: a repeat stays a
repeat when a setting has changed in between.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
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
    template: UUID | Unset = UNSET  # counts only when the ticket is created
    address: str | Unset = UNSET  # of a requester who is no customer user; only without contact


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
    assignee: Assign | Unset = UNSET
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


@dataclass(frozen=True, slots=True)
class Entry:
    """One id of a batch; ``breach`` is what is wrong with its form.

    It counts when the entry's turn comes, after all steps of those before it (ACMP contract G14).
    """

    guid: UUID
    breach: Refused | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeTickets:
    """Merge the sources into the target."""

    target: UUID
    sources: tuple[Entry, ...]
    merged_state: str = field(repr=False)


class ObjectKind(StrEnum):
    """What a ticket can be linked to in another system."""

    ASSET = "asset"
    CLIENT = "client"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkObjects:
    """Link assets or clients of another system to a ticket."""

    ticket: UUID
    kind: ObjectKind
    objects: tuple[Entry, ...]
    registered_only: bool = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkTickets:
    """Link tickets to a ticket."""

    ticket: UUID
    others: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveReminder:
    """Set a ticket's reminder, in place of the one it has; ``breach`` as in SaveTicket.

    Without recipient the calling agent is reminded.
    """

    ticket: UUID
    due: datetime
    text: str = ""
    recipient: UUID | None = None
    breach: Refused | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveWorkingTime:
    """Add the working time of this guid, or edit it when it exists; ``breach`` as in SaveTicket.

    An executor that is None was sent empty.
    """

    guid: UUID
    breach: Refused | None = None
    ticket: UUID | Unset = UNSET
    executor: UUID | None | Unset = UNSET
    start: datetime | Unset = UNSET
    end: datetime | Unset = UNSET
    description: str | Unset = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveCost:
    """Add the cost of this guid, or edit it when it exists; ``breach`` as in SaveTicket."""

    guid: UUID
    breach: Refused | None = None
    ticket: UUID | Unset = UNSET
    unit_price: Decimal | Unset = UNSET
    amount: int | Unset = UNSET
    category: str | Unset = UNSET
    description: str | Unset = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveAttachment:
    """Add the attachment of this guid, or edit it when it exists; ``breach`` as in SaveTicket.

    ``breach_if_new`` also counts what an edit ignores: name and file name. The content stands for
    itself by its digest: megabytes are no part of a ``repr``.
    """

    guid: UUID
    document: UUID
    breach: Refused | None = None
    breach_if_new: Refused | None = None
    name: str = ""
    file_name: str = ""
    description: str | Unset = UNSET
    visible: bool | Unset = UNSET
    sha256: bytes | None = None  # of the content; None: none was sent
    content: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveAttachments:
    """Add or edit attachments of a ticket."""

    ticket: UUID
    attachments: tuple[SaveAttachment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteAttachments:
    """Delete attachments of a ticket."""

    ticket: UUID
    attachments: tuple[Entry, ...]
