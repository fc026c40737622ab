"""The desk over real HTTP: SOAP, REST and the commands below ``/sim/``."""

import json
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from tests.kit.simulator import contract
from tests.kit.simulator.callbacks import Callbacks, NoProof
from tests.kit.simulator.chaos import WORKING, Chaos, Switch
from tests.kit.simulator.commands import command
from tests.kit.simulator.desk import Desk, Incident, Numbers, UnknownIncident
from tests.kit.simulator.mischief import Reply, misbehave
from tests.kit.simulator.proof import Proof

_MOST_BODY = 64 * 1024 * 1024
_JSON = "application/json"


@dataclass(slots=True)
class Page:
    """An answer that stands ready at a path, whatever is asked."""

    body: bytes
    media_type: str = "text/xml; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Gauge:
    """Counts the calls that are in work, and keeps the most there ever were."""

    def __init__(self) -> None:
        self.most = 0
        self._now = 0
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._now -= 1


class Simulator:
    """A service provider on loopback; its parts may be changed at any time."""

    def __init__(
        self,
        *,
        port: int = 0,
        gateway: str = "",
        login: tuple[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
        host: str = "127.0.0.1",
    ) -> None:
        self.desk = Desk(self._created)
        self.chaos = Switch()
        self.proof = Proof()
        self.callbacks = Callbacks(gateway, login) if gateway else None
        self.pages: dict[str, Page] = {}  # by path and query
        self.slow_s = 1.0
        self.asked: list[tuple[str, str]] = []  # method and target of everything that came
        self.at_once = Gauge()
        self.stopping = threading.Event()
        simulator = self

        class Handler(_Handler):
            of = simulator

        self._server = _Server((host, port), Handler)
        self._server.tls = tls
        scheme = "https" if tls else "http"
        self.port: int = self._server.server_address[1]
        self.url = f"{scheme}://{host}:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def close(self) -> None:
        """Give the port back without having begun."""
        self._server.server_close()

    def calm(self) -> None:
        """Behave well, want no proof, forget everything."""
        self.chaos.off()
        self.proof = Proof()
        self.pages.clear()
        self.asked.clear()
        self.at_once = Gauge()
        self.desk.forget()
        self.desk.numbers = Numbers.ANSWER

    def incident(self, number: str = "") -> Incident:
        """Give an incident, or the newest one.

        Raises:
            UnknownIncident: there is none.
        """
        if not number and self.desk.incidents:
            return list(self.desk.incidents.values())[-1]
        if number not in self.desk.incidents:
            raise UnknownIncident(number)
        return self.desk.incidents[number]

    def _created(self, incident: Incident) -> None:
        # After the answer: the gateway still waits for it, and would keep its own task locked.
        if self.desk.numbers is Numbers.LATER and self.callbacks is not None:
            threading.Timer(0.1, self._acknowledge, (incident,)).start()

    def _acknowledge(self, incident: Incident) -> None:
        assert self.callbacks is not None
        with suppress(OSError, NoProof):  # the gateway went away meanwhile
            self.callbacks.acknowledge(incident)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    tls: ssl.SSLContext | None = None

    def finish_request(self, request: Any, client_address: Any) -> None:
        if self.tls is None:
            super().finish_request(request, client_address)
            return
        request.settimeout(10)
        with self.tls.wrap_socket(request, server_side=True) as wrapped:
            super().finish_request(wrapped, client_address)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: callers that break off, and refused handshakes, are part of the play."""


class _Handler(BaseHTTPRequestHandler):
    of: Simulator
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._handled()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = do_GET  # noqa: N815 - the names that http.server looks for

    def log_message(self, *_: object) -> None:
        """Say nothing; the ledger tells what came."""

    def _handled(self) -> None:
        self.close_connection = True
        path = urlsplit(self.path).path
        if path.startswith("/sim/"):
            self._reply(command(self.of, self.command, self.path, self._body()))
            return
        self.of.asked.append((self.command, self.path))
        if self.path in self.of.pages:
            page = self.of.pages[self.path]
            self._reply(Reply(page.status, page.media_type, page.body, page.headers))
        elif path == contract.PATH and self.command == "GET":
            address = f"{self.of.url}{contract.PATH}"
            self._reply(Reply(200, "text/xml; charset=utf-8", contract.wsdl(address)))
        else:
            with self.of.at_once:
                self._worked(path)

    def _worked(self, path: str) -> None:
        chaos = self.of.chaos.next()
        if chaos is Chaos.REFUSE:
            misbehave(chaos, self, None, self.of)
            return
        body = self._body()
        version = _version(body)
        if not self.of.proof.holds(self.headers, body):  # type: ignore[arg-type] # a Message
            self._reply(_refused(version))
        elif chaos is None:
            self._reply(self._work(path, body, ""))
        elif chaos in WORKING:
            misbehave(chaos, self, self._work(path, body, chaos), self.of)
        else:
            head = contract.head(self.headers, {})  # type: ignore[arg-type] # a Message
            self.of.desk.turned_away(self.command, head, chaos)
            misbehave(chaos, self, None, self.of, version)

    def _work(self, path: str, body: bytes, chaos: str) -> Reply:
        if path == contract.PATH:
            return self._soap(body, chaos)
        parts = [unquote(part) for part in path.strip("/").split("/")]
        match (self.command, parts):
            case ("POST", ["v2", "incidents", number, "notes"]):
                return self._rest(self.of.desk.note, number, body, chaos)
            case ("PUT", ["v2", "incidents", number, "state"]):
                return self._rest(self.of.desk.state, number, body, chaos)
            case ("GET", ["v2", "incidents", number]) if number in self.of.desk.incidents:
                return _json(200, {"number": number})
        return _json(404, {"error": "no such place"})

    def _soap(self, body: bytes, chaos: str) -> Reply:
        try:
            version, operation, data = contract.read(body)
        except contract.NoCall:
            return Reply(400, "text/plain", b"no SOAP call")
        media_type = f"{contract.MEDIA_TYPES[version]}; charset=utf-8"
        if operation == "Tell":
            return Reply(202, media_type, b"")
        head = contract.head(self.headers, data)  # type: ignore[arg-type] # a Message
        incident = self.of.desk.create(head, data, chaos)
        shown = incident.number if self.of.desk.numbers is Numbers.ANSWER else ""
        return Reply(200, media_type, contract.answer(version, shown))

    def _rest(self, act: Any, number: str, body: bytes, chaos: str) -> Reply:
        try:
            data = json.loads(body)
        except ValueError:
            return _json(400, {"error": "no JSON"})
        try:
            new = act(contract.head(self.headers, data), number, data, chaos)
        except UnknownIncident:
            return _json(404, {"error": "unknown incident"})
        return _json(201 if new else 409, {"number": number, "new": new})

    def _body(self) -> bytes:
        length = int(self.headers.get("Content-Length") or 0)
        return self.rfile.read(min(length, _MOST_BODY))

    def _reply(self, reply: Reply) -> None:
        self.wfile.write(reply.bytes())


def _version(body: bytes) -> str:
    """Tell the SOAP version of a call; empty: it is no SOAP."""
    found = (v for v, ns in contract.ENVELOPES.items() if ns.encode() in body[:1000])
    return next(found, "")


def _refused(version: str) -> Reply:
    if not version:
        return _json(401, {"error": "who are you?"})
    return Reply(500, "text/xml", contract.fault(version, ours=False, text="who are you?"))


def _json(status: int, data: object) -> Reply:
    return Reply(status, _JSON, json.dumps(data).encode())
