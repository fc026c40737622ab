"""The documentation page: the description for people, with a form to try each operation."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from gateway.dialects.tickets import openapi
from gateway.dialects.tickets.desk import Options
from gateway.dialects.tickets.problems import MEDIA_TYPE, refused_by_door
from gateway.http.exchange import Answer, Request
from gateway.http.routes import Page, Route
from gateway.soap.documents import HTML, STYLESHEET_PATH, document

SCRIPT_PATH = "/assets/tickets.js"

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = (
    ("Content-Security-Policy", _POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
)
_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Shown:
    """An operation as the page shows it."""

    name: str
    method: str
    path: str
    summary: str
    parameters: tuple[Mapping[str, Any], ...]
    request: str  # a sample; empty: it has no body
    status: str
    answer: str  # a sample; empty: it has none
    problems: tuple[tuple[str, str, str], ...]  # status, type, title


def routes(options: Options, public_url: str) -> list[Route]:
    """Give the description, the page and its script; with and without a final slash."""
    described = openapi.document(options, public_url)
    body = openapi.written(described)
    page = _page(described, urlsplit(public_url).path.rstrip("/"))
    script = files("gateway.dialects.tickets").joinpath("templates/tickets.js").read_bytes()
    found: dict[str, Page] = {SCRIPT_PATH: _answers(script, "text/javascript; charset=utf-8")}
    for path in (openapi.PATH, f"{openapi.PATH}/"):
        found[path] = _answers(body, "application/json")
    for path in (openapi.DOCS_PATH, f"{openapi.DOCS_PATH}/"):
        found[path] = _answers(page, HTML)
    return [Route(path=path, page=each, refuse=refused_by_door) for path, each in found.items()]


def _answers(body: bytes, media_type: str) -> Page:
    return partial(_answer, body=body, media_type=media_type)


def _answer(request: Request, body: bytes, media_type: str) -> Answer:
    return document(request, body, media_type, headers=_HEADERS)


def _page(described: Mapping[str, Any], base: str) -> bytes:
    environment = Environment(
        loader=ChoiceLoader(
            [
                PackageLoader("gateway.dialects.tickets", "templates"),
                PackageLoader("gateway.soap", "templates"),
            ]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    text = environment.get_template("docs.html").render(
        language="en",
        base=base,
        stylesheet=base + STYLESHEET_PATH,
        script=base + SCRIPT_PATH,
        openapi=base + openapi.PATH,
        info=described["info"],
        server=described["servers"][0]["url"],
        tags=described["tags"],
        fields=described["components"]["schemas"]["Ticket"]["properties"],
        taken=described["components"]["schemas"]["NewTicket"],
        operations=list(_operations(described)),
        by_tag=_by_tag(described),
        error_codes=described["components"]["schemas"]["FieldError"]["properties"]["code"]["enum"],
    )
    return text.encode()


def _by_tag(described: Mapping[str, Any]) -> Mapping[str, list[Shown]]:
    found: dict[str, list[Shown]] = {tag["name"]: [] for tag in described["tags"]}
    for each in _operations(described):
        found[described["paths"][each.path][each.method.lower()]["tags"][0]].append(each)
    return found


def _operations(described: Mapping[str, Any]) -> Iterator[Shown]:
    for path, item in described["paths"].items():
        for method in _METHODS:
            if method in item:
                yield _shown(path, method, item[method], described)


def _shown(
    path: str, method: str, operation: Mapping[str, Any], described: Mapping[str, Any]
) -> Shown:
    status, good = next(iter(operation["responses"].items()))
    answers = [each.get("example") for each in good.get("content", {}).values()]
    return Shown(
        name=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        parameters=tuple(_resolved(each, described) for each in operation.get("parameters", ())),
        request=_sample(_request(operation)),
        status=status,
        answer=_sample(answers[0] if answers else None),
        problems=tuple(_problems(operation, described)),
    )


def _request(operation: Mapping[str, Any]) -> Any:
    content = operation.get("requestBody", {}).get("content", {})
    return next((each["example"] for each in content.values()), None)


def _problems(
    operation: Mapping[str, Any], described: Mapping[str, Any]
) -> Iterator[tuple[str, str, str]]:
    for status, response in operation["responses"].items():
        content = _resolved(response, described).get("content", {}).get(MEDIA_TYPE)
        if content is None:
            continue
        several = [each["value"] for each in content.get("examples", {}).values()]
        for each in several or [content["example"]]:
            yield status, each["type"].rpartition(":")[2], each["title"]


def _resolved(value: Mapping[str, Any], described: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = value.get("$ref")
    if reference is None:
        return value
    _, _, kind, name = reference.split("/")
    found: Mapping[str, Any] = described["components"][kind][name]
    return found


def _sample(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False, indent=2)
