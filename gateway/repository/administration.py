"""Rows that operators write: one transaction after another, on plain tables."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Connection, Engine, Table, and_, delete, exists, func, insert, select, text
from sqlalchemy import update as update_of
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolEmpty

from gateway import clock
from gateway.errors import BrokenRule, StorageAway, TryLater
from gateway.repository.engine import build_engine
from gateway.repository.tables import metadata
from gateway.repository.transaction import translated
from gateway.usecases.administration_ports import AdministrationUnit, Record

T = TypeVar("T")

_MOST = 5000
_COLUMNS = re.compile(r"Key \((.+?)\)=")


@contextmanager
def operator_engine(url: str, pooler: bool) -> Iterator[Engine]:
    """Lend the one connection that an operator's verb needs."""
    engine = build_engine(url, pool_size=1, role="gateway operator", pooler=pooler)
    try:
        yield engine
    finally:
        engine.dispose()


class Administration:
    """Runs an operator's work in one transaction; no two of them at once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def run(self, work: Callable[[AdministrationUnit], T]) -> T:
        """Run the work and commit.

        Raises:
            StorageAway, TryLater: the database does not answer, or not now.
        """
        try:
            with self._engine.begin() as connection:
                # One after another: what was judged free or present is so until the commit.
                connection.execute(
                    text(
                        "select pg_advisory_xact_lock("
                        "hashtextextended('ticket-gateway administration', 0))"
                    )
                )
                return work(AdministrationStore(connection, clock.now()))
        except PoolEmpty as error:
            raise TryLater from error
        except DBAPIError as error:
            raise _judged(error) from error


class AdministrationStore:
    """Records of the tables, by the names of the schema."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    @property
    def now(self) -> datetime:
        """Give the time of this unit."""
        return self._now

    def list(self, table: str) -> Sequence[Record]:
        """List a table's records by position, then id; at most 5000."""
        return self._read(select(_table(table)).order_by(*_order(_table(table))))

    def find(self, table: str, column: str, value: object) -> Sequence[Record]:
        """Find the records whose column has this value, by id; at most 5000."""
        of = _table(table)
        return self._read(select(of).where(of.c[column] == value).order_by(*_order(of)))

    def below(self, table: str, path: str) -> Sequence[Record]:
        """List what is below a path of a tree, parents before their children."""
        of = _table(table)
        inside = func.starts_with(of.c.path_en, path + "::")
        return self._read(select(of).where(inside).order_by(func.length(of.c.path_en), of.c.id))

    def insert(self, table: str, values: Record) -> Record:
        """Insert a record and give it with the columns the database fills."""
        of = _table(table)
        inserted = self._connection.execute(insert(of).values(**values).returning(of))
        return dict(inserted.mappings().one())

    def insert_all(self, table: str, records: Sequence[Record]) -> None:
        """Insert several records of the same columns at once."""
        if records:
            self._connection.execute(insert(_table(table)), [dict(each) for each in records])

    def update(self, table: str, key: Record, values: Record) -> None:
        """Write columns of the records that have this key, with the time of change."""
        of = _table(table)
        stamped = {**values, "changed": self._now} if "changed" in of.c else values
        self._connection.execute(update_of(of).where(_is(of, key)).values(**stamped))

    def delete(self, table: str, key: Record) -> None:
        """Delete the records that have this key."""
        of = _table(table)
        self._connection.execute(delete(of).where(_is(of, key)))

    def exists(self, table: str, key: Record) -> bool:
        """Tell whether a record has this key."""
        of = _table(table)
        return bool(self._connection.scalar(select(exists().where(_is(of, key)))))

    def _read(self, query: Any) -> Sequence[Record]:
        return [dict(row) for row in self._connection.execute(query.limit(_MOST)).mappings()]


def _table(name: str) -> Table:
    return metadata.tables[name]


def _order(table: Table) -> tuple[Any, ...]:
    return tuple(table.c[name] for name in ("position", "id") if name in table.c) or tuple(
        table.primary_key
    )


def _is(table: Table, key: Record) -> Any:
    return and_(*(table.c[column] == value for column, value in key.items()))


def _judged(error: DBAPIError) -> Exception:
    """Give the domain's word for a failure of the database."""
    original = error.orig
    if isinstance(error, IntegrityError) and isinstance(original, psycopg.Error):
        columns = _COLUMNS.search(original.diag.message_detail or "")
        if isinstance(original, psycopg.errors.UniqueViolation):
            return BrokenRule("is taken", field=columns[1] if columns else None)
        return BrokenRule(f"breaks the rule {original.diag.constraint_name}")
    if isinstance(original, psycopg.Error):
        return translated(original)
    return StorageAway()
