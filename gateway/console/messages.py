"""Messages: every recorded exchange, found by what is known of it, with both its sides."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from http import HTTPStatus
from typing import Any

from gateway.console import message_filters as filters
from gateway.console.answers import Shown
from gateway.console.visit import Address, Visit
from gateway.errors import BrokenRule, StorageAway, TryLater
from gateway.http.exchange import Outcome, Stage
from gateway.soap.layout import laid_out
from gateway.usecases import recorded, rights
from gateway.usecases.ports import MessageLine

_COMMAND = "ShowMessages"
_TOO_LONG = "took too long; choose a shorter time, or name an account, a ticket or an outcome"
_SHOWN_FIRST = 48 * 1024  # characters of a side


def index(visit: Visit) -> Shown:
    """List messages, newest first, of the last day unless another time is asked for."""
    rights.require(visit.principal, _COMMAND)
    try:
        wanted, within = filters.wanted(visit), filters.within(visit)
    except BrokenRule as error:
        return _refused(visit, error.field or "q", error.sentence, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        found = visit.read(_COMMAND, lambda call, unit: recorded.find(wanted, within, call, unit))
    except StorageAway:
        raise
    except TryLater:
        return _refused(visit, "within", _TOO_LONG, HTTPStatus.SERVICE_UNAVAILABLE)
    lines = found[: wanted.most]
    more = len(found) > len(lines)
    following = visit.link(before=str(lines[-1].number)) if more else None
    return _list(visit, lines, following, wanted.until)


def show(visit: Visit, number: str) -> Shown:
    """Show a message: how far it came, what was said on both sides, what it changed."""
    sheet = visit.read(_COMMAND, lambda call, unit: recorded.show(int(number), call, unit))
    whole = visit.asked("whole") == "1"
    return Shown(
        template="message.html",
        data={
            "message": _told(sheet.line)
            | {name: getattr(sheet, name) for name in sheet.__slots__ if name != "line"}
        },
        more={
            "whole": visit.link(whole="1"),
            "stages": [each.name.lower() for each in Stage],
            "reached": sheet.line.stage,
            "sides": [
                (side, *_side(text, whole=whole))
                for side, text in (("request", sheet.request), ("answer", sheet.answer))
            ],
        },
    )


ADDRESSES = (
    Address(pattern="/messages", show=index),
    Address(pattern="/messages/{number:n}", show=show),
)


def _refused(visit: Visit, field: str, sentence: str, status: HTTPStatus) -> Shown:
    return replace(_list(visit, (), None), errors={field: sentence}, status=status)


def _list(
    visit: Visit,
    lines: Sequence[MessageLine],
    following: str | None,
    until: datetime | None = None,
) -> Shown:
    return Shown(
        template="messages.html",
        data={"messages": [_told(line) for line in lines], "next": following},
        more={
            "outcomes": filters.OUTCOMES,
            "windows": filters.WINDOWS,
            "within": visit.asked("within") or filters.DAY,
            "until": filters.shown_moment(visit, until),
            "dialects": visit.desk.dialects,
            "everything": visit.link(within=filters.ALL, before=""),
        },
        rows="messages",
    )


def _told(line: MessageLine) -> dict[str, Any]:
    return asdict(line) | {
        "stage": Stage(line.stage).name.lower(),
        "outcome": Outcome(line.outcome).name.lower(),
    }


def _side(text: str | None, *, whole: bool) -> tuple[str, bool]:
    """Lay a side out for reading, and tell whether some of it is left out."""
    shown = _laid_out(text or "")
    return (shown, False) if whole else (shown[:_SHOWN_FIRST], len(shown) > _SHOWN_FIRST)


def _laid_out(text: str) -> str:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=1)
    except (ValueError, RecursionError):
        return laid_out(text)
