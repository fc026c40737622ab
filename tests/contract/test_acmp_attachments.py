"""Acceptance statements of the attachments, sent by a strict client to a running gateway."""

import base64
import os

import pytest

from tests.kit.gateway import element, new_id

LIMIT = 3_145_728


def attachment(**fields):
    return {
        "Id": new_id(),
        "DocumentId": new_id(),
        "Name": "Test page",
        "FileName": "test-page.txt",
        **fields,
    }


def save(gateway, ticket_id, *sent, **more):
    return gateway.call(
        "SaveTicketAttachments_V1",
        TicketId=ticket_id,
        Attachments={"TTicketAttachment_V1": list(sent)},
        **more,
    )


def listed(gateway, ticket_id, **more):
    result = gateway.call("GetTicketAttachments_V1", TicketId=ticket_id, **more)
    assert result.ResultCode == 0
    return list(result.Attachments.TTicketAttachment_V1) if result.Attachments else []


def read(gateway, attachment_id, **more):
    return gateway.call("GetTicketAttachment_V1", AttachmentId=attachment_id, **more)


def delete(gateway, ticket_id, *ids, **more):
    return gateway.call(
        "DeleteTicketAttachments_V1",
        TicketId=ticket_id,
        AttachmentIds={"string": list(ids)},
        **more,
    )


def outcome(result):
    return result.ResultCode, result.ResultMessage


def test_acmp_a31_a_new_attachment_needs_its_four_fields(gateway, version):
    ticket_id = gateway.ticket()
    sent = attachment()
    for name in ("Id", "DocumentId", "Name", "FileName"):
        result = save(gateway, ticket_id, {**sent, name: ""}, version=version)
        assert outcome(result) == (35, f"Attachments[1].{name}: required")
    for name in ("Name", "FileName"):
        lacking = {key: value for key, value in sent.items() if key != name}
        assert outcome(save(gateway, ticket_id, lacking)) == (
            35, f"Attachments[1].{name}: required",
        )  # fmt: skip
    assert listed(gateway, ticket_id) == []
    assert outcome(save(gateway, ticket_id, sent, version=version)) == (0, "OK")
    (stored,) = listed(gateway, ticket_id)
    assert (stored.Id, stored.DocumentId) == (sent["Id"], sent["DocumentId"])


@pytest.mark.parametrize("name", ["Id", "DocumentId"])
def test_acmp_a31_a_missing_id_element_is_a_fault(gateway, name):
    fields = {"Id": new_id(), "DocumentId": new_id()}
    content = "".join(f"<{key}>{value}</{key}>" for key, value in fields.items() if key != name)
    reply = gateway.post(
        element(
            "SaveTicketAttachments_V1",
            f"<TicketId>{new_id()}</TicketId><Attachments><TTicketAttachment_V1>{content}"
            "</TTicketAttachment_V1></Attachments>",
        )
    )
    assert "missing element" in reply.text


def test_acmp_a32_an_edit_changes_description_and_visibility_alone(gateway, version):
    ticket_id, sent = gateway.ticket(), attachment(Description="One", Content=b"x")
    assert outcome(save(gateway, ticket_id, sent)) == (0, "OK")
    pair = {"Id": sent["Id"], "DocumentId": sent["DocumentId"]}
    edit = {**pair, "Name": "Other", "FileName": "no/file", "Description": "Two",
            "IsVisibleForWeb": True}  # fmt: skip
    assert outcome(save(gateway, ticket_id, edit, version=version)) == (0, "OK")
    (stored,) = listed(gateway, ticket_id)
    assert (stored.Name, stored.FileName) == ("Test page", "test-page.txt")
    assert (stored.Description, stored.IsVisibleForWeb, stored.FileSize) == ("Two", True, 1)
    assert outcome(save(gateway, ticket_id, {**pair, "Description": ""})) == (0, "OK")
    (stored,) = listed(gateway, ticket_id)
    assert (stored.Description, stored.IsVisibleForWeb) == (None, True)


