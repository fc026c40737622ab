"""Mailboxes under an operator's eyes: how far each was read, and what was refused."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.errors import NotFound
from gateway.usecases import rights
from gateway.usecases.administration_ports import AdministrationUnit
from gateway.usecases.lists import Actor, audit
from gateway.usecases.ports import Call, MailboxRow, RefusedMail, Unit

_SCHEDULES = "schedule"


@dataclass(frozen=True, slots=True)
class Mailboxes:
    """What there is to see of mailboxes."""

    boxes: Sequence[MailboxRow]
    refused: Sequence[RefusedMail]


def show(before: int | None, most: int, call: Call, unit: Unit) -> Mailboxes:
    """Show every mailbox that was ever looked into, and what was refused, newest first.

    Raises:
        NotPermitted: rights.
    """
    rights.require(call.principal, call.command)
    unit.messages.settle(call, None)
    return Mailboxes(unit.inbound.mailboxes(), unit.inbound.refused(before, most))


def look_now(name: str, actor: Actor, unit: AdministrationUnit) -> None:
    """Have a mailbox looked into by the next worker that is free.

    Raises:
        NotFound: no worker looks into one of this name.
    """
    schedule = f"mailbox {name}"
    if not unit.find(_SCHEDULES, "name", schedule):
        raise NotFound("no worker looks into a mailbox of this name")
    unit.update(_SCHEDULES, {"name": schedule}, {"next_run": unit.now})
    audit("mailbox looked into at once", name, actor, unit)
