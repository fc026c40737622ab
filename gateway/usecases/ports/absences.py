"""What times agents booked, and when they are out of office, as storage has it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True, slots=True)
class BookedTime:
    """A time that was booked, with its ticket and the queue that it was in at that moment."""

    number: str
    customer: str
    title: str
    queue: str
    created: datetime
    units: Decimal


@dataclass(frozen=True, slots=True)
class Absence:
    """When an agent is out of office: while it is switched on, from the first day to the last.

    A day that is None stays as it is stored.
    """

    away: bool
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentName:
    """How an agent is named: by what is not empty, all of it meaning the same agent."""

    login: str = ""
    email: str = ""  # in any case
    search: str = ""  # part of name or login


class BookingStore(Protocol):
    """Times that were booked on tickets."""

    def booked_by(
        self, login: str, since: datetime, until: datetime
    ) -> Sequence[BookedTime] | None:
        """Give what an agent booked from a time on and before another; None: no such agent."""
        ...


class AbsenceStore(Protocol):
    """Out-of-office times of agents."""

    def find_agents(self, named: Collection[AgentName]) -> Mapping[AgentName, int]:
        """Find ids of active agents; a name that means none or several is left out."""
        ...

    def put(self, absences: Mapping[int, Absence]) -> Mapping[int, Absence]:
        """Write absences by agent and give them as they are from now on."""
        ...
