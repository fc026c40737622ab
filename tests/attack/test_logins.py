"""Corpus G as far as logins go: guessing, spraying, locking out, timing, with real Argon2."""

import statistics
import threading
import time

import pytest

from gateway.errors import GatewayError, TooManyRequests, TryLater, Unauthenticated
from gateway.repository.passwords import Argon2Passwords
from gateway.usecases.accounts import Accounts, LoginLimits
from tests.kit.accounts import InMemoryAccounts, PlainPasswords, agent

PASSWORDS = Argon2Passwords()
HOME, ELSEWHERE = "192.0.2.1", "198.51.100.7"


@pytest.fixture
def store():
    store = InMemoryAccounts()
    store.add(agent(), "secret")
    store.add(agent(2, "bert"), "other")
    return store


def tried(accounts, name, password, peer=HOME):
    try:
        accounts.login(name, password, peer)
    except GatewayError as error:
        return type(error)
    return None


@pytest.mark.parametrize("password", ["", "x" * 1_000_000, "\0", "\ud800", "secret\0", "Secret"])
def test_g1_a_wrong_empty_or_huge_password_is_refused_in_time(store, password):
    store.change("anna", hashes=(PASSWORDS.hash("secret"),))
    accounts = Accounts(store, PASSWORDS)
    begin = time.thread_time()
    assert tried(accounts, "anna", password) is Unauthenticated
    assert time.thread_time() - begin < 0.25


def test_g2_an_unknown_user_costs_the_time_of_a_wrong_password(store):
    store.change("anna", hashes=(PASSWORDS.hash("secret"),))
    accounts = Accounts(store, PASSWORDS, LoginLimits(account_failures=10**6, peer_failures=10**6))
    times = {"anna": [], "nobody": []}
    for _ in range(40):
        for name, taken in times.items():
            begin = time.thread_time()
            assert tried(accounts, name, "wrong") is Unauthenticated
            taken.append(time.thread_time() - begin)
    known, unknown = (statistics.median(taken) for taken in times.values())
    assert abs(known - unknown) / known < 0.15


def test_g6_a_thousand_tries_at_once_are_stopped_and_another_account_gets_in(store):
    passwords = PlainPasswords()
    accounts = Accounts(store, passwords)
    seen = []

    def guess(worker):
        seen.extend(tried(accounts, "anna", f"{worker}-{number}") for number in range(125))

    threads = [threading.Thread(target=guess, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Those already being checked when the tenth failed are let through: three at most.
    assert 10 <= passwords.checks <= 13
    assert set(seen) <= {Unauthenticated, TooManyRequests, TryLater}
    assert tried(accounts, "bert", "other") is None


def test_g7_one_password_for_twenty_thousand_names_is_stopped_at_the_address(store):
    passwords = PlainPasswords()
    accounts = Accounts(store, passwords)
    names = [f"name{number}" for number in range(20_000)]
    seen = [tried(accounts, name, "Summer2026") for name in names]
    assert seen.count(Unauthenticated) == passwords.checks == 50
    assert seen.count(TooManyRequests) == 19_950
    assert tried(accounts, "anna", "secret", ELSEWHERE) is None
