"""Fixtures that every test may ask for."""

from collections.abc import Iterator

import pytest

from gateway.repository.embedded import EmbeddedServer
from tests.kit.database import Databases, running_server


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedServer]:
    """The embedded PostgreSQL of this test process, without fsync."""
    with running_server() as running:
        yield running


@pytest.fixture(scope="session")
def databases(server: EmbeddedServer) -> Databases:
    return Databases(server)


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """A migrated and seeded database of this test's own."""
    with databases.migrated() as url:
        yield url


@pytest.fixture
def empty_database_url(databases: Databases) -> Iterator[str]:
    """A database of this test's own, without a schema."""
    with databases.empty() as url:
        yield url
