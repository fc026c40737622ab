"""Spyne 2.14.0 runs on Python 3.11 to 3.13 through ``gateway.soap.compat``."""

import logging
import subprocess
import sys

import pytest
from lxml import etree

from gateway.soap import compat
from gateway.soap.codec import compile_service
from gateway.soap.envelope import SoapVersion
from tests.kit.desk_service import NAMESPACE, DeskService
from tests.kit.oracle import Oracle, published_schema


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("text/xml", ("text/xml", {})),
        ("text/xml; charset=utf-8", ("text/xml", {"charset": "utf-8"})),
        ('text/xml;Charset="utf-8"', ("text/xml", {"charset": "utf-8"})),
        (
            'application/soap+xml; charset=utf-8; action="urn:a;b"',
            ("application/soap+xml", {"charset": "utf-8", "action": "urn:a;b"}),
        ),
    ],
)
def test_a_content_type_is_split_as_the_former_cgi_did(line, parts):
    assert compat.parse_header(line) == parts


def test_repairing_twice_changes_nothing():
    before = sys.modules["spyne.util.six"]
    compat.repair()
    assert sys.modules["spyne.util.six"] is before


def test_stock_writes_no_request_into_the_log():
    for version in ("soap11", "soap12"):
        assert logging.getLogger(f"spyne.protocol.soap.{version}.invalid").disabled
    assert logging.getLogger("spyne").getEffectiveLevel() >= logging.WARNING


def test_the_oracle_answers_on_this_python():
    oracle = Oracle(DeskService, NAMESPACE, SoapVersion.V12)
    (ping,) = (o for o in compile_service(oracle.application).values() if o.name == "Ping")
    request = ping.write(None, SoapVersion.V12).replace(b"PingResponse", b"Ping")
    assert oracle.answer(request) == ping.write("pong", SoapVersion.V12)


def test_the_schema_is_drawn_on_this_python():
    application = Oracle(DeskService, NAMESPACE, SoapVersion.V11).application
    assert etree.XMLSchema(etree.fromstring(published_schema(application)))


def test_spyne_loads_in_a_fresh_interpreter_after_the_room():
    script = (
        "import warnings; warnings.simplefilter('ignore')\n"
        "import gateway.soap\n"
        "import spyne.server.wsgi, spyne.protocol.soap.soap11\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
