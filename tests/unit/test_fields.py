"""Dynamic fields: which values fit each type."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from gateway.domain.fields import Field, FieldType, fitting

BERLIN = ZoneInfo("Europe/Berlin")


def field(kind, *options):
    return Field(1, "Any", FieldType(kind), options)


@pytest.mark.parametrize(
    ("kind", "text", "number", "date"),
    [
        ("text", "any text", None, None),
        ("number", "-7.50", Decimal("-7.50"), None),
        ("date", "2030-07-01 12:00:00", None, datetime(2030, 7, 1, 10, tzinfo=UTC)),
        ("dropdown", "red", None, None),
    ],
)
def test_a_value_is_kept_as_text_and_as_what_orders_it(kind, text, number, date):
    filled = fitting(field(kind, "red"), [text], BERLIN)
    (value,) = filled.values
    assert (value.text, value.number, value.date) == (text, number, date)
    assert filled.shown == text


@pytest.mark.parametrize("text", ["2030-07-01", "2030-07-01 00:00"])
def test_a_date_is_kept_in_one_form(text):
    (value,) = fitting(field("date"), [text], UTC).values
    assert value.text == "2030-07-01 00:00:00"


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        ("text", ["a", "b"]),
        ("text", ["ü" * 1301]),
        ("number", ["1,5"]),
        ("number", ["NaN"]),
        ("number", ["1E+400"]),
        ("date", ["2030-02-30 00:00:00"]),
        ("date", ["01.07.2030"]),
        ("dropdown", ["green"]),
        ("multiselect", ["red", "green"]),
    ],
)
def test_what_does_not_fit_is_refused(kind, texts):
    with pytest.raises(ValueError, match=r"."):
        fitting(field(kind, "red"), texts, UTC)


def test_a_skipped_local_time_moves_forward_and_a_doubled_one_is_the_first():
    skipped, doubled = (
        fitting(field("date"), [text], BERLIN).values[0].date
        for text in ("2030-03-31 02:30:00", "2030-10-27 02:30:00")
    )
    assert skipped == datetime(2030, 3, 31, 1, 30, tzinfo=UTC)
    assert doubled == datetime(2030, 10, 27, 0, 30, tzinfo=UTC)


def test_several_values_are_kept_once_each_and_empty_ones_are_none():
    filled = fitting(field("multiselect", "red", "blue"), ["red", "", "blue", "red"], UTC)
    assert [value.text for value in filled.values] == ["red", "blue"]
    assert fitting(field("text"), [""], UTC).values == ()
