"""Catalog services under their callers' hands: fields, parts, lists, groups; deleted for good.

Each function is one command; the rules are those of the SSP7 catalog contract, section 6.
"""

from collections.abc import Sequence
from dataclasses import replace

from gateway.domain import catalog_values
from gateway.domain.catalog import CatalogChange, CatalogList, CatalogService
from gateway.domain.catalog_commands import (
    Code,
    DeleteService,
    ServiceOutcome,
    SetListGroup,
    SetListPerson,
    SetSupportGroup,
    UpdateField,
    UpdateLanguageField,
    UpdatePart,
)
from gateway.domain.catalog_values import LONG, LONGEST, UNIQUE_ID
from gateway.errors import (
    FieldHasNoLanguages,
    ListFull,
    ListRequired,
    ListUnknown,
    PersonGroupUnknown,
    PersonUnknown,
)
from gateway.text import printable
from gateway.usecases import catalog_access, catalog_actions, catalog_events
from gateway.usecases.catalog_access import Hash, Opened, fitting, open_to_write, required
from gateway.usecases.ports import Call, Unit
from gateway.usecases.ports.catalog import CatalogMentions

_OWNER = "ServiceOwner"


def update_field(command: UpdateField, call: Call, unit: Unit) -> ServiceOutcome:
    """Give a field without languages another value.

    Raises:
        FieldUnknown, FieldNeedsLanguage, FieldReadonly: the field.
        BrokenRule, Missing: the value.
        GatewayError: proofs, rights, object, lock.
    """
    required(command.name, "internal_name")
    fitting(command.value, "value", LONGEST)
    is_id = command.name.casefold() == UNIQUE_ID.name.casefold()
    mentioned = CatalogMentions(unique_id=command.value.strip() if is_id else "")
    opened = open_to_write(command, call, unit, mentioned=mentioned)
    of = catalog_values.plain_field(command.name)
    after = catalog_values.with_field(
        opened.service, of, command.value, opened.held.types, taken=opened.held.taken
    )
    return _changed(opened, after, call, unit)


def update_language_field(command: UpdateLanguageField, call: Call, unit: Unit) -> ServiceOutcome:
    """Give a field another value in one language.

    Raises:
        FieldUnknown, FieldHasNoLanguages, FieldReadonly, LanguageUnknown: the field.
        BrokenRule, Missing: the value.
        GatewayError: proofs, rights, object, lock.
    """
    required(command.name, "internal_name")
    opened = open_to_write(command, call, unit)
    of = catalog_values.language_field(command.name)
    language = unit.catalog_rules.language(command.language)
    after = catalog_values.with_text(
        opened.service, of, command.value, language, unit.catalog_rules
    )
    return _changed(opened, after, call, unit)


def update_part(command: UpdatePart, call: Call, unit: Unit) -> ServiceOutcome:
    """Give a part another value, or none.

    Raises:
        PartUnknown, PartReadonly, PartOfOtherType: the part.
        FieldHasNoLanguages, LanguageUnknown: its language.
        BrokenRule, Missing: the value.
        GatewayError: proofs, rights, object, lock.
    """
    required(command.part, "part_internal_name")
    opened = open_to_write(command, call, unit)
    part = opened.service.template.part(command.part)
    catalog_values.require_kind(part, command.kind)
    if command.language and not part.language_dependent:
        raise FieldHasNoLanguages(
            f"field {part.internal_name} has no languages", field="language_code"
        )
    language = unit.catalog_rules.language(command.language) if part.language_dependent else ""
    value = catalog_values.part_value(part, command.kind, command.value)
    after = catalog_values.with_part(opened.service, part, value, language)
    return _changed(opened, after, call, unit)


def set_list_person(command: SetListPerson, call: Call, unit: Unit) -> ServiceOutcome:
    """Have a person in a list, or not.

    Raises:
        ListUnknown, PersonUnknown: what is named is not there.
        ListFull, ListRequired: the list does not allow it.
        GatewayError: proofs, rights, object, lock.
    """
    required(command.list_name, "list_name")
    unique_id = required(command.unique_id, "person_unique_id").strip()
    opened = open_to_write(command, call, unit, mentioned=CatalogMentions(persons=(unique_id,)))
    of = _list(command.list_name, opened, groups=False)
    there = unique_id in opened.service.members(of)
    if command.present:
        return _add_person(opened, of, unique_id, there=there, call=call, unit=unit)
    if not there:
        return _unchanged(opened.service, call, unit)
    _require_owner(opened.service, of)
    unit.catalog.unlist_person(opened.service, of, unique_id)
    return _listed(opened, CatalogChange(of.code, old=unique_id), call, unit)


