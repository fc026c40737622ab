"""What one account may ask for."""

import asyncio
import base64
import threading

import pytest

from gateway.errors import TooManyRequests, Unauthenticated
from gateway.http.authentication import Authenticator, Credentials, credentials_of
from gateway.http.exchange import Answer
from gateway.http.pace import Pace, PaceLimits
from gateway.usecases.accounts import Accounts
from tests.kit.accounts import InMemoryAccounts, PlainPasswords, agent
from tests.kit.asgi import exchange, until, xml_headers
from tests.kit.endpoints import House


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def taken(pace, account_id, tries):
    done = 0
    for _ in range(tries):
        try:
            pace.enter(account_id)
        except TooManyRequests:
            continue
        done += 1
    return done


def test_a_burst_is_taken_and_then_so_many_a_second():
    clock = Clock()
    pace = Pace(PaceLimits(per_s=20, burst=40), clock)
    assert taken(pace, 1, 100) == 40
    assert taken(pace, 2, 100) == 40
    clock.now = 0.5
    assert taken(pace, 1, 100) == 10
    clock.now = 100
    assert taken(pace, 1, 100) == 40


def test_a_refusal_tells_when_to_come_again():
    with pytest.raises(TooManyRequests) as caught:
        Pace(PaceLimits(burst=0)).enter(1)
    assert caught.value.retry_after_s == 1


def test_several_credentials_of_one_call_count_once():
    pace = Pace(PaceLimits(at_once=1, burst=1), Clock())
    with pace.call():
        pace.enter(1)
        pace.enter(1)


def test_a_place_is_given_back_at_the_end_of_the_call_whatever_happens():
    pace = Pace(PaceLimits(at_once=1))

    def broken_call():
        with pace.call():
            pace.enter(1)
            raise ZeroDivisionError

    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            broken_call()
    assert not pace._at_work


def test_accounts_remembered_are_bounded():
    pace = Pace()
    for account_id in range(10_050):
        pace.enter(account_id)
    assert len(pace._buckets) == 10_000


def test_one_account_has_only_so_many_calls_at_once_and_others_pass():
    store = InMemoryAccounts()
    store.add(agent(1, "anna"), "x")
    store.add(agent(2, "bert"), "x")
    pace = Pace(PaceLimits(at_once=2))
    authenticator = Authenticator(Accounts(store, PlainPasswords()), pace=pace)
    house = House(pace=pace)
    gate, inside = threading.Event(), []

    def answer(request, trace):
        try:
            authenticator.principal(credentials_of(request.headers), request.peer)
        except TooManyRequests:
            return Answer(429, b"", "text/xml")
        inside.append(request)
        gate.wait(5)
        return Answer(200, b"", "text/xml")

    house.endpoint.answer = answer

    def call(name):
        login = base64.b64encode(f"{name}:x".encode()).decode()
        headers = xml_headers(b"<x/>", authorization=f"Basic {login}")
        return asyncio.create_task(exchange(house.door, headers=headers))

    async def play():
        first = [call("anna"), call("anna")]
        await until(lambda: len(inside) == 2)
        refused = await call("anna")
        other = call("bert")
        await until(lambda: len(inside) == 3)
        gate.set()
        replies = await asyncio.gather(*first, other)
        return refused, [*replies, await call("anna")]

    refused, taken_in = asyncio.run(play())
    assert refused.status == 429
    assert [reply.status for reply in taken_in] == [200] * 4


def test_a_refused_login_takes_no_place():
    store = InMemoryAccounts()
    pace = Pace(PaceLimits(burst=0))
    authenticator = Authenticator(Accounts(store, PlainPasswords()), pace=pace)
    with pytest.raises(Unauthenticated):
        authenticator.principal(Credentials(basic=("nobody", "x")), "192.0.2.1")
