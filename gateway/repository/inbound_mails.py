"""Received mails: what they speak about, what became of them, how far mailboxes were read."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from gateway.domain.inbound_mail import MailOutcome, MailTask, ReceivedMail, Verdict
from gateway.domain.partner_commands import NewFile
from gateway.domain.richtext import from_plain
from gateway.domain.ticket import Ticket
from gateway.repository.attachments import columns
from gateway.repository.transaction import Record, Transaction
from gateway.usecases.ports import Call, MailboxRow, MailPerson, MailPlace, RefusedMail


class InboundMailStore:
    """Received mails."""

    def __init__(self, current: Transaction, now: datetime) -> None:
        self._current = current
        self._now = now

    def hold(self, key: str) -> None:
        """Let nobody else judge this mail until the unit ends."""
        # A mail is judged once: to run again after a lost commit finds what the first run did.
        self._current.remembers = True
        self._current.write("hold_mail", {"key": key})

    def known(self, key: str) -> Verdict | None:
        """Find what became of this mail the first time."""
        rows = self._current.read("known_mail", {"key": key})
        if not rows:
            return None
        outcome, code, event, ticket_id = rows[0]
        return Verdict(
            outcome=MailOutcome(outcome), code=code, event=event, ticket_id=ticket_id, repeated=True
        )

    def task(self, number: int) -> MailTask | None:
        """Find a task by its number."""
        rows = self._current.read("mailed_task", {"id": number})
        return _task(rows[0]) if rows else None

    def tasks_of(self, reference: str) -> Sequence[MailTask]:
        """Give for each partner the task that it means by a number of its own."""
        rows = self._current.read("mailed_tasks_of_reference", {"reference": reference})
        return [_task(row) for row in rows]

    def ticket(self, number: str) -> UUID | None:
        """Find a ticket by its number; of a merged one the surviving one."""
        rows = self._current.read("mailed_ticket", {"number": number})
        return rows[0][0] if rows else None

    def person(self, address: str, login: str) -> MailPerson | None:
        """Find the customer user of an address or login, else the agent of the login."""
        rows = self._current.read(
            "mail_person", {"address": address or None, "login": login or None}
        )
        if not rows:
            return None
        contact, customer_user_id, agent_id, email = rows[0]
        return MailPerson(
            contact=contact, customer_user_id=customer_user_id, agent_id=agent_id, email=email or ""
        )

    def add_article(
        self, ticket: Ticket, guid: UUID, text: str, mail: ReceivedMail, call: Call
    ) -> None:
        """Add a mail to a ticket, to be seen by who asked."""
        both = from_plain(text)
        self._current.later(
            "add_mail_article",
            self._by(ticket.id, call)
            | {
                "guid": guid,
                "plain": both.plain,
                "html": both.html,
                "sender": mail.author,
                "to": mail.to,
                "cc": mail.cc,
                "subject": mail.subject,
                "message_id": mail.message_id,
                "in_reply_to": mail.in_reply_to,
                "references": mail.references,
            },
        )

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
        if not files:
            return
        self._current.later(
            "add_files_with_contents",
            self._by(ticket_id, call) | {"article": article, "visible": visible} | columns(files),
        )

    def record(
        self, mail: ReceivedMail, mailbox: str, place: MailPlace | None, verdict: Verdict
    ) -> None:
        """Keep what became of a mail."""
        self._current.later(
            "record_mail",
            {
                "mailbox": mailbox,
                "uid_validity": place.uid_validity if place else None,
                "uid": place.uid if place else None,
                "key": mail.key,
                "received": mail.received,
                "sender": mail.author,
                "recipient": mail.to or ", ".join(mail.recipients),
                "subject": mail.subject,
                "body": mail.text,
                "has_attachments": bool(mail.files),
                "outcome": verdict.outcome.value,
                "code": verdict.code,
                "event": verdict.event,
                "ticket_id": verdict.ticket_id,
            },
        )

    def note_poll(self, mailbox: str, place: MailPlace | None, error: str) -> None:
        """Keep how far a mailbox was read, or why it could not be."""
        self._current.later(
            "note_poll",
            {
                "mailbox": mailbox,
                "uid_validity": place.uid_validity if place else None,
                "uid": place.uid if place else None,
                "now": self._now,
                "error": error,
            },
        )

    def mailboxes(self) -> Sequence[MailboxRow]:
        """List the mailboxes that were ever looked into, by name."""
        return [MailboxRow(*row) for row in self._current.read("mailboxes", {})]

    def refused(self, before: int | None, most: int) -> Sequence[RefusedMail]:
        """List the mails that were refused, newest first."""
        rows = self._current.read("refused_mails", {"before": before, "most": most})
        return [RefusedMail(*row) for row in rows]

    def _by(self, ticket_id: int, call: Call) -> dict[str, object]:
        return {"ticket_id": ticket_id, "now": self._now, "by": call.principal.agent_id}


def _task(record: Record) -> MailTask:
    id_, partner_id, partner, reference, allowed = record
    return MailTask(
        id=id_,
        partner_id=partner_id,
        partner=partner or "",
        reference=reference,
        allowed=tuple(allowed or ()),
    )
