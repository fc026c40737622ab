from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from gateway.errors import BrokenRule, KeyReused
from gateway.usecases import idempotency
from gateway.usecases.idempotency import Done
from gateway.usecases.ports import Call, Unit
from tests.kit.memory import Memory
from tests.kit.world import TICKET, agent, call, save


@pytest.fixture
def memory() -> Memory:
    return Memory()


class Work:
    """Counts how often it is done."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, unit: Unit) -> Done:
        del unit
        self.times += 1
        return Done(self.times, "a remark")


def once(memory: Memory, work: Work, circumstances: Call) -> Done:
    return memory.run(lambda unit: idempotency.once(work, circumstances, unit), circumstances)


def keyed(key: str = "k-1", command: object = "a", **changes: object) -> Call:
    return replace(call("SaveTicket_V4", command, key=key), **changes)


def test_without_a_key_the_work_is_simply_done(memory: Memory):
    work = Work()
    once(memory, work, call("SaveTicket_V4"))
    once(memory, work, call("SaveTicket_V4"))
    assert work.times == 2
    assert memory.trips == []


def test_a_key_does_the_work_once_and_gives_the_first_answer_g10(memory: Memory):
    work = Work()
    assert once(memory, work, keyed()) == Done(1, "a remark")
    assert once(memory, work, keyed()) == Done(1, "a remark")
    assert work.times == 1
    assert memory.tables.settled == [("SaveTicket_V4", 1)]


def test_a_key_used_for_another_request_is_refused_g10(memory: Memory):
    work = Work()
    once(memory, work, keyed(command="a"))
    with pytest.raises(KeyReused, match="idempotency_key: used for another request"):
        once(memory, work, keyed(command="b"))


@pytest.mark.parametrize(
    "other",
    [
        keyed("k-2"),
        keyed(operation="SaveTicket_V3"),
        keyed(principal=agent(account_id=2)),
    ],
)
def test_keys_are_apart_by_account_operation_and_key(memory: Memory, other: Call):
    work = Work()
    once(memory, work, keyed())
    once(memory, work, other)
    assert work.times == 2


def test_a_key_is_kept_for_a_day(memory: Memory):
    work = Work()
    once(memory, work, keyed())
    memory.now += timedelta(hours=24)
    once(memory, work, keyed())
    assert work.times == 2


def test_a_refused_command_leaves_its_key_free(memory: Memory):
    def refuse(unit: Unit) -> Done:
        raise BrokenRule

    circumstances = keyed()
    with pytest.raises(BrokenRule):
        memory.run(lambda unit: idempotency.once(refuse, circumstances, unit), circumstances)
    assert once(memory, Work(), keyed(command="corrected")) == Done(1, "a remark")


def test_a_digest_is_of_operation_and_arguments():
    one = idempotency.digest("SaveTicket_V4", save(title="a"))
    assert one == idempotency.digest("SaveTicket_V4", save(title="a"))
    assert one != idempotency.digest("SaveTicket_V3", save(title="a"))
    assert one != idempotency.digest("SaveTicket_V4", save(title="b"))
    assert len(one) == 32


def remembered(memory: Memory, circumstances: Call, subject: UUID = TICKET) -> None:
    memory.run(
        lambda unit: idempotency.remember(Done(7, "n"), "create", subject, circumstances, unit),
        circumstances,
    )


def test_an_answer_is_remembered_under_its_digest(memory: Memory):
    circumstances = call("SaveTicket_V4", "a")
    remembered(memory, circumstances)
    again = memory.run(lambda unit: idempotency.repeated(circumstances, unit), circumstances)
    assert again == Done(7, "n")
    assert memory.tables.settled == [("SaveTicket_V4", 7)]
    other = call("SaveTicket_V4", "b")
    assert memory.run(lambda unit: idempotency.repeated(other, unit), other) is None


def test_a_later_answer_about_the_same_subject_takes_the_place_of_the_first(memory: Memory):
    first = call("SaveTicket_V4", "a")
    remembered(memory, first)
    remembered(memory, call("CloseTicket_V1", "b"))
    assert memory.run(lambda unit: idempotency.repeated(first, unit), first) is None
