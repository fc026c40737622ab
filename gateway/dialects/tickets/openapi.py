"""The description of the service as OpenAPI 3.1, made from the tables of the wire (section 10)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gateway import __version__
from gateway.dialects.tickets import examples
from gateway.dialects.tickets.desk import Options
from gateway.dialects.tickets.problems import MEDIA_TYPE, SLUGS, TYPE
from gateway.dialects.tickets.shapes import (
    BASE,
    FIELDS,
    LIMIT,
    OPERATIONS,
    PRESET_MEMBERS,
    Field,
    Kind,
    Operation,
    Parameter,
)

PATH = "/openapi.json"
DOCS_PATH = "/docs"
DEFAULT_URL = "http://127.0.0.1:8080"

_LARGEST = 2**63 - 1
_JSON = "application/json"
_STATE_TYPES = ["new", "open", "pending reminder", "pending auto", "closed"]
_ERROR_CODES = (
    "required", "type", "tooLong", "format", "unknownValue", "notAllowed", "notNull", "readOnly",
    "unknownField", "duplicate", "text",
)  # fmt: skip
_ALWAYS = ("invalid-parameter", "unauthorized", "forbidden", "method-not-allowed",
           "not-acceptable", "throttled", "internal", "unavailable")  # fmt: skip
_OF_BODY = ("malformed-json", "too-large", "unsupported-media-type", "validation",
            "idempotency-key-reused")  # fmt: skip
_OF_VERSIONS = ("not-found", "precondition-failed", "precondition-required")
# What an operation may be refused for, beside what every one may.
_PROBLEMS: Mapping[str, tuple[str, ...]] = {
    "createTicket": _OF_BODY,
    "getTicket": ("not-found",),
    "putTicket": (*_OF_BODY, *_OF_VERSIONS, "ticket-closed"),
    "patchTicket": (*_OF_BODY, *_OF_VERSIONS, "ticket-closed"),
    "deleteTicket": (*_OF_VERSIONS, "ticket-merged", "too-large", "idempotency-key-reused"),
    "listCustomerTickets": ("not-found",),
}
_OF_PROBLEMS: Mapping[str, tuple[str, ...]] = {
    "unauthorized": ("WWW-Authenticate",),
    "method-not-allowed": ("Allow",),
    "throttled": ("Retry-After",),
    "unavailable": ("Retry-After",),
    # These are kept for repeats, the others may be corrected.
    "ticket-closed": ("Idempotency-Replayed",),
    "ticket-merged": ("Idempotency-Replayed",),
    "precondition-failed": ("Idempotency-Replayed",),
}
_INFO = (
    "Create, retrieve, update and delete tickets with plain JSON.\n\n"
    "A key of `ticket-gateway accounts add NAME --api-key` is sent as `Authorization: Bearer "
    "KEY`. Every path works with and without a slash at its end, and HEAD wherever GET does. One "
    "request is done whole or not at all. Refusals are problems of RFC 9457; all errors of the "
    "fields that are of one stage come together: types, then unknown and read-only members, then "
    "mandatory ones, then values. Entries of lists are counted from 1, as in `users[2]`.\n\n"
    "What cannot be read at all is refused as `bad-request`, with the status 400, 408, 414, 417 "
    "or 431."
)


def document(options: Options | None = None, public_url: str = DEFAULT_URL) -> dict[str, Any]:
    """Give the description for these settings; without any it is the committed file."""
    options = options or Options()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tickets",
            "version": __version__,
            "summary": "A ticket tracks a customer request from start to finish.",
            "description": _INFO,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": public_url}],
        "security": [{"key": []}],
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items()],
        "paths": _paths(options),
        "components": {
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "An API key, tgk_..."}
            },
            "parameters": _parameters(options),
            "headers": _HEADERS,
            "schemas": _schemas(options),
            "responses": {slug: _problem(slug) for slug in SLUGS},
        },
    }


def written(content: Mapping[str, Any]) -> bytes:
    """Write a description as the file has it."""
    return json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n"


_TAGS = {
    "Tickets": "Tickets by id, all of them, and those of a customer.",
    "Preset values": "The lists behind the fields of a ticket.",
    "Documentation": "This description, and the page made from it.",
}


# -- paths ------------------------------------------------------------------------------------


def _paths(options: Options) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for each in OPERATIONS:
        item = paths.setdefault(address(each), {})
        item[each.method.lower()] = _operation(each, options)
        if each.method == "GET":
            item["head"] = _without_content(_operation(each, options))
    for path, page in (
        (PATH, _page("getDescription", "This description", _JSON)),
        (DOCS_PATH, _page("getDocumentation", "The documentation page", "text/html")),
    ):
        paths[path] = {"get": page, "head": _without_content(page)}
    return paths


def address(operation: Operation) -> str:
    """Give the path of an operation, as the source writes it: lists end in a slash."""
    ends = "" if operation.path.endswith("{id}") else "/"
    return f"{BASE}{operation.path}{ends}"


def _operation(each: Operation, options: Options) -> dict[str, Any]:
    content: dict[str, Any] = {
        "operationId": each.name,
        "summary": each.text,
        "tags": ["Preset values" if each.preset else "Tickets"],
        "parameters": list(_of_operation(each)),
    }
    if each.method in ("POST", "PUT", "PATCH"):
        content["requestBody"] = _body(each)
    slugs = (*_ALWAYS, *_PROBLEMS.get(each.name, ()))
    content["responses"] = {**_good(each, options), **_refused(slugs)}
    return content


def _of_operation(each: Operation) -> Iterator[dict[str, str]]:
    if "{id}" in each.path:
        yield _reference("parameters", "customer" if "customers" in each.path else "id")
    for parameter in each.parameters:
        yield _reference("parameters", _component(each, parameter))
    if each.name == "getTicket":
        yield _reference("parameters", "If-None-Match")
    if each.method in ("PUT", "PATCH", "DELETE"):
        yield _reference("parameters", "If-Match")
    if each.method != "GET":
        yield _reference("parameters", "Idempotency-Key")


def _component(each: Operation, parameter: Parameter) -> str:
    return f"{parameter.name}Entry" if each.preset and parameter is not LIMIT else parameter.name


def _body(each: Operation) -> dict[str, Any]:
    schema = "NewTicket" if each.method == "POST" else "TicketChange"
    content = {"schema": _reference("schemas", schema), "example": examples.REQUESTS[each.name]}
    types = [_JSON] if each.method != "PATCH" else [_JSON, "application/merge-patch+json"]
    return {"required": True, "content": dict.fromkeys(types, content)}


def _good(each: Operation, options: Options) -> dict[str, Any]:
    example = examples.answer(each, options)
    if each.method == "DELETE":
        return {
            "204": {"description": "It is deleted.", "headers": _headers("Idempotency-Replayed")}
        }
    if each.path.endswith("{id}") or each.method == "POST":
        headers = ["ETag", "Content-Location" if "{id}" in each.path else "Location"]
        if each.method != "GET":
            headers.append("Idempotency-Replayed")
        found = {_status(each): _answer("The ticket.", "Ticket", example, headers)}
        if each.method == "GET":
            tags = _headers("ETag", "Content-Location")
            found["304"] = {"description": "The caller has this version.", "headers": tags}
        return found
    schema = _preset_schema(each.preset) if each.preset else "Ticket"
    return {"200": _answer("A page of the list.", schema, example, ["Link"], many=True)}


def _status(each: Operation) -> str:
    return "201" if each.method == "POST" else "200"


def _answer(
    text: str, schema: str, example: object, headers: Sequence[str], *, many: bool = False
) -> dict[str, Any]:
    one = _reference("schemas", schema)
    content = {"schema": {"type": "array", "items": one} if many else one, "example": example}
    return {"description": text, "headers": _headers(*headers), "content": {_JSON: content}}


def _refused(slugs: Sequence[str]) -> dict[str, Any]:
    """Give the problems by status; several of one status are one entry."""
    by_status: dict[int, list[str]] = {}
    for slug in SLUGS:
        if slug in slugs:
            by_status.setdefault(SLUGS[slug][0], []).append(slug)
    return {
        str(status): _reference("responses", found[0]) if len(found) == 1 else _several(found)
        for status, found in sorted(by_status.items())
    }


def _several(slugs: Sequence[str]) -> dict[str, Any]:
    first = _problem(slugs[0])
    content = first["content"][MEDIA_TYPE]
    shown = {slug: {"value": examples.problem(slug)} for slug in slugs}
    content = {"schema": content["schema"], "examples": shown}
    text = " Or: ".join(SLUGS[slug][1] for slug in slugs)
    return {**first, "description": text, "content": {MEDIA_TYPE: content}}


def _problem(slug: str) -> dict[str, Any]:
    content = {"schema": _reference("schemas", "Problem"), "example": examples.problem(slug)}
    return {
        "description": SLUGS[slug][1],
        "headers": _headers(*_OF_PROBLEMS.get(slug, ())),
        "content": {MEDIA_TYPE: content},
    }


def _without_content(operation: dict[str, Any]) -> dict[str, Any]:
    """Give what HEAD does: the same, without a body."""
    responses = {}
    for status, response in operation["responses"].items():
        reference = response.get("$ref", "").rpartition("/")[2]
        headers = _problem(reference)["headers"] if reference else response["headers"]
        responses[status] = {"description": "As GET, without content.", "headers": headers}
    name = operation["operationId"]
    return {**operation, "operationId": f"{name}Head", "responses": responses}


def _page(name: str, text: str, media_type: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object" if media_type == _JSON else "string"}
    return {
        "operationId": name,
        "summary": text,
        "tags": ["Documentation"],
        "security": [],
        "responses": {
            "200": {
                "description": text,
                "headers": _headers("ETag"),
                "content": {media_type: {"schema": schema}},
            },
            "304": {"description": "The caller has it.", "headers": _headers("ETag")},
            "503": _reference("responses", "unavailable"),
        },
    }


# -- components -------------------------------------------------------------------------------


def _reference(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}


def _headers(*names: str) -> dict[str, Any]:
    return {name: _reference("headers", name) for name in ("X-Request-ID", *names)}


def _header(text: str, **schema: object) -> dict[str, Any]:
    return {"description": text, "schema": {"type": "string", **schema}}


_HEADERS = {
    "X-Request-ID": {
        **_header("The id under which the operator finds this request.", format="uuid"),
        "required": True,
    },
    "ETag": _header("The version of the ticket, for If-Match and If-None-Match."),
    "Location": _header("The path of the new ticket."),
    "Content-Location": _header("The path of the ticket that a merged one lives on in."),
    "Link": _header('The next page, `rel="next"`; without it this is the last one.'),
    "Idempotency-Replayed": _header("The answer is that to an earlier request.", const="true"),
    "WWW-Authenticate": _header("How to prove who calls."),
    "Allow": _header("The methods that are allowed here."),
    "Retry-After": {
        "description": "Seconds to wait.",
        "schema": {"type": "integer", "minimum": 0},
    },
}


def _parameters(options: Options) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": _in_path("The number of the ticket."),
        "customer": _in_path("The number of the customer."),
        "If-Match": _in_header(
            "If-Match",
            "Versions of which the ticket must have one, as ETag gives them, or *. Weak ones never "
            "match.",
            examples.TAG,
            required=options.require_if_match,
        ),
        "If-None-Match": _in_header(
            "If-None-Match", "Versions that the caller has already.", examples.TAG
        ),
        "Idempotency-Key": {
            **_in_header(
                "Idempotency-Key",
                "A text of the caller's own: for 24 hours the same request has one effect, and a "
                "repeat gets the first answer.",
                "5f0c2f6e-inv-1187",
            ),
            "schema": {"type": "string", "pattern": "^[ -~]{1,255}$"},
        },
    }
    for each in OPERATIONS:
        for parameter in each.parameters:
            found.setdefault(_component(each, parameter), _in_query(parameter, options))
    return found


def _in_path(text: str) -> dict[str, Any]:
    schema = {"type": "integer", "format": "int64", "minimum": 1, "maximum": _LARGEST}
    return {"name": "id", "in": "path", "required": True, "description": text, "schema": schema}


def _in_header(name: str, text: str, example: str, *, required: bool = False) -> dict[str, Any]:
    return {
        "name": name, "in": "header", "required": required, "description": text,
        "schema": {"type": "string"}, "example": example,
    }  # fmt: skip


def _in_query(parameter: Parameter, options: Options) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "integer", "minimum": parameter.least}
    if parameter is LIMIT:
        schema |= {"maximum": options.max_limit, "default": options.default_limit}
    if parameter.moment:
        schema = {"type": "string", "format": "date-time"}
    text = parameter.text
    if parameter.moment:
        text += f". A date alone is its midnight; what has no zone is of {options.time_zone}"
    return {
        "name": parameter.name, "in": "query", "required": False, "description": f"{text}.",
        "schema": schema,
    }  # fmt: skip


# -- schemas ----------------------------------------------------------------------------------


def _schemas(options: Options) -> dict[str, Any]:
    return {
        "Ticket": {
            "type": "object",
            "properties": {each.name: _shown(each, options) for each in FIELDS},
            "required": [each.name for each in FIELDS],
            "additionalProperties": False,
        },
        "NewTicket": {
            "type": "object",
            "properties": {each.name: _taken(each) for each in FIELDS if not each.read_only},
            "required": [each.name for each in FIELDS if each.required],
            "additionalProperties": False,
        },
        "TicketChange": {
            "type": "object",
            "description": "Only members that are sent are touched.",
            "properties": {each.name: _taken(each) for each in FIELDS},
            "additionalProperties": False,
        },
        **{_preset_schema(each.preset): _entry(each) for each in OPERATIONS if each.preset},
        "Problem": _PROBLEM,
        "FieldError": _FIELD_ERROR,
    }


def _described(each: Field, schema: dict[str, Any]) -> dict[str, Any]:
    further = {"readOnly": True} if each.read_only else {}
    return {
        "title": each.title,
        "description": f"{each.text}. {each.rule}",
        "x-source-type": each.type,
        **schema,
        **further,
    }


def _shown(each: Field, options: Options) -> dict[str, Any]:
    """Describe a field of an answer."""
    if each.kind is Kind.CUSTOMER:
        return _described(each, {"type": ["integer", "null"], "format": "int64"})
    if each.kind is Kind.LIST and options.list_style == "array":
        return _described(each, {"type": "array", "items": {"type": "string"}})
    schema: dict[str, Any] = {"type": ["string", "null"] if each.nullable else "string"}
    if each.type == "Date":
        schema["format"] = "date"
    if each.name == "id":
        schema["pattern"] = "^[0-9]+$"
    return _described(each, schema)


def _taken(each: Field) -> dict[str, Any]:
    """Describe a field of a request."""
    match each.kind:
        case Kind.CUSTOMER:
            schema: dict[str, Any] = {"type": ["integer", "string"], "pattern": r"^\s*[0-9]+\s*$"}
        case Kind.PRESET:
            schema = {"type": ["string", "integer", *(["null"] if each.nullable else [])]}
        case Kind.LIST:
            entry = {"type": ["string", "integer"]}
            schema = {"type": ["string", "array", "null"], "items": entry}
        case Kind.CONTENT:
            schema = {"type": ["string", "null"], "maxLength": each.max_chars}
        case Kind.DATE:
            pattern = r"^\s*([0-9]{4}-[0-9]{2}-[0-9]{2})?\s*$"
            schema = {"type": ["string", "null"], "pattern": pattern}
        case _:
            schema = {"type": ["string", "null"] if each.nullable else "string"}
    if each.kind is Kind.LINE:
        schema |= {"minLength": 1}
    return _described(each, schema)


def _preset_schema(of: str) -> str:
    return {"type": "TicketType", "state": "TicketStatus", "priority": "TicketPriority",
            "agent": "User", "queue": "Department", "partner": "Supplier"}[of]  # fmt: skip


def _entry(each: Operation) -> dict[str, Any]:
    further = PRESET_MEMBERS.get(each.preset, ())
    properties: dict[str, Any] = {
        "id": {"type": "integer", "format": "int64"},
        "name": {"type": "string"},
        **{name: {"type": "string"} for name in further},
    }
    if "stateType" in properties:
        properties["stateType"]["enum"] = _STATE_TYPES
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


_PROBLEM = {
    "type": "object",
    "description": "A problem (RFC 9457).",
    "properties": {
        "type": {"type": "string", "enum": [TYPE + slug for slug in SLUGS]},
        "title": {"type": "string", "description": "Always the same of one type."},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "pattern": "^urn:uuid:"},
        "code": {"type": "string", "pattern": "^GW-[0-9]{3}$"},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/FieldError"}},
    },
    "required": ["type", "title", "status", "detail", "instance", "code"],
    "additionalProperties": False,
}
_FIELD_ERROR = {
    "type": "object",
    "properties": {
        "field": {"type": "string", "description": "A member, a parameter, or an entry: users[2]."},
        "code": {"type": "string", "enum": list(_ERROR_CODES)},
        "message": {"type": "string"},
    },
    "required": ["field", "code", "message"],
    "additionalProperties": False,
}
