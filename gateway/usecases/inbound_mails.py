"""Received mails: each judged and carried out in one transaction, by the use cases of the calls."""

from collections.abc import Sequence
from dataclasses import replace

from gateway.domain import inbound_mail
from gateway.domain.inbound_mail import (
    Action,
    Decision,
    MailCode,
    MailOutcome,
    MailRules,
    MailTask,
    ReceivedMail,
    Verdict,
)
from gateway.domain.ticket import StateType, Ticket
from gateway.usecases.mail_actions import ACTIONS, Job
from gateway.usecases.ports import Call, MailPlace, Unit
from gateway.usecases.task_hashes import ObjectHashes

_DONE = (MailOutcome.TICKET, MailOutcome.MESSAGE, MailOutcome.TASK)


def receive(
    mail: ReceivedMail,
    rules: MailRules,
    place: MailPlace | None,
    hashes: ObjectHashes,
    call: Call,
    unit: Unit,
) -> Verdict:
    """Judge a mail, carry out what it asks for, and keep what became of it.

    One that had an effect before has none again. One that was refused or ignored is judged anew:
    what stood in its way may have been put right.

    Raises:
        Refused: the use case that the mail leads to refuses it; nothing is kept.
    """
    unit.inbound.hold(mail.key)
    first = unit.inbound.known(mail.key)
    if first is not None and first.outcome in _DONE:
        return first
    reading = rules.reader.read(mail.subject, mail.text)
    mail = _without_hashes(mail, rules)
    job = Job(mail=mail, reading=reading, rules=rules, call=call, unit=unit)
    verdict = _judged(job, hashes)
    unit.inbound.record(mail, rules.mailbox, place, verdict)
    return replace(verdict, repeated=_same(first, verdict))


def refuse(
    mail: ReceivedMail, rules: MailRules, place: MailPlace | None, code: str, unit: Unit
) -> Verdict:
    """Keep that a mail was refused; nothing else of it is left."""
    unit.inbound.hold(mail.key)
    first = unit.inbound.known(mail.key)
    if first is not None and first.outcome in _DONE:
        return first
    verdict = Verdict(outcome=MailOutcome.REFUSED, code=code)
    unit.inbound.record(_without_hashes(mail, rules), rules.mailbox, place, verdict)
    return replace(verdict, repeated=_same(first, verdict))


def failover_address(rules: MailRules, unit: Unit) -> str:
    """Give the mail address of the person who is told of refused mails; empty: there is none."""
    person = unit.inbound.person("", rules.failover_person) if rules.failover_person else None
    return person.email if person else ""


def _without_hashes(mail: ReceivedMail, rules: MailRules) -> ReceivedMail:
    redacted = rules.reader.redacted
    return replace(mail, subject=redacted(mail.subject), text=redacted(mail.text))


def _same(first: Verdict | None, verdict: Verdict) -> bool:
    return first is not None and (first.outcome, first.code) == (verdict.outcome, verdict.code)


def _judged(job: Job, hashes: ObjectHashes) -> Verdict:
    decision = inbound_mail.set_aside(job.mail, job.reading, job.rules)
    if decision is None:
        job, decision = _about_task(job, hashes)
    if decision is None:
        job, decision = _about_ticket(job)
    match decision.action:
        case Action.REFUSE:
            return Verdict(outcome=MailOutcome.REFUSED, code=decision.code)
        case Action.IGNORE:
            return Verdict(outcome=MailOutcome.IGNORED)
        case _:
            return ACTIONS[decision.action](job)


def _about_task(job: Job, hashes: ObjectHashes) -> tuple[Job, Decision | None]:
    """Find the task a mail names, and decide whether it changes it."""
    found = _tasks(job)
    if len(found) > 1:
        return job, Decision(Action.REFUSE, MailCode.AMBIGUOUS)
    if not found:
        return job, None
    (task,) = found
    allowed = inbound_mail.is_allowed(job.mail.sender, task.allowed) and (
        not job.rules.trusted_server
        or inbound_mail.is_authentic(job.mail, job.rules.trusted_server)
    )
    given = job.reading.hashes
    decision = inbound_mail.for_task(
        job.mail,
        job.reading,
        task,
        needs_update_marker=job.rules.reader.needs_update_marker,
        sender_allowed=allowed,
        hash_valid=any(hashes.of_this_task(each, task.partner, task.id) for each in given),
    )
    return replace(job, task=task), decision


def _tasks(job: Job) -> Sequence[MailTask]:
    """Find tasks by number, else by the partner's number; another partner's is not found."""
    tasks: list[MailTask] = []
    for number in job.reading.tasks:
        task = job.unit.inbound.task(int(number))
        tasks += [task] if task else []
    if not job.reading.tasks:
        for reference in job.reading.references:
            tasks += job.unit.inbound.tasks_of(reference)
    wanted = job.rules.partner
    return [task for task in tasks if not wanted or task.partner == wanted]


def _about_ticket(job: Job) -> tuple[Job, Decision]:
    """Find and hold the ticket a mail names; a merged one leads to its target."""
    ticket = _ticket(job)
    closed = None if ticket is None else ticket.state_type is StateType.CLOSED
    decision = inbound_mail.beyond_tasks(job.mail, job.rules, ticket_closed=closed)
    return replace(job, ticket=ticket), decision


def _ticket(job: Job) -> Ticket | None:
    for number in job.reading.tickets:
        guid = job.unit.inbound.ticket(number)
        while guid is not None:
            ticket = job.unit.tickets.lock(guid)
            if ticket is None or ticket.state_type is StateType.REMOVED:
                return None
            if ticket.merged_into is None:
                return ticket
            guid = ticket.merged_into  # merged while we waited for it
    return None
