"""What a partner may do wrong, and how often."""

import re
import threading
from enum import StrEnum

_SPEC = re.compile(r"([a-z0-9-]+)(?::([0-9]+)/([0-9]+))?")


class Chaos(StrEnum):
    """A misbehaviour; those in ``WORKING`` do the work all the same."""

    REFUSE = "refuse"  # the connection is reset before anything is read
    TIMEOUT = "timeout"  # nothing is answered until the caller gives up
    SLOW = "slow"  # the answer comes after a while
    DRIP = "drip"  # the answer comes a byte at a time
    RESET = "reset"  # the connection is reset within the answer
    CUT = "cut"  # the answer ends before its announced length
    LOSE = "lose-answer"  # the work is done, the connection closed without an answer
    BAD_REQUEST = "400"
    UNAUTHORIZED = "401"
    TOO_MANY = "429"  # with Retry-After
    ERROR = "500"
    CLIENT_FAULT = "client-fault"
    SERVER_FAULT = "server-fault"
    HTML = "html"  # a page for people, status 200
    CHARSET = "charset"  # bytes that do not fit the charset they claim
    DTD = "dtd"
    REDIRECT = "redirect"
    HUGE = "huge"  # an answer of a gigabyte, announced
    ENDLESS = "endless"  # an answer that never ends, in chunks
    BOMB = "bomb"  # 64 MiB that fit into 64 KiB of gzip
    HEADERS = "headers"  # a header that never ends
    GARBAGE = "garbage"  # no HTTP at all
    TWICE = "twice"  # the whole answer two times


WORKING = frozenset(
    {Chaos.SLOW, Chaos.DRIP, Chaos.RESET, Chaos.CUT, Chaos.LOSE, Chaos.CHARSET, Chaos.TWICE}
)


class Switch:
    """Turns a misbehaviour on: always, or for the first n of every m calls."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.off()

    def on(self, chaos: Chaos | str, hits: int = 1, of: int = 1) -> None:
        """Misbehave from now on."""
        with self._lock:
            self._chaos, self._hits, self._of, self._calls = Chaos(chaos), hits, of, 0

    def off(self) -> None:
        """Behave well."""
        with self._lock:
            self._chaos, self._hits, self._of, self._calls = None, 1, 1, 0

    def set(self, spec: str) -> None:
        """Turn on what a text says: ``500``, or ``500:1/3`` for the first of every three calls.

        Raises:
            ValueError: there is no such misbehaviour.
        """
        found = _SPEC.fullmatch(spec)
        if found is None or found[1] not in set(Chaos):
            raise ValueError(f"no chaos {spec!r}; one of {', '.join(Chaos)}, or like 500:1/3")
        self.on(found[1], int(found[2] or 1), max(1, int(found[3] or 1)))

    def next(self) -> Chaos | None:
        """Give what to do wrong with the next call."""
        with self._lock:
            self._calls += 1
            hit = (self._calls - 1) % self._of < self._hits
            return self._chaos if hit else None
