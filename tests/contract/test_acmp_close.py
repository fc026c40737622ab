"""Acceptance statements of CloseTicket and ReopenTicket, sent by a strict client."""

import pytest

from tests.kit.gateway import element, new_id


def close(gateway, ticket_id, *, version="1.1", **fields):
    arguments = {"Assignee": {"Id": gateway.row_id("agent", "berta")}, **fields}
    return gateway.call("CloseTicket_V1", version=version, TicketId=ticket_id, **arguments)


def outcome(result):
    return result.ResultCode, result.ResultMessage


def working_time(gateway, ticket_id, **fields):
    return {
        "Id": new_id(),
        "TicketId": ticket_id,
        "Executor": gateway.row_id("agent", "berta"),
        "StartDate": "2025-06-27T10:00:00Z",
        "EndDate": "2025-06-27T10:25:00Z",
        **fields,
    }


def without(values, name):
    return {key: value for key, value in values.items() if key != name}


def test_acmp_a12_close_needs_a_ticket(gateway, version):
    assert outcome(close(gateway, "", version=version)) == (35, "TicketId: required")
    reply = gateway.post(element("CloseTicket_V1", "<Assignee><Id/></Assignee>"))
    assert "invalid request: TicketId: missing element" in reply.text


def test_acmp_a13_close_needs_an_assignee(gateway, version):
    ticket_id = gateway.ticket()
    result = close(gateway, ticket_id, version=version, Assignee={"AssigneeIsGroup": False})
    assert outcome(result) == (35, "Assignee.Id: required")
    reply = gateway.post(element("CloseTicket_V1", f"<TicketId>{ticket_id}</TicketId>"))
    assert "invalid request: Assignee: missing element" in reply.text


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("resolutions_enabled", "ResolutionId: required"),
        ("comment_required", "Comment: required"),
        ("working_time_required", "WorkingTime: required"),
    ],
)
def test_acmp_a14_a_broken_condition_changes_nothing(gateway, setting, message):
    ticket_id = gateway.ticket()
    before = gateway.read(ticket_id)
    with gateway.settings(**{setting: 1}):
        comment = {"Id": new_id(), "Text": "Done."}
        sent = {} if setting == "comment_required" else {"Comment": comment}
        assert outcome(close(gateway, ticket_id, **sent)) == (35, message)
    assert gateway.read(ticket_id) == before
    comments = gateway.call("GetTicketComments_V1", TicketId=ticket_id).Comments
    assert not comments or not comments.TTicketComment_V1


def test_acmp_a15_enabled_resolutions_need_one_that_exists(gateway, version):
    ticket_id, solved = gateway.ticket(), gateway.row_id("resolution", "Solved")
    with gateway.settings(resolutions_enabled=1):
        for resolution, expected in (
            ("", (35, "ResolutionId: required")),
            (new_id(), (30, "ResolutionId: not found")),
            (gateway.row_id("agent", "berta"), (30, "ResolutionId: not found")),
            (solved, (0, "OK")),
        ):
            result = close(gateway, ticket_id, version=version, ResolutionId=resolution)
            assert outcome(result) == expected
    read = gateway.read(ticket_id)
    assert (read.ResolutionId, read.ResolutionEN, read.ResolutionDE) == (solved, "Solved", "Gelöst")


def test_acmp_a16_without_resolutions_none_is_needed(gateway):
    ticket_id = gateway.ticket()
    assert outcome(close(gateway, ticket_id, ResolutionId="not even a guid")) == (0, "OK")
    assert gateway.read(ticket_id).ResolutionId is None


def test_acmp_a17_a_required_comment_needs_id_and_text(gateway):
    ticket_id = gateway.ticket()
    with gateway.settings(comment_required=1):
        assert outcome(close(gateway, ticket_id)) == (35, "Comment: required")
        no_id = {"Id": "", "Text": "Done."}
        assert outcome(close(gateway, ticket_id, Comment=no_id)) == (35, "Comment.Id: required")
        no_text = {"Id": new_id(), "Text": ""}
        assert outcome(close(gateway, ticket_id, Comment=no_text)) == (35, "Comment.Text: required")
        comment = {"Id": new_id(), "Text": "Roller replaced."}
        assert outcome(close(gateway, ticket_id, Comment=comment)) == (0, "OK")
    (stored,) = gateway.call("GetTicketComments_V1", TicketId=ticket_id).Comments.TTicketComment_V1
    assert (stored.Id, stored.Text) == (comment["Id"], "Roller replaced.")


def test_acmp_a18_a_comment_that_is_not_required_may_be_left_out(gateway):
    assert outcome(close(gateway, gateway.ticket())) == (0, "OK")


@pytest.mark.parametrize("other", ["{5B1D7A52-0C3E-4F6B-9A77-2E1D0C9B8AFF}", "no guid at all"])
def test_acmp_a19_the_ticket_of_the_comment_is_ignored(gateway, other):
    ticket_id = gateway.ticket()
    comment = {"Id": new_id(), "TicketId": other, "Text": "Done."}
    assert outcome(close(gateway, ticket_id, Comment=comment)) == (0, "OK")
    (stored,) = gateway.call("GetTicketComments_V1", TicketId=ticket_id).Comments.TTicketComment_V1
    assert (stored.Id, stored.TicketId) == (comment["Id"], ticket_id)


