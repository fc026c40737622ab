"""Hostile mails: read in bounded time, stored as text, and never more than refused."""

from datetime import UTC, datetime
from functools import cache

import pytest

from gateway.domain.mail_formats import Formats, MailReader
from gateway.mail.received import MailLimits, html_as_text, received_mail
from gateway.text import is_text
from tests.attack.mail_attacks import HEAD, MAILS, MIXED
from tests.kit.inbound import open_desk

READER = MailReader(Formats())
NOW = datetime(2026, 3, 4, tzinfo=UTC)
STORED = (
    "empty", "every byte", "NUL in a header", "NUL in the text", "bytes that do not fit", "scripts",
    "a file name with a path", "thousands of parts", "too large", "two senders", "half of UTF-16",
    "an encoded line break",
)  # fmt: skip
LONGEST_S = 60  # a hang: the slowest takes a second


@cache
def received(raw):
    return received_mail(raw, MailLimits(), NOW)


@pytest.mark.timeout(LONGEST_S)
@pytest.mark.parametrize("name", MAILS)
def test_a_hostile_mail_is_read_in_bounded_time_into_proper_text(name):
    mail = received(MAILS[name])
    reading = READER.read(mail.subject, mail.text)
    texts = (mail.key, mail.sender, mail.sender_name, mail.to, mail.cc, mail.subject, mail.text,
             mail.in_reply_to, mail.references, *mail.recipients, *mail.authentication,
             *(file.name for file in mail.files), reading.text)  # fmt: skip
    assert all(is_text(text) for text in texts)
    assert not any(character in mail.subject for character in "\r\n")
    assert 0 < len(mail.key) <= 255


def test_hostile_mails_reach_the_database_as_refused_or_harmless(database_url, tmp_path):
    with open_desk(database_url, tmp_path) as desk:
        for name in STORED:
            raw = MAILS[name].replace(b"<1@x>", f"<{name.replace(' ', '-')}@x>".encode())
            assert desk.take(raw).verdict.outcome in ("ticket", "refused"), name
            assert desk.take(raw).verdict.repeated, name


@pytest.mark.parametrize(
    ("name", "trouble"),
    [("too large", "MAIL_TOO_LARGE"), ("thousands of parts", "MAIL_UNREADABLE"),
     ("hundreds of files", "ATTACHMENT_TOO_LARGE"), ("many parts in parts", "MAIL_UNREADABLE")],
)  # fmt: skip
def test_who_sent_an_unreadable_mail_is_known(name, trouble):
    mail = received(MAILS[name])
    assert (mail.trouble, mail.sender, mail.key) == (trouble, "a@b.example", "<1@x>")


@pytest.mark.parametrize("name", ["two senders", "quotes in the sender", "brackets in the sender"])
def test_a_sender_who_is_not_exactly_one_is_nobody(name):
    assert received(MAILS[name]).sender == ""


def test_a_boundary_is_the_one_that_was_named():
    assert received(MAILS["a fake boundary"]).text == "TaskId: 1\n--bb\n"


def test_html_gives_text_and_nothing_else():
    assert received(MAILS["scripts"]).text == "Hi"
    quoted = "<p>New<br>text</p><blockquote>old<blockquote>older</blockquote></blockquote>end"
    assert html_as_text(quoted) == "New\ntext\n> old\n> older\nend"


def test_a_plain_part_goes_before_html_and_files_are_no_text():
    parts = (
        b"--b\r\nContent-Type: text/plain; name=notes.txt\r\n\r\nTaskId: 1\r\n"
        b"--b\r\nContent-Type: text/html\r\n\r\n<p>html</p>\r\n"
        b"--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\nGr\xfc\xdfe\r\n--b--"
    )
    mail = received(MIXED + parts)
    assert mail.text == "Grüße"
    assert [file.name for file in mail.files] == ["notes.txt"]


def test_a_mail_without_id_is_known_by_its_bytes():
    mail = received(HEAD.replace(b"Message-ID: <1@x>\r\n", b"") + b"\r\nhi")
    assert mail.key.startswith("sha256:")
    longer = received(HEAD.replace(b"<1@x>", b"<" + b"1" * 300 + b"@x>") + b"\r\nhi")
    assert longer.key.startswith("sha256:")
