from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from gateway.dialects.acmp import shapes
from gateway.dialects.acmp.form import wire_guid
from gateway.dialects.acmp.results import BusinessFault
from gateway.dialects.acmp.translate import Options
from gateway.domain.people import Permission
from gateway.errors import Unauthenticated
from gateway.http.exchange import Outcome, Stage
from tests.kit.memory import START, Memory, guid_of
from tests.kit.memory_entries import priced
from tests.kit.wire import Caller, wire
from tests.kit.world import (
    COMMENT,
    OTHER,
    TICKET,
    USERS,
    agent,
    given_comment,
    given_ticket,
)

ID = str(TICKET)


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
def caller(memory: Memory) -> Caller:
    return Caller(memory)


def ok(answer: dict[str, Any], note: str = "") -> dict[str, Any]:
    assert answer["ResultCode"] == 0
    assert answer["ResultMessage"] == (f"OK; {note}" if note else "OK")
    return answer


@pytest.mark.parametrize(
    ("operation", "shape"),
    [("SaveTicket_V1", 1), ("SaveTicket_V2", 2), ("SaveTicket_V3", 4), ("SaveTicket_V4", 5)],
)
def test_every_version_saves_a_ticket_with_id_and_title(caller: Caller, operation: str, shape: int):
    answer = ok(caller(operation, wire(f"TTicket_V{shape}", Id=ID, Title="Printer jams")))
    assert answer.get("TicketNumber") == (None if shape == 1 else 1)
    assert caller.memory.ticket(TICKET).title == "Printer jams"
    assert (caller.trace.stage, caller.trace.ticket_id) == (Stage.TRANSLATED, 1)
    assert caller.trace.settled


@pytest.mark.parametrize("version", [1, 2, 3, 4, 5])
def test_every_version_reads_exactly_its_fields(caller: Caller, version: int):
    given_ticket(caller.memory)
    answer = ok(caller(f"GetTicket_V{version}", ID))
    names = [member.name for member in shapes.members(shapes.TYPES[f"TTicket_V{version}"])]
    assert list(answer["Ticket"]) == names
    assert answer["CreatorId"] == wire_guid(guid_of("agent", "Ada"))
    assert "MergedIntoTicketId" not in answer


def test_an_empty_field_is_left_out_of_an_answer_g4(caller: Caller):
    given_ticket(caller.memory)
    read = caller("GetTicket_V5", ID)["Ticket"]
    assert {name for name, value in read.items() if value is not None} == {
        "Id", "TicketNumber", "Title", "Priority", "StateId", "StateEN", "StateDE", "Creator",
        "CreationDate", "LastModified", "Assignee", "TotalWorkingTime", "TotalCosts",
    }  # fmt: skip
    assert str(read["TotalCosts"]) == "0.00"


@pytest.mark.parametrize("version", [1, 2, 3])
def test_the_flat_assignee_is_absent_when_there_is_none_gt2(caller: Caller, version: int):
    given_ticket(caller.memory)
    read = caller(f"GetTicket_V{version}", ID)["Ticket"]
    assert (read["AssigneeId"], read["AssigneeName"]) == (None, None)
    assert read.get("AssigneeIsGroup") is (None if version == 1 else False)


def test_sums_have_two_places(caller: Caller):
    ticket = given_ticket(caller.memory)
    costs = [priced(ticket, price, START) for price in (Decimal("19.9"), Decimal(1))]
    caller.memory.tables.costs = {cost.guid: cost for cost in costs}
    assert str(caller("GetTicket_V3", ID)["Ticket"]["TotalCosts"]) == "20.90"


def test_a_merged_ticket_is_read_as_its_target_with_a_note_g12(caller: Caller):
    given_ticket(caller.memory, OTHER)
    given_ticket(caller.memory, state="merged", merged_into=OTHER)
    target = wire_guid(OTHER)
    note = f"merged into {target}"
    assert ok(caller("GetTicket_V5", ID), note)["MergedIntoTicketId"] == target
    assert "MergedIntoTicketId" not in ok(caller("GetTicket_V4", ID), note)
    assert ok(caller("GetTicketComments_V1", ID), note)["Comments"] == []


