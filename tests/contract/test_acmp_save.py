"""Acceptance statements of SaveTicket (ACMP contract, section 9), sent by a strict client."""

import pytest

from tests.kit.gateway import element, new_id

SAVES = ("SaveTicket_V1", "SaveTicket_V2", "SaveTicket_V3", "SaveTicket_V4")
SAMPLE = "\n\n   Hello\n\n   <br />\n\n   World23\n\n"  # of the source document


@pytest.mark.parametrize("operation", SAVES)
def test_acmp_a1_a_new_ticket_needs_an_id(gateway, operation, version):
    before = gateway.rows("select count(*) from ticket")
    result = gateway.call(operation, version=version, Ticket={"Id": "", "Title": "No id"})
    assert (result.ResultCode, result.ResultMessage) == (35, "Ticket.Id: required")
    reply = gateway.post(element(operation, "<Ticket><Title>No id</Title></Ticket>"))
    assert reply.status_code == 500
    assert "invalid request: Ticket.Id: missing element" in reply.text
    assert gateway.rows("select count(*) from ticket") == before


@pytest.mark.parametrize("operation", SAVES)
def test_acmp_a2_a_new_ticket_needs_a_title_and_nothing_else(gateway, operation, version):
    ticket_id = new_id()
    result = gateway.call(operation, version=version, Ticket={"Id": ticket_id})
    assert (result.ResultCode, result.ResultMessage) == (35, "Ticket.Title: required")
    blank = gateway.call(operation, version=version, Ticket={"Id": ticket_id, "Title": " \t "})
    assert blank.ResultMessage == "Ticket.Title: required"
    done = gateway.call(operation, version=version, Ticket={"Id": ticket_id, "Title": "T"})
    assert (done.ResultCode, done.ResultMessage) == (0, "OK")


def test_acmp_a3_title_is_optional_in_all_five_types(gateway):
    client = gateway.client()
    for number in range(1, 6):
        members = dict(
            client.get_type(f"{{urn:ticket-gateway:acmp:helpdesk}}TTicket_V{number}").elements
        )
        assert members["Title"].min_occurs == 0
        assert members["Id"].min_occurs == 1


def test_acmp_a4_an_edit_without_title_keeps_it(gateway):
    ticket_id = gateway.ticket(Title="Kept")
    result = gateway.call("SaveTicket_V4", Ticket={"Id": ticket_id, "Priority": 5})
    assert result.ResultCode == 0
    ticket = gateway.read(ticket_id)
    assert (ticket.Title, ticket.Priority) == ("Kept", 5)


def test_an_edit_with_an_empty_title_is_refused_g2(gateway):
    ticket_id = gateway.ticket(Title="Kept")
    result = gateway.call("SaveTicket_V4", Ticket={"Id": ticket_id, "Title": ""})
    assert (result.ResultCode, result.ResultMessage) == (35, "Ticket.Title: required")


def test_acmp_a5_lines_of_the_description_are_kept(gateway, version):
    ticket_id = gateway.ticket(HtmlDescription=SAMPLE)
    ticket = gateway.call("GetTicket_V5", version=version, TicketId=ticket_id).Ticket
    assert ticket.HtmlDescription == SAMPLE
    assert ticket.Description == "Hello\nWorld23"


def _assigns(gateway, operation):
    berta = gateway.row_id("agent", "berta")
    network = gateway.row_id("agent_group", "Network")
    ticket_id = gateway.ticket()
    for party, is_group in ((berta, False), (network, True)):
        assignee = {"Id": party, "AssigneeIsGroup": is_group}
        result = gateway.call(operation, Ticket={"Id": ticket_id, "Assignee": assignee})
        assert result.ResultCode == 0
        read = gateway.read(ticket_id).Assignee
        assert (read.Id, read.AssigneeIsGroup) == (party, is_group)


def _ignores_the_rest_of_the_assignee(gateway, operation):
    before = gateway.call("GetAssigneeList_V1")
    ticket_id = gateway.ticket()
    for table, name, is_group in (("agent", "berta", False), ("agent_group", "Network", True)):
        assignee = {
            "Id": gateway.row_id(table, name), "AssigneeIsGroup": is_group, "Name": "Somebody",
            "Description": "Else", "Email": "no@example.org", "UserType": "AdUser",
            "Roles": {"string": ["boss"]},
        }  # fmt: skip
        result = gateway.call(operation, Ticket={"Id": ticket_id, "Assignee": assignee})
        assert result.ResultCode == 0
    assert repr(gateway.call("GetAssigneeList_V1")) == repr(before)


