"""Logins: cache, throttle, dummy checks, sessions, several credentials at once."""

import base64
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from gateway.domain.people import AccountKind, Principal
from gateway.errors import (
    CredentialsDisagree,
    NoCredentials,
    SessionUnknown,
    TooManyRequests,
    TryLater,
    Unauthenticated,
)
from gateway.http.authentication import Authenticator, Credentials, credentials_of
from gateway.repository.passwords import Argon2Passwords
from gateway.usecases.accounts import Accounts, CredentialCache, LoginLimits
from gateway.usecases.ports import Credential
from tests.kit.accounts import InMemoryAccounts, PlainPasswords, agent

HOME = "192.0.2.1"
ELSEWHERE = "198.51.100.7"


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def store():
    store = InMemoryAccounts()
    store.add(agent(), "secret")
    store.add(agent(2, "bert"), "other")
    return store


@pytest.fixture
def passwords():
    return PlainPasswords()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def accounts(store, passwords, clock):
    return Accounts(store, passwords, clock=clock)


def refused(accounts, name, password, peer=HOME):
    with pytest.raises(Unauthenticated) as caught:
        accounts.login(name, password, peer)
    return caught.value


def test_a_right_password_gives_the_principal(accounts):
    assert accounts.login("anna", "secret", HOME) == agent()


def test_a_cached_login_costs_one_statement_and_no_check(accounts, store, passwords):
    accounts.login("anna", "secret", HOME)
    store.statements.clear()
    for _ in range(100):
        accounts.login("anna", "secret", HOME)
    assert store.statements == ["find"] * 100
    assert passwords.checks == 1


def test_the_cache_forgets_after_its_time(accounts, passwords, clock):
    accounts.login("anna", "secret", HOME)
    clock.now = 61
    accounts.login("anna", "secret", HOME)
    assert passwords.checks == 2


def test_the_cache_holds_only_so_many(store, passwords, clock):
    accounts = Accounts(store, passwords, LoginLimits(cached=1), clock)
    accounts.login("anna", "secret", HOME)
    accounts.login("bert", "other", HOME)
    accounts.login("bert", "other", HOME)
    accounts.login("anna", "secret", HOME)
    assert passwords.checks == 3


def test_a_change_of_the_password_ends_the_cached_login_at_once(accounts, store):
    accounts.login("anna", "secret", HOME)
    store.change("anna", version=2, hashes=("plain2:new",))
    refused(accounts, "anna", "secret")
    assert accounts.login("anna", "new", HOME) == agent()


def test_a_change_of_rights_holds_at_once(accounts, store):
    accounts.login("anna", "secret", HOME)
    store.change("anna", principal=agent(rights={}))
    assert accounts.login("anna", "secret", HOME).rights == {}


def test_a_disabled_account_is_refused_even_from_the_cache(accounts, store):
    accounts.login("anna", "secret", HOME)
    store.change("anna", active=False)
    refused(accounts, "anna", "secret")


def test_two_passwords_hold_during_rotation(accounts, store):
    store.add(agent(), "old", "new")
    assert accounts.login("anna", "old", HOME) == accounts.login("anna", "new", HOME)


def test_all_refusals_look_alike_and_cost_one_check(accounts, store, passwords):
    store.add(agent(3, "carl"), "secret", active=False)
    store.add(agent(4, "dora"))
    attempts = [
        ("anna", "wrong"), ("nobody", "secret"), ("carl", "secret"), ("dora", ""), ("", ""),
        ("a\0b", "x"), ("n" * 1000, "x"), ("anna", "secret" + " " * 2000), ("anna", ""),
    ]  # fmt: skip
    seen = {(type(error), str(error)) for error in (refused(accounts, *a) for a in attempts)}
    assert seen == {(Unauthenticated, "user name or password wrong")}
    assert passwords.checks == len(attempts)


def test_a_password_is_never_compared_by_its_beginning(accounts, store):
    store.add(agent(), "x" * 1024)
    assert accounts.login("anna", "x" * 1024, HOME)
    refused(accounts, "anna", "x" * 1025)


def test_names_that_a_database_cannot_hold_never_reach_it(accounts, store):
    refused(accounts, "a\0b", "x")
    refused(accounts, "\ud800", "x")
    assert all("\0" not in name and "\ud800" not in name for name, _ in store.failed)
    assert "find" not in store.statements


def test_ten_failures_close_an_account_for_new_addresses(accounts, store, passwords):
    for number in range(10):
        refused(accounts, "anna", f"guess{number}")
    with pytest.raises(TooManyRequests) as caught:
        accounts.login("anna", "secret", HOME)
    assert caught.value.retry_after_s == 300
    assert passwords.checks == 10
    assert sum(store.failed.values()) == 10


