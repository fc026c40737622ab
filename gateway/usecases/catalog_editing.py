"""What only the console does with catalog services: made, related, noted."""

from dataclasses import replace

from gateway.domain import catalog_values
from gateway.domain.catalog import CatalogService, CatalogTrigger, Relative
from gateway.domain.catalog_commands import (
    AddQualityNote,
    Code,
    CreateService,
    ServiceOutcome,
    SetRelation,
)
from gateway.domain.catalog_values import LONG, NAME, TYPE, UNIQUE_ID
from gateway.errors import BrokenRule, NotFound, ServiceUnknown
from gateway.text import printable
from gateway.usecases import catalog_events, rights
from gateway.usecases.catalog_access import EDIT, open_to_write, required
from gateway.usecases.ports import Call, Unit
from gateway.usecases.ports.catalog import CatalogMentions


def create_service(command: CreateService, call: Call, unit: Unit) -> ServiceOutcome:
    """Make a service; the same guid again is the service that was made.

    Raises:
        NotPermitted: rights.
        NotFound: no such template.
        BrokenRule, Missing: unique id, name or type.
    """
    rights.require(call.principal, EDIT)
    unique_id = required(command.unique_id, "unique_id").strip()
    known = unit.catalog.find(command.guid)
    if known is not None:
        return _outcome(known, "made before", changed=False)
    template = unit.catalog.template(command.template)
    if template is None:
        raise NotFound(f"no template {printable(command.template)}", field="template")
    held = unit.catalog.mentioned(
        CatalogMentions(unique_id=unique_id, agent=call.principal.agent_id)
    )
    made = CatalogService(
        id=0,
        guid=command.guid,
        unique_id="",
        template=template,
        phase=template.phases[0] if template.phases else None,
    )
    made = catalog_values.with_field(made, UNIQUE_ID, unique_id, held.types, taken=held.taken)
    if command.type:
        made = catalog_values.with_field(made, TYPE, command.type, held.types, taken=False)
    if not template.name_rule:
        name = required(command.name, "name")
        made = catalog_values.with_text(
            made, NAME, name, unit.catalog_rules.default_language, unit.catalog_rules
        )
    made = catalog_values.with_calculated_names(made, unit.catalog_rules)
    stored = unit.catalog.create(made)
    catalog_events.tell(stored, CatalogTrigger.SERVICE_CREATION, call, unit)
    return _outcome(stored, "service made", changed=True)


def set_relation(command: SetRelation, call: Call, unit: Unit) -> ServiceOutcome:
    """Make a service part of another one, or no more; both sides are told of.

    Raises:
        BrokenRule: a service as part of itself, directly or through others.
        ServiceUnknown: the other one is not there.
        GatewayError: rights, object, lock.
    """
    opened = open_to_write(command, call, unit)
    parent = opened.service
    known = unit.catalog.find(command.child)
    if known is None:
        raise ServiceUnknown(f"no service {command.child}", field="child")
    there = any(each.guid == command.child for each in parent.children)
    if there is command.present:
        return _outcome(parent, "nothing to change", changed=False)
    # In the order of ids, as everybody locks several: a deadlock is run again.
    (child,) = unit.catalog.hold_others([known.id])
    if command.present:
        _join(parent, child, call, unit)
    else:
        _part(parent, child, call, unit)
    return _outcome(parent, "relation changed", changed=True)


def add_quality_note(command: AddQualityNote, call: Call, unit: Unit) -> ServiceOutcome:
    """Note something about the quality of a service.

    Raises:
        Missing, BrokenRule: the text.
        GatewayError: rights, object, lock.
    """
    text = required(command.text, "text", LONG)
    opened = open_to_write(command, call, unit)
    unit.catalog.note(opened.service, text, call)
    catalog_events.tell(opened.service, CatalogTrigger.QUALITY_NOTE_CHANGE, call, unit)
    return _outcome(opened.service, "noted", changed=True)


def _join(parent: CatalogService, child: CatalogService, call: Call, unit: Unit) -> None:
    if parent.id == child.id or unit.catalog.is_below(parent, child):
        raise BrokenRule("a service cannot be part of itself", field="child")
    unit.catalog.relate(parent, child)
    with_child = replace(parent, children=(*parent.children, Relative(child.id, child.guid)))
    with_parent = replace(child, parents=(*child.parents, Relative(parent.id, parent.guid)))
    catalog_events.tell(with_child, CatalogTrigger.NEW_CHILD, call, unit)
    catalog_events.tell(with_parent, CatalogTrigger.NEW_PARENT, call, unit)


def _part(parent: CatalogService, child: CatalogService, call: Call, unit: Unit) -> None:
    unit.catalog.unrelate(parent, child)
    left = tuple(each for each in parent.children if each.id != child.id)
    freed = tuple(each for each in child.parents if each.id != parent.id)
    catalog_events.tell(replace(parent, children=left), CatalogTrigger.LOST_CHILD, call, unit)
    catalog_events.tell(replace(child, parents=freed), CatalogTrigger.LOST_PARENT, call, unit)


def _outcome(service: CatalogService, message: str, *, changed: bool) -> ServiceOutcome:
    return ServiceOutcome(
        code=Code.OK if changed else Code.UNCHANGED,
        message=message,
        service=service.guid,
        version=service.version,
        changed=changed,
    )
