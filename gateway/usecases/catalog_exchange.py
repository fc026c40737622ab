"""The whole catalog, taken from a file and given out as one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gateway.usecases import app_registry, catalog_lists, catalog_templates, catalog_transfer
from gateway.usecases.administration_ports import Administration, AdministrationUnit
from gateway.usecases.catalog_files import FORMAT, CatalogFile, ServiceFile
from gateway.usecases.lists import Actor, audit
from gateway.usecases.ports import Call, Unit, Units


@dataclass(frozen=True, slots=True)
class Taken:
    """How many things of each kind a file changed."""

    types: int
    lists: int
    templates: int
    services: int


def take(
    file: CatalogFile, actor: Actor, administration: Administration, units: Units, call: Call
) -> Taken:
    """Bring the catalog to what a file says; what the file does not name stays.

    Templates first, with types and lists, in a transaction of their own; then all services in one.

    Raises:
        BrokenRule, NotFound: what does not fit, with its path in the file.
    """
    types, lists, templates = administration.run(lambda unit: _templates(file, actor, unit))
    changed = units.run(lambda unit: _services(file.services, call, unit), call)
    if changed:
        administration.run(_audited(changed, actor))
    return Taken(types, lists, templates, len(changed))


def export(administration: Administration, units: Units, call: Call) -> dict[str, Any]:
    """Write the whole catalog as a file has it."""
    types, lists, templates = administration.run(
        lambda unit: (
            [each["name"] for each in unit.list("catalog_service_type")],
            catalog_lists.show_all(unit),
            catalog_templates.show_all(unit),
        )
    )
    services = units.run(lambda unit: list(catalog_transfer.export(unit)), call)
    return {
        "format": FORMAT,
        "serviceTypes": types,
        "lists": lists,
        "templates": templates,
        "services": services,
    }


def _templates(file: CatalogFile, actor: Actor, unit: AdministrationUnit) -> tuple[int, int, int]:
    types = catalog_templates.store_types(file.serviceTypes, unit)
    lists = [
        catalog_lists.store(each, f"lists[{place}]", actor, unit)
        for place, each in enumerate(file.lists)
    ]
    stored = [
        catalog_templates.store(each, f"templates[{place}]", actor, unit)
        for place, each in enumerate(file.templates)
    ]
    # Each part is a field that placeholders may name.
    app_registry.fill(unit)
    return types, sum(lists), sum(stored)


def _services(files: tuple[ServiceFile, ...], call: Call, unit: Unit) -> list[str]:
    changed: dict[str, None] = {}
    for place, file in enumerate(files):
        if catalog_transfer.store(file, f"services[{place}]", call, unit):
            changed[file.uniqueId] = None
    # A relation may lead to a service further down; copies are taken of what is whole.
    for place, file in enumerate(files):
        if catalog_transfer.relate(file, f"services[{place}]", unit):
            changed[file.uniqueId] = None
    for file in files:
        if catalog_transfer.settle(file, call, unit):
            changed[file.uniqueId] = None
    return list(changed)


def _audited(changed: list[str], actor: Actor) -> Callable[[AdministrationUnit], None]:
    return lambda unit: audit(
        "catalog services stored", "catalog", actor, unit, after={"services": changed}
    )
