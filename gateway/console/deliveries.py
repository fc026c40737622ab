"""Deliveries: what has to reach partners, what was tried, and what to do about it."""

from contextlib import suppress

from gateway.console.answers import Gone, Shown
from gateway.console.forms import SEEN, mark
from gateway.console.ticket_filter import ticket_id
from gateway.console.visit import MOST, Address, Visit
from gateway.errors import BrokenRule, Missing, WrongState
from gateway.text import is_text
from gateway.usecases import sheets
from gateway.usecases.ports import DeliveryRow, State, Wanted

_LONGEST_REASON = 1000


def index(visit: Visit) -> Shown:
    """List the deliveries of a state, oldest first, and how each partner stands."""
    desk, most = visit.deliveries("ShowDeliveries"), visit.most()
    rows: list[DeliveryRow] = []
    state, errors = State.FAILED, dict[str, str]()
    try:
        wanted = _wanted(visit)
        state, rows = wanted.state, list(desk.listed(wanted, most=most + 1))
    except BrokenRule as error:
        errors = {error.field or "state": error.sentence}
    shown = rows[:most]
    more = len(rows) > most
    partners = list(visit.desk.backlogs())
    held = [each.partner for each in partners if each.paused or each.open]
    return Shown(
        template="deliveries.html",
        data={
            "state": state.value,
            "deliveries": shown,
            "partners": partners,
            "standings": desk.standings(held) if held else [],
            "neglected": desk.neglected(),
            "next": visit.link(after=str(shown[-1].id)) if more else None,
        },
        more={
            "states": tuple(State),
            "may_pause": visit.may("PausePartner"),
            "may_settle": visit.may("SettleDeliveries"),
            "reasons": desk.reasons() if state is State.FAILED and len(shown) > 1 else [],
        },
        rows="deliveries",
        errors=errors,
        status=422 if errors else 200,
    )


def show(visit: Visit, number: str) -> Shown:
    """Show a delivery: its event, every attempt with both sides, and its log."""
    desk = visit.deliveries("ShowDeliveries")
    row = desk.get(int(number))
    event = visit.read("ShowDeliveries", lambda call, unit: sheets.event(row.event_id, call, unit))
    return Shown(
        template="delivery.html",
        data={
            "delivery": row,
            "event": event,
            "attempts": desk.attempts(int(number)),
            "log": desk.log(int(number)),
        },
        more={
            "changeable": row.state in {State.FAILED, State.PENDING},
            "mark": mark(_stand(row)),
            "may_settle": visit.may("SettleDeliveries"),
        },
    )


def retry(visit: Visit, number: str) -> Gone:
    """Try a delivery again now, with a new count, at the failed step or from the start."""
    desk = visit.deliveries("SettleDeliveries")
    _require_unchanged(visit, desk.get(int(number)))
    desk.retry(int(number), from_start=visit.sent("from_start") == "1")
    return visit.gone(f"/deliveries/{number}", "retried", number)


def discard(visit: Visit, number: str) -> Gone:
    """Give a delivery up, with a reason."""
    reason = _reason(visit)
    if not reason:
        raise Missing(field="reason")
    desk = visit.deliveries("SettleDeliveries")
    _require_unchanged(visit, desk.get(int(number)))
    desk.discard(int(number), reason)
    return visit.gone(f"/deliveries/{number}", "discarded", number)


def retry_failed(visit: Visit, code: str) -> Gone:
    """Try the failed deliveries of a partner again, oldest first, as many as one page lists."""
    desk = visit.deliveries("SettleDeliveries")
    wanted, retried = Wanted(state=State.FAILED, partner=code), 0
    for row in list(desk.listed(wanted, most=MOST)):
        # Somebody else may have settled it meanwhile.
        with suppress(WrongState):
            desk.retry(row.id, from_start=False)
            retried += 1
    return visit.gone("/deliveries", "retried_all", code, str(retried))


def pause(visit: Visit, code: str) -> Gone:
    """Send a partner nothing more for now."""
    changed = visit.deliveries("PausePartner").pause(code, _reason(visit))
    return visit.gone("/deliveries", "paused" if changed else "paused_already", code)


def resume(visit: Visit, code: str) -> Gone:
    """Send a partner what waits."""
    waiting = visit.deliveries("PausePartner").resume(code)
    return visit.gone("/deliveries", "resumed", code, str(waiting))


ADDRESSES = (
    Address(pattern="/deliveries", show=index),
    Address(pattern="/deliveries/{number:n}", show=show),
    Address(pattern="/deliveries/{number:n}/retry", show=show, act=retry),
    Address(pattern="/deliveries/{number:n}/discard", show=show, act=discard),
    *(
        Address(
            pattern=f"/partners/{{code}}/{verb}",
            show=lambda visit, code: index(visit),  # noqa: ARG005 - the arguments of a page
            act=act,
        )
        for verb, act in (("pause", pause), ("resume", resume), ("retry", retry_failed))
    ),
)


def _wanted(visit: Visit) -> Wanted:
    """Read the filters.

    Raises:
        BrokenRule: one of them cannot be.
    """
    ticket, partner = ticket_id(visit), visit.asked("partner")
    if not is_text(partner):
        raise BrokenRule("characters that XML cannot carry", field="partner")
    return Wanted(
        state=_state(visit.asked("state") or State.FAILED),
        partner=partner or None,
        subject=None if ticket is None else f"ticket:{ticket}",
        after=visit.number("after") or 0,
    )


def _state(text: str) -> State:
    try:
        return State(text)
    except ValueError:
        raise BrokenRule(f"one of: {', '.join(State)}", field="state") from None


def _reason(visit: Visit) -> str:
    reason = visit.sent("reason").strip()
    if len(reason) > _LONGEST_REASON:
        raise BrokenRule(f"longer than {_LONGEST_REASON} characters", field="reason")
    return reason


def _require_unchanged(visit: Visit, row: DeliveryRow) -> None:
    """Insist that the delivery is as it was shown: a form sent twice acts once."""
    if visit.sent(SEEN) != mark(_stand(row)):
        raise WrongState(f"delivery {row.id} is {row.state} by now: look at it again")


def _stand(row: DeliveryRow) -> tuple[object, ...]:
    """Give what an act changes; whether it is in work may change by itself."""
    return row.state, row.step, row.tries, row.settled
