"""Acceptance statements of what reads tickets, comments, lists and settings."""

from datetime import UTC

import pytest

from tests.kit.gateway import new_id

NAMESPACE = "{urn:ticket-gateway:acmp:helpdesk}"


def test_acmp_a24_without_assignee_the_user_type_is_still_filled(gateway):
    assert gateway.read(gateway.ticket(), version=4).Assignee.UserType == "AcmpUser"


def test_acmp_a25_without_assignee_all_else_of_it_is_empty(gateway, version):
    ticket_id = gateway.ticket()
    assignee = gateway.call("GetTicket_V4", version=version, TicketId=ticket_id).Ticket.Assignee
    for name in ("Id", "Name", "Description", "Email"):
        assert not getattr(assignee, name)
    assert not assignee.Roles or not assignee.Roles.string


def test_acmp_a26_without_assignee_it_is_no_group(gateway):
    assert gateway.read(gateway.ticket(), version=4).Assignee.AssigneeIsGroup is False


def test_acmp_a27_an_assigned_user_has_the_default_type(gateway):
    berta = gateway.row_id("agent", "berta")
    assignee = gateway.read(gateway.ticket(Assignee={"Id": berta}), version=4).Assignee
    assert (assignee.UserType, assignee.AssigneeIsGroup) == ("AcmpUser", False)
    assert (assignee.Name, assignee.Email) == ("Berta Test", "berta@example.org")
    assert list(assignee.Roles.string) == ["Network", "users"]


def _comment(**fields):
    return {"Id": new_id(), "Text": "Seen.", **fields}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("Creator", "Somebody", id="acmp_a34"),
        pytest.param("CreationDate", "2001-01-01T00:00:00Z", id="acmp_a35"),
        pytest.param("IsExternal", True, id="acmp_a36"),
        pytest.param("ExternalMail", "x@example.org", id="acmp_a37"),
        pytest.param("ExternalRecipient", "x@example.org", id="acmp_a38"),
        pytest.param("ExternalCC", "x@example.org", id="acmp_a39"),
        pytest.param("Signature", "Yours", id="acmp_a40"),
    ],
)
def test_acmp_a34_to_a40_what_the_gateway_knows_itself_is_ignored(gateway, name, value, version):
    ticket_id = gateway.ticket()
    comment = _comment(TicketId=ticket_id, **{name: value})
    saved = gateway.call("SaveTicketComment_V1", version=version, Comment=comment)
    assert (saved.ResultCode, saved.ResultMessage) == (0, "OK")
    found = gateway.call("GetTicketComments_V1", version=version, TicketId=ticket_id)
    (stored,) = found.Comments.TTicketComment_V1
    assert stored.Creator == "Admin"
    assert stored.CreationDate.astimezone(UTC).year > 2001
    assert (stored.IsExternal, stored.ExternalMail, stored.ExternalRecipient) == (False, None, None)
    assert (stored.ExternalCC, stored.Signature, stored.IsVisibleForWeb) == (None, None, False)


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_acmp_a52_get_ticket_has_the_fields_of_its_version(gateway, number, version):
    members = {1: 19, 2: 24, 3: 31, 4: 29, 5: 30}
    ticket_id = gateway.ticket(HtmlDescription="<p>x</p>")
    result = gateway.call(f"GetTicket_V{number}", version=version, TicketId=ticket_id)
    assert (result.ResultCode, result.ResultMessage) == (0, "OK")
    assert len(dir(result.Ticket)) == members[number]
    assert result.Ticket.Id == ticket_id
    assert result.CreatorId == gateway.row_id("agent", "admin")
    assert hasattr(result, "MergedIntoTicketId") == (number == 5)


def test_an_unknown_ticket_is_not_found(gateway):
    result = gateway.call("GetTicket_V1", TicketId=new_id())
    assert (result.ResultCode, result.ResultMessage) == (30, "TicketId: not found")
    assert result.Ticket is None


