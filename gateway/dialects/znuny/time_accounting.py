"""TimeAccountingGet: the times that an agent has booked (contract section 10)."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from gateway.dialects.znuny.desk import Options
from gateway.dialects.znuny.job import Job
from gateway.dialects.znuny.refusals import Refused, invalid, missing
from gateway.errors import NotFound
from gateway.usecases import rights, time_accounting
from gateway.usecases.ports import BookedTime, Call, Unit

_WHOSE, _FIRST, _LAST = "TimeAccountingUserLogin", "TimeAccountingStart", "TimeAccountingEnd"
# The document's own client sends no seconds.
_TIME = re.compile(r"(\d{1,4})-(\d{1,2})-(\d{1,2}) (\d{1,2}):(\d{1,2})(?::(\d{1,2}))?", re.ASCII)
_FORM = "%Y-%m-%d %H:%M:%S"


def get(job: Job) -> Mapping[str, Any]:
    """Give what an agent booked in a span of time.

    Raises:
        Refused: the caller may not ask, or a parameter is missing or, in strict mode, wrong.
    """
    principal = job.login()
    if not rights.permits(principal, job.operation):
        raise Refused("NoPermission", "No permission!")
    for name in (_WHOSE, _FIRST, _LAST):
        if not job.value(name):
            raise missing(name)
    try:
        login, zone = job.text(_WHOSE), ZoneInfo(job.options.time_zone)
        first, last = (_moment(job.text(name), name, zone) for name in (_FIRST, _LAST))
        if last < first:
            raise invalid(_LAST)
        return job.run(partial(_read, login, first, last, job.options), principal)
    except Refused:
        if job.options.search_mode == "legacy":
            return {}
        raise


def _read(
    login: str, first: datetime, last: datetime, options: Options, call: Call, unit: Unit
) -> Mapping[str, Any]:
    try:
        found = time_accounting.booked(login, first, last, call, unit)
    except NotFound:
        raise invalid(_WHOSE) from None
    zone = ZoneInfo(options.time_zone)
    return {"TimeAccountingResult": [_shown(each, zone) for each in found]}


def _shown(booked: BookedTime, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "Created": booked.created.astimezone(zone).strftime(_FORM),
        "Queue": booked.queue,
        "TicketCustomerID": booked.customer,
        "TicketNumber": booked.number,
        "TicketTitle": booked.title,
        "TimeUnit": booked.units,
    }


def _moment(text: str, name: str, zone: ZoneInfo) -> datetime:
    match = _TIME.fullmatch(text)
    if match is None:
        raise invalid(name)
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise invalid(name) from None
