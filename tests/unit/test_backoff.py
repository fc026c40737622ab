"""Delays between tries: doubling, spread, bounded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.delivery.backoff import delay_s, next_delay_s
from gateway.usecases.ports import Retry

PLAIN = Retry()


@pytest.mark.parametrize(
    ("k", "expected"), [(1, 30), (2, 60), (3, 120), (10, 15_360), (11, 30_720), (12, 36_000)]
)
def test_a_delay_doubles_from_30_seconds_to_10_hours(k, expected):
    assert delay_s(PLAIN, k, chance=0.5) == pytest.approx(expected)


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_a_delay_is_spread_by_a_fifth_at_most(k, chance):
    planned = delay_s(Retry(jitter=0.0), k, chance=0.0)
    assert 0.8 * planned - 1e-6 <= delay_s(PLAIN, k, chance=chance) <= 1.2 * planned + 1e-6


def test_sixteen_further_tries_take_about_67_hours():
    total = sum(delay_s(PLAIN, k, chance=0.5) for k in range(1, 17))
    assert 66 * 3600 < total < 68 * 3600


def test_what_the_partner_asks_for_raises_a_delay_and_never_lowers_it():
    assert delay_s(PLAIN, 1, 300, chance=0.5) == 300
    assert delay_s(PLAIN, 5, 1, chance=0.5) == pytest.approx(480)


def test_what_the_partner_asks_for_counts_up_to_the_maximum():
    assert delay_s(PLAIN, 1, 10**9, chance=0.5) == 36_000


def test_after_the_first_and_sixteen_further_tries_there_is_no_other():
    assert next_delay_s(PLAIN, 16, None) is not None
    assert next_delay_s(PLAIN, 17, None) is None
    assert next_delay_s(Retry(count=0), 1, None) is None
