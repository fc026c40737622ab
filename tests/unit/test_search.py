from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from gateway.domain.search import Asker, Order, Search, SortField, StoredQuery, search_of
from gateway.domain.ticket import OPEN_TYPES, StateType

NOW = datetime(2025, 6, 27, 9, 16, tzinfo=UTC)
ASKER = Asker(agent_id=7, group_ids=(1, 4), now=NOW)
GUID = UUID("4a899c3b-55d9-50ee-97c4-327102d9f9ca")


def read(filter_: dict[str, Any], sort: list[Any] | None = None) -> Search:
    return search_of(StoredQuery(filter_, sort or []), ASKER)


def test_an_empty_filter_finds_all_newest_first():
    assert read({}) == Search(order=Order(SortField.ID, descending=True))


def test_state_types_are_those_of_tickets():
    search = read({"state_types": ["new", "open"]})
    assert search.state_types == {StateType.NEW, StateType.OPEN}
    assert search.only_open


def test_only_open_needs_open_types_alone():
    assert read({"state_types": sorted(OPEN_TYPES)}).only_open
    assert not read({"state_types": ["open", "closed"]}).only_open
    assert not read({}).only_open


@pytest.mark.parametrize(
    ("value", "keys"),
    [
        ("$caller", (7,)),
        (["$caller", 7, "berta"], (7, "berta")),
        (str(GUID), (GUID,)),
        ([], ()),
    ],
)
def test_rows_are_named_by_guid_id_name_or_placeholder(value: Any, keys: tuple[Any, ...]):
    assert read({"owner": value}).rows == {"owner": keys}


def test_the_callers_groups_stand_for_all_of_them():
    assert read({"assigned_group": "$caller_groups"}).rows == {"assigned_group": (1, 4)}


def test_days_are_counted_back_from_now():
    assert read({"created_since": "$days:7"}).created_since == NOW - timedelta(days=7)


def test_a_time_without_zone_is_utc():
    since = datetime(2025, 1, 2, tzinfo=UTC)
    assert read({"changed_since": "2025-01-02"}).changed_since == since
    assert read({"changed_since": "2025-01-02T01:00:00+01:00"}).changed_since == since


@pytest.mark.parametrize("direction", ["asc", "desc"])
@pytest.mark.parametrize("field", SortField)
def test_the_id_may_be_written_out_after_the_order(field: SortField, direction: str):
    order = Order(field, direction == "desc")
    assert read({}, [[field.value, direction]]).order == order
    if field is not SortField.ID:
        assert read({}, [[field.value, direction], ["id", direction]]).order == order


@pytest.mark.parametrize(
    "filter_",
    [
        {"colour": "red"},
        {"state_types": ["asleep"]},
        {"state_types": [None]},
        {"owner": True},
        {"owner": 1.5},
        {"owner": None},
        {"owner": {"id": 1}},
        {"owner": "$somebody"},
        {"unassigned": "yes"},
        {"has_attachment": 1},
        {"created_since": "$days:"},
        {"created_since": "$days:123456"},
        {"created_since": "yesterday"},
        {"created_since": 5},
    ],
)
def test_other_words_and_values_cannot_be_run(filter_: dict[str, Any]):
    with pytest.raises(ValueError):  # noqa: PT011 - one error for all
        read(filter_)


@pytest.mark.parametrize(
    "sort",
    [
        [["title", "asc"]],
        [["id", "up"]],
        ["id"],
        [["changed", "desc"], ["id", "asc"]],
        [["id", "desc"], ["id", "desc"]],
        [["changed", "desc"], ["id", "desc"], ["id", "desc"]],
    ],
)
def test_other_orders_cannot_be_run(sort: list[Any]):
    with pytest.raises(ValueError):  # noqa: PT011 - one error for all
        read({}, sort)


def test_a_day_before_all_days_is_no_crash():
    early = Asker(agent_id=7, group_ids=(), now=datetime(2, 1, 1, tzinfo=UTC))
    with pytest.raises(OverflowError):
        search_of(StoredQuery({"created_since": "$days:99999"}, []), early)
