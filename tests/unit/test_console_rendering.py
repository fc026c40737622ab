"""How the console writes spans and tables, and lays messages out."""

import json

import pytest

from gateway.console.rendering import span, table
from gateway.soap.layout import laid_out


@pytest.mark.parametrize(("seconds", "said"), [
    (-5, "0 s"), (0.4, "0 s"), (59, "59 s"), (60, "1 min"), (3725, "1 h 2 min"),
    (90_000, "1 d 1 h"), (86_400 + 61, "1 d 1 min"),
])  # fmt: skip
def test_a_span_is_said_by_its_two_largest_units(seconds, said):
    assert span(seconds, "en") == said
    assert span(seconds, "de") == said.replace("d", "T")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_a_text_that_a_program_for_sheets_would_run_is_quoted(text):
    assert f"'{text[:2]}" in table([{"a": text}]).decode("utf-8-sig")


def test_a_table_has_a_head_and_writes_what_is_no_text_as_json():
    row = {"n": -1, "yes": True, "none": None, "words": ("new", "neu"), "more": {"a": [1]}}
    assert table([row]).decode("utf-8-sig").splitlines() == [
        "n,yes,none,words,more", '-1,true,,new / neu,"{""a"": [1]}"',
    ]  # fmt: skip
    assert table([]).decode("utf-8-sig") == "\r\n"


@pytest.mark.parametrize("text", [
    "", "no XML", "<a>", '<?xml version="1.0"?><!DOCTYPE a SYSTEM "file:///etc/passwd"><a>&b;',
    json.dumps({"a": 1}), "<a>\udcff</a>",
])  # fmt: skip
def test_what_is_no_xml_stays_as_it_is(text):
    assert laid_out(text) == text


def test_each_element_gets_a_line_and_nothing_is_fetched():
    assert laid_out("<a><b>x</b><c/></a>") == "<a>\n  <b>x</b>\n  <c/>\n</a>"
    bomb = '<!DOCTYPE a [<!ENTITY b "xxxxxxxxxx"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    shown = laid_out(f"{bomb}<a><b>&b;</b>&c;</a>")
    assert "xxxxxxxxxx" not in shown.partition("]>")[2]
    assert "root:" not in shown
