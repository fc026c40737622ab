"""Reports of refused mails: who gets them, what they say, and how many."""

from datetime import UTC, datetime

import pytest

from gateway.domain.inbound_mail import ReceivedMail
from gateway.mail.report import Reporter
from gateway.mail.smtp import Server
from tests.kit.mail import smtp_server
from tests.kit.serving import free_port

MAIL = ReceivedMail(
    key="<1@x>",
    received=datetime(2026, 3, 4, tzinfo=UTC),
    sender="mallory@elsewhere.example",
    subject="Cheap\r\nBcc: all@example.org",
    text="canary-7431",
)


@pytest.fixture(scope="module")
def server():
    with smtp_server() as running:
        yield running


def test_a_report_names_the_mail_without_its_text_and_asks_for_no_answer(server):
    Reporter(Server(host=server.host, port=server.port))(MAIL, "NO_TARGET", "desk@example.org")
    (report,) = server.received
    assert report.recipients == ["desk@example.org"]
    assert report.message["Subject"] == "Mail refused: NO_TARGET"
    assert report.message["Auto-Submitted"] == "auto-generated"
    text = report.message.get_content()
    assert "mallory@elsewhere.example" in text
    assert "Cheap??Bcc: all@example.org" in text
    assert "canary-7431" not in text


def test_a_flood_of_refused_mails_floods_nobody(server):
    before = len(server.received)
    report = Reporter(Server(host=server.host, port=server.port), most_an_hour=3)
    for _ in range(5):
        report(MAIL, "NO_TARGET", "desk@example.org")
    assert len(server.received) - before == 3


def test_a_server_that_is_away_stops_nothing(capsys):
    Reporter(Server(host="127.0.0.1", port=free_port()))(MAIL, "NO_TARGET", "desk@example.org")
    assert "refused mail not reported" in capsys.readouterr().out
