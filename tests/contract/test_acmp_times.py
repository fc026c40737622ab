"""Acceptance statements of the working times, sent by a strict client to a running gateway."""

import pytest

from tests.kit.gateway import new_id

ORDER = "WorkingTime.StartDate: must be earlier than EndDate"


def outcome(result):
    return result.ResultCode, result.ResultMessage


def time(gateway, ticket_id, **fields):
    return {
        "Id": new_id(),
        "TicketId": ticket_id,
        "Executor": gateway.row_id("agent", "berta"),
        "StartDate": "2025-06-27T10:00:00Z",
        "EndDate": "2025-06-27T10:25:00Z",
        "Description": "Roller replaced.",
        **fields,
    }


def save(gateway, sent, **more):
    return gateway.call("SaveTicketWorkingTime_V1", WorkingTime=sent, **more)


def listed(gateway, ticket_id, **more):
    result = gateway.call("GetTicketWorkingTimeList_V1", TicketId=ticket_id, **more)
    assert result.ResultCode == 0
    return list(result.WorkingTimes.TTicketWorkingTime_V1) if result.WorkingTimes else []


def delete(gateway, *ids, **more):
    return gateway.call(
        "DeleteTicketWorkingTimeList_V1", WorkingTimeIds={"string": list(ids)}, **more
    )


def close(gateway, ticket_id):
    berta = {"Id": gateway.row_id("agent", "berta")}
    assert gateway.call("CloseTicket_V1", TicketId=ticket_id, Assignee=berta).ResultCode == 0


def without(values, name):
    return {key: value for key, value in values.items() if key != name}


def test_acmp_a70_a_working_time_is_added_and_edited(gateway, version):
    ticket_id = gateway.ticket()
    sent = time(gateway, ticket_id)
    assert outcome(save(gateway, sent, version=version)) == (0, "OK")
    (row,) = listed(gateway, ticket_id, version=version)
    assert (row.Id, row.TicketId, row.Executor) == (sent["Id"], ticket_id, sent["Executor"])
    assert (row.ExecutorName, row.Duration, row.Description) == (
        "Berta Test", 25, "Roller replaced.",
    )  # fmt: skip
    assert gateway.read(ticket_id).TotalWorkingTime == 25
    later = {"Id": sent["Id"], "EndDate": "2025-06-27T11:00:29Z", "Description": ""}
    assert outcome(save(gateway, later, version=version)) == (0, "OK")
    (row,) = listed(gateway, ticket_id)
    assert (row.Duration, row.Description, row.ExecutorName) == (60, None, "Berta Test")
    assert outcome(save(gateway, {"Id": sent["Id"]})) == (0, "OK")
    assert listed(gateway, ticket_id) == [row]


@pytest.mark.parametrize("name", ["Id", "TicketId", "Executor", "StartDate", "EndDate"])
def test_a_new_working_time_is_complete_wt(gateway, name):
    sent = time(gateway, gateway.ticket())
    lacking = {**sent, "Id": ""} if name == "Id" else without(sent, name)
    assert outcome(save(gateway, lacking)) == (35, f"WorkingTime.{name}: required")


def test_no_date_is_a_date_that_was_not_sent_g5(gateway):
    sent = time(gateway, gateway.ticket(), StartDate="1899-12-30T00:00:00Z")
    assert outcome(save(gateway, sent)) == (35, "WorkingTime.StartDate: required")
    known = time(gateway, gateway.ticket())
    assert outcome(save(gateway, known)) == (0, "OK")
    edit = {"Id": known["Id"], "StartDate": "1899-12-30T00:00:00Z", "Description": "x"}
    assert outcome(save(gateway, edit)) == (0, "OK")
    assert listed(gateway, known["TicketId"])[0].Duration == 25


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"Id": "x"}, "WorkingTime.Id: not a GUID"),
        ({"TicketId": "x"}, "WorkingTime.TicketId: not a GUID"),
        ({"Executor": "x"}, "WorkingTime.Executor: not a GUID"),
        ({"StartDate": "1700-01-01T00:00:00Z"}, "WorkingTime.StartDate: out of range"),
        ({"EndDate": "0001-01-01T00:00:00Z"}, "WorkingTime.EndDate: out of range"),
        ({"StartDate": "2025-06-27T10:25:00Z"}, ORDER),
        ({"StartDate": "2025-06-27T12:25:00+02:00"}, ORDER),
        ({"Description": "x" * 4001}, "WorkingTime.Description: longer than 4000 characters"),
    ],
)
def test_forms_and_limits_of_a_working_time(gateway, fields, message):
    assert outcome(save(gateway, time(gateway, gateway.ticket(), **fields))) == (35, message)


def test_the_pair_of_dates_that_an_edit_leaves_is_judged_wt(gateway):
    ticket_id = gateway.ticket()
    sent = time(gateway, ticket_id)
    assert outcome(save(gateway, sent)) == (0, "OK")
    for name, value in (("StartDate", sent["EndDate"]), ("EndDate", sent["StartDate"])):
        assert outcome(save(gateway, {"Id": sent["Id"], name: value})) == (35, ORDER)
    assert listed(gateway, ticket_id)[0].Duration == 25


