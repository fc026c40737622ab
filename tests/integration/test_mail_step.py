"""The step ``mail`` of real processes, sent by the worker to a mail server on loopback."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from gateway.delivery.attempt import Registry
from gateway.delivery.deliverer import Deliverer
from gateway.delivery.process_runner import ProcessRunner
from gateway.delivery.steps.mail import MailStep
from gateway.delivery.steps.step import Answered, SentFile, Situation
from gateway.domain.process import Kind, Process, Step
from gateway.mail.smtp import Server
from gateway.repository.deliveries import DeliveryStore
from gateway.usecases.ports import Claimed, Lease, Permanent
from gateway.usecases.process_runs import ProcessDesk
from tests.kit.processes import HASHES, PACE, ProcessWorld

PROCESS = """format = 1
[process]
name = "mailed"
version = {version}
partner = "NORTHWIND"
[process.inputs]
SUBJECT = "#REPLACE-EXTAPPFIELD-Ticketing.TaskAssignment-Task_Subject#"
[[step]]
name = "tell"
kind = "mail"
to = ["Desk <desk@example.com>", "b@example.com"]
subject = "Task: #SUBJECT#"
{keys}
"""
BOSS = 'cc = ["boss@example.com"]\n'
PLAIN = 'body = "Look at #SUBJECT#."'


class World:
    """A partner's group whose events start the process; the newest version counts."""

    def __init__(self, made, server):
        self.made, self.server = made, server
        step = MailStep(Server(host=server.host, port=server.port, sender="gw@example.org"))
        runner = ProcessRunner(ProcessDesk(made.units, HASHES), {Kind.MAIL: step})
        store = DeliveryStore(made.stores.engine)
        self.drain = Deliverer(store, Registry(others=runner), threads=1, pace=PACE).drain

    def told(self, keys=BOSS + PLAIN, subject="Printer jams"):
        """Load the process with such keys and give a ticket to the partner."""
        ((last,),) = self.made.sql("select coalesce(max(version), 0) from process_version")
        self.made.load(PROCESS.format(version=last + 1, keys=keys))
        self.made.slots("mailed")
        self.made.assign(guid := uuid4(), "Northwind desk", subject)
        self.drain()
        return guid

    def delivery(self):
        ((state, tries, error),) = self.made.sql("select state, tries, last_error from delivery")
        return state, tries, error


@pytest.fixture(scope="module")
def made(databases):
    with databases.migrated() as url:
        world = ProcessWorld(url)
        yield world
        world.close()


@pytest.fixture
def world(made, mail_server):
    made.forget()
    return World(made, mail_server)


def test_a_mail_says_which_event_it_tells_of(world, mail_server):
    world.told()
    ((event,),) = world.made.sql("select event_id::text from delivery")
    (received,) = mail_server.received
    mail = received.message
    assert received.recipients == ["desk@example.com", "b@example.com", "boss@example.com"]
    assert mail["To"] == "Desk <desk@example.com>, b@example.com"
    assert (mail["From"], mail["Cc"]) == ("gw@example.org", "boss@example.com")
    assert mail["Subject"] == "Task: Printer jams"
    assert mail.get_content() == "Look at Printer jams.\r\n"
    assert mail["Message-ID"] == f"<{event}.tell@example.org>"
    assert (mail["X-Gateway-Event-Id"], mail["X-Gateway-Delivery-Attempt"]) == (event, "1")
    assert mail["Idempotency-Key"] is None
    assert world.delivery()[0] == "done"


def test_values_are_escaped_in_html(world, mail_server):
    world.told('body = "<p>#SUBJECT#</p>"\nbody_type = "html"', subject="a <b> & c")
    (mail,) = mail_server.messages
    assert mail.get_content_type() == "text/html"
    assert mail.get_content() == "<p>a &lt;b&gt; &amp; c</p>\r\n"


def test_a_mail_tried_again_is_the_same_and_reaches_nobody_twice(world, mail_server):
    mail_server.answers = {"boss@example.com": "450 busy"}
    world.told()
    state, tries, error = world.delivery()
    assert (state, tries) == ("pending", 1)
    assert "boss@example.com: 450 busy" in error
    mail_server.answers = {}
    world.drain(60)
    first, second = mail_server.received
    assert first.recipients == ["desk@example.com", "b@example.com"]
    assert second.recipients == ["boss@example.com"]
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert first.message["Date"] == second.message["Date"]
    assert world.delivery()[0] == "done"


