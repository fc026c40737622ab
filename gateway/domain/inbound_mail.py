"""Received mails: what became of one is decided here (SSP7 contract, 13.2)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum
from uuid import UUID

from gateway.domain.commands import Defaults
from gateway.domain.mail_formats import MailReader, Marker, Reading
from gateway.domain.partner_commands import NewFile


class MailOutcome(StrEnum):
    """What became of a mail, as it is stored."""

    TICKET = "ticket"  # a new one
    MESSAGE = "message"  # an entry of a ticket
    TASK = "task"
    REFUSED = "refused"
    IGNORED = "ignored"  # our own, or an automatic one


class MailCode(StrEnum):
    """Why a mail is refused, beside the codes of the calls."""

    AMBIGUOUS = "AMBIGUOUS"
    SENDER_NOT_ALLOWED = "SENDER_NOT_ALLOWED"
    NO_TARGET = "NO_TARGET"
    TICKET_CLOSED = "TICKET_CLOSED"
    TOO_LARGE = "MAIL_TOO_LARGE"
    UNREADABLE = "MAIL_UNREADABLE"
    FILES_TOO_LARGE = "ATTACHMENT_TOO_LARGE"


class Action(Enum):
    """What is to be done with a mail: the rows of the contract's table."""

    CLOSE = "the partner closed the task"
    READY = "the partner is ready"
    ACKNOWLEDGE = "the partner's number"
    ACKNOWLEDGE_AND_UPDATE = "the partner's number, and a text"
    UPDATE = "a text of the partner"
    MESSAGE = "an entry of a ticket"
    REOPEN = "an entry of a ticket that is opened again"
    FOLLOW_UP = "a new ticket beside a closed one"
    START = "a new ticket"
    REFUSE = "nothing"
    IGNORE = "nothing, and nobody need know"


class WhenClosed(StrEnum):
    """What becomes of a mail to a closed ticket."""

    REOPEN = "reopen"
    NEW = "new"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedMail:
    """A mail as it came, cut to what matters; nothing in it is trusted."""

    key: str  # Message-ID, else the SHA-256 of the mail
    received: datetime
    sender: str = ""  # one address in small letters; empty: none, or several
    sender_name: str = ""
    recipients: tuple[str, ...] = ()  # addresses, those of the delivery first
    to: str = ""
    cc: str = ""
    subject: str = ""
    text: str = field(default="", repr=False)
    message_id: str = ""
    in_reply_to: str = ""
    references: str = ""
    automatic: bool = False
    ours: bool = False  # carries the headers of our own mails
    authentication: tuple[str, ...] = ()  # Authentication-Results, the topmost first
    files: tuple[NewFile, ...] = ()
    trouble: MailCode | None = None  # why it cannot be taken at all

    @property
    def author(self) -> str:
        """Give the sender as people read it."""
        if self.sender_name and self.sender:
            return f"{self.sender_name} <{self.sender}>"
        return self.sender or self.sender_name


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRules:
    """What an operator set for the mails to one address."""

    mailbox: str
    reader: MailReader
    partner: str = ""  # whose mails they are; empty: of any
    new_tickets: bool = True
    app: str = "MAIL"
    when_closed: WhenClosed = WhenClosed.REOPEN
    trusted_server: str = ""
    failover_person: str = ""
    own_addresses: frozenset[str] = frozenset()
    defaults: Defaults
    reopen_state: str = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailTask:
    """A task that a mail names, with the partner it is or last was with."""

    id: int
    partner_id: int | None
    partner: str = ""
    reference: str = ""  # the partner's number for it
    allowed: tuple[str, ...] = ()  # senders, of the Integrated Group


