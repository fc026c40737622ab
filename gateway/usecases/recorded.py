"""What operators read of the record: messages with both their sides, and the audit."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from gateway.errors import NotFound
from gateway.usecases import rights
from gateway.usecases.ports import (
    AuditLine,
    Call,
    DialectHour,
    FindAudit,
    FindMessages,
    MessageLine,
    MessageSheet,
    Unit,
)


def find(
    wanted: FindMessages, within: timedelta | None, call: Call, unit: Unit
) -> Sequence[MessageLine]:
    """Find messages, newest first; one more than wanted if there are more.

    Args:
        wanted: which ones.
        within: how long before ``wanted.until``, or before now; None: as far back as is kept.
        call: who asks.
        unit: the transaction.

    Raises:
        NotPermitted: rights.
        TryLater: it takes longer than the server allows a statement.
    """
    rights.require(call.principal, call.command)
    unit.messages.settle(call, None)
    if within is not None:
        wanted = replace(wanted, since=(wanted.until or unit.now) - within)
    return unit.recorded.messages(wanted)


def show(number: int, call: Call, unit: Unit) -> MessageSheet:
    """Read a message with all that is kept of it.

    Raises:
        NotPermitted: rights.
        NotFound: no such message, or not any more.
    """
    rights.require(call.principal, call.command)
    unit.messages.settle(call, None)
    found = unit.recorded.message(number)
    if found is None:
        raise NotFound(f"no message {number}, or it is not kept any more")
    return found


def last_hour(call: Call, unit: Unit) -> Sequence[DialectHour]:
    """Tell how calls went, by dialect.

    Raises:
        NotPermitted: rights.
    """
    rights.require(call.principal, call.command)
    unit.messages.settle(call, None)
    return unit.recorded.last_hour()


def audit(wanted: FindAudit, call: Call, unit: Unit) -> Sequence[AuditLine]:
    """Find lines of the audit, newest first; one more than wanted if there are more.

    Raises:
        NotPermitted: rights.
    """
    rights.require(call.principal, call.command)
    unit.messages.settle(call, None)
    return unit.recorded.audit(wanted)
