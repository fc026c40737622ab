"""What becomes of a mail, row by row of the contract's table; and whom it is believed."""

from datetime import UTC, datetime

import pytest

from gateway.domain.commands import Defaults
from gateway.domain.inbound_mail import (
    Action,
    MailCode,
    MailRules,
    MailTask,
    ReceivedMail,
    WhenClosed,
    beyond_tasks,
    for_task,
    is_allowed,
    is_authentic,
    set_aside,
    solution,
)
from gateway.domain.mail_formats import Formats, MailReader, Marker, Reading

NOW = datetime(2026, 3, 4, tzinfo=UTC)
TASK = MailTask(id=7, partner_id=1, partner="NORTHWIND", allowed=("@northwind.example",))
STORED = MailTask(id=7, partner_id=1, partner="NORTHWIND", reference="NW-1")
CLOSED = {Marker.CLOSED: "done"}
READY = {Marker.SOLUTION: "done"}
UPDATE = {Marker.UPDATE: "soon"}
X = ("X",)


def received(**changes):
    return ReceivedMail(**{"key": "<1@x>", "received": NOW, **changes})


def rules(**changes):
    plain = {
        "mailbox": "partners",
        "reader": MailReader(Formats()),
        "defaults": Defaults(queue="Raw", state="new", priority=3),
    }
    return MailRules(**{**plain, **changes})


@pytest.mark.parametrize(
    ("marked", "references", "task", "marker_needed", "action"),
    [
        (CLOSED, (), TASK, False, Action.CLOSE),
        (CLOSED | READY, X, TASK, False, Action.CLOSE),
        (READY, (), TASK, False, Action.READY),
        (READY, X, STORED, True, Action.READY),
        ({}, X, TASK, False, Action.ACKNOWLEDGE),
        ({}, X, TASK, True, Action.ACKNOWLEDGE),
        (UPDATE, X, TASK, True, Action.ACKNOWLEDGE_AND_UPDATE),
        ({}, X, STORED, False, Action.UPDATE),
        ({}, (), TASK, False, Action.UPDATE),
        (UPDATE, (), TASK, True, Action.UPDATE),
        ({}, (), TASK, True, None),
        ({}, X, STORED, True, None),
    ],
)
def test_ssp7_workflow_b14_rows_1_to_4_of_a_task(marked, references, task, marker_needed, action):
    reading = Reading(marked=marked, references=references, text="We take it.")
    decision = for_task(
        received(), reading, task, needs_update_marker=marker_needed, sender_allowed=True
    )
    assert (decision and decision.action) is action


def test_a_mail_with_a_number_and_no_text_is_about_the_number():
    decision = for_task(
        received(), Reading(references=X), STORED, needs_update_marker=False, sender_allowed=True
    )
    assert decision.action is Action.ACKNOWLEDGE


@pytest.mark.parametrize(
    ("closed", "changes", "action", "code"),
    [
        (False, {}, Action.MESSAGE, ""),
        (True, {}, Action.REOPEN, ""),
        (True, {"when_closed": WhenClosed.NEW, "new_tickets": False}, Action.FOLLOW_UP, ""),
        (True, {"when_closed": WhenClosed.REFUSE}, Action.REFUSE, "TICKET_CLOSED"),
        (None, {}, Action.START, ""),
        (None, {"new_tickets": False}, Action.REFUSE, "NO_TARGET"),
    ],
)
def test_ssp7_workflow_b14_rows_5_to_7_beyond_tasks(closed, changes, action, code):
    decision = beyond_tasks(received(), rules(**changes), ticket_closed=closed)
    assert (decision.action, decision.code) == (action, code)


@pytest.mark.parametrize(("allowed", "valid"), [(True, False), (False, True), (True, True)])
def test_a_sender_or_a_hash_is_proof_enough(allowed, valid):
    decision = _update(sender_allowed=allowed, hash_valid=valid)
    assert decision.action is Action.UPDATE


def test_a_number_alone_never_changes_a_task():
    decision = _update()
    assert (decision.action, decision.code) == (Action.REFUSE, MailCode.SENDER_NOT_ALLOWED)


