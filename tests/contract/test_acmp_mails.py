"""Acceptance statements of the e-mail monitor, sent by a strict client to a running gateway."""

import pytest

from tests.kit.gateway import new_id


@pytest.fixture
def mails(gateway):
    """Three mails that belong to no ticket, oldest first, and one that led to a ticket."""
    guids = [new_id() for _ in range(4)]
    for n, guid in enumerate(guids):
        gateway.rows(
            "insert into mail (guid, message_id, received, sender, recipient, subject, body,"
            " has_attachments, outcome) values (%s, %s, now() - interval '1 hour' * %s,"
            " 'eva@example.org', 'desk@example.org', %s, 'Help', true, 'ignored')",
            guid, guid, 10 - n, f"Mail {n}",
        )  # fmt: skip
    gateway.ticket()
    gateway.rows(
        "update mail set outcome = 'ticket', ticket_id = (select max(id) from ticket)"
        " where guid = %s",
        guids[3],
    )
    yield guids
    gateway.rows("delete from mail")


def outcome(result):
    return result.ResultCode, result.ResultMessage


def listed(gateway, **more):
    result = gateway.call("GetEmailMonitorList_V1", **more)
    assert outcome(result) == (0, "OK")
    return list(result.EmailMonitors.TEmailMonitorItem_V1) if result.EmailMonitors else []


def delete(gateway, *ids, **more):
    return gateway.call("DeleteEmailMonitorList_V1", EmailMonitorIds={"string": list(ids)}, **more)


def test_acmp_a77_mails_without_ticket_are_listed_newest_first(gateway, mails, version):
    rows = listed(gateway, version=version)
    assert [row.Id for row in rows] == [mails[2], mails[1], mails[0]]
    first = rows[0]
    assert (first.Subject, first.Sender, first.Recipient, first.Body) == (
        "Mail 2", "eva@example.org", "desk@example.org", "Help",
    )  # fmt: skip
    assert first.HasAttachments is True
    assert first.ReceivedDate is not None


def test_acmp_a77_without_mails_the_list_is_empty(gateway, version):
    assert listed(gateway, version=version) == []


def test_acmp_a77_mails_are_deleted_for_good(gateway, mails, version):
    for _ in range(2):  # the second is a repeat (G10); an id twice counts once (G9)
        result = delete(gateway, mails[0], mails[2], mails[0], version=version)
        assert (*outcome(result), result.FirstErrorMsg) == (0, "OK", None)
    assert [row.Id for row in listed(gateway)] == [mails[1]]
    assert gateway.rows("select count(*) from mail") == [(2,)]


def test_one_bad_id_deletes_nothing_g9(gateway, mails):
    for bad, expected in (
        (new_id(), (30, "EmailMonitorIds[2]: not found")),
        (mails[3], (30, "EmailMonitorIds[2]: not found")),  # it belongs to a ticket
        ("x", (35, "EmailMonitorIds[2]: not a GUID")),
        ("", (35, "EmailMonitorIds[2]: required")),
    ):
        result = delete(gateway, mails[0], bad)
        assert outcome(result) == expected
        assert result.FirstErrorMsg == (f"{bad}: {expected[1]}" if bad else expected[1])
    assert outcome(delete(gateway)) == (35, "EmailMonitorIds: required")
    assert len(listed(gateway)) == 3


def test_the_right_is_of_the_command_em(gateway, mails):
    reader = ("reader", gateway.login[1])
    assert len(listed(gateway, login=reader)) == 3
    result = delete(gateway, mails[0], login=reader)
    assert outcome(result) == (35, "EmailMonitorIds[1]: not permitted")


def test_more_than_a_thousand_mails_are_cut_off_em(gateway, mails):
    gateway.rows(
        "insert into mail (message_id, received, outcome)"
        " select 'm' || n, now() - interval '1 day', 'ignored' from generate_series(1, 998) n"
    )
    result = gateway.call("GetEmailMonitorList_V1")
    assert outcome(result) == (0, "OK; first 1000 of 1001")
    assert len(result.EmailMonitors.TEmailMonitorItem_V1) == 1000
