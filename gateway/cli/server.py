"""What ``serve`` runs: granian, with the application in each of its processes, and the worker."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from gateway import compose, logs
from gateway.settings import Settings, load

_TARGET = "gateway.cli.server:application"
_KILL_AFTER_S = 30  # granian itself waits without end for calls in work


def application() -> Any:
    """Build the ASGI application of a server process, in that process."""
    logs.configure(load().settings.log.level)
    return compose.app()


@contextmanager
def worker(settings: Settings) -> Iterator[None]:
    """Run the worker beside the server; its running deliveries end before it does."""
    made = compose.build_worker(settings)
    made.start()
    try:
        yield
    finally:
        made.stop()


def serve(settings: Settings) -> None:
    """Answer calls until a signal ends it."""
    # What is loaded by now is left alone by the collectors of the processes made from this one.
    gc.freeze()
    gc.enable()
    http = settings.http
    MPServer(
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
    ).serve()
