"""Files of tickets and articles; their contents lie apart, so that lists never touch them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb

from gateway.domain.entries import Attachment
from gateway.domain.partner_commands import NewFile
from gateway.domain.ticket import Ticket
from gateway.domain.views import Listed
from gateway.repository.rows import listed, to_row
from gateway.repository.transaction import Record, Transaction
from gateway.usecases.ports import Call


class AttachmentStore:
    """Attachments; writes are gathered until the end of the unit."""

    def __init__(self, current: Transaction, now: datetime) -> None:
        self._current = current
        self._now = now

    def find(self, guids: Collection[UUID]) -> Mapping[UUID, Attachment]:
        """Find attachments by guid, without their contents."""
        rows = self._current.read("find_attachments", {"guids": list(guids)})
        return {attachment.guid: attachment for attachment in map(_attachment, rows)}

    def read(self, guid: UUID) -> tuple[Attachment, bytes | None] | None:
        """Read one attachment with its content; None: the content has not come yet."""
        rows = self._current.read("read_attachment", {"guid": guid})
        return (_attachment(rows[0][1:]), rows[0][0]) if rows else None

    def list(self, ticket_id: int) -> Listed[Attachment]:
        """List a ticket's attachments and those of its articles, oldest first; at most 5000."""
        return listed(self._current.read("attachments", {"ticket_id": ticket_id}), _attachment)

    def add(self, attachments: Sequence[Attachment], call: Call) -> None:
        """Add attachments, without their contents."""
        self._current.later(
            "add_attachments",
            {
                "attachments": _document(attachments),
                "now": self._now,
                "agent": call.principal.agent_id,
            },
        )

    def edit(self, attachments: Sequence[Attachment]) -> None:
        """Write description, visibility, size and digest."""
        self._current.later(
            "edit_attachments", {"attachments": _document(attachments), "now": self._now}
        )

    def deliver(self, ticket: Ticket, contents: Mapping[UUID, bytes]) -> None:
        """Store contents of attachments that have none."""
        self._current.later(
            "add_contents",
            {
                "ticket_id": ticket.id,
                "guids": list(contents),
                "contents": list(contents.values()),
            },
        )

    def delete(self, attachments: Sequence[Attachment]) -> None:
        """Delete attachments with their contents."""
        self._current.later(
            "delete_attachments",
            {
                "tickets": [attachment.ticket_id for attachment in attachments],
                "guids": [attachment.guid for attachment in attachments],
            },
        )


def columns(files: Sequence[NewFile]) -> dict[str, object]:
    """Give the columns of files that come with their contents, as arrays."""
    return {
        "guids": [uuid4() for _ in files],
        "names": [file.name for file in files],
        "types": [file.content_type for file in files],
        "contents": [file.content for file in files],
    }


def _document(attachments: Sequence[Attachment]) -> Jsonb:
    return Jsonb(
        [
            {
                "n": number,
                "ticket_id": attachment.ticket_id,
                "guid": str(attachment.guid),
                "document": str(attachment.document),
                "name": attachment.name,
                "file_name": attachment.file_name,
                "description": attachment.description,
                "visible": attachment.visible,
                "size": attachment.size,
                "sha256": None if attachment.sha256 is None else attachment.sha256.hex(),
            }
            for number, attachment in enumerate(attachments)
        ]
    )


def _attachment(record: Record) -> Attachment:
    (guid, ticket_id, ticket, document, name, file_name, description, visible, size, sha256,
     creator, created) = record  # fmt: skip
    return Attachment(
        guid=guid,
        ticket_id=ticket_id,
        ticket=ticket,
        document=document,
        name=name,
        file_name=file_name,
        description=description,
        visible=visible,
        size=size,
        sha256=sha256,
        creator=to_row(creator),
        created=created,
    )
