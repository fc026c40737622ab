"""Steps of kind ``wait``: they sleep until something holds, or for a time, and hold no worker."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from gateway.delivery.conditions import Fill, hold
from gateway.domain.process import Pause


class Waited(Enum):
    """How a wait ended."""

    ENOUGH = "enough"
    TOO_LONG = "too long"


@dataclass(frozen=True, slots=True)
class Until:
    """When to look again."""

    moment: datetime


def look(pause: Pause, since: datetime, now: datetime, fill: Fill) -> Waited | Until:
    """Tell whether a wait that began some time ago is over, or when to look again.

    Args:
        pause: what is waited for.
        since: when the wait began.
        now: the present, by the same clock.
        fill: fills the conditions with all fields as they are now.
    """
    if pause.until is None:
        end = since + timedelta(seconds=pause.for_s)
        return Waited.ENOUGH if now >= end else Until(end)
    if hold(pause.until, fill):
        return Waited.ENOUGH
    end = since + timedelta(seconds=pause.timeout_s)
    if now >= end:
        return Waited.TOO_LONG
    return Until(min(end, now + timedelta(seconds=pause.check_s)))
