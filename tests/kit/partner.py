"""Partners that keep a ledger of what reached them, and the runner that sends to one.

They live in the process of the test; workers reach them from any process over loopback.
"""

import json
import random
import socket
import socketserver
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from time import perf_counter
from typing import Any, Self

from gateway.usecases.ports import (
    Claimed,
    Done,
    Exchange,
    Permanent,
    Progress,
    Result,
    Retry,
    Transient,
)

QUICK = Retry(first_delay_s=0.2, maximum_s=2.0)


@dataclass(frozen=True, slots=True)
class Received:
    """One message as it arrived."""

    partner: str
    subject: str
    event: str
    payload: dict[str, Any]
    answer: str
    at_s: float

    @property
    def accepted(self) -> bool:
        """Tell whether the partner did its work, whatever became of the answer."""
        return self.answer in {"ok", "silent"}


Manner = Callable[[dict[str, Any]], str]  # gives ok, transient, permanent or silent


def good(_message: dict[str, Any]) -> str:
    return "ok"


def failing(share: float, seed: int = 1) -> Manner:
    """Fail now and then."""
    chance = random.Random(seed)
    return lambda _: "transient" if chance.random() < share else "ok"


class Partner:
    """Listens on loopback; ``manner`` decides each answer and may be changed at any time."""

    def __init__(self, manner: Manner = good, *, slow_s: float = 0.0) -> None:
        self.manner = manner
        self.received: list[Received] = []
        self._lock = threading.Lock()
        self._slow_s = slow_s
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def accepted(self) -> list[Received]:
        """Give what was accepted, in the order of arrival."""
        with self._lock:
            return [one for one in self.received if one.accepted]

    def first_deliveries(self) -> dict[tuple[str, str], list[str]]:
        """Give the events of each partner and subject in the order they were first accepted."""
        firsts: dict[tuple[str, str], dict[str, None]] = {}
        for one in self.accepted():
            firsts.setdefault((one.partner, one.subject), {}).setdefault(one.event)
        return {key: list(events) for key, events in firsts.items()}

    def count(self, answer: str) -> int:
        """Count how often it answered so."""
        with self._lock:
            return sum(one.answer == answer for one in self.received)

    def repeats(self) -> int:
        """Count what was accepted more than once, beyond the first time."""
        counts = Counter((one.partner, one.event) for one in self.accepted())
        return sum(count - 1 for count in counts.values())

    def _handler(self) -> type[socketserver.BaseRequestHandler]:
        ledger = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                with suppress(ConnectionError):  # a killed worker takes no answer
                    self._answer()

            def _answer(self) -> None:
                for line in self.rfile:
                    answer = ledger._judge(json.loads(line))
                    if answer == "silent":
                        return
                    self.wfile.write(answer.encode() + b"\n")

        return Handler

    def _judge(self, message: dict[str, Any]) -> str:
        """Keep a message and say what is answered, after a while in which the work is done."""
        answer = self._kept(message)
        threading.Event().wait(self._slow_s)
        return answer

    def _kept(self, message: dict[str, Any]) -> str:
        with self._lock:
            answer = self.manner(message)
            self.received.append(
                Received(
                    partner=message["partner"],
                    subject=message["subject"],
                    event=message["event"],
                    payload=message["payload"],
                    answer=answer,
                    at_s=perf_counter(),
                )
            )
        return answer


class HttpPartner(Partner):
    """One that is reached by REST calls; their headers tell the event."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _handler(self) -> type[socketserver.BaseRequestHandler]:
        ledger = self

        class Handler(BaseHTTPRequestHandler):
            def handle(self) -> None:
                with suppress(ConnectionError):
                    super().handle()

            def do_POST(self) -> None:
                body = self.rfile.read(length := int(self.headers["Content-Length"]))
                if len(body) < length:  # the worker was killed while it spoke
                    return
                message = json.loads(body)
                message["event"] = self.headers["X-Gateway-Event-Id"]
                message["payload"]["key"] = self.headers["Idempotency-Key"]
                answer = ledger._judge(message)
                if answer != "silent":
                    self.send_response(_STATUSES[answer])
                    self.send_header("Content-Length", "0")
                    self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing; the ledger tells what came."""

        return Handler


_STATUSES = {"ok": 200, "transient": 503, "permanent": 400}


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 64


class Sender:
    """A runner of one step: it sends the delivery to the partner's ledger."""

    def __init__(self, port: int, retry: Retry = QUICK, *, timeout_s: float = 5.0) -> None:
        self._port = port
        self._retry = retry
        self._timeout_s = timeout_s

    def run(self, delivery: Claimed, progress: Progress) -> Result:
        progress.hold()
        exchange = Exchange(step="send", request=str(delivery.event_id))
        try:
            answer = self._send(delivery)
        except OSError as error:
            return Transient(error=str(error), retry=self._retry, exchange=exchange)
        match answer:
            case "ok":
                return Done(exchange=exchange)
            case "permanent":
                return Permanent(error="refused", exchange=exchange)
            case _:
                return Transient(error=answer or "no answer", retry=self._retry, exchange=exchange)

    def _send(self, delivery: Claimed) -> str:
        message = {
            "partner": delivery.partner,
            "subject": delivery.subject,
            "event": str(delivery.event_id),
            "payload": delivery.payload,
        }
        with socket.create_connection(("127.0.0.1", self._port), self._timeout_s) as line:
            line.sendall(json.dumps(message).encode() + b"\n")
            return line.makefile().readline().strip()
