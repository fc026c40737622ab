"""One embedded server for a test process, and databases cloned from a migrated template."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from gateway.repository.embedded import EmbeddedServer
from gateway.repository.migrations import upgrade
from gateway.repository.seed import seed

ADMIN_PASSWORD = "correct horse battery staple"
# Argon2id of ADMIN_PASSWORD with the cheapest parameters: a test may log in a thousand times.
ADMIN_HASH = (
    "$argon2id$v=19$m=8,t=1,p=1$7QYj+FBypbk+Q25pz6oywA$MIaPpdDZRgrkkI0tC0e+uig0V6e33zDGDodqrxwJIAA"
)


class Databases:
    """The databases of one server: a template that is migrated and seeded once, and its clones."""

    def __init__(self, server: EmbeddedServer) -> None:
        self._server = server
        self._template: str | None = None
        self._numbers = count(1)

    @contextmanager
    def empty(self) -> Iterator[str]:
        """Lend a database without a schema."""
        yield from self._lent(f"empty_{next(self._numbers)}", "template1")

    @contextmanager
    def migrated(self) -> Iterator[str]:
        """Lend a database with schema and first rows."""
        if self._template is None:
            self._template = self._made_template()
        yield from self._lent(f"clone_{next(self._numbers)}", self._template)

    def _lent(self, name: str, template: str) -> Iterator[str]:
        # Whole files are copied sooner than their pages are logged.
        self._run(f"create database {name} template {template} strategy file_copy")
        try:
            yield self._url(name)
        finally:
            self._run(f"drop database {name} with (force)")

    def _made_template(self) -> str:
        self._run("create database pattern")
        upgrade(self._url("pattern"))
        seed(self._url("pattern"), ADMIN_HASH)
        return "pattern"

    def _url(self, name: str) -> str:
        return urlunsplit(urlsplit(self._server.url)._replace(path=f"/{name}"))

    def _run(self, statement: str) -> None:
        with psycopg.connect(driver_url(self._server.url), autocommit=True) as session:
            session.execute(statement)


def driver_url(url: str) -> str:
    """Turn an SQLAlchemy address into one for psycopg itself."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


@contextmanager
def running_server(binaries: Path | None = None) -> Iterator[EmbeddedServer]:
    """Run a server that forgets everything in a power cut, in a folder of its own."""
    with (
        tempfile.TemporaryDirectory(prefix="gateway-test-") as folder,
        EmbeddedServer(Path(folder) / "data", binaries=binaries, durable=False) as server,
    ):
        yield server
