"""FT4, FT5: the database is away, silent or slow; every call is answered, and then all is well."""

import os
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import perf_counter

import pytest

from tests.kit import web
from tests.kit.children import wait_until
from tests.kit.ledger import Outcome
from tests.kit.proxy import State

LONG = "GATEWAY_FAULT_ROUNDS" in os.environ  # noqa: TID251 - the long form is asked for so
AWAY_S = 60 if LONG else 13
ANSWERED_S = 20  # 10 s, 2 s for a commit under way, and a machine that does other things
BACK_S = 10


def health(stand, what):
    return web.get(f"{stand.gateway.url}/health/{what}", timeout=15).status_code


@pytest.mark.parametrize("state", [State.REFUSED, State.SILENT], ids=lambda state: state.name)
def test_without_database_every_call_is_told_to_come_again(state, stand):
    assert stand.serves()
    with stand.proxy.away(state), stand.crowd() as crowd:
        begun = perf_counter()
        Event().wait(3)
        assert health(stand, "live") == 200
        wait_until(lambda: health(stand, "ready") == 503, 10)
        Event().wait(max(0, AWAY_S - (perf_counter() - begun)))
        assert health(stand, "live") == 200
        assert health(stand, "ready") == 503
    assert all(told.says_try_later for told in crowd.told), {told.answer for told in crowd.told}
    assert max(told.seconds for told in crowd.told) < ANSWERED_S
    wait_until(stand.serves, BACK_S)
    wait_until(lambda: health(stand, "ready") == 200, BACK_S)
    wait_until(lambda: stand.metric("gateway_pool_in_use") == 0)
    stand.reckon()


def test_without_database_a_refusal_is_quick(stand):
    stand.save()
    with stand.proxy.away():
        assert min(stand.save().seconds for _ in range(3)) < 5  # it does not wait for 10 s


@pytest.mark.parametrize("delay_s", [0.3, 3])
def test_a_slow_database_makes_calls_slow_or_refused_but_answered(delay_s, stand):
    stand.proxy.delay_s = delay_s
    try:
        with ThreadPoolExecutor(24) as pool:
            told = list(pool.map(lambda _: stand.save(), range(24)))
    finally:
        stand.proxy.delay_s = 0
    done = [one for one in told if one.outcome is Outcome.ACKNOWLEDGED]
    assert all(one.says_try_later for one in told if one not in done), told
    assert bool(done) == (delay_s < 1)
    assert max(one.seconds for one in told) < ANSWERED_S
    wait_until(lambda: stand.metric("gateway_pool_in_use") == 0, 20)
    assert stand.serves()
    stand.reckon()


def test_an_overload_of_three_times_the_pool_is_refused_soon_and_the_rest_is_served(stand):
    places = 16 + 64  # threads, and those that wait for one
    stand.proxy.delay_s = 0.02
    try:
        with ThreadPoolExecutor(3 * places) as pool:
            told = list(pool.map(lambda _: stand.save(), range(3 * places)))
    finally:
        stand.proxy.delay_s = 0
    done = [one for one in told if one.outcome is Outcome.ACKNOWLEDGED]
    refused = [one for one in told if one not in done]
    print(f"{len(done)} served, {len(refused)} refused")  # noqa: T201
    assert len(done) >= 16
    assert all(one.says_try_later for one in refused), refused
    wait_until(lambda: stand.metric("gateway_pool_in_use") == 0, 20)
    assert stand.serves()
    stand.reckon()
