"""One exchange in the pool: row, endpoint, row, and the last resort around them."""

import traceback
from http import HTTPStatus

import structlog

from gateway.clock import monotonic_s
from gateway.http.exchange import Answer, Endpoint, Outcome, Request, Stage, Trace
from gateway.http.metrics import Metrics
from gateway.http.pace import Pace
from gateway.http.recorder import Recorder
from gateway.http.refusals import INTERNAL

log = structlog.get_logger(__name__)


class Work:
    """The work on one request; ``run`` is called in a thread, all else in the event loop."""

    def __init__(
        self, request: Request, endpoint: Endpoint, recorder: Recorder, metrics: Metrics, pace: Pace
    ) -> None:
        self._request = request
        self._endpoint = endpoint
        self._recorder = recorder
        self._metrics = metrics
        self._pace = pace
        self._trace: Trace | None = None  # None until its row is open
        self._abandoned = False

    def run(self) -> Answer:
        """Open the row, ask the endpoint, close the row, in this order whatever happens."""
        begin = monotonic_s()
        trace = self._trace = self._opened()
        if self._abandoned:
            trace.give_up()
        with self._pace.call():
            answer = self._answer(trace)
        _conclude(trace, answer)
        if self._abandoned:
            trace.note("the caller was told to try later before this outcome was known")
        duration_s = monotonic_s() - begin
        self._close(trace, answer, duration_s)
        self._count(trace, duration_s)
        return answer

    def abandon(self, retry_after_s: int) -> Answer | None:
        """Tell the caller to try later, unless a commit has begun; the row will say so, too."""
        self._abandoned = True  # first, so that a row that opens now sees it
        if self._trace is not None and not self._trace.give_up():
            self._abandoned = False
            return None
        return self._endpoint.try_later(self._request, self._twin(), retry_after_s)

    def unknown(self) -> Answer:
        """Answer for a commit that takes too long; makes no claim that nothing was changed."""
        return self._endpoint.broken(self._request, self._twin())

    def _twin(self) -> Trace:
        """Make a trace of the same number: the other one belongs to the thread that works."""
        twin = self._recorder.unrecorded(self._endpoint.dialect)
        if self._trace is not None:
            twin.number, twin.soap_version = self._trace.number, self._trace.soap_version
        return twin

    def _opened(self) -> Trace:
        dialect = self._endpoint.dialect
        if not dialect:
            return self._recorder.unrecorded(dialect)
        try:
            return self._recorder.open(self._request, dialect)
        except Exception as error:  # noqa: BLE001 - last resort: the log never stops a request
            log_unforeseen(error, self._request.correlation_id)
            return self._recorder.unrecorded(dialect)

    def _answer(self, trace: Trace) -> Answer:
        try:
            return self._endpoint.answer(self._request, trace)
        except Exception as error:  # noqa: BLE001 - last resort
            log_unforeseen(error, self._request.correlation_id)
            trace.outcome, trace.code = Outcome.FAILED, INTERNAL.code
            return self._endpoint.broken(self._request, trace)

    def _close(self, trace: Trace, answer: Answer, duration_s: float) -> None:
        if not trace.dialect:
            return
        try:
            self._recorder.close(trace, self._request, answer, duration_s)
        except Exception as error:  # noqa: BLE001 - last resort: the work is done already
            log_unforeseen(error, self._request.correlation_id)

    def _count(self, trace: Trace, duration_s: float) -> None:
        outcome = trace.outcome.name.lower()
        self._metrics.exchange(trace.dialect, trace.operation, outcome, duration_s)
        if trace.code:
            self._metrics.refusal(trace.code)


def _conclude(trace: Trace, answer: Answer) -> None:
    """Fill in what an endpoint may leave open: the outcome, and the last stage."""
    if trace.outcome is Outcome.RUNNING:
        failed = answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        bad = Outcome.FAILED if failed else Outcome.REFUSED
        trace.outcome = bad if answer.status >= HTTPStatus.BAD_REQUEST else Outcome.OK
    if trace.outcome is Outcome.OK:
        trace.stage = Stage.ANSWERED


def log_unforeseen(error: Exception, correlation_id: str) -> None:
    """Log where an exception came from, without its text: that may repeat a caller's secret."""
    frames = [
        f"{frame.name} in {frame.filename}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    log.error(
        "unforeseen exception",
        error=type(error).__name__,
        frames=frames[-20:],
        correlation_id=correlation_id,
    )
