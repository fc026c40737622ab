"""Tells what happened to a catalog service: the event, and the delivery that a trigger starts."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID, uuid4

from gateway.domain import catalog_fields
from gateway.domain.catalog import CatalogChange, CatalogService, CatalogTrigger, Started
from gateway.domain.catalog_fields import APP, TRIGGER_FIELD, CatalogEvent, CatalogFacts
from gateway.domain.catalog_requests import TRIGGERS, PublishRequest
from gateway.domain.catalog_values import PHASE
from gateway.domain.people import Principal
from gateway.usecases.ports import Call, Unit


def tell_of_changes(
    service: CatalogService, changes: Sequence[CatalogChange], call: Call, unit: Unit
) -> None:
    """Tell of each field or part that changed; the service is as it is after all of them."""
    for change in changes:
        phase = change.field == PHASE.name
        trigger = CatalogTrigger.PHASE_CHANGE if phase else CatalogTrigger.FIELD_CHANGE
        _tell(
            CatalogFacts(service=service, trigger=trigger, rules=unit.catalog_rules, change=change),
            call,
            unit,
        )


def tell_of_request(
    service: CatalogService, request: PublishRequest, call: Call, unit: Unit
) -> None:
    """Tell that a publish request was made."""
    trigger = TRIGGERS[request.type]
    _tell(
        CatalogFacts(service=service, trigger=trigger, rules=unit.catalog_rules, request=request),
        call,
        unit,
    )


def tell(service: CatalogService, trigger: CatalogTrigger, call: Call, unit: Unit) -> None:
    """Tell of what needs no further words."""
    _tell(CatalogFacts(service=service, trigger=trigger, rules=unit.catalog_rules), call, unit)


def fields_now(guid: UUID | None, request: UUID | None, unit: Unit) -> Mapping[str, str]:
    """Read the fields of a service and a request as they are now, without what happened then."""
    service = unit.catalog.find(guid) if guid else None
    if service is None:
        return {}
    made = unit.catalog.find_request(request) if request else None
    facts = CatalogFacts(
        service=service,
        trigger=CatalogTrigger.FIELD_CHANGE,
        rules=unit.catalog_rules,
        request=made,
    )
    return {
        name: value
        for name, value in catalog_fields.values(facts).items()
        if name != TRIGGER_FIELD and not name.startswith("Field changed - ")
    }


def _tell(facts: CatalogFacts, call: Call, unit: Unit) -> None:
    event, guid = catalog_fields.event(facts), uuid4()
    started = event.service.template.triggers.get(event.trigger.value)
    origin = _origin(call.principal, started)
    speaking = replace(call, principal=replace(call.principal, partner_id=origin))
    unit.catalog.add_event(guid, event, started.partner_id if started else None, speaking)
    if started is None:
        return
    unit.deliveries.enqueue(
        partner_id=started.partner_id,
        subject=f"service:{event.service.id}",
        event_id=guid,
        process=started.name,
        version=started.version,
        payload={**_payload(event), "occurred": unit.now.isoformat(), "origin_partner_id": origin},
    )


def _payload(event: CatalogEvent) -> dict[str, object]:
    request = event.request
    return {
        "app": APP,
        "request_type": event.trigger.value,
        "service": str(event.service.guid),
        "request": str(request.guid) if request else None,
        "fields": dict(event.fields),
    }


def _origin(principal: Principal, started: Started | None) -> int | None:
    """Give the partner a change comes from: of several that one it would go back to."""
    if started is not None and started.partner_id in principal.partners:
        return started.partner_id
    if principal.partner_id is None and len(principal.partners) == 1:
        return next(iter(principal.partners))
    return principal.partner_id
