"""The command line as scripts use it: exit codes, streams, first and second start.

What a process alone can show has one of its own; the rest runs by the program's main here.
"""

import json
import stat
import tempfile
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from gateway.repository import migrations
from tests.kit.children import alive, wait_until
from tests.kit.database import driver_url
from tests.kit.serving import Serving, free_port, run
from tests.kit.verbs import run_here


@pytest.fixture(scope="module")
def data_dir():
    """A data folder whose first start is done; each command leaves it stopped."""
    with tempfile.TemporaryDirectory(prefix="gw-") as folder:
        assert run("migrate", "--data", f"{folder}/data").returncode == 0
        yield Path(folder) / "data"


def lines(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_first_start_tells_the_password_once_and_keeps_it_for_its_owner(tmp_path):
    first = run("migrate", "--data", str(tmp_path / "data"))
    file = tmp_path / "data" / "admin-password"
    password = file.read_text().strip()
    assert first.returncode == 0
    assert password in first.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    second = run("migrate", "--data", str(tmp_path / "data"))
    assert (second.returncode, password in second.stderr) == (0, False)
    assert file.read_text().strip() == password


def test_a_password_that_was_given_is_not_written_down(tmp_path):
    done = run_here(
        "migrate", "--data", str(tmp_path / "data"), GATEWAY_ADMIN_PASSWORD="canary-7431"
    )
    assert done.returncode == 0
    assert "canary-7431" not in done.stderr + done.stdout
    assert not (tmp_path / "data" / "admin-password").exists()


def test_a_start_without_the_first_password_makes_no_new_one(tmp_path):
    data = str(tmp_path / "data")
    run_here("migrate", "--data", data, GATEWAY_ADMIN_PASSWORD="canary-7431")
    assert run_here("migrate", "--data", data).returncode == 0
    assert not (tmp_path / "data" / "admin-password").exists()


def test_serve_says_where_it_is_and_ends_with_0_on_sigterm(data_dir):
    with Serving(data_dir) as gateway:
        database = gateway.database().pid
        servers = [server.pid for server in gateway.servers()]
        wait_until(lambda: f"Gateway ready: {gateway.url}/" in gateway.talk())
        assert gateway.stop() == 0
        assert not any(map(alive, [database, *servers]))


def test_sigterm_during_the_start_ends_with_0_and_leaves_nothing(data_dir):
    pid_file = data_dir / "postgres" / "postmaster.pid"
    with closing(Serving(data_dir)) as gateway:
        wait_until(pid_file.exists)
        assert gateway.stop() == 0, gateway.talk()
        assert not pid_file.exists()


def test_commands_work_beside_a_running_gateway(data_dir):
    with Serving(data_dir, "--no-worker") as gateway:
        assert run("check", "--data", str(data_dir)).returncode == 0
        assert gateway.ready()


def test_a_port_in_use_is_refused_with_the_remedy(data_dir, tmp_path):
    with Serving(data_dir, "--no-worker") as gateway:
        second = run("serve", "--data", str(tmp_path / "data"), "--port", str(gateway.port))
    assert second.returncode == 3
    assert "--port" in second.stderr
    assert not (tmp_path / "data").exists()


def test_check_finds_nothing_to_do_on_a_fresh_gateway(data_dir):
    done = run("check", "--data", str(data_dir), "--json")
    assert done.returncode == 0, done.stdout
    here = {"settings", "disk", "contracts", "mail", "database", "durability", "schema", "clock"}
    assert {row["subject"] for row in lines(done)} == here | {"partner internal"}
    assert [row for row in lines(done) if not row["ok"] or row["remedy"]] == []


def test_check_names_a_remedy_for_an_old_schema(empty_database_url):
    done = run_here("check", "--database-url", empty_database_url, "--json")
    (schema,) = [row for row in lines(done) if row["subject"] == "schema"]
    assert done.returncode == 1
    assert schema["remedy"] == "ticket-gateway migrate"


def test_check_names_a_setting_of_the_connector_that_leads_nowhere(database_url):
    with psycopg.connect(driver_url(database_url), autocommit=True) as session:
        session.execute("update dynamic_field set field_type = 'number'")
    done = run_here("check", "--database-url", database_url, "--json")
    (found,) = [row for row in lines(done) if row["subject"] == "znuny"]
    assert done.returncode == 1
    assert found["found"] == "ExternalReference is no text field of tickets"


def test_check_tells_which_setting_names_what_no_list_has(database_url):
    done = run_here(
        *("check", "--database-url", database_url, "--json"),
        GATEWAY_DATABASE__ALLOW_UNSAFE="true", GATEWAY_ACMP__QUEUE="Raww",
        GATEWAY_TICKETS_REST__DEFAULT_PRIORITY="3",
    )  # fmt: skip
    (found,) = [row for row in lines(done) if row["subject"] == "lists"]
    assert not found["ok"]
    assert found["found"] == "not there: acmp.queue = 'Raww', tickets_rest.default_priority = '3'"


def test_check_tells_how_each_partner_stands(database_url):
    with psycopg.connect(driver_url(database_url), autocommit=True) as session:
        session.execute(
            "with s as (insert into external_system (name) values ('NORTH'), ('SOUTH')"
            " returning id, name)"
            " insert into partner (name, system_id, paused) select name, id, name = 'SOUTH' from s"
        )
    done = run_here(
        *("check", "--database-url", database_url, "--json"),
        GATEWAY_DATABASE__ALLOW_UNSAFE="true",
    )
    north, south, _ = [row for row in lines(done) if row["subject"].startswith("partner ")]
    assert (north["subject"], north["ok"], north["found"]) == ("partner NORTH", True, "0 waiting")
    assert (south["subject"], south["ok"], south["found"]) == (
        *("partner SOUTH", False),
        "0 waiting, paused",
    )
    assert south["remedy"] == "paused: ticket-gateway deliveries resume SOUTH"
    assert done.returncode == 1


def test_check_tells_of_schedules_that_failed_and_of_work_that_no_worker_takes(database_url):
    with psycopg.connect(driver_url(database_url), autocommit=True) as session:
        session.execute(
            "insert into schedule (name, spec, next_run, last_run, last_error) values"
            " ('retention', 'daily 02:30 UTC', now(), '2026-03-04T02:30Z', 'disk full'),"
            " ('mailbox of old', 'every 60 s', '2026-01-01', '2026-01-01', 'away')"
        )
        session.execute(
            "insert into stream (partner_id, subject, due)"
            " select id, 'ticket:1', now() - interval '2 minutes' from partner where internal"
        )
    done = run_here(
        *("check", "--database-url", database_url, "--json"),
        GATEWAY_DATABASE__ALLOW_UNSAFE="true",
    )
    found = {row["subject"]: (row["ok"], row["found"]) for row in lines(done)}
    assert found["schedules"] == (False, "retention at 2026-03-04 02:30 UTC: disk full")
    assert found["worker"] == (False, "1 tickets and services wait, and no worker runs")


def test_migrate_tells_its_steps_and_takes_them_when_asked(empty_database_url):
    def migrate(*arguments):
        return run_here("migrate", "--database-url", empty_database_url, "--json", *arguments)

    told = migrate("--to", "0002", "--dry-run")
    assert [row["revision"] for row in lines(told)] == ["0001", "0002"]
    assert migrations.current(empty_database_url) is None
    assert migrate("--to", "0002").returncode == 0
    assert migrations.current(empty_database_url) == "0002"
    assert migrate("--to", "base").returncode == 130  # nobody said yes
    assert migrations.current(empty_database_url) == "0002"
    assert migrate("--to", "base", "--yes").returncode == 0
    assert migrations.current(empty_database_url) is None
    assert "9999" in migrate("--to", "9999").stderr


def test_check_without_a_database_ends_with_3_and_hides_the_password():
    url = f"postgresql+psycopg://gateway:canary-7431@127.0.0.1:{free_port()}/gateway"
    done = run_here("check", "--database-url", url)
    assert done.returncode == 3
    assert "canary-7431" not in done.stdout + done.stderr


def test_a_database_that_may_lose_answered_work_is_refused(database_url):
    done = run_here("migrate", "--database-url", database_url)
    assert done.returncode == 3
    assert "fsync" in done.stderr


def test_a_database_that_may_lose_answered_work_is_taken_for_tests(database_url, tmp_path):
    done = run_here(
        *("migrate", "--database-url", database_url, "--data", str(tmp_path)),
        GATEWAY_DATABASE__ALLOW_UNSAFE="true",
    )
    assert done.returncode == 0, done.stderr
    with psycopg.connect(driver_url(database_url)) as session:
        assert session.execute("select count(*) from ticket").fetchone() == (0,)


def test_check_explains_a_setting():
    done = run_here("check", "--explain", "http.body_bytes", "--json", GATEWAY_HTTP__BODY_BYTES="9")
    (row,) = lines(done)
    assert (row["value"], row["origin"], row["default"]) == ("9", "environment", "8388608")


def test_check_explains_all_settings():
    assert len(lines(run_here("check", "--explain", "all", "--json"))) > 50


@pytest.mark.parametrize(
    ("arguments", "code", "talk"),
    [
        (["check", "--explain", "http.body_byte"], 3, "did you mean http.body_bytes"),
        (["sreve"], 2, "did you mean 'serve'"),
        (["serve", "--nonsense"], 2, "--nonsense"),
        (["serve", "--config", "none.toml"], 3, "none.toml"),
        (["serve", "--port", "99999"], 3, "http.port (flag)"),
        (["--version"], 0, ""),
        (["--help"], 0, ""),
    ],
)
def test_each_end_has_its_exit_code_and_talk_stays_on_standard_error(arguments, code, talk):
    done = run_here(*arguments)
    assert (done.returncode, talk in done.stderr) == (code, True), done.stderr
    assert (done.stdout == "") == (code != 0)


@pytest.mark.parametrize("verb", ["serve", "work", "migrate", "check"])
def test_every_verb_has_help_with_an_example(verb):
    assert f"ticket-gateway {verb}" in run_here(verb, "-h").stdout
