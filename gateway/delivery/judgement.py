"""What a bad answer means: try again, and when, or give up (SSP7 contract, section 12)."""

from datetime import UTC
from email.utils import parsedate_to_datetime

from gateway import clock
from gateway.delivery.calls import Answer
from gateway.usecases.ports import Exchange, Permanent, Transient

REFUSED = frozenset({401, 403, 407})  # of our credentials
_PASSING = frozenset({408, 425, 429})
_SERVER_ERRORS = range(500, 600)


def judged(answer: Answer, error: str, exchange: Exchange) -> Transient | Permanent:
    """Judge an answer by its status alone."""
    if passes(answer.status):
        return transient(answer, error, exchange)
    if answer.status in REFUSED:
        error = f"{error}: our credentials are refused"
    return Permanent(error=error, exchange=exchange)


def transient(answer: Answer, error: str, exchange: Exchange) -> Transient:
    """Say that a failure may pass, and when the partner wants to be asked again."""
    return Transient(error=error, retry_after_s=retry_after_s(answer), exchange=exchange)


def passes(status: int) -> bool:
    """Tell whether a status may change by itself."""
    return status in _PASSING or status in _SERVER_ERRORS


def retry_after_s(answer: Answer) -> float | None:
    """Read Retry-After: seconds, or a date as the partner's clock or else ours sees it."""
    given = answer.headers.get("retry-after", "").strip()
    if given.isascii() and given.isdigit():
        return float(given[:9])
    try:
        then = parsedate_to_datetime(given)
        date = answer.headers.get("date")
        present = parsedate_to_datetime(date) if date else clock.now()
    except (TypeError, ValueError, OverflowError):
        return None
    # A date without zone is one of UTC.
    aware = [each if each.tzinfo else each.replace(tzinfo=UTC) for each in (then, present)]
    return max(0.0, (aware[0] - aware[1]).total_seconds())
