"""Texts of a process as the shapes a WSDL may ask for: derived types, lists, choices, RPC."""

from pathlib import Path

import pytest

from gateway.delivery.steps.step import Answered
from gateway.usecases.ports import Permanent
from tests.kit import simulator
from tests.kit.simulator import Simulator
from tests.kit.simulator.server import Page
from tests.kit.steps import Bench

WSDL = (Path(simulator.__file__).parent / "shapes.wsdl").read_text("utf-8")


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    with Simulator() as partner:
        wsdl = WSDL.replace("ADDRESS", f"{partner.url}/shapes")
        partner.pages["/shapes?wsdl"] = Page(wsdl.encode())
        partner.pages["/shapes"] = Page(b"", status=202)
        yield Bench(partner.url, tmp_path_factory.mktemp("bench"))


def call(bench, operation, arguments):
    return bench.soap(operation=operation, wsdl="/shapes?wsdl", arguments=arguments)


@pytest.mark.parametrize(
    ("operation", "arguments", "sent"),
    [
        ("Do", {}, '<ns0:Do xmlns:ns0="urn:o"/>'),
        (
            "Do",
            {"S": {"A": "1", "B": "true", "kind": "7"}},
            '<ns0:S kind="7"><ns0:A>1</ns0:A><ns0:B>true</ns0:B></ns0:S>',
        ),
        ("Do", {"S": {"A": 1, "B": True}}, "<ns0:S><ns0:A>1</ns0:A><ns0:B>true</ns0:B></ns0:S>"),
        ("Do", {"M": "12.50"}, "<ns0:M>12.50</ns0:M>"),
        ("Do", {"M": {"_value_1": "1", "cur": "EUR"}}, '<ns0:M cur="EUR">1</ns0:M>'),
        (
            "Do",
            {"N": {"V": "1", "Node": [{"V": "2"}, {"V": "3", "Node": {"V": "4"}}]}},
            "<ns0:Node><ns0:V>3</ns0:V><ns0:Node><ns0:V>4</ns0:V></ns0:Node></ns0:Node>",
        ),
        ("Do", {"I": "1 2 3"}, "<ns0:I>1 2 3</ns0:I>"),
        ("Do", {"Un": "2026-01-01"}, "<ns0:Un>2026-01-01</ns0:Un>"),
        ("Do", {"Y": "2026"}, "<ns0:Y>2026</ns0:Y>"),
        ("Do", {"H": "0aff", "D": "PT5M", "F": "INF"}, "<ns0:F>INF</ns0:F>"),
        ("Do", {"X1": "", "X2": "t"}, "<ns0:X2>t</ns0:X2>"),
        ("Do", {"Any": "text"}, "<ns0:Any>text</ns0:Any>"),
        (
            "Many",
            {"_value_1": [{"K": "a", "V": "1"}, {"K": "b", "V": "2"}]},
            "<ns0:K>a</ns0:K><ns0:V>1</ns0:V><ns0:K>b</ns0:K><ns0:V>2</ns0:V>",
        ),
        ("Bare", {"Bare": "5"}, '<ns0:Bare xmlns:ns0="urn:o">5</ns0:Bare>'),
        ("Rpc", {"a": "1", "s": {"A": "2", "B": "false"}}, "<a>1</a><s><ns0:A>2</ns0:A>"),
    ],
)
def test_a_shape_is_written_as_the_schema_wants_it(bench, operation, arguments, sent):
    outcome = call(bench, operation, arguments)
    assert isinstance(outcome, Answered), outcome
    assert sent in outcome.exchange.request


@pytest.mark.parametrize(
    ("operation", "arguments", "complaint"),
    [
        ("Do", {"I": "1 x"}, "I: no value of the type int"),
        ("Do", {"Y": "x"}, "Y: no value of the type gYear"),
        ("Do", {"H": "xyz"}, "H: no value of the type hexBinary"),
        ("Do", {"M": {"_value_1": "x"}}, "M._value_1: no value of the type decimal"),
        ("Do", {"S": {"A": "1", "B": "true", "kind": "x"}}, "S.kind: no value of the type int"),
        ("Many", {"_value_1": [{"K": "a", "V": "x"}]}, "_value_1[0].V: no value of the type int"),
        ("Many", {"K": "a", "V": "1"}, "arguments: "),
        ("Bare", {}, "arguments: one value of the type"),
        ("Bare", {"Bare": "x"}, "Bare: no value of the type int"),
        ("Rpc", {"a": "z", "s": {}}, "a: no value of the type int"),
    ],
)
def test_what_does_not_fit_a_shape_is_named_and_not_sent(bench, operation, arguments, complaint):
    failed = call(bench, operation, arguments)
    assert isinstance(failed, Permanent)
    assert failed.error.startswith(complaint)
