"""A server that writes with fsync, a ledger, and how often a fault is repeated."""

import os
import tempfile
from pathlib import Path

import pytest

from gateway.repository.embedded import EmbeddedServer
from tests.fault.callers import found_in
from tests.kit.database import Databases
from tests.kit.ledger import Ledger
from tests.kit.proxy import DatabaseProxy

SEED = int(os.environ.get("GATEWAY_FAULT_SEED", "7"))  # noqa: TID251 - the long form is asked for so


@pytest.fixture
def rounds():
    """Give how often to repeat: the short form's number, unless the long form asks for more."""
    asked = int(os.environ.get("GATEWAY_FAULT_ROUNDS", "0"))  # noqa: TID251
    return lambda short: max(short, asked)


@pytest.fixture(scope="session")
def durable_server():
    """A server of its own for external databases: it keeps what it answered."""
    with (
        tempfile.TemporaryDirectory(prefix="gw-") as folder,
        EmbeddedServer(Path(folder) / "data") as server,
    ):
        yield server


@pytest.fixture(scope="session")
def durable_databases(durable_server):
    return Databases(durable_server)


@pytest.fixture
def database(durable_databases):
    """Give the address of a migrated database, without a proxy."""
    with durable_databases.migrated() as url:
        yield url


@pytest.fixture
def proxy(database):
    """Stand between a gateway and that database."""
    with DatabaseProxy(database) as between:
        yield between


@pytest.fixture
def data_dir():
    with tempfile.TemporaryDirectory(prefix="gw-") as folder:
        yield Path(folder) / "data"


@pytest.fixture
def ledger(data_dir):
    with Ledger(data_dir.parent / "ledger", SEED) as kept:
        yield kept


@pytest.fixture
def reckon(ledger):
    """Give what compares the ledger with a database, prints the report and insists on it."""

    def reckoned(database_url):
        report = ledger.report(found_in(database_url))
        print(report)  # noqa: T201 - the figures of the run
        assert report.holds, str(report)
        return report

    return reckoned
