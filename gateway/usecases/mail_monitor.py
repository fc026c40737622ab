"""The mail monitor: received mails that belong to no ticket."""

from collections.abc import Sequence

from gateway.domain.commands import Entry
from gateway.domain.entries import Mail
from gateway.domain.views import Listed
from gateway.errors import NotFound
from gateway.usecases import idempotency, rights
from gateway.usecases.idempotency import Done
from gateway.usecases.ports import Call, Unit


def mails(call: Call, unit: Unit) -> Listed[Mail]:
    """List the mails, newest first (ACMP contract EM).

    Raises:
        NotPermitted: the right is of the command; the caller lacks it.
    """
    rights.require(call.principal, call.command, None, field="")
    unit.messages.settle(call, None)
    return unit.monitor.list()


def delete(batch: Sequence[Entry], call: Call, unit: Unit) -> Done:
    """Delete mails for good; an id twice counts once.

    Raises:
        NotFound: no such mail, and this very command has not deleted it before.
        NotPermitted, BrokenRule: rights, a value.
    """
    guids = [entry.guid for entry in batch]
    known = unit.monitor.known(guids)
    gone = [guid for guid in guids if guid not in known]
    repeated = idempotency.repeated_each(gone, call, unit)
    for number, entry in enumerate(batch, 1):
        at = f"mails[{number}]"
        if entry.breach is not None:
            raise entry.breach
        if entry.guid not in known and entry.guid not in repeated:
            raise NotFound(field=at)
        rights.require(call.principal, call.command, None, field=at)
    if known:
        unit.monitor.delete(known)
        idempotency.remember_each(known, "delete", call, unit)
    unit.messages.settle(call, None)
    return Done(None)
