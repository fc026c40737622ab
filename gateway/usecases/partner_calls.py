"""Who speaks for which partner, and which task is meant: the start of every call of a partner."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gateway.domain.assignment import Partner, Task
from gateway.domain.partner_commands import Receipt
from gateway.domain.ticket import Ticket
from gateway.errors import BrokenRule, NotPermitted, ReferenceTaken, ReferenceUnknown, TaskUnknown
from gateway.usecases.ports import Call, Unit


@dataclass(frozen=True, slots=True)
class Found:
    """A task that a partner means, under its ticket's lock."""

    task: Task
    ticket: Ticket
    partner: Partner
    tasks: Sequence[Task]  # all of the ticket


def speakers(call: Call, unit: Unit, system: str = "") -> Sequence[Partner]:
    """Give the partners the caller may speak for; with a code only that one.

    Raises:
        NotPermitted: the account speaks for none.
        BrokenRule: the code is not one of them.
    """
    partners = unit.partners.some(call.principal.partners) if call.principal.partners else ()
    if not partners:
        raise NotPermitted
    if not system:
        return partners
    named = [partner for partner in partners if partner.code == system]
    if not named:
        raise BrokenRule("not a system of this account", field="external_system")
    return named


def found(task_id: int, reference: str, partners: Sequence[Partner], unit: Unit) -> Found:
    """Find the task that a number, or without one a reference, means, and lock its ticket.

    References are held before tickets, the order in which everybody takes them.

    Raises:
        TaskUnknown: no task of this number was ever sent to one of the partners.
        ReferenceUnknown, ReferenceTaken: none of theirs has the reference; several open ones do.
    """
    if reference:
        unit.references.hold([partner.system_id for partner in partners], reference)
    number = _number(task_id, reference, partners, unit)
    known = unit.tasks.ticket_of(number)
    ticket = None if known is None else unit.tickets.lock(known[1])
    if ticket is None:
        raise _unknown(number)
    tasks = unit.tasks.of(ticket.id)
    task = next(each for each in tasks if each.id == number)
    return Found(task, ticket, _partner(task, partners), tasks)


def shown(
    task_id: int, reference: str, partners: Sequence[Partner], unit: Unit
) -> tuple[Task, Partner]:
    """Find the task that is meant, without holding anything.

    Raises:
        As ``found``.
    """
    number = _number(task_id, reference, partners, unit)
    known = unit.tasks.ticket_of(number)
    tasks = () if known is None else unit.tasks.of(known[0])
    task = next((each for each in tasks if each.id == number), None)
    if task is None:
        raise _unknown(number)
    return task, _partner(task, partners)


def speaking(call: Call, partner: Partner) -> Call:
    """Give the call as one of this partner, of those its account speaks for."""
    return replace(call, principal=replace(call.principal, partner_id=partner.id))


def receipt(found: Found, task: Task, call: Call, unit: Unit, *, reference: str = "") -> Receipt:
    """Say what became of a task; the event is added by whoever made one."""
    unit.messages.settle(call, found.ticket.id)
    number, text = found.ticket.id, found.ticket.number
    if found.ticket.merged_into is not None:
        # SSP7 contract, section 6: answers name the ticket that goes on.
        card = unit.tasks.card(task.id, found.partner.id)
        number, text = card.ticket_id, card.ticket_number
    return Receipt(
        ticket_id=number,
        ticket_number=text,
        task_id=task.id,
        reference=reference or task.reference(found.partner.id),
        state=task.state,
        event=None,
        received=unit.now,
    )


def _number(task_id: int, reference: str, partners: Sequence[Partner], unit: Unit) -> int:
    if task_id:
        return task_id
    numbers = unit.references.tasks([each.system_id for each in partners], reference)
    if not numbers:
        raise ReferenceUnknown(field="external_reference")
    if len(numbers) > 1:
        # Of several systems that one account speaks for, or contested by a reopened task.
        raise ReferenceTaken(field="external_reference")
    return numbers[0]


def _partner(task: Task, partners: Sequence[Partner]) -> Partner:
    known = [partner for partner in partners if partner.id in task.shares]
    if not known:
        raise _unknown(task.id)
    return next((each for each in known if each.id == task.partner_id), known[-1])


def _unknown(number: int) -> TaskUnknown:
    return TaskUnknown(f"no task {number}", field="task_id")