def test_acmp_a33_an_edit_names_the_matching_pair(gateway):
    ticket_id, sent = gateway.ticket(), attachment()
    assert outcome(save(gateway, ticket_id, sent)) == (0, "OK")
    for name in ("Id", "DocumentId"):
        result = save(gateway, ticket_id, {**sent, name: ""})
        assert outcome(result) == (35, f"Attachments[1].{name}: required")
    result = save(gateway, ticket_id, {**sent, "DocumentId": new_id()})
    assert outcome(result) == (30, "Attachments[1].DocumentId: not found")
    assert result.FirstErrorMsg == f"{sent['Id']}: Attachments[1].DocumentId: not found"


def test_acmp_a54_attachments_are_listed_without_content_oldest_first(gateway, version):
    ticket_id = gateway.ticket()
    batch = [attachment(FileName=f"{n}.txt", Content=b"x" * n) for n in range(3)]
    assert outcome(save(gateway, ticket_id, *batch[:2])) == (0, "OK")
    assert outcome(save(gateway, ticket_id, batch[2])) == (0, "OK")
    rows = listed(gateway, ticket_id, version=version)
    assert [row.FileName for row in rows] == ["0.txt", "1.txt", "2.txt"]
    assert [row.FileSize for row in rows] == [0, 1, 2]
    assert {(row.Content, row.TicketId, row.Creator) for row in rows} == {
        (None, ticket_id, "Admin")
    }
    assert all(row.CreationDate and row.IsVisibleForWeb is False for row in rows)


def test_acmp_a55_an_attachment_is_read_with_its_content(gateway, version):
    ticket_id, sent = gateway.ticket(), attachment(Content=b"Hello\r\n")
    assert outcome(save(gateway, ticket_id, sent)) == (0, "OK")
    result = read(gateway, sent["Id"], version=version)
    assert outcome(result) == (0, "OK")
    assert (result.Attachment.Content, result.Attachment.FileSize) == (b"Hello\r\n", 7)
    unknown = read(gateway, new_id())
    assert (outcome(unknown), unknown.Attachment) == ((30, "AttachmentId: not found"), None)


def test_acmp_a56_attachments_are_saved(gateway, version):
    ticket_id = gateway.ticket()
    result = save(gateway, ticket_id, attachment(), attachment(), version=version)
    assert (*outcome(result), result.FirstErrorMsg) == (0, "OK", None)
    assert len(listed(gateway, ticket_id)) == 2


def test_acmp_a79_attachments_are_deleted(gateway, version):
    ticket_id, batch = gateway.ticket(), [attachment(Content=b"x") for _ in range(3)]
    assert outcome(save(gateway, ticket_id, *batch)) == (0, "OK")
    gone = [each["Id"] for each in batch[:2]]
    result = delete(gateway, ticket_id, gone[0], gone[1], gone[0], version=version)
    assert (*outcome(result), result.FirstErrorMsg) == (0, "OK", None)
    assert [row.Id for row in listed(gateway, ticket_id)] == [batch[2]["Id"]]
    assert outcome(read(gateway, gone[0])) == (30, "AttachmentId: not found")
    assert gateway.rows(
        "select count(*) from attachment a join attachment_content c"
        " on c.attachment_id = a.id where a.guid = any(%s::uuid[])", gone,
    ) == [(0,)]  # fmt: skip


@pytest.mark.parametrize("size", [0, 1, 255, LIMIT])
def test_content_comes_back_byte_for_byte_at3(gateway, size):
    ticket_id = gateway.ticket()
    content = bytes(range(256))[:size] if size < 256 else os.urandom(size)
    sent = attachment(Content=content)
    assert outcome(save(gateway, ticket_id, sent)) == (0, "OK")
    stored = read(gateway, sent["Id"]).Attachment
    assert (stored.Content or b"", stored.FileSize) == (content, size)