def test_acmp_a57_comments_come_oldest_first(gateway, version):
    ticket_id = gateway.ticket(Description="The description is no comment.")
    texts = ["one", "two", "three"]
    for text in texts:
        comment = _comment(TicketId=ticket_id, Text=text)
        assert gateway.call("SaveTicketComment_V1", Comment=comment).ResultCode == 0
    found = gateway.call("GetTicketComments_V1", version=version, TicketId=ticket_id)
    assert [each.Text for each in found.Comments.TTicketComment_V1] == texts
    assert {each.TicketId for each in found.Comments.TTicketComment_V1} == {ticket_id}


def test_acmp_a59_a_comment_is_added_and_edited(gateway):
    ticket_id, other = gateway.ticket(), gateway.ticket()
    comment = _comment(TicketId=ticket_id, IsVisibleForWeb=True)
    assert gateway.call("SaveTicketComment_V1", Comment=comment).ResultCode == 0
    edit = {"Id": comment["Id"], "Text": "Seen twice."}
    assert gateway.call("SaveTicketComment_V1", Comment=edit).ResultCode == 0
    (stored,) = gateway.call("GetTicketComments_V1", TicketId=ticket_id).Comments.TTicketComment_V1
    assert (stored.Text, stored.IsVisibleForWeb) == ("Seen twice.", True)
    moved = gateway.call("SaveTicketComment_V1", Comment={**edit, "TicketId": other})
    assert moved.ResultMessage == "Comment.TicketId: belongs to another ticket"
    emptied = gateway.call("SaveTicketComment_V1", Comment={"Id": comment["Id"], "Text": ""})
    assert emptied.ResultMessage == "Comment.Text: required"
    for lacking, message in (
        (_comment(), "Comment.TicketId: required"),
        (_comment(TicketId=ticket_id, Text=""), "Comment.Text: required"),
        (_comment(Id="", TicketId=ticket_id), "Comment.Id: required"),
    ):
        result = gateway.call("SaveTicketComment_V1", Comment=lacking)
        assert (result.ResultCode, result.ResultMessage) == (35, message)


def test_acmp_a61_categories_come_by_path(gateway, version):
    result = gateway.call("GetTicketCategoryList_V1", version=version)
    rows = result.Categories.TTicketCategory_V1
    shown = [(row.PathEN, row.PathDE, row.NameDE, row.ParentId) for row in rows]
    parent = gateway.row_id("category", "Hardware")
    assert shown == [
        ("Hardware", "Geräte", "Geräte", None),
        ("Hardware / Printers", "Geräte / Drucker", "Drucker", parent),
    ]


def test_acmp_a62_resolutions_come_by_name_also_while_disabled(gateway, version):
    result = gateway.call("GetTicketResolutionList_V1", version=version)
    rows = result.Resolutions.TTicketResolution_V1
    assert [(row.NameEN, row.NameDE) for row in rows] == [("Solved", "Gelöst"), ("Void", "Void")]


def test_acmp_a64_tickets_are_listed_by_id_or_all(gateway, version):
    ids = [gateway.ticket(Title=f"Listed {n}") for n in range(3)]
    asked = {"string": [ids[2], ids[0], ids[0], new_id()]}
    result = gateway.call("GetTicketList_V1", version=version, TicketIds=asked)
    rows = result.Tickets.TTicketListItem_V1
    assert [row.Id for row in rows] == [ids[0], ids[2]]
    assert (result.HasMore, result.TotalCount) == (False, None)
    page = gateway.call("GetTicketList_V1", version=version, Offset=0, Count=2, WithTotalCount=True)
    assert len(page.Tickets.TTicketListItem_V1) == 2
    assert page.HasMore is True
    total = page.TotalCount
    numbers = [row.TicketNumber for row in gateway.pages("GetTicketList_V1")]
    assert (len(numbers), sorted(set(numbers))) == (total, numbers)
    last = gateway.call("GetTicketList_V1", Offset=total - 1)
    assert [row.Id for row in last.Tickets.TTicketListItem_V1] == [ids[2]]
    assert last.HasMore is False


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"Offset": -1}, "Offset: must not be negative"),
        ({"Count": -1}, "Count: must not be negative"),
        ({"Count": 1001}, "Count: at most 1000"),
        ({"TicketIds": {"string": [new_id(), "x"]}}, "TicketIds[2]: not a GUID"),
        ({"TicketIds": {"string": [new_id()] * 1001}}, "TicketIds: more than 1000 entries"),
    ],
)
def test_paging_out_of_bounds_is_refused_li1(gateway, arguments, message):
    result = gateway.call("GetTicketList_V1", **arguments)
    assert (result.ResultCode, result.ResultMessage) == (35, message)


