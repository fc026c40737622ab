"""What times an agent booked, for whoever may ask for it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from gateway.errors import NotFound
from gateway.usecases import rights
from gateway.usecases.ports import BookedTime, Call, Unit

_SECOND = timedelta(seconds=1)
_LAST = datetime.max.replace(microsecond=0, tzinfo=UTC) - _SECOND


def booked(
    login: str, first: datetime, last: datetime, call: Call, unit: Unit
) -> Sequence[BookedTime]:
    """Give what an agent booked from one second to another, both included, oldest first.

    Raises:
        NotPermitted: the caller may not ask.
        NotFound: there is no such agent.
    """
    rights.require(call.principal, call.command)
    found = unit.bookings.booked_by(login, first, min(last, _LAST) + _SECOND)
    if found is None:
        raise NotFound
    unit.messages.settle(call, None)
    return found
