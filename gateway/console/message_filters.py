"""What the list of messages is asked for: words, an outcome, and a window of time."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from gateway.console.ticket_filter import ticket_id
from gateway.console.visit import Visit
from gateway.errors import BrokenRule
from gateway.http.exchange import Outcome
from gateway.text import is_text
from gateway.usecases.ports import FindMessages

ALL, DAY = "all", "24"
WINDOWS = ("1", DAY, "168", "720", ALL)  # hours
TROUBLE = "trouble"
_OUTCOMES = {each.name.lower(): each for each in Outcome}
OUTCOMES = (TROUBLE, *_OUTCOMES)
_WORDS = ("q", "account", "dialect", "operation", "peer", "code")
_NUMBER = re.compile("[0-9]{1,18}")


def wanted(visit: Visit) -> FindMessages:
    """Read the filters.

    Raises:
        BrokenRule: one of them cannot be.
    """
    number, outcome = _number(visit), visit.asked("outcome")
    if outcome not in ("", *OUTCOMES):
        raise BrokenRule(f"one of: {', '.join(OUTCOMES)}", field="outcome")
    for field in _WORDS:
        if not is_text(visit.asked(field)):
            raise BrokenRule("characters that XML cannot carry", field=field)
    return FindMessages(
        number=number,
        correlation_id="" if number else visit.asked("q"),
        ticket_id=ticket_id(visit),
        code=visit.asked("code").upper(),
        outcome=_OUTCOMES.get(outcome),
        trouble=outcome == TROUBLE,
        until=_moment(visit.asked("until"), visit.desk.rules.time_zone),
        before=visit.number("before"),
        most=visit.most(),
        account=visit.asked("account"),
        dialect=visit.asked("dialect"),
        operation=visit.asked("operation"),
        peer=visit.asked("peer"),
    )


def within(visit: Visit) -> timedelta | None:
    """Give how far to look back; a message or ticket that is named is found whatever its age.

    Raises:
        BrokenRule: no window that is offered.
    """
    hours = visit.asked("within")
    if hours not in ("", *WINDOWS):
        raise BrokenRule(f"one of: {', '.join(WINDOWS)}", field="within")
    named = _number(visit) or visit.asked("ticket")
    if hours == ALL or (named and not hours):
        return None
    return timedelta(hours=int(hours or DAY))


def shown_moment(visit: Visit, moment: datetime | None) -> str:
    """Write a time as its field has it: in the operator's zone, which it does not name."""
    if moment is None:
        return visit.asked("until")
    return f"{moment.astimezone(ZoneInfo(visit.desk.rules.time_zone)):%Y-%m-%dT%H:%M:%S}"


def _number(visit: Visit) -> int | None:
    """Read what is searched for as a message's number; anything else is a correlation id."""
    return int(visit.asked("q")) if _NUMBER.fullmatch(visit.asked("q")) else None


def _moment(text: str, time_zone: str) -> datetime | None:
    """Read a time; without a zone it is the operator's."""
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        raise BrokenRule("a time like 2026-03-04T10:15", field="until") from None
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=ZoneInfo(time_zone))
