"""Process files: what is read, and everything that is wrong told by step and key."""

from pathlib import Path

import pytest

from gateway.delivery.placeholders import names_of
from gateway.delivery.process_check import Checker, wrong_with
from gateway.delivery.processes import ProcessUnfit, canonical, definition, read
from gateway.delivery.steps.map import ValueMissing, pick
from gateway.domain.process import Kind, Operator, Picked, Picking, Reader, Use, seconds
from gateway.usecases.ports import RegisteredNames

NORTHWIND = Path(__file__).parents[2] / "deploy" / "examples" / "northwind.toml"
HEAD = 'format = 1\n[process]\nname = "p"\nversion = 1\n'
GET = 'kind = "http"\ntarget = "t"\nmethod = "GET"\npath = "/"\n'


def step(text, name="one"):
    return f'[[step]]\nname = "{name}"\n{text}\n'


def problems(text, head=HEAD):
    with pytest.raises(ProcessUnfit) as caught:
        read(head + text)
    return [str(each) for each in caught.value.problems]


def test_the_example_is_the_process_of_the_contract():
    process = read(NORTHWIND.read_text("utf-8"))
    assert (process.name, process.version, process.partner) == ("northwind", 3, "NORTHWIND")
    assert [(each.name, each.kind) for each in process.steps] == [
        ("direction", "decide"), ("send-new", "soap"), ("number", "map"),
        ("wait-for-number", "wait"), ("send-update", "http"), ("send-state", "http"),
        ("tell-team", "mail"),
    ]  # fmt: skip
    assert (process.retry.count, process.retry.first_delay_s, process.retry.maximum_s) == (
        16, 30, 36_000,
    )  # fmt: skip
    pause = process.step("wait-for-number").does
    assert (pause.check_s, pause.timeout_s, pause.on_timeout.fails) == (60, 4 * 3600, True)
    assert process.step("number").does.values[0].set is Use.REFERENCE


def test_the_example_uses_only_placeholders_that_exist():
    class Good:
        def check(self, step, process):
            return ()

    names = names_of(RegisteredNames(apps=(), fields=(), dynamic=()))
    checker = Checker(names, dict.fromkeys((Kind.SOAP, Kind.HTTP, Kind.MAIL), Good()))
    assert wrong_with(read(NORTHWIND.read_text("utf-8")), checker) == []


