"""Ticket numbers: date, system id, counter of the day and a check digit, reserved ahead in blocks.

The form is that of OTRS' DateChecksum generator, which callers of the Znuny dialect know.
"""

from collections import deque
from datetime import date
from threading import Lock

from sqlalchemy import Engine

from gateway import clock
from gateway.repository.transaction import transaction

_BLOCK = 50


class ReserveEmpty(Exception):
    """All reserved numbers were taken by others; no failure, but a reason to run again."""


class NumberReserve:
    """Numbers of today that this process may use; gaps are allowed.

    A unit of work only takes from the reserve. It is filled before a unit opens, since a counter
    locked inside a unit would queue all creates of the day behind each other's commit, and a
    thread never holds two connections.
    """

    def __init__(self, engine: Engine, *, low: int = 16, system_id: int = 10) -> None:
        """Prepare an empty reserve.

        Args:
            engine: where the counter of the day is.
            low: fill up below this; as many as units may be open at once.
            system_id: the middle part of every number.
        """
        self._engine = engine
        self._low = low
        self._system_id = system_id
        self._lock = Lock()
        self._filling = Lock()
        self._day = date.min
        self._free: deque[int] = deque()

    def fill(self) -> None:
        """Reserve a block if few numbers are left; those of another day are dropped.

        Raises:
            StorageAway, TryLater: as any short transaction.
        """
        if self._sufficient():
            return
        with self._filling:
            if not self._sufficient():  # another thread may have filled it meanwhile
                self._reserve(clock.now().date())

    def take(self) -> str:
        """Take a number of today.

        Raises:
            ReserveEmpty: the reserve must be filled first.
        """
        today = clock.now().date()
        with self._lock:
            if self._day != today or not self._free:
                raise ReserveEmpty
            counter = self._free.popleft()
        return ticket_number(today, self._system_id, counter)

    def _sufficient(self) -> bool:
        return self._day == clock.now().date() and len(self._free) >= self._low

    def _reserve(self, today: date) -> None:
        with transaction(self._engine) as current:
            ((last,),) = current.alone("reserve_numbers", {"day": today, "count": _BLOCK})
        with self._lock:
            if self._day != today:
                self._day = today
                self._free.clear()
            self._free.extend(range(last - _BLOCK + 1, last + 1))


def ticket_number(day: date, system_id: int, counter: int) -> str:
    """Write a number: date, system id, counter of at least five digits, check digit."""
    digits = f"{day:%Y%m%d}{system_id}{counter:05d}"
    # Weights 1, 2, 1, 2 ...; a check digit of 10 is written 1, so 0 never occurs.
    weighted = sum(int(digit) * (1 + place % 2) for place, digit in enumerate(digits))
    check = 10 - weighted % 10
    return f"{digits}{1 if check == 10 else check}"  # noqa: PLR2004 - the modulus
