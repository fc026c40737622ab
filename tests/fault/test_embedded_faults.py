"""The embedded PostgreSQL when processes are killed; every server here writes with fsync."""

import os
import signal
import socket
import tempfile
from pathlib import Path
from time import perf_counter

import psutil
import psycopg
import pytest

from gateway.repository.embedded import EmbeddedServer, joined
from tests.kit import web
from tests.kit.children import alive, child, wait_until
from tests.kit.database import driver_url
from tests.kit.serving import Serving

PARENT = """
import pathlib, sys, psycopg
from gateway.repository.embedded import EmbeddedServer, joined
server = EmbeddedServer(pathlib.Path(sys.argv[1]))
server.start()
print(server.url, server.pid, flush=True)
for line in sys.stdin:
    with psycopg.connect(server.url.replace("+psycopg", ""), autocommit=True) as session:
        session.execute(line)
    print("answered", flush=True)
"""


@pytest.fixture
def data_dir():
    with tempfile.TemporaryDirectory(prefix="gw-") as folder:
        yield Path(folder) / "data"


def ask(url, question):
    with psycopg.connect(driver_url(url), autocommit=True) as session:
        answer = session.execute(question)
        return answer.fetchone()[0] if answer.description else None


def answers(url):
    try:
        return ask(url, "select 1") == 1
    except psycopg.OperationalError:
        return False


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGQUIT, signal.SIGTERM])
def test_a_killed_server_comes_back_at_the_same_address_with_all_that_was_answered(data_dir, how):
    with EmbeddedServer(data_dir) as server:
        ask(server.url, "create table kept as select 7 as value")
        url, pid = server.url, server.pid
        os.kill(pid, how)
        wait_until(lambda: not alive(pid))
        wait_until(lambda: answers(url), timeout_s=10)
        assert server.url == url
        assert server.pid != pid
        assert ask(url, "select value from kept") == 7


def test_a_killed_gateway_takes_its_server_along_and_loses_nothing_answered(data_dir):
    with child(PARENT, str(data_dir)) as parent:
        pid = int(parent.stdout.readline().split()[1])
        parent.stdin.write("create table kept as select 7 as value\n")
        parent.stdin.flush()
        assert parent.stdout.readline() == "answered\n"
        parent.kill()
        wait_until(lambda: not alive(pid))
    with EmbeddedServer(data_dir) as server:
        assert ask(server.url, "select value from kept") == 7


def test_a_start_right_after_a_kill_waits_for_the_old_server(data_dir):
    with child(PARENT, str(data_dir)) as parent:
        parent.stdout.readline()
        parent.kill()
        with EmbeddedServer(data_dir) as server:
            wait_until(lambda: server.pid is not None and answers(server.url))


def test_a_command_that_joined_a_killed_gateway_can_be_run_again(data_dir):
    with child(PARENT, str(data_dir)) as parent:
        parent.stdout.readline()
        with joined(data_dir) as url:
            parent.kill()
            wait_until(lambda: not answers(url))
    with joined(data_dir) as url:
        assert answers(url)


def test_a_killed_server_with_a_foreign_process_under_its_old_pid_is_started(data_dir):
    with EmbeddedServer(data_dir) as server:
        pid_file = data_dir / "postgres" / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        owner = pid_file.stat()
    lines[0] = "1"  # a process that surely runs and is no database
    pid_file.write_text("\n".join(lines) + "\n")
    os.chown(pid_file, owner.st_uid, owner.st_gid)
    with EmbeddedServer(data_dir) as server:
        assert answers(server.url)


def test_a_second_start_finds_what_the_first_one_made(data_dir):
    with EmbeddedServer(data_dir) as server, psycopg.connect(driver_url(server.url)) as connection:
        connection.execute("create table kept ()")
    begun = perf_counter()
    with EmbeddedServer(data_dir) as server, psycopg.connect(driver_url(server.url)) as connection:
        print(f"second start: {perf_counter() - begun:.1f} s")  # noqa: T201 - the figure
        connection.execute("select from kept")


def test_a_killed_gateway_leaves_no_process_and_no_listener(data_dir):
    with Serving(data_dir, "--no-worker", "--processes", "2") as gateway:
        everybody = psutil.Process(gateway.process.pid).children(recursive=True)
        gateway.process.kill()
        wait_until(lambda: not any(alive(one.pid) for one in everybody))
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", gateway.port)) != 0
    with Serving(data_dir, "--no-worker") as gateway:
        assert gateway.ready()


def test_a_killed_server_process_is_replaced(data_dir):
    with Serving(data_dir, "--no-worker") as gateway:
        (server,) = gateway.servers()
        server.kill()
        wait_until(lambda: not alive(server.pid))
        wait_until(gateway.ready, timeout_s=30)


def test_a_killed_database_makes_the_gateway_unready_and_then_ready_again(data_dir):
    with Serving(data_dir, "--no-worker") as gateway:
        database = gateway.database()
        database.kill()
        wait_until(lambda: not alive(database.pid))
        wait_until(gateway.ready, timeout_s=10)
        assert web.get(f"{gateway.url}/health/live").status_code == 200
        assert gateway.process.poll() is None
