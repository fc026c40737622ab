"""How the dialect says no: problems of RFC 9457, with all field errors of a stage (section 9)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from gateway.errors import (
    DeadlinePassed,
    GatewayError,
    KeyReused,
    Malformed,
    NoCredentials,
    NotFound,
    NotPermitted,
    OutcomeUnknown,
    Overtaken,
    TicketClosed,
    TicketMerged,
    TooManyRequests,
    TryLater,
    Unauthenticated,
    VersionMismatch,
)
from gateway.http.exchange import Answer
from gateway.http.refusals import Refusal

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:ticket-gateway:problem:"

Headers = tuple[tuple[str, str], ...]

# Slug -> status and title; the title never changes.
SLUGS: Mapping[str, tuple[int, str]] = {
    "malformed-json": (400, "The body is not one JSON object."),
    "invalid-parameter": (400, "A parameter or header is not valid."),
    "bad-request": (400, "The request cannot be read."),
    "unauthorized": (401, "An API key is required."),
    "forbidden": (403, "The API key does not allow this."),
    "not-found": (404, "There is nothing here."),
    "method-not-allowed": (405, "The method is not allowed here."),
    "not-acceptable": (406, "The answer can only be JSON."),
    "ticket-closed": (409, "The ticket is closed."),
    "ticket-merged": (409, "The ticket was merged into another."),
    "precondition-failed": (412, "The ticket has another version."),
    "too-large": (413, "The body is too large."),
    "unsupported-media-type": (415, "The body is not of a type that is taken here."),
    "validation": (422, "The ticket is not valid."),
    "idempotency-key-reused": (422, "The idempotency key was used for another request."),
    "precondition-required": (428, "The request must name a version of the ticket."),
    "throttled": (429, "Too many requests."),
    "internal": (500, "Internal error."),
    "unavailable": (503, "The service cannot answer now."),
}
# What the door refuses by itself, by status; all else of it is a request that cannot be read.
_OF_DOOR: Mapping[int, str] = {
    404: "not-found",
    405: "method-not-allowed",
    413: "too-large",
    415: "unsupported-media-type",
    429: "throttled",
    500: "internal",
    503: "unavailable",
}
# The first that fits: what was raised, of which field, and what is said.
_SAID: tuple[tuple[type[GatewayError], str, str, str], ...] = (
    (
        NotPermitted,
        "departments",
        "forbidden",
        "The API key has no right to put tickets into this department.",
    ),
    (NotPermitted, "", "forbidden", "The API key has no right to do this."),
    (NotFound, "customer", "not-found", "There is no such customer."),
    (NotFound, "", "not-found", "There is no such ticket."),
    (TicketClosed, "", "ticket-closed", "Send a status that is not closed to open it again."),
    (TicketMerged, "", "ticket-merged", "It lives on in another ticket, which can be deleted."),
    (
        VersionMismatch,
        "",
        "precondition-failed",
        "It was changed since; fetch it again. Nothing was changed.",
    ),
    (
        KeyReused,
        "",
        "idempotency-key-reused",
        "The same key came with another body. Nothing was changed.",
    ),
)


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field or parameter."""

    field: str
    code: str
    message: str


class Problem(Exception):
    """A refusal on its way to the caller."""

    def __init__(
        self,
        slug: str,
        code: str,
        detail: str,
        *,
        headers: Headers = (),
        errors: Sequence[FieldError] = (),
    ) -> None:
        self.slug = slug
        self.code = code
        self.detail = detail
        self.headers = headers
        self.errors = tuple(errors)
        super().__init__(slug)

    @property
    def status(self) -> int:
        """Give the status of the answer."""
        return SLUGS[self.slug][0]

    def answer(self, correlation_id: str, status: int | None = None) -> Answer:
        """Write it down."""
        status = status or self.status
        content: dict[str, object] = {
            "type": TYPE + self.slug,
            "title": SLUGS[self.slug][1],
            "status": status,
            "detail": self.detail,
            "instance": f"urn:uuid:{correlation_id}",
            "code": self.code,
        }
        if self.errors:
            content["errors"] = [asdict(error) for error in self.errors]
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        return Answer(status, body, MEDIA_TYPE, self.headers)


def invalid(errors: Sequence[FieldError]) -> Problem:
    """Give the problem of fields that are not valid, all of one stage."""
    return Problem("validation", _code(errors), _counted(errors, "field"), errors=errors)


def invalid_parameters(errors: Sequence[FieldError]) -> Problem:
    """Give the problem of query parameters that are not valid."""
    return Problem("invalid-parameter", "GW-130", _counted(errors, "parameter"), errors=errors)


def invalid_header(name: str, detail: str) -> Problem:
    """Give the problem of a header that is not well formed."""
    error = FieldError(name, "format", f"{name} {detail}")
    return Problem(
        "invalid-parameter", "GW-130", f"The header {name} is not valid.", errors=[error]
    )


def of(error: GatewayError) -> Problem:
    """Give the problem of an error that a use case raised."""
    if isinstance(error, Unauthenticated):
        return _unauthorized(error)
    if isinstance(error, Malformed):
        detail = f"Line {error.line}, column {error.column}: {error.sentence}."
        return Problem("malformed-json", "GW-112", detail)
    if isinstance(error, TooManyRequests):
        wait = (("Retry-After", str(error.retry_after_s)),)
        return Problem("throttled", error.code, "Come again later.", headers=wait)
    for kind, field, slug, detail in _SAID:
        if isinstance(error, kind) and field in ("", error.field):
            return Problem(slug, error.code, detail)
    return _of_ours(error)


def refused_by_door(refusal: Refusal, correlation_id: str) -> Answer:
    """Give a refusal of the door in the form of this dialect."""
    slug = _OF_DOOR.get(refusal.status, "bad-request")
    detail = f"{refusal.sentence[:1].upper()}{refusal.sentence[1:]}."
    problem = Problem(slug, refusal.code, detail, headers=refusal.headers)
    return problem.answer(correlation_id, refusal.status)


def _of_ours(error: GatewayError) -> Problem:
    later = (("Retry-After", str(TryLater.retry_after_s)),)
    match error:
        case DeadlinePassed():
            detail = "It took too long. Nothing was changed."
        case TryLater() | Overtaken():
            detail = "Try again later. Nothing was changed."
        case OutcomeUnknown():
            detail = "The outcome is unknown: look whether the change was made."
        case _:
            return Problem("internal", "GW-501", "Internal error.")
    code = "GW-503" if isinstance(error, Overtaken) else error.code
    return Problem("unavailable", code, detail, headers=later)


def _unauthorized(error: Unauthenticated) -> Problem:
    if isinstance(error, NoCredentials):
        detail, challenge = "Send Authorization: Bearer and an API key.", 'Bearer realm="tickets"'
    else:
        detail = "The API key is not accepted."
        challenge = 'Bearer realm="tickets", error="invalid_token"'
    headers = (("WWW-Authenticate", challenge),)
    return Problem("unauthorized", error.code, detail, headers=headers)


def _code(errors: Sequence[FieldError]) -> str:
    return "GW-121" if all(error.code == "text" for error in errors) else "GW-130"


def _counted(errors: Sequence[FieldError], what: str) -> str:
    return (
        f"1 {what} is not valid." if len(errors) == 1 else f"{len(errors)} {what}s are not valid."
    )
