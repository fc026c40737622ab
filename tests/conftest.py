"""Fixtures that every test may ask for."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway.repository.embedded import EmbeddedServer
from tests.kit.database import Databases, running_server
from tests.kit.keyring import Keyring, keyring
from tests.kit.logs import first_logs
from tests.kit.mail import MailServer, smtp_server


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--postgres",
        metavar="FOLDER",
        type=Path,
        help="run on the programs postgres and initdb of this folder, of another version perhaps",
    )
    parser.addoption(
        "--answers",
        action="append",
        choices=("result_code", "fault"),
        help="play the helpdesk suite with broken rules as this alone (default: both)",
    )


@pytest.fixture(scope="session", autouse=True)
def _first_logs() -> Iterator[Callable[[], None]]:
    with first_logs() as put_back:
        yield put_back


@pytest.fixture(autouse=True)
def _logs_put_back(_first_logs: Callable[[], None]) -> None:
    """Take back what verbs set up before, for other tests or for the fixtures of a module."""
    _first_logs()


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Iterator[EmbeddedServer]:
    """The embedded PostgreSQL of this test process, without fsync."""
    with running_server(request.config.getoption("--postgres")) as running:
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


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A mail server of this test's own on loopback; it keeps what it is given."""
    with smtp_server() as running:
        yield running


@pytest.fixture(scope="session")
def ring() -> Iterator[Keyring]:
    """A keyring of gpg; what asks for it is skipped where there is no gpg."""
    with keyring() as made:
        yield made
