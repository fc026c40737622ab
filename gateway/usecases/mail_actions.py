"""What a received mail does: the rows of the table, each by the use case of the same call."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from uuid import uuid4

from gateway.domain import events, inbound_mail, partner_commands
from gateway.domain.commands import Entry, LinkTickets
from gateway.domain.events import Event, EventKind
from gateway.domain.inbound_mail import (
    Action,
    MailOutcome,
    MailRules,
    MailTask,
    ReceivedMail,
    Verdict,
)
from gateway.domain.mail_formats import Marker, Reading
from gateway.domain.partner_commands import (
    Acknowledge,
    AddUpdate,
    Reassign,
    Receipt,
    Started,
    StartProcess,
)
from gateway.domain.people import AccountKind, Permission, Principal
from gateway.domain.ticket import HistoryLine, Ticket
from gateway.errors import BrokenRule, Missing, NotFound
from gateway.usecases import (
    assignments,
    external_apps,
    links,
    partner_texts,
    references,
    task_hashes,
    tickets,
)
from gateway.usecases.ports import Call, MailPerson, Unit

_LONGEST_TEXT = 32_000  # SSP7 contract, section 4
_AUTHOR = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A mail on its way: what it says, to whom, by which rules."""

    mail: ReceivedMail
    reading: Reading
    rules: MailRules
    call: Call
    unit: Unit
    task: MailTask | None = None
    ticket: Ticket | None = None


def _close(job: Job) -> Verdict:
    return _reassigned(job, Marker.CLOSED)


def _ready(job: Job) -> Verdict:
    return _reassigned(job, Marker.SOLUTION)


def _reassigned(job: Job, marker: Marker) -> Verdict:
    task = _known(job)
    command = Reassign(
        task_id=task.id,
        solution=_required(inbound_mail.solution(job.reading, marker), "solution"),
        closed=marker is Marker.CLOSED,
        reference=_reference(job),
        files=job.mail.files,
        message_id=job.mail.key,
    )
    return _of_task(partner_texts.reassign(command, _speaking(job, task), job.unit))


def _acknowledge(job: Job) -> Verdict:
    task = _known(job)
    call = _speaking(job, task)
    command = Acknowledge(
        task_id=task.id, reference=_reference(job), message=_short(job.reading.text, "message")
    )
    receipt = references.acknowledge(command, call, job.unit)
    if Marker.UPDATE not in job.reading.marked:  # else they come with the update text
        job.unit.inbound.add_files(receipt.ticket_id, job.mail.files, call)
    return _of_task(receipt)


def _acknowledge_and_update(job: Job) -> Verdict:
    acknowledged = _acknowledge(job)
    _update(job)
    return acknowledged


def _update(job: Job) -> Verdict:
    task = _known(job)
    marked = job.reading.marked.get(Marker.UPDATE, "")
    command = AddUpdate(
        task_id=task.id,
        message=_required(marked or job.reading.text, "message"),
        reference=_reference(job),
        author=job.mail.author[:_AUTHOR],
        files=job.mail.files,
        message_id=job.mail.key,
    )
    return _of_task(partner_texts.update(command, _speaking(job, task), job.unit))


def _message(job: Job) -> Verdict:
    ticket = _held(job)
    _write(job, ticket, _telling(job, ticket))
    return Verdict(outcome=MailOutcome.MESSAGE, ticket_id=ticket.id)


def _reopen(job: Job) -> Verdict:
    call = _telling(job, _held(job))
    ticket = tickets.open_again(_held(job), job.rules.reopen_state, call, job.unit)
    _write(job, ticket, call)
    return Verdict(outcome=MailOutcome.MESSAGE, ticket_id=ticket.id)


def _follow_up(job: Job) -> Verdict:
    """Make a new ticket beside the closed one that the mail names, linked with it."""
    old = _held(job)
    started, call = _started(job)
    guid = job.unit.inbound.ticket(started.ticket_number)
    new = None if guid is None else job.unit.tickets.lock(guid)
    if new is None:
        raise NotFound(field="ticket")
    permitted = {ticket.group_id: frozenset({Permission.RW}) for ticket in (old, new)}
    links.link_tickets(
        LinkTickets(ticket=new.guid, others=(Entry(old.guid),)),
        replace(
            call,
            command="LinkTicketsToTicket",
            principal=replace(call.principal, rights=permitted),
        ),
        job.unit,
    )
    return _of_start(started)


def _start(job: Job) -> Verdict:
    started, _ = _started(job)
    return _of_start(started)