def test_what_was_read_can_be_sent_back_g7(caller: Caller):
    before = given_ticket(caller.memory, category="Software", owner="Ada", keywords="a")
    read = caller("GetTicket_V5", ID)["Ticket"]
    sent = {**read, "Assignee": wire("TAssignee_V1", **read["Assignee"])}
    ok(caller("SaveTicket_V4", wire("TTicket_V5", **sent)))
    assert caller.memory.ticket(TICKET) == before
    assert caller.memory.lines() == []


def test_a_refusal_is_a_code_and_nothing_else_g4(caller: Caller):
    answer = caller("SaveTicket_V4", wire("TTicket_V5", Id=ID))
    assert answer == {"ResultCode": 35, "ResultMessage": "Ticket.Title: required"}
    assert (caller.trace.outcome, caller.trace.code) == (Outcome.REFUSED, "GW-130")
    assert not caller.memory.committed
    assert caller("GetTicket_V5", ID) == {
        "ResultCode": 30,
        "ResultMessage": "TicketId: not found",
    }


def test_a_refusal_is_a_fault_where_the_setting_says_so(memory: Memory):
    caller = Caller(memory, options=Options(business_errors="fault"))
    with pytest.raises(BusinessFault) as fault:
        caller("GetTicket_V5", ID)
    assert fault.value.result["ResultMessage"] == "TicketId: not found"


def test_an_account_without_agent_is_refused(memory: Memory):
    caller = Caller(memory, replace(agent(), agent_id=None))
    with pytest.raises(Unauthenticated):
        caller("GetTicketCategoryList_V1")


def test_closing_reads_the_rules_in_its_own_transaction(caller: Caller):
    given_ticket(caller.memory)
    tables = caller.memory.tables
    tables.settings = replace(tables.settings, comment_required=True)
    assignee = wire("TAssignee_V1", Id=str(guid_of("agent", "Ada")))
    answer = caller("CloseTicket_V1", ID, assignee, None, None, None)
    assert answer == {"ResultCode": 35, "ResultMessage": "Comment: required"}
    comment = wire("TTicketComment_V1", Id=str(COMMENT), Text="done")
    ok(caller("CloseTicket_V1", ID, assignee, None, comment, None))
    assert caller.memory.trips[:2] == ["helpdesk_settings", "lock"]
    ok(caller("ReopenTicket_V1", ID, None, None))


def test_the_paths_of_closing_are_those_of_the_request(caller: Caller):
    given_ticket(caller.memory)
    nobody = wire("TAssignee_V1", Id=str(OTHER))
    answer = caller("CloseTicket_V1", ID, nobody, None, None, None)
    assert answer == {"ResultCode": 30, "ResultMessage": "Assignee.Id: not found"}


def test_an_idempotency_key_holds_for_every_writing_operation_g10(caller: Caller):
    ticket = wire("TTicket_V5", Id=ID, Title="Printer jams")
    first = ok(caller("SaveTicket_V4", ticket, key="k"))
    assert caller("SaveTicket_V4", ticket, key="k") == first
    other = wire("TTicket_V5", Id=ID, Title="Toner")
    assert caller("SaveTicket_V4", other, key="k") == {
        "ResultCode": 35,
        "ResultMessage": "Idempotency-Key: used for another request",
    }


def test_a_comment_is_read_with_what_the_gateway_knows_co4(caller: Caller):
    given_ticket(caller.memory)
    comment = wire("TTicketComment_V1", Id=str(COMMENT), TicketId=ID, Text="Look", Creator="x")
    ok(caller("SaveTicketComment_V1", comment))
    (read,) = ok(caller("GetTicketComments_V1", ID))["Comments"]
    assert read == {
        "Id": wire_guid(COMMENT),
        "TicketId": wire_guid(TICKET),
        "Text": "Look",
        "IsVisibleForWeb": False,
        "Creator": "Ada",
        "CreationDate": caller.memory.now,
        "IsExternal": False,
        "ExternalMail": None,
        "ExternalRecipient": None,
        "ExternalCC": None,
        "Signature": None,
    }


