"""What every start does to its database: is it fit, is its schema new, is it the first?"""

import os
import secrets
from pathlib import Path

from pydantic import SecretStr

from gateway import storage
from gateway.cli.output import say
from gateway.errors import CannotStart
from gateway.settings import Settings
from gateway.storage import OLDEST_VERSION

_PASSWORD_FILE = "admin-password"  # noqa: S105 - its name


def prepare(settings: Settings) -> None:
    """Bring the schema up to date; on the first start also fill it and tell the password.

    Raises:
        CannotStart: too old a server, or one that may lose answered work.
    """
    _must_be_fit(settings)
    _prepare(settings)
    for defect in storage.connector_defects(settings):
        # The other dialects work; whoever calls this one is told the same.
        say(f"Webservice.InvalidConfiguration: {defect} (settings znuny.*)", style="red")


def _prepare(settings: Settings) -> None:
    if settings.admin.password.get_secret_value():
        storage.prepare(settings)
        return
    path = settings.database.data_dir / _PASSWORD_FILE
    if path.exists():
        storage.prepare(_with_password(settings, path.read_text().strip()))
        return
    password = secrets.token_urlsafe(15)
    # Written before it counts: a start that is cut off must not leave a password nobody knows.
    _write_secret(path, password)
    if storage.prepare(_with_password(settings, password)):
        say(f"First start: agent admin, password {password} (kept in {path})", style="bold")
    else:
        path.unlink()


def _must_be_fit(settings: Settings) -> None:
    facts = storage.inspect(settings)
    if facts.version < OLDEST_VERSION:
        raise CannotStart(
            f"the database is PostgreSQL {facts.version}; use {OLDEST_VERSION} or later"
        )
    if facts.unsafe and not settings.database.allow_unsafe:
        raise CannotStart(
            f"the database may lose answered work: {', '.join(facts.unsafe)} is off; switch it on "
            "in postgresql.conf, or set database.allow_unsafe for tests"
        )


def _write_secret(path: Path, secret: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secret + "\n")
        file.flush()
        os.fsync(file.fileno())


def _with_password(settings: Settings, password: str) -> Settings:
    admin = settings.admin.model_copy(update={"password": SecretStr(password)})
    return settings.model_copy(update={"admin": admin})
