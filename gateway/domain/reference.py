"""External references: the number a partner gave a task, and what a further one means."""

from enum import Enum, StrEnum

from gateway.domain.assignment import Task
from gateway.errors import ReferenceConflict, ReferenceTaken


class Mode(StrEnum):
    """What an operator lets callers do who know a ticket by their reference alone."""

    BOTH = "create_or_update"
    CREATE = "create_only"
    UPDATE = "update_only"


class Verdict(Enum):
    """What a reference leads to."""

    CREATE = "no ticket has it"
    UPDATE = "one ticket has it"
    NOT_UNIQUE = "several tickets have it"
    EXISTS = "a ticket has it, and none may be updated this way"
    NOTHING = "no ticket has it, and none may be created this way"


def meant(holders: int, mode: Mode) -> Verdict:
    """Decide what to do for a reference that so many updatable tickets have (Znuny, section 8)."""
    if holders > 1:
        return Verdict.NOT_UNIQUE
    if holders:
        return Verdict.EXISTS if mode is Mode.CREATE else Verdict.UPDATE
    return Verdict.NOTHING if mode is Mode.UPDATE else Verdict.CREATE


class Acknowledgement(Enum):
    """What a reference means for the task it is given for."""

    FIRST = "stored now"
    CONFIRMED = "typed in by an agent before, confirmed now"
    REPEATED = "known since an earlier call"


def judge(task: Task, partner_id: int, reference: str, *, taken: bool) -> Acknowledgement:
    """Decide what a reference means that the partner gives.

    ``taken`` tells whether another open task or ticket of this partner has it.

    Raises:
        ReferenceConflict: the task has another one.
        ReferenceTaken: it belongs to another open task or ticket.
    """
    stored, share = task.reference(partner_id), task.shares.get(partner_id)
    if stored == reference:
        confirmed = share is not None and share.acknowledged is not None
        return Acknowledgement.REPEATED if confirmed else Acknowledgement.CONFIRMED
    if stored:
        raise ReferenceConflict(
            f"task {task.id} already has another external reference", field="external_reference"
        )
    if taken:
        raise ReferenceTaken(field="external_reference")
    return Acknowledgement.FIRST


def require_same(task: Task, partner_id: int, reference: str) -> None:
    """Insist that a reference given beside the task's number is the stored one.

    Raises:
        ReferenceConflict: it is not.
    """
    if task.reference(partner_id) != reference:
        raise ReferenceConflict(
            f"task {task.id} already has another external reference", field="external_reference"
        )
