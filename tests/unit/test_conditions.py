"""Conditions of steps: numbers, times and texts, all or any of a list."""

import pytest

from gateway.delivery.conditions import hold
from gateway.domain.process import Condition, Conditions, Operator


def holds(left, op, right=""):
    listed = tuple(right) if isinstance(right, list) else (right,)
    return hold(Conditions((Condition(left=left, op=Operator(op), right=listed),)), str)


@pytest.mark.parametrize(
    ("left", "op", "right"),
    [
        ("10", ">", "9"), ("10", "=", "10.0"), ("-1", "<", "0"), ("007", "=", "7"),
        ("10", ">=", "10"), ("9", "<=", "10"), ("1", "!=", "2"),
        ("2026-03-04T10:00:00Z", "=", "2026-03-04T11:00:00+01:00"),
        ("2026-03-04", "<", "2026-03-04T00:00:01Z"),
        ("b10", "<", "b9"), ("a", "!=", "A"), ("10", "<", "9a"), ("2026-99-99", ">", "2026-03-04"),
        ("", "empty", ""), (" \n", "empty", ""), ("x", "not empty", ""),
        ("Northwind", "contains", "wind"), ("", "contains", ""),
        ("b", "in", ["a", "b"]), ("2", "in", "1, 2.0,3"), ("", "in", ""),
    ],
)  # fmt: skip
def test_a_condition_holds(left, op, right):
    assert holds(left, op, right)


@pytest.mark.parametrize(
    ("left", "op", "right"),
    [
        ("10", "<", "9"), ("a", "=", "A"), ("x", "empty", ""), ("", "not empty", ""),
        ("wind", "contains", "Wind"), ("c", "in", ["a", "b"]), ("a,b", "in", ["a", "b"]),
    ],
)  # fmt: skip
def test_a_condition_does_not_hold(left, op, right):
    assert not holds(left, op, right)


@pytest.mark.parametrize(
    ("verdicts", "all_", "any_"), [("11", True, True), ("10", False, True), ("00", False, False)]
)
def test_all_of_a_list_must_hold_or_any(verdicts, all_, any_):
    listed = tuple(Condition(left=v, op=Operator.EQUAL, right=("1",)) for v in verdicts)
    assert hold(Conditions(listed), str) is all_
    assert hold(Conditions(listed, any=True), str) is any_


def test_no_conditions_hold():
    assert hold(Conditions(), str)
    assert hold(Conditions(any=True), str)


def test_both_sides_are_filled():
    filled = {"#A#": "x", "#B#": "x"}.get
    assert hold(Conditions((Condition(left="#A#", op=Operator.EQUAL, right=("#B#",)),)), filled)
