"""The verbs ``partners targets`` and ``partners test``, and the simulator as a verb."""

import json
import re
import subprocess
import sys
from unittest import mock

import click
import httpx
import pytest
from click.testing import CliRunner

from gateway.cli import verbs
from gateway.errors import BrokenRule, CannotStart, Missing, NotFound
from tests.kit import web
from tests.kit.children import ROOT, wait_until
from tests.kit.serving import clean_environment, free_port
from tests.kit.simulator import Chaos, Proof, Simulator
from tests.kit.simulator.server import Page
from tests.kit.stores import Stores

URL = "url=https://desk.example.com/api"


@pytest.fixture(scope="module")
def stores(databases):
    with databases.migrated() as url:
        made = Stores(url)
        for name in ("NORTHWIND", "SOUTHSEA"):
            made.sql("insert into external_system (name) values (%s)", name)
            made.sql(
                "insert into partner (name, system_id) select name, id from external_system"
                " where name = %s", name,
            )  # fmt: skip
        yield made
        made.close()


@pytest.fixture
def run(stores, tmp_path, monkeypatch):
    def invoked(*words, code=0, **environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        done = CliRunner().invoke(
            verbs,
            ["partners", *words, "--database-url", stores.url, "--data", str(tmp_path)],
            catch_exceptions=False,
            standalone_mode=False,
        )
        assert (done.return_value or done.exit_code) == code, done.output
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]

    stores.sql("delete from target")
    return invoked


def test_a_target_is_added_listed_and_removed_and_audited(run, stores):
    (added,) = run(
        "targets", "add", "NORTHWIND", "soap", URL, "auth=wsse", "user=gateway",
        "secret=northwind", "timeout_s=20", "--json",
    )  # fmt: skip
    assert added["url"] == "https://desk.example.com/api"
    run("targets", "add", "NORTHWIND", "rest", URL)
    listed = run("targets", "list", "NORTHWIND", "--json")
    assert [(row["code"], row["auth"], row["timeout_s"]) for row in listed] == [
        ("rest", "none", 30), ("soap", "wsse", 20),
    ]  # fmt: skip
    run("targets", "remove", "NORTHWIND", "rest")
    assert [row["code"] for row in run("targets", "list", "NORTHWIND", "--json")] == ["soap"]
    actions = stores.sql("select action, subject from audit where action like 'target%%'")
    assert actions == [
        ("target added", "NORTHWIND soap"),
        ("target added", "NORTHWIND rest"),
        ("target removed", "NORTHWIND rest"),
    ]


@pytest.mark.parametrize(
    ("pairs", "error", "said"),
    [
        ([], Missing, "url"),
        (["url=ftp://desk.example.com"], BrokenRule, "no web address"),
        (["url=https://user:word@desk.example.com"], BrokenRule, "no login"),
        (["url=https://desk.example.com/?key=1"], BrokenRule, "no login, query"),
        ([URL, "auth=basic", "user=me"], Missing, "secret: auth basic needs it"),
        ([URL, "auth=basic", "secret=x"], Missing, "user: auth basic needs it"),
        ([URL, "auth=header", "secret=x"], Missing, "header: auth header needs it"),
        ([URL, "auth=header", "secret=x", "header=A B"], BrokenRule, "header: no name"),
        ([URL, "auth=bearer", "secret=../x"], BrokenRule, "secret: no name"),
        ([URL, "auth=magic"], click.UsageError, "auth"),
        ([URL, "timeout_s=0"], click.UsageError, "timeout_s"),
        ([URL, "password=x"], click.UsageError, "password"),
    ],
)
def test_a_target_that_could_not_be_called_is_refused(run, pairs, error, said):
    with pytest.raises(error) as refused:
        run("targets", "add", "NORTHWIND", "desk", *(pairs or ["timeout_s=30"]))
    assert said in str(refused.value)


def test_one_value_of_a_target_is_changed_and_the_rest_stays(run, stores):
    run("targets", "add", "NORTHWIND", "desk", URL, "auth=bearer", "secret=one", "timeout_s=20")
    (changed,) = run("targets", "set", "NORTHWIND", "desk", "secret=two", "--json")
    assert (changed["secret"], changed["auth"], changed["timeout_s"]) == ("two", "bearer", 20)
    run("targets", "set", "NORTHWIND", "desk", "secret=two")
    assert stores.sql(
        "select before, after from audit where action = 'target changed' order by id"
    ) == [({"secret": "one"}, {"secret": "two"})]
    for pairs, said in (
        (["auth=basic"], "user"),
        (["url=ftp://x"], "address"),
        (["secret="], "secret"),
    ):
        with pytest.raises((BrokenRule, Missing), match=said):
            run("targets", "set", "NORTHWIND", "desk", *pairs)
    with pytest.raises(NotFound, match="did you mean 'desk'"):
        run("targets", "set", "NORTHWIND", "desc", "timeout_s=30")
    (row,) = run("targets", "list", "NORTHWIND", "--json")
    assert row == changed