def test_what_is_no_toml_is_told_with_its_line():
    (only,) = problems("[[step]\n")
    assert only.startswith("file: not TOML: ")
    assert "line 5" in only


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = " + "[" * 5000, "file: nested too deep"),
        ('x = "\\u0000"', "file: a character that is"),
    ],
)
def test_what_no_process_can_hold_is_refused(text, expected):
    (only,) = problems(text, head="")
    assert only.startswith(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (step(GET + "pth = 1"), "step one: pth: unknown key"),
        (step('kind = "ftp"'), "step one: kind: must be one of soap, http, mail"),
        (step(GET.replace('"t"', "7")), "step one: target: must be a text"),
        (step('kind = "http"\nmethod = "GET"\npath = "/"'), "step one: target: is required"),
        (step(GET.replace("GET", "BREW")), "step one: method: must be one of GET"),
        (step(GET + 'json = {}\nbody = "x"\nbody_type = "text"'), "step one: body: only one of"),
        (step(GET + 'body = "x"'), "step one: body_type: is required"),
        (step(GET + "expect = [20]"), "step one: expect: must be a list of statuses"),
        (step(GET + "json = { a = [2026-03-04] }"), "step one: json.a[1]: must be a text"),
        (step(GET + 'json = { a = { each = "x" } }'), "step one: json.a: must be { each ="),
        (step(GET + "inputs = { a = 'x' }"), "step one: inputs.a: must be A-Z, then"),
        (step(GET + 'timeout = "5 min"'), "step one: timeout: must be a duration like 30s"),
        (step(GET + 'timeout = "6m"'), "step one: timeout: must be at most 300 s"),
        (step('kind = "wait"\nfor = "367d"'), "step one: for: must be at most 31622400 s"),
        (step(GET + 'on_error = "goto:"'), "step one: on_error: must be fail, continue or goto:"),
        (step(GET + 'when = [{ left = "a", op = "~", right = "b" }]'),
         "step one: when[1].op: must be one of"),
        (step(GET + 'when = [{ left = "a", op = "=" }]'), "step one: when[1].right: is required"),
        (step(GET + 'when = [{ left = "a", op = "=", right = ["b"] }]'),
         "step one: when[1].right: a list goes with in only"),
        (step(GET + 'when = [{ left = "a", op = "empty", rihgt = "b" }]'),
         "step one: when[1].rihgt: unknown key"),
        (step(GET) + step(GET), "step one: name: 2 steps have this name"),
        (step(GET + 'next = "one"'), "step one: next: one is no later step"),
        (step(GET) + step(GET + 'next = "one"', "two"), "step two: next: one is no later step"),
        (step(GET) + step(GET + 'on_error = "goto:one"', "two"), "step two: on_error: one is no"),
        (step(GET + 'next = "nowhere"'), "step one: next: there is no step nowhere"),
        (step('kind = "decide"\nrules = [{ when = [{ left = "a", op = "empty" }], goto = "x" }]'),
         "step one: rules[1].goto: there is no step x"),
        (step('kind = "decide"'), "step one: rules: is required"),
        (step('kind = "wait"'), "step one: until: one of until and for is required"),
        (step('kind = "wait"\nfor = "1m"\non_timeout = "maybe"'), "step one: on_timeout: must be"),
        (step('kind = "map"\nfrom = "x"\nvalues = [{ name = "a", type = "text" }]'),
         "step one: from: there is no earlier step x"),
        (step('kind = "map"\nvalues = [{ name = "a", type = "xpath" }]'),
         "step one: values[1].path: is required"),
        (step('kind = "map"\nvalues = [{ name = "a", type = "text", set = "x" }]'),
         "step one: values[1].set: must be one of external_reference, note"),
        (step('kind = "mail"\nsubject = "x"\nbody = "x"'), "step one: to: is required"),
        (step('kind = "soap"\ntarget = "t"\nwsdl = "/x"'), "step one: operation: is required"),
        (step(GET, "a b"), "step a b: name: must be 1 to 60 of"),
        (step(GET, "end"), "step end: name: end has a meaning of its own"),
        ("", "step: at least one step is required"),
        ("".join(step(GET, f"s{n}") for n in range(51)), "step: at most 50 steps, 51 found"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_step_is_told_by_step_and_key(text, expected):
    (only,) = problems(text)
    assert only.startswith(expected)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (HEAD.replace("format = 1", "format = 2"), "format: must be 1"),
        (HEAD.replace('"p"', '"P q"'), "process.name: must be 1 to 60 of a-z 0-9 -"),
        (HEAD.replace("version = 1", "version = 0"), "process.version: must be a whole number"),
        (HEAD + "colour = 1\n", "process.colour: unknown key"),
        (HEAD + "[process.retry]\ncount = -1\n", "process.retry.count: must be between 0 and 1000"),
        (HEAD + '[process.retry]\nretry_on = "none"\n', "process.retry.retry_on: must be one of"),
        (HEAD + '[process.retry]\nmaximum = "10"\n', "process.retry.maximum: must be a duration"),
        (HEAD + "[process.inputs]\nlower = 'x'\n", "process.inputs.lower: must be A-Z"),
        (HEAD + "[other]\n", "other: unknown key"),
    ],
)
def test_what_is_wrong_with_the_head_is_told_by_key(head, expected):
    (only,) = problems(step(GET), head)
    assert only.startswith(expected)


def test_everything_that_is_wrong_is_told_at_once():
    text = step(GET + "a = 1\nb = 2") + step("kind = 'wait'", "two")
    assert sorted(problems(text)) == [
        "step one: a: unknown key",
        "step one: b: unknown key",
        "step two: until: one of until and for is required",
    ]


