"""What the helpdesk is compared with: stock Spyne, and a handler written by hand over lxml.

Both are WSGI applications under the same server, with the published types, no login, no checks
beyond their own, no record of messages, and tickets in a dictionary.
"""

from collections.abc import Callable, Iterable
from itertools import count, islice
from typing import Any

from lxml import etree
from spyne import ServiceBase, rpc
from spyne.server.wsgi import WsgiApplication

from gateway import clock
from gateway.dialects.acmp import shapes
from tests.kit.oracle import untouched_application

ROWS = 200
_OPERATIONS = ("SaveTicket_V4", "GetTicket_V5", "GetTicketList_V1")
_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"


def stock() -> Callable[..., Iterable[bytes]]:
    """Build the service with stock Spyne, as its user would write it."""
    service = type(ServiceBase)("Helpdesk", (ServiceBase,), _methods(_StockDesk()))
    return WsgiApplication(untouched_application(service, shapes.NAMESPACE))


class _StockDesk:
    """Keeps tickets as instances of the published type."""

    def __init__(self) -> None:
        self._tickets: dict[str, Any] = {}
        self._numbers = count(1)

    def save(self, ticket: Any) -> dict[str, Any]:
        known = self._tickets.get(ticket.Id)
        ticket.TicketNumber = known.TicketNumber if known else next(self._numbers)
        ticket.StateEN, ticket.StateDE = "new", "neu"
        ticket.CreationDate = ticket.LastModified = clock.now()
        ticket.HtmlDescription = f"<p>{ticket.Description}</p>"
        self._tickets[ticket.Id] = ticket
        return {"TicketNumber": ticket.TicketNumber}

    def get(self, ticket_id: str) -> dict[str, Any]:
        return {"Ticket": self._tickets[ticket_id], "CreatorId": ticket_id}

    def list(self, _ids: Any, _offset: Any, limit: int, _total: Any) -> dict[str, Any]:
        item = shapes.model("TTicketListItem_V1")
        names = item.get_flat_type_info(item)
        rows = [
            item(**{name: getattr(ticket, name, None) for name in names})
            for ticket in islice(self._tickets.values(), limit)
        ]
        return {"Tickets": rows, "HasMore": len(self._tickets) > limit}


def _methods(desk: _StockDesk) -> dict[str, Any]:
    found = {each.name: each for each in shapes.OPERATIONS}
    work = dict(zip(_OPERATIONS, (desk.save, desk.get, desk.list), strict=True))
    return {name: _method(found[name], work[name]) for name in _OPERATIONS}


def _method(operation: shapes.Operation, work: Callable[..., dict[str, Any]]) -> Any:
    result = shapes.result_model(operation)

    def method(_ctx: Any, *arguments: Any) -> Any:
        return result(ResultCode=0, ResultMessage="OK", **work(*arguments))

    method.__name__ = operation.name
    return rpc(
        *(shapes.spyne_type(member) for member in operation.request),
        _args=[member.name for member in operation.request],
        _returns=result.customize(min_occurs=1, nillable=False),
    )(method)


def bare() -> Callable[..., Iterable[bytes]]:
    """Build the handler that reads and writes trees by hand: no types, no checks."""
    tickets: dict[str, dict[str, str]] = {}

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        request = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH", 0)))
        if not request:  # somebody looks whether it listens
            start("405 Method Not Allowed", [("Content-Length", "0")])
            return []
        call = etree.fromstring(request)[-1][0]
        name = etree.QName(call).localname
        body = _bare_answer(name, _bare_work(name, call, tickets))
        start("200 OK", [("Content-Type", "text/xml; charset=utf-8"),
                         ("Content-Length", str(len(body)))])  # fmt: skip
        return [body]

    return application


def _bare_work(name: str, call: Any, tickets: dict[str, dict[str, str]]) -> dict[str, Any]:
    if name == "SaveTicket_V4":
        ticket = {etree.QName(field).localname: field.text or "" for field in call[0]}
        stamp = clock.now().isoformat()
        ticket |= {"StateEN": "new", "StateDE": "neu", "CreationDate": stamp, "LastModified": stamp}
        tickets[ticket["Id"]] = ticket
        return {"TicketNumber": str(len(tickets))}
    if name == "GetTicket_V5":
        return {"Ticket": tickets[call[0].text]}
    limit = int(call.findtext("{*}Count"))
    return {"Tickets": list(islice(tickets.values(), limit)), "HasMore": "true"}


def _bare_answer(name: str, fields: dict[str, Any]) -> bytes:
    space = f"{{{shapes.NAMESPACE}}}"
    root = etree.Element(f"{{{_ENVELOPE}}}Envelope", nsmap={"s": _ENVELOPE, None: shapes.NAMESPACE})
    response = etree.SubElement(
        etree.SubElement(root, f"{{{_ENVELOPE}}}Body"), f"{space}{name}Response"
    )
    result = etree.SubElement(response, f"{space}{name}Result")
    for field, value in {"ResultCode": "0", "ResultMessage": "OK", **fields}.items():
        _bare_element(result, space, field, value)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _bare_element(parent: Any, space: str, name: str, value: Any) -> None:
    element = etree.SubElement(parent, space + name)
    if isinstance(value, str):
        element.text = value
    elif isinstance(value, dict):
        for field, inner in value.items():
            _bare_element(element, space, field, inner)
    else:
        for entry in value:
            _bare_element(element, space, "TTicketListItem_V1", entry)