def test_the_executor_is_an_agent_wt(gateway):
    ticket_id = gateway.ticket()
    refused = (30, "WorkingTime.Executor: not found")
    for executor in (gateway.row_id("agent_group", "Network"), new_id()):
        assert outcome(save(gateway, time(gateway, ticket_id, Executor=executor))) == refused
    sent = time(gateway, ticket_id, Executor=gateway.row_id("agent", "reader"))
    assert outcome(save(gateway, sent)) == (0, "OK")
    gateway.rows("update agent set active = false where login = 'reader'")
    try:
        # An inactive one cannot be newly set, but stays where it stands already (G15).
        assert outcome(save(gateway, {**sent, "Id": new_id()})) == refused
        assert outcome(save(gateway, {**sent, "Description": "Still"})) == (0, "OK")
    finally:
        gateway.rows("update agent set active = true where login = 'reader'")
    edit = {"Id": sent["Id"], "Executor": ""}
    assert outcome(save(gateway, edit)) == (35, "WorkingTime.Executor: required")
    admin = {"Id": sent["Id"], "Executor": gateway.row_id("agent", "admin")}
    assert outcome(save(gateway, admin)) == (0, "OK")
    assert listed(gateway, ticket_id)[0].ExecutorName == "Admin"


def test_a_working_time_lasts_a_minute_at_least_wt(gateway):
    ticket_id = gateway.ticket()
    for end, minutes in (("10:00:01", 1), ("10:01:29", 1), ("10:01:31", 2)):
        sent = time(gateway, ticket_id, EndDate=f"2025-06-27T{end}Z")
        assert outcome(save(gateway, sent)) == (0, "OK")
        assert {row.Id: row.Duration for row in listed(gateway, ticket_id)}[sent["Id"]] == minutes


def test_working_times_stay_on_their_ticket_wt(gateway):
    sent, other = time(gateway, gateway.ticket()), gateway.ticket()
    assert outcome(save(gateway, sent)) == (0, "OK")
    result = save(gateway, {"Id": sent["Id"], "TicketId": other})
    assert outcome(result) == (35, "WorkingTime.TicketId: belongs to another ticket")


def test_working_times_that_are_switched_off_wt(gateway):
    sent = time(gateway, gateway.ticket())
    assert outcome(save(gateway, sent)) == (0, "OK")
    with gateway.settings(working_times_enabled=0):
        off = (35, "WorkingTime: working times are switched off")
        assert outcome(save(gateway, time(gateway, sent["TicketId"]))) == off
        assert outcome(save(gateway, {"Id": sent["Id"], "Description": "x"})) == off
        assert len(listed(gateway, sent["TicketId"])) == 1
        assert outcome(delete(gateway, sent["Id"])) == (0, "OK")


def test_acmp_a71_working_times_are_listed_by_start(gateway, version):
    ticket_id = gateway.ticket()
    for hour in (12, 9, 11):
        start, end = (f"2025-06-27T{hour:02}:{minute}:00Z" for minute in ("00", "10"))
        assert outcome(save(gateway, time(gateway, ticket_id, StartDate=start, EndDate=end))) == (
            0, "OK",
        )  # fmt: skip
    rows = listed(gateway, ticket_id, version=version)
    assert [row.StartDate.hour for row in rows] == [9, 11, 12]


def test_acmp_a71_working_times_are_deleted(gateway, version):
    ticket_id, other = gateway.ticket(), gateway.ticket()
    times = [time(gateway, each) for each in (ticket_id, other, ticket_id)]
    for each in times:
        assert outcome(save(gateway, each)) == (0, "OK")
    ids = [each["Id"] for each in times]
    result = delete(gateway, ids[0], new_id(), version=version)
    assert outcome(result) == (30, "WorkingTimeIds[2]: not found")
    assert len(listed(gateway, ticket_id)) == 2
    for _ in range(2):
        result = delete(gateway, ids[0], ids[1], ids[0], version=version)
        assert (*outcome(result), result.FirstErrorMsg) == (0, "OK", None)
    assert [row.Id for row in listed(gateway, ticket_id)] == [ids[2]]
    assert listed(gateway, other) == []
    assert outcome(delete(gateway)) == (35, "WorkingTimeIds: required")
    assert outcome(delete(gateway, "x")) == (35, "WorkingTimeIds[1]: not a GUID")


def test_working_times_of_closed_tickets_stay_g11(gateway):
    sent = time(gateway, gateway.ticket())
    assert outcome(save(gateway, sent)) == (0, "OK")
    close(gateway, sent["TicketId"])
    new = time(gateway, sent["TicketId"])
    assert outcome(save(gateway, new)) == (35, "WorkingTime.TicketId: ticket is closed")
    edit = {"Id": sent["Id"], "Description": "x"}
    assert outcome(save(gateway, edit)) == (35, "WorkingTime.Id: ticket is closed")
    assert outcome(delete(gateway, sent["Id"])) == (35, "WorkingTimeIds[1]: ticket is closed")
    assert outcome(save(gateway, sent)) == (0, "OK")  # a repeat: it is still there (G10)


def test_working_times_follow_the_rights_on_their_ticket_g13(gateway):
    sent = time(gateway, gateway.ticket())
    assert outcome(save(gateway, sent)) == (0, "OK")
    for name, code, text in (("stranger", 30, "not found"), ("reader", 35, "not permitted")):
        login = (name, gateway.login[1])
        new = save(gateway, time(gateway, sent["TicketId"]), login=login)
        assert outcome(new) == (code, f"WorkingTime.TicketId: {text}")
        known = save(gateway, {"Id": sent["Id"]}, login=login)
        assert outcome(known) == (code, f"WorkingTime.Id: {text}")
        gone = delete(gateway, sent["Id"], login=login)
        assert outcome(gone) == (code, f"WorkingTimeIds[1]: {text}")
