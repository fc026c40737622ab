"""The first page: what there is to do, with links to it."""

from gateway.console.answers import Shown
from gateway.console.visit import Address, Visit
from gateway.usecases import sheets


def show(visit: Visit) -> Shown:
    """Show the counts of tickets and, to whoever looks after deliveries, the partners."""
    counts = visit.read("ListTickets", sheets.counts)
    operator = visit.may("ShowDeliveries")
    partners = list(visit.desk.backlogs()) if operator else []
    return Shown(
        template="overview.html",
        data={"counts": counts, "partners": partners},
        more={"operator": operator},
    )


ADDRESSES = (Address(pattern="/", show=show),)
