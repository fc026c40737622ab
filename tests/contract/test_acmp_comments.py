"""Acceptance statements of comments with HTML, one comment, and deleting."""

from datetime import UTC

import pytest

from tests.kit.gateway import new_id


def outcome(result):
    return result.ResultCode, result.ResultMessage


def save(gateway, **fields):
    more = {name: fields.pop(name) for name in ("version", "login") if name in fields}
    comment = {"Id": new_id(), **fields}
    return comment["Id"], gateway.call("SaveTicketComment_V2", Comment=comment, **more)


def read(gateway, comment_id, number=2, **more):
    return gateway.call(f"GetTicketComment_V{number}", CommentId=comment_id, **more)


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
        pytest.param("LastModified", "2001-01-01T00:00:00Z", id="acmp_g7"),
    ],
)
def test_acmp_a34_to_a40_what_the_gateway_knows_itself_is_ignored(gateway, name, value, version):
    ticket_id = gateway.ticket()
    guid, saved = save(
        gateway, TicketId=ticket_id, HtmlText="<b>Seen</b>", version=version, **{name: value}
    )
    assert outcome(saved) == (0, "OK")
    stored = read(gateway, guid, version=version).Comment
    assert stored.Creator == "Admin"
    for moment in (stored.CreationDate, stored.LastModified):
        assert moment.astimezone(UTC).year > 2001
    assert (stored.IsExternal, stored.ExternalMail, stored.ExternalRecipient) == (False, None, None)
    assert (stored.ExternalCC, stored.Signature, stored.IsVisibleForWeb) == (None, None, False)


@pytest.mark.parametrize("number", [1, 2])
def test_acmp_a58_one_comment_is_read(gateway, number, version):
    ticket_id = gateway.ticket()
    guid, saved = save(gateway, TicketId=ticket_id, HtmlText="a<br />b", IsVisibleForWeb=True)
    assert outcome(saved) == (0, "OK")
    result = read(gateway, guid, number, version=version)
    assert outcome(result) == (0, "OK")
    comment = result.Comment
    assert (comment.Id, comment.TicketId, comment.Text) == (guid, ticket_id, "a\nb")
    assert comment.IsVisibleForWeb is True
    assert getattr(comment, "HtmlText", None) == ("a<br />b" if number == 2 else None)
    unknown = read(gateway, new_id(), number)
    assert (outcome(unknown), unknown.Comment) == ((30, "CommentId: not found"), None)
    assert outcome(read(gateway, "x", number)) == (35, "CommentId: not a GUID")


def test_acmp_a59_a_comment_with_html_is_added_and_edited(gateway, version):
    ticket_id = gateway.ticket()
    guid, saved = save(gateway, TicketId=ticket_id, Text="a < b", version=version)
    assert outcome(saved) == (0, "OK")
    assert read(gateway, guid).Comment.HtmlText == "a &lt; b"
    for fields, text, markup in (
        ({"HtmlText": "<p>One</p><p>Two</p>"}, "One\nTwo", "<p>One</p><p>Two</p>"),
        ({"HtmlText": "<i>x</i>", "Text": "not this"}, "x", "<i>x</i>"),  # HTML wins (ST2)
        ({"Text": "plain", "HtmlText": ""}, "plain", "plain"),
        ({"IsVisibleForWeb": True}, "plain", "plain"),
    ):
        _, edited = save(gateway, Id=guid, version=version, **fields)
        assert outcome(edited) == (0, "OK")
        comment = read(gateway, guid).Comment
        assert (comment.Text, comment.HtmlText) == (text, markup)
    first = {"Id": guid, "Text": "By V1"}  # an edit by V1 replaces the HTML (CO3)
    assert gateway.call("SaveTicketComment_V1", Comment=first).ResultCode == 0
    assert read(gateway, guid).Comment.HtmlText == "By V1"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"Text": "x"}, "Comment.TicketId: required"),
        ({"TicketId": new_id()}, "Comment.Text: required"),
        ({"TicketId": new_id(), "Text": "", "HtmlText": ""}, "Comment.Text: required"),
        ({"Id": "", "Text": "x"}, "Comment.Id: required"),
        ({"Id": "x", "Text": "x"}, "Comment.Id: not a GUID"),
        ({"TicketId": "x", "HtmlText": "x"}, "Comment.TicketId: not a GUID"),
        (
            {"TicketId": new_id(), "HtmlText": "x" * 1_000_001},
            "Comment.HtmlText: longer than 1000000 characters",
        ),
        (
            {"TicketId": new_id(), "Text": "x" * 1_000_001},
            "Comment.Text: longer than 1000000 characters",
        ),
    ],
)
def test_a_new_comment_needs_a_text_of_one_form_co1(gateway, fields, message):
    _, result = save(gateway, **fields)
    assert outcome(result) == (35, message)


