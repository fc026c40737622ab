"""The same command twice has one effect; the second call gets the first answer.

Two ways lead there (ACMP contract G10): a key the caller sends, claimed before anything else, and
without one the digest of the command itself, as long as its effect still stands.
"""

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from uuid import UUID

from gateway.errors import KeyReused
from gateway.usecases.ports import Call, Remembered, Unit


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
        KeyReused: the key was used for another request.
    """
    if call.key is None:
        return work(unit)
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


def _again(first: Remembered, call: Call, unit: Unit) -> Done:
    ticket_id = first.answer.get("ticket_id")
    done = Done(ticket_id if isinstance(ticket_id, int) else None, str(first.answer["note"]))
    unit.messages.settle(call, done.ticket_id)
    return done
