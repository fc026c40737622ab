"""Ratios of the engine to stock Spyne and to a bare lxml handler: ``python -m tests.bench.engine``.

Everything runs in one process and the sides take turns, so that the ratios of one run mean
something; the times do not. Floors are printed with the verdict, nothing fails here.
"""

# ruff: noqa: T201 - figures are its output

import statistics
import sys
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from lxml import etree

from gateway.soap import guard
from gateway.soap.codec import Operation, compile_service
from gateway.soap.definition import Leniency
from gateway.soap.envelope import SoapVersion
from gateway.soap.leniency import normalise
from gateway.soap.validation import Contract
from tests.kit.desk_service import COLUMNS, NAMESPACE, DeskService, list_rows
from tests.kit.oracle import Oracle, published_schema

ROUNDS = 40
FLOORS = {"Save": 8.0, "List": 20.0}

_ENVELOPE = SoapVersion.V11.namespace
_GUID = "{5B1D7A52-0C3E-4F6B-9A77-2E1D0C9B8A01}"
_COST = f"<Cost><Id>{_GUID}</Id><UnitPrice>12.50</UnitPrice><Amount>3</Amount></Cost>"
_SCALARS = {
    "Id": _GUID,
    "TicketNumber": "1042",
    "Title": "Printer jams",
    "Description": "Hello\nWorld23 " * 12,
    "HtmlDescription": "Hello &lt;br /&gt; World23 " * 10,
    "CategoryId": _GUID,
    "CategoryEN": "Hardware / Printer",
    "CategoryDE": "Geräte / Drucker",
    "Priority": "4",
    "StateId": _GUID,
    "StateEN": "open",
    "StateDE": "offen",
    "ContactId": _GUID,
    "Contact": "Erika Mustermann",
    "Creator": "Max Mustermann",
    "CreationDate": "2025-06-27T09:16:00.000Z",
    "LastModified": "2025-06-27T11:16:00+02:00",
    "ImpactId": _GUID,
    "ImpactEN": "high",
    "Keywords": "printer paper",
    "Closed": "false",
    "TotalWorkingTime": "25",
    "TotalCosts": "12.50",
}


def _message(operation: str, content: str) -> bytes:
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        f'<soap:Envelope xmlns:soap="{_ENVELOPE}"><soap:Body>'
        f'<{operation} xmlns="{NAMESPACE}">{content}</{operation}></soap:Body></soap:Envelope>'
    ).encode()


SAVE = _message(
    "SaveTicket_V4",
    "<Ticket>"
    + "".join(f"<{name}>{text}</{name}>" for name, text in _SCALARS.items())
    + f"<Costs>{_COST * 3}</Costs>"
    + f"<WatcherIds>{f'<string>{_GUID}</string>' * 3}</WatcherIds>"
    + "</Ticket>",
)
LIST = _message("GetTicketList_V1", "<Count>200</Count>")


class Engine:
    """The stages from bytes to bytes without identification and recording."""

    def __init__(self, operations: dict[str, Operation], contract: Contract) -> None:
        self._operations = operations
        self._contract = contract
        self._caps = guard.Caps()
        self._leniency = Leniency()

    def answer(self, request: bytes) -> bytes:
        document = guard.read_document(request, "utf-8", self._caps)
        version = guard.version_of(document.root)
        envelope = guard.open_envelope(document, version, caps=self._caps)
        call = envelope.call
        operation = self._operations[str(call.tag)]
        normalise(call, operation, self._leniency, _ignore)
        self._contract.check(call)
        guard.vouch(envelope, ())
        result = operation.function(_CONTEXT, *operation.read(call))
        return operation.write(result, version)


_CONTEXT = SimpleNamespace(udc=None)


def _ignore(_remark: str) -> None:
    return


def bare_handler(request: bytes) -> bytes:
    """Do what one writes by hand over lxml: no checks, no types, the answer as a tree."""
    call = etree.fromstring(request)[0][0]
    name = etree.QName(call).localname
    found = _bare_read(call)
    root = etree.Element(f"{{{_ENVELOPE}}}Envelope", nsmap={"soap": _ENVELOPE, "tns": NAMESPACE})
    body = etree.SubElement(root, f"{{{_ENVELOPE}}}Body")
    response = etree.SubElement(body, f"{{{NAMESPACE}}}{name}Response")
    result = etree.SubElement(response, f"{{{NAMESPACE}}}{name}Result")
    if "Count" in found:
        etree.SubElement(result, f"{{{NAMESPACE}}}ResultCode").text = "0"
        tickets = etree.SubElement(result, f"{{{NAMESPACE}}}Tickets")
        for row in list_rows(int(found["Count"])):
            _bare_row(tickets, row)
        etree.SubElement(result, f"{{{NAMESPACE}}}HasMore").text = "false"
    else:
        for field, text in (("ResultCode", "0"), ("ResultMessage", "OK"), ("TicketNumber", "1042")):
            etree.SubElement(result, f"{{{NAMESPACE}}}{field}").text = text
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _bare_read(element: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for child in element:
        name = etree.QName(child).localname
        value: Any = _bare_read(child) if len(child) else child.text
        if name in found:
            found[name] = [found[name], value]
        else:
            found[name] = value
    return found


def _bare_row(parent: Any, row: tuple[Any, ...]) -> None:
    entry = etree.SubElement(parent, f"{{{NAMESPACE}}}Ticket")
    for name, value in zip(COLUMNS, row, strict=True):
        if value is not None:
            text = value.isoformat() if hasattr(value, "isoformat") else str(value)
            etree.SubElement(entry, f"{{{NAMESPACE}}}{name}").text = text


def compare(sides: dict[str, Callable[[], bytes]]) -> dict[str, float]:
    """Give each side's speed as a multiple of the first one's; the sides take turns."""
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, call in sides.items():
            times[name].append(_seconds(call))
    best = {name: min(taken) for name, taken in times.items()}
    first = next(iter(best.values()))
    for name, taken in times.items():
        spread = statistics.median(taken) / best[name]
        print(f"    {name:<10} {first / best[name]:6.1f} x   (median {spread:.2f} of best)")
    return {name: first / taken for name, taken in best.items()}


def _seconds(call: Callable[[], bytes]) -> float:
    """Time one call by the processor, over as many as fill 10 ms."""
    count, start = 0, time.process_time()
    while (taken := time.process_time() - start) < 0.01:
        call()
        count += 1
    return taken / count


def main() -> None:
    oracle = Oracle(DeskService, NAMESPACE, SoapVersion.V11)
    operations = compile_service(oracle.application)
    stock = Oracle.untouched(DeskService, NAMESPACE, SoapVersion.V11)
    engine = Engine(operations, Contract(published_schema(oracle.application), operations))
    print(f"Python {sys.version.split()[0]}, lxml {etree.__version__}; stock Spyne = 1")
    for name, request in (("Save", SAVE), ("List", LIST)):
        assert oracle.answer(request) == engine.answer(request), "the bytes differ"
        print(f"  {name}: {len(request)} bytes in, {len(engine.answer(request))} bytes out")
        ratios = compare(
            {
                "stock": lambda request=request: stock.answer(request),
                "engine": lambda request=request: engine.answer(request),
                "bare lxml": lambda request=request: bare_handler(request),
            }
        )
        verdict = "reached" if ratios["engine"] >= FLOORS[name] else "NOT reached"
        print(f"    goal {FLOORS[name]:g}: {verdict}")


if __name__ == "__main__":
    main()