@dataclass(frozen=True, slots=True)
class Decision:
    """What is done with a mail, or why nothing is."""

    action: Action
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of a mail."""

    outcome: MailOutcome
    code: str = ""
    event: UUID | None = None
    ticket_id: int | None = None
    task_id: int | None = None
    repeated: bool = False


def set_aside(mail: ReceivedMail, reading: Reading, rules: MailRules) -> Decision | None:
    """Decide what needs no look at any task: our own mails, trouble, two numbers.

    An automatic mail is left to ``for_task``: only its task tells whether its sender is allowed.
    """
    if mail.ours or mail.sender in rules.own_addresses:
        return Decision(Action.IGNORE)
    if mail.automatic and (mail.trouble or reading.ambiguous):
        return Decision(Action.IGNORE)
    if mail.trouble:
        return Decision(Action.REFUSE, mail.trouble)
    if reading.ambiguous:
        return Decision(Action.REFUSE, MailCode.AMBIGUOUS)
    return None


def for_task(
    mail: ReceivedMail,
    reading: Reading,
    task: MailTask,
    *,
    needs_update_marker: bool,
    sender_allowed: bool = False,
    hash_valid: bool = False,
) -> Decision | None:
    """Decide rows 1 to 4; None: the mail says nothing to the task.

    A number alone never changes a task: its sender must be allowed, or hold the task's hash. The
    hash of an automatic mail may just be our own text sent back, so it proves nothing there.
    """
    if mail.automatic and not sender_allowed:
        return Decision(Action.IGNORE)
    action = _task_action(reading, task, needs_update_marker=needs_update_marker)
    if action is None:
        return None
    if not (sender_allowed or hash_valid):
        return Decision(Action.REFUSE, MailCode.SENDER_NOT_ALLOWED)
    return Decision(action)


def beyond_tasks(mail: ReceivedMail, rules: MailRules, *, ticket_closed: bool | None) -> Decision:
    """Decide rows 5 to 7; ``ticket_closed`` is None where no ticket was found."""
    if mail.automatic:
        return Decision(Action.IGNORE)
    if ticket_closed is not None:
        return _for_ticket(rules.when_closed) if ticket_closed else Decision(Action.MESSAGE)
    if rules.new_tickets:
        return Decision(Action.START)
    return Decision(Action.REFUSE, MailCode.NO_TARGET)


def solution(reading: Reading, marker: Marker) -> str:
    """Give the text behind a marker; a bare closed marker takes the text of the solution's."""
    return reading.marked.get(marker) or reading.marked.get(Marker.SOLUTION, "")


def is_allowed(sender: str, allowed: Iterable[str]) -> bool:
    """Tell whether a sender is among addresses and ``@domain`` entries; nobody is among none."""
    if not sender:
        return False
    domain = sender[sender.rfind("@") :]
    return any(each.strip().casefold() in (sender, domain) for each in allowed if each.strip())


def is_authentic(mail: ReceivedMail, trusted_server: str) -> bool:
    """Tell whether our own mail server found the sender's domain to be no forgery (RFC 8601).

    Only the topmost header of that server counts: what stands below may have come with the mail.
    """
    domain = mail.sender.rpartition("@")[2]
    for header in mail.authentication:
        server, *results = _bare(header).split(";")
        if (server.split() or [""])[0].casefold() == trusted_server.casefold():
            return _passed(results, domain)
    return False


_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*+"')
_REMARK = re.compile(r"\([^()]*+\)")
_DEEPEST = 5  # remarks in remarks
_DMARC = re.compile(r"\s*+dmarc\s*+=\s*+(\w+)", re.IGNORECASE)
_FROM = re.compile(r"\bheader\.from\s*+=\s*+\"?([^\s\";]+)", re.IGNORECASE)


def _bare(header: str) -> str:
    """Take quoted text and remarks away; a sender may have written them.

    Of a header in which some are left, nothing but the server is believed.
    """
    bare = _QUOTED.sub("", header)
    for _ in range(_DEEPEST):
        bare = _REMARK.sub(" ", bare)
    return bare.partition(";")[0] if any(each in bare for each in '()"') else bare


def _passed(results: Iterable[str], domain: str) -> bool:
    verdicts = []
    for result in results:
        found = _DMARC.match(result)
        if found is not None:
            named = _FROM.search(result)
            same = named is None or named[1].casefold().rpartition("@")[2] == domain
            verdicts.append(found[1].casefold() == "pass" and same)
    return bool(verdicts) and all(verdicts)


def _task_action(reading: Reading, task: MailTask, *, needs_update_marker: bool) -> Action | None:
    if Marker.CLOSED in reading.marked:
        return Action.CLOSE
    if Marker.SOLUTION in reading.marked:
        return Action.READY
    updates = Marker.UPDATE in reading.marked
    # A mail with a number and no text is about the number: a call with it is checked and repeated
    # by the rules of acknowledging (A31), so is this.
    silent = not (updates or reading.text.strip())
    if reading.references and (silent or not task.reference):
        return Action.ACKNOWLEDGE_AND_UPDATE if updates else Action.ACKNOWLEDGE
    return Action.UPDATE if updates or not needs_update_marker else None


def _for_ticket(when_closed: WhenClosed) -> Decision:
    match when_closed:
        case WhenClosed.REOPEN:
            return Decision(Action.REOPEN)
        case WhenClosed.NEW:
            return Decision(Action.FOLLOW_UP)
        case WhenClosed.REFUSE:
            return Decision(Action.REFUSE, MailCode.TICKET_CLOSED)