@pytest.mark.parametrize(
    ("changes", "action"),
    [({}, Action.IGNORE), ({"hash_valid": True}, Action.IGNORE),
     ({"sender_allowed": True}, Action.UPDATE)],
)  # fmt: skip
def test_an_automatic_mail_counts_only_from_a_sender_who_is_allowed(changes, action):
    assert _update(received(automatic=True), **changes).action is action
    ended = beyond_tasks(received(automatic=True), rules(), ticket_closed=None)
    assert ended.action is Action.IGNORE


def _update(mail=None, **proofs):
    return for_task(mail or received(), Reading(), TASK, needs_update_marker=False, **proofs)


@pytest.mark.parametrize(
    ("changes", "tasks", "action", "code"),
    [
        ({"ours": True}, (), Action.IGNORE, ""),
        ({"sender": "us@example.org"}, ("1", "2"), Action.IGNORE, ""),
        ({"trouble": MailCode.TOO_LARGE}, (), Action.REFUSE, "MAIL_TOO_LARGE"),
        ({"trouble": MailCode.TOO_LARGE, "automatic": True}, (), Action.IGNORE, ""),
        ({}, ("1", "2"), Action.REFUSE, "AMBIGUOUS"),
        ({"automatic": True}, ("1", "2"), Action.IGNORE, ""),
    ],
)
def test_what_is_set_aside_before_any_task_is_looked_for(changes, tasks, action, code):
    own = rules(own_addresses=frozenset({"us@example.org"}))
    decision = set_aside(received(**changes), Reading(tasks=tasks), own)
    assert (decision.action, decision.code) == (action, code)
    assert set_aside(received(), Reading(tasks=("1",)), own) is None


def test_a_bare_closed_marker_takes_the_text_of_the_solution():
    assert solution(Reading(marked={Marker.CLOSED: "", **READY}), Marker.CLOSED) == "done"
    assert solution(Reading(marked={Marker.CLOSED: ""}), Marker.CLOSED) == ""


@pytest.mark.parametrize(
    ("sender", "allowed", "is_one"),
    [
        ("a@north.example", ("A@North.example",), True),
        ("a@north.example", ("@north.example",), True),
        ("a@sub.north.example", ("@north.example",), False),
        ("a@evilnorth.example", ("@north.example",), False),
        ("a@north.example", ("north.example",), False),
        ("a@north.example", (), False),
        ("a@north.example", ("", " "), False),
        ("", ("", "@"), False),
    ],
)
def test_senders_are_addresses_or_whole_domains(sender, allowed, is_one):
    assert is_allowed(sender, allowed) is is_one


@pytest.mark.parametrize(
    ("headers", "authentic"),
    [
        (["mx.example; dmarc=pass (p=none) header.from=north.example"], True),
        (["MX.example 1; spf=fail; dmarc=PASS"], True),
        (["mx.example; dmarc=fail"], False),
        (["mx.example; spf=pass"], False),
        (["other.example; dmarc=pass"], False),
        (["mx.example; dmarc=pass header.from=elsewhere.example"], False),
        (["mx.example; dmarc=fail", "mx.example; dmarc=pass"], False),
        (["other.example; dmarc=fail", "mx.example; dmarc=pass"], True),
        (["mx.example; none; x=(; dmarc=pass"], False),
        (["mx.example; dmarc=pass; dmarc=fail"], False),
        (['mx.example; spf=pass smtp.mailfrom="x; dmarc=pass"@elsewhere.example'], False),
        (["mx.example; spf=pass (x; dmarc=pass (y; dmarc=pass)); dkim=none"], False),
        (["mx.example; spf=pass (a (b)); dmarc=pass"], True),
        ([], False),
        (["", ";", "mx.example"], False),
    ],
)
def test_only_the_word_of_our_own_mail_server_counts(headers, authentic):
    mail = received(sender="a@north.example", authentication=tuple(headers))
    assert is_authentic(mail, "mx.example") is authentic
