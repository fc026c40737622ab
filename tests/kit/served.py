"""The door on parts in memory under a real server, for tests that speak to it over a socket."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

from gateway.http.exchange import Answer, Outcome, Stage
from gateway.http.limits import Limits
from gateway.http.routes import Route, Routes
from tests.kit.endpoints import SOAP_TYPES, Echo, House
from tests.kit.sockets import exchange

# Short times, so that a test of a time-out takes a moment; sizes are the product's.
SHORT = Limits(body_s=1.6, body_gap_s=0.6, read_on_s=0.5)


class Slow(Echo):
    """Answers after a second."""

    def answer(self, request, trace):
        time.sleep(1)  # noqa: TID251 - stands for work that takes its time
        return super().answer(request, trace)


def app():
    """Build the application; the server calls it in its own process."""
    house = House(SHORT)

    def rows(request):
        for number, opened in list(house.messages.opened.items()):
            if opened.correlation_id == request.query and number in house.messages.closed:
                return _json(_shown(opened, house.messages.closed[number]))
        return Answer(404, b"", "text/plain")

    def state(_request):
        pool = house.door._pool
        held = house.door._held.bytes
        finished = len(house.messages.closed)
        return _json({"in_use": pool.in_use, "held": held, "finished": finished})

    routes = [Route(path="/soap/slow", endpoint=Slow(), media_types=SOAP_TYPES)]
    routes += [
        Route(path="/rows", page=rows, apart=True),
        Route(path="/state", page=state, apart=True),
    ]
    house.door._routes = Routes([*house.door._routes._exact.values(), *routes])
    return house.door


def _json(value):
    return Answer(200, json.dumps(value).encode(), "application/json")


def _shown(opened, closed):
    return {
        "path": opened.path,
        "peer": opened.peer,
        "size": opened.size,
        "stage": Stage(closed.stage).name,
        "outcome": Outcome(closed.outcome).name,
        "code": closed.code,
        "status": closed.status,
    }


class Served:
    """A running server."""

    def __init__(self, address, process):
        self.address = address
        self.process = process

    def get(self, target):
        """Get a page."""
        head = f"GET {target} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
        return exchange(self.address, head.encode())

    def state(self):
        """Tell what the door has in work."""
        return json.loads(self.get("/state").body)

    def row(self, correlation_id, wait_s=3.0):
        """Give the closed row of an exchange."""
        end = time.monotonic() + wait_s
        while time.monotonic() < end:
            reply = self.get(f"/rows?{correlation_id}")
            if reply.status == 200:
                return json.loads(reply.body)
        raise AssertionError(f"no closed row of {correlation_id}")


@contextmanager
def served(target="tests.kit.served:app"):
    """Run a server on a free port of loopback, with the settings of ``serve``."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "granian", "--interface", "asgi", "--factory",
        "--http", "1", "--no-ws", "--host", "127.0.0.1", "--port", str(port),
        "--http1-buffer-size", "32768",
        "--http1-header-read-timeout", "2000", "--workers-kill-timeout", "30",
        "--log-level", "warning", target,
    ]  # fmt: skip
    process = subprocess.Popen(command, start_new_session=True)
    server = Served(("127.0.0.1", port), process)
    try:
        _wait(server)
        yield server
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(10)


def _wait(server):
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            if server.get("/health/live").status == 200:
                return
        except OSError:
            time.sleep(0.05)  # noqa: TID251 - another process starts
    raise AssertionError("the server does not start")