def test_a_mail_is_read_with_its_addresses_co4(caller: Caller):
    given_ticket(caller.memory)
    given_comment(caller.memory)
    articles = caller.memory.tables.articles
    articles[COMMENT] = replace(
        articles[COMMENT], channel="Email", sender="a@x", to="b@x", cc="c@x", signature="-- a"
    )
    (read,) = caller("GetTicketComments_V1", ID)["Comments"]
    assert (read["IsExternal"], read["ExternalMail"]) == (True, "a@x")
    assert (read["ExternalRecipient"], read["ExternalCC"]) == ("b@x", "c@x")
    assert read["Signature"] == "-- a"


def test_lists_show_neither_merged_nor_removed_nor_foreign_tickets_g12_g13(caller: Caller):
    given_ticket(caller.memory, OTHER, title="Second")
    given_ticket(caller.memory, title="First", state="merged", merged_into=OTHER)
    given_ticket(caller.memory, COMMENT, queue="Secret")
    answer = ok(caller("GetTicketList_V1", None, None, None, True))
    (row,) = answer["Tickets"].rows
    assert row[:3] == (wire_guid(OTHER), 1, "Second")
    assert (answer["HasMore"], answer["TotalCount"]) == (False, 1)
    named = caller("GetTicketList_V1", [ID, str(OTHER), str(COMMENT)], None, None, None)
    assert [row[0] for row in named["Tickets"].rows] == [wire_guid(OTHER)]
    assert named["TotalCount"] is None


def test_paging_says_whether_there_is_more_li1(caller: Caller):
    for number in range(1, 4):
        given_ticket(caller.memory, guid_of("ticket", f"{number}"))
    answer = caller("GetTicketList_V1", None, 1, 1, None)
    assert [row[1] for row in answer["Tickets"].rows] == [2]
    assert answer["HasMore"] is True
    answer = caller("GetTicketList_V1", None, 2, 1, None)
    assert answer["HasMore"] is False
    assert [row[1] for row in answer["Tickets"].rows] == [3]


def test_categories_come_by_path_and_resolutions_by_name_ls(caller: Caller):
    listed = caller("GetTicketCategoryList_V1")["Categories"]
    assert [each["PathEN"] for each in listed] == ["Hardware", "Hardware / Printer", "Software"]
    assert listed[1]["ParentId"] == listed[0]["Id"]
    assert listed[0]["ParentId"] is None
    solutions = caller("GetTicketResolutionList_V1")["Resolutions"]
    assert [each["NameEN"] for each in solutions] == ["not reproducible", "solved"]


def test_assignees_are_users_then_groups_that_the_caller_may_assign_to_ls(caller: Caller):
    listed = caller("GetAssigneeList_V1")["Assignees"]
    assert [(each["Name"], each["AssigneeIsGroup"]) for each in listed] == [
        ("Ada", False),
        ("admin", False),
        ("users", True),
    ]
    assert all(None not in each.values() and len(each) == 7 for each in listed)


def test_command_versions_are_by_name_and_an_unknown_one_has_none_cv(caller: Caller):
    listed = caller("GetCommandVersions_V1", None)["CommandVersions"]
    names = [each["CommandName"] for each in listed]
    assert names == sorted(names)
    asked = caller("GetCommandVersions_V1", ["SaveTicket", "Nonsense"])["CommandVersions"]
    assert asked == [
        {"CommandName": "SaveTicket", "Versions": [1, 2, 3, 4]},
        {"CommandName": "Nonsense", "Versions": []},
    ]


def test_who_may_only_read_may_read_the_settings(memory: Memory):
    caller = Caller(memory, agent(rights={USERS: Permission.RO}))
    assert ok(caller("GetHelpdeskSettings_V1"))["Settings"]["WorkingTimesEnabled"] is True
    assert ok(caller("GetHelpdeskSettings_V2"))["Settings"]["MaxAttachmentSize"] == 3_145_728


def test_who_has_no_group_may_not_even_read_lists(memory: Memory):
    caller = Caller(memory, agent(rights={}))
    assert caller("GetTicketCategoryList_V1") == {
        "ResultCode": 35,
        "ResultMessage": "not permitted",
    }


def test_a_list_without_paging_ends_at_5000_and_says_so_g16(caller: Caller):
    tables = caller.memory.tables
    tables.categories = tables.categories[:1] * 5001
    answer = ok(caller("GetTicketCategoryList_V1"), "first 5000 of 5001")
    assert len(answer["Categories"]) == 5000
