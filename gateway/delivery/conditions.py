"""Conditions of process steps: two filled texts, compared as numbers, as times, or as texts."""

import operator
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from gateway.domain.process import Condition, Conditions, Operator

Fill = Callable[[str], str]

_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]{5,15}(Z|[+-][0-9]{2}:[0-9]{2})?)?")
_COMPARE: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.EQUAL: operator.eq,
    Operator.DIFFERENT: operator.ne,
    Operator.MORE: operator.gt,
    Operator.LESS: operator.lt,
    Operator.AT_LEAST: operator.ge,
    Operator.AT_MOST: operator.le,
}


def hold(conditions: Conditions, fill: Fill) -> bool:
    """Tell whether all conditions hold, or (``any``) one does; no conditions hold."""
    if not conditions.of:
        return True
    verdicts = (_holds(each, fill) for each in conditions.of)
    return any(verdicts) if conditions.any else all(verdicts)


def _holds(condition: Condition, fill: Fill) -> bool:
    left = fill(condition.left)
    right = [fill(each) for each in condition.right]
    match condition.op:
        case Operator.EMPTY:
            return not left.strip()
        case Operator.FILLED:
            return bool(left.strip())
        case Operator.CONTAINS:
            return right[0] in left
        case Operator.IN:
            return any(_compared(Operator.EQUAL, left, each) for each in _list(right))
        case compared:
            return _compared(compared, left, right[0])


def _list(right: list[str]) -> list[str]:
    """Take a single text as a list with commas: a placeholder may bring one."""
    return [each.strip() for each in right[0].split(",")] if len(right) == 1 else right


def _compared(op: Operator, left: str, right: str) -> bool:
    compare = _COMPARE[op]
    # Only two of a kind are compared as that kind (SSP7 contract, 11.1).
    for read in (_number, _time):
        one, other = read(left), read(right)
        if one is not None and other is not None:
            return compare(one, other)
    return compare(left, right)


def _number(text: str) -> Decimal | None:
    return Decimal(text.strip()) if _NUMBER.fullmatch(text.strip()) else None


def _time(text: str) -> datetime | None:
    if not _TIME.fullmatch(text.strip()):
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
