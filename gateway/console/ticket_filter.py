"""Which ticket a list is asked for: by its id, or by the number that people know."""

from gateway.console.visit import Visit
from gateway.usecases import sheets
from gateway.usecases.ports import FindTickets

_FEW = 20  # others may have the number in their title


def ticket_id(visit: Visit) -> int | None:
    """Give the id of the ticket; None: not asked for.

    Raises:
        BrokenRule: neither an id nor a number.
    """
    named = visit.number("ticket")
    if named is None:
        return None
    wanted = FindTickets(text=visit.asked("ticket"), most=_FEW)
    found = visit.read("ListTickets", lambda call, unit: sheets.find(wanted, call, unit))
    return next((line.id for line in found if line.number == wanted.text), named)
