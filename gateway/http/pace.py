"""How much one account may ask for: calls at once, and calls a second."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from gateway.clock import monotonic_s
from gateway.errors import TooManyRequests

_RETRY_AFTER_S = 1
_MOST_ACCOUNTS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PaceLimits:
    """Limits of one account in one process."""

    at_once: int = 8
    per_s: float = 200
    burst: int = 400


class Pace:
    """Keeps one account from taking the whole pool.

    A call stays in one thread from its row to its answer, so the thread knows whose place it
    holds.
    """

    def __init__(
        self, limits: PaceLimits | None = None, clock: Callable[[], float] = monotonic_s
    ) -> None:
        self._limits = limits or PaceLimits()
        self._clock = clock
        self._at_work: Counter[int] = Counter()
        self._buckets: dict[int, tuple[float, float]] = {}  # calls left, as of when
        self._lock = threading.Lock()
        self._thread = threading.local()

    @contextmanager
    def call(self) -> Iterator[None]:
        """Stand around one call; places taken within are given back at its end."""
        held: set[int] = set()
        self._thread.held = held
        try:
            yield
        finally:
            self._thread.held = None
            with self._lock:
                self._at_work.subtract(held)
                for account_id in held:
                    if not self._at_work[account_id]:
                        del self._at_work[account_id]

    def enter(self, account_id: int) -> None:
        """Count a call of this account; the same account twice in one call counts once.

        Raises:
            TooManyRequests: more than the account may have.
        """
        held: set[int] | None = getattr(self._thread, "held", None)
        if held is not None and account_id in held:
            return
        with self._lock:
            self._spend(account_id)
            if held is None:
                return
            if self._at_work[account_id] >= self._limits.at_once:
                raise TooManyRequests(_RETRY_AFTER_S)
            self._at_work[account_id] += 1
            held.add(account_id)

    def _spend(self, account_id: int) -> None:
        limits, now = self._limits, self._clock()
        left, since = self._buckets.pop(account_id, (float(limits.burst), now))
        left = min(float(limits.burst), left + (now - since) * limits.per_s)
        self._buckets[account_id] = (max(left - 1, 0), now)  # at the end: the first is the idlest
        if len(self._buckets) > _MOST_ACCOUNTS:
            del self._buckets[next(iter(self._buckets))]
        if left < 1:
            raise TooManyRequests(_RETRY_AFTER_S)
