"""Documents that GET answers: entity tags, page headers, templates and the one stylesheet."""

from http import HTTPStatus
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from gateway.http.conditions import unchanged
from gateway.http.exchange import Answer, Request
from gateway.soap.publishing import entity_tag

STYLESHEET_PATH = "/assets/service.css"
HTML = "text/html; charset=utf-8"

_POLICY = (
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
PAGE_HEADERS = (
    ("Content-Security-Policy", _POLICY),
    ("X-Content-Type-Options", "nosniff"),
    # Not no-referrer: browsers would hide the origin of the test form, too.
    ("Referrer-Policy", "same-origin"),
    ("Vary", "Accept-Language"),
)


def templates() -> Environment:
    """Give the templates of the help pages; everything put into one is escaped."""
    return Environment(
        loader=PackageLoader("gateway.soap", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def stylesheet(request: Request) -> Answer:
    """Answer the one stylesheet of all service pages; routed at ``STYLESHEET_PATH``."""
    content = files("gateway.soap").joinpath("templates/service.css").read_bytes()
    return document(request, content, "text/css; charset=utf-8")


def document(
    request: Request,
    body: bytes,
    media_type: str,
    *,
    status: int = HTTPStatus.OK,
    headers: tuple[tuple[str, str], ...] = (),
) -> Answer:
    """Answer a document, or 304 if the caller has it already."""
    tag = entity_tag(body)
    # no-cache: keep it, but ask every time; an upgrade must reach callers at once.
    headers = (*headers, ("ETag", tag), ("Cache-Control", "no-cache"))
    if status == HTTPStatus.OK and unchanged(request.headers.get("if-none-match", ""), tag):
        return Answer(HTTPStatus.NOT_MODIFIED, b"", media_type, headers)
    return Answer(status, body, media_type, headers)
