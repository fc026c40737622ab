"""What the door counts for Prometheus, in a registry that the composer owns."""

from collections.abc import Callable, Iterator, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from gateway.errors import GatewayError
from gateway.usecases.ports import Backlog

# A name from outside must not become a label without bound: a caller could fill the memory.
_MOST_OPERATIONS = 500
_SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """Counters of the door."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._operations: set[tuple[str, str]] = set()
        self._requests = Counter(
            "gateway_requests",
            "Exchanges by how they ended.",
            ("dialect", "operation", "outcome"),
            registry=registry,
        )
        self._seconds = Histogram(
            "gateway_request_seconds",
            "Time from the whole body to the answer.",
            ("dialect",),
            buckets=_SECONDS,
            registry=registry,
        )
        self._refusals = Counter(
            "gateway_refusals", "Refusals by code.", ("code",), registry=registry
        )
        self._recorder = Counter(
            "gateway_recorder_failures",
            "Messages whose row could not be opened or closed.",
            registry=registry,
        )

    def watch(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        """Show a number that is asked for at each scrape."""
        Gauge(name, meaning, registry=self._registry).set_function(value)

    def watch_backlogs(self, backlogs: Callable[[], Sequence[Backlog]]) -> None:
        """Show how the deliveries of each partner stand, asked for once at each scrape."""
        self._registry.register(_Backlogs(backlogs))

    def exchange(self, dialect: str, operation: str, outcome: str, duration_s: float) -> None:
        """Count an exchange that reached its endpoint."""
        self._requests.labels(dialect, self._known(dialect, operation), outcome).inc()
        self._seconds.labels(dialect).observe(duration_s)

    def refusal(self, code: str) -> None:
        """Count a refusal, by the door or by an endpoint."""
        self._refusals.labels(code).inc()

    def recorder_failure(self) -> None:
        """Count a message row that could not be written."""
        self._recorder.inc()

    def _known(self, dialect: str, operation: str) -> str:
        name = (dialect, operation)
        if name not in self._operations:
            if len(self._operations) >= _MOST_OPERATIONS:
                return "other"
            self._operations.add(name)
        return operation


class _Backlogs(Collector):
    """Numbers of deliveries, by partner; none while the database does not answer."""

    def __init__(self, backlogs: Callable[[], Sequence[Backlog]]) -> None:
        self._backlogs = backlogs

    def describe(self) -> list[GaugeMetricFamily]:
        """Name the numbers without asking for them: nothing is connected at the start."""
        return [
            GaugeMetricFamily(name, meaning, labels=("partner",))
            for name, meaning, _ in _BACKLOG_NUMBERS
        ]

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Ask once for all of them."""
        try:
            backlogs = self._backlogs()
        except GatewayError:
            return
        for family, (_, _, number) in zip(self.describe(), _BACKLOG_NUMBERS, strict=True):
            for backlog in backlogs:
                family.add_metric([backlog.partner], number(backlog))
            yield family


_BACKLOG_NUMBERS: tuple[tuple[str, str, Callable[[Backlog], float]], ...] = (
    ("gateway_deliveries_pending", "Deliveries not yet done.", lambda one: one.depth),
    ("gateway_deliveries_oldest_seconds", "Age of the oldest of them.", lambda one: one.oldest_s),
    ("gateway_deliveries_failed", "Deliveries that wait for a decision.", lambda one: one.failed),
    ("gateway_partner_paused", "1: nothing is sent until resumed.", lambda one: one.paused),
    ("gateway_partner_circuit_open", "1: only probes are sent.", lambda one: one.open),
)
