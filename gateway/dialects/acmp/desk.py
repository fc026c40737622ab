"""The operations of the helpdesk: translate, call the use case, translate back."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from gateway.dialects.acmp import entries, relations, results, shapes, translate
from gateway.dialects.acmp.form import wire_guid
from gateway.dialects.acmp.task import Answer, Handler, Task
from gateway.domain.people import Principal
from gateway.domain.views import TicketView
from gateway.errors import Refused, Unauthenticated
from gateway.http.exchange import Outcome
from gateway.soap.definition import Invocation
from gateway.soap.rows import Rows
from gateway.usecases import searches, tickets
from gateway.usecases.idempotency import Done
from gateway.usecases.ports import Call, Unit


def carry_out(operation: shapes.Operation, invocation: Invocation, *arguments: Any) -> Answer:
    """Carry out an operation and give its result; a broken rule is a code (contract section 3).

    Raises:
        BusinessFault: a broken rule, where the setting asks for faults.
        GatewayError: everything that is no broken rule.
    """
    _require_agent(invocation.principal)
    handler, paths = HANDLERS[operation.name]
    try:
        fields, note = handler(Task(operation, invocation), *arguments)
    except results.IN_BAND as error:
        invocation.trace.outcome = Outcome.REFUSED
        invocation.trace.code = error.code
        return _refused(error, _refusal(operation, error, paths, arguments), invocation)
    return {**results.success(note), **fields}


def _refusal(
    operation: shapes.Operation,
    error: Refused,
    paths: Mapping[str, str],
    arguments: Sequence[Any],
) -> Answer:
    answer = results.refusal(error, paths)
    if any(member.name == "FirstErrorMsg" for member in operation.answer):
        names = (member.name for member in operation.request)
        batch = dict(zip(names, arguments, strict=True))
        answer["FirstErrorMsg"] = results.first_error(answer["ResultMessage"], batch, error.entry)
    return answer


def _refused(error: Refused, answer: Answer, invocation: Invocation) -> Answer:
    if invocation.desk.options.business_errors == "fault":
        raise results.BusinessFault(answer) from error
    return answer


def _require_agent(principal: Principal) -> None:
    # Contract section 1: the account is bound to one active agent, the calling agent.
    if principal.agent_id is None:
        raise Unauthenticated


def _save(shape: int, users_only: bool, task: Task, ticket: Any) -> tuple[Answer, str]:
    command = translate.save_command(ticket, shape, task.options, users_only=users_only)
    done = task.write(command, partial(tickets.save, command))
    return ({} if users_only else {"TicketNumber": done.ticket_id}), done.note


def _close(task: Task, *request: Any) -> tuple[Answer, str]:
    def close(call: Call, unit: Unit) -> Done:
        rules = unit.lists.helpdesk_settings()  # they decide which fields are looked at at all
        command = translate.close_command(request, task.options, rules)
        return tickets.close(command, rules, call, unit)

    done = task.write(translate.plain(request), close)
    return {}, done.note


def _reopen(task: Task, *request: Any) -> tuple[Answer, str]:
    command = translate.reopen_command(request, task.options)
    return {}, task.write(command, partial(tickets.reopen, command)).note


def _get(version: int, task: Task, ticket_id: str) -> tuple[Answer, str]:
    guid = translate.ticket_guid(ticket_id)
    view: TicketView = task.read(partial(tickets.view, guid))
    answer: Answer = {
        "Ticket": _TICKET_READERS[version](view),
        "CreatorId": wire_guid(view.creator_guid),
    }
    note = translate.merge_note(view)
    if version == _WITH_TARGET and note:
        answer["MergedIntoTicketId"] = wire_guid(view.guid)
    return answer, note


def _ticket_list(task: Task, *request: Any) -> tuple[Answer, str]:
    query = translate.list_query(request, task.options)
    page = task.read(partial(searches.tickets, query))
    rows = Rows(translate.LIST_ITEM_FIELDS, map(translate.list_row, page.rows))
    return {"Tickets": rows, "HasMore": page.has_more, "TotalCount": page.total}, ""


def _categories(task: Task) -> tuple[Answer, str]:
    listed = task.read(searches.categories)
    rows = [translate.category_answer(each) for each in listed.rows]
    return {"Categories": rows}, translate.cut_note(listed)


def _resolutions(task: Task) -> tuple[Answer, str]:
    listed = task.read(searches.resolutions)
    rows = [translate.resolution_answer(each) for each in listed.rows]
    return {"Resolutions": rows}, translate.cut_note(listed)


def _assignees(task: Task) -> tuple[Answer, str]:
    listed = task.read(searches.assignable)
    rows = [translate.assignee_answer(each) for each in listed.rows]
    return {"Assignees": rows}, translate.cut_note(listed)


def _settings(version: int, task: Task) -> tuple[Answer, str]:
    rules = task.read(searches.helpdesk_settings)
    return {"Settings": translate.settings_answer(rules, version)}, ""


def _versions(task: Task, commands: Sequence[str | None] | None) -> tuple[Answer, str]:
    task.read(searches.command_versions)
    names = [name or "" for name in commands] if commands else sorted(COMMANDS)
    listed = [{"CommandName": name, "Versions": COMMANDS.get(name, [])} for name in names]
    return {"CommandVersions": listed}, ""


_WITH_TARGET = 5  # GetTicket_V5 alone names the ticket it was merged into
_TICKET_READERS = {
    version: translate.ticket_reader(
        [member.name for member in shapes.members(shapes.TYPES[f"TTicket_V{version}"])]
    )
    for version in (1, 2, 3, 4, 5)
}
_NO_PATHS: Mapping[str, str] = {}

# Operation -> what carries it out, and its request paths by domain field. What stands here is
# published; SaveTicket_V3 and V4 carry TTicket_V4 and V5.
HANDLERS: Mapping[str, tuple[Handler, Mapping[str, str]]] = {
    "SaveTicket_V1": (partial(_save, 1, True), translate.SAVE_PATHS),
    "SaveTicket_V2": (partial(_save, 2, False), translate.SAVE_PATHS),
    "SaveTicket_V3": (partial(_save, 4, False), translate.SAVE_OBJECT_PATHS),
    "SaveTicket_V4": (partial(_save, 5, False), translate.SAVE_OBJECT_PATHS),
    "CloseTicket_V1": (_close, translate.TICKET_PATHS),
    "ReopenTicket_V1": (_reopen, translate.TICKET_PATHS),
    **{
        f"GetTicket_V{version}": (partial(_get, version), translate.TICKET_PATHS)
        for version in _TICKET_READERS
    },
    **relations.HANDLERS,
    **entries.HANDLERS,
    "GetTicketCategoryList_V1": (_categories, _NO_PATHS),
    "GetTicketResolutionList_V1": (_resolutions, _NO_PATHS),
    "GetAssigneeList_V1": (_assignees, _NO_PATHS),
    "GetHelpdeskSettings_V1": (partial(_settings, 1), _NO_PATHS),
    "GetHelpdeskSettings_V2": (partial(_settings, 2), _NO_PATHS),
    "GetTicketList_V1": (_ticket_list, _NO_PATHS),
    "GetCommandVersions_V1": (_versions, _NO_PATHS),
}

PUBLISHED: tuple[shapes.Operation, ...] = tuple(
    operation for operation in shapes.OPERATIONS if operation.name in HANDLERS
)

COMMANDS: Mapping[str, list[int]] = {
    operation.command: [other.version for other in PUBLISHED if other.command == operation.command]
    for operation in PUBLISHED
}
