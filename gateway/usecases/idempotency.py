"""The same command twice has one effect; the second call gets the first answer.

Two ways lead there (ACMP contract G10): a key the caller sends, claimed before anything else, and
without one the digest of the command itself, as long as its effect still stands.
"""

import hashlib
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from uuid import UUID

from gateway.errors import BrokenRule, KeyReused
from gateway.usecases.ports import Call, Remembered, Unit

_LONGEST_KEY = 255


@dataclass(frozen=True, slots=True)
class Done:
    """What a writing command answers: the ticket it concerned, and a remark for the caller."""

    ticket_id: int | None
    note: str = ""


def digest(operation: str, command: object) -> bytes:
    """Give the SHA-256 of a command's canonical arguments, not of the bytes that carried them."""
    return hashlib.sha256(f"{operation}\0{command!r}".encode()).digest()


def once(work: Callable[[Unit], Done], call: Call, unit: Unit) -> Done:
    """Do the work once per key of the caller; without a key just do it.

    Raises:
        BrokenRule: the key is longer than any can be kept.
        KeyReused: the key was used for another request.
    """
    if call.key is None:
        return work(unit)
    if len(call.key) > _LONGEST_KEY:
        raise BrokenRule(f"longer than {_LONGEST_KEY} characters", field="idempotency_key")
    first = unit.idempotency.claim(call, call.key)
    if first is not None:
        if first.digest != call.digest:
            raise KeyReused(field="idempotency_key")
        return _again(first, call, unit)
    done = work(unit)
    unit.idempotency.remember(
        call, call.key, Remembered(call.digest, asdict(done), subject=None, kind="key")
    )
    return done


def repeated(call: Call, unit: Unit) -> Done | None:
    """Find the first answer to exactly this command; the caller judges if its effect stands."""
    first = unit.idempotency.find(call, call.digest.hex())
    return None if first is None else _again(first, call, unit)


def remember(done: Done, kind: str, subject: UUID, call: Call, unit: Unit) -> None:
    """Keep the answer under the command's digest; older answers about the subject are dropped."""
    unit.idempotency.forget(call, subject)
    unit.idempotency.remember(
        call, call.digest.hex(), Remembered(call.digest, asdict(done), subject, kind)
    )


def repeated_each(subjects: Collection[UUID], call: Call, unit: Unit) -> frozenset[UUID]:
    """Tell which entries of this very batch were made or deleted by it before.

    The caller judges whether the effect on each still stands.
    """
    return unit.idempotency.find_each(call, subjects) if subjects else frozenset()


def remember_each(subjects: Collection[UUID], kind: str, call: Call, unit: Unit) -> None:
    """Keep what a batch did to each entry; older answers about these are dropped."""
    if subjects:
        unit.idempotency.forget_each(call, subjects)
        unit.idempotency.remember_each(call, subjects, kind)


def _again(first: Remembered, call: Call, unit: Unit) -> Done:
    ticket_id = first.answer.get("ticket_id")
    done = Done(ticket_id if isinstance(ticket_id, int) else None, str(first.answer["note"]))
    unit.messages.settle(call, done.ticket_id)
    return done
