"""A server that writes with fsync, a ledger, and how often a fault is repeated."""

import os
import random
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.repository.embedded import EmbeddedServer
from tests.fault.callers import Caller, Crowd, found_in, save_one
from tests.kit import web
from tests.kit.database import Databases
from tests.kit.ledger import Ledger, Outcome
from tests.kit.proxy import DatabaseProxy
from tests.kit.serving import Serving

# One account may otherwise make 8 calls at once and 200 a second.
UNHURRIED = {
    "GATEWAY_LOGIN__CALLS_AT_ONCE": "1000",
    "GATEWAY_LOGIN__CALLS_PER_S": "100000",
    "GATEWAY_LOGIN__CALLS_BURST": "100000",
}

SEED = int(os.environ.get("GATEWAY_FAULT_SEED", "7"))  # noqa: TID251 - the long form is asked for so


@pytest.fixture
def rounds():
    """Give how often to repeat: the short form's number, unless the long form asks for more."""
    asked = int(os.environ.get("GATEWAY_FAULT_ROUNDS", "0"))  # noqa: TID251 - so is this
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


@dataclass
class Stand:
    """A gateway on an external database behind a proxy, and the ledger of all its callers."""

    gateway: Serving
    proxy: DatabaseProxy
    database: str
    ledger: Ledger
    chance: random.Random

    @property
    def address(self):
        return "127.0.0.1", self.gateway.port

    def caller(self):
        return Caller(self.address)

    def crowd(self, **how):
        return Crowd(self.ledger, self.address, **how)

    def save(self):
        """Save one new ticket over a connection of its own."""
        return save_one(self.ledger, self.address, self.chance)

    def serves(self):
        """Tell whether a save succeeds."""
        return self.save().outcome is Outcome.ACKNOWLEDGED

    def metric(self, name):
        """Give one of the gateway's own numbers."""
        lines = web.get(f"{self.gateway.url}/metrics").text.splitlines()
        (line,) = [line for line in lines if line.startswith(f"{name} ")]
        return float(line.split()[1])

    def reckon(self):
        """Compare everything that callers were told so far with what is there."""
        report = self.ledger.report(found_in(self.database))
        print(report)  # noqa: T201 - the figures of the run
        assert report.holds, str(report)
        return report


@pytest.fixture(scope="module")
def stand(durable_databases):
    with (
        tempfile.TemporaryDirectory(prefix="gw-") as folder,
        durable_databases.migrated() as url,
        DatabaseProxy(url) as proxy,
        Ledger(Path(folder) / "ledger", SEED) as ledger,
        Serving(
            Path(folder) / "data", "--no-worker", GATEWAY_DATABASE_URL=proxy.url, **UNHURRIED
        ) as gateway,
    ):
        yield Stand(gateway, proxy, url, ledger, random.Random(SEED))


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