def test_another_account_gets_in_meanwhile(accounts):
    for _ in range(10):
        refused(accounts, "anna", "guess")
    assert accounts.login("bert", "other", HOME)


def test_an_account_stays_open_to_an_address_it_uses(accounts, store):
    accounts.login("anna", "secret", ELSEWHERE)
    for _ in range(10):
        refused(accounts, "anna", "guess", HOME)
    accounts._cache._ends.clear()
    assert accounts.login("anna", "secret", ELSEWHERE)
    with pytest.raises(TooManyRequests):
        accounts.login("anna", "secret", HOME)


def test_fifty_failures_close_an_address_for_every_account(accounts, passwords):
    for number in range(50):
        refused(accounts, f"name{number}", "one password")
    with pytest.raises(TooManyRequests):
        accounts.login("anna", "secret", HOME)
    assert passwords.checks == 50
    assert accounts.login("anna", "secret", ELSEWHERE)


def test_nobody_tries_passwords_against_the_cache_of_another_address(accounts):
    accounts.login("anna", "secret", ELSEWHERE)
    for _ in range(10):
        refused(accounts, "anna", "guess", HOME)
    with pytest.raises(TooManyRequests):
        accounts.login("anna", "secret", HOME)


def test_a_closed_address_cannot_try_passwords_against_its_own_cache(accounts, store, clock):
    accounts.login("anna", "secret", HOME)
    for _ in range(50):
        refused(accounts, "anna", "guess", HOME)
    for password in ("guess", "secret"):
        with pytest.raises(TooManyRequests):
            accounts.login("anna", password, HOME)
    store.failed.clear()
    assert accounts.login("anna", "secret", HOME)


def test_an_unknown_name_is_throttled_like_a_known_one(accounts):
    for _ in range(10):
        refused(accounts, "nobody", "guess")
    with pytest.raises(TooManyRequests):
        accounts.login("nobody", "guess", HOME)


def test_ipv6_addresses_of_one_network_count_as_one(accounts):
    for number in range(50):
        refused(accounts, f"name{number}", "x", f"2001:db8::{number:x}")
    with pytest.raises(TooManyRequests):
        accounts.login("anna", "secret", "2001:db8::ffff")
    assert accounts.login("anna", "secret", "2001:db8:0:1::1")


def test_a_good_login_forgets_the_failures_from_its_address(accounts):
    for _ in range(3):
        for _ in range(9):
            refused(accounts, "anna", "guess")
        accounts._cache._ends.clear()
        assert accounts.login("anna", "secret", HOME)


def test_four_checks_at_once_and_the_fifth_is_told_to_try_later(store, passwords):
    accounts = Accounts(store, passwords, LoginLimits(check_wait_s=0.1))
    passwords.gate.clear()
    threads = [threading.Thread(target=refused, args=(accounts, "x", "y")) for _ in range(4)]
    for thread in threads:
        thread.start()
    while passwords.at_once < 4:
        pass
    with pytest.raises(TryLater):
        accounts.login("anna", "secret", HOME)
    passwords.gate.set()
    for thread in threads:
        thread.join()
    assert passwords.most_at_once == 4


def test_twins_of_a_login_share_one_check(store, passwords):
    accounts = Accounts(store, passwords, LoginLimits(checks_at_once=1))
    passwords.gate.clear()
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(accounts.login("anna", "secret", HOME)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    while not passwords.at_once:
        pass
    passwords.gate.set()
    for thread in threads:
        thread.join()
    assert found == [agent()] * 8
    assert passwords.checks == 1


def test_a_hash_with_older_parameters_is_renewed_at_login(accounts, store):
    store.change("anna", hashes=("plain1:secret", "plain2:new"))
    accounts.login("anna", "secret", HOME)
    assert store.credentials["anna"].hashes == ("plain2:secret", "plain2:new")


def test_a_session_gives_its_principal_in_one_statement(accounts, store):
    store.open_session("anna", "id-of-a-session")
    assert accounts.resume("id-of-a-session") == agent()
    assert store.statements == ["find_session"]


@pytest.mark.parametrize("session_id", ["", "guessed", "\0", "\ud800", "x" * 100_000])
def test_other_session_ids_are_unknown(accounts, store, session_id):
    store.open_session("anna", "id-of-a-session")
    with pytest.raises(SessionUnknown):
        accounts.resume(session_id)


def test_a_session_of_a_disabled_account_is_unknown(accounts, store):
    store.open_session("anna", "id")
    store.change("anna", active=False)
    with pytest.raises(SessionUnknown):
        accounts.resume("id")


def basic(text, encoding="utf-8"):
    return {"authorization": "Basic " + base64.b64encode(text.encode(encoding)).decode()}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, Credentials()),
        (basic("anna:secret"), Credentials(basic=("anna", "secret"))),
        (basic("anna:"), Credentials(basic=("anna", ""))),
        (basic(":"), Credentials(basic=("", ""))),
        (basic("jörg:käse:2"), Credentials(basic=("jörg", "käse:2"))),
        (basic("jörg:käse", "latin-1"), Credentials(basic=("jörg", "käse"))),
        ({"authorization": "bAsIc  YTpi"}, Credentials(basic=("a", "b"))),
        ({"authorization": "Bearer x"}, Credentials()),
        ({"x-sics-session": " s1 "}, Credentials(sessions=("s1",))),
        ({"x-sics-session": ""}, Credentials()),
    ],
)
def test_credentials_are_read_from_headers(headers, expected):
    assert credentials_of(headers) == expected


