"""Mailboxes on a real IMAP server: polled, done, moved; nothing twice, nothing lost."""

import json
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from dataclasses import replace

import pytest
from click.testing import CliRunner

from gateway.cli import verbs
from gateway.compose import mailboxes
from gateway.errors import StorageAway
from gateway.mail.imap import Inbox
from gateway.repository.engine import build_engine
from gateway.repository.numbers import NumberReserve
from gateway.repository.unit_of_work import UnitsOfWork
from tests.kit.children import ROOT
from tests.kit.imap import HOST, PASSWORD, imap_server
from tests.kit.inbound import TOP, mail, mail_settings
from tests.kit.mail import server_certificate
from tests.kit.serving import free_port
from tests.kit.stores import Stores


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return server_certificate(tmp_path_factory.mktemp("imap"))


@pytest.fixture(scope="module")
def imap(certificate):
    with imap_server(certificate) as server:
        yield server


@pytest.fixture(scope="module")
def stores(databases):
    with databases.migrated() as url:
        opened = Stores(url)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("secrets")
    (folder / "imap-partners").write_text(f"{PASSWORD}\n")
    return folder


@pytest.fixture
def mailbox(stores, folder, imap, certificate):
    with opened(stores, folder, keys_of(imap, certificate)) as one:
        yield one


def keys_of(imap, certificate):
    return f'port = {imap.tls_port}\nca_file = "{certificate}"\nmax_mail_bytes = 20000'


@contextmanager
def opened(stores, folder, keys):
    settings = mail_settings(stores.url, folder, keys=keys)
    engine = build_engine(stores.url, pool_size=3, role="test")
    try:
        units = UnitsOfWork(engine, NumberReserve(engine, low=1))
        ((_, every_s, one),) = mailboxes(settings, units)
        assert every_s == 60
        yield one
    finally:
        engine.dispose()


def outcomes(stores, *subjects):
    return [
        row[0]
        for row in stores.sql(
            "select outcome from mail where subject = any(%s) order by id", list(subjects)
        )
    ]


def error_of(stores):
    ((error,),) = stores.sql("select last_error from mailbox where name = 'partners'")
    return error


def test_mails_are_done_over_tls_and_moved_to_their_folders(stores, imap, mailbox):
    huge = mail("x\n" * 20_000, subject="three")
    imap.deliver(mail("hello", subject="one"), mail("TaskId: 1\nTaskId: 2", subject="two"), huge)
    assert mailbox.poll() == 3
    assert outcomes(stores, "one", "two", "three") == ["ticket", "refused", "refused"]
    assert (imap.count(), imap.count("Processed"), imap.count("Refused")) == (0, 1, 2)
    rows = stores.sql(
        "select m.uid, m.uid_validity = b.uid_validity, m.code from mail m"
        " join mailbox b on b.id = m.mailbox_id where subject in ('one', 'two', 'three')"
        " order by m.id"
    )
    assert [row[1:] for row in rows] == [
        (True, ""), (True, "AMBIGUOUS"), (True, "MAIL_TOO_LARGE"),
    ]  # fmt: skip
    ((last, error),) = stores.sql("select last_uid, last_error from mailbox")
    assert (last, error) == (rows[-1][0], "")
    assert mailbox.poll() == 0


def test_a_mail_whose_move_failed_has_no_second_effect(stores, imap, mailbox, monkeypatch):
    imap.deliver(mail("hello", subject="stays"))
    with monkeypatch.context() as patch:
        patch.setattr(Inbox, "move", lambda *_: None)
        mailbox.poll()
        mailbox.poll()
    assert imap.count() == 1
    assert mailbox.poll() == 1
    assert imap.count() == 0
    assert stores.sql("select count(*) from ticket where title = 'stays'") == [(1,)]


def test_a_database_that_is_away_leaves_the_mail_where_it_is(stores, imap, mailbox, monkeypatch):
    imap.deliver(mail("hello", subject="later"))

    def away(*_, **__):
        raise StorageAway

    with monkeypatch.context() as patch:
        patch.setattr(type(mailbox.desk), "take", away)
        with pytest.raises(StorageAway):
            mailbox.poll()
    assert (imap.count(), mailbox.poll(), outcomes(stores, "later")) == (1, 1, ["ticket"])


_DIES = """
import os, sys
from pathlib import Path
from gateway.compose import build_worker
from gateway.mail.imap import Inbox
from gateway.settings import load
Inbox.move = lambda *_: os._exit(9)
build_worker(load(file=Path(sys.argv[1])).settings).drain()
"""


def test_a_worker_killed_between_commit_and_move_leaves_no_second_effect(
    stores, imap, mailbox, folder, certificate
):
    imap.deliver(mail("hello", subject="killed"))
    mail_settings(stores.url, folder, keys=keys_of(imap, certificate))
    file = max(folder.glob("*.toml"), key=lambda each: each.stat().st_mtime_ns)
    environment = {
        "PATH": "", "GATEWAY_DATABASE_URL": stores.url, "GATEWAY_DATA_DIR": str(folder),
        "GATEWAY_DATABASE__ALLOW_UNSAFE": "true",
    }  # fmt: skip
    died = subprocess.run(
        [sys.executable, "-c", _DIES, file], cwd=ROOT, env=environment, check=False, timeout=60
    )
    assert died.returncode == 9
    assert imap.count() == 1
    assert outcomes(stores, "killed") == ["ticket"]
    assert mailbox.poll() == 1
    assert (imap.count(), outcomes(stores, "killed")) == (0, ["ticket"])
    assert stores.sql("select count(*) from ticket where title = 'killed'") == [(1,)]


