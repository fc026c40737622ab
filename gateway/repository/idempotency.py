"""First answers to commands, kept for their repeats."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from gateway.repository.transaction import Record, Transaction
from gateway.usecases.ports import Call, Remembered


class IdempotencyStore:
    """First answers, by (account, operation, key), for 24 hours."""

    def __init__(self, current: Transaction, now: datetime) -> None:
        self._current = current
        self._now = now

    def claim(self, call: Call, key: str) -> Remembered | None:
        """Claim a caller's key for this unit; a second caller waits, then gets the first answer."""
        self._current.remembers = True
        (row,) = self._current.write("claim_key", self._named(call, key) | {"digest": call.digest})
        return _remembered(row)

    def find(self, call: Call, key: str) -> Remembered | None:
        """Find what this account answered under the key."""
        rows = self._current.read("find_key", self._named(call, key))
        return _remembered(rows[0]) if rows else None

    def remember(self, call: Call, key: str, remembered: Remembered) -> None:
        """Keep an answer under a key, in place of an older one."""
        self._current.remembers = True
        self._current.later(
            "remember_key",
            self._named(call, key)
            | {
                "digest": remembered.digest,
                "answer": Jsonb(remembered.answer),
                "subject": remembered.subject,
                "kind": remembered.kind,
                "by_digest": key == remembered.digest.hex(),
            },
        )

    def forget(self, call: Call, subject: UUID) -> None:
        """Drop this account's digest-keyed answers about a subject: it wrote it again."""
        self.forget_each(call, [subject])

    def find_each(self, call: Call, subjects: Collection[UUID]) -> frozenset[UUID]:
        """Tell which entries of this very batch the account was answered about."""
        rows = self._current.read("find_keys", self._of_batch(call, subjects))
        return frozenset(subject for (subject,) in rows)

    def remember_each(self, call: Call, subjects: Collection[UUID], kind: str) -> None:
        """Keep that the account was answered about these entries of this batch."""
        self._current.later(
            "remember_keys",
            self._of_batch(call, subjects)
            | {"digest": call.digest, "subjects": list(subjects), "kind": kind},
        )

    def forget_each(self, call: Call, subjects: Collection[UUID]) -> None:
        """Drop what ``forget`` drops, about several subjects."""
        self._current.later(
            "forget_keys",
            {"account_id": call.principal.account_id, "subjects": list(subjects)},
        )

    def _of_batch(self, call: Call, subjects: Collection[UUID]) -> dict[str, object]:
        return {
            "account_id": call.principal.account_id,
            "operation": call.operation,
            "keys": [f"{call.digest.hex()}/{subject}" for subject in subjects],
            "now": self._now,
        }

    def _named(self, call: Call, key: str) -> dict[str, object]:
        return {
            "account_id": call.principal.account_id,
            "operation": call.operation,
            "key": key,
            "now": self._now,
        }


def _remembered(row: Record) -> Remembered | None:
    digest, answer, subject, kind = row
    return None if answer is None else Remembered(bytes(digest), answer, subject, kind)
