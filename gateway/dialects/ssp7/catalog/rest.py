"""The two reads of the catalog over REST: the list of services, and one of them."""

from dataclasses import dataclass
from uuid import UUID

from gateway import clock
from gateway.dialects.ssp7.catalog import query, rest_problems, shown
from gateway.dialects.ssp7.catalog.service import DIALECT
from gateway.dialects.ssp7.form import guid_of
from gateway.domain.people import NOBODY, Principal
from gateway.errors import (
    DeadlinePassed,
    GatewayError,
    NoCredentials,
    Refused,
    TryLater,
)
from gateway.http.authentication import Authenticator, credentials_of
from gateway.http.conditions import strong_tag, takes_json, unchanged
from gateway.http.exchange import Answer, Outcome, Request, Stage, Trace
from gateway.http.json_text import MEDIA_TYPE, json_text
from gateway.http.redact import redacted_query
from gateway.usecases import catalog_reads, rights
from gateway.usecases.ports import Call, Units

LIST = "GetServices"
DETAILS = "GetServiceDetails"
_READS = ("GET", "HEAD")
_KEPT = ("Cache-Control", "private, no-cache")
_MOST_BODY = 64 * 1024  # of a method that is refused anyway


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogReads:
    """Answers the reads of the catalog below one address; it changes nothing."""

    address: str
    units: Units
    authenticator: Authenticator
    public_read: bool = False

    @property
    def dialect(self) -> str:
        """Name the dialect of its messages."""
        return DIALECT

    @property
    def max_body_bytes(self) -> int:
        """Give the largest body."""
        return _MOST_BODY

    def answer(self, request: Request, trace: Trace) -> Answer:
        """Answer one request; raises only what is unforeseen."""
        trace.stored_request = redacted_query(request.query)
        below = request.path[len(self.address) :].strip("/")
        trace.operation = DETAILS if below else LIST
        if request.method not in _READS:
            return _refused(rest_problems.not_a_read(trace.number), "GW-101", trace)
        if not takes_json(request.headers.get("accept", "")):
            return _refused(rest_problems.not_json(trace.number), "GW-102", trace)
        try:
            return self._read(request, trace, below)
        except GatewayError as error:
            return _failed(error, trace)

    def try_later(self, request: Request, trace: Trace, retry_after_s: int) -> Answer:  # noqa: ARG002 - the protocol
        """Answer that the gateway is overloaded or its storage away."""
        error = TryLater()
        error.retry_after_s = retry_after_s
        return _failed(error, trace)

    def broken(self, request: Request, trace: Trace) -> Answer:  # noqa: ARG002 - the protocol
        """Answer after an unforeseen exception."""
        return _failed(GatewayError(), trace)

    def _read(self, request: Request, trace: Trace, below: str) -> Answer:
        trace.stage = Stage.PARSED
        principal = self._identified(request, trace)
        if clock.monotonic_s() > request.deadline_s:
            raise DeadlinePassed
        if below:
            return self._details(
                request, guid_of(below, "guid"), self._call(principal, request, trace)
            )
        return self._list(request, self._call(principal, request, trace))

    def _identified(self, request: Request, trace: Trace) -> Principal:
        try:
            credentials = credentials_of(request.headers)
            principal = self.authenticator.principal(credentials, request.peer)
        except NoCredentials:
            if not self.public_read:
                raise
            return NOBODY
        trace.account, trace.account_id = principal.account, principal.account_id
        trace.stage = Stage.IDENTIFIED
        # Whoever logs in may read no less than who does not.
        return NOBODY if self.public_read and not _reads(principal) else principal

    def _list(self, request: Request, call: Call) -> Answer:
        wanted = query.wanted_services(request.query)
        found = self.units.run(lambda unit: catalog_reads.services(wanted, call, unit), call)
        body = json_text(shown.page(found, wanted.page, wanted.page_size)).encode()
        return Answer(200, body, MEDIA_TYPE, (_KEPT,))

    def _details(self, request: Request, guid: UUID, call: Call) -> Answer:
        language, draft = query.wanted_copy(request.query)
        found = self.units.run(
            lambda unit: catalog_reads.service(guid, language, call, unit, draft=draft), call
        )
        body = json_text(shown.sheet(found)).encode()
        # Another language, state or right is another tag, even where the words are the same.
        sees_drafts = rights.permits(call.principal, catalog_reads.READ_DRAFT)
        tag = strong_tag(body, f"{found.language} {draft} {sees_drafts}".encode())
        headers = (("ETag", tag), _KEPT)
        if unchanged(request.headers.get("if-none-match", ""), tag):
            return Answer(304, b"", MEDIA_TYPE, headers)
        return Answer(200, body, MEDIA_TYPE, headers)

    def _call(self, principal: Principal, request: Request, trace: Trace) -> Call:
        trace.stage = Stage.TRANSLATED
        return Call(
            principal=principal,
            dialect=DIALECT,
            operation=trace.operation,
            command=catalog_reads.READ,
            message=int(trace.number) if trace.number.isdigit() else None,
            deadline_s=request.deadline_s,
            may_commit=trace.may_commit,
        )


def _reads(principal: Principal) -> bool:
    mine = (catalog_reads.READ, catalog_reads.READ_DRAFT)
    return any(rights.permits(principal, right) for right in mine)


def _refused(answer: Answer, code: str, trace: Trace) -> Answer:
    trace.outcome, trace.code = Outcome.REFUSED, code
    return answer


def _failed(error: GatewayError, trace: Trace) -> Answer:
    trace.outcome = Outcome.REFUSED if isinstance(error, Refused) else Outcome.FAILED
    trace.code = error.code
    return rest_problems.of_error(error, trace.number)
