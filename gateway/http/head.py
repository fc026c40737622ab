"""The head of a request and what is refused by it alone, before a byte of the body is read."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.http.limits import Limits
from gateway.http.refusals import TOO_LARGE, Refusal
from gateway.http.routes import NOWHERE, Route, decoded_path

Scope = Mapping[str, Any]

# Names of Content-Type charsets that are read, with the codec that reads them.
CHARSETS: Mapping[str, str] = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "utf-16": "utf-16",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "iso-8859-1": "iso-8859-1",
    "latin1": "iso-8859-1",
    "iso-8859-15": "iso-8859-15",
    "windows-1252": "cp1252",
    "cp1252": "cp1252",
}

_CHARSET = re.compile(r';\s*charset\s*=\s*(?:"([^"]*)"|([^;\s]*))', re.IGNORECASE)
_QUOTED_OTHERS = re.compile(r';\s*(?!charset\b)[\w-]+\s*=\s*"(?:[^"\\]|\\.)*"', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Head:
    """Method, target and headers, as the server hands them over."""

    method: str
    path: str | None  # None: not a path that could lead anywhere
    target_bytes: int
    query: str
    headers: Mapping[str, str]  # names in lower case; doubled ones joined by ", "
    header_count: int
    client: str
    scheme: str

    @property
    def length(self) -> int | None:
        """Give the announced length of the body; the server lets only one good number pass."""
        if self.chunked or "content-length" not in self.headers:
            return None
        return int(self.headers["content-length"].split(",")[0])

    @property
    def chunked(self) -> bool:
        """Tell whether the body comes in chunks."""
        return "transfer-encoding" in self.headers

    @property
    def expects_continue(self) -> bool:
        """Tell whether the caller waits for a word before it sends the body."""
        return "expect" in self.headers

    @property
    def has_body(self) -> bool:
        """Tell whether a body is announced."""
        return self.chunked or bool(self.length)


def head_of(scope: Scope) -> Head:
    """Read the head from an ASGI scope."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    raw_path: bytes = scope["raw_path"]
    query: bytes = scope["query_string"]
    client = scope.get("client")
    return Head(
        method=scope["method"],
        path=decoded_path(raw_path),
        target_bytes=len(raw_path) + len(query),
        query=query.decode("latin-1"),
        headers=headers,
        header_count=len(scope["headers"]),
        client=client[0] if client else "",
        scheme=scope.get("scheme", "http"),
    )


def media_type(content_type: str) -> str:
    """Give type and subtype of a Content-Type, in lower case, without parameters."""
    return content_type.partition(";")[0].strip().lower()


def charset_names(content_type: str) -> set[str]:
    """Give every charset that a Content-Type names, in lower case."""
    plain = _QUOTED_OTHERS.sub("", content_type)  # an action may hold anything inside its quotes
    return {(m[1] if m[1] is not None else m[2]).lower() for m in _CHARSET.finditer(plain)}


def _target(head: Head, route: Route, limits: Limits) -> Refusal | None:
    if head.target_bytes > limits.target_bytes:
        return Refusal(414, "GW-105", "path and query are too long")
    if route is NOWHERE:
        return Refusal(404, "GW-105", "nothing is at this address")
    if head.query.count("&") >= limits.query_parameters:
        return Refusal(400, "GW-105", "too many query parameters")
    return None


def _headers(head: Head, _route: Route, limits: Limits) -> Refusal | None:
    if head.header_count > limits.headers:
        return Refusal(431, "GW-107", "too many headers")
    return None


def _method(head: Head, route: Route, _limits: Limits) -> Refusal | None:
    if route.any_method or head.method in route.methods:
        return None
    allowed = ", ".join(route.methods)
    return Refusal(405, "GW-101", f"only {allowed} here", (("Allow", allowed),))


def _framing(head: Head, _route: Route, _limits: Limits) -> Refusal | None:
    # granian takes `gzip, chunked` for chunked and hands on the bytes still packed.
    if head.headers.get("transfer-encoding", "chunked").strip().lower() != "chunked":
        return Refusal(400, "GW-107", "no other transfer coding than chunked")
    if head.headers.get("expect", "100-continue").strip().lower() != "100-continue":
        return Refusal(417, "GW-107", "no other expectation than 100-continue")
    return None


def _coding(head: Head, route: Route, _limits: Limits) -> Refusal | None:
    if route.any_type:
        return None
    if head.headers.get("content-encoding", "identity").strip().lower() not in ("identity", ""):
        return Refusal(415, "GW-102", "send the body without content coding")
    return None


def _media_type(head: Head, route: Route, _limits: Limits) -> Refusal | None:
    if route.any_type:
        return None
    content_type = head.headers.get("content-type", "")
    sent = media_type(content_type)
    any_type = "*" in route.media_types and not sent.startswith("multipart/")
    if sent not in route.media_types and not any_type:
        expected = " or ".join(sorted(route.media_types - {"", "*"}))
        if sent.startswith("multipart/"):
            return Refusal(415, "GW-102", f"switch MTOM and attachments off and send {expected}")
        return Refusal(415, "GW-102", f"send {expected}")
    names = charset_names(content_type)
    if len(names) > 1 or not names <= CHARSETS.keys():
        return Refusal(415, "GW-111", "this charset is not read, send utf-8")
    return None


def _length(head: Head, route: Route, _limits: Limits) -> Refusal | None:
    # granian passes a POST without length as one with an empty body.
    if not head.chunked and head.length is None and not route.any_method:
        return Refusal(411, "GW-103", "send Content-Length or chunks")
    largest = route.endpoint.max_body_bytes if route.endpoint else 0
    return TOO_LARGE if (head.length or 0) > largest else None


_Check = Callable[[Head, Route, Limits], Refusal | None]
_ALWAYS: tuple[_Check, ...] = (_target, _headers, _method, _framing)
_WITHOUT_BODY = ("GET", "HEAD")  # what they carry is not looked at
_OF_A_POST: tuple[_Check, ...] = (_coding, _media_type, _length)


def refusal_of(head: Head, route: Route, limits: Limits) -> Refusal | None:
    """Find the first reason to refuse a request by its head."""
    carries = head.method == "POST" or (route.any_method and head.method not in _WITHOUT_BODY)
    checks = (*_ALWAYS, *_OF_A_POST) if carries else _ALWAYS
    return next((found for check in checks if (found := check(head, route, limits))), None)
