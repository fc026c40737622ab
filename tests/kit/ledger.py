"""What callers sent and what they were told, kept on disk before it is sent; then the reckoning.

Acknowledged: there exactly once, with every field. Unknown: there once and whole, or not at all.
Refused: not there.
"""

import hashlib
import json
import os
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from time import perf_counter
from typing import Self


class Outcome(StrEnum):
    """What the caller knows of one piece of work."""

    UNKNOWN = "unknown"  # sent, and no answer came that settles it
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"  # an answer said that nothing was changed


@dataclass
class Entry:
    """One piece of work of one caller."""

    reference: str  # what the work is found by afterwards
    key: str  # the caller's idempotency key
    content: dict[str, str]
    outcome: Outcome = Outcome.UNKNOWN
    recovered: bool = False  # unknown at first, settled by sending it again
    answers: set[str] = field(default_factory=set)  # more than one: repeats were told otherwise

    @property
    def digest(self) -> str:
        return digest(self.content)


@dataclass(frozen=True, slots=True)
class Found:
    """One piece of work as it is there; ``whole`` is false when a part of its effect is missing."""

    reference: str
    content: dict[str, str]
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Report:
    """The reckoning of one run."""

    attempted: int
    acknowledged: int
    refused: int
    unknown: int
    recovered: int
    lost: int  # acknowledged and not there
    doubled: int  # there more than once, or answered in two ways
    half_done: int  # there without a part of it, or with other fields
    untrue: int  # refused and there, or there and never sent
    seconds: float
    seed: int

    @property
    def holds(self) -> bool:
        """Tell whether every promise was kept."""
        return not (self.lost or self.doubled or self.half_done or self.untrue)

    def __str__(self) -> str:
        return json.dumps(asdict(self) | {"seconds": round(self.seconds, 1)})


class Ledger:
    """The entries of a run; safe to share between callers."""

    def __init__(self, path: Path, seed: int = 0) -> None:
        self._file = path.open("a")
        self._lock = threading.Lock()
        self._begun = perf_counter()
        self.seed = seed
        self.entries: list[Entry] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def intend(self, reference: str, key: str, content: dict[str, str]) -> Entry:
        """Write down what is about to be sent; it is on the disk when this returns."""
        entry = Entry(reference, key, content)
        with self._lock:
            self.entries.append(entry)
        self._write(entry, "intended")
        return entry

    def settle(self, entry: Entry, outcome: Outcome, answer: str = "") -> None:
        """Write down what the caller was told."""
        entry.outcome = outcome
        if outcome is Outcome.ACKNOWLEDGED:
            entry.answers.add(answer)
        self._write(entry, outcome)

    def unknown(self) -> list[Entry]:
        """List what no answer has settled."""
        return [entry for entry in self.entries if entry.outcome is Outcome.UNKNOWN]

    def report(self, found: Iterable[Found]) -> Report:
        """Compare what was told with what is there."""
        there: dict[str, list[Found]] = {}
        for one in found:
            there.setdefault(one.reference, []).append(one)
        known = {entry.reference: entry for entry in self.entries}
        pairs = [(entry, there.get(entry.reference, [])) for entry in self.entries]
        outcomes = [entry.outcome for entry in self.entries]
        return Report(
            attempted=len(self.entries),
            acknowledged=outcomes.count(Outcome.ACKNOWLEDGED),
            refused=outcomes.count(Outcome.REFUSED),
            unknown=outcomes.count(Outcome.UNKNOWN),
            recovered=sum(entry.recovered for entry in self.entries),
            lost=sum(entry.outcome is Outcome.ACKNOWLEDGED and not ones for entry, ones in pairs),
            doubled=sum(len(ones) > 1 or len(entry.answers) > 1 for entry, ones in pairs),
            half_done=sum(
                not one.whole or digest(one.content) != entry.digest
                for entry, ones in pairs
                for one in ones
            ),
            untrue=sum(entry.outcome is Outcome.REFUSED and bool(ones) for entry, ones in pairs)
            + len(there.keys() - known.keys()),
            seconds=perf_counter() - self._begun,
            seed=self.seed,
        )

    def _write(self, entry: Entry, what: str) -> None:
        line = json.dumps([what, entry.reference, entry.key, entry.digest])
        with self._lock:
            self._file.write(line + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())


def digest(content: dict[str, str]) -> str:
    """Give the SHA-256 of all fields."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
