"""The REST face: from path, query and JSON body to an operation, and its answer as JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any

from gateway.clock import monotonic_s
from gateway.dialects.znuny import credentials, queries, results, routes
from gateway.dialects.znuny.desk import ZnunyDesk
from gateway.dialects.znuny.faults import internal
from gateway.dialects.znuny.job import Job
from gateway.dialects.znuny.operations import HANDLERS, carry_out
from gateway.dialects.znuny.refusals import Refused
from gateway.dialects.znuny.routes import RestService
from gateway.dialects.znuny.values import tidy
from gateway.errors import (
    DeadlinePassed,
    GatewayError,
    Malformed,
    TooManyRequests,
    TryLater,
)
from gateway.http.exchange import Answer, Outcome, Request, Stage, Trace
from gateway.http.json_body import JsonCaps, read_object_or_nothing
from gateway.http.redact import is_secret, redacted_json
from gateway.http.refusals import INTERNAL, Refusal

_MEDIA_TYPE = "application/json; charset=UTF-8"
_BINARY = frozenset({"content"})
_WITHOUT_BODY = frozenset({"GET", "HEAD"})
_CHALLENGE = ("WWW-Authenticate", 'X-OTRS-Header realm="GenericInterface"')
_BY_QUERY = frozenset({*credentials.FIELDS, credentials.IMPERSONATE})

# The status of a business error where the operator wants one (contract section 3.4).
_STATUS: Mapping[str, HTTPStatus] = {
    "AuthFail": HTTPStatus.UNAUTHORIZED,
    "SessionInvalid": HTTPStatus.UNAUTHORIZED,
    "AccessDenied": HTTPStatus.FORBIDDEN,
    "NoPermission": HTTPStatus.FORBIDDEN,
    "NotFound": HTTPStatus.NOT_FOUND,
    "NotUnique": HTTPStatus.CONFLICT,
    "AlreadyExists": HTTPStatus.CONFLICT,
    "Webservice.InvalidConfiguration": HTTPStatus.INTERNAL_SERVER_ERROR,
}
# What goes wrong before an operation is reached, by status: code and message.
_TRANSPORT: Mapping[int, tuple[str, str]] = {
    404: ("Request.RouteNotFound", "There is no such route."),
    405: ("Request.MethodNotAllowed", "The route does not take this method."),
    413: ("Request.TooLarge", "The body is too large."),
    415: ("Request.UnsupportedMediaType", "Send application/json in UTF-8."),
    429: ("Request.Throttled", "Too many requests."),
    503: ("Request.Unavailable", "The service cannot answer now."),
}
_INVALID_JSON = "Request.InvalidJSON"
_INTERNAL = "Request.Internal"


def refused_by_door(refusal: Refusal, correlation_id: str) -> Answer:
    """Give a refusal of the door as this face does; what has no code here stays a line of text."""
    found = _TRANSPORT.get(refusal.status)
    if found is None:
        return refusal.answer(correlation_id)
    return _answer(refusal.status, _error(*found), refusal.headers)


@dataclass(frozen=True, slots=True)
class RestEndpoint:
    """Answers the requests of one REST service below one address."""

    service: RestService
    address: str  # path of the service
    desk: ZnunyDesk
    caps: JsonCaps

    @property
    def dialect(self) -> str:
        """Name the dialect of its messages."""
        return "znuny"

    @property
    def max_body_bytes(self) -> int:
        """Give the largest body."""
        return self.service.max_body_bytes

    def answer(self, request: Request, trace: Trace) -> Answer:
        """Answer one request; raises only what is unforeseen."""
        found = routes.find(self.service, request.path[len(self.address) :])
        if found is None:
            return _refused(404, "GW-105", trace)
        operation = found.operations.get(request.method, "")
        if operation not in HANDLERS:
            allowed = ", ".join(sorted(found.operations))
            return _refused(405, "GW-101", trace, (("Allow", allowed),))
        trace.operation = operation
        try:
            return self._carried_out(request, trace, operation, found.parameters)
        except GatewayError as error:
            return _failed(error, trace)

    def try_later(self, request: Request, trace: Trace, retry_after_s: int) -> Answer:  # noqa: ARG002 - the arguments of an endpoint
        """Answer that the gateway is overloaded or its storage away."""
        error = TryLater()
        error.retry_after_s = retry_after_s
        return _failed(error, trace)

    def broken(self, request: Request, trace: Trace) -> Answer:  # noqa: ARG002 - the arguments of an endpoint
        """Answer after an unforeseen exception."""
        trace.outcome, trace.code = Outcome.FAILED, INTERNAL.code
        return _answer(500, _error(_INTERNAL, internal(GatewayError(), trace.number)))

    def _carried_out(
        self, request: Request, trace: Trace, operation: str, path: Mapping[str, Any]
    ) -> Answer:
        body = self._body(request, trace)
        if monotonic_s() > request.deadline_s:
            raise DeadlinePassed
        try:
            job = self._job(request, trace, operation, (body, queries.read(request.query), path))
            answer = results.for_json(operation, carry_out(job))
        except Refused as refused:
            return self._said_no(refused.of(operation), trace)
        trace.stage = Stage.DONE
        return _stored(trace, _answer(200, answer), answer)

    def _body(self, request: Request, trace: Trace) -> dict[str, Any]:
        if request.method in _WITHOUT_BODY:
            trace.stored_request = ""
            return {}
        body = read_object_or_nothing(request.body, self.caps, binary=_BINARY)
        trace.stage = Stage.PARSED
        trace.stored_request = _text(redacted_json(body, _BINARY)) if request.body else ""
        return body

    def _job(
        self,
        request: Request,
        trace: Trace,
        operation: str,
        sources: tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]],
    ) -> Job:
        body, query, path = sources
        data = tidy({**body, **query, **path})
        logins = data
        if not self.desk.options.query_credentials:
            kept = {name: value for name, value in query.items() if name not in _BY_QUERY}
            logins = tidy({**body, **kept, **path})
        return Job(
            operation=operation,
            data=data,
            desk=self.desk,
            given=credentials.given(request.headers, logins),
            trace=trace,
            deadline_s=request.deadline_s,
            key=request.headers.get("idempotency-key") or None,
            peer=request.peer,
            user_agent=request.headers.get("user-agent", ""),
        )

    def _said_no(self, refused: Refused, trace: Trace) -> Answer:
        trace.outcome, trace.code = Outcome.REFUSED, "GW-130"
        status = 200
        if self.desk.options.rest_error_status == "http":
            status = _STATUS.get(refused.kind, HTTPStatus.BAD_REQUEST)
        headers = (_CHALLENGE,) if status == HTTPStatus.UNAUTHORIZED else ()
        return _answer(status, results.error(refused), headers)


def _failed(error: GatewayError, trace: Trace) -> Answer:
    trace.code = error.code
    if isinstance(error, Malformed):
        trace.outcome = Outcome.REFUSED
        return _answer(400, _error(_INVALID_JSON, f"Line {error.line}: {error.sentence}."))
    if isinstance(error, TooManyRequests):
        return _refused(429, error.code, trace, (("Retry-After", str(error.retry_after_s)),))
    trace.outcome = Outcome.FAILED
    if isinstance(error, TryLater):
        headers = (("Retry-After", str(error.retry_after_s)),)
        return _answer(503, _error(*_TRANSPORT[503]), headers)
    return _answer(500, _error(_INTERNAL, internal(error, trace.number)))


def _refused(
    status: int, code: str, trace: Trace, headers: tuple[tuple[str, str], ...] = ()
) -> Answer:
    trace.outcome, trace.code = Outcome.REFUSED, code
    return _answer(status, _error(*_TRANSPORT[status]), headers)


def _error(code: str, message: str) -> dict[str, Any]:
    return {"Error": {"ErrorCode": code, "ErrorMessage": message}}


def _answer(
    status: int, content: Mapping[str, Any], headers: tuple[tuple[str, str], ...] = ()
) -> Answer:
    return Answer(int(status), _text(content).encode(), _MEDIA_TYPE, headers)


def _stored(trace: Trace, answer: Answer, content: Mapping[str, Any]) -> Answer:
    # Most answers hold nothing that is not stored: they are kept as they were sent.
    if any(mark in answer.body for mark in _marks(trace.operation)):
        trace.stored_answer = _text(redacted_json(content, _BINARY))
    return answer


@cache
def _marks(operation: str) -> tuple[bytes, ...]:
    """Give how the members of an operation's answers begin that are not stored as they are."""
    names = results.names(operation)
    return tuple(
        f'"{name}":'.encode() for name in names if is_secret(name) or name.lower() in _BINARY
    )


def _text(content: object) -> str:
    # Sorted by name, no white space, nothing escaped that need not be (contract section 3.3).
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