def test_acmp_a6_v3_assigns_the_user_or_group_of_the_id(gateway):
    _assigns(gateway, "SaveTicket_V3")


def test_acmp_a7_v3_changes_nothing_else_of_the_assignee(gateway):
    _ignores_the_rest_of_the_assignee(gateway, "SaveTicket_V3")


def test_acmp_a8_v4_assigns_the_user_or_group_of_the_id(gateway):
    _assigns(gateway, "SaveTicket_V4")


def test_acmp_a9_v4_changes_nothing_else_of_the_assignee(gateway):
    _ignores_the_rest_of_the_assignee(gateway, "SaveTicket_V4")


def test_acmp_a48_save_ticket_exists_in_four_versions(gateway, version):
    for operation in SAVES:
        ticket_id = new_id()
        result = gateway.call(operation, version=version, Ticket={"Id": ticket_id, "Title": "T"})
        assert result.ResultCode == 0
        number = gateway.read(ticket_id).TicketNumber
        assert getattr(result, "TicketNumber", number) == number
        assert hasattr(result, "TicketNumber") == (operation != "SaveTicket_V1")


def test_what_was_read_can_be_sent_back_g7(gateway):
    ticket_id = gateway.ticket(
        HtmlDescription=SAMPLE,
        CategoryId=gateway.row_id("category", "Printers"),
        ContactId=gateway.row_id("customer_user", "carla"),
        ImpactId=gateway.row_id("impact", "One person"),
        Keywords=" a   b ",
        Assignee={"Id": gateway.row_id("agent", "berta")},
    )
    lines = gateway.rows("select count(*) from history")
    read = gateway.read(ticket_id)
    assert (read.CategoryEN, read.CategoryDE) == ("Hardware / Printers", "Geräte / Drucker")
    assert (read.Contact, read.Keywords, read.ImpactDE) == ("Carla Customer", "a b", "Eine Person")
    assert read.Creator == "Admin"
    assert gateway.call("SaveTicket_V4", Ticket=read).ResultCode == 0
    assert gateway.read(ticket_id) == read
    assert gateway.rows("select count(*) from history") == lines


def test_empty_clears_and_absent_keeps_g2(gateway):
    ticket_id = gateway.ticket(
        Description="text",
        CategoryId=gateway.row_id("category", "Printers"),
        ContactId=gateway.row_id("customer_user", "carla"),
        Keywords="k",
        Assignee={"Id": gateway.row_id("agent", "berta")},
    )
    kept = gateway.read(ticket_id)
    assert gateway.call("SaveTicket_V4", Ticket={"Id": ticket_id}).ResultCode == 0
    assert gateway.read(ticket_id) == kept
    emptied = {
        "Id": ticket_id, "HtmlDescription": "", "CategoryId": "", "StateId": "", "Keywords": "",
        "ContactId": "{00000000-0000-0000-0000-000000000000}", "Assignee": {"Id": ""},
    }  # fmt: skip
    assert gateway.call("SaveTicket_V4", Ticket=emptied).ResultCode == 0
    read = gateway.read(ticket_id)
    assert (read.HtmlDescription, read.CategoryId, read.ContactId, read.Keywords) == (None,) * 4
    assert not read.Assignee.Id
    assert read.StateId == kept.StateId


def test_v2_assigns_by_id_and_kind_st3(gateway):
    network = gateway.row_id("agent_group", "Network")
    ticket = {"Id": new_id(), "Title": "T", "AssigneeId": network, "AssigneeIsGroup": True}
    assert gateway.call("SaveTicket_V2", Ticket=ticket).ResultCode == 0
    read = gateway.read(ticket["Id"], version=2)
    assert (read.AssigneeId, read.AssigneeName, read.AssigneeIsGroup) == (network, "Network", True)
    # V1 knows users only, but may send back the group that stands there.
    first = {"Id": ticket["Id"], "AssigneeId": network}
    assert gateway.call("SaveTicket_V1", Ticket=first).ResultCode == 0
    fresh = {"Id": new_id(), "Title": "T", "AssigneeId": network}
    refused = gateway.call("SaveTicket_V1", Ticket=fresh)
    assert (refused.ResultCode, refused.ResultMessage) == (30, "Ticket.AssigneeId: not found")


