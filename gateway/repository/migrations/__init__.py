"""Brings the schema up to date or back, from code and without a settings file of Alembic."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, NullPool, create_engine, text

from gateway import clock
from gateway.repository import partitions

# The newest script's revision (a test compares): most starts find it, and need not load Alembic.
HEAD = "0020"
# Any number that no other use of advisory locks in the database has.
_LOCK = 7_461_190_824_035_571_012


@dataclass(frozen=True, slots=True)
class Step:
    """One script on the way to a revision, forward or back."""

    revision: str
    title: str
    back: bool


def upgrade(url: str, target: str = HEAD) -> None:
    """Migrate up to the target, all steps in one transaction, and make the partitions ahead.

    Replicas may call it together: one migrates, the others wait for it and find nothing to do.
    """

    def work(connection: Connection) -> None:
        if _stands_at(connection) != target:
            from gateway.repository.migrations import scripts  # noqa: PLC0415 - see HEAD

            scripts.upgrade(connection, target)
        if _stands_at(connection) == HEAD:
            partitions.ensure(connection, clock.now())

    _locked(url, work)


def downgrade(url: str, target: str) -> None:
    """Migrate back to the target; ``base`` leaves no table of ours."""
    from gateway.repository.migrations import scripts  # noqa: PLC0415 - see HEAD

    _locked(url, lambda connection: scripts.downgrade(connection, target))


def steps(url: str, target: str) -> list[Step]:
    """List what leads from where the database stands to the target, which may be ``base``.

    Raises:
        NotFound: there is no such revision.
    """
    from gateway.repository.migrations import scripts  # noqa: PLC0415 - see HEAD

    return scripts.between(current(url), target)


def current(url: str) -> str | None:
    """Tell which revision the database stands at; None when it was never migrated."""
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return _stands_at(connection)


def _locked(url: str, work: Callable[[Connection], None]) -> None:
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        # Waiting for another replica's migration may take longer than any lock of a table may.
        connection.execute(text("set local lock_timeout = '60s'"))
        connection.execute(text("set local statement_timeout = 0"))
        connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        connection.execute(text("set local lock_timeout = '4s'"))
        connection.execute(text("set local statement_timeout = '5s'"))
        work(connection)


def _stands_at(connection: Connection) -> str | None:
    if connection.scalar(text("select to_regclass('alembic_version')")) is None:
        return None
    revision: str | None = connection.scalar(text("select version_num from alembic_version"))
    return revision