def test_acmp_a20_an_enforced_working_time_is_required(gateway):
    ticket_id = gateway.ticket()
    with gateway.settings(working_time_required=1):
        assert outcome(close(gateway, ticket_id)) == (35, "WorkingTime: required")


@pytest.mark.parametrize("name", ["Id", "TicketId", "Executor", "StartDate", "EndDate"])
def test_acmp_a21_an_enforced_working_time_is_complete(gateway, name):
    ticket_id = gateway.ticket()
    time = working_time(gateway, ticket_id)
    sent = {**time, "Id": ""} if name == "Id" else without(time, name)
    with gateway.settings(working_time_required=1):
        result = close(gateway, ticket_id, WorkingTime=sent)
        assert outcome(result) == (35, f"WorkingTime.{name}: required")


@pytest.mark.parametrize(("enabled", "required"), [(1, 0), (0, 1)])
def test_acmp_a22_enabled_or_enforced_alone_demands_none(gateway, enabled, required):
    with gateway.settings(working_times_enabled=enabled, working_time_required=required):
        assert outcome(close(gateway, gateway.ticket())) == (0, "OK")


def test_acmp_a23_the_start_is_earlier_than_the_end(gateway):
    ticket_id = gateway.ticket()
    refused = (35, "WorkingTime.StartDate: must be earlier than EndDate")
    for start, expected in (
        ("2025-06-27T10:26:00Z", refused),
        ("2025-06-27T12:25:00+02:00", refused),
        ("2025-06-27T10:24:00Z", (0, "OK")),
    ):
        time = working_time(gateway, ticket_id, StartDate=start)
        assert outcome(close(gateway, ticket_id, WorkingTime=time)) == expected
    assert gateway.read(ticket_id).TotalWorkingTime == 1


def test_times_of_another_ticket_are_refused_ct4(gateway):
    ticket_id = gateway.ticket()
    time = working_time(gateway, new_id())
    result = close(gateway, ticket_id, WorkingTime=time)
    assert outcome(result) == (35, "WorkingTime.TicketId: differs from TicketId")


def test_working_times_that_are_switched_off_are_not_looked_at_ct4(gateway):
    ticket_id = gateway.ticket()
    with gateway.settings(working_times_enabled=0):
        assert outcome(close(gateway, ticket_id, WorkingTime={"Id": "nonsense"})) == (0, "OK")
    assert gateway.read(ticket_id).TotalWorkingTime == 0


def test_ids_in_use_and_closed_tickets_are_refused_ct6(gateway):
    ticket_id, other = gateway.ticket(), gateway.ticket()
    comment = {"Id": new_id(), "Text": "Done."}
    time = working_time(gateway, ticket_id)
    assert outcome(close(gateway, ticket_id, Comment=comment, WorkingTime=time)) == (0, "OK")
    assert outcome(close(gateway, other, Comment=comment)) == (35, "Comment.Id: is taken")
    booked = {**time, "TicketId": other}
    assert outcome(close(gateway, other, WorkingTime=booked)) == (35, "WorkingTime.Id: is taken")
    assert outcome(close(gateway, ticket_id)) == (35, "TicketId: ticket is closed")


def test_a_repeated_close_gets_the_first_answer_g10(gateway):
    ticket_id = gateway.ticket()
    comment = {"Id": new_id(), "Text": "Done."}
    for _ in range(2):
        assert outcome(close(gateway, ticket_id, Comment=comment)) == (0, "OK")
    found = gateway.call("GetTicketComments_V1", TicketId=ticket_id)
    assert len(found.Comments.TTicketComment_V1) == 1


def test_acmp_a49_close_ticket_closes(gateway, version):
    ticket_id = gateway.ticket()
    assert outcome(close(gateway, ticket_id, version=version)) == (0, "OK")
    read = gateway.read(ticket_id)
    assert (read.StateEN, read.StateDE) == ("closed successful", "erfolgreich geschlossen")
    assert read.ClosingDate is not None
    assert read.Assignee.Name == "Berta Test"
    edit = gateway.call("SaveTicket_V4", Ticket={"Id": ticket_id, "Title": "New"})
    assert outcome(edit) == (35, "Ticket.Id: ticket is closed")


def test_acmp_a50_reopen_ticket_opens_a_closed_ticket(gateway, version):
    ticket_id = gateway.ticket()
    with gateway.settings(resolutions_enabled=1):
        solved = gateway.row_id("resolution", "Solved")
        assert outcome(close(gateway, ticket_id, ResolutionId=solved)) == (0, "OK")
    comment = {"Id": new_id(), "Text": "It is back."}
    network = {"Id": gateway.row_id("agent_group", "Network"), "AssigneeIsGroup": True}
    arguments = {"TicketId": ticket_id, "Assignee": network, "Comment": comment}
    result = gateway.call("ReopenTicket_V1", version=version, **arguments)
    assert outcome(result) == (0, "OK")
    read = gateway.read(ticket_id)
    assert (read.StateEN, read.ClosingDate, read.ResolutionId) == ("open", None, None)
    assert read.Assignee.Name == "Network"
    (stored,) = gateway.call("GetTicketComments_V1", TicketId=ticket_id).Comments.TTicketComment_V1
    assert stored.Text == "It is back."
    assert outcome(gateway.call("ReopenTicket_V1", **arguments)) == (0, "OK")  # a repeat
    again = gateway.call("ReopenTicket_V1", TicketId=ticket_id)
    assert outcome(again) == (35, "TicketId: ticket is not closed")