def test_what_was_read_of_a_comment_can_be_sent_back_g7(gateway):
    ticket_id = gateway.ticket()
    guid, _ = save(gateway, TicketId=ticket_id, Text="two  blanks\n\nand lines")
    before = read(gateway, guid).Comment
    back = {name: getattr(before, name) for name in dir(before)}
    assert outcome(gateway.call("SaveTicketComment_V2", Comment=back)) == (0, "OK")
    assert read(gateway, guid).Comment == before


def test_acmp_a60_comments_with_html_come_newest_first(gateway, version):
    ticket_id = gateway.ticket(Description="The description is no comment.")
    guids = [save(gateway, TicketId=ticket_id, HtmlText=f"<b>{n}</b>")[0] for n in range(3)]
    result = gateway.call("GetCommentListOfTicket_V1", version=version, TicketId=ticket_id)
    rows = result.Comments.TTicketComment_V2
    assert [row.Id for row in rows] == guids[::-1]
    assert [(row.Text, row.HtmlText) for row in rows] == [
        ("2", "<b>2</b>"), ("1", "<b>1</b>"), ("0", "<b>0</b>"),
    ]  # fmt: skip
    empty = gateway.call("GetCommentListOfTicket_V1", TicketId=gateway.ticket())
    assert not empty.Comments or not empty.Comments.TTicketComment_V2


def test_acmp_a75_a_comment_is_deleted_and_history_keeps_its_text(gateway, version):
    ticket_id = gateway.ticket()
    guid, _ = save(gateway, TicketId=ticket_id, Text="To be forgotten?")
    for _ in range(2):  # the second is a repeat (G10)
        result = gateway.call("DeleteTicketComment_V1", version=version, CommentId=guid)
        assert outcome(result) == (0, "OK")
    assert outcome(read(gateway, guid)) == (30, "CommentId: not found")
    number = gateway.read(ticket_id).TicketNumber
    assert gateway.rows(
        "select old from history where ticket_id = %s and kind = 'comment deleted'", number
    ) == [("To be forgotten?",)]
    assert outcome(gateway.call("DeleteTicketComment_V1", CommentId=new_id())) == (
        30, "CommentId: not found",
    )  # fmt: skip
    _, again = save(gateway, Id=guid, TicketId=ticket_id, Text="Back again")
    assert outcome(again) == (0, "OK")
    assert outcome(gateway.call("DeleteTicketComment_V1", CommentId=guid)) == (0, "OK")
    assert outcome(read(gateway, guid)) == (30, "CommentId: not found")


def test_comments_of_closed_tickets_stay_g11(gateway):
    ticket_id = gateway.ticket()
    guid, _ = save(gateway, TicketId=ticket_id, Text="Seen")
    berta = {"Id": gateway.row_id("agent", "berta")}
    assert gateway.call("CloseTicket_V1", TicketId=ticket_id, Assignee=berta).ResultCode == 0
    result = gateway.call("DeleteTicketComment_V1", CommentId=guid)
    assert outcome(result) == (35, "CommentId: ticket is closed")
    assert outcome(read(gateway, guid)) == (0, "OK")


def test_comments_follow_the_rights_on_their_ticket_g13(gateway):
    guid, _ = save(gateway, TicketId=gateway.ticket(), Text="Seen")
    stranger, reader = ((name, gateway.login[1]) for name in ("stranger", "reader"))
    assert outcome(read(gateway, guid, login=stranger)) == (30, "CommentId: not found")
    assert outcome(read(gateway, guid, login=reader)) == (0, "OK")
    for login, expected in (
        (stranger, (30, "CommentId: not found")),
        (reader, (35, "CommentId: not permitted")),
    ):
        result = gateway.call("DeleteTicketComment_V1", login=login, CommentId=guid)
        assert outcome(result) == expected


def test_an_external_comment_shows_its_mail_co4(gateway):
    guid, _ = save(gateway, TicketId=gateway.ticket(), Text="By mail")
    gateway.rows(
        "update article set channel = 'Email', from_ = 'a@example.org', to_ = 'b@example.org',"
        " cc = 'c@example.org', signature = 'Yours' where guid = %s",
        guid,
    )
    stored = read(gateway, guid).Comment
    assert (stored.IsExternal, stored.ExternalMail, stored.ExternalRecipient) == (
        True, "a@example.org", "b@example.org",
    )  # fmt: skip
    assert (stored.ExternalCC, stored.Signature) == ("c@example.org", "Yours")


def test_a_list_of_comments_that_is_cut_off_says_so_g16(gateway):
    ticket_id = gateway.ticket()
    number = gateway.read(ticket_id).TicketNumber
    gateway.rows(
        "insert into article (ticket_id, number, plain, created)"
        " select %s, n, n::text, now() + n * interval '1 second' from generate_series(1, 5001) n",
        number,
    )
    for operation, member, first in (
        ("GetTicketComments_V1", "TTicketComment_V1", "1"),
        ("GetCommentListOfTicket_V1", "TTicketComment_V2", "5001"),
    ):
        result = gateway.call(operation, TicketId=ticket_id)
        assert outcome(result) == (0, "OK; first 5000 of 5001")
        rows = getattr(result.Comments, member)
        assert (len(rows), rows[0].Text) == (5000, first)
