"""Merging, links, reminders, templates and stored queries: wire to command, and back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from gateway.dialects.acmp import shapes, translate
from gateway.dialects.acmp.form import Form, wire_guid
from gateway.dialects.acmp.task import Answer, Handler, Task
from gateway.domain.commands import (
    LinkObjects,
    LinkTickets,
    MergeTickets,
    ObjectKind,
    SaveReminder,
)
from gateway.domain.people import Assignable
from gateway.domain.values import Unset
from gateway.domain.views import Page, TicketContent
from gateway.soap.rows import Rows
from gateway.usecases import links, merges, reminders, stored_queries, templates
from gateway.usecases.stored_queries import RunQuery

_REMINDER_TEXT = 400
_LIST_CAP = 5000

# Domain field -> parameter, by operation.
_MERGE_PATHS = {"target": "TargetTicketId", "sources": "SourceTicketIds"}
_LINK_PATHS = {"ticket": "TicketId", "others": "LinkedTicketIds"}
_OBJECT_PARAMETERS = {ObjectKind.ASSET: "AssetIds", ObjectKind.CLIENT: "ClientIds"}
_REMINDER_PATHS = {
    "ticket": "Reminder.TicketId",
    "due": "Reminder.ReminderDate",
    "recipient": "Reminder.RecipientId",
}


# --- operations -----------------------------------------------------------------------------


def _merge(task: Task, target: str, sources: Sequence[str | None]) -> tuple[Answer, str]:
    command = merge_command(target, sources, task.options)
    return {}, task.write(command, partial(merges.merge, command)).note


def _link_objects(
    kind: ObjectKind, task: Task, ticket: str, objects: Sequence[str | None]
) -> tuple[Answer, str]:
    command = link_objects_command(kind, ticket, objects, task.options)
    return {}, task.write(command, partial(links.link_objects, command)).note


def _link_tickets(task: Task, ticket: str, others: Sequence[str | None]) -> tuple[Answer, str]:
    command = link_tickets_command(ticket, others, task.options)
    return {}, task.write(command, partial(links.link_tickets, command)).note


def _linked_tickets(task: Task, ticket_id: str) -> tuple[Answer, str]:
    guid = translate.ticket_guid(ticket_id)
    view, page = task.read(partial(links.linked_tickets, guid))
    notes = (translate.merge_note(view), _cut(page))
    rows = Rows(_LINKED_FIELDS, map(_linked_row, page.rows))
    return {"LinkedTickets": rows}, "; ".join(filter(None, notes))


def _tickets_of_asset(task: Task, asset_id: str) -> tuple[Answer, str]:
    work = partial(
        links.tickets_of_asset,
        _only_guid(asset_id, "AssetId"),
        task.options.list_limit,
        registered_only=_registered_only(task.options),
    )
    page = task.read(work)
    return {"Tickets": _items(page), "HasMore": page.has_more}, ""


def _save_reminder(task: Task, reminder: Any) -> tuple[Answer, str]:
    command = reminder_command(reminder)
    return {}, task.write(command, partial(reminders.save, command)).note


def _delete_reminder(task: Task, ticket_id: str) -> tuple[Answer, str]:
    guid = translate.ticket_guid(ticket_id)
    return {}, task.write(guid, partial(reminders.delete, guid)).note


def _from_template(task: Task, template_id: str) -> tuple[Answer, str]:
    guid = _only_guid(template_id, "TemplateId")
    content = task.read(partial(templates.preview, guid, task.options.defaults))
    return {"Ticket": template_answer(content)}, ""


def _templates(task: Task) -> tuple[Answer, str]:
    page = task.read(templates.active)
    return {"Templates": Rows(_TEMPLATE_FIELDS, map(_template_row, page.rows))}, _cut(page)


def _by_query(task: Task, *request: Any) -> tuple[Answer, str]:
    command = query_command(request, task.options)
    page = task.read(partial(stored_queries.run, command))
    return _paged(_items(page), page), ""


def _by_query_with_assignees(task: Task, *request: Any) -> tuple[Answer, str]:
    command = query_command(request, task.options)
    page, assignees = task.read(partial(stored_queries.run_with_assignees, command))
    return _paged(_items_with(assignees, page), page), ""


HANDLERS: Mapping[str, tuple[Handler, Mapping[str, str]]] = {
    "MergeTickets_V1": (_merge, _MERGE_PATHS),
    "GetTicketFromTemplate_V1": (_from_template, {"template": "TemplateId"}),
    "GetTicketTemplateList_V1": (_templates, {}),
    "GetTicketListByQuery_V1": (_by_query, {"query": "QueryId"}),
    "GetTicketListByQuery_V2": (_by_query_with_assignees, {"query": "QueryId"}),
    "GetTicketListOfAsset_V1": (_tickets_of_asset, {"asset": "AssetId"}),
    "GetLinkedTicketsOfTicket_V1": (_linked_tickets, translate.TICKET_PATHS),
    **{
        f"Link{kind.value.title()}sToTicket_V1": (
            partial(_link_objects, kind),
            {"ticket": "TicketId", "objects": parameter},
        )
        for kind, parameter in _OBJECT_PARAMETERS.items()
    },
    "LinkTicketsToTicket_V1": (_link_tickets, _LINK_PATHS),
    "SaveReminderOfTicket_V1": (_save_reminder, _REMINDER_PATHS),
    "DeleteReminderOfTicket_V1": (_delete_reminder, translate.TICKET_PATHS),
}


# --- wire to command ------------------------------------------------------------------------


def merge_command(
    target: str, sources: Sequence[str | None], options: translate.Options
) -> MergeTickets:
    """Translate the parameters of MergeTickets.

    Raises:
        Missing, BrokenRule: the target is missing or no GUID; no sources, or too many.
    """
    form = Form()
    guid = form.required_guid(target, "TargetTicketId")
    entries = form.entries(sources, "SourceTicketIds", options.batch_limit)
    form.require_valid()
    return MergeTickets(target=guid, sources=tuple(entries), merged_state=options.merged_state)


def link_objects_command(
    kind: ObjectKind, ticket: str, objects: Sequence[str | None], options: translate.Options
) -> LinkObjects:
    """Translate the parameters of LinkAssetsToTicket and LinkClientsToTicket.

    Raises:
        Missing, BrokenRule: the ticket is missing or no GUID; no objects, or too many.
    """
    form = Form()
    guid = form.required_guid(ticket, "TicketId")
    entries = form.entries(objects, _OBJECT_PARAMETERS[kind], options.batch_limit)
    form.require_valid()
    return LinkObjects(
        ticket=guid, kind=kind, objects=tuple(entries), registered_only=_registered_only(options)
    )


def link_tickets_command(
    ticket: str, others: Sequence[str | None], options: translate.Options
) -> LinkTickets:
    """Translate the parameters of LinkTicketsToTicket.

    Raises:
        Missing, BrokenRule: the ticket is missing or no GUID; no others, or too many.
    """
    form = Form()
    guid = form.required_guid(ticket, "TicketId")
    entries = form.entries(others, "LinkedTicketIds", options.batch_limit)
    form.require_valid()
    return LinkTickets(ticket=guid, others=tuple(entries))


def reminder_command(reminder: Any) -> SaveReminder:
    """Translate TTicketReminder_V1 (contract RE).

    Raises:
        Missing, BrokenRule: TicketId or ReminderDate is missing or of a wrong form.
    """
    form = Form()
    ticket = form.required_guid(reminder.TicketId, "Reminder.TicketId")
    due: datetime = form.required_date(reminder.ReminderDate, "Reminder.ReminderDate")
    form.require_valid()
    # What follows is judged after the date, which only the unit's clock can judge.
    text = form.text(reminder.Text, "Reminder.Text", _REMINDER_TEXT)
    recipient = form.guid(reminder.RecipientId, "Reminder.RecipientId")
    return SaveReminder(
        ticket=ticket,
        due=due,
        text=text or "",
        recipient=None if isinstance(recipient, Unset) else recipient,
        breach=form.breach,
    )


def query_command(request: Sequence[Any], options: translate.Options) -> RunQuery:
    """Translate the parameters of GetTicketListByQuery (contract LI1, LI2).

    Raises:
        Missing, BrokenRule: the query is missing or no GUID, paging out of bounds.
    """
    query_id, offset, count, with_total = request
    form = Form()
    guid = form.required_guid(query_id, "QueryId")
    translate.judge_paging(offset, count, options, form)
    form.require_valid()
    return RunQuery(
        query=guid,
        offset=offset or 0,
        count=count or options.list_limit,
        with_total=bool(with_total),
    )


def _only_guid(value: str, path: str) -> UUID:
    form = Form()
    guid = form.required_guid(value, path)
    form.require_valid()
    return guid


def _registered_only(options: translate.Options) -> bool:
    return options.object_registry == "closed"


# --- views to wire --------------------------------------------------------------------------


def template_answer(content: TicketContent) -> Answer:
    """Write TTicket_V5 as a template gives it: what it cannot set is not filled (contract TP4)."""
    readers = translate.CONTENT_READERS
    return {
        "Id": "",
        **{name: readers[name](content) for name in _TICKET_FIELDS if name in readers},
    }


_TICKET_FIELDS = tuple(member.name for member in shapes.members(shapes.TYPES["TTicket_V5"]))
# The columns of the ports' pages -> wire fields, in the same order.
_LINKED_FIELDS = ("TicketId", "TicketNumber", "Title", "StateId", "StateEN", "StateDE")
_TEMPLATE_FIELDS = ("Id", "Name", "Description", "StateId", "StateEN", "StateDE")
_WITH_ASSIGNEE = tuple(
    "Assignee" if name == "AssigneeId" else name
    for name in translate.LIST_ITEM_FIELDS
    if name != "AssigneeName"
)
_ASSIGNEE = translate.LIST_ITEM_FIELDS.index("AssigneeId")


def _paged(rows: Rows, page: Page) -> Answer:
    return {"Tickets": rows, "HasMore": page.has_more, "TotalCount": page.total}


def _items(page: Page) -> Rows:
    return Rows(translate.LIST_ITEM_FIELDS, map(translate.list_row, page.rows))


def _items_with(assignees: Mapping[UUID, Assignable], page: Page) -> Rows:
    """Write TTicketListItem_V2: the assignee as an object, at the place of its two fields."""
    shown = {wire_guid(guid): translate.assignee_answer(each) for guid, each in assignees.items()}
    nobody = translate.assignee_answer(None)

    def with_object(row: tuple[Any, ...]) -> tuple[Any, ...]:
        item = translate.list_row(row)
        assignee = shown.get(item[_ASSIGNEE], nobody)
        return (*item[:_ASSIGNEE], assignee, *item[_ASSIGNEE + 2 :])

    return Rows(_WITH_ASSIGNEE, map(with_object, page.rows))


def _linked_row(row: tuple[Any, ...]) -> tuple[Any, ...]:
    guid, number, title, state, state_en, state_de = row
    return wire_guid(guid), number, title, wire_guid(state), state_en, state_de


def _template_row(row: tuple[Any, ...]) -> tuple[Any, ...]:
    guid, name, description, state, state_en, state_de = row
    return wire_guid(guid), name, description or None, wire_guid(state), state_en, state_de


def _cut(page: Page) -> str:
    # G16: lists without paging give at most 5000 entries and say so.
    return f"first {_LIST_CAP} of {page.total}" if page.has_more else ""
