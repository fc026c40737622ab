"""The words in which tickets are searched, and how a stored query becomes such a search.

The filter of a stored query is an object; all of its words must hold:

============================================================ =====================================
``state_types``                                              list of state types
``state queue category type priority customer customer_user`` a row or a list of rows
``owner``                                                    the same; ``$caller``
``assigned_group``                                           the same; ``$caller_groups``
``unassigned`` ``has_attachment``                            true
``created_since`` ``changed_since``                          a time, or ``$days:N``
============================================================ =====================================

A row is named by guid, id or name. The order is a list of ``[field, asc or desc]``: ``id``,
``created`` or ``changed``; ties go by ``id`` in the same direction.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from gateway.domain.ticket import OPEN_TYPES, StateType
from gateway.domain.values import Key

# Words that name rows -> the list the rows are of.
ROWS: Mapping[str, str] = {
    "state": "state",
    "queue": "queue",
    "category": "category",
    "type": "type",
    "priority": "priority",
    "customer": "customer",
    "customer_user": "customer_user",
    "owner": "agent",
    "assigned_group": "group",
}


class SortField(StrEnum):
    """What a search can be ordered by: each has an index that ends in the id."""

    ID = "id"
    CREATED = "created"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Order:
    """The order of a search; ties go by id in the same direction."""

    field: SortField = SortField.ID
    descending: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Which tickets, in which order; what is not said does not matter. All conditions must hold.

    ``rows`` maps a word of ``ROWS`` to keys of which one must stand there; an empty tuple is
    fulfilled by no ticket.
    """

    state_types: frozenset[StateType] | None = None
    rows: Mapping[str, tuple[Key, ...]] = field(default_factory=dict)
    unassigned: bool = False  # neither agent nor group
    has_attachment: bool = False
    created_since: datetime | None = None
    changed_since: datetime | None = None
    asset: UUID | None = None  # linked to it
    order: Order = Order()

    @property
    def only_open(self) -> bool:
        """Tell whether it can find open tickets only."""
        return self.state_types is not None and self.state_types <= OPEN_TYPES


@dataclass(frozen=True, slots=True)
class StoredQuery:
    """A search that the operator stored, as it is written."""

    filter: Mapping[str, object]
    sort: Sequence[object]


@dataclass(frozen=True, slots=True)
class Asker:
    """For whom and when a stored query is run: what its placeholders stand for."""

    agent_id: int
    group_ids: tuple[int, ...]
    now: datetime


def search_of(query: StoredQuery, asker: Asker) -> Search:
    """Give the search that a stored query means for this asker.

    Raises:
        ValueError: it has other words than those above, or other values.
    """
    unknown = query.filter.keys() - ROWS.keys() - _FLAGS - _TIMES - {"state_types"}
    if unknown:
        raise ValueError(*sorted(unknown))
    filter_ = query.filter
    return Search(
        state_types=_state_types(filter_["state_types"]) if "state_types" in filter_ else None,
        rows={word: _keys(filter_[word], asker) for word in ROWS if word in filter_},
        unassigned=_flag(filter_.get("unassigned", False)),
        has_attachment=_flag(filter_.get("has_attachment", False)),
        created_since=_moment(filter_.get("created_since"), asker),
        changed_since=_moment(filter_.get("changed_since"), asker),
        order=_order(query.sort),
    )


_FLAGS = frozenset({"unassigned", "has_attachment"})
_TIMES = frozenset({"created_since", "changed_since"})
_DAYS = re.compile(r"\$days:([0-9]{1,5})")


def _state_types(value: object) -> frozenset[StateType]:
    return frozenset(StateType(str(each)) for each in _list(value))


def _keys(value: object, asker: Asker) -> tuple[Key, ...]:
    found: list[Key] = []
    for each in _list(value):
        match each:
            case "$caller":
                found.append(asker.agent_id)
            case "$caller_groups":
                found.extend(asker.group_ids)
            case bool():
                raise ValueError("a row is named by guid, id or name")
            case int():
                found.append(each)
            case str() if not each.startswith("$"):
                found.append(_key(each))
            case _:
                raise ValueError("a row is named by guid, id or name")
    return tuple(dict.fromkeys(found))


def _key(text: str) -> Key:
    try:
        return UUID(text)
    except ValueError:
        return text


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else [value]


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false expected")  # noqa: TRY004 - one error for all values
    return value


def _moment(value: object, asker: Asker) -> datetime | None:
    if value is None:
        return None
    text = str(value)
    if (days := _DAYS.fullmatch(text)) is not None:
        return asker.now - timedelta(days=int(days[1]))
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _order(sort: Sequence[object]) -> Order:
    match sort:
        case []:
            return Order()
        case [[str(name), "asc" | "desc" as direction], *further]:
            order = Order(SortField(name), direction == "desc")
        case _:
            raise ValueError("order is a list of [field, asc or desc]")
    # The id that ends every order anyway may be written out.
    if further and (order.field is SortField.ID or further != [[SortField.ID.value, direction]]):
        raise ValueError("only the id can come second, in the same direction")
    return order
