"""Acceptance statements of MergeTickets, sent by a strict client."""

import pytest

from tests.kit.gateway import element, new_id


def merge(gateway, target, *sources, version="1.1", **how):
    asked = {"TargetTicketId": target, "SourceTicketIds": {"string": list(sources)}}
    return gateway.call("MergeTickets_V1", version=version, **asked, **how)


def outcome(result):
    return result.ResultCode, result.ResultMessage


def refused(result, sent=None):
    """Give the message, after a look at code and FirstErrorMsg (contract G9)."""
    assert result.ResultCode in (30, 35)
    first = f"{sent}: {result.ResultMessage}" if sent else result.ResultMessage
    assert result.FirstErrorMsg == first
    return result.ResultCode, result.ResultMessage


def comment(gateway, ticket_id, text):
    saved = {"Id": new_id(), "TicketId": ticket_id, "Text": text}
    assert gateway.call("SaveTicketComment_V1", Comment=saved).ResultCode == 0
    return saved["Id"]


def comments(gateway, ticket_id):
    found = gateway.call("GetTicketComments_V1", TicketId=ticket_id).Comments
    return [(each.Id, each.TicketId) for each in found.TTicketComment_V1] if found else []


def close(gateway, ticket_id):
    berta = {"Id": gateway.row_id("agent", "berta")}
    done = gateway.call("CloseTicket_V1", TicketId=ticket_id, Assignee=berta)
    assert done.ResultCode == 0, done


def test_acmp_a51_merging_moves_comments_to_the_target(gateway, version):
    target = gateway.ticket(Title="Stays", Description="Of the target")
    sources = [gateway.ticket(Title="Goes", Description="Of a source") for _ in range(2)]
    said = [comment(gateway, ticket_id, "Seen.") for ticket_id in (target, *sources)]
    result = merge(gateway, target, *sources, version=version)
    assert outcome(result) == (0, "OK")
    assert result.FirstErrorMsg is None
    assert comments(gateway, target) == [(guid, target) for guid in said]
    assert gateway.read(target).Description == "Of the target"
    for source in sources:
        read = gateway.call("GetTicket_V5", TicketId=source)
        assert outcome(read) == (0, f"OK; merged into {target}")
        assert (read.Ticket.Id, read.MergedIntoTicketId) == (target, target)


def test_costs_times_links_and_the_reminder_move_mt(gateway):
    target, source, linked = (gateway.ticket() for _ in range(3))
    asset = new_id()
    for call, arguments in (
        ("LinkTicketsToTicket_V1", {"LinkedTicketIds": {"string": [linked, target]}}),
        ("LinkAssetsToTicket_V1", {"AssetIds": {"string": [asset]}}),
    ):
        assert gateway.call(call, TicketId=source, **arguments).ResultCode == 0
    reminder = {"TicketId": source, "ReminderDate": "2099-01-01T00:00:00Z"}
    assert gateway.call("SaveReminderOfTicket_V1", Reminder=reminder).ResultCode == 0
    gateway.rows(
        "with t as (select id from ticket where guid = %s), w as (insert into working_time"
        " (ticket_id, executor_id, started, ended, minutes)"
        " select id, 1, now(), now(), 7 from t)"
        " insert into cost (ticket_id, unit_price, amount) select id, 2.50, 2 from t",
        source,
    )
    assert outcome(merge(gateway, target, source)) == (0, "OK")
    read = gateway.read(target)
    assert (read.TotalWorkingTime, str(read.TotalCosts)) == (7, "5.00")
    assert read.ReminderDate.year == 2099
    links = gateway.call("GetLinkedTicketsOfTicket_V1", TicketId=target).LinkedTickets
    assert [each.TicketId for each in links.TLinkedTicket_V1] == [linked]
    listed = gateway.call("GetTicketListOfAsset_V1", AssetId=asset).Tickets
    assert [each.Id for each in listed.TTicketListItem_V1] == [target]


def test_a_reminder_of_the_target_stays_mt(gateway):
    target, source = gateway.ticket(), gateway.ticket()
    for ticket_id, year in ((target, 2098), (source, 2097)):
        reminder = {"TicketId": ticket_id, "ReminderDate": f"{year}-01-01T00:00:00Z"}
        assert gateway.call("SaveReminderOfTicket_V1", Reminder=reminder).ResultCode == 0
    assert outcome(merge(gateway, target, source)) == (0, "OK")
    assert gateway.read(target).ReminderDate.year == 2098


def test_merging_again_changes_nothing_mt_g10(gateway):
    target, source = gateway.ticket(), gateway.ticket()
    assert outcome(merge(gateway, target, source, source)) == (0, "OK")
    before = gateway.read(target)
    for _ in range(2):
        assert outcome(merge(gateway, target, source)) == (0, "OK")
    assert gateway.read(target) == before
    ((lines,),) = gateway.rows(
        "select count(*) from history h join ticket t on t.id = h.ticket_id"
        " where h.kind = 'merged' and t.guid in (%s, %s)", target, source,
    )  # fmt: skip
    assert lines == 2


def test_a_repeat_is_answered_after_the_target_was_closed_g10(gateway):
    target, source = gateway.ticket(), gateway.ticket()
    assert outcome(merge(gateway, target, source)) == (0, "OK")
    gateway.rows(
        "update ticket set closed = now(), state_id = (select id from state"
        " where en = 'closed successful') where guid = %s", target,
    )  # fmt: skip
    assert outcome(merge(gateway, target, source)) == (0, "OK")
    other = gateway.ticket()
    assert refused(merge(gateway, target, other)) == (35, "TargetTicketId: ticket is closed")


