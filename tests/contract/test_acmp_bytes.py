"""Every operation of the ACMP service is read and written as stock Spyne does it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.dialects.acmp.service import definition
from gateway.soap.codec import compile_service, envelope
from gateway.soap.envelope import SoapVersion
from gateway.soap.validation import Contract
from gateway.soap.values import utc_milliseconds
from gateway.soap.writer import WriterCompiler
from gateway.soap.wsdl import build_application, build_schema
from tests.kit.instances import of_field, stock_form
from tests.kit.oracle import Oracle

SERVICE = definition()
OPERATIONS = compile_service(build_application(SERVICE))
CONTRACT = Contract(build_schema(SERVICE), OPERATIONS)
ORACLES = {version: Oracle(SERVICE.service, SERVICE.namespace, version) for version in SoapVersion}
WRITERS = WriterCompiler(SERVICE.namespace, "tns", utc_milliseconds)


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda each: each.name)
@given(data=st.data())
@settings(max_examples=5, deadline=None)
def test_answers_have_the_bytes_of_stock(operation, data):
    (member,) = operation.answer_plan.fields
    result = data.draw(of_field(member))
    for version, oracle in ORACLES.items():
        assert operation.write(result, version) == oracle.write(operation.name, result)


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda each: each.name)
@given(data=st.data())
@settings(max_examples=5, deadline=None)
def test_requests_are_read_as_stock_reads_them(operation, data):
    values = {field.name: data.draw(of_field(field)) for field in operation.plan.fields}
    out: list[str] = []
    WRITERS._object_writer(operation.plan)(values, out)
    body = "".join(out)
    for version, oracle in ORACLES.items():
        request = envelope(version, body, nil="xsi:nil" in body, namespace=SERVICE.namespace)
        call = etree.fromstring(request)[0][0]
        CONTRACT.check(call)
        assert stock_form(operation.read(call)) == stock_form(oracle.read(request))
