"""``serve``: the gateway with its services, its worker and its database."""

import gc
import importlib
import signal
import socket
import sys
import threading
from contextlib import nullcontext
from types import FrameType

import click

from gateway.cli.database import own_database
from gateway.cli.first_start import prepare
from gateway.cli.options import with_settings
from gateway.cli.output import say
from gateway.errors import CannotStart
from gateway.settings import Http, Loaded, Settings


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
    """
    signal.signal(signal.SIGTERM, _leave)
    _check_port(loaded.settings.http)
    _load_the_rest()
    with own_database(loaded) as settings:
        from gateway.cli import server  # noqa: PLC0415 - see _load_the_rest

        prepare(settings)
        with (
            server.worker(settings) if settings.worker.enabled and not no_worker else nullcontext()
        ):
            _announce(settings)
            server.serve(settings)


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def _load_the_rest() -> None:
    """Load server and dialects, half of the start's work, while the database comes up."""
    gc.disable()  # as for every verb; the server switches it on again
    threading.Thread(
        target=importlib.import_module, args=["gateway.cli.server"], name="load", daemon=True
    ).start()


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
