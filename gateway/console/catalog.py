"""The service catalog: services with their buttons, requests with their votes."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID, uuid4

from gateway.console.answers import Gone, Shown
from gateway.console.visit import Address, Visit
from gateway.domain.catalog import FIXED_TYPES, CatalogService, Part
from gateway.domain.catalog_commands import (
    AddQualityNote,
    CancelRequest,
    CreateService,
    PartKind,
    RequestPublication,
    SetListGroup,
    SetListPerson,
    SetRelation,
    SetSupportGroup,
    UpdateField,
    UpdateLanguageField,
    UpdatePart,
)
from gateway.domain.catalog_documents import document
from gateway.domain.catalog_requests import RequestType
from gateway.domain.catalog_sheets import WantedServices
from gateway.domain.catalog_values import FIELDS, in_text, kind_of, part_in_text
from gateway.errors import BrokenRule, NotFound
from gateway.usecases import (
    catalog_editing,
    catalog_pages,
    catalog_requests,
    catalog_services,
    catalog_templates,
)
from gateway.usecases.catalog_access import EDIT
from gateway.usecases.catalog_pages import SHOW
from gateway.usecases.idempotency import Done
from gateway.usecases.ports import Call, Unit

_PATH = "/catalog"
_BUTTONS = (RequestType.PUBLISH, RequestType.UNPUBLISH, RequestType.VERSION, RequestType.DELETE)
# The fields of the forms by what use cases call them.
_FORM_FIELDS = {
    "person_unique_id": "member",
    "person_group_name": "member",
    "list_name": "list",
    "support_group_name": "group",
    "child": "child",
    "language_code": "language",
    "internal_name": "field",
    "part_internal_name": "field",
    "request_option_code": "option",
    "template": "template",
}
Command = Callable[[Any, Call, Unit], object]


def index(visit: Visit) -> Shown:
    """List the services by name, and offer to make one."""
    most, page = visit.most(), max(visit.number("page") or 1, 1)
    wanted = WantedServices(
        draft=True,
        page=page,
        page_size=most,
        template=visit.asked("template"),
        tag=visit.asked("tag"),
    )
    found = visit.read(SHOW, lambda call, unit: catalog_pages.index(wanted, call, unit))
    names = visit.desk.administration.run(
        lambda unit: [each["name"] for each in catalog_templates.show_all(unit)]
    )
    more = page * most < found.total
    return Shown(
        template="catalog.html",
        data={
            "services": found.items,
            "total": found.total,
            "next": visit.link(page=str(page + 1)) if more else None,
        },
        more={"templates": names, "may_change": visit.may(EDIT)},
        rows="services",
    )


def create(visit: Visit) -> Gone:
    """Make a service."""
    guid = uuid4()
    command = CreateService(
        guid=guid,
        template=visit.sent("template"),
        unique_id=visit.sent("unique_id"),
        name=visit.sent("name"),
    )
    made = _done(visit, catalog_editing.create_service, command, str(guid))
    return visit.gone(f"{_PATH}/{made}", "saved", command.name or command.unique_id)


def show(visit: Visit, guid: str) -> Shown:
    """Show a service with all its data, its requests and its history."""
    number = _guid(guid)
    folder = visit.read(SHOW, lambda call, unit: catalog_pages.service(number, call, unit))
    service, languages = folder.service, folder.languages
    return Shown(
        template="catalog_service.html",
        data={
            "service": document(service),
            "published": service.published,
            "unpublished_changes": service.unpublished_changes,
            "changed": service.changed,
            "requests": folder.requests,
            "history": folder.history,
        },
        more={
            "title": service.name(languages[0], languages[0]),
            "rows": _rows(service, languages),
            "languages": languages,
            "lists": folder.lists,
            "buttons": [each.value for each in _BUTTONS],
            "options": service.template.options,
            "locked": service.open_request,
            "may_change": folder.may_edit,
        },
    )


def press(visit: Visit, guid: str) -> Gone:
    """Make a publish request by a button."""
    command = RequestPublication(
        service=_guid(guid),
        type=visit.sent("type"),
        title=visit.sent("title"),
        comments=visit.sent("comments"),
        option=visit.sent("option"),
    )
    _done(visit, catalog_requests.request_publication, command)
    return visit.gone(f"{_PATH}/{guid}", "requested", command.type)


def write(visit: Visit, guid: str) -> Gone:
    """Give a field or a part another value."""
    name, number = visit.sent("field"), _guid(guid)
    folder = visit.read(SHOW, lambda call, unit: catalog_pages.service(number, call, unit))
    act, command = _writing(visit, folder.service, name)
    _done(visit, act, command)
    return visit.gone(f"{_PATH}/{guid}", "saved", name)


def support(visit: Visit, guid: str) -> Gone:
    """Add a support group: no call does that."""
    command = SetSupportGroup(
        service=_guid(guid), group=visit.sent("group"), present=visit.sent("gone") != "1"
    )
    _done(visit, catalog_services.set_support_group, command)
    return visit.gone(f"{_PATH}/{guid}", "saved", command.group)


def enlist(visit: Visit, guid: str) -> Gone:
    """Add a person or a group to a list, or take one away."""
    name, member, present = visit.sent("list"), visit.sent("member"), visit.sent("gone") != "1"
    number = _guid(guid)
    folder = visit.read(SHOW, lambda call, unit: catalog_pages.service(number, call, unit))
    if any(each.of_groups and each.is_called(name) for each in folder.lists):
        groups = SetListGroup(service=number, list_name=name, group=member, present=present)
        _done(visit, catalog_services.set_list_group, groups)
    else:
        persons = SetListPerson(service=number, list_name=name, unique_id=member, present=present)
        _done(visit, catalog_services.set_list_person, persons)
    return visit.gone(f"{_PATH}/{guid}", "saved", name)


def relate(visit: Visit, guid: str) -> Gone:
    """Make another service part of this one, or no more."""
    command = SetRelation(
        service=_guid(guid), child=_child(visit), present=visit.sent("gone") != "1"
    )
    _done(visit, catalog_editing.set_relation, command)
    return visit.gone(f"{_PATH}/{guid}", "saved", visit.sent("child"))


def note(visit: Visit, guid: str) -> Gone:
    """Note something about the quality of a service."""
    command = AddQualityNote(service=_guid(guid), text=visit.sent("text"))
    _done(visit, catalog_editing.add_quality_note, command)
    return visit.gone(f"{_PATH}/{guid}", "noted")


def show_request(visit: Visit, guid: str) -> Shown:
    """Show a publish request with votes and log."""
    number = _guid(guid)
    folder = visit.read(SHOW, lambda call, unit: catalog_pages.request(number, call, unit))
    return Shown(
        template="catalog_request.html",
        data={
            "publish_request": folder.request,
            "service": {"guid": folder.service.guid, "uniqueId": folder.service.unique_id},
            "votes": folder.votes,
            "log": folder.log,
        },
        more={
            "title": folder.service.name(folder.language, folder.language),
            "may_cancel": folder.may_edit
            and folder.request.open
            and folder.request.can_be_cancelled,
        },
    )


def cancel(visit: Visit, guid: str) -> Gone:
    """Take a request back."""
    _done(visit, catalog_requests.cancel, CancelRequest(request=_guid(guid)))
    return visit.gone(f"{_PATH}/requests/{guid}", "cancelled")


ADDRESSES = (
    Address(pattern=_PATH, show=index, act=create),
    Address(pattern=f"{_PATH}/requests/{{guid}}", show=show_request),
    Address(pattern=f"{_PATH}/requests/{{guid}}/cancel", show=show_request, act=cancel),
    Address(pattern=f"{_PATH}/{{guid}}", show=show),
    *(
        Address(pattern=f"{_PATH}/{{guid}}/{verb}", show=show, act=act)
        for verb, act in (
            ("request", press), ("field", write), ("support", support), ("list", enlist),
            ("relation", relate), ("note", note),
        )
    ),
)  # fmt: skip


def _done(visit: Visit, act: Command, command: object, said: str = "") -> str:
    """Run a command once for the form that was shown; a repeat says what the first one said."""

    def work(call: Call, unit: Unit) -> Done:
        act(command, call, unit)
        return Done(None, said)

    try:
        return visit.write(EDIT, work).note
    except (BrokenRule, NotFound) as error:
        if error.field not in _FORM_FIELDS:
            raise
        # What a form names and nobody knows is said at its field.
        raise BrokenRule(error.sentence, field=_FORM_FIELDS[error.field]) from error


def _guid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("no such page") from None


def _child(visit: Visit) -> UUID:
    try:
        return UUID(visit.sent("child").strip())
    except ValueError:
        raise BrokenRule("a GUID", field="child") from None


def _rows(service: CatalogService, languages: tuple[str, ...]) -> list[dict[str, str]]:
    """Give every field and part with its value, a row per language where it has several."""
    fields = [
        (of.name, language, of.name, in_text(service, of, language))
        for of in FIELDS
        for language in (languages if of.language_dependent else ("",))
    ]
    parts = [
        (part.internal_name, language, part.name, _shown(service, part, language))
        for part in service.template.parts
        for language in (languages if part.language_dependent else ("",))
    ]
    members = ("name", "language", "label", "value")
    return [dict(zip(members, row, strict=True)) for row in (*fields, *parts)]


def _shown(service: CatalogService, part: Part, language: str) -> str:
    if part.type in FIXED_TYPES:
        return part.content
    return part_in_text(service.value(part, language))


def _writing(visit: Visit, service: CatalogService, name: str) -> tuple[Command, object]:
    value, language = visit.sent("value"), visit.sent("language")
    for of in FIELDS:
        if of.name == name and of.language_dependent:
            return catalog_services.update_language_field, UpdateLanguageField(
                service=service.guid, name=name, language=language, value=value
            )
        if of.name == name:
            return catalog_services.update_field, UpdateField(
                service=service.guid, name=name, value=value
            )
    part = service.template.part(name)
    return catalog_services.update_part, UpdatePart(
        service=service.guid,
        part=name,
        kind=kind_of(part),
        value=_value(part, value),
        language=language if part.language_dependent else "",
    )


def _value(part: Part, text: str) -> str | Decimal | datetime | None:
    if not text.strip():
        return None
    try:
        match kind_of(part):
            case PartKind.NUMBER:
                return Decimal(text.strip())
            case PartKind.TIME:
                moment = datetime.fromisoformat(text.strip())
                if moment.tzinfo is None:
                    raise BrokenRule("a time with its zone, like 2026-04-01T00:00Z", field="value")
                return moment
            case PartKind.TEXT:
                return text
    except (ValueError, InvalidOperation):
        raise BrokenRule("not a number or time", field="value") from None
