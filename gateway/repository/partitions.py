"""Partitions of the message log and of attempts: made ahead of their time, dropped with age.

There is no default partition: it would forbid to detach others beside running work. A row without
a partition is refused (SQLSTATE 23514); ``ensure`` for its time, and the same again, is the way.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from sqlalchemy import Connection, Table, text

from gateway.repository.tables import attempt, message, message_body, message_sealed

_DAYS_AHEAD = 14
_MONTHS_AHEAD = 3


class _Span(Enum):
    """The time one partition covers."""

    DAY = "day"
    MONTH = "month"

    def start(self, moment: datetime) -> datetime:
        """Give the first moment of the partition that the moment falls into."""
        day = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return day if self is _Span.DAY else day.replace(day=1)

    def next(self, start: datetime) -> datetime:
        """Give the first moment of the partition after."""
        # 32 days after the first of a month is always in the next month.
        return self.start(start + timedelta(days=1 if self is _Span.DAY else 32))

    def ahead(self, moment: datetime) -> Iterator[datetime]:
        """Give the starts of the present partition and of those to be made ahead."""
        start = self.start(moment)
        for _ in range(1 + (_DAYS_AHEAD if self is _Span.DAY else _MONTHS_AHEAD)):
            yield start
            start = self.next(start)

    def suffix(self, start: datetime) -> str:
        """Name a partition by its start."""
        return f"{start:%Y%m%d}" if self is _Span.DAY else f"{start:%Y%m}"

    def parse(self, suffix: str) -> datetime:
        """Give the start of a partition by its name."""
        form = "%Y%m%d" if self is _Span.DAY else "%Y%m"
        return datetime.strptime(suffix, form).replace(tzinfo=UTC)


_PARTITIONED: tuple[tuple[Table, _Span], ...] = (
    (message, _Span.MONTH),
    (message_body, _Span.DAY),
    (message_sealed, _Span.DAY),
    (attempt, _Span.MONTH),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How many days each table keeps its rows."""

    message_days: int = 365
    message_body_days: int = 30
    message_sealed_days: int = 7
    attempt_days: int = 90

    def days(self, table: str) -> int:
        """Give the days of a table."""
        return int(getattr(self, f"{table}_days"))


def ensure(connection: Connection, now: datetime) -> list[str]:
    """Make the partitions of this moment and of the time ahead that are missing; name them.

    Several callers at once are safe: they wait for one another on the advisory lock.
    """
    _lock(connection)
    made = []
    for table, span in _PARTITIONED:
        existing = _names(connection, table.name)
        for start in span.ahead(now):
            name = f"{table.name}_{span.suffix(start)}"
            if name not in existing:
                _create(connection, table.name, name, start, span.next(start))
                made.append(name)
    return made


def prune(connection: Connection, now: datetime, retention: Retention) -> list[str]:
    """Drop the partitions whose youngest possible row is older than the retention; name them."""
    _lock(connection)
    dropped = []
    for table, span in _PARTITIONED:
        oldest_kept = now - timedelta(days=retention.days(table.name))
        for name in sorted(_names(connection, table.name)):
            end = span.next(span.parse(name.removeprefix(f"{table.name}_")))
            if end <= oldest_kept:
                connection.exec_driver_sql(f'drop table "{name}"')
                dropped.append(name)
    return dropped


def _lock(connection: Connection) -> None:
    connection.execute(
        text("select pg_advisory_xact_lock(hashtextextended('ticket-gateway partitions', 0))")
    )


def _names(connection: Connection, table: str) -> set[str]:
    """Name the partitions of a table in the schema the connection works in."""
    rows = connection.execute(
        text(
            "select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid"
            " where i.inhparent = to_regclass(:parent)"
        ),
        {"parent": table},
    )
    return {row.relname for row in rows}


def _create(connection: Connection, parent: str, name: str, start: datetime, end: datetime) -> None:
    # Attaching a finished table lets writers of the others go on; "partition of" would stop them.
    connection.exec_driver_sql(f'create table "{name}" (like "{parent}" including all)')
    connection.exec_driver_sql(
        f'alter table "{parent}" attach partition "{name}"'
        f" for values from ('{start.isoformat()}') to ('{end.isoformat()}')"
    )
