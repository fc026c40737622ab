"""Services taken out of a file, and all of the catalog written as one; no trigger fires.

Each function works in one unit; what a value may be is what the calls say.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from gateway.domain import catalog_values
from gateway.domain.catalog import (
    FIXED_TYPES,
    CatalogList,
    CatalogService,
    Part,
    PartType,
    PersonGroup,
)
from gateway.domain.catalog_documents import document
from gateway.domain.catalog_sheets import WantedServices
from gateway.domain.catalog_values import DESCRIPTION, NAME, SUMMARY
from gateway.errors import BrokenRule, GatewayError, NotFound
from gateway.text import printable
from gateway.usecases import catalog_actions
from gateway.usecases.catalog_files import PerLanguage, ServiceFile, ValueFile
from gateway.usecases.ports import Call, Unit
from gateway.usecases.ports.catalog import CatalogMentions, HeldService

_PAGE = 200
_ENTRIES = "service"  # the list that tickets have


def export(unit: Unit) -> Iterator[dict[str, Any]]:
    """Write every service that is there, by name; a file takes each as it is."""
    page, seen = 1, 0
    while True:
        found = unit.catalog.page(
            WantedServices(draft=True, page=page, page_size=_PAGE),
            unit.catalog_rules.default_language,
            everything=True,
        )
        for card in found.items:
            service = unit.catalog.find(card.guid)
            if service is not None:
                yield {
                    **document(service),
                    "serviceEntry": _entry_name(service, unit),
                    "published": service.published is not None,
                }
        page, seen = page + 1, seen + len(found.items)
        if seen >= found.total or not found.items:
            return


def store(file: ServiceFile, path: str, call: Call, unit: Unit) -> bool:
    """Have a service as the file says, but for its relations; tell whether anything is new.

    Raises:
        BrokenRule: what does not fit, with its path.
    """
    held = _held(file, unit)
    known = held.service
    if known is not None and known.removed is not None:
        raise BrokenRule("the service was removed", field=f"{path}.guid")
    before = None if known is None else document(known)
    base = known or _new(file, path, unit)
    after = _filled(base, file, held, path, unit)
    if known is None:
        base = unit.catalog.create(replace(base, unique_id=after.unique_id, type=after.type))
        after = replace(after, id=base.id)
    changes = catalog_values.changes(base, after)
    bound = base.entry_id != after.entry_id
    if changes or bound or base.version != after.version:
        after = replace(after, unpublished_changes=after.published is not None)
        unit.catalog.put(base, after)
        unit.catalog.add_history(after, changes, "", call)
    _fill_persons(after, file, held, path, unit)
    _fill_groups(after, file, held, path, unit)
    _fill_documents(after, file, unit)
    stored = unit.catalog.find(file.guid)
    return bound or stored is None or document(stored) != before


def relate(file: ServiceFile, path: str, unit: Unit) -> bool:
    """Store the relations of a service once all services of the file are there.

    Raises:
        BrokenRule: a service that is not there, or part of itself.
    """
    changed = False
    for place, relation in enumerate(file.relations):
        service, other = unit.catalog.find(file.guid), unit.catalog.find(relation.guid)
        if service is None or other is None:
            raise BrokenRule("no such service", field=f"{path}.relations[{place}].guid")
        parent, child = (service, other) if relation.kind == "child" else (other, service)
        if any(each.id == child.id for each in parent.children):
            continue
        if parent.id == child.id or unit.catalog.is_below(parent, child):
            raise BrokenRule(
                "a service cannot be part of itself", field=f"{path}.relations[{place}]"
            )
        unit.catalog.relate(parent, child)
        changed = True
    return changed


def settle(file: ServiceFile, call: Call, unit: Unit) -> bool:
    """Publish or withdraw a service as the file says; tell whether anything was done."""
    service = unit.catalog.find(file.guid)
    if service is None:
        return False
    if file.published and (service.published is None or service.unpublished_changes):
        catalog_actions.publish(service, "", call, unit)
        return True
    if not file.published and service.published is not None:
        catalog_actions.unpublish(service, "", call, unit)
        return True
    return False


def _new(file: ServiceFile, path: str, unit: Unit) -> CatalogService:
    template = unit.catalog.template(file.template)
    if template is None:
        raise NotFound(f"no template {printable(file.template)}", field=f"{path}.template")
    return CatalogService(id=0, guid=file.guid, unique_id="", template=template)


def _held(file: ServiceFile, unit: Unit) -> HeldService:
    persons = {each.uniqueId for members in file.persons.values() for each in members}
    mentioned = CatalogMentions(persons=tuple(persons), unique_id=file.uniqueId)
    return unit.catalog.hold(file.guid, mentioned)


def _filled(
    service: CatalogService, file: ServiceFile, held: HeldService, path: str, unit: Unit
) -> CatalogService:
    if file.template.casefold() != service.template.name.casefold():
        raise BrokenRule("a service keeps its template", field=f"{path}.template")
    service = _with_texts(service, file, path, unit)
    for place, value in enumerate(file.parts):
        service = _with_value(service, value, f"{path}.parts[{place}]", unit)
    plain = {
        "UniqueId": file.uniqueId,
        "Type": file.type,
        "Phase": file.phase,
        "ShowInPublic": catalog_values.yes_no(file.showInPublic),
        "Tags": ";".join(file.tags),
    }
    for name, text in plain.items():
        of = catalog_values.plain_field(name)
        # Type and phase may be unknown still; what is not there is not said again.
        if catalog_values.in_text(service, of) != text and (text or name == "Tags"):
            with _at(f"{path}.{name[0].lower()}{name[1:]}"):
                service = catalog_values.with_field(service, of, text, held.types, taken=held.taken)
    named = catalog_values.with_calculated_names(service, unit.catalog_rules)
    return replace(named, version=file.version, entry_id=_entry(service, file, path, unit))


def _with_texts(
    service: CatalogService, file: ServiceFile, path: str, unit: Unit
) -> CatalogService:
    given: dict[str, tuple[catalog_values.ServiceField, PerLanguage]] = {
        "summary": (SUMMARY, file.summary),
        "description": (DESCRIPTION, file.description),
    }
    if not service.template.name_rule:
        given["name"] = (NAME, file.name)
        if not file.name.get(unit.catalog_rules.default_language):
            raise BrokenRule("the default language needs a name", field=f"{path}.name")
    for member, (of, texts) in given.items():
        for code in dict.fromkeys((*service.texts, *texts)):
            with _at(f"{path}.{member}.{code}"):
                language = unit.catalog_rules.language(code)
                service = catalog_values.with_text(
                    service, of, texts.get(code, ""), language, unit.catalog_rules
                )
    return service


def _with_value(service: CatalogService, file: ValueFile, path: str, unit: Unit) -> CatalogService:
    with _at(f"{path}.internalName"):
        part = service.template.part(file.internalName)
    if part.type in FIXED_TYPES:
        return service
    values = {"": file.value}
    if part.language_dependent:
        if file.value is not None and not isinstance(file.value, dict):
            raise BrokenRule("a text per language", field=f"{path}.value")
        values = dict(file.value or {})
    for code, value in values.items():
        with _at(f"{path}.value"):
            language = unit.catalog_rules.language(code) if code else ""
            judged = catalog_values.part_value(
                part, catalog_values.kind_of(part), _sent(part, value)
            )
            service = catalog_values.with_part(service, part, judged, language)
    return service


def _sent(part: Part, value: object) -> str | Decimal | datetime | None:
    """Give a value of a file as a call would send it."""
    match value:
        case None | "":
            return None
        case bool():
            return catalog_values.yes_no(value)
        case tuple():
            return ";".join(value)
        case dict():
            raise BrokenRule("the part has no languages")
    try:
        if part.type is PartType.NUMBER:
            return Decimal(str(value))
        if part.type is PartType.DATE:
            moment = datetime.fromisoformat(str(value))
            if moment.tzinfo is None:
                raise BrokenRule("a time with its zone")
            return moment
    except (ValueError, InvalidOperation):
        raise BrokenRule("not a number or time of this part") from None
    return str(value)


def _fill_persons(
    service: CatalogService, file: ServiceFile, held: HeldService, path: str, unit: Unit
) -> None:
    for code, persons in file.persons.items():
        of = _list(code, held, f"{path}.persons", groups=False)
        wanted = [each.uniqueId for each in persons]
        if of.single and len(wanted) > 1:
            raise BrokenRule(f"list {of.code} holds one person", field=f"{path}.persons.{code}")
        for name in wanted:
            if name not in held.persons:
                raise BrokenRule(f"no person {printable(name)}", field=f"{path}.persons.{code}")
        for name in [each for each in service.members(of) if each not in wanted]:
            unit.catalog.unlist_person(service, of, name)
        for name in [each for each in wanted if each not in service.members(of)]:
            unit.catalog.list_person(service, of, name)


def _fill_groups(
    service: CatalogService, file: ServiceFile, held: HeldService, path: str, unit: Unit
) -> None:
    for code, names in file.personGroups.items():
        of = _list(code, held, f"{path}.personGroups", groups=True)
        groups = [_group(each, f"{path}.personGroups.{code}", unit) for each in names]
        present = service.groups.get(of.code, ())
        for group in [each for each in present if each not in groups]:
            unit.catalog.unlist_group(service, of, group)
        for group in [each for each in groups if each not in present]:
            unit.catalog.list_group(service, of, group)
    support = [_group(each, f"{path}.supportGroups", unit) for each in file.supportGroups]
    for group in [each for each in service.support_groups if each not in support]:
        unit.catalog.unsupport(service, group)
    for group in [each for each in support if each not in service.support_groups]:
        unit.catalog.support(service, group)


def _fill_documents(service: CatalogService, file: ServiceFile, unit: Unit) -> None:
    if file.documents is not None:
        wanted = [each.model_dump() for each in file.documents]
        if [dict(each) for each in service.documents] != wanted:
            unit.catalog.put_documents(service, wanted)


def _entry(service: CatalogService, file: ServiceFile, path: str, unit: Unit) -> int | None:
    """Find the entry of the tickets' list of services that a service is to be bound to."""
    if file.serviceEntry is None:
        return service.entry_id
    if not file.serviceEntry:
        return None
    found = unit.lists.resolve({_ENTRIES: [file.serviceEntry]})
    if not found:
        named = printable(file.serviceEntry)
        raise BrokenRule(f"no service {named} in the list", field=f"{path}.serviceEntry")
    return found[_ENTRIES, file.serviceEntry].id


def _entry_name(service: CatalogService, unit: Unit) -> str:
    if service.entry_id is None:
        return ""
    return unit.lists.resolve({_ENTRIES: [service.entry_id]})[_ENTRIES, service.entry_id].en


def _list(code: str, held: HeldService, path: str, *, groups: bool) -> CatalogList:
    for each in held.lists:
        if each.of_groups is groups and each.is_called(code):
            return each
    raise BrokenRule(f"no list {printable(code)}", field=path)


def _group(name: str, path: str, unit: Unit) -> PersonGroup:
    found = unit.catalog.mentioned(CatalogMentions(group=name)).group
    if found is None:
        raise BrokenRule(f"no group {printable(name)}", field=path)
    return found


@contextmanager
def _at(path: str) -> Iterator[None]:
    """Say where in the file something does not fit."""
    try:
        yield
    except GatewayError as error:
        raise BrokenRule(error.sentence, field=path) from None
