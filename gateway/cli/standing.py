"""What keeps deliveries from going out, in sentences that end with what to do."""

from collections.abc import Collection, Iterator
from datetime import datetime

from gateway.usecases.ports import Backlog, DeliveryDesk, Standing


def stands(backlog: Backlog) -> str:
    """Say in a word or two how a partner stands."""
    if not backlog.active:
        return "not active"
    if backlog.paused:
        return "paused"
    return "does not answer" if backlog.open else "ready"


def obstacles(desk: DeliveryDesk, partners: Collection[str]) -> list[str]:
    """Say what keeps these partners from being sent anything, and whether any worker runs."""
    told = [_obstacle(each) for each in desk.standings(partners)]
    return [*filter(None, told), *_neglect(desk.neglected())]


def _obstacle(standing: Standing) -> str:
    name = standing.partner
    if not standing.active:
        return (
            f"{name} is not active, nothing is sent: ticket-gateway partners set {name} active=true"
        )
    if standing.paused:
        return f"{name} {_paused(standing)}: ticket-gateway deliveries resume {name}"
    if standing.probe_at is not None:
        since = f" since {_moment(standing.failing_since)}" if standing.failing_since else ""
        return (
            f"{name} does not answer{since}, it is asked again at {_moment(standing.probe_at)} and "
            f"what waits goes by itself then: ticket-gateway partners test {name}"
        )
    return ""


def _paused(standing: Standing) -> str:
    if standing.paused_at is None:
        return "paused by itself, since there was nothing but failure for days"
    why = f", {standing.reason!r}" if standing.reason else ""
    return f"was paused at {_moment(standing.paused_at)} by {standing.paused_by}{why}"


def _neglect(count: int) -> Iterator[str]:
    if count:
        yield (
            f"no worker runs, {count} tickets and services wait for one: "
            "ticket-gateway serve, without --no-worker, or ticket-gateway work"
        )


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M:%S} UTC"
