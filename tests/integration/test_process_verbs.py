"""The verb ``processes``: files are checked, loaded, listed, shown and given back."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli import verbs
from tests.kit.simulator import Simulator, contract
from tests.kit.stores import Stores

NORTHWIND = Path(__file__).parents[2] / "deploy" / "examples" / "northwind.toml"


@pytest.fixture(scope="module")
def stores(databases):
    with databases.migrated() as url:
        made = Stores(url)
        made.sql("insert into external_system (name) values ('NORTHWIND')")
        made.sql(
            "insert into partner (name, system_id) select name, id from external_system"
            " where name = 'NORTHWIND'"
        )
        yield made
        made.close()


@pytest.fixture
def run(stores, tmp_path):
    def invoked(*words, code=0):
        done = CliRunner().invoke(
            verbs,
            ["processes", *map(str, words), "--database-url", stores.url, "--data", str(tmp_path)],
            catch_exceptions=False,
            standalone_mode=False,
        )
        assert (done.return_value or done.exit_code) == code, done.output
        return done

    return invoked


@pytest.fixture
def file(tmp_path):
    def written(text):
        made = tmp_path / "process.toml"
        made.write_text(text, "utf-8")
        return made

    return written


def rows(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_file_is_loaded_once_listed_shown_and_given_back_as_it_was(run, stores):
    told = run("load", NORTHWIND).stderr
    assert "added and active" in told
    assert "step send-new: target: no target northwind-soap\n" in told
    assert "nothing to do" in run("load", NORTHWIND).stderr
    (listed,) = rows(run("list", "--json"))
    assert (listed["name"], listed["version"], listed["versions"]) == ("northwind", 3, [3])
    stores.group("Northwind desk", partner_id=1, assignment_process_id=1)
    (shown,) = rows(run("show", "northwind", "--json"))
    assert shown["partner"] == "NORTHWIND"
    assert shown["steps"][1] == {"name": "send-new", "kind": "soap"}
    assert shown["used_by"] == ["group Northwind desk"]
    assert run("export", "northwind", "--version", "3").stdout == NORTHWIND.read_text("utf-8")
    assert stores.sql("select actor, action from audit where subject = 'northwind'") == [
        ("processes load", "process loaded")
    ]


def test_a_broken_file_is_told_by_step_and_key_and_not_loaded(run, stores, file):
    broken = file(
        NORTHWIND.read_text("utf-8")
        .replace('name = "northwind"', 'name = "broken"')
        .replace('otherwise = "wait-for-number"', 'otherwise = "direction"\ncolour = 1')
    )
    for verb in ("check", "load"):
        done = run(verb, broken, code=1)
        assert sorted(done.stdout.splitlines()) == [
            "direction\tcolour\tunknown key",
            "direction\totherwise\tdirection is no later step",
        ]
    assert not stores.sql("select 1 from process where name = 'broken'")


def test_an_offline_check_tells_of_targets_and_placeholders_and_calls_nobody(run, file):
    text = NORTHWIND.read_text("utf-8").replace("TaskClosure-Process Id", "TaskClosure-Proces Id")
    found = {
        (row["step"], row["key"])
        for row in rows(run("check", file(text), "--offline", "--json", code=1))
    }
    assert ("", "inputs.PROCESSID") in found
    assert {("send-new", "target"), ("send-update", "target")} <= found


def test_a_check_looks_for_operations_in_the_wsdls_of_targets(run, stores, file, monkeypatch):
    monkeypatch.setenv("GATEWAY_DELIVERY__PRIVATE_NETWORKS", "127.0.0.1/32")
    head, _, _ = NORTHWIND.read_text("utf-8").partition("[[step]]")
    step = """
[[step]]
name = "{0}"
kind = "soap"
target = "looked-at"
wsdl = "{1}"
operation = "{2}"
"""
    cases = (
        ("good", f"{contract.PATH}?wsdl", "CreateIncident"),
        ("typo", f"{contract.PATH}?wsdl", "CreateIncidents"),
        ("gone", "/nowhere?wsdl", "CreateIncident"),
        ("evil", "//elsewhere.example/?wsdl", "CreateIncident"),
    )
    written = file(head + "".join(step.format(*case) for case in cases))
    with Simulator() as desk:
        stores.sql(
            "insert into target (partner_id, code, base_url)"
            " select id, 'looked-at', %s from partner where name = 'NORTHWIND'", desk.url,
        )  # fmt: skip
        done = run("check", written, "--json", code=1)
        found = {row["step"]: (row["key"], row["problem"]) for row in rows(done)}
    assert found["typo"] == ("operation", "the WSDL has no operation CreateIncidents")
    assert found["gone"][0] == "wsdl"
    assert found["evil"][0] == "wsdl"
    assert "good" not in found
    fine = file(head + step.format(*cases[0]))
    away = run("check", fine)  # nobody listens any more
    assert "step good: wsdl" in away.stderr
    assert "not looked at" in away.stderr
    assert "not looked at" not in run("check", fine, "--offline").stderr
    stores.sql("delete from target")


def test_what_cannot_be_read_is_told(run, tmp_path):
    (tmp_path / "latin").write_bytes(b"\xff")
    for name in ("latin", "nowhere"):
        with pytest.raises(Exception, match="cannot read"):
            run("load", tmp_path / name)
