"""What the reads of the catalog answer when they cannot give what was asked (contract 8)."""

from dataclasses import replace
from http import HTTPStatus

from gateway.dialects.ssp7.catalog.results import FAULTS
from gateway.dialects.ssp7.refusals import CHALLENGE
from gateway.errors import (
    BrokenRule,
    GatewayError,
    LanguageUnknown,
    NotPermitted,
    OutcomeUnknown,
    ServiceUnknown,
    TooManyRequests,
    TryLater,
    Unauthenticated,
)
from gateway.http.exchange import Answer
from gateway.http.problems import Problem
from gateway.http.refusals import Refusal

_ALLOWED = (("Allow", "GET, HEAD"),)
# Status -> slug and title.
_KINDS = {
    400: ("invalid-parameter", "A parameter is not valid."),
    401: ("unauthorized", "Credentials are required."),
    403: ("forbidden", "The account may not read this."),
    404: ("not-found", "There is no such service."),
    405: ("method-not-allowed", "Services are only read here."),
    406: ("not-acceptable", "Only JSON is given here."),
    413: ("too-large", "The body is too large."),
    414: ("invalid-parameter", "A parameter is not valid."),
    415: ("unsupported-media-type", "The body is not read here."),
    429: ("throttled", "Too many requests."),
    500: ("internal", "Internal error."),
    503: ("unavailable", "The service cannot answer now."),
}
_STATUS = (
    (LanguageUnknown, HTTPStatus.BAD_REQUEST),
    (BrokenRule, HTTPStatus.BAD_REQUEST),
    (Unauthenticated, HTTPStatus.UNAUTHORIZED),
    (NotPermitted, HTTPStatus.FORBIDDEN),
    (ServiceUnknown, HTTPStatus.NOT_FOUND),
    (TooManyRequests, HTTPStatus.TOO_MANY_REQUESTS),
    (TryLater, HTTPStatus.SERVICE_UNAVAILABLE),
    (OutcomeUnknown, HTTPStatus.INTERNAL_SERVER_ERROR),
)


def of_error(error: GatewayError, reference: str) -> Answer:
    """Answer an error of a use case."""
    status = next(
        (status for kind, status in _STATUS if isinstance(error, kind)),
        HTTPStatus.INTERNAL_SERVER_ERROR,
    )
    # Which language there is, is a question of the parameter here.
    code = "ARGUMENT_INVALID" if status == HTTPStatus.BAD_REQUEST else FAULTS.code(error)
    named = f"{error.field}: " if error.field and status == HTTPStatus.BAD_REQUEST else ""
    said = error.sentence if status == HTTPStatus.BAD_REQUEST else FAULTS.sentence(error)
    headers: tuple[tuple[str, str], ...] = ()
    if status == HTTPStatus.UNAUTHORIZED:
        headers = (CHALLENGE,)
    if isinstance(error, TooManyRequests | TryLater):
        headers = (("Retry-After", str(error.retry_after_s)),)
    return _problem(status, code, named + said, reference, headers).answer()


def not_a_read(reference: str) -> Answer:
    """Answer another method than GET and HEAD."""
    said = "only GET and HEAD here"
    return _problem(405, "METHOD_NOT_ALLOWED", said, reference, _ALLOWED).answer()


def not_json(reference: str) -> Answer:
    """Answer a reader that takes no JSON."""
    return _problem(406, "NOT_ACCEPTABLE", "only application/json here", reference).answer()


def of_door(refusal: Refusal, correlation_id: str) -> Answer:
    """Give a refusal of the door as this face does; what has no kind here stays a line of text."""
    if refusal.status not in _KINDS:
        return refusal.answer(correlation_id)
    problem = _problem(refusal.status, refusal.code, refusal.sentence, correlation_id)
    return replace(problem, headers=refusal.headers).answer()


def _problem(
    status: int,
    code: str,
    detail: str,
    reference: str,
    headers: tuple[tuple[str, str], ...] = (),
) -> Problem:
    slug, title = _KINDS[status]
    return Problem(
        slug=slug,
        title=title,
        status=int(status),
        detail=detail,
        code=code,
        more={"correlationId": reference},
        headers=headers,
    )