@pytest.mark.parametrize(
    ("fields", "code", "message"),
    [
        ({"Id": "no guid"}, 35, "Ticket.Id: not a GUID"),
        ({"Title": "x" * 256}, 35, "Ticket.Title: longer than 255 characters"),
        ({"Keywords": "x" * 256}, 35, "Ticket.Keywords: longer than 255 characters"),
        ({"Priority": 6}, 35, "Ticket.Priority: must be between 1 and 5"),
        ({"Priority": -1}, 35, "Ticket.Priority: must be between 1 and 5"),
        ({"CategoryId": "{12"}, 35, "Ticket.CategoryId: not a GUID"),
        ({"CategoryId": new_id()}, 30, "Ticket.CategoryId: not found"),
        ({"StateId": new_id()}, 30, "Ticket.StateId: not found"),
        ({"ContactId": new_id()}, 30, "Ticket.ContactId: not found"),
        ({"ImpactId": new_id()}, 30, "Ticket.ImpactId: not found"),
        ({"Assignee": {"Id": new_id()}}, 30, "Ticket.Assignee.Id: not found"),
    ],
)
def test_a_bad_value_is_named_and_nothing_is_stored(gateway, fields, code, message, version):
    before = gateway.rows("select count(*) from ticket")
    ticket = {"Id": new_id(), "Title": "T", **fields}
    result = gateway.call("SaveTicket_V4", version=version, Ticket=ticket)
    assert (result.ResultCode, result.ResultMessage) == (code, message)
    assert gateway.rows("select count(*) from ticket") == before


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ("closed successful", "state closes the ticket, use CloseTicket_V1"),
        ("merged", "state cannot be set"),
        ("removed", "state cannot be set"),
    ],
)
def test_some_states_are_not_set_by_saving_st5(gateway, state, text):
    ticket = {"Id": new_id(), "Title": "T", "StateId": gateway.row_id("state", state)}
    result = gateway.call("SaveTicket_V4", Ticket=ticket)
    assert (result.ResultCode, result.ResultMessage) == (35, f"Ticket.StateId: {text}")


def test_a_repeated_create_gets_the_first_answer_and_changes_nothing_g10(gateway):
    ticket = {"Id": new_id(), "Title": "Once"}
    first = gateway.call("SaveTicket_V4", Ticket=ticket)
    edit = {"Id": ticket["Id"], "Title": "Changed by Berta"}
    berta = ("berta", gateway.login[1])
    assert gateway.call("SaveTicket_V4", login=berta, Ticket=edit).ResultCode == 0
    assert gateway.call("SaveTicket_V4", Ticket=ticket) == first
    assert gateway.read(ticket["Id"]).Title == "Changed by Berta"
    # Once the account has written it again, the same message is an edit like any other.
    assert gateway.call("SaveTicket_V4", Ticket={**edit, "Priority": 1}).ResultCode == 0
    assert gateway.call("SaveTicket_V4", Ticket=ticket).ResultCode == 0
    assert gateway.read(ticket["Id"]).Title == "Once"


def test_a_key_serves_one_request_g10(gateway):
    key = {"Idempotency-Key": new_id()}
    body = element("SaveTicket_V4", f"<Ticket><Id>{new_id()}</Id><Title>T</Title></Ticket>")
    first = gateway.post(body, headers=key)
    assert "<tns:ResultCode>0</tns:ResultCode>" in first.text
    assert gateway.post(body, headers=key).text == first.text
    other = element("SaveTicket_V4", f"<Ticket><Id>{new_id()}</Id><Title>T</Title></Ticket>")
    assert "Idempotency-Key: used for another request" in gateway.post(other, headers=key).text


def test_a_caller_sees_and_changes_only_what_it_may_g13(gateway):
    password = gateway.login[1]
    ticket_id = gateway.ticket()
    edit = {"Id": ticket_id, "Priority": 1}
    reader = gateway.call("SaveTicket_V4", login=("reader", password), Ticket=edit)
    assert (reader.ResultCode, reader.ResultMessage) == (35, "Ticket.Id: not permitted")
    stranger = gateway.call("SaveTicket_V4", login=("stranger", password), Ticket=edit)
    assert (stranger.ResultCode, stranger.ResultMessage) == (30, "Ticket.Id: not found")
    unseen = gateway.call("GetTicket_V5", login=("stranger", password), TicketId=ticket_id)
    assert (unseen.ResultCode, unseen.Ticket) == (30, None)