@pytest.mark.parametrize(
    "value", ["Basic", "Basic ", "Basic !!", "Basic YTpi, Basic YTpi", "Basic YWI=", "Basic YTpi x"]
)
def test_a_malformed_basic_header_is_refused(value):
    with pytest.raises(Unauthenticated):
        credentials_of({"authorization": value})


class TestAuthenticator:
    @pytest.fixture
    def authenticator(self, accounts, store):
        store.open_session("anna", "of-anna")
        store.open_session("bert", "of-bert")
        return Authenticator(accounts)

    def test_without_credentials_nobody_is_let_in(self, authenticator):
        with pytest.raises(NoCredentials):
            authenticator.principal(Credentials(), HOME)

    def test_all_credentials_may_lead_to_one_account(self, authenticator, passwords):
        login = ("anna", "secret")
        given = Credentials(basic=login).with_token(*login).with_session("of-anna")
        assert authenticator.principal(given, HOME) == agent()
        assert passwords.checks == 1

    @pytest.mark.parametrize(
        "given",
        [
            Credentials(basic=("anna", "secret"), token=("bert", "other")),
            Credentials(basic=("anna", "secret"), sessions=("of-bert",)),
            Credentials(sessions=("of-anna", "of-bert")),
        ],
    )
    def test_credentials_of_two_accounts_disagree(self, authenticator, given):
        with pytest.raises(CredentialsDisagree):
            authenticator.principal(given, HOME)

    @pytest.mark.parametrize(
        "given",
        [
            Credentials(basic=("anna", "secret"), token=("anna", "wrong")),
            Credentials(basic=("anna", "wrong"), sessions=("of-anna",)),
            Credentials(basic=("anna", "secret"), sessions=("guessed",)),
        ],
    )
    def test_one_wrong_credential_spoils_the_good_ones(self, authenticator, given):
        with pytest.raises(Unauthenticated):
            authenticator.principal(given, HOME)

    def test_a_kind_without_business_here_is_refused_like_a_wrong_password(self, accounts, store):
        customer = Principal(account_id=9, account="kunde", kind=AccountKind.CUSTOMER)
        store.add(customer, "secret")
        given = Credentials(basic=("kunde", "secret"))
        assert Authenticator(accounts).principal(given, HOME) == customer
        agents_only = Authenticator(accounts, frozenset({AccountKind.AGENT}))
        with pytest.raises(Unauthenticated, match="user name or password wrong"):
            agents_only.principal(given, HOME)


class TestArgon2Passwords:
    passwords = Argon2Passwords()

    def test_a_hash_fits_its_password_only(self):
        hashed = self.passwords.hash("pässword")
        assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert self.passwords.verify(hashed, "pässword")
        assert not self.passwords.verify(hashed, "password")
        assert not self.passwords.verify(hashed, "\ud800")
        assert not self.passwords.outdated(hashed)

    def test_older_parameters_are_verified_and_told(self):
        older = Argon2Passwords(memory_kib=1024, passes=1).hash("x")
        assert self.passwords.verify(older, "x")
        assert self.passwords.outdated(older)

    @pytest.mark.parametrize("hashed", ["", "x", "$argon2id$v=19$m=1,t=1,p=1$AA$AA", "plain"])
    def test_what_is_no_hash_fits_nothing(self, hashed):
        assert not self.passwords.verify(hashed, "x")

    def test_the_dummy_fits_nothing_at_the_full_price(self):
        assert not self.passwords.verify(self.passwords.dummy, "")
        assert not self.passwords.outdated(self.passwords.dummy)


def test_an_address_is_closed_and_opened_at_once_by_many(clock):
    cache = CredentialCache(LoginLimits(cached=1), clock)
    credential = Credential(principal=agent(), version=1, hashes=(), active=True)
    # Every turn closes addresses, and so drops the oldest, which another one may just open.
    turns = [(cache.close,), (cache.remember, credential, "secret")] * 4

    def turn(act, *arguments):
        for n in range(3000):
            act(*arguments, str(n % 3))

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(len(turns)) as pool:
            for done in [pool.submit(turn, *each) for each in turns]:
                done.result()
    finally:
        sys.setswitchinterval(before)
