"""Schedules and pruning in the database."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from gateway.repository.engine import build_engine
from gateway.repository.partitions import Retention
from gateway.repository.schedules import Housekeeping, ScheduleStore
from tests.kit.database import driver_url

LATER = datetime.now(UTC) + timedelta(hours=1)  # noqa: TID251 - any time that is not due


@pytest.fixture
def engine(database_url):
    built = build_engine(database_url, pool_size=4, role="test")
    yield built
    built.dispose()


@pytest.fixture
def session(database_url):
    with psycopg.connect(driver_url(database_url), autocommit=True) as opened:
        yield opened


def count(session, table):
    return session.execute(f"select count(*) from {table}").fetchone()[0]


def test_a_new_schedule_is_due_at_once_and_claimed_once(engine):
    store = ScheduleStore(engine)
    store.ensure("pruning", "every 60 s")
    name, now = store.claim_due(["pruning"], "me", 60)
    assert name == "pruning"
    assert now.tzinfo is not None
    assert store.claim_due(["pruning"], "other", 60) is None


def test_a_settled_schedule_waits_for_its_next_run(engine):
    store = ScheduleStore(engine)
    store.ensure("pruning", "every 60 s")
    store.claim_due(["pruning"], "me", 60)
    store.settle("pruning", "me", LATER, "went wrong")
    assert store.claim_due(["pruning"], "me", 60) is None


def test_a_lease_that_ran_out_is_taken_over_and_its_owner_settles_nothing(engine):
    store = ScheduleStore(engine)
    store.ensure("pruning", "every 60 s")
    store.claim_due(["pruning"], "killed", 0)
    assert store.claim_due(["pruning"], "successor", 60)[0] == "pruning"
    store.settle("pruning", "killed", LATER, "")
    store.settle("pruning", "successor", datetime(2020, 1, 1, tzinfo=UTC), "")
    assert store.claim_due(["pruning"], "third", 60) is not None


def test_a_schedule_that_this_program_does_not_know_is_left_alone(engine):
    store = ScheduleStore(engine)
    store.ensure("of-a-newer-release", "every 60 s")
    assert store.claim_due(["pruning"], "me", 60) is None


def test_a_changed_spec_is_taken_over(engine, session):
    store = ScheduleStore(engine)
    store.ensure("pruning", "every 60 s")
    store.ensure("pruning", "daily 02:30 UTC")
    assert session.execute("select spec from schedule").fetchall() == [("daily 02:30 UTC",)]


def test_pruning_deletes_what_is_over_and_keeps_the_rest(engine, session):
    session.execute(
        "insert into nonce select sha256(n::text::bytea), now() - interval '1 s'"
        " from generate_series(1, 2500) n"
    )
    session.execute("insert into nonce values (sha256('new'), now() + interval '1 minute')")
    session.execute(
        "insert into login_failure (name, peer, at) values ('a', '::1', now() - interval '2 days'),"
        " ('a', '::1', now())"
    )
    session.execute(
        "insert into good_login values ('a', '::1', now() - interval '2 days'), ('b', '::1', now())"
    )
    session.execute(
        "insert into audit (actor, action, at) values ('a', 'x', now() - interval '9 days'),"
        " ('a', 'y', now())"
    )
    retention = Retention(message_days=365, message_body_days=30, message_sealed_days=7)
    Housekeeping(engine, retention, audit_days=8, delivery_days=90, task_delivery_days=90).prune()
    assert count(session, "nonce") == 1
    assert count(session, "login_failure") == 1
    assert count(session, "good_login") == 1
    assert session.execute("select action from audit").fetchall() == [("y",)]


def test_partitions_are_made_ahead(engine, session):
    for name in bodies(session):
        session.execute(f"drop table {name}")
    Housekeeping(
        engine, Retention(), audit_days=8, delivery_days=90, task_delivery_days=90
    ).make_partitions()
    assert len(bodies(session)) == 15


def bodies(session):
    rows = session.execute(
        "select inhrelid::regclass::text from pg_inherits"
        " where inhparent = 'message_body'::regclass"
    )
    return [name for (name,) in rows.fetchall()]
