"""Sends prebuilt requests over kept connections from a process of its own.

One job a line on standard input, as JSON; the latencies come back the same way. One thread serves
all connections, so that the driver costs as little of the machine as it can.
"""

import base64
import json
import selectors
import socket
import subprocess
import sys
import uuid
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import Any, Self

from tests.kit.children import ROOT
from tests.kit.gateway import HELPDESK

FRESH = b"{00000000-0000-4000-8000-000000000000}"  # is replaced by an id of its own in each call


@dataclass(frozen=True, slots=True)
class Job:
    """What to send, from how many connections, for how long, and each body once at least or not."""

    port: int
    bodies: tuple[str, ...]  # sent in turn
    clients: int
    seconds: float
    login: tuple[str, str]
    all_of_them: bool = False
    method: str = "POST"
    paths: tuple[str, ...] = (HELPDESK,)  # one of all bodies, or one of each
    media_type: str = "text/xml; charset=utf-8"
    good: str = "ResultCode>0<"  # what a good answer holds


class Driver:
    """The process that sends."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.driver"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def run(self, job: Job) -> list[float]:
        """Do a job and give the seconds of each call."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(asdict(job)) + "\n")
        self._process.stdin.flush()
        seconds: list[float] = json.loads(self._process.stdout.readline())
        return seconds


class _Connection:
    """One kept connection with at most one call on its way."""

    def __init__(self, port: int, good: bytes) -> None:
        self._good = good
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._answer = b""
        self._wanted = 0
        self._sent_s = 0.0

    def send(self, request: bytes) -> None:
        self._answer, self._wanted = b"", 0
        self._sent_s = perf_counter()
        self.socket.sendall(request)

    def received(self) -> float | None:
        """Take what has come; give the seconds of the call when that was all of it."""
        piece = self.socket.recv(1 << 18)
        if not piece:
            raise ConnectionError("closed by the server")
        self._answer += piece
        if not self._wanted and b"\r\n\r\n" in self._answer:
            head, _, _ = self._answer.partition(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            self._wanted = len(head) + 4 + length
        if not self._wanted or len(self._answer) < self._wanted:
            return None
        if not self._answer.startswith(b"HTTP/1.1 200") or self._good not in self._answer:
            raise ValueError(self._answer[:2000])
        return perf_counter() - self._sent_s


def _done(job: dict[str, Any]) -> list[float]:
    token = base64.b64encode(":".join(job["login"]).encode()).decode()
    requests = [
        _request(body.encode(), token, job, job["paths"][place % len(job["paths"])])
        for place, body in enumerate(job["bodies"])
    ]
    good = job["good"].encode()
    connections = [_Connection(job["port"], good) for _ in range(job["clients"])]
    waiting = selectors.DefaultSelector()
    turn, seconds = 0, []
    least = len(requests) if job["all_of_them"] else 0
    for connection in connections:
        waiting.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send(_fresh(requests[turn % len(requests)]))
        turn += 1
    end = perf_counter() + job["seconds"]
    open_calls = len(connections)
    while open_calls:
        for key, _ in waiting.select():
            taken = key.data.received()
            if taken is None:
                continue
            seconds.append(taken)
            if perf_counter() < end or turn < least:
                key.data.send(_fresh(requests[turn % len(requests)]))
                turn += 1
            else:
                open_calls -= 1
    for connection in connections:
        connection.socket.close()
    return seconds


def _request(body: bytes, token: str, job: dict[str, Any], path: str) -> bytes:
    return (
        f"{job['method']} {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: {job['media_type']}\r\n"
        f"Authorization: Basic {token}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def _fresh(request: bytes) -> bytes:
    return request.replace(FRESH, f"{{{uuid.uuid4()}}}".upper().encode(), 1)


def main() -> None:
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_done(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