@pytest.mark.parametrize(
    ("answer", "state"), [("451 later", "pending"), ("554 no", "failed")], ids=["4yz", "5yz"]
)
def test_answers_of_the_mail_server_decide_whether_it_is_tried_again(
    world, mail_server, answer, state
):
    mail_server.after_data = answer
    world.told()
    assert world.delivery()[0] == state
    ((status, said),) = world.made.sql("select status, answer from attempt")
    assert (str(status), said) == (answer[:3], f"the mail was refused: {answer}")


def test_a_line_break_in_a_header_fails_for_good(world, mail_server):
    world.told(f'{PLAIN}\ncc = ["#REPLACE-EXTAPPFIELD-Ticketing.TaskAssignment-Task_Description#"]')
    assert world.delivery()[:2] == ("failed", 0)
    assert mail_server.received == []


def test_the_files_of_the_event_travel_when_asked(world, mail_server):
    situation = _situation(files=[SentFile(name="ä.txt", media_type="text/plain", size=1,
                                           content=b"x")])  # fmt: skip
    step = MailStep(Server(host=mail_server.host, port=mail_server.port))
    for keys in ({}, {"attachments": True}):
        made = Step(name="tell", kind=Kind.MAIL, keys=KEYS | keys)
        assert isinstance(step.perform(made, situation), Answered)
    without, with_file = mail_server.messages
    assert [each.get_filename() for each in without.iter_attachments()] == []
    assert [each.get_filename() for each in with_file.iter_attachments()] == ["ä.txt"]


@pytest.mark.parametrize(
    ("keys", "error"),
    [({"to": ["nobody"]}, "not an address"), ({"to": [" "]}, "to: no address"),
     ({"cc": ["a@b.c, x <y"]}, "not an address")],
    ids=str,
)  # fmt: skip
def test_addresses_that_are_none_fail_for_good(mail_server, keys, error):
    step = MailStep(Server(host=mail_server.host, port=mail_server.port))
    failed = step.perform(Step(name="tell", kind=Kind.MAIL, keys=KEYS | keys), _situation())
    assert isinstance(failed, Permanent)
    assert error in failed.error
    assert mail_server.received == []


def test_no_record_shows_what_is_masked(mail_server):
    step = MailStep(Server(host=mail_server.host, port=mail_server.port))
    mail_server.answers = {"key-s3cret@example.com": "550 no s3cret"}
    keys = KEYS | {"to": ["key-s3cret@example.com"]}
    failed = step.perform(Step(name="t", kind=Kind.MAIL, keys=keys), _situation(masked="s3cret"))
    assert "s3cret" not in repr(failed)


def test_a_process_is_told_which_addresses_are_none():
    step = MailStep(Server(host="localhost", port=25))
    keys = KEYS | {"to": ["#TO#", "a@b.c", "no"], "cc": ["x@"]}
    process = Process(name="p", version=1, steps=())
    found = list(step.check(Step(name="t", kind=Kind.MAIL, keys=keys), process))
    assert found == ["to: no is no address", "cc: x@ is no address"]


KEYS = {"to": ["desk@example.com"], "subject": "s", "body": "b"}
NOW = datetime(2026, 3, 1, tzinfo=UTC)


class _Literal:
    """Texts without placeholders."""

    def fill(self, template, place):
        return template


def _situation(*, files=(), masked=""):
    claimed = Claimed(
        id=1, lease=Lease(1, 1, "me"), partner_id=1, partner="internal", subject="ticket:1",
        event_id=UUID(int=7), process="p", version=1, payload={}, step="", tries=0, values={},
        attempt=1, created=NOW, now=NOW,
    )  # fmt: skip
    return Situation(
        claimed=claimed, texts=_Literal(), timeout_s=2, files=lambda: files, partner_id=1,
        headers={"X-Gateway-Event-Id": "7", "X-Gateway-Delivery-Attempt": "1"},
        hold=lambda: None, masked=lambda: {masked},
    )  # fmt: skip
