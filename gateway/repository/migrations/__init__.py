"""Brings the schema up to date or back, from code and without a settings file of Alembic."""

from collections.abc import Callable

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine, text

from gateway import clock
from gateway.repository import partitions

# Any number that no other use of advisory locks in the database has.
_LOCK = 7_461_190_824_035_571_012


def upgrade(url: str, target: str = "head") -> None:
    """Migrate up to the target, all steps in one transaction, and make the partitions ahead.

    Replicas may call it together: one migrates, the others wait for it and find nothing to do.
    """

    def work(connection: Connection, config: Config) -> None:
        command.upgrade(config, target)
        if _stands_at(connection) == head():
            partitions.ensure(connection, clock.now())

    _locked(url, work)


def downgrade(url: str, target: str) -> None:
    """Migrate back to the target; ``base`` leaves no table of ours."""
    _locked(url, lambda _, config: command.downgrade(config, target))


def current(url: str) -> str | None:
    """Tell which revision the database stands at; None when it was never migrated."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return _stands_at(connection)


def head() -> str:
    """Tell the newest revision this program knows."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    if newest is None:
        raise LookupError("the package was installed without its migrations")
    return newest


def _locked(url: str, work: Callable[[Connection, Config], None]) -> None:
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        # Waiting for another replica's migration may take longer than any lock of a table may.
        connection.execute(text("set local lock_timeout = '60s'"))
        connection.execute(text("set local statement_timeout = 0"))
        connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        connection.execute(text("set local lock_timeout = '4s'"))
        connection.execute(text("set local statement_timeout = '5s'"))
        config = _config()
        config.attributes["connection"] = connection
        work(connection, config)


def _stands_at(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "gateway.repository:migrations")
    return config