def test_a_closed_ticket_may_be_merged_away_g11(gateway):
    target, source = gateway.ticket(), gateway.ticket()
    close(gateway, source)
    assert outcome(merge(gateway, target, source)) == (0, "OK")
    assert gateway.call("GetTicket_V5", TicketId=source).MergedIntoTicketId == target


def test_a_chain_of_merges_leads_to_its_end_g12(gateway):
    first, second, third = (gateway.ticket() for _ in range(3))
    assert outcome(merge(gateway, second, first)) == (0, "OK")
    assert outcome(merge(gateway, third, second)) == (0, "OK")
    for merged in (first, second):
        assert gateway.call("GetTicket_V5", TicketId=merged).MergedIntoTicketId == third
        edit = gateway.call("SaveTicket_V4", Ticket={"Id": merged, "Title": "x"})
        assert outcome(edit) == (35, f"Ticket.Id: ticket was merged into {third}")
    assert outcome(merge(gateway, third, first)) == (0, "OK")


def test_one_bad_source_changes_nothing_mt(gateway):
    target, good, unknown = gateway.ticket(), gateway.ticket(), new_id()
    before = gateway.read(target), gateway.read(good)
    result = merge(gateway, target, good, unknown)
    assert refused(result, unknown) == (30, "SourceTicketIds[2]: not found")
    assert (gateway.read(target), gateway.read(good)) == before


def test_entries_are_judged_one_by_one_g14(gateway):
    target, elsewhere = gateway.ticket(), gateway.ticket()
    closed = gateway.ticket()
    close(gateway, closed)
    assert outcome(merge(gateway, gateway.ticket(), elsewhere)) == (0, "OK")
    (into,) = {gateway.call("GetTicket_V5", TicketId=elsewhere).MergedIntoTicketId}
    unknown = new_id()
    for sources, bad, message in (
        ((unknown, "x"), unknown, "SourceTicketIds[1]: not found"),
        (("x", unknown), "x", "SourceTicketIds[1]: not a GUID"),
        (("", unknown), None, "SourceTicketIds[1]: required"),
        ((target,), target, "SourceTicketIds[1]: is the target ticket"),
        ((elsewhere,), elsewhere, f"SourceTicketIds[1]: ticket was merged into {into}"),
    ):
        assert refused(merge(gateway, target, *sources), bad)[1] == message
    assert refused(merge(gateway, closed, unknown))[1] == "TargetTicketId: ticket is closed"
    assert refused(merge(gateway, elsewhere, closed))[1] == (
        f"TargetTicketId: ticket was merged into {into}"
    )


def test_the_batch_has_entries_and_not_too_many_g9(gateway):
    target = gateway.ticket()
    assert refused(merge(gateway, target))[1] == "SourceTicketIds: required"
    assert refused(merge(gateway, "", target))[1] == "TargetTicketId: required"
    assert refused(merge(gateway, "x", target))[1] == "TargetTicketId: not a GUID"
    assert refused(merge(gateway, new_id(), target)) == (30, "TargetTicketId: not found")
    many = merge(gateway, target, *[new_id()] * 1001)
    assert refused(many)[1] == "SourceTicketIds: more than 1000 entries"
    sent = f"<TargetTicketId>{target}</TargetTicketId>"
    reply = gateway.post(element("MergeTickets_V1", sent))
    assert "invalid request: SourceTicketIds: missing element" in reply.text


@pytest.mark.parametrize(
    ("login", "expected"),
    [
        ("reader", (35, "TargetTicketId: not permitted")),
        ("stranger", (30, "TargetTicketId: not found")),
    ],
)
def test_who_may_not_change_or_see_the_tickets_merges_nothing_g13(gateway, login, expected):
    target, source = gateway.ticket(), gateway.ticket()
    result = merge(gateway, target, source, login=(login, gateway.login[1]))
    assert refused(result) == expected


def test_a_key_used_for_another_request_is_refused_g10(gateway):
    target, one, two = (gateway.ticket() for _ in range(3))
    sent = (
        "<TargetTicketId>{}</TargetTicketId><SourceTicketIds><string>{}</string></SourceTicketIds>"
    )
    headers = {"Idempotency-Key": new_id()}
    for source, expected in (
        (one, "<ResultMessage>OK<"),
        (one, "<ResultMessage>OK<"),
        (two, "Idempotency-Key: used for another request"),
    ):
        body = element("MergeTickets_V1", sent.format(target, source))
        assert expected in gateway.post(body, headers=headers).text.replace("tns:", "")
    assert gateway.read(two).Id == two


def test_a_broken_batch_is_a_fault_where_the_setting_says_so(strict_gateway):
    target, unknown = strict_gateway.ticket(), new_id()
    sent = (
        f"<TargetTicketId>{target}</TargetTicketId>"
        f"<SourceTicketIds><string>{unknown}</string></SourceTicketIds>"
    )
    reply = strict_gateway.post(element("MergeTickets_V1", sent))
    assert reply.status_code == 500
    assert f"{unknown}: SourceTicketIds[1]: not found" in reply.text
