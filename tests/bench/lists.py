"""A list of 5,000 tickets against a bare lxml writer: ``python -m tests.bench.lists``.

Both start from the rows as the database gives them and end with the bytes of the answer, in
process, in turn; the ratio is that of the medians.
"""

import sys
from statistics import median
from time import perf_counter
from typing import Any
from uuid import uuid4

from lxml import etree

from gateway import clock
from gateway.dialects.acmp import service, translate
from gateway.dialects.acmp.shapes import NAMESPACE
from gateway.soap.codec import compile_service
from gateway.soap.envelope import SoapVersion
from gateway.soap.rows import Rows
from gateway.soap.wsdl import build_application

ROWS = 5_000
TURNS = 15


def main() -> None:
    """Print the medians and their ratio."""
    operations = compile_service(build_application(service.definition()))
    write = operations[f"{{{NAMESPACE}}}GetTicketList_V1"].write
    rows = [_row(number) for number in range(1, ROWS + 1)]

    def ours() -> bytes:
        listed = Rows(translate.LIST_ITEM_FIELDS, map(translate.list_row, rows))
        answer = {"ResultCode": 0, "ResultMessage": "OK", "Tickets": listed, "HasMore": False}
        return write(answer, SoapVersion.V11)

    figures: dict[str, list[float]] = {"gateway": [], "bare lxml": []}
    for _ in range(TURNS):
        for name, side in (("gateway", ours), ("bare lxml", lambda: _bare(rows))):
            begun = perf_counter()
            side()
            figures[name].append(perf_counter() - begun)
    ratio = median(figures["gateway"]) / median(figures["bare lxml"])
    medians = ", ".join(f"{name} {median(times) * 1000:.1f} ms" for name, times in figures.items())
    sys.stdout.write(f"{ROWS} rows: {medians}; ratio {ratio:.2f} (goal: at most 3)\n")


def _row(number: int) -> tuple[Any, ...]:
    now = clock.now()
    return (
        uuid4(), number, f"Printer {number} jams", uuid4(), "Hardware::Printers",
        "Geräte::Drucker", 3, uuid4(), "open", "offen", uuid4(), "Carla Customer", uuid4(),
        "Berta Test", now, now,
    )  # fmt: skip


def _bare(rows: list[tuple[Any, ...]]) -> bytes:
    """Write the rows as somebody would with lxml alone."""
    envelope = "http://schemas.xmlsoap.org/soap/envelope/"
    root = etree.Element(f"{{{envelope}}}Envelope", nsmap={"soap": envelope, None: NAMESPACE})
    body = etree.SubElement(root, f"{{{envelope}}}Body")
    answer = etree.SubElement(body, f"{{{NAMESPACE}}}GetTicketList_V1Response")
    result = etree.SubElement(answer, f"{{{NAMESPACE}}}GetTicketList_V1Result")
    tickets = etree.SubElement(result, f"{{{NAMESPACE}}}Tickets")
    for row in rows:
        item = etree.SubElement(tickets, f"{{{NAMESPACE}}}TTicketListItem_V1")
        for name, value in zip(translate.LIST_ITEM_FIELDS, row, strict=True):
            etree.SubElement(item, f"{{{NAMESPACE}}}{name}").text = str(value)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


if __name__ == "__main__":
    main()
