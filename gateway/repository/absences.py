"""Times that agents booked, and when they are out of office."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from psycopg.types.json import Jsonb

from gateway.repository.transaction import Transaction
from gateway.usecases.ports import Absence, AgentName, BookedTime


class BookingStore:
    """Times that were booked on tickets."""

    def __init__(self, current: Transaction) -> None:
        self._current = current

    def booked_by(
        self, login: str, since: datetime, until: datetime
    ) -> Sequence[BookedTime] | None:
        """Give what an agent booked from a time on and before another; None: no such agent."""
        span = {"login": login, "since": since, "until": until}
        agents, booked = self._current.read_each(
            ("agent_of_login", {"login": login}), ("booked_times", span)
        )
        return [BookedTime(*row) for row in booked] if agents else None


class AbsenceStore:
    """Out-of-office times of agents."""

    def __init__(self, current: Transaction, now: datetime) -> None:
        self._current = current
        self._now = now

    def find_agents(self, named: Collection[AgentName]) -> Mapping[AgentName, int]:
        """Find ids of active agents; a name that means none or several is left out."""
        listed = list(dict.fromkeys(named))
        documents = [
            {"n": n, "login": each.login, "email": each.email, "search": each.search}
            for n, each in enumerate(listed)
        ]
        rows = self._current.read("agents_named", {"named": Jsonb(documents)})
        return {listed[n]: id_ for n, id_ in rows}

    def put(self, absences: Mapping[int, Absence]) -> Mapping[int, Absence]:
        """Write absences by agent and give them as they are from now on."""
        documents = [
            {
                "id": id_,
                "away": absence.away,
                "start": absence.start.isoformat() if absence.start else None,
                "end": absence.end.isoformat() if absence.end else None,
            }
            for id_, absence in absences.items()
        ]
        written = {"absences": Jsonb(documents), "now": self._now}
        rows = self._current.write("put_absences", written)
        return {id_: Absence(away, start, end) for id_, away, start, end in rows}
