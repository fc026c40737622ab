"""``serve``: the gateway with its services, its worker and its database."""

import multiprocessing
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import click
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from gateway import compose, logs
from gateway.cli.database import own_database
from gateway.cli.first_start import prepare
from gateway.cli.options import with_settings
from gateway.cli.output import say
from gateway.errors import CannotStart
from gateway.repository.launch import die_with_parent
from gateway.settings import Http, Loaded, Settings, load

_TARGET = "gateway.cli.serve:application"
_KILL_AFTER_S = 30  # granian itself waits without end for calls in work


@click.command("serve")
@click.option("--host", help="Address to listen on (default: 127.0.0.1).")
@click.option("--port", type=int, help="Port to listen on (default: 8080).")
@click.option("--processes", type=int, help="Server processes (default: 1).")
@click.option("--no-worker", is_flag=True, help="Leave deliveries and schedules to `work`.")
@with_settings(host="http.host", port="http.port", processes="http.processes")
def verb(loaded: Loaded, *, no_worker: bool) -> None:
    """Serve all dialects and the console, and run the delivery worker beside them.

    \b
    ticket-gateway serve
    ticket-gateway serve --host 0.0.0.0 --port 80 --data /var/lib/gateway --processes 4

    Without a database address an embedded PostgreSQL runs in the data folder. SIGTERM finishes
    what is in flight. Next: ticket-gateway check
    """  # noqa: D301 - \b keeps click from joining the lines
    signal.signal(signal.SIGTERM, _leave)
    _check_port(loaded.settings.http)
    with own_database(loaded) as settings:
        prepare(settings)
        with _worker(settings, wanted=settings.worker.enabled and not no_worker):
            _announce(settings)
            _server(settings).serve()


def application() -> Any:
    """Build the ASGI application of a server process, in that process."""
    master = multiprocessing.parent_process()
    if master is not None and master.pid is not None:
        # A server process that outlives its killed master would go on answering beside the next
        # start: both may listen on the port (SO_REUSEPORT).
        die_with_parent(master.pid, signal.SIGKILL)
    logs.configure(load().settings.log.level)
    return compose.app()


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def _check_port(http: Http) -> None:
    """Refuse a port in use; the server itself would share it with another gateway."""
    try:
        family, kind, *_, address = socket.getaddrinfo(
            http.host, http.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise CannotStart(
            f"cannot listen on {http.host} port {http.port}: {error.strerror}; stop the program "
            "that uses it, or choose another with --host and --port"
        ) from None


@contextmanager
def _worker(settings: Settings, *, wanted: bool) -> Iterator[None]:
    if not wanted:
        yield
        return
    worker = compose.build_worker(settings)
    worker.start()
    try:
        yield
    finally:
        worker.stop()


def _server(settings: Settings) -> MPServer:
    http = settings.http
    return MPServer(
        _TARGET,
        factory=True,
        address=http.host,
        port=http.port,
        interface=Interfaces.ASGI,
        workers=http.processes,
        http=HTTPModes.http1,
        websockets=False,
        http1_settings=HTTP1Settings(
            header_read_timeout=int(http.header_read_s * 1000), max_buffer_size=http.header_bytes
        ),
        workers_kill_timeout=_KILL_AFTER_S,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
        log_dictconfig=logs.configuration(settings.log.level),
    )


def _announce(settings: Settings) -> None:
    """Say that calls are taken as soon as they are."""

    def wait() -> None:
        never = threading.Event()
        while not _listening(settings.http):
            never.wait(0.05)
        say(f"Gateway ready: {settings.public_url}/", style="green")

    threading.Thread(target=wait, name="announce", daemon=True).start()


def _listening(http: Http) -> bool:
    wildcards = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - not bound, called
    try:
        socket.create_connection((wildcards.get(http.host, http.host), http.port), 1).close()
    except OSError:
        return False
    return True
