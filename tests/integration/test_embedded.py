"""The embedded PostgreSQL: what a start, a stop and a second process may rely on."""

import psycopg

from tests.kit.database import driver_url


def test_an_empty_database_is_lent(empty_database_url):
    with psycopg.connect(driver_url(empty_database_url)) as session:
        assert session.execute(
            "select count(*) from pg_tables where schemaname = 'public'"
        ).fetchone() == (0,)
