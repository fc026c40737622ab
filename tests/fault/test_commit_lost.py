"""FT6: the connection breaks while COMMIT is under way; FT12, FT13: the same call many times."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.fault.callers import Caller, new_work, save_envelope
from tests.kit.ledger import Outcome
from tests.kit.proxy import Cut

MANY = 50


@pytest.mark.parametrize("how", Cut, ids=lambda how: how.name)
def test_a_call_with_a_key_whose_commit_was_lost_has_one_effect(how, stand, rounds):
    cuts, times = stand.proxy.cuts, rounds(10)
    for _ in range(times):
        stand.proxy.cut_once(b"commit\0", how)
        assert stand.serves()  # the gateway itself runs the unit again: the key makes it harmless
    assert stand.proxy.cuts == cuts + times
    stand.reckon()


def test_commits_lost_under_load_double_nothing(stand, rounds):
    with stand.crowd(per_s=30):
        for number in range(rounds(20)):
            stand.proxy.cut_once(b"commit\0", list(Cut)[number % 2])
            stand.save()
    report = stand.reckon()
    assert report.acknowledged > 20


def test_a_key_sent_twice_has_one_effect_and_one_answer(stand):
    entry = new_work(stand.ledger, stand.chance)
    with Caller(stand.address) as caller:
        told = [caller.save(stand.ledger, entry) for _ in range(2)]
    assert [one.outcome for one in told] == [Outcome.ACKNOWLEDGED] * 2
    stand.reckon()


def test_a_key_sent_many_times_at_once_has_one_effect_and_one_answer(stand):
    entry = new_work(stand.ledger, stand.chance)

    def send(_):
        with Caller(stand.address) as caller:
            return caller.send(save_envelope(entry), entry.key)

    with ThreadPoolExecutor(MANY) as pool:
        told = list(pool.map(send, range(MANY)))
    assert {one.outcome for one in told} == {Outcome.ACKNOWLEDGED}
    for one in told:
        stand.ledger.settle(entry, one.outcome, one.answer)
    stand.reckon()


def test_a_key_with_another_body_is_refused_and_changes_nothing(stand):
    entry = new_work(stand.ledger, stand.chance)
    with Caller(stand.address) as caller:
        caller.save(stand.ledger, entry)
        other = save_envelope(entry).replace(b"<Title>", b"<Title>Another ")
        refused = caller.send(other, entry.key)
    assert refused.outcome is Outcome.REFUSED
    assert refused.answer == "35 Idempotency-Key: used for another request"
    stand.reckon()


def test_many_creations_of_one_guid_at_once_make_one_ticket(stand):
    entry = new_work(stand.ledger, stand.chance)
    stand.ledger.settle(entry, Outcome.ACKNOWLEDGED)

    def send(number):
        with Caller(stand.address) as caller:
            # Only one of them brings a key, since the reckoning asks for its record.
            return caller.send(save_envelope(entry), entry.key if number == 0 else None)

    with ThreadPoolExecutor(MANY) as pool:
        told = list(pool.map(send, range(MANY)))
    assert {one.outcome for one in told} == {Outcome.ACKNOWLEDGED}
    assert len({one.answer for one in told}) == 1
    stand.reckon()