def test_placeholders_paths_and_targets_are_checked_without_a_call():
    class Shop:
        def check(self, step, process):
            return [f"target: no target {step.keys['target']}"]

    text = HEAD + '[process.inputs]\nA = "#REPLACE-EVENT-Nope#"\n' + step(
        GET + 'query = { q = "#REPLACE-EXTAPPFIELD-Ticketing.TaskClosure-Nope#" }'
    ) + step('kind = "map"\nvalues = [{ name = "a", path = "//x:y", type = "xpath" },'
             ' { name = "b", path = "$.a[*]", type = "jsonpath" }]', "two")  # fmt: skip
    names = names_of(RegisteredNames(apps=(), fields=(), dynamic=()))
    found = [str(each) for each in wrong_with(read(text), Checker(names, {Kind.HTTP: Shop()}))]
    assert found == [
        "inputs.A: nothing is known as #REPLACE-EVENT-Nope#",
        "step one: query: nothing is known as #REPLACE-EXTAPPFIELD-Ticketing.TaskClosure-Nope#",
        "step one: target: no target t",
        "step two: values.a.path: no XPath 1.0: Undefined namespace prefix",
        "step two: values.b.path: only $ .name ['name'] [n] make a path",
    ]


def test_the_same_content_in_another_layout_is_the_same():
    one = HEAD + step(GET)
    other = HEAD.replace(" = ", "=") + "# a comment\n" + step(GET)
    assert canonical(definition(one)) == canonical(definition(other))
    assert canonical(definition(one)) != canonical(definition(one.replace("/", "/x")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("30s", 30), ("1m", 60), ("4h", 14_400), ("2d", 172_800), ("1.5h", None), ("h", None),
     ("10", None)],
)  # fmt: skip
def test_durations(text, expected):
    assert seconds(text) == expected


XML = (
    '<s:E xmlns:s="urn:s"><s:B><r xmlns="urn:r"><N>NW-<b>1</b></N><N>2</N><z v="3"/></r>'
    "</s:B></s:E>"
)
JSON = '{"a": {"b c": [1.10, {"d": "x"}], "t": true, "n": null}, "e": "\\u0000"}'


def picked(body, path, reader, **more):
    value = Picked(name="v", type=Reader(reader), path=path, **more)
    return pick(Picking(namespaces={"r": "urn:r"}, values=(value,)), body)["v"]


@pytest.mark.parametrize(
    ("body", "path", "reader", "expected"),
    [
        (XML, "//r:N", "xpath", "NW-1"), (XML, "//r:z/@v", "xpath", "3"),
        (XML, "count(//r:N)", "xpath", "2"), (XML, "string(//r:N[2])", "xpath", "2"),
        (XML, "boolean(//r:N)", "xpath", "true"), (XML, "//r:None", "xpath", ""),
        ("no xml", "//r:N", "xpath", ""),
        ('<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>', "/a", "xpath", ""),
        (JSON, "$.a['b c'][0]", "jsonpath", "1.10"), (JSON, "$.a['b c'][1].d", "jsonpath", "x"),
        (JSON, "$.a.t", "jsonpath", "true"), (JSON, "$.a.n", "jsonpath", ""),
        (JSON, "$.a['b c'][2]", "jsonpath", ""), (JSON, "$.x.y", "jsonpath", ""),
        (JSON, "$.a['b c'][1]", "jsonpath", '{"d": "x"}'), ("no json", "$.a", "jsonpath", ""),
        ("[" * 100_000, "$[0]", "jsonpath", ""), ("all of it", "", "text", "all of it"),
    ],
)  # fmt: skip
def test_values_are_picked_out_of_answers(body, path, reader, expected):
    assert picked(body, path, reader) == expected


def test_a_required_value_that_is_not_there_is_told():
    with pytest.raises(ValueMissing, match="v is not in the answer"):
        picked(XML, "//r:None", "xpath", required=True)


def test_no_extension_function_is_known():
    with pytest.raises(ValueMissing):
        picked(XML, "document('file:///etc/passwd')", "xpath", required=True)


def test_an_operator_of_each_kind_can_be_written():
    for op in Operator:
        text = f'when = [{{ left = "a", op = "{op}", right = "b" }}]'
        assert read(HEAD + step(GET + text)).steps[0].when.of[0].op is op
