"""Accounts with their rights, sessions, failed and good logins."""

import hashlib

import pytest

from gateway.domain.people import AccountKind, Permission
from tests.kit.database import ADMIN_HASH
from tests.kit.stores import Stores, round_trips

PEER = "192.0.2.1"


@pytest.fixture
def stores(database_url):
    made = Stores(database_url)
    yield made
    made.close()


def account(stores, name, kind="agent", **columns):
    values = {"name": name, "kind": kind, **columns}
    ((id_,),) = stores.sql(
        f"insert into account ({', '.join(values)}) values ({', '.join(['%s'] * len(values))})"
        " returning id",
        *values.values(),
    )
    return id_


def test_an_account_comes_with_secret_person_and_rights_in_one_statement(stores, monkeypatch):
    with round_trips(monkeypatch) as trips:
        found = stores.accounts.find("admin")
    assert trips == [["find_account"]]
    principal = found.principal
    assert (found.version, found.hashes, found.active) == (1, (ADMIN_HASH,), True)
    assert (principal.account, principal.kind) == ("admin", AccountKind.AGENT)
    assert (principal.agent_id, principal.full_name) == (1, "Admin")
    assert principal.rights == {
        group: frozenset({Permission.RW}) for group in principal.named.values()
    }
    assert set(principal.named) == {"users", "admin", "stats", "timeaccounting_webservice"}


def test_an_unknown_name_finds_nothing(stores):
    assert stores.accounts.find("nobody") is None
    assert stores.accounts.find("ADMIN") is None


def test_an_account_has_its_own_keys_and_those_of_its_agent(stores):
    one, two = stores.group("one"), stores.group("two")
    agent = stores.agent("anna", groups=[(one, "ro"), (one, "note")])
    id_ = account(stores, "anna", agent_id=agent)
    for group, key in ((one, "ro"), (two, "create")):
        stores.sql("insert into account_permission values (%s, %s, %s)", id_, group, key)
    principal = stores.accounts.find("anna").principal
    assert principal.rights == {
        one: {Permission.RO, Permission.NOTE}, two: {Permission.CREATE},
    }  # fmt: skip
    assert principal.named == {"one": one, "two": two}
    assert principal.full_name == "anna"


def test_an_account_without_keys_has_no_rights(stores):
    account(stores, "bare")
    principal = stores.accounts.find("bare").principal
    assert (principal.rights, principal.named, principal.agent_id) == ({}, {}, None)


def test_a_customers_company_is_that_of_the_person(stores):
    user, firm = stores.customer_user("eva@x", company="Eva GmbH", first="Eva", last="M")
    account(stores, "eva", "customer", customer_user_id=user.id)
    principal = stores.accounts.find("eva").principal
    assert (principal.kind, principal.full_name) == (AccountKind.CUSTOMER, "Eva M")
    assert (principal.customer_user_id, principal.customer_id) == (user.id, firm.id)


def test_a_disabled_account_or_person_is_not_active(stores):
    agent = stores.agent("bert")
    account(stores, "bert", agent_id=agent)
    assert stores.accounts.find("bert").active
    stores.sql("update agent set active = false where id = %s", agent)
    assert not stores.accounts.find("bert").active
    account(stores, "off", active=False)
    assert not stores.accounts.find("off").active


def test_during_rotation_two_hashes_count_and_an_expired_one_does_not(stores):
    id_ = account(stores, "rota")
    for hashed, expires in (("past", "-1 s"), ("old", "1 h"), ("new", None)):
        stores.sql(
            "insert into account_secret (account_id, kind, hash, expires)"
            " values (%s, 'password', %s, now() + %s::interval)", id_, hashed, expires,
        )  # fmt: skip
    stores.sql(
        "insert into account_secret (account_id, kind, sha256) values (%s, 'api_key', %s)",
        id_, b"k" * 32,
    )  # fmt: skip
    assert stores.accounts.find("rota").hashes == ("new", "old")


def test_a_rehash_replaces_the_hash_it_was_made_from_only(stores):
    id_ = stores.accounts.find("admin").principal.account_id
    stores.accounts.rehash(id_, "another", "new")
    assert stores.accounts.find("admin").hashes == (ADMIN_HASH,)
    stores.accounts.rehash(id_, ADMIN_HASH, "new")
    found = stores.accounts.find("admin")
    assert (found.hashes, found.version) == (("new",), 1)


def session(stores, text, **times):
    digest = hashlib.sha256(text.encode()).digest()
    stores.sql(
        "insert into session (digest, account_id, last_seen, expires) values"
        " (%s, 1, now() + %s::interval, now() + %s::interval)",
        digest, times.get("last_seen", "0 s"), times.get("expires", "16 h"),
    )  # fmt: skip
    return digest


def test_a_living_session_leads_to_its_account(stores):
    assert stores.accounts.find_session(session(stores, "s")) == stores.accounts.find("admin")


@pytest.mark.parametrize("times", [{"expires": "-1 s"}, {"last_seen": "-7201 s"}])
def test_an_expired_or_idle_session_leads_nowhere(stores, times):
    assert stores.accounts.find_session(session(stores, "s", **times)) is None


def test_an_unknown_session_leads_nowhere(stores):
    assert stores.accounts.find_session(b"x" * 32) is None


def test_the_use_of_a_session_is_written_once_a_minute(stores):
    recent = session(stores, "recent", last_seen="-50 s")
    old = session(stores, "old", last_seen="-70 s")
    for digest in (recent, old):
        stores.accounts.find_session(digest)
    rows = dict(stores.sql("select digest, last_seen > now() - interval '30 s' from session"))
    assert rows == {recent: False, old: True}


def test_failures_are_counted_by_account_and_by_address_within_the_window(stores):
    for name, peer in (("a", PEER), ("a", "192.0.2.2"), ("b", PEER)):
        stores.accounts.record_failure(name, peer)
    stores.sql("insert into login_failure (name, peer, at) values ('a', %s, now() - interval"
               " '301 s')", PEER)  # fmt: skip
    assert stores.accounts.failures("a", PEER, 300) == (2, 2)
    assert stores.accounts.failures("c", "192.0.2.9", 300) == (0, 0)


def test_a_good_login_forgets_the_accounts_failures_from_that_address(stores):
    for name, peer in (("a", PEER), ("a", "192.0.2.2"), ("b", PEER)):
        stores.accounts.record_failure(name, peer)
    stores.accounts.record_success("a", PEER)
    stores.accounts.record_success("a", PEER)
    assert stores.accounts.failures("a", PEER, 300) == (1, 1)
    assert stores.accounts.failures("a", "192.0.2.2", 300) == (1, 1)


def test_an_address_with_a_good_login_is_trusted_for_a_day(stores):
    assert not stores.accounts.trusted("a", PEER)
    stores.accounts.record_success("a", PEER)
    assert stores.accounts.trusted("a", PEER)
    assert not stores.accounts.trusted("b", PEER)
    stores.sql("update good_login set at = now() - interval '25 h'")
    assert not stores.accounts.trusted("a", PEER)
    stores.accounts.record_success("a", PEER)
    assert stores.accounts.trusted("a", PEER)
