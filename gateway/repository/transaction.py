"""One transaction on one driver connection: reads go at once, writes wait and leave together."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.pq import ConnStatus, TransactionStatus
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.exc import TimeoutError as PoolEmpty
from sqlalchemy.pool import PoolProxiedConnection

from gateway.errors import GatewayError, StorageAway, TryLater
from gateway.repository.engine import behind_pooler, require_alive
from gateway.repository.parameters import cursor_of, cursors_of
from gateway.repository.statements import statement

Parameters = Mapping[str, object]
Record = tuple[Any, ...]
Named = tuple[str, Parameters]

_BEGIN: Named = ("begin", {})
_COMMIT: Named = ("commit", {})
_LIMITS: Named = ("limits", {})
_BY_VALUES: Named = ("plan_by_values", {})


class Transaction:
    """A transaction that begins with its first lock or write.

    Statements before that stand alone: under READ COMMITTED they see the same, and a unit that
    only reads needs neither BEGIN nor COMMIT.
    """

    __slots__ = (
        "_begun", "_borrowed", "_connection", "_cursor", "_kept", "_outcome", "_pooler",
        "committing", "remembers", "settled_ticket_id", "wrote",
    )  # fmt: skip

    def __init__(self, borrowed: PoolProxiedConnection, *, pooler: bool) -> None:
        connection = borrowed.driver_connection
        assert isinstance(connection, Connection)  # noqa: S101 - the engine knows one driver only
        # The driver would spend a round trip on its own BEGIN; here it travels with what follows.
        connection.autocommit = True
        self._borrowed = borrowed
        self._connection: Connection[Record] = connection
        self._cursor = cursor_of(borrowed, connection)
        self._kept: list[Named] = []
        self._outcome: Parameters | None = None
        self._begun = False
        self._pooler = pooler
        self.wrote = False  # something that must be durable
        self.remembers = False  # an idempotency record makes a second run harmless
        self.committing = False  # the end was sent, its answer has not come
        self.settled_ticket_id: int | None = None

    def read(self, name: str, parameters: Parameters) -> list[Record]:
        """Run a reading statement; it sees what the unit wrote before, and travels with it."""
        if not self._kept:
            return self.alone(name, parameters)
        return self._run(*self._kept_first(), (name, parameters))

    def search(self, text: str, parameters: Parameters) -> list[Record]:
        """Run a search that was put together for its values, and is planned with them."""
        cursor = self._cursor
        with self._connection.pipeline():
            for name, given in (*self._kept_first(), _BY_VALUES):
                cursor.execute(statement(name), given)
            # Prepared it would push a statement out that comes again.
            cursor.execute(text.encode(), parameters, prepare=False)
        return cursor.fetchall()

    def hold(self, lock: str, name: str, parameters: Parameters) -> list[Record]:
        """Lock rows to the end of the transaction, then read them as they are now."""
        return self._run(*self._kept_first(), (lock, parameters), (name, parameters))

    def read_each(self, *batch: Named) -> list[list[Record]]:
        """Run several reading statements in one round trip and give the rows of each."""
        before = self._kept_first() if self._kept else self._limiting()
        return self._run_each(before, *batch)

    def read_each_by_values(self, *batch: Named) -> list[list[Record]]:
        """Run several reading statements, each planned with its values, in one round trip."""
        return self._run_each((*self._kept_first(), _BY_VALUES), *batch)

    def hold_each(self, lock: Named, *batch: Named) -> list[list[Record]]:
        """Lock to the end of the transaction, then read what follows, all in one round trip."""
        return self._run_each((*self._kept_first(), lock), *batch)

    def write(self, name: str, parameters: Parameters) -> list[Record]:
        """Run a writing statement whose result is needed at once."""
        self.wrote = True
        return self._run(*self._kept_first(), (name, parameters))

    def alone(self, name: str, parameters: Parameters) -> list[Record]:
        """Run a statement that needs no transaction around it."""
        return self._run(*self._limiting(), (name, parameters))

    def later(self, name: str, parameters: Parameters) -> None:
        """Keep a writing statement for the end of the unit, in the order of the calls."""
        self.wrote = True
        self._kept.append((name, parameters))

    def last(self, name: str, parameters: Parameters) -> None:
        """Keep a writing statement once, behind what was kept: it sums up what the rows say."""
        if (name, parameters) in self._kept:
            self._kept.remove((name, parameters))
        self.later(name, parameters)

    def settle(self, parameters: Parameters) -> None:
        """Keep the outcome of the message; without an effect its answer is all there is."""
        self._outcome = parameters

    def flush(self) -> None:
        """Send what was kept, all in one round trip."""
        if self.wrote and self._outcome is not None:
            self._kept.append(("settle_message", self._outcome))
            self._outcome = None
        if self._kept:
            self._run(*self._kept_first())

    def commit(self) -> None:
        """End the transaction, if it ever began."""
        if not self._begun:
            return
        require_alive(self._connection)
        self.committing = True
        self._run(_COMMIT)
        self._begun = self.committing = False

    @property
    def lost(self) -> bool:
        """Tell whether the connection is gone."""
        return self._connection.closed or self._connection.pgconn.status == ConnStatus.BAD

    def end(self) -> None:
        """Roll back what was not committed and give the connection back; cannot fail."""
        connection = self._connection
        try:
            match connection.pgconn.transaction_status:
                case TransactionStatus.IDLE:
                    pass
                case TransactionStatus.INERROR:
                    # The driver's rollback() forgets all prepared statements: behind the one that
                    # failed the batch may name some that the server never came to prepare.
                    connection.rollback()
                case _:
                    connection.pgconn.exec_(b"ROLLBACK")
            connection.autocommit = False
        except psycopg.Error:
            # What was sent is undone with the connection.
            self._borrowed.invalidate()
        self._borrowed.close()

    def _beginning(self) -> tuple[Named, ...]:
        if self._begun:
            return ()
        self._begun = True
        return (_BEGIN, _LIMITS) if self._pooler else (_BEGIN,)

    def _limiting(self) -> tuple[Named, ...]:
        # Behind a pooler limits hold for a transaction only, so even a read needs one.
        return self._beginning() if self._pooler else ()

    def _kept_first(self) -> tuple[Named, ...]:
        """Give what goes before anything else: the beginning, and what was kept."""
        kept, self._kept = self._kept, []
        return (*self._beginning(), *kept)

    def _run_each(self, before: tuple[Named, ...], *batch: Named) -> list[list[Record]]:
        """Send statements in one round trip and give the rows of all but those before."""
        cursors = cursors_of(self._borrowed, self._connection, len(batch))
        with self._connection.pipeline():
            for name, parameters in before:
                self._cursor.execute(statement(name), parameters)
            for cursor, (name, parameters) in zip(cursors, batch, strict=True):
                cursor.execute(statement(name), parameters)
        return [cursor.fetchall() for cursor in cursors]

    def _run(self, *batch: Named) -> list[Record]:
        """Send statements in one round trip and give the rows of the last."""
        cursor = self._cursor
        if len(batch) == 1:
            ((name, parameters),) = batch
            cursor.execute(statement(name), parameters)
        else:
            with self._connection.pipeline():
                for name, parameters in batch:
                    cursor.execute(statement(name), parameters)
        # Not ``description``: it builds an object for every column of the row.
        return cursor.fetchall() if cursor.pgresult and cursor.pgresult.nfields else []


@contextmanager
def transaction(engine: Engine) -> Iterator[Transaction]:
    """Borrow a connection for one short transaction; a normal end commits.

    Raises:
        StorageAway: no connection, or it broke.
        TryLater: pool empty, lock or statement time-out.
    """
    current = borrow(engine)
    try:
        yield current
        current.flush()
        current.commit()
    except psycopg.Error as error:
        raise translated(error) from error
    finally:
        current.end()


def borrow(engine: Engine) -> Transaction:
    """Take a connection from the pool.

    Raises:
        StorageAway: the database does not answer.
        TryLater: all connections stayed in use.
    """
    try:
        return Transaction(engine.raw_connection(), pooler=behind_pooler(engine))
    except PoolEmpty as error:
        raise TryLater from error
    except (DBAPIError, InvalidRequestError, psycopg.Error) as error:
        raise StorageAway from error


def translated(error: psycopg.Error) -> GatewayError | psycopg.Error:
    """Give the domain's word for a failure of the database; a bug stays what it is."""
    match error:
        case (
            psycopg.errors.QueryCanceled()
            | psycopg.errors.LockNotAvailable()
            | psycopg.errors.SerializationFailure()
            | psycopg.errors.DeadlockDetected()
        ):
            return TryLater()
        case psycopg.OperationalError() | psycopg.errors.ReadOnlySqlTransaction():
            return StorageAway()
        case _:
            return error
