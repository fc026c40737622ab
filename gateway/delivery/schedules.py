"""When a schedule runs next: ``every N s`` or ``daily HH:MM ZONE``."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

_EVERY = re.compile(r"every (\d+) s")
_DAILY = re.compile(r"daily (\d\d):(\d\d) (.+)")


def next_run(spec: str, now: datetime) -> datetime:
    """Give the first moment after now that the spec means; missed ones happen once."""
    if (every := _EVERY.fullmatch(spec)) is not None:
        return now + timedelta(seconds=int(every[1]))
    daily = _DAILY.fullmatch(spec)
    if daily is None:
        raise ValueError(f"no schedule: {spec}")
    here = now.astimezone(ZoneInfo(daily[3]))
    wanted = time(int(daily[1]), int(daily[2]), tzinfo=here.tzinfo)
    today = datetime.combine(here.date(), wanted)
    if today > here:
        return today
    return datetime.combine(here.date() + timedelta(days=1), wanted)