def test_one_byte_more_than_the_limit_is_refused_at4(gateway):
    ticket_id, sent = gateway.ticket(), attachment(Content=b"x" * (LIMIT + 1))
    result = save(gateway, ticket_id, sent)
    assert outcome(result) == (35, f"Attachments[1].Content: larger than {LIMIT} bytes")
    assert listed(gateway, ticket_id) == []
    with gateway.settings(max_attachment_bytes=6_291_456):
        large = attachment(Content=os.urandom(6_291_456))
        assert outcome(save(gateway, ticket_id, large)) == (0, "OK")
        assert read(gateway, large["Id"]).Attachment.Content == large["Content"]
    with gateway.settings(max_attachment_bytes=10):
        # What was read can be sent back: content that is there already is ignored.
        assert outcome(save(gateway, ticket_id, large)) == (0, "OK")
        assert outcome(save(gateway, ticket_id, attachment(Content=b"x" * 11))) == (
            35, "Attachments[1].Content: larger than 10 bytes",
        )  # fmt: skip


def test_a_batch_may_be_larger_than_any_other_request(gateway):
    ticket_id = gateway.ticket()
    batch = [attachment(Content=os.urandom(LIMIT)) for _ in range(7)]  # 28 MiB of base64
    assert outcome(save(gateway, ticket_id, *batch)) == (0, "OK")
    assert {row.FileSize for row in listed(gateway, ticket_id)} == {LIMIT}
    for each in (batch[0], batch[-1]):
        assert read(gateway, each["Id"]).Attachment.Content == each["Content"]
    too_large = gateway.post(element("SaveTicketAttachments_V1", "x" * (32 * 1024 * 1024)))
    assert too_large.status_code == 413


def test_content_may_come_later_once_at3(gateway):
    ticket_id, sent = gateway.ticket(), attachment()
    assert outcome(save(gateway, ticket_id, sent)) == (0, "OK")
    assert listed(gateway, ticket_id)[0].FileSize == 0
    for _ in range(2):
        assert outcome(save(gateway, ticket_id, {**sent, "Content": b"late"})) == (0, "OK")
    result = save(gateway, ticket_id, {**sent, "Content": b"other"})
    assert outcome(result) == (35, "Attachments[1].Content: content is already there")
    stored = read(gateway, sent["Id"]).Attachment
    assert (stored.Content, stored.FileSize) == (b"late", 4)


def test_content_is_never_looked_up_by_the_document_at3(gateway):
    ticket_id, first = gateway.ticket(), attachment(Content=b"secret")
    second = attachment(DocumentId=first["DocumentId"])
    assert outcome(save(gateway, ticket_id, first, second)) == (0, "OK")
    assert read(gateway, second["Id"]).Attachment.Content is None


def test_base64_may_have_line_breaks_and_must_be_base64_at3(gateway):
    ticket_id, sent = gateway.ticket(), attachment()
    content = os.urandom(200)

    def posted(text):
        names = ("Id", "DocumentId", "Name", "FileName")
        fields = "".join(f"<{name}>{sent[name]}</{name}>" for name in names)
        return gateway.post(
            element(
                "SaveTicketAttachments_V1",
                f"<TicketId>{ticket_id}</TicketId><Attachments><TTicketAttachment_V1>{fields}"
                f"<Content>{text}</Content></TTicketAttachment_V1></Attachments>",
            )
        ).text

    assert "Content: not base64" in posted("AAA")
    assert "Content: not base64" in posted("A*==")
    assert "<tns:ResultCode>0<" in posted(base64.encodebytes(content).decode())
    assert read(gateway, sent["Id"]).Attachment.Content == content


def test_attachments_that_are_switched_off_at4(gateway):
    ticket_id, empty, full = gateway.ticket(), attachment(), attachment(Content=b"x")
    assert outcome(save(gateway, ticket_id, empty, full)) == (0, "OK")
    off = (35, "Attachments: attachments are switched off")
    with gateway.settings(max_attachment_bytes=0):
        assert outcome(save(gateway, ticket_id, attachment())) == off
        assert outcome(save(gateway, ticket_id, {**empty, "Content": b"x"})) == off
        edit = {**full, "Description": "Still edited"}
        assert outcome(save(gateway, ticket_id, edit)) == (0, "OK")
        assert read(gateway, full["Id"]).Attachment.Content == b"x"
        assert outcome(delete(gateway, ticket_id, empty["Id"])) == (0, "OK")