# SSP7 contract, 13.2: rows 1 to 6.
ACTIONS: Mapping[Action, Callable[[Job], Verdict]] = {
    Action.CLOSE: _close,
    Action.READY: _ready,
    Action.ACKNOWLEDGE: _acknowledge,
    Action.ACKNOWLEDGE_AND_UPDATE: _acknowledge_and_update,
    Action.UPDATE: _update,
    Action.MESSAGE: _message,
    Action.REOPEN: _reopen,
    Action.FOLLOW_UP: _follow_up,
    Action.START: _start,
}


def _started(job: Job) -> tuple[Started, Call]:
    call, person = _asking(job)
    labels = external_apps.labels(job.unit.apps.find(job.rules.app))
    tags = {labels[label.casefold()]: value for label, value in job.reading.tags
            if label.casefold() in labels}  # fmt: skip
    text = _short(job.rules.reader.untagged(job.reading, labels), partner_commands.DESCRIPTION)
    values = {
        partner_commands.SUBJECT: job.mail.subject or "(no subject)",
        partner_commands.DESCRIPTION: text,
        partner_commands.NAME: job.mail.sender_name,
        partner_commands.EMAIL: job.mail.sender,
        **tags,
    }
    command = StartProcess(
        app=job.rules.app,
        requester="",
        values=tuple(values.items()),
        reference="",
        defaults=job.rules.defaults,
        contact=person.contact if person else None,
    )
    call = replace(call, command="ssp7.start")
    started = external_apps.start(command, call, job.unit)
    job.unit.inbound.add_files(started.ticket_id, job.mail.files, call, visible=True)
    return started, call


def _write(job: Job, ticket: Ticket, call: Call) -> None:
    """Add the mail to a ticket as what its requester says."""
    unit, guid = job.unit, uuid4()
    text = _required(job.reading.text or _names(job), "message")
    unit.inbound.add_article(ticket, guid, text, job.mail, call)
    unit.inbound.add_files(ticket.id, job.mail.files, call, article=guid, visible=True)
    unit.tickets.touch(ticket, call)
    unit.history.add(ticket, [HistoryLine(kind="mail received", text=job.mail.author)], call)
    unit.outbox.add(ticket, [Event(EventKind.COMMENT_ADDED, events.snapshot(ticket))], call)
    assignments.written(ticket, guid, text, call, unit, visible=True)


def _names(job: Job) -> str:
    """Say what a mail brings that has no text."""
    return "\n".join(file.name for file in job.mail.files)


def _asking(job: Job) -> tuple[Call, MailPerson | None]:
    """Let the requester speak: the sender's customer user, else the failover person."""
    person = job.unit.inbound.person(job.mail.sender, "") if job.mail.sender else None
    if person is None and job.rules.failover_person:
        person = job.unit.inbound.person("", job.rules.failover_person)
    principal = Principal(
        account_id=0,
        account=f"mailbox {job.rules.mailbox}",
        kind=AccountKind.CUSTOMER,
        agent_id=person.agent_id if person else None,
        full_name=job.mail.author,
        customer_user_id=person.customer_user_id if person else None,
        granted=frozenset({"ssp7.start"}),
    )
    return replace(job.call, principal=principal), person


def _telling(job: Job, ticket: Ticket) -> Call:
    """Let the requester speak on a ticket; what a partner says is never sent back to it."""
    call, _ = _asking(job)
    if not ticket.shared:
        return call
    task = job.unit.inbound.task(assignments.main_task(ticket, call, job.unit).id)
    if task is None or not inbound_mail.is_allowed(job.mail.sender, task.allowed):
        return call
    return replace(call, principal=replace(call.principal, partner_id=task.partner_id))


def _speaking(job: Job, task: MailTask) -> Call:
    """Let the partner speak, about this task: its sender or hash was proven."""
    partner_id = task.partner_id or 0
    principal = task_hashes.speaker_of_task(partner_id, task.partner)
    return replace(job.call, principal=principal)


def _known(job: Job) -> MailTask:
    assert job.task is not None  # noqa: S101 - decided by it
    return job.task


def _held(job: Job) -> Ticket:
    assert job.ticket is not None  # noqa: S101 - decided by it
    return job.ticket


def _reference(job: Job) -> str:
    return job.reading.references[0] if job.reading.references else ""


def _required(text: str, field: str) -> str:
    if not text.strip():
        raise Missing(field=field)
    return _short(text, field)


def _short(text: str, field: str) -> str:
    if len(text) > _LONGEST_TEXT:
        raise BrokenRule(f"longer than {_LONGEST_TEXT} characters", field=field)
    return text


def _of_task(receipt: Receipt) -> Verdict:
    return Verdict(
        outcome=MailOutcome.TASK,
        event=receipt.event,
        ticket_id=receipt.ticket_id,
        task_id=receipt.task_id,
    )


def _of_start(started: Started) -> Verdict:
    return Verdict(outcome=MailOutcome.TICKET, ticket_id=started.ticket_id, task_id=started.task_id)
