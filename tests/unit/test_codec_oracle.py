"""The compiled reader and writer against stock Spyne: same input, same values, same bytes."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.soap.codec import Operation, compile_service
from gateway.soap.envelope import SoapVersion
from gateway.soap.plan import Field
from gateway.soap.rows import Rows
from tests.kit.desk_service import COLUMNS, NAMESPACE, DeskService, Ticket, list_result
from tests.kit.instances import of_field, of_kind, stock_form
from tests.kit.oracle import Oracle

ORACLES = {version: Oracle(DeskService, NAMESPACE, version) for version in SoapVersion}
OPERATIONS = compile_service(ORACLES[SoapVersion.V11].application)
TICKET = OPERATIONS[f"{{{NAMESPACE}}}SaveTicket_V4"].plan.fields[0]


def operation(name: str) -> Operation:
    return OPERATIONS[f"{{{NAMESPACE}}}{name}"]


def result_of(name: str) -> st.SearchStrategy[Any]:
    (member,) = operation(name).answer_plan.fields
    return of_field(member)


@pytest.mark.parametrize("version", SoapVersion)
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_every_instance_is_written_with_the_bytes_of_stock(version, data):
    for name in ("Echo", "SaveTicket_V4", "Ping"):
        result = data.draw(result_of(name), label=name)
        assert operation(name).write(result, version) == ORACLES[version].write(name, result)


@pytest.mark.parametrize("version", SoapVersion)
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_every_valid_request_is_read_as_stock_reads_it(version, data):
    echo = operation("Echo")
    value = data.draw(of_kind(echo.plan.fields[0]))
    request = as_request(echo.write(value, version))
    call = etree.fromstring(request)[-1][0]
    assert stock_form(echo.read(call)) == stock_form(ORACLES[version].read(request))


def as_request(answer: bytes) -> bytes:
    """Turn the answer of Echo into a request with the same value."""
    return answer.replace(b"EchoResponse", b"Echo").replace(b"EchoResult", b"Value")


@pytest.mark.parametrize("version", SoapVersion)
def test_a_void_method_answers_with_an_empty_element(version):
    assert operation("Tell").write(None, version) == ORACLES[version].write("Tell", None)


@pytest.mark.parametrize("version", SoapVersion)
@pytest.mark.parametrize("count", [0, 1, 3, 1001])
def test_rows_are_written_as_stock_writes_their_models(version, count):
    written = operation("GetTicketList_V1").write(list_result(count), version)
    assert written == ORACLES[version].write("GetTicketList_V1", list_result(count))


def test_a_whole_exchange_gives_the_bytes_of_stock():
    request = as_request(operation("Echo").write(None, SoapVersion.V11))
    call = etree.fromstring(request)[0][0]
    arguments = operation("Echo").read(call)
    written = operation("Echo").write(operation("Echo").function(None, *arguments), SoapVersion.V11)
    assert written == ORACLES[SoapVersion.V11].answer(request)


def rows_of(fields: tuple[Field, ...]) -> st.SearchStrategy[list[tuple[Any, ...]]]:
    return st.lists(st.tuples(*(st.none() | of_kind(field) for field in fields)), max_size=4)


@given(rows=rows_of(TICKET.fields[1:23]))
@settings(max_examples=40, deadline=None)
def test_rows_in_any_column_order_leave_none_out(rows):
    columns = (*reversed(COLUMNS[1:]), "Id")
    turned = [(*reversed(row), "7") for row in rows]
    models = [Ticket(Id="7", **dict(zip(COLUMNS[1:], row, strict=True))) for row in rows]
    write = operation("GetTicketList_V1").write
    written = write({"ResultCode": 0, "Tickets": Rows(columns, turned)}, SoapVersion.V11)
    assert written == write({"ResultCode": 0, "Tickets": models}, SoapVersion.V11)
