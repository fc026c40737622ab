"""What the connector is compared with: stock Spyne, and a handler written by hand over lxml.

Both are WSGI applications under the same server, with the published types, no login, no rights, no
record of messages, and tickets in a dictionary.
"""

from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from lxml import etree
from spyne import ServiceBase, rpc
from spyne.server.wsgi import WsgiApplication

from gateway.dialects.znuny import shapes
from tests.kit.oracle import untouched_application

_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
_OPERATIONS = ("TicketCreate", "TicketGet")
_TICKET, _ARTICLE = "OTRS_TicketGetResponse_Ticket", "OTRS_TicketGetResponse_Article"
_SAMPLES: Mapping[str, Any] = {"d": Decimal(5), "b": b"hello\n", "t": "2026-11-22 12:00:00",
                               "archive": "n"}  # fmt: skip


def _sample(name: str, **values: Any) -> dict[str, Any]:
    """Give every member that is always sent."""
    found = {}
    for field in shapes.TYPES[name]:
        if field.optional or field.many:
            continue
        plain = 1 if field.type in shapes.INTEGERS else "text"
        found[field.name] = _SAMPLES.get(field.type, plain)
    return found | values


class _Desk:
    """Keeps a title and a body for each ticket."""

    def __init__(self) -> None:
        self._tickets: dict[int, tuple[str, str]] = {}

    def create(self, title: str, body: str) -> dict[str, Any]:
        number = len(self._tickets) + 1
        self._tickets[number] = title, body
        return {"ArticleID": [number], "TicketID": number, "TicketNumber": f"2026{number:012}"}

    def get(self, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
        title, body = self._tickets[number]
        return _sample(_TICKET, TicketID=number, Title=title), _sample(_ARTICLE, Body=body)


def stock() -> Callable[..., Iterable[bytes]]:
    """Build the service with stock Spyne, as its user would write it."""
    models = shapes.Models(shapes.CONNECTOR)
    desk = _Desk()

    def create(_ctx: Any, *arguments: Any) -> Any:
        given = dict(zip(_names("TicketCreate"), arguments, strict=True))
        return _ordered(
            "TicketCreate", desk.create(given["Ticket"].Title, given["Article"][0].Body)
        )

    def get(_ctx: Any, *arguments: Any) -> Any:
        given = dict(zip(_names("TicketGet"), arguments, strict=True))
        ticket, article = desk.get(given["TicketID"][0])
        articles = [models._complex(_ARTICLE)(**article)]
        found = models._complex(_TICKET)(**ticket, Article=articles)
        return _ordered("TicketGet", {"Ticket": [found]})

    methods = {"TicketCreate": create, "TicketGet": get}
    declared = {name: _declared(name, methods[name], models) for name in _OPERATIONS}
    service = type(ServiceBase)("Connector", (ServiceBase,), declared)
    return WsgiApplication(untouched_application(service, shapes.CONNECTOR))


def _names(operation: str) -> list[str]:
    return [field.name for field in shapes.REQUESTS[operation]]


def _ordered(operation: str, values: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(values.get(field.name) for field in shapes.ANSWERS[operation])


def _declared(operation: str, method: Any, models: shapes.Models) -> Any:
    method.__name__ = operation
    request = models.members(shapes.REQUESTS[operation])
    answer = models.members(shapes.ANSWERS[operation])
    return rpc(
        *(kind for _, kind in request),
        _args=[name for name, _ in request],
        _returns=tuple(kind for _, kind in answer),
        _out_variable_names=[name for name, _ in answer],
    )(method)


def bare() -> Callable[..., Iterable[bytes]]:
    """Build the handler that reads and writes trees by hand: no types, no checks."""
    desk = _Desk()

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        request = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH", 0)))
        if not request:  # somebody looks whether it listens
            start("405 Method Not Allowed", [("Content-Length", "0")])
            return []
        body = _bare_answer(etree.fromstring(request)[-1][0], desk)
        start("200 OK", [("Content-Type", "text/xml; charset=utf-8"),
                         ("Content-Length", str(len(body)))])  # fmt: skip
        return [body]

    return application


def _bare_answer(call: Any, desk: _Desk) -> bytes:
    space = f"{{{shapes.CONNECTOR}}}"
    root = etree.Element(f"{{{_ENVELOPE}}}Envelope", nsmap={"s": _ENVELOPE, None: shapes.CONNECTOR})
    body = etree.SubElement(root, f"{{{_ENVELOPE}}}Body")
    response = etree.SubElement(body, f"{space}{etree.QName(call).localname}Response")
    if call.tag == f"{space}TicketCreate":
        title, text = call.findtext("{*}Ticket/{*}Title"), call.findtext("{*}Article/{*}Body")
        _bare_members(response, space, desk.create(title, text))
    else:
        ticket, article = desk.get(int(call.findtext("{*}TicketID")))
        _bare_members(response, space, {"Ticket": {"Article": article, **ticket}})
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _bare_members(parent: Any, space: str, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        element = etree.SubElement(parent, space + name)
        if isinstance(value, dict):
            _bare_members(element, space, value)
        elif isinstance(value, bytes):
            element.text = b64encode(value).decode()
        else:
            element.text = str(value[0] if isinstance(value, list) else value)
