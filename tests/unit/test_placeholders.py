"""Placeholders: what they mean, how they are encoded, and that no value is scanned again (B9)."""

import json
from dataclasses import replace

import pytest
from lxml import etree

from gateway.delivery.placeholders import Facts, Filler, names_of, unknown
from gateway.delivery.processes import read
from gateway.delivery.steps.step import Place, SentFile, Unfillable
from gateway.domain.app_fields import APPS
from gateway.usecases.ports import RegisteredNames

PROCESS = """
format = 1
[process]
name = "p"
version = 1
[process.inputs]
TEXT = "#REPLACE-EXTAPPFIELD-Ticketing.TaskUpdateMessage-Task_UpdateMessage#"
TWICE = "#TEXT#"
[[step]]
name = "call"
kind = "http"
target = "t"
method = "GET"
path = "/#OWN#"
inputs = { OWN = "own #TEXT#" }
[[step]]
name = "read-it"
kind = "map"
values = [{ name = "number", type = "text" }, { name = "new-number", type = "text" }]
"""
LOOSE = read(PROCESS)
STRICT = replace(LOOSE, strict=True)
NASTY = "< & \" '\n#REPLACE-EVENT-Id# \\ ä"
FILES = (SentFile(name="a.txt", media_type="text/plain", size=3, content=b"abc"),)
FIELD = "#REPLACE-EXTAPPFIELD-Ticketing.TaskAssignment-"


def names(*apps, dynamic=("Room",)):
    return names_of(
        RegisteredNames(apps=apps, fields=(("Task_Extra", "Extra - in words"),), dynamic=dynamic)
    )


def filler(process=LOOSE, step=0, *, apps=(), values=None, warn=lambda _: None, **fields):
    facts = Facts(
        names=names(*apps),
        process=process,
        field=lambda name: fields.get(name, ""),
        form={"Room": "4711"}.get,
        event=lambda wanted: f"event {wanted}",
        values=values or {},
        log=lambda: "line 1\nline 2",
        files=lambda: FILES,
    )
    return Filler(facts, process.steps[step], warn)


def filled(template, place=Place.DATA, **given):
    return filler(**given).fill(template, place)


@pytest.mark.parametrize("app", APPS)
def test_ssp7_workflow_a18_one_value_through_the_names_of_all_six_apps(app):
    text = f"#REPLACE-EXTAPPFIELD-{app}-Process Id#"
    assert filled(text, Ticket_ProcessId="4711") == "4711"


@pytest.mark.parametrize(
    "field", ["external request type", "External REQUEST Type", "Task_ExternalRequestType"]
)
def test_ssp7_workflow_b9_a_field_is_known_by_its_name_and_by_its_label(field):
    assert filled(f"{FIELD}{field}#", Task_ExternalRequestType="Update") == "Update"


def test_ssp7_workflow_b9_no_label_of_an_operator_takes_the_place_of_our_own():
    taken = RegisteredNames(apps=(), fields=(("Ticket_Field_Pid", "process id"),), dynamic=("Pid",))
    assert names_of(taken).field("Ticketing.TaskClosure-Process Id") == "Ticket_ProcessId"


def test_ssp7_workflow_b9_the_name_of_a_field_is_exact():
    assert filled(f"{FIELD}task_externalrequesttype#") == f"{FIELD}task_externalrequesttype#"


def test_ssp7_workflow_b9_a_dash_with_blanks_may_stand_in_a_field():
    assert filled(f"{FIELD}extra - IN words#", Task_Extra="yes") == "yes"


def test_ssp7_workflow_b9_the_longest_registered_app_begins_the_text():
    longer = "Ticketing.TaskAssignment-Process"
    text = f"{FIELD}Process-Process Id#"
    assert filled(text, Ticket_ProcessId="7") == text
    assert filled(text, apps=(longer,), Ticket_ProcessId="7") == "7"


def test_ssp7_workflow_b9_a_dynamic_field_without_value_is_empty():
    assert filled(f"[{FIELD}Ticket_Field_Room#]") == "[]"
    assert filled(f"[{FIELD}Ticket_Field_Other#]") == f"[{FIELD}Ticket_Field_Other#]"


def test_ssp7_workflow_b9_a_message_field_of_an_event_without_message_is_empty():
    assert filled(f"[{FIELD}update message text#]") == "[]"


@pytest.mark.parametrize(
    "text",
    [
        "#REPLACE-EXTAPPFIELD-Ticketing.Nothing-Process Id#",
        f"{FIELD}Nothing#",
        "#REPLACE-STEP-nowhere-number#",
        "#REPLACE-STEP-read-it-other#",
        "#REPLACE-FORMFIELD-Nothing#",
        "#REPLACE-EVENT-Nothing#",
        "#REPLACE-SOMETHING#",
        "#ATTACHMENT-FileName#",
        f"{FIELD}Process Id||YAML#",
    ],
)
def test_ssp7_workflow_b9_what_is_unknown_stays_with_a_warning_and_fails_a_strict_process(text):
    warnings = []
    assert filler(warn=warnings.append).fill(f"<{text}>", Place.DATA) == f"<{text}>"
    assert warnings == [f"nothing is known as {text}"]
    with pytest.raises(Unfillable):
        filled(text, process=STRICT)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("#UNDECLARED#", "#UNDECLARED#"),
        ("#FFF#TEXT#", "#FFFx"),
        ("# 1 # 2", "# 1 # 2"),
        ("#", "#"),
        ("#TEXT", "#TEXT"),
        ("#text#", "#text#"),
        ("#TEXT##TEXT#", "xx"),
    ],
)
def test_ssp7_workflow_b9_an_undeclared_name_is_plain_text(template, expected):
    assert filled(template, process=STRICT, Task_UpdateMessage="x") == expected


