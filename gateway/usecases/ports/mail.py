"""What outgoing mail asks of storage: the keys, and an article as it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from gateway.domain.mail import Kind, MailKey


@dataclass(frozen=True, slots=True)
class MailFile:
    """A file that travels with a mail."""

    name: str
    content_type: str
    content: bytes = field(repr=False)
    disposition: str = "attachment"
    content_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingArticle:
    """An article with all that its mail is made of."""

    guid: UUID
    sender: str
    reply_to: str
    to: str
    cc: str
    bcc: str
    subject: str
    plain: str
    html: str
    mime_type: str
    charset: str
    signature: str
    message_id: str
    in_reply_to: str
    references: str
    created: datetime
    files: Sequence[MailFile] = ()


class MailStore(Protocol):
    """Keys that sign and encrypt, and articles that are sent."""

    def keys(self, kind: Kind, name: str) -> Sequence[MailKey]:
        """Find the keys of this name, the newest first; at most 20.

        Args:
            kind: of the keys.
            name: as ``gateway.domain.mail.key_name`` gives it.
        """
        ...

    def article(self, guid: UUID) -> tuple[OutgoingArticle, UUID] | None:
        """Read an article with the contents of its files, and the guid of its ticket."""
        ...