def test_a_mail_we_fail_at_stays_and_keeps_nobody_waiting(stores, imap, mailbox, monkeypatch):
    imap.deliver(mail("hello", subject="bug"), mail("hello", subject="next"))
    taken = mailbox.desk.take

    def take(desk, raw, *args, **given):
        if b"Subject: bug" in raw:
            raise RuntimeError("a bug")
        return taken(raw, *args, **given)

    with monkeypatch.context() as patch:
        patch.setattr(type(mailbox.desk), "take", take)
        assert mailbox.poll() == 1
    assert (imap.count(), outcomes(stores, "next")) == (1, ["ticket"])
    assert error_of(stores).startswith("1 of its mails cannot be done and stay")
    assert (mailbox.poll(), error_of(stores)) == (1, "")


def test_a_restarted_server_that_numbers_anew_is_read_on(stores, folder):
    port = free_port()
    with opened(stores, folder, f"port = {port}\ntls = false") as mailbox:
        same = mail("hello", subject="again")
        for _ in range(2):
            with imap_server(port=port) as server:
                server.deliver(same)
                assert mailbox.poll() == 1
    assert stores.sql("select count(*) from ticket where title = 'again'") == [(1,)]


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ("port = {free}\ntls = false", "Connection refused"),
        ("port = {tls}", "certificate is not trusted"),
        ("port = {plain}\ntimeout_s = 0.5", ""),
        ("port = {silent}\ntls = false\ntimeout_s = 0.5", "does not answer in time"),
        ("port = {chatter}\ntls = false\ntimeout_s = 0.5", ""),
    ],
    ids=["away", "stranger", "no tls", "silent", "no imap"],
)
def test_a_server_that_is_away_waits_for_the_next_look(stores, folder, imap, keys, reason):
    with _greeting(b"") as silent, _greeting(b"220 smtp\r\n") as chatter:
        ports = {"free": free_port(), "tls": imap.tls_port, "plain": imap.port,
                 "silent": silent, "chatter": chatter}  # fmt: skip
        with opened(stores, folder, keys.format(**ports)) as mailbox:
            assert mailbox.poll() == 0
    assert error_of(stores)
    assert reason in error_of(stores)


def test_a_refused_login_is_told_without_the_password(stores, folder, imap):
    with opened(stores, folder, f"port = {imap.port}\ntls = false") as mailbox:
        server = replace(mailbox.server, password=lambda: "wrong canary-7431")
        assert replace(mailbox, server=server).poll() == 0
    assert error_of(stores) == "the server refuses user or password"


def test_a_missing_secret_is_told_by_its_name(stores, tmp_path, imap):
    with opened(stores, tmp_path, f"port = {imap.port}\ntls = false") as mailbox:
        assert mailbox.poll() == 0
    assert "imap-partners" in error_of(stores)


def test_check_tells_what_a_mailbox_names_that_is_not_there(stores, folder, imap, tmp_path):
    file = tmp_path / "gateway.toml"
    box = TOP.format(folder=folder) + f"port = {imap.port}\ntls = false\n"
    file.write_text(
        box.replace('"admin"', '"ghost"')
        + 'external_app = "LETTERS"\n'
        + '[[mailbox.address]]\naddress = "in@example.org"\npartner = "NORTHWIN"\n'
        + '[[mailbox.address]]\naddress = "no@example.org"\nnew_tickets = false\n'
    )
    words = ["check", "--config", str(file), "--json", "--database-url", stores.url]
    done = CliRunner().invoke(verbs, words, catch_exceptions=False)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    told = {
        (line["subject"], line["found"]): line["remedy"]
        for line in lines
        if line["subject"].startswith("mailbox") and not line["ok"]
    }
    assert set(told) == {
        ("mailbox partners", "external_app: there is no active LETTERS"),
        ("mailbox partners", "failover_person: there is no active ghost"),
        ("mailbox partners in@example.org", "partner: there is no active NORTHWIN"),
    }
    assert all("`ticket-gateway " in remedy for remedy in told.values())
    assert done.exit_code == 1


def test_check_tells_which_server_of_a_mailbox_does_not_answer(stores, folder, tmp_path):
    file, port = tmp_path / "gateway.toml", free_port()
    file.write_text(TOP.format(folder=folder) + f"port = {port}\ntls = false\n")
    words = ["check", "--config", str(file), "--json", "--database-url", stores.url]
    done = CliRunner().invoke(verbs, words, catch_exceptions=False)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    found = {line["subject"]: line["found"] for line in lines if not line["ok"]}
    assert found["mailbox partners"].startswith(f"{HOST}:{port}: ")


@contextmanager
def _greeting(text):
    """Listen as something that is no IMAP server, and says at most this."""
    peers = []

    def greet():
        with suppress(OSError):
            while True:
                peers.append(listener.accept()[0])
                peers[-1].sendall(text)

    with socket.create_server((HOST, 0)) as listener:
        thread = threading.Thread(target=greet)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
    for peer in peers:
        peer.close()
