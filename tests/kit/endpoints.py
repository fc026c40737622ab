"""Endpoints that do what a test tells them, and a door round them."""

import threading
from dataclasses import replace

from prometheus_client import CollectorRegistry

from gateway.clock import monotonic_s, now
from gateway.http.door import Door
from gateway.http.exchange import Answer, Outcome, Request, Stage
from gateway.http.health import Health
from gateway.http.limits import Limits
from gateway.http.metrics import Metrics
from gateway.http.recorder import Recorder
from gateway.http.routes import Route, Routes
from gateway.http.seal import Seal
from tests.kit.messages import InMemoryMessages

SOAP_TYPES = frozenset({"text/xml", "application/soap+xml"})


class Echo:
    """Answers with the body it got; waits, breaks or answers otherwise when told so."""

    def __init__(self, dialect="echo", max_body_bytes=8 * 1024 * 1024):
        self.dialect = dialect
        self.max_body_bytes = max_body_bytes
        self.requests = []
        self.gate = threading.Event()  # cleared: answers wait
        self.gate.set()
        self.failure = None
        self.at_once = 0
        self.most_at_once = 0
        self._lock = threading.Lock()

    def answer(self, request, trace):
        with self._lock:
            self.requests.append(request)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        self.gate.wait(20)
        with self._lock:
            self.at_once -= 1
        if self.failure is not None:
            raise self.failure
        trace.operation, trace.outcome, trace.stage = "Echo", Outcome.OK, Stage.DONE
        trace.stored_request = request.body.decode("latin-1")
        return Answer(200, request.body, "text/xml; charset=utf-8")

    def try_later(self, request, trace, retry_after_s):
        headers = (("Retry-After", str(retry_after_s)),)
        return Answer(503, f"<later>{trace.number}</later>".encode(), "text/xml", headers)

    def broken(self, request, trace):
        return Answer(500, f"<broken>{trace.number}</broken>".encode(), "text/xml")


def hello(request):
    """Answer a page that shows how the door understood the request."""
    return Answer(200, f"{request.method} {request.path}?{request.query}".encode(), "text/html")


class House:
    """A whole door on parts in memory."""

    def __init__(self, limits=None, *, seal=None, checks=None, **door):
        self.endpoint = Echo()
        self.large = Echo(max_body_bytes=32 * 1024 * 1024)
        self.messages = InMemoryMessages()
        self.registry = CollectorRegistry()
        self.metrics = Metrics(self.registry)
        self.seal = seal or Seal(bytes(32))
        self.recorder = Recorder(self.messages, self.seal, failed=self.metrics.recorder_failure)
        self.health = Health(checks or {}, self.registry)
        self.limits = limits or Limits()
        self.door = Door(
            Routes(
                [
                    Route(
                        path="/soap/echo",
                        endpoint=self.endpoint,
                        page=hello,
                        media_types=SOAP_TYPES,
                    ),
                    Route(path="/soap/large", endpoint=self.large, media_types=SOAP_TYPES),
                    Route(
                        path="/Workflow/Service.asmx",
                        endpoint=self.endpoint,
                        page=hello,
                        media_types=SOAP_TYPES,
                        any_case=True,
                    ),
                    Route(path="/page", page=hello),
                    *self.health.routes(),
                ]
            ),
            self.recorder,
            self.limits,
            self.metrics,
            **door,
        )


def request(body=b"<x/>", **changes):
    """Make a request as the door hands it to an endpoint."""
    plain = Request(
        method="POST",
        path="/soap/echo",
        query="",
        headers={"content-type": "text/xml"},
        body=body,
        peer="127.0.0.1",
        secure=False,
        received=now(),
        correlation_id="00000000-0000-4000-8000-000000000001",
        deadline_s=monotonic_s() + 10,
    )
    return replace(plain, **changes)