def test_no_verb_of_partners_shows_more_of_a_secret_than_its_name(run, tmp_path):
    (tmp_path / "northwind").write_text("canary-5512")
    folder = {"GATEWAY_SECRETS__FOLDER": str(tmp_path)}
    told = run("targets", "add", "NORTHWIND", "desk", "url=http://127.0.0.1:9", "auth=bearer",
               "secret=northwind", "--json", **folder)  # fmt: skip
    told += run("targets", "list", "NORTHWIND", "--json", **folder)
    told += run("show", "NORTHWIND", "--json", **folder)
    told += run("list", "--json", **folder)
    allowed = {"GATEWAY_DELIVERY__PRIVATE_NETWORKS": "127.0.0.1/32"}
    told += run("test", "NORTHWIND", "--json", code=1, **folder, **allowed)
    assert "canary" not in json.dumps(told)
    assert told[0]["secret"] == "northwind"


def test_partners_are_listed_with_how_they_stand_and_what_waits(run, stores):
    stores.sql("update partner set paused = true where name = 'NORTHWIND'")
    rows = {row["name"]: row for row in run("list", "--json")}
    assert (rows["NORTHWIND"]["stands"], rows["SOUTHSEA"]["stands"]) == ("paused", "ready")
    assert (rows["NORTHWIND"]["waiting"], rows["NORTHWIND"]["failed"]) == (0, 0)
    (shown,) = run("show", "NORTHWIND", "--json")
    assert shown == rows["NORTHWIND"]
    stores.sql("update partner set paused = false, active = false where name = 'NORTHWIND'")
    assert run("show", "NORTHWIND", "--json")[0]["stands"] == "not active"
    stores.sql("update partner set active = true where name = 'NORTHWIND'")


def test_names_that_do_not_fit_are_refused_with_the_nearest(run):
    run("targets", "add", "NORTHWIND", "desk", URL)
    with pytest.raises(BrokenRule, match="has a target desk"):
        run("targets", "add", "NORTHWIND", "desk", URL)
    with pytest.raises(BrokenRule, match="code"):
        run("targets", "add", "NORTHWIND", "Desk 1", URL)
    with pytest.raises(NotFound, match="did you mean 'NORTHWIND'"):
        run("targets", "list", "NORTHWND")
    with pytest.raises(NotFound, match="did you mean 'desk'"):
        run("targets", "remove", "NORTHWIND", "desc")


def test_a_trial_call_tells_how_each_target_answers(run, tmp_path):
    (tmp_path / "key").write_text("let me in")
    with Simulator() as desk:
        desk.proof = Proof(auth="bearer")
        desk.pages["/"] = Page(b"", "text/plain", 200)
        desk.pages["/broken"] = Page(b"", "text/plain", 503)
        desk.pages["/secret"] = Page(b"", "text/plain", 401)
        for code, path in (("good", "/"), ("broken", "/broken"), ("secret", "/secret")):
            run("targets", "add", "NORTHWIND", code, f"url={desk.url}{path}")
        run("targets", "add", "NORTHWIND", "nobody", "url=http://127.0.0.1:9")
        run("targets", "add", "NORTHWIND", "keyed", f"url={desk.url}", "auth=bearer", "secret=none")
        allowed = {"GATEWAY_DELIVERY__PRIVATE_NETWORKS": "127.0.0.1/32"}
        rows = run("test", "NORTHWIND", "--json", code=6, **allowed)
        only = run("test", "NORTHWIND", "--target", "good", "--json", **allowed)
    said = {row["target"]: (row["ok"], row["status"], row["said"]) for row in rows}
    assert said["good"] == (True, 200, "it answers")
    assert said["broken"] == (False, 503, "it answers, and is out of order")
    assert said["secret"] == (False, 401, "it answers, and refuses our credentials")
    assert said["nobody"][2].endswith("Connection refused")
    assert "secrets.folder is not set" in said["keyed"][2]
    assert [row["target"] for row in only] == ["good"]


def test_a_trial_call_keeps_to_the_addresses_that_may_be_called(run):
    run("targets", "add", "SOUTHSEA", "desk", "url=http://127.0.0.1:9")
    (row,) = run("test", "SOUTHSEA", "--json", code=1)
    assert "delivery.private_networks" in row["said"]


