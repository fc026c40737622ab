"""The first page: what there is to do, with links to it."""

from gateway.console.answers import Shown
from gateway.console.visit import Address, Visit
from gateway.usecases import recorded, sheets


def show(visit: Visit) -> Shown:
    """Show the counts of tickets and, to whoever runs the gateway, what fails and who waits."""
    counts = visit.read("ListTickets", sheets.counts)
    operator = visit.may("ShowDeliveries")
    partners = list(visit.desk.backlogs()) if operator else []
    desk = visit.deliveries("ShowDeliveries") if operator else None
    inspector = visit.may("ShowMessages")
    hour = visit.read("ShowMessages", recorded.last_hour) if inspector else []
    return Shown(
        template="overview.html",
        data={
            "counts": counts,
            "partners": partners,
            "failures": desk.reasons() if desk else [],
            "neglected": desk.neglected() if desk else 0,
            "hour": hour,
        },
        more={"operator": operator, "inspector": inspector},
    )


ADDRESSES = (Address(pattern="/", show=show),)