def test_acmp_a67_settings_are_those_that_closing_obeys(gateway, version):
    first = gateway.call("GetHelpdeskSettings_V1", version=version).Settings
    assert dir(first) == [
        "CommentRequiredOnClose", "ResolutionsEnabled", "WorkingTimeRequiredOnClose",
        "WorkingTimesEnabled",
    ]  # fmt: skip
    with gateway.settings(comment_required=1, resolutions_enabled=1, costs_enabled=0):
        second = gateway.call("GetHelpdeskSettings_V2", version=version).Settings
    assert (second.CommentRequiredOnClose, second.ResolutionsEnabled) == (True, True)
    assert (second.WorkingTimesEnabled, second.WorkingTimeRequiredOnClose) == (True, False)
    assert (second.CostsEnabled, second.MaxAttachmentSize) == (False, 3_145_728)


def test_acmp_a68_assignees_are_users_then_groups(gateway, version):
    rows = gateway.call("GetAssigneeList_V1", version=version).Assignees.TAssignee_V1
    kinds = [row.AssigneeIsGroup for row in rows]
    assert kinds == sorted(kinds)
    names = [row.Name for row in rows]
    assert {"Admin", "Berta Test", "Network", "users"} <= set(names)
    assert "Reader Test" not in names  # has no rw, so nothing can be assigned to it
    for is_group in (False, True):
        part = [row.Name for row in rows if row.AssigneeIsGroup is is_group]
        assert part == sorted(part)


def test_acmp_a80_command_versions_are_those_of_the_port_type(gateway, version):
    client = gateway.client(version)
    (service,) = client.wsdl.services.values()
    assert {port.binding.port_type.name.localname for port in service.ports.values()} == {
        "HelpdeskPortType"
    }
    operations = set(next(iter(service.ports.values())).binding.all())
    rows = gateway.call("GetCommandVersions_V1", version=version).CommandVersions
    listed = [
        f"{row.CommandName}_V{number}"
        for row in rows.TCommandVersion_V1
        for number in row.Versions.int
    ]
    assert len(listed) == len(set(listed))
    assert set(listed) == operations
    unknown = gateway.call("GetCommandVersions_V1", Commands={"string": ["GetTicket", "Nothing"]})
    found = {row.CommandName: row.Versions for row in unknown.CommandVersions.TCommandVersion_V1}
    assert list(found["GetTicket"].int) == [1, 2, 3, 4, 5]
    assert not found["Nothing"] or not found["Nothing"].int


def test_a_removed_ticket_is_not_found_by_anything(gateway):
    ticket_id = gateway.ticket()
    gateway.rows(
        "update ticket set state_id = (select id from state where en = 'removed') where guid = %s",
        ticket_id,
    )
    saved = gateway.call("SaveTicket_V4", Ticket={"Id": ticket_id, "Title": "Back"})
    assert (saved.ResultCode, saved.ResultMessage) == (30, "Ticket.Id: not found")
    read = gateway.call("GetTicket_V1", TicketId=ticket_id)
    assert (read.ResultCode, read.ResultMessage) == (30, "TicketId: not found")
    reopened = gateway.call("ReopenTicket_V1", TicketId=ticket_id)
    assert (reopened.ResultCode, reopened.ResultMessage) == (30, "TicketId: not found")
