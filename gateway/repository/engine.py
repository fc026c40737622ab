"""The pool of database connections: limits, keep-alive, and a check that is cheap when busy."""

from typing import Any

from psycopg import Connection, OperationalError
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection as CoreConnection
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from gateway import clock
from gateway.repository.statements import statement

__all__ = ["LIMITS", "Engine", "behind_pooler", "build_engine", "require_alive"]

# One place for what the server enforces; the times are those of the hardening page, section 2.
LIMITS = {
    "statement_timeout": "5s",
    "lock_timeout": "4s",
    "idle_in_transaction_session_timeout": "15s",
    "timezone": "UTC",
    # Rows are found by key: planning with the values at hand costs more than it ever gains. A
    # search by patterns says otherwise for its own transaction.
    "plan_cache_mode": "force_generic_plan",
}

_TRUSTED_IDLE_S = 1.0  # a connection used more recently is looked at, not pinged
_POOLER = "gateway_pooler"


def build_engine(url: str, *, pool_size: int, role: str, pooler: bool = False) -> Engine:
    """Build the engine of a process; nothing is connected yet.

    Args:
        url: address of the database, ``postgresql+psycopg://...``.
        pool_size: most connections at once: threads + 2.
        role: role of the process, shown by the server as application name.
        pooler: a PgBouncer in transaction mode stands between: no prepared statements, and the
            limits are set by the first statement of each transaction.
    """
    arguments: dict[str, object] = {
        "application_name": role,
        "connect_timeout": 5,
        "keepalives": 1,
        "keepalives_idle": 30,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
        "prepare_threshold": None if pooler else 2,
    }
    if not pooler:
        arguments["options"] = " ".join(f"-c {name}={value}" for name, value in LIMITS.items())
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=2,
        pool_use_lifo=True,
        use_native_hstore=False,
        connect_args=arguments,
        execution_options={_POOLER: pooler},
    )
    event.listen(engine, "checkin", _checked_in)
    event.listen(engine, "checkout", _checked_out)
    if pooler:
        event.listen(engine, "begin", _limit)
    return engine


def behind_pooler(engine: Engine) -> bool:
    """Tell whether each transaction must set its limits itself."""
    return bool(engine.get_execution_options().get(_POOLER))


def require_alive(connection: Connection[Any]) -> None:
    """Notice, without asking, that the server closed the connection.

    Raises:
        OperationalError: it is gone.
    """
    # Twice: the first may read the server's farewell, the second its end-of-file.
    connection.pgconn.consume_input()
    connection.pgconn.consume_input()


def _checked_in(_: Connection[Any] | None, entry: ConnectionPoolEntry) -> None:
    entry.info["used_s"] = clock.monotonic_s()


def _checked_out(
    connection: Connection[Any], entry: ConnectionPoolEntry, _: PoolProxiedConnection
) -> None:
    """Replace SQLAlchemy's pre-ping, which costs as much as the statement that follows it.

    A server that went away left an end-of-file on the socket, which is seen without asking; only
    a network that swallows packets needs a question, and a connection in steady use has just had
    its answer.
    """
    used_s = entry.info.get("used_s")
    if used_s is None:
        return
    try:
        if clock.monotonic_s() - used_s > _TRUSTED_IDLE_S:
            connection.pgconn.exec_(b"")
        require_alive(connection)
    except OperationalError as error:
        raise InvalidatePoolError from error
    if connection.pgconn.transaction_status != TransactionStatus.IDLE:
        raise InvalidatePoolError


def _limit(connection: CoreConnection) -> None:
    connection.exec_driver_sql(statement("limits"))