def test_ssp7_workflow_b9_a_value_that_holds_a_placeholder_is_not_scanned_again():
    assert filled("#TEXT#", Task_UpdateMessage="#TEXT# #REPLACE-EVENT-Id#") == (
        "#TEXT# #REPLACE-EVENT-Id#"
    )
    assert filled("#TWICE#", Task_UpdateMessage="x") == "#TEXT#"  # inputs know no inputs


def test_an_input_of_a_step_may_use_those_of_the_process():
    assert filled("#OWN#", Task_UpdateMessage="x") == "own x"
    assert filled("#OWN#", step=1) == "#OWN#"


def test_ssp7_workflow_b9_the_other_forms():
    assert filled("#REPLACE-EVENT-Id#, #REPLACE-EVENT-Attempt#") == "event Id, event Attempt"
    assert filled("#REPLACE-FORMFIELD-Room#") == "4711"
    assert filled("#REPLACE-STEP-LOG-Process Log#") == "line 1\nline 2"
    values = {"read-it": {"number": "1", "new-number": "2"}}
    assert filled("#REPLACE-STEP-read-it-number#", values=values) == "1"
    assert filled("#REPLACE-STEP-read-it-new-number#", values=values) == "2"
    assert filled("[#REPLACE-STEP-read-it-number#]") == "[]"  # the step did not run


@pytest.mark.parametrize("place", [Place.DATA, Place.TEXT])
def test_ssp7_workflow_b9_data_and_plain_text_take_a_value_as_it_is(place):
    assert filled("a #TEXT# b", place, Task_UpdateMessage=NASTY) == f"a {NASTY} b"


def test_ssp7_workflow_b9_json_takes_the_content_of_a_string_and_a_whole_value_on_demand():
    body = filled('{"a": "#TEXT#", "b": #TEXT||JSON#}', Place.JSON, Task_UpdateMessage=NASTY)
    assert json.loads(body) == {"a": NASTY, "b": NASTY}


@pytest.mark.parametrize("template", ["<a b='#TEXT#'>#TEXT#</a>", '<a b="#TEXT#">#TEXT#</a>'])
def test_ssp7_workflow_b9_xml_survives_any_value_in_text_and_attribute(template):
    root = etree.fromstring(filled(template, Place.XML, Task_UpdateMessage=NASTY))
    assert root.text == root.get("b") == NASTY


def test_ssp7_workflow_b9_html_is_escaped():
    assert filled("<p>#TEXT#</p>", Place.HTML, Task_UpdateMessage="<b> & \" '") == (
        "<p>&lt;b&gt; &amp; &quot; &#x27;</p>"
    )


def test_ssp7_workflow_b9_parts_of_a_url_are_percent_encoded():
    assert filled("/a/#TEXT#/b", Place.URL, Task_UpdateMessage="x/../?a=1&b#\n ä") == (
        "/a/x%2F..%2F%3Fa%3D1%26b%23%0A%20%C3%A4/b"
    )


@pytest.mark.parametrize("break_", ["\n", "\r", "\u2028", "\x85", "\x00"])
def test_ssp7_workflow_b9_a_line_break_in_a_header_fails_for_good(break_):
    with pytest.raises(Unfillable, match="line break"):
        filled("#TEXT#", Place.HEADER, Task_UpdateMessage=f"a{break_}Bcc: x")
    assert filled("< #TEXT# >", Place.HEADER, Task_UpdateMessage="a & b") == "< a & b >"


@pytest.mark.parametrize(
    ("encoder", "expected"),
    [("JSON", '"<\\n>"'), ("XML", "&lt;&#10;&gt;"), ("HTML", "&lt;\n&gt;"),
     ("URL", "%3C%0A%3E"), ("TEXT", "<\n>")],
)  # fmt: skip
def test_ssp7_workflow_b9_another_encoder_can_be_asked_for_in_any_form(encoder, expected):
    given = {"Task_UpdateMessage": "<\n>"}
    assert filled(f"#TEXT||{encoder}#", Place.XML, **given) == expected
    assert filled(f"{FIELD}Task_UpdateMessage||{encoder}#", Place.DATA, **given) == expected


def test_nested_tables_are_filled_and_each_file_is_an_item():
    item = {"Name": "#ATTACHMENT-FileName#", "Data": "#ATTACHMENT-Content#",
            "Size": "#ATTACHMENT-Size# of #ATTACHMENT-ContentType#"}  # fmt: skip
    made = filler(process=STRICT, Task_UpdateMessage="x").data(
        {"a": ["#TEXT#", 1, True], "files": {"each": "attachments", "item": item}}
    )
    assert made == {
        "a": ["x", 1, True],
        "files": [{"Name": "a.txt", "Data": "YWJj", "Size": "3 of text/plain"}],
    }


def test_a_hash_that_was_put_in_is_to_be_masked():
    made = filler(Task_HashCheck="1.k.secret")
    made.fill(f"{FIELD}Task_HashCheck#", Place.DATA)
    assert made.masked == {"1.k.secret"}


def test_a_check_finds_what_nothing_can_be_known_as():
    value = {
        "a": [f"{FIELD}Process Id#", f"{FIELD}Nope#", "#UNDECLARED#", "#REPLACE-FORMFIELD-Any#"],
        "b": {"each": "attachments", "item": {"n": "#ATTACHMENT-FileName##ATTACHMENT-Nope#"}},
        "c": "#ATTACHMENT-FileName##REPLACE-STEP-read-it-nope#",
    }
    assert list(unknown(value, LOOSE, names())) == [
        f"{FIELD}Nope#",
        "#ATTACHMENT-Nope#",
        "#ATTACHMENT-FileName#",
        "#REPLACE-STEP-read-it-nope#",
    ]
