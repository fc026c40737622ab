"""The HTTP face: who calls, what is asked, and the answer as JSON or as a problem (section 2)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.clock import monotonic_s
from gateway.dialects.tickets import media, problems, queries, routes, service
from gateway.dialects.tickets.conditions import Versions, idempotency_key, if_match
from gateway.dialects.tickets.desk import TicketsDesk
from gateway.dialects.tickets.job import Job
from gateway.dialects.tickets.problems import Problem
from gateway.dialects.tickets.shapes import BASE, Operation
from gateway.domain.people import Principal
from gateway.errors import DeadlinePassed, GatewayError, Malformed, NotPermitted, TryLater
from gateway.http.exchange import Answer, Outcome, Request, Stage, Trace
from gateway.http.json_body import JsonCaps, read_object
from gateway.http.redact import redacted_json
from gateway.text import mended
from gateway.usecases import rights

_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_WRITES = _WITH_BODY | {"DELETE"}
_OURS = 500  # from this status on it is not the caller's mistake
_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class TicketsEndpoint:
    """Answers every request below the base."""

    desk: TicketsDesk
    caps: JsonCaps

    @property
    def dialect(self) -> str:
        """Name the dialect of its messages."""
        return "tickets"

    @property
    def max_body_bytes(self) -> int:
        """Give the largest body."""
        return 8 * _MEBIBYTE

    def answer(self, request: Request, trace: Trace) -> Answer:
        """Answer one request; raises only what is unforeseen."""
        try:
            return self._answered(request, trace)
        except Problem as problem:
            return _refused(problem, request, trace)
        except GatewayError as error:
            return _refused(problems.of(error), request, trace)

    def try_later(self, request: Request, trace: Trace, retry_after_s: int) -> Answer:
        """Answer that the gateway is overloaded or its storage away."""
        later = TryLater()
        wait = (("Retry-After", str(retry_after_s)),)
        problem = problems.of(later)
        problem.headers = wait
        return _refused(problem, request, trace)

    def broken(self, request: Request, trace: Trace) -> Answer:
        """Answer after an unforeseen exception."""
        return _refused(Problem("internal", "GW-501", "Internal error."), request, trace)

    def _answered(self, request: Request, trace: Trace) -> Answer:
        found = routes.find(request.path[len(BASE) :])
        if found is None:
            raise Problem("not-found", "GW-105", "Nothing is at this address.")
        operation = found.operation(request.method)
        if operation is None:
            allow = (("Allow", found.allowed),)
            detail = f"Only {found.allowed} here."
            raise Problem("method-not-allowed", "GW-101", detail, headers=allow)
        trace.operation = operation.name
        principal = self._identified(request, trace)
        if not rights.permits_anywhere(principal, operation.right):
            raise NotPermitted
        job = self._job(request, trace, operation, found.id, principal)
        if monotonic_s() > request.deadline_s:
            raise DeadlinePassed
        reply = service.handler(job)(job)
        trace.stage, trace.ticket_id = Stage.DONE, reply.ticket_id
        return reply.answer()

    def _identified(self, request: Request, trace: Trace) -> Principal:
        principal = self.desk.keys.principal(request.headers, request.peer)
        trace.account, trace.account_id = principal.account, principal.account_id
        trace.stage = Stage.IDENTIFIED
        return principal

    def _job(
        self, request: Request, trace: Trace, operation: Operation, id_: int, principal: Principal
    ) -> Job:
        headers, options = request.headers, self.desk.options
        media.require_json_accepted(headers)
        page = queries.read(
            request.query,
            operation.parameters,
            zone=options.time_zone,
            default_limit=options.default_limit,
            max_limit=options.max_limit,
        )
        return Job(
            operation=operation,
            path=request.path[len(BASE) :].removesuffix("/"),
            id=id_,
            request=request,
            trace=trace,
            desk=self.desk,
            principal=principal,
            page=page,
            key=idempotency_key(headers) if request.method in _WRITES else None,
            versions=self._versions(request, id_),
            sent=self._sent(request, trace),
        )

    def _versions(self, request: Request, id_: int) -> Versions | None:
        if request.method not in _WRITES or not id_:
            return None
        there, versions = if_match(request.headers)
        if self.desk.options.require_if_match and not there:
            raise Problem(
                "precondition-required", "GW-132", "Send If-Match with the ETag you know."
            )
        return versions

    def _sent(self, request: Request, trace: Trace) -> Mapping[str, Any] | Malformed:
        if request.method not in _WITH_BODY:
            trace.stored_request = ""
            return {}
        media.require_json_sent(request.method, request.headers)
        try:
            sent = read_object(request.body, self.caps)
        except Malformed as malformed:
            return malformed
        trace.stage = Stage.VALIDATED
        trace.stored_request = mended(json.dumps(redacted_json(sent), ensure_ascii=False))
        return sent


def _refused(problem: Problem, request: Request, trace: Trace) -> Answer:
    trace.code = problem.code
    trace.outcome = Outcome.FAILED if problem.status >= _OURS else Outcome.REFUSED
    return problem.answer(request.correlation_id)