@pytest.mark.parametrize("name", [".", "..", "a/b", "a\\b", "/etc/passwd", "a\tb", "a\x85b"])
def test_a_path_is_no_file_name_at5(gateway, name):
    result = save(gateway, gateway.ticket(), attachment(FileName=name))
    assert outcome(result) == (35, "Attachments[1].FileName: not a file name")


@pytest.mark.parametrize("name", ["...", "a b.txt", "Übersicht №1.pdf", "x" * 255])
def test_any_other_name_is_one_at5(gateway, name):
    ticket_id = gateway.ticket()
    assert outcome(save(gateway, ticket_id, attachment(FileName=name))) == (0, "OK")
    assert listed(gateway, ticket_id)[0].FileName == name


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"Id": "x"}, "Attachments[1].Id: not a GUID"),
        ({"DocumentId": "{x}"}, "Attachments[1].DocumentId: not a GUID"),
        ({"Name": "x" * 256}, "Attachments[1].Name: longer than 255 characters"),
        ({"FileName": "x" * 256}, "Attachments[1].FileName: longer than 255 characters"),
        ({"Description": "x" * 401}, "Attachments[1].Description: longer than 400 characters"),
    ],
)
def test_forms_and_limits_of_an_attachment(gateway, fields, message):
    assert outcome(save(gateway, gateway.ticket(), attachment(**fields))) == (35, message)


def test_an_attachment_of_another_ticket_at2(gateway):
    ticket_id, other, sent = gateway.ticket(), gateway.ticket(), attachment()
    assert outcome(save(gateway, ticket_id, sent)) == (0, "OK")
    result = save(gateway, other, sent)
    assert outcome(result) == (35, "Attachments[1].Id: belongs to another ticket")
    # An id that is not on this ticket is none that could be deleted (AT6).
    result = delete(gateway, other, sent["Id"])
    assert outcome(result) == (30, "AttachmentIds[1]: not found")
    assert result.FirstErrorMsg == f"{sent['Id']}: AttachmentIds[1]: not found"


def test_a_batch_of_attachments_is_all_or_nothing_g9(gateway):
    ticket_id, good, bad = gateway.ticket(), attachment(Content=b"x"), attachment(Name="")
    result = save(gateway, ticket_id, good, bad)
    assert outcome(result) == (35, "Attachments[2].Name: required")
    assert result.FirstErrorMsg == f"{bad['Id']}: Attachments[2].Name: required"
    assert listed(gateway, ticket_id) == []
    again = {**good, "Id": good["Id"].lower().strip("{}")}
    assert outcome(save(gateway, ticket_id, good, again)) == (35, "Attachments[2].Id: given twice")
    assert outcome(save(gateway, ticket_id)) == (35, "Attachments: required")
    many = [attachment()] * 1001
    assert outcome(save(gateway, ticket_id, *many)) == (35, "Attachments: more than 1000 entries")
    assert outcome(delete(gateway, ticket_id)) == (35, "AttachmentIds: required")
    assert outcome(delete(gateway, ticket_id, "", new_id())) == (35, "AttachmentIds[1]: required")


def test_a_nil_entry_is_an_empty_one(gateway):
    reply = gateway.post(
        element(
            "SaveTicketAttachments_V1",
            f"<TicketId>{gateway.ticket()}</TicketId><Attachments><TTicketAttachment_V1"
            ' xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/></Attachments>',
        )
    )
    assert "Attachments[1].Id: required" in reply.text


