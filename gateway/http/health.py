"""What load balancers and Prometheus ask: alive, ready, numbers."""

import json
import threading
from collections.abc import Callable, Mapping

from prometheus_client import CollectorRegistry, generate_latest

from gateway.clock import monotonic_s
from gateway.errors import GatewayError
from gateway.http.exchange import Answer, Request
from gateway.http.routes import Route

Check = Callable[[], str | None]  # the reason why not, or None

_FRESH_S = 1.0
_HANGS_S = 5.0  # a check that takes longer says that what it asks does not answer


class Health:
    """Answers about the state of this process; in no case does one probe wait for another."""

    def __init__(self, checks: Mapping[str, Check], registry: CollectorRegistry) -> None:
        self._checks = checks
        self._registry = registry
        self._checking = threading.Lock()
        self._reasons: dict[str, str] = dict.fromkeys(checks, "not checked yet")
        self._checked_s = float("-inf")
        self._begun_s = float("inf")  # when the check began that is going on

    def routes(self) -> tuple[Route, ...]:
        """Give the routes, apart from the pool."""
        return (
            Route(path="/health/live", page=self.live, apart=True),
            Route(path="/health/ready", page=self.ready, apart=True),
            Route(path="/metrics", page=self.metrics, apart=True),
        )

    def live(self, _request: Request) -> Answer:
        """Answer that the process answers."""
        return _json(200, {"status": "live"})

    def ready(self, _request: Request) -> Answer:
        """Tell whether requests would be served, and else why not."""
        # One check at a time, and the last result for all others: a storage that hangs must not
        # take the threads away from the question whether the process lives.
        if self._checking.acquire(blocking=False):
            self._begun_s = monotonic_s()
            try:
                self._refresh()
            finally:
                self._begun_s = float("inf")
                self._checking.release()
        reasons = self._reasons
        if monotonic_s() - self._begun_s > _HANGS_S:
            reasons = dict.fromkeys(self._checks, "the check does not end")
        if reasons:
            return _json(503, {"status": "not ready", "reasons": reasons})
        return _json(200, {"status": "ready"})

    def metrics(self, _request: Request) -> Answer:
        """Write all numbers in the text form of Prometheus."""
        return Answer(200, generate_latest(self._registry), "text/plain; version=0.0.4")

    def _refresh(self) -> None:
        if monotonic_s() - self._checked_s < _FRESH_S:
            return
        found = {name: _reason(check) for name, check in self._checks.items()}
        self._reasons = {name: reason for name, reason in found.items() if reason is not None}
        self._checked_s = monotonic_s()


def _reason(check: Check) -> str | None:
    try:
        return check()
    except GatewayError as error:
        return error.sentence


def _json(status: int, value: object) -> Answer:
    return Answer(status, json.dumps(value).encode() + b"\n", "application/json")
