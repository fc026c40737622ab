"""The only source of time: aware UTC for records, a monotonic second count for deadlines."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """Give the present moment, aware, in UTC, with microseconds."""
    return datetime.now(UTC)  # noqa: TID251 - this is the source that all others are banned for


def monotonic_s() -> float:
    """Give seconds that never go back; only differences mean anything."""
    return time.monotonic()
