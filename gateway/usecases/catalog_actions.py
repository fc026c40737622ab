"""What an approved request does, and what deleting a service means: both in one transaction."""

from dataclasses import replace

from gateway.domain.catalog import CatalogChange, CatalogService, CatalogTrigger
from gateway.domain.catalog_documents import document
from gateway.domain.catalog_requests import RequestType
from gateway.errors import RequestOpen, ServiceHasChildren
from gateway.usecases import catalog_events
from gateway.usecases.ports import Call, Unit


def run(
    wished: RequestType, service: CatalogService, person: str, call: Call, unit: Unit
) -> CatalogService:
    """Do what a request wished for, and give the service after it.

    Raises:
        ServiceHasChildren: it cannot be deleted.
    """
    match wished:
        case RequestType.PUBLISH:
            return publish(service, person, call, unit)
        case RequestType.UNPUBLISH:
            return unpublish(service, person, call, unit)
        case RequestType.DELETE:
            return delete(service, "", person, call, unit)
        case RequestType.VERSION:
            return new_version(service, person, call, unit)
        case RequestType.CUSTOM:
            return service


def publish(service: CatalogService, person: str, call: Call, unit: Unit) -> CatalogService:
    """Make the working copy what the public reads."""
    after = replace(service, unpublished_changes=False, published=service.published or unit.now)
    unit.catalog.put(service, after)
    unit.catalog.publish(after, document(after), person, call)
    _bind(after, unit, valid=True)
    return after


def unpublish(service: CatalogService, person: str, call: Call, unit: Unit) -> CatalogService:
    """Withdraw what the public reads."""
    if service.published is None:
        return service
    after = replace(service, unpublished_changes=False, published=None)
    unit.catalog.put(service, after)
    unit.catalog.withdraw(service, person, call)
    _bind(after, unit, valid=False)
    return after


def new_version(service: CatalogService, person: str, call: Call, unit: Unit) -> CatalogService:
    """Go on with the next version of the working copy; the published one stays."""
    after = replace(
        service,
        version=service.version + 1,
        unpublished_changes=service.published is not None,
    )
    unit.catalog.put(service, after)
    line = CatalogChange("Version", str(service.version), str(after.version))
    unit.catalog.add_history(after, [line], person, call)
    return after


def delete(
    service: CatalogService, reason: str, person: str, call: Call, unit: Unit
) -> CatalogService:
    """Remove a service from everything that is read; it is kept with its history.

    Raises:
        RequestOpen, ServiceHasChildren: something is in the way.
    """
    if service.open_request is not None:
        raise RequestOpen(
            f"request {service.open_request.guid} on this service is still open",
            field="service_guid",
        )
    if service.children:
        raise ServiceHasChildren(
            f"the service has {len(service.children)} child services", field="service_guid"
        )
    above = [each.id for each in service.parents]
    parents = unit.catalog.hold_others(above) if above else ()
    after = unpublish(service, person, call, unit)
    after = replace(after, removed=unit.now, parents=())
    unit.catalog.put(service, after)
    unit.catalog.add_history(after, [CatalogChange("Removed", "", reason or "yes")], person, call)
    for parent in parents:
        unit.catalog.unrelate(parent, after)
        left = tuple(each for each in parent.children if each.id != after.id)
        lost = replace(parent, children=left)
        catalog_events.tell(lost, CatalogTrigger.LOST_CHILD, call, unit)
    return after


def _bind(service: CatalogService, unit: Unit, *, valid: bool) -> None:
    if unit.catalog_rules.publish_to_service_list and service.entry_id is not None:
        unit.catalog.set_entry_valid(service, valid=valid)
