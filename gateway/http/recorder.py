"""Keeps every message: its row exists before anybody parses it (hardening page, section 6)."""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from enum import StrEnum

import structlog

from gateway.errors import GatewayError
from gateway.http.exchange import Answer, Outcome, Request, Trace
from gateway.http.limits import KIB
from gateway.http.redact import redacted_path, redacted_query, without_keys
from gateway.http.refusals import Refusal
from gateway.http.seal import Seal
from gateway.text import mended
from gateway.usecases.ports import ClosedMessage, MessageLog, OpenedMessage

log = structlog.get_logger(__name__)

STORED_BYTES = 256 * KIB  # a side


class Mode(StrEnum):
    """What is kept of a dialect's messages; there is no way to keep nothing."""

    FULL = "full"  # request and answer
    ERRORS = "errors"  # request and answer of what did not go well
    METADATA = "metadata"  # neither


class Recorder:
    """Opens a row for each message and closes it with what became of it; called in the pool."""

    def __init__(
        self,
        log: MessageLog,
        seal: Seal,
        *,
        modes: Mapping[str, Mode] | None = None,
        failed: Callable[[], None] = lambda: None,
    ) -> None:
        self._log = log
        self._seal = seal
        self._modes = modes or {}
        self._failed = failed

    def open(self, request: Request, dialect: str) -> Trace:
        """Store the sealed request; with the storage away the log line stands in for the row."""
        kept = request.body[:STORED_BYTES] if self._mode(dialect) is not Mode.METADATA else None
        try:
            number = self._log.open(self._opened(request, dialect, kept))
        except GatewayError as error:
            self._failed()
            return self._stand_in(request, dialect, error)
        trace = Trace(str(number), dialect)
        if kept is not None and len(kept) < len(request.body):
            trace.note(f"request cut at {STORED_BYTES} bytes")
        return trace

    def unrecorded(self, dialect: str) -> Trace:
        """Make the trace of a message that has no row; its number begins with x."""
        return Trace(f"x{secrets.token_hex(8)}", dialect)

    def close(self, trace: Trace, request: Request, answer: Answer, duration_s: float) -> None:
        """Write down how a message ended; a failure is logged and counted, never raised."""
        if trace.number.startswith("x"):
            log.warning("message ended without row", **_ending(trace, answer, duration_s))
            return
        try:
            self._log.close(self._closed(trace, request, answer, duration_s))
        except GatewayError as error:
            self._failed()
            log.warning(
                "message row not closed", error=error.code, **_ending(trace, answer, duration_s)
            )

    def refused(self, request: Request, dialect: str, refusal: Refusal) -> None:
        """Keep a row without body of what the door refused."""
        trace = self.open(request, dialect)
        trace.code = refusal.code
        ours = Outcome.FAILED if refusal.ours else Outcome.REFUSED
        trace.outcome = Outcome.GONE if refusal.gone else ours
        trace.note(refusal.sentence)
        self.close(trace, request, refusal.answer(request.correlation_id), 0)

    def _mode(self, dialect: str) -> Mode:
        return self._modes.get(dialect, Mode.FULL)

    def _opened(self, request: Request, dialect: str, kept: bytes | None) -> OpenedMessage:
        query = f"?{redacted_query(request.query)}" if request.query else ""
        return OpenedMessage(
            received=request.received,
            dialect=dialect,
            peer=request.peer,
            method=request.method,
            path=redacted_path(request.path) + query,
            size=len(request.body),
            sha256=hashlib.sha256(request.body).digest(),
            correlation_id=request.correlation_id,
            sealed=self._seal.seal(kept, request.correlation_id.encode()) if kept else None,
        )

    def _stand_in(self, request: Request, dialect: str, error: GatewayError) -> Trace:
        trace = self.unrecorded(dialect)
        log.warning(
            "message without row",
            error=error.code,
            number=trace.number,
            dialect=dialect,
            peer=request.peer,
            path=redacted_path(request.path),
            size=len(request.body),
            sha256=hashlib.sha256(request.body).hexdigest(),
            correlation_id=request.correlation_id,
        )
        return trace

    def _closed(
        self, trace: Trace, request: Request, answer: Answer, duration_s: float
    ) -> ClosedMessage:
        shown_request, shown_answer = self._sides(trace, answer)
        return ClosedMessage(
            number=int(trace.number),
            received=request.received,
            operation=trace.operation,
            account_id=trace.account_id,
            soap_version=trace.soap_version,
            stage=trace.stage,
            outcome=trace.outcome,
            code=trace.code,
            status=answer.status,
            ticket_id=trace.ticket_id,
            duration_ms=round(duration_s * 1000),
            answer_size=len(answer.body),
            request=shown_request,
            answer=shown_answer,
            notes=tuple(trace.notes),
        )

    def _sides(self, trace: Trace, answer: Answer) -> tuple[str | None, str | None]:
        """Give request and answer as they are kept; an empty request drops the sealed one."""
        mode = self._mode(trace.dialect)
        if mode is Mode.METADATA:
            return "", None
        if mode is Mode.ERRORS and trace.outcome is Outcome.OK:
            return "", None
        request = trace.stored_request
        shown = trace.stored_answer
        if shown is None:
            shown = answer.body.decode("utf-8", "replace")
        return None if request is None else _cut(request, "request", trace), _cut(
            shown, "answer", trace
        )


def _cut(text: str, side: str, trace: Trace) -> str:
    text = without_keys(text)
    try:
        content = text.encode()
    except UnicodeEncodeError:  # JSON can name half a character, and the row is to be closed
        text = mended(text)
        content = text.encode()
    if len(content) <= STORED_BYTES:
        return text
    digest = hashlib.sha256(content).hexdigest()
    trace.note(f"{side} cut at {STORED_BYTES} of {len(content)} bytes, SHA-256 {digest}")
    return content[:STORED_BYTES].decode("utf-8", "ignore")


def _ending(trace: Trace, answer: Answer, duration_s: float) -> dict[str, object]:
    return {
        "number": trace.number,
        "dialect": trace.dialect,
        "operation": trace.operation,
        "account": trace.account,
        "stage": trace.stage.name.lower(),
        "outcome": trace.outcome.name.lower(),
        "code": trace.code,
        "status": answer.status,
        "ms": round(duration_s * 1000),
    }
