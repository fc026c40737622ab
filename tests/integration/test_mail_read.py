"""``mail read`` and ``check`` of mailboxes, as an operator types them."""

import errno
import json
import os
from unittest import mock

import pytest

from gateway.cli import main
from gateway.mail.desk import MailDesk
from tests.kit.imap import PASSWORD, imap_server
from tests.kit.inbound import STRANGER, TOP, mail
from tests.kit.stores import Stores


@pytest.fixture
def typed(database_url, tmp_path, monkeypatch, capfd):
    """Type a verb; give its exit code, its lines and what it told the person."""
    for name, value in {
        "GATEWAY_DATABASE_URL": database_url,
        "GATEWAY_DATA_DIR": str(tmp_path),
        "GATEWAY_DATABASE__ALLOW_UNSAFE": "true",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)

    def type_(*words):
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        output = capfd.readouterr()
        return ended.value.code, output.out.splitlines(), output.err

    return type_


@pytest.fixture
def stores(database_url):
    opened = Stores(database_url)
    yield opened
    opened.close()


def test_a_mail_from_a_file_is_done_once_and_told_in_one_line(typed, tmp_path, stores):
    file = tmp_path / "answer.eml"
    file.write_bytes(mail("hello", message_id="<7@x>", subject="From a file"))
    code, (line,), told = typed("mail", "read", file, "--dry-run")
    assert (code, line.split("\t")[:2]) == (0, ["<7@x>", "ticket"])
    assert "Nothing was changed" in told
    assert stores.sql("select count(*) from ticket") == [(0,)]
    assert typed("mail", "read", file)[0] == 0
    code, (line,), _ = typed("mail", "read", file, "--json")
    row = json.loads(line)
    assert (code, row["outcome"], row["repeated"], row["file"]) == (
        0, "ticket", True, "answer.eml",
    )  # fmt: skip
    assert stores.sql("select title from ticket") == [("From a file",)]


def test_a_maildir_of_which_some_are_refused_ends_with_6(typed, tmp_path, stores):
    (tmp_path / "gateway.toml").write_text(TOP.format(folder=tmp_path) + "new_tickets = true")
    for place, name, text in (
        ("new", "1", "hello"),
        ("cur", "2:2,S", "TaskId: 1\nTaskId: 2"),
        ("tmp", "3", "half of a mail"),
    ):
        (tmp_path / "box" / place).mkdir(parents=True)
        (tmp_path / "box" / place / name).write_bytes(mail(text, sender=STRANGER))
    code, lines, told = typed("mail", "read", tmp_path / "box", "--mailbox", "partners", "--json")
    rows = [json.loads(line) for line in lines]
    assert sorted((row["outcome"], row["event_or_code"]) for row in rows) == [
        ("refused", "AMBIGUOUS"),
        ("ticket", ""),
    ]
    assert (code, "1 of 2 refused" in told) == (6, True)
    assert stores.sql("select count(*) from mail") == [(2,)]


def test_what_was_done_before_a_file_that_cannot_be_read_is_told(typed, tmp_path, stores):
    (tmp_path / "box").mkdir()
    (tmp_path / "box" / "1.eml").write_bytes(mail("hello"))
    (tmp_path / "box" / "2.eml").write_bytes(mail("hello again", message_id="<2@x>"))
    taken = MailDesk.take

    def take(desk, *args, **given):
        (tmp_path / "box" / "2.eml").unlink()
        return taken(desk, *args, **given)

    with mock.patch.object(MailDesk, "take", take):
        code, lines, told = typed("mail", "read", tmp_path / "box")
    assert (code, len(lines)) == (3, 1)
    assert "cannot read" in told
    assert "2.eml and what comes after it" in told.replace("\n", " ")
    assert stores.sql("select count(*) from mail") == [(1,)]


@pytest.mark.parametrize(
    ("words", "told"),
    [(["--mailbox", "other"], "no mailbox other; there are: partners, second"),
     ([], "name one of the mailboxes: partners, second")],
)  # fmt: skip
def test_a_mailbox_that_is_not_there_ends_with_3(typed, tmp_path, words, told):
    second = '\n[[mailbox]]\nname = "second"\nserver = "x"\nuser = "x"\nsecret = "x"'
    (tmp_path / "gateway.toml").write_text(TOP.format(folder=tmp_path) + second)
    (tmp_path / "a.eml").write_bytes(mail("hello"))
    code, lines, said = typed("mail", "read", "a.eml", *words)
    assert (code, lines) == (3, [])
    assert told in said


def test_check_logs_in_to_each_mailbox(typed, tmp_path):
    with imap_server() as server:
        server.deliver(mail("hello"))
        keys = f"port = {server.port}\ntls = false"
        (tmp_path / "gateway.toml").write_text(TOP.format(folder=tmp_path) + keys)
        assert _mailbox(typed)["remedy"]
        (tmp_path / "imap-partners").write_text(PASSWORD)
        assert _mailbox(typed)["found"] == "1 mails wait"
    found = _mailbox(typed)
    refused = f"127.0.0.1:{server.port}: {os.strerror(errno.ECONNREFUSED)}"
    assert (found["ok"], found["found"]) == (False, refused)


def _mailbox(typed):
    _, lines, _ = typed("check", "--json")
    rows = [json.loads(line) for line in lines]
    return next(row for row in rows if row["subject"] == "mailbox partners")
