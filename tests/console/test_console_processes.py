"""Processes at the console: edited, checked, saved as their next version, compared."""

import pytest
from lxml import html

from gateway.delivery.process_lines import line_of
from gateway.delivery.process_table import Problem
from gateway.delivery.processes import ProcessUnfit, canonical, definition, read
from gateway.storage import administration
from gateway.usecases import processes
from gateway.usecases.lists import Actor

SOURCE = """\
format = 1

[process]
name = "{name}"
version = 3  # of the year
title = "Tell them"
partner = "NORTHWIND"

[process.retry]
count = 4

[[step]]
name = "tell"
kind = "mail"
to = ["desk@example.org"]
subject = "News"
body = "#REPLACE-EVENT-Id#"
"""


def load(house, source):
    content = definition(source)
    command = processes.LoadProcess(
        process=read(source), source=source, definition=content, canonical=canonical(content)
    )
    with administration(house.settings) as administers:
        administers.run(lambda unit: processes.load(command, Actor("test"), unit))


@pytest.fixture
def process(house, request):
    name = f"edited-{abs(hash(request.node.name)) % 10**9}"
    load(house, SOURCE.format(name=name))
    return name


def path(name, version=None):
    return f"/console/processes/{name}/edit" + (f"?version={version}" if version else "")


def versions(house, name):
    return house.rows(
        "select v.version, v.source from process_version v join process p on p.id = v.process_id"
        " where p.name = %s order by 1", name,
    )  # fmt: skip


def sent(visitor, name, source, do="check", **more):
    form = visitor.page(path(name)).form("Check")
    return visitor.send(form, source=source, do=do, **more)


def test_saving_makes_the_next_version_which_is_active_and_given_back(house, admin, process):
    assert admin.page(f"/console/processes/{process}").tree.xpath("//a[text()='Edit']/@href") == [
        f"{path(process)}?version=3"
    ]
    edited = SOURCE.format(name=process).replace('"News"', '"News of <today>"')
    form = admin.page(path(process, 3)).form("Check")
    assert form.fields["source"].strip() == SOURCE.format(name=process).strip()
    page = admin.send(form, follow=True, source=edited.replace("\n", "\r\n"), do="save")
    assert f"Version 4 of {process} is saved and active." in page.text
    assert "Difference to version 3" in page.text
    assert '+subject = "News of <today>"' in page.tree.xpath("//pre")[-1].text_content()
    assert versions(house, process)[1] == (4, edited.replace("version = 3", "version = 4"))
    shown = admin.data(f"/console/processes/{process}.json")
    assert (shown["process"]["version"], shown["process"]["versions"]) == (4, [3, 4])
    assert house.rows("select actor from audit where subject = %s order by id", process) == [
        ("test",), ("admin",),
    ]  # fmt: skip


def test_a_check_tells_step_key_and_line_and_stores_nothing(house, admin, process):
    edited = SOURCE.format(name=process).replace(
        'body = "#REPLACE-EVENT-Id#"', 'body = "#REPLACE-EVENT-It#"'
    )
    page = admin.send(admin.page(path(process)).form("Check"), source=edited, do="check")
    cells = [[cell.strip() for cell in row] for row in _table(page.text)]
    assert cells[0][:3] == ["17", "tell", "body"]
    assert "EVENT-It" in cells[0][3]
    assert page.status_code == 200
    assert len(versions(house, process)) == 1
    fine = sent(admin, process, SOURCE.format(name=process))
    assert "Nothing is wrong." in fine.text


@pytest.mark.parametrize(
    ("old", "new", "line", "step", "key"),
    [
        ("kind", "colour = 1\nkind", 14, "tell", "colour"),
        ('"mail"', '"male"', 14, "tell", "kind"),
        ("count = 4", "count = -4", 10, "", "process.retry.count"),
        ("[[step]]", "[[step", 12, "", "file"),
        ("version = 3  # of the year\n", "", 3, "", "process.version"),
        ('partner = "NORTHWIND"', 'partner = "NORTHWND"', None, "", "process.partner"),
    ],
)
def test_what_cannot_be_saved_is_told_and_kept(house, admin, process, old, new, line, step, key):
    edited = SOURCE.format(name=process).replace(old, new)
    reply = sent(admin, process, edited, do="save")
    assert reply.status_code == 422
    row = [cell.strip() for cell in _table(reply.text)[0]]
    assert row[:3] == ["" if line is None else str(line), step, key]
    assert len(versions(house, process)) == 1
    assert edited.strip() in _textarea(reply.text)


def test_another_processes_name_is_refused(house, admin, process):
    before = house.rows("select count(*) from process_version")
    assert sent(admin, process, SOURCE.format(name="other"), do="save").status_code == 422
    assert house.rows("select count(*) from process_version") == before


def test_what_is_the_same_makes_no_version(house, admin, process):
    page = admin.page(path(process))
    page = admin.send(page.form("Check"), follow=True, do="save")
    assert "Nothing was different." in page.text
    assert len(versions(house, process)) == 1


def test_a_version_that_came_meanwhile_is_not_overtaken(house, admin, process):
    form = admin.page(path(process)).form("Check")
    load(house, SOURCE.format(name=process).replace("version = 3", "version = 7"))
    edited = SOURCE.format(name=process).replace("News", "Olds")
    reply = admin.send(form, source=edited, do="save")
    assert reply.status_code == 409
    assert "Olds" in _textarea(reply.text)
    assert [number for number, _ in versions(house, process)] == [3, 7]


def test_a_reader_edits_nothing(house, admin, reader, process):
    assert "Edit" not in reader.page(f"/console/processes/{process}").text.split()
    assert reader.get(path(process)).status_code == 403
    form = admin.page(path(process)).form("Check")
    form.fields["csrf"] = reader.page("/console/").form("Log out").fields["csrf"]
    assert reader.send(form, source="x", do="save").status_code == 403
    assert len(versions(house, process)) == 1


@pytest.mark.parametrize(
    "source",
    ["\n" * 250_000, "[process]\n" * 20_000, "[" + " " * 200_000, "a=1\n" * 50_000, "x" * 250_002],
)
def test_a_text_that_is_hard_to_read_is_answered_in_time(house, admin, process, source):
    assert sent(admin, process, source, do="save").status_code == 422
    assert len(versions(house, process)) == 1


def test_the_line_of_a_problem_is_found_in_tables_of_steps_too():
    source = SOURCE + '[step.header]\n"X-A" = "1"\n\n[[step]]\nkind = "mail"\n'
    assert line_of(Problem("tell", "header", ""), source) == 18
    assert line_of(Problem("number 2", "name", ""), source) == 21
    assert line_of(Problem("", "process.inputs.X", ""), source) == 3
    assert line_of(Problem("nobody", "name", ""), source) is None
    with pytest.raises(ProcessUnfit) as unfit:
        read(source)
    assert all(line_of(each, source) for each in unfit.value.problems)


def _table(text):
    rows = html.fromstring(text).xpath("//table[.//th[text()='Line']]/tbody/tr")
    return [[cell.text_content() for cell in row] for row in rows]


def _textarea(text):
    return html.fromstring(text).xpath("//textarea[@id='text']")[0].text.replace("\r\n", "\n")
