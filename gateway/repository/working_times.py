"""Times worked on tickets; those that closing books are added in ``entries``."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from gateway.domain.entries import WorkingTime
from gateway.domain.views import Listed
from gateway.repository.rows import listed, required_row
from gateway.repository.transaction import Record, Transaction


class WorkingTimeStore:
    """Working times; writes are gathered until the end of the unit."""

    def __init__(self, current: Transaction, now: datetime) -> None:
        self._current = current
        self._now = now

    def find(self, guids: Collection[UUID]) -> Mapping[UUID, WorkingTime]:
        """Find working times by guid."""
        rows = self._current.read("find_working_times", {"guids": list(guids)})
        return {time.guid: time for time in map(_working_time, rows)}

    def list(self, ticket_id: int) -> Listed[WorkingTime]:
        """List a ticket's working times by start; at most 5000."""
        return listed(self._current.read("working_times", {"ticket_id": ticket_id}), _working_time)

    def edit(self, time: WorkingTime) -> None:
        """Write all that a caller may change."""
        self._current.later(
            "edit_working_time",
            {
                "ticket_id": time.ticket_id,
                "guid": time.guid,
                "executor": time.executor.id,
                "start": time.start,
                "end": time.end,
                "minutes": time.minutes,
                "description": time.description,
                "now": self._now,
            },
        )

    def delete(self, times: Sequence[WorkingTime]) -> None:
        """Delete working times."""
        self._current.later(
            "delete_working_times",
            {
                "tickets": [time.ticket_id for time in times],
                "guids": [time.guid for time in times],
            },
        )


def _working_time(record: Record) -> WorkingTime:
    guid, ticket_id, ticket, executor, start, end, minutes, description = record
    return WorkingTime(
        guid=guid,
        ticket_id=ticket_id,
        ticket=ticket,
        executor=required_row(executor),
        start=start,
        end=end,
        minutes=minutes,
        description=description,
    )