def test_a_partner_without_targets_cannot_be_tried(run):
    with pytest.raises(NotFound, match="partners targets add"):
        run("test", "SOUTHSEA")
    with pytest.raises(NotFound, match="no partner 'SOUTHSE'; did you mean 'SOUTHSEA'"):
        run("test", "SOUTHSE")
    run("targets", "add", "SOUTHSEA", "desk", URL)
    with pytest.raises(NotFound, match="SOUTHSEA has no target 'desk2'; did you mean 'desk'"):
        run("test", "SOUTHSEA", "--target", "desk2")


def test_a_check_names_targets_whose_files_are_missing(run, stores, tmp_path):
    run("targets", "add", "NORTHWIND", "desk", URL, "auth=bearer", "secret=desk")
    run("targets", "add", "NORTHWIND", "tls", URL, "ca_file=/nowhere/ca.pem")
    done = CliRunner().invoke(
        verbs, ["check", "--json", "--database-url", stores.url, "--data", str(tmp_path)]
    )
    findings = {row["subject"]: row for row in map(json.loads, done.stdout.splitlines())}
    assert findings["targets"]["found"] == (
        "NORTHWIND desk: secret 'desk': the setting secrets.folder is not set;"
        " NORTHWIND tls: no file /nowhere/ca.pem"
    )
    assert not findings["targets"]["ok"]


# -- simulate -------------------------------------------------------------------------------------


def simulate(*words):
    return CliRunner().invoke(
        verbs, ["simulate", *words], catch_exceptions=False, standalone_mode=False
    )


def test_a_simulated_partner_listens_and_ends_with_a_count():
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "gateway", "simulate", "NORTHWIND", "--port", str(port),
         "--chaos", "400:1/2"],
        cwd=ROOT, stderr=subprocess.PIPE, text=True, env=clean_environment(),
    )  # fmt: skip
    try:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/sim/received.json"), timeout_s=60)
        tried = [web.put(f"http://127.0.0.1:{port}/v2/incidents/X/state") for _ in range(2)]
        assert [each.status_code for each in tried] == [400, 400]
        assert tried[0].text == "bad request"
    finally:
        process.terminate()
        _, talk = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "partners targets add NORTHWIND northwind-soap" in talk
    assert "0 events, 0 repeats, 1 calls." in talk


def answers(url):
    try:
        return web.get(url).status_code == 200
    except httpx.TransportError:
        return False


def test_the_help_names_every_misbehaviour():
    told = CliRunner().invoke(verbs, ["simulate", "--help"]).stdout.replace("\n ", "")
    listed = re.search(r"Kinds of chaos: (.*?)\. ", told)[1]
    assert set(re.findall(r"[a-z0-9-]+", re.sub(r"\(.*?\)", "", listed))) == set(Chaos)


def test_a_simulated_partner_may_want_proof_and_be_slow(tmp_path):
    (tmp_path / "secret").write_text("let me in\n")
    made = []

    def look(simulator, _partner):
        made.append(simulator)
        address = f"{simulator.url}/v2/incidents/X/state"
        tried = [web.put(address, auth=("gateway", secret)) for secret in ("no", "let me in")]
        assert [each.status_code for each in tried] == [401, 400]
        slow = web.post(f"{simulator.url}/sim/do/chaos?kind=401&seconds=7")
        assert (slow.status_code, simulator.slow_s) == (200, 7)
        assert web.put(address, auth=("gateway", "let me in")).status_code == 401

    with (
        mock.patch("gateway.cli.simulate._explain", look),
        mock.patch("gateway.cli.simulate._until_signal"),
    ):
        simulate("NORTHWIND", "--port", "0", "--auth", "basic", "--slow-s", "0.5",
                 "--secret-file", str(tmp_path / "secret"))  # fmt: skip
    assert made
    with pytest.raises(click.UsageError, match="go together"):
        simulate("NORTHWIND", "--auth", "basic")


def test_a_wrong_simulation_is_refused():
    with pytest.raises(click.UsageError, match="--chaos: no chaos 'bogus'"):
        simulate("NORTHWIND", "--port", "0", "--chaos", "bogus")
    with pytest.raises(click.UsageError, match="goes with --user"):
        simulate("NORTHWIND", "--password-file", "x")
    with Simulator() as taken, pytest.raises(CannotStart, match="give --port"):
        simulate("NORTHWIND", "--port", str(taken.port))


def test_without_the_source_tree_the_simulator_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "tests.kit.simulator", None)
    with pytest.raises(CannotStart, match="part of the source tree"):
        simulate("NORTHWIND")
