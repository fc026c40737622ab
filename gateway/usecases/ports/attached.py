"""What attachments, working times, costs and received mails ask of storage."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from gateway.domain.entries import Attachment, Cost, Mail, WorkingTime
from gateway.domain.ticket import Ticket
from gateway.domain.views import Listed
from gateway.usecases.ports.calls import Call


class AttachmentStore(Protocol):
    """Files of tickets and of their articles."""

    def find(self, guids: Collection[UUID]) -> Mapping[UUID, Attachment]:
        """Find attachments by guid, without their contents."""
        ...

    def read(self, guid: UUID) -> tuple[Attachment, bytes | None] | None:
        """Read one attachment with its content; None: the content has not come yet."""
        ...

    def list(self, ticket_id: int) -> Listed[Attachment]:
        """List a ticket's attachments and those of its articles, oldest first; at most 5000."""
        ...

    def add(self, attachments: Sequence[Attachment], call: Call) -> None:
        """Add attachments, without their contents."""
        ...

    def edit(self, attachments: Sequence[Attachment]) -> None:
        """Write description, visibility, size and digest."""
        ...

    def deliver(self, ticket: Ticket, contents: Mapping[UUID, bytes]) -> None:
        """Store contents of attachments that have none."""
        ...

    def delete(self, attachments: Sequence[Attachment]) -> None:
        """Delete attachments with their contents."""
        ...


class WorkingTimeStore(Protocol):
    """Times worked on tickets."""

    def find(self, guids: Collection[UUID]) -> Mapping[UUID, WorkingTime]:
        """Find working times by guid."""
        ...

    def list(self, ticket_id: int) -> Listed[WorkingTime]:
        """List a ticket's working times by start; at most 5000."""
        ...

    def edit(self, time: WorkingTime) -> None:
        """Write all that a caller may change."""
        ...

    def delete(self, times: Sequence[WorkingTime]) -> None:
        """Delete working times."""
        ...


class CostStore(Protocol):
    """Money spent on tickets."""

    def find(self, guids: Collection[UUID]) -> Mapping[UUID, Cost]:
        """Find costs by guid."""
        ...

    def list(self, ticket_id: int) -> Listed[Cost]:
        """List a ticket's costs, oldest first; at most 5000."""
        ...

    def add(self, costs: Sequence[Cost], call: Call) -> None:
        """Add costs, of several tickets in one statement; the calling agent is their creator."""
        ...

    def edit(self, costs: Sequence[Cost]) -> None:
        """Write all that a caller may change."""
        ...

    def delete(self, costs: Sequence[Cost]) -> None:
        """Delete costs."""
        ...


class MailMonitorStore(Protocol):
    """Received mails that belong to no ticket."""

    def list(self) -> Listed[Mail]:
        """List them, newest first; at most 1000."""
        ...

    def known(self, guids: Collection[UUID]) -> Collection[UUID]:
        """Tell which of these are such mails."""
        ...

    def delete(self, guids: Collection[UUID]) -> None:
        """Delete such mails for good."""
        ...
