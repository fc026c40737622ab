"""Attachments, comments, working times, costs and the mail monitor: wire to command, and back."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from gateway.dialects.acmp import translate
from gateway.dialects.acmp.entry_commands import (
    attachments_command,
    cost_commands,
    delete_attachments_command,
    working_time_command,
)
from gateway.dialects.acmp.form import Form, wire_guid
from gateway.dialects.acmp.task import Answer, Handler, Task
from gateway.domain.commands import Entry
from gateway.domain.entries import Article, Attachment, Cost, Mail, WorkingTime
from gateway.domain.views import Listed, TicketView
from gateway.usecases import attachments, costs, entries, mail_monitor, working_times
from gateway.usecases.idempotency import Done
from gateway.usecases.ports import Call, Unit

_CENT = Decimal("0.01")

# Domain field -> path in the request; within an entry of a batch, its own field.
_ATTACHMENT_PATHS = {
    "ticket": "TicketId",
    "attachments": "Attachments",
    "guid": "Id",
    "document": "DocumentId",
    "name": "Name",
    "file_name": "FileName",
    "content": "Content",
}
_COST_PATHS = {
    "costs": "Costs",
    "guid": "Id",
    "ticket": "TicketId",
    "unit_price": "UnitPrice",
    "amount": "Amount",
}
_TIME_PATHS = {
    "working_time": "WorkingTime",
    "guid": "WorkingTime.Id",
    "ticket": "WorkingTime.TicketId",
    "executor": "WorkingTime.Executor",
    "start": "WorkingTime.StartDate",
    "end": "WorkingTime.EndDate",
}
_COMMENT_PATHS = {"guid": "CommentId", "ticket": "CommentId"}


# --- operations -----------------------------------------------------------------------------


def _attachments(task: Task, ticket_id: str) -> tuple[Answer, str]:
    guid = translate.ticket_guid(ticket_id)
    view, listed = task.read(partial(attachments.of_ticket, guid))
    return {"Attachments": [attachment_answer(each) for each in listed.rows]}, _note(view, listed)


def _attachment(task: Task, attachment_id: str) -> tuple[Answer, str]:
    guid = _only_guid(attachment_id, "AttachmentId")
    attachment, content = task.read(partial(attachments.one, guid))
    # G4: an empty content is left out too; FileSize says what it is.
    return {"Attachment": {**attachment_answer(attachment), "Content": content or None}}, ""


def _save_attachments(task: Task, ticket_id: str, sent: Sequence[Any]) -> tuple[Answer, str]:
    command = attachments_command(ticket_id, sent, task.options)
    return {}, task.write(command, partial(attachments.save, command)).note


def _delete_attachments(
    task: Task, ticket_id: str, ids: Sequence[str | None]
) -> tuple[Answer, str]:
    command = delete_attachments_command(ticket_id, ids, task.options)
    return {}, task.write(command, partial(attachments.delete, command)).note


def _comment(
    write: Callable[[Article, UUID], Answer], task: Task, comment_id: str
) -> tuple[Answer, str]:
    guid = _only_guid(comment_id, "CommentId")
    view, article = task.read(partial(entries.comment, guid))
    return {"Comment": write(article, view.guid)}, ""


def _comments(task: Task, ticket_id: str) -> tuple[Answer, str]:
    guid = translate.ticket_guid(ticket_id)
    view, listed = task.read(partial(entries.comments, guid))
    rows = [translate.comment_answer(article, view.guid) for article in listed.rows]
    return {"Comments": rows}, _note(view, listed)


def _newest_comments(task: Task, ticket_id: str) -> tuple[Answer, str]:
    guid = translate.ticket_guid(ticket_id)
    view, listed = task.read(partial(entries.newest_comments, guid))
    rows = [translate.rich_comment_answer(article, view.guid) for article in listed.rows]
    return {"Comments": rows}, _note(view, listed)


def _save_comment(task: Task, comment: Any) -> tuple[Answer, str]:
    command = translate.comment_command(comment)
    return {}, task.write(command, partial(entries.save_comment, command)).note


def _delete_comment(task: Task, comment_id: str) -> tuple[Answer, str]:
    guid = _only_guid(comment_id, "CommentId")
    return {}, task.write(guid, partial(entries.delete_comment, guid)).note


def _save_working_time(task: Task, time: Any) -> tuple[Answer, str]:
    command = working_time_command(time)
    return {}, task.write(command, partial(working_times.save, command)).note


def _working_times(task: Task, ticket_id: str) -> tuple[Answer, str]:
    guid = translate.ticket_guid(ticket_id)
    view, listed = task.read(partial(working_times.of_ticket, guid))
    return {"WorkingTimes": [working_time_answer(each) for each in listed.rows]}, _note(
        view, listed
    )


def _save_costs(task: Task, sent: Sequence[Any]) -> tuple[Answer, str]:
    batch = cost_commands(sent, task.options)
    return {}, task.write(batch, partial(costs.save, batch)).note


def _cost(task: Task, cost_id: str) -> tuple[Answer, str]:
    guid = _only_guid(cost_id, "CostId")
    return {"Cost": cost_answer(task.read(partial(costs.one, guid)))}, ""


def _costs(task: Task, ticket_id: str) -> tuple[Answer, str]:
    guid = translate.ticket_guid(ticket_id)
    view, listed = task.read(partial(costs.of_ticket, guid))
    return {"Costs": [cost_answer(each) for each in listed.rows]}, _note(view, listed)


def _mails(task: Task) -> tuple[Answer, str]:
    listed = task.read(mail_monitor.mails)
    return {"EmailMonitors": [mail_answer(each) for each in listed.rows]}, translate.cut_note(
        listed
    )


def _delete(
    parameter: str,
    work: Callable[[Sequence[Entry], Call, Unit], Done],
    task: Task,
    ids: Sequence[str | None],
) -> tuple[Answer, str]:
    form = Form()
    batch = form.entries(ids, parameter, task.options.batch_limit)
    form.require_valid()
    return {}, task.write(batch, partial(work, batch)).note


HANDLERS: Mapping[str, tuple[Handler, Mapping[str, str]]] = {
    "GetTicketAttachments_V1": (_attachments, translate.TICKET_PATHS),
    "GetTicketAttachment_V1": (
        _attachment,
        {"attachment": "AttachmentId", "ticket": "AttachmentId"},
    ),
    "SaveTicketAttachments_V1": (_save_attachments, _ATTACHMENT_PATHS),
    "DeleteTicketAttachments_V1": (
        _delete_attachments,
        {"ticket": "TicketId", "attachments": "AttachmentIds"},
    ),
    "GetTicketComments_V1": (_comments, translate.TICKET_PATHS),
    "SaveTicketComment_V1": (_save_comment, translate.COMMENT_PATHS),
    "GetTicketComment_V1": (partial(_comment, translate.comment_answer), _COMMENT_PATHS),
    "GetTicketComment_V2": (partial(_comment, translate.rich_comment_answer), _COMMENT_PATHS),
    "SaveTicketComment_V2": (_save_comment, translate.COMMENT_PATHS),
    "GetCommentListOfTicket_V1": (_newest_comments, translate.TICKET_PATHS),
    "DeleteTicketComment_V1": (_delete_comment, _COMMENT_PATHS),
    "SaveTicketWorkingTime_V1": (_save_working_time, _TIME_PATHS),
    "GetTicketWorkingTimeList_V1": (_working_times, translate.TICKET_PATHS),
    "DeleteTicketWorkingTimeList_V1": (
        partial(_delete, "WorkingTimeIds", working_times.delete),
        {"times": "WorkingTimeIds"},
    ),
    "SaveTicketCosts_V1": (_save_costs, _COST_PATHS),
    "GetTicketCost_V1": (_cost, {"cost": "CostId", "ticket": "CostId"}),
    "GetTicketCostList_V1": (_costs, translate.TICKET_PATHS),
    "DeleteTicketCosts_V1": (partial(_delete, "CostIds", costs.delete), {"costs": "CostIds"}),
    "GetEmailMonitorList_V1": (_mails, {}),
    "DeleteEmailMonitorList_V1": (
        partial(_delete, "EmailMonitorIds", mail_monitor.delete),
        {"mails": "EmailMonitorIds"},
    ),
}


def _only_guid(value: str, path: str) -> UUID:
    form = Form()
    guid = form.required_guid(value, path)
    form.require_valid()
    return guid


# --- entries to wire ------------------------------------------------------------------------


def attachment_answer(attachment: Attachment) -> Answer:
    """Write TTicketAttachment_V1 without content (contract AT6)."""
    return {
        "Id": wire_guid(attachment.guid),
        "DocumentId": wire_guid(attachment.document),
        "Name": attachment.name,
        "FileName": attachment.file_name,
        "Description": attachment.description or None,
        "IsVisibleForWeb": attachment.visible,
        "TicketId": wire_guid(attachment.ticket),
        "FileSize": attachment.size,
        "Creator": attachment.creator.en if attachment.creator else None,
        "CreationDate": attachment.created,
    }


def working_time_answer(time: WorkingTime) -> Answer:
    """Write TTicketWorkingTime_V1."""
    return {
        "Id": wire_guid(time.guid),
        "TicketId": wire_guid(time.ticket),
        "Executor": wire_guid(time.executor.guid),
        "StartDate": time.start,
        "EndDate": time.end,
        "Description": time.description or None,
        "ExecutorName": time.executor.en,
        "Duration": translate.wire_int(time.minutes),
    }


def cost_answer(cost: Cost) -> Answer:
    """Write TTicketCost_V1 (contract CS3, CS4)."""
    return {
        "Id": wire_guid(cost.guid),
        "TicketId": wire_guid(cost.ticket),
        "UnitPrice": cost.unit_price.quantize(_CENT),
        "Amount": cost.amount,
        "Category": cost.category or None,
        "Description": cost.description or None,
        "CreatorId": wire_guid(cost.creator.guid) if cost.creator else None,
        "Creator": cost.creator.en if cost.creator else None,
        "CreationDate": cost.created,
        "TotalPrice": cost.total.quantize(_CENT),
    }


def mail_answer(mail: Mail) -> Answer:
    """Write TEmailMonitorItem_V1."""
    return {
        "Id": wire_guid(mail.guid),
        "Subject": mail.subject or None,
        "Sender": mail.sender or None,
        "Recipient": mail.recipient or None,
        "ReceivedDate": mail.received,
        "Body": mail.body or None,
        "HasAttachments": mail.has_attachments,
    }


def _note(view: TicketView, listed: Listed[Any]) -> str:
    return "; ".join(filter(None, (translate.merge_note(view), translate.cut_note(listed))))