def set_list_group(command: SetListGroup, call: Call, unit: Unit) -> ServiceOutcome:
    """Have a group in a list, or not.

    Raises:
        ListUnknown, PersonGroupUnknown: what is named is not there.
        GatewayError: proofs, rights, object, lock.
    """
    required(command.list_name, "list_name")
    name = required(command.group, "person_group_name").strip()
    opened = open_to_write(command, call, unit, mentioned=CatalogMentions(group=name))
    of = _list(command.list_name, opened, groups=True)
    group = opened.held.group
    if group is None and command.present:
        raise PersonGroupUnknown(f"no person group {printable(name)}", field="person_group_name")
    members = opened.service.groups.get(of.code, ())
    if group is None or (group in members) is command.present:
        return _unchanged(opened.service, call, unit)
    if command.present:
        unit.catalog.list_group(opened.service, of, group)
        line = CatalogChange(of.code, new=group.name)
    else:
        unit.catalog.unlist_group(opened.service, of, group)
        line = CatalogChange(of.code, old=group.name)
    return _listed(opened, line, call, unit)


def set_support_group(command: SetSupportGroup, call: Call, unit: Unit) -> ServiceOutcome:
    """Have a group among the support groups, or not; adding is the console's alone.

    Raises:
        PersonGroupUnknown: there is no such group to be added.
        GatewayError: proofs, rights, object, lock.
    """
    name = required(command.group, "support_group_name").strip()
    opened = open_to_write(command, call, unit, mentioned=CatalogMentions(group=name))
    group = opened.held.group
    if group is None and command.present:
        raise PersonGroupUnknown(f"no person group {printable(name)}", field="support_group_name")
    if group is None or (group in opened.service.support_groups) is command.present:
        return _unchanged(opened.service, call, unit)
    if command.present:
        unit.catalog.support(opened.service, group)
        line = CatalogChange("SupportGroups", new=group.name)
    else:
        unit.catalog.unsupport(opened.service, group)
        line = CatalogChange("SupportGroups", old=group.name)
    return _listed(opened, line, call, unit)


def delete_service(command: DeleteService, call: Call, unit: Unit) -> ServiceOutcome:
    """Remove a service for good; one that was removed before stays so.

    Raises:
        RequestOpen, ServiceHasChildren, ServiceLocked: something is in the way.
        GatewayError: proofs, rights, object.
    """
    reason = fitting(command.reason, "reason", LONG)
    opened = catalog_access.open_service(command, "catalog.delete", call, unit, hashes=Hash.NOTHING)
    if opened.service.removed is not None:
        return _unchanged(opened.service, call, unit)
    catalog_access.require_unlocked(opened, command)
    after = catalog_actions.delete(opened.service, reason, opened.person, call, unit)
    unit.messages.settle(call, None)
    return _outcome(after, "service deleted", changed=True)


def _changed(opened: Opened, after: CatalogService, call: Call, unit: Unit) -> ServiceOutcome:
    """Store what differs, with history and events; nothing of it if nothing does."""
    before = opened.service
    after = catalog_values.with_calculated_names(after, unit.catalog_rules)
    changes = catalog_values.changes(before, after)
    if not changes:
        return _unchanged(before, call, unit)
    after = replace(after, unpublished_changes=before.published is not None)
    unit.catalog.put(before, after)
    unit.catalog.add_history(after, changes, opened.person, call)
    catalog_events.tell_of_changes(after, changes, call, unit)
    unit.messages.settle(call, None)
    return _outcome(after, _said(changes), changed=True)


def _said(changes: Sequence[CatalogChange]) -> str:
    return f"{changes[0].field} changed"


def _list(name: str, opened: Opened, *, groups: bool) -> CatalogList:
    for each in opened.held.lists:
        if each.of_groups is groups and each.is_called(name.strip()):
            return each
    raise ListUnknown(f"no person list {printable(name)}", field="list_name")


def _add_person(
    opened: Opened,
    of: CatalogList,
    unique_id: str,
    *,
    there: bool,
    call: Call,
    unit: Unit,
) -> ServiceOutcome:
    if unique_id not in opened.held.persons:
        raise PersonUnknown(f"no person {printable(unique_id)}", field="person_unique_id")
    if there:
        return _unchanged(opened.service, call, unit)
    if of.single and opened.service.members(of):
        raise ListFull(f"list {of.code} holds one person", field="list_name")
    unit.catalog.list_person(opened.service, of, unique_id)
    return _listed(opened, CatalogChange(of.code, new=unique_id), call, unit)


def _require_owner(service: CatalogService, of: CatalogList) -> None:
    # It holds one person, so whoever leaves is the last one.
    if of.code == _OWNER and service.published is not None:
        raise ListRequired(field="list_name")


def _listed(opened: Opened, line: CatalogChange, call: Call, unit: Unit) -> ServiceOutcome:
    """Write the history of a list; lists make no events (contract, section 9)."""
    unit.catalog.add_history(opened.service, [line], opened.person, call)
    unit.messages.settle(call, None)
    return _outcome(opened.service, f"{line.field} changed", changed=True)


def _unchanged(service: CatalogService, call: Call, unit: Unit) -> ServiceOutcome:
    unit.messages.settle(call, None)
    return _outcome(service, "nothing to change", changed=False)


def _outcome(service: CatalogService, message: str, *, changed: bool) -> ServiceOutcome:
    return ServiceOutcome(
        code=Code.OK if changed else Code.UNCHANGED,
        message=message,
        service=service.guid,
        version=service.version,
        changed=changed,
    )
