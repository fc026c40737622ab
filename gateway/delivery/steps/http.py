"""The step ``http``: one REST call."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from lxml import etree

from gateway.delivery.calls import FRAMING, Answer, Caller, Impossible, Outgoing, below
from gateway.delivery.judgement import judged, transient
from gateway.delivery.records import WIDE, read_json
from gateway.delivery.rounds import Outcome, Round, held, told
from gateway.delivery.steps.step import Answered, Place, Situation, Texts
from gateway.domain.process import Process, Step
from gateway.errors import Malformed
from gateway.soap.guard import media_type, read_document
from gateway.usecases.ports import TargetAuth, TargetStore

_MEDIA_TYPES = {
    "json": "application/json",
    "xml": "application/xml; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "text": "text/plain; charset=utf-8",
}
_PLACES = {"json": Place.JSON, "xml": Place.XML, "html": Place.HTML, "text": Place.TEXT}
_FORM = "application/x-www-form-urlencoded"
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_GOOD = range(200, 300)
_OF_SOAP = frozenset({TargetAuth.WSSE, TargetAuth.WSSE_DIGEST})


@dataclass(frozen=True, slots=True)
class HttpStep:
    """Makes REST calls."""

    targets: TargetStore
    caller: Caller

    def target(self, step: Step, partner_id: int | None) -> int | None:
        """Give the partner whom the step's target belongs to; None: nobody outside."""
        return told(step, partner_id, self.targets)

    def perform(self, step: Step, situation: Situation) -> Outcome:
        """Call once; the answer counts by its status and, if it says what it is, by its form."""
        return held(step, situation, self.targets, self.caller, lambda this: _performed(step, this))

    def check(self, step: Step, process: Process) -> Iterable[str]:
        """Tell what is wrong with a step, without calling anybody."""
        keys = step.keys
        target = self.targets.find(process.partner, str(keys["target"]))
        if target is None:
            yield f"target: no target {keys['target']}"
        elif target.auth in _OF_SOAP:
            yield f"target: auth {target.auth} of {target.code} is for SOAP calls"
        if {".", ".."} & set(str(keys.get("path", "")).split("/")):
            yield "path: leaves the base URL"
        for name in keys.get("headers", {}):
            if _TOKEN.fullmatch(name) is None or name.lower() in FRAMING:
                yield f"headers: {name} cannot be set"


def _performed(step: Step, this: Round) -> Outcome:
    if this.target.auth in _OF_SOAP:
        raise Impossible(f"target {this.target.code}: auth {this.target.auth} is of SOAP calls")
    answer = this.send(_outgoing(step, this))
    if not any(answer.status in each for each in _expected(step.keys.get("expect", ()))):
        return judged(answer, f"HTTP status {answer.status}", this.exchange())
    try:
        body = _readable(answer)
    except (Malformed, ValueError, LookupError):
        return transient(answer, f"unreadable answer ({answer.media_type})", this.exchange())
    return Answered(exchange=this.exchange(), body=body, media_type=answer.media_type)


def _outgoing(step: Step, this: Round) -> Outgoing:
    keys, texts = step.keys, this.situation.texts
    content_type, body = _body(keys, texts)
    headers = {"Content-Type": content_type} if content_type else {}
    given = {
        name: texts.fill(str(value), Place.HEADER)
        for name, value in keys.get("headers", {}).items()
    }
    return Outgoing(
        method=str(keys.get("method", "POST" if body else "GET")),
        url=_url(keys, this),
        headers=_merged(headers, given, this.situation.headers),
        body=body,
    )


def _merged(*parts: Mapping[str, str]) -> Mapping[str, str]:
    """Join headers; the case of a name does not count, and the last one holds."""
    joined: dict[str, tuple[str, str]] = {}
    for part in parts:
        for name, value in part.items():
            if name.lower() in FRAMING:
                raise Impossible(f"the header {name} cannot be set")
            joined[name.lower()] = (name, value)
    return dict(joined.values())


def _url(keys: Mapping[str, Any], this: Round) -> str:
    texts = this.situation.texts
    address = below(this.target, texts.fill(str(keys.get("path", "")), Place.URL))
    query = urlencode(_pairs(texts.data(keys.get("query", {}))), quote_via=quote)
    if not query:
        return address
    return f"{address}{'&' if '?' in address else '?'}{query}"


def _body(keys: Mapping[str, Any], texts: Texts) -> tuple[str, bytes]:
    if "json" in keys:
        data = json.dumps(texts.data(keys["json"]), ensure_ascii=False, default=str)
        return _MEDIA_TYPES["json"], data.encode()
    if "form" in keys:
        return _FORM, urlencode(_pairs(texts.data(keys["form"]))).encode("ascii")
    if "body" in keys:
        kind = str(keys.get("body_type", "text"))
        return _MEDIA_TYPES[kind], texts.fill(str(keys["body"]), _PLACES[kind]).encode()
    return "", b""


def _pairs(table: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (name, _plain(each))
        for name, value in table.items()
        for each in (value if isinstance(value, list) else [value])
    ]


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _expected(given: Sequence[object]) -> Sequence[range]:
    return [_statuses(each) for each in given] or [_GOOD]


def _statuses(given: object) -> range:
    low, _, high = str(given).partition("..")
    return range(int(low), int(high or low) + 1)


def _readable(answer: Answer) -> str:
    """Give the body as text, if it is what it says it is; a page for people is no answer."""
    if not answer.body:
        return ""
    kind = media_type(answer.headers.get("content-type", ""))
    if kind.name in {"text/html", "application/xhtml+xml"}:
        raise Malformed
    if kind.name.endswith(("/xml", "+xml")):
        root = read_document(answer.body, kind.charset, WIDE).root
        return etree.tostring(root, encoding="unicode")
    if kind.name.endswith(("/json", "+json")):
        read_json(answer.body)
    return answer.body.decode(kind.charset or "utf-8")
