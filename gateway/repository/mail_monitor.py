"""Received mails that belong to no ticket."""

from collections.abc import Collection
from uuid import UUID

from gateway.domain.entries import Mail
from gateway.domain.views import Listed
from gateway.repository.rows import listed
from gateway.repository.transaction import Record, Transaction


class MailMonitorStore:
    """The mails an operator should look at."""

    def __init__(self, current: Transaction) -> None:
        self._current = current

    def list(self) -> Listed[Mail]:
        """List them, newest first; at most 1000."""
        return listed(self._current.read("unmatched_mails", {}), _mail)

    def known(self, guids: Collection[UUID]) -> Collection[UUID]:
        """Tell which of these are such mails."""
        rows = self._current.read("known_unmatched_mails", {"guids": list(guids)})
        return frozenset(guid for (guid,) in rows)

    def delete(self, guids: Collection[UUID]) -> None:
        """Delete such mails for good."""
        self._current.later("delete_unmatched_mails", {"guids": list(guids)})


def _mail(record: Record) -> Mail:
    guid, subject, sender, recipient, received, body, has_attachments = record
    return Mail(
        guid=guid,
        subject=subject,
        sender=sender,
        recipient=recipient,
        received=received,
        body=body,
        has_attachments=has_attachments,
    )
