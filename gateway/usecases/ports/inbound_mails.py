"""What the use cases ask of the storage of received mails."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from gateway.domain.inbound_mail import MailTask, ReceivedMail, Verdict
from gateway.domain.partner_commands import NewFile
from gateway.domain.ticket import Ticket
from gateway.usecases.ports.calls import Call


@dataclass(frozen=True, slots=True, kw_only=True)
class MailPerson:
    """Somebody we know by a mail's sender, or the failover person."""

    contact: UUID | None  # a customer user
    customer_user_id: int | None
    agent_id: int | None
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailPlace:
    """Where a mail lay on its server."""

    uid_validity: int
    uid: int


@dataclass(frozen=True, slots=True)
class MailboxRow:
    """When a mailbox was looked into last, and why it could not be read; empty: it could."""

    name: str
    last_polled: datetime | None
    last_error: str


@dataclass(frozen=True, slots=True)
class RefusedMail:
    """A mail that was refused; of its text nothing is shown."""

    id: int
    mailbox: str  # empty: it was fed from a file
    received: datetime
    sender: str
    recipient: str
    subject: str
    code: str


class InboundMailStore(Protocol):
    """Received mails, and what they may speak about."""

    def hold(self, key: str) -> None:
        """Let nobody else judge this mail until the unit ends."""
        ...

    def known(self, key: str) -> Verdict | None:
        """Find what became of this mail the first time."""
        ...

    def task(self, number: int) -> MailTask | None:
        """Find a task by its number."""
        ...

    def tasks_of(self, reference: str) -> Sequence[MailTask]:
        """Give for each partner the task that it means by a number of its own."""
        ...

    def ticket(self, number: str) -> UUID | None:
        """Find a ticket by its number; of a merged one the surviving one."""
        ...

    def person(self, address: str, login: str) -> MailPerson | None:
        """Find the customer user of an address or login, else the agent of the login."""
        ...

    def add_article(
        self, ticket: Ticket, guid: UUID, text: str, mail: ReceivedMail, call: Call
    ) -> None:
        """Add a mail to a ticket, to be seen by who asked."""
        ...

    def add_files(
        self,
        ticket_id: int,
        files: Sequence[NewFile],
        call: Call,
        *,
        article: UUID | None = None,
        visible: bool = False,
    ) -> None:
        """Add the files of a mail to an article, or to the ticket itself."""
        ...

    def record(
        self, mail: ReceivedMail, mailbox: str, place: MailPlace | None, verdict: Verdict
    ) -> None:
        """Keep what became of a mail."""
        ...

    def note_poll(self, mailbox: str, place: MailPlace | None, error: str) -> None:
        """Keep how far a mailbox was read, or why it could not be."""
        ...

    def mailboxes(self) -> Sequence[MailboxRow]:
        """List the mailboxes that were ever looked into, by name; at most 500."""
        ...

    def refused(self, before: int | None, most: int) -> Sequence[RefusedMail]:
        """List the mails that were refused, newest first, going on after the one of a number."""
        ...