def test_a_repeated_deletion_gets_the_first_answer_while_it_is_gone_g10(gateway):
    ticket_id, sent = gateway.ticket(), attachment()
    assert outcome(save(gateway, ticket_id, sent)) == (0, "OK")
    for _ in range(2):
        assert outcome(delete(gateway, ticket_id, sent["Id"])) == (0, "OK")
    other = gateway.call(
        "DeleteTicketAttachments_V1", login=("berta", gateway.login[1]), TicketId=ticket_id,
        AttachmentIds={"string": [sent["Id"]]},
    )  # fmt: skip
    assert outcome(other) == (30, "AttachmentIds[1]: not found")
    assert outcome(save(gateway, ticket_id, sent)) == (0, "OK")
    assert outcome(delete(gateway, ticket_id, sent["Id"])) == (0, "OK")
    assert listed(gateway, ticket_id) == []


def test_closed_and_merged_tickets_keep_their_attachments_g11_g12(gateway):
    ticket_id, target, sent = gateway.ticket(), gateway.ticket(), attachment(Content=b"x")
    assert outcome(save(gateway, ticket_id, sent)) == (0, "OK")
    berta = {"Id": gateway.row_id("agent", "berta")}
    assert gateway.call("CloseTicket_V1", TicketId=ticket_id, Assignee=berta).ResultCode == 0
    closed = (35, "TicketId: ticket is closed")
    assert outcome(save(gateway, ticket_id, attachment())) == closed
    assert outcome(delete(gateway, ticket_id, sent["Id"])) == closed
    assert len(listed(gateway, ticket_id)) == 1
    assert gateway.call("ReopenTicket_V1", TicketId=ticket_id).ResultCode == 0
    merged = gateway.call(
        "MergeTickets_V1", TargetTicketId=target, SourceTicketIds={"string": [ticket_id]}
    )
    assert outcome(merged) == (0, "OK")
    result = gateway.call("GetTicketAttachments_V1", TicketId=ticket_id)
    assert outcome(result) == (0, f"OK; merged into {target}")
    assert [row.TicketId for row in result.Attachments.TTicketAttachment_V1] == [target]
    refused = (35, f"TicketId: ticket was merged into {target}")
    assert outcome(save(gateway, ticket_id, attachment())) == refused
    assert outcome(delete(gateway, ticket_id, sent["Id"])) == refused


def test_who_may_not_see_finds_nothing_who_may_not_write_is_not_permitted_g13(gateway):
    ticket_id, sent = gateway.ticket(), attachment(Content=b"x")
    assert outcome(save(gateway, ticket_id, sent)) == (0, "OK")
    stranger, reader = ((name, gateway.login[1]) for name in ("stranger", "reader"))
    assert outcome(read(gateway, sent["Id"], login=stranger)) == (30, "AttachmentId: not found")
    assert outcome(read(gateway, sent["Id"], login=reader)) == (0, "OK")
    result = save(gateway, ticket_id, attachment(), login=stranger)
    assert outcome(result) == (30, "TicketId: not found")
    result = save(gateway, ticket_id, attachment(), login=reader)
    assert outcome(result) == (35, "TicketId: not permitted")
    result = delete(gateway, ticket_id, sent["Id"], login=reader)
    assert outcome(result) == (35, "TicketId: not permitted")


def test_attachments_of_articles_are_the_tickets_too_at6(gateway):
    ticket_id = gateway.ticket()
    comment = {"Id": new_id(), "TicketId": ticket_id, "Text": "See the file."}
    assert gateway.call("SaveTicketComment_V1", Comment=comment).ResultCode == 0
    gateway.rows(
        "insert into attachment (ticket_id, article_id, name, file_name)"
        " select ticket_id, id, 'from a mail', 'mail.pdf' from article where guid = %s",
        comment["Id"],
    )
    (row,) = listed(gateway, ticket_id)
    assert (row.FileName, row.DocumentId, row.Creator) == ("mail.pdf", row.Id, None)
    edit = {"Id": row.Id, "DocumentId": row.DocumentId, "IsVisibleForWeb": True}
    assert outcome(save(gateway, ticket_id, edit)) == (0, "OK")
    assert listed(gateway, ticket_id)[0].IsVisibleForWeb is True
    assert outcome(delete(gateway, ticket_id, row.Id)) == (0, "OK")
