"""First answers: claimed, found, replaced, forgotten; a second caller waits for the first."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from uuid import uuid4

import pytest

from gateway.errors import TryLater
from gateway.usecases.ports import Remembered
from tests.kit.stores import Stores

DIGEST = b"d" * 32


@pytest.fixture(scope="module")
def stores(databases):
    with databases.migrated() as url:
        made = Stores(url)
        yield made
        made.close()


@pytest.fixture
def key():
    return str(uuid4())


def remembered(**changes):
    return Remembered(
        **{"digest": DIGEST, "answer": {"ticket_id": 7, "note": ""}, "subject": None,
           "kind": "key", **changes}
    )  # fmt: skip


def find(stores, key, **changes):
    call = stores.call(**changes)
    return stores.units.run(lambda unit: unit.idempotency.find(call, key), call)


def claim_and_remember(stores, key, **changes):
    call = stores.call(digest=DIGEST, **changes)

    def work(unit):
        first = unit.idempotency.claim(call, key)
        if first is None:
            unit.idempotency.remember(call, key, remembered())
        return first

    return stores.units.run(work, call)


def test_the_first_claims_and_the_second_gets_its_answer(stores, key):
    assert claim_and_remember(stores, key) is None
    assert claim_and_remember(stores, key) == remembered()
    assert find(stores, key) == remembered()


def test_the_first_answer_comes_with_the_first_digest(stores, key):
    claim_and_remember(stores, key)
    call = stores.call(digest=b"e" * 32)
    first = stores.units.run(lambda unit: unit.idempotency.claim(call, key), call)
    assert first.digest == DIGEST


def test_accounts_and_operations_have_keys_of_their_own(stores, key):
    claim_and_remember(stores, key)
    assert claim_and_remember(stores, key, operation="CloseTicket_V1") is None
    stores.sql("insert into account (name, kind) values ('other', 'agent')")
    other = stores.accounts.find("other").principal
    assert claim_and_remember(stores, key, principal=other) is None


def test_a_second_caller_waits_for_the_first_and_gets_its_answer(stores, key):
    claimed, go = Event(), Event()
    call = stores.call(digest=DIGEST)

    def slow(unit):
        first = unit.idempotency.claim(call, key)
        claimed.set()
        go.wait(5)
        unit.idempotency.remember(call, key, remembered())
        return first

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(stores.units.run, slow, call)
        claimed.wait(5)
        two = pool.submit(claim_and_remember, stores, key)
        Event().wait(0.2)
        assert not two.done()
        go.set()
        assert one.result() is None
        assert two.result() == remembered()


def test_a_second_caller_takes_over_when_the_first_fails(stores, key):
    claimed, go = Event(), Event()
    call = stores.call(digest=DIGEST)

    def failing(unit):
        unit.idempotency.claim(call, key)
        claimed.set()
        go.wait(5)
        raise ZeroDivisionError

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(stores.units.run, failing, call)
        claimed.wait(5)
        two = pool.submit(claim_and_remember, stores, key)
        Event().wait(0.1)
        go.set()
        assert isinstance(one.exception(), ZeroDivisionError)
        assert two.result() is None
    assert find(stores, key) == remembered()


def test_a_rollback_leaves_no_record(stores, key):
    call = stores.call()

    def work(unit):
        unit.idempotency.claim(call, key)
        unit.idempotency.remember(call, key, remembered())
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        stores.units.run(work, call)
    assert find(stores, key) is None
    assert stores.sql("select from idempotency where key = %s", key) == []


def test_many_at_once_have_one_effect(stores, key):
    with ThreadPoolExecutor(5) as pool:
        results = list(pool.map(lambda _: claim_and_remember(stores, key), range(20)))
    assert results.count(None) == 1
    assert results.count(remembered()) == 19


def test_an_answer_is_kept_for_a_day(stores, key):
    claim_and_remember(stores, key)
    stores.sql("update idempotency set expires = now() where key = %s", key)
    assert find(stores, key) is None
    assert claim_and_remember(stores, key) is None
    assert find(stores, key) == remembered()


def test_remembering_again_replaces(stores, key):
    claim_and_remember(stores, key)
    call, newer = stores.call(), remembered(answer={"ticket_id": 8, "note": "x"})
    stores.units.run(lambda unit: unit.idempotency.remember(call, key, newer), call)
    assert find(stores, key) == newer


def test_writing_a_subject_again_forgets_its_digest_keyed_answers_only(stores):
    subject, call = uuid4(), stores.call()
    by_digest = remembered(digest=uuid4().bytes * 2, subject=subject, kind="create")
    digest_key, own_key = by_digest.digest.hex(), str(uuid4())

    def write(unit):
        unit.idempotency.remember(call, digest_key, by_digest)
        unit.idempotency.remember(call, own_key, remembered(subject=subject))

    stores.units.run(write, call)
    assert find(stores, digest_key) == by_digest
    stores.run(lambda unit: unit.idempotency.forget(call, uuid4()))
    assert find(stores, digest_key) == by_digest
    stores.run(lambda unit: unit.idempotency.forget(call, subject))
    assert find(stores, digest_key) is None
    assert find(stores, own_key) is not None


def test_what_a_unit_forgets_and_then_remembers_is_remembered(stores):
    subject, call = uuid4(), stores.call()
    by_digest = remembered(digest=uuid4().bytes * 2, subject=subject, kind="create")

    def write(unit):
        unit.idempotency.forget(call, subject)
        unit.idempotency.remember(call, by_digest.digest.hex(), by_digest)

    for _ in range(2):
        stores.units.run(write, call)
    assert find(stores, by_digest.digest.hex()) == by_digest


def test_a_second_caller_does_not_wait_for_ever(stores, key):
    claimed, go = Event(), Event()
    call = stores.call()

    def slow(unit):
        unit.idempotency.claim(call, key)
        claimed.set()
        go.wait(10)

    with ThreadPoolExecutor(1) as pool:
        one = pool.submit(stores.units.run, slow, call)
        claimed.wait(5)
        with pytest.raises(TryLater):
            claim_and_remember(stores, key)
        go.set()
        one.result()
