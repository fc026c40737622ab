"""Partitions are there before they are needed and gone when their time is over."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from psycopg.errors import CheckViolation
from sqlalchemy import Connection, NullPool, create_engine, insert, select, text
from sqlalchemy.exc import IntegrityError

from gateway import clock
from gateway.repository import tables as t
from gateway.repository.partitions import Retention, ensure, prune

NEW_YEARS_EVE = datetime(2040, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.fixture(scope="module")
def module_url(databases) -> Iterator[str]:
    with databases.migrated() as url:
        yield url


@pytest.fixture
def database(module_url: str) -> Iterator[Connection]:
    with create_engine(module_url, poolclass=NullPool).connect() as connection:
        yield connection


def partitions(database: Connection, table: str) -> list[str]:
    return list(
        database.scalars(
            text(
                "select relname from pg_class join pg_inherits on oid = inhrelid"
                " where inhparent = to_regclass(:parent) order by relname"
            ),
            {"parent": table},
        )
    )


def record(database: Connection, received: datetime) -> None:
    database.execute(insert(t.message).values(received=received, dialect="acmp", sha256=b"x" * 32))


def test_a_migrated_database_takes_messages_at_once(database):
    record(database, clock.now())
    record(database, clock.now() + timedelta(days=14))


def test_months_are_made_three_ahead_over_the_turn_of_the_year(database):
    ensure(database, NEW_YEARS_EVE)

    for table in ("message", "attempt"):
        assert [name for name in partitions(database, table) if "_204" in name] == [
            f"{table}_204012",
            f"{table}_204101",
            f"{table}_204102",
            f"{table}_204103",
        ]


def test_days_are_made_fourteen_ahead(database):
    ensure(database, NEW_YEARS_EVE)

    for table in ("message_body", "message_sealed"):
        made = [name for name in partitions(database, table) if "_204" in name]
        assert made[0] == f"{table}_20401231"
        assert made[-1] == f"{table}_20410114"
        assert len(made) == 15


def test_what_is_there_is_not_made_again(database):
    assert len(ensure(database, NEW_YEARS_EVE)) == 2 * 4 + 2 * 15
    assert ensure(database, NEW_YEARS_EVE) == []


def test_a_row_without_partition_is_refused_and_taken_once_there_is_one(database):
    far = datetime(2050, 6, 1, tzinfo=UTC)
    with pytest.raises(IntegrityError) as refused, database.begin_nested():
        record(database, far)
    assert isinstance(refused.value.orig, CheckViolation)
    assert refused.value.orig.sqlstate == "23514"

    ensure(database, far)
    record(database, far)


def test_there_is_no_default_partition(database):
    defaults = database.scalar(
        text("select count(*) from pg_partitioned_table where partdefid <> 0")
    )
    assert defaults == 0


def test_only_partitions_past_their_retention_are_dropped(database):
    ensure(database, NEW_YEARS_EVE)
    later = datetime(2041, 1, 10, 12, tzinfo=UTC)

    dropped = prune(
        database,
        later,
        Retention(message_days=10, message_body_days=2, message_sealed_days=1, attempt_days=5),
    )

    # December's last row is of the 31st, just ten days old; the attempts of December are older.
    assert "message_204012" not in dropped
    assert [name for name in dropped if name.startswith("attempt_204")] == ["attempt_204012"]
    assert [name for name in dropped if name.startswith("message_body_204")][-1].endswith(
        "20410107"
    )
    assert partitions(database, "message_sealed")[0] == "message_sealed_20410109"


def test_a_row_is_kept_for_the_whole_of_its_retention(database):
    written = datetime(2041, 1, 31, 23, 59, tzinfo=UTC)
    ensure(database, written)
    record(database, written)

    prune(database, written + timedelta(days=365), Retention())
    assert database.scalars(select(t.message.c.received)).all() == [written]

    prune(database, written + timedelta(days=366), Retention())
    assert database.scalars(select(t.message.c.received)).all() == []


def test_a_partition_has_the_indexes_and_storage_of_its_table(database):
    stored = database.scalar(
        text("select attstorage from pg_attribute where attrelid = :body and attname = 'body'"),
        {"body": _oid(database, partitions(database, "message_sealed")[0])},
    )
    assert stored == "e"
    indexes = database.scalar(
        text("select count(*) from pg_index where indrelid = :first"),
        {"first": _oid(database, partitions(database, "message")[0])},
    )
    assert indexes == 1 + len(t.message.indexes)


def _oid(database: Connection, name: str) -> int:
    return int(database.scalar(text("select to_regclass(:name)::oid::int"), {"name": name}) or 0)


def test_numbers_of_messages_go_on_over_partitions(database):
    for day in (0, 32, 64):
        record(database, clock.now() + timedelta(days=day))
    numbers = database.scalars(select(t.message.c.number).order_by(t.message.c.received)).all()
    assert numbers == list(range(numbers[0], numbers[0] + 3))
