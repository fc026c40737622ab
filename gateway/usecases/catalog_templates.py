"""Templates of the catalog under an operator's hands: stored as a file says, shown, switched.

The caller has decided whether the actor may, as for ``lists``.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.domain.catalog import CatalogTrigger
from gateway.errors import BrokenRule, NotFound
from gateway.text import printable
from gateway.usecases.administration_ports import AdministrationUnit, Record
from gateway.usecases.catalog_files import PartFile, TemplateFile
from gateway.usecases.list_fields import hint
from gateway.usecases.lists import Actor, audit

_TEMPLATES, _PHASES, _PARTS = "catalog_template", "catalog_phase", "catalog_part"
_COLUMNS = {
    "hidden": "hidden",
    "typeFixed": "type_fixed",
    "votesNeeded": "votes_needed",
    "nameRule": "name_rule",
    "optionRequired": "option_required",
    "dataToSend": "data_to_send",
}
Shown = dict[str, Any]


def store_types(names: Sequence[str], unit: AdministrationUnit) -> int:
    """Add the service types that are not there, and tell how many those were."""
    known = {each["name"].casefold() for each in unit.list("catalog_service_type")}
    missing = [name for name in names if name.casefold() not in known]
    unit.insert_all("catalog_service_type", [{"name": name} for name in missing])
    return len(missing)


def store(file: TemplateFile, path: str, actor: Actor, unit: AdministrationUnit) -> bool:
    """Have a template as the file says, found by its name; tell whether anything is new.

    Parts that the file does not have are switched off; their values stay.

    Raises:
        BrokenRule: a phase that services are in is missing, or a name that nothing has.
    """
    found = unit.find(_TEMPLATES, "name", file.name)
    before = show(found[0], unit) if found else None
    wanted = file.model_dump(mode="json")
    if before == wanted:
        return False
    columns = {column: getattr(file, name) for name, column in _COLUMNS.items()}
    if found:
        template = found[0]
        unit.update(_TEMPLATES, {"id": template["id"]}, columns)
    else:
        template = unit.insert(_TEMPLATES, {"name": file.name, **columns})
    phases = _store_phases(file, template, path, unit)
    for place, part in enumerate(file.parts):
        _store_part(part, place, template, phases, f"{path}.parts[{place}]", unit)
    _switch_off(file, template, unit)
    _store_options(file, template, unit)
    _store_triggers(file.triggers, template, path, unit)
    audit("catalog template stored", file.name, actor, unit, before=before, after=wanted)
    return True


def show_all(unit: AdministrationUnit) -> list[Shown]:
    """Show the templates by name, as files have them."""
    records = sorted(unit.list(_TEMPLATES), key=lambda each: str(each["name"]))
    return [show(record, unit) for record in records]


def find(number: int, unit: AdministrationUnit) -> Record:
    """Find a template by its number.

    Raises:
        NotFound: there is none.
    """
    found = unit.find(_TEMPLATES, "id", number)
    if not found:
        raise NotFound(f"no template {number}")
    return found[0]


def show(template: Record, unit: AdministrationUnit) -> Shown:
    """Show a template as a file has it."""
    phases = unit.find(_PHASES, "template_id", template["id"])
    names = {each["id"]: each["name"] for each in phases}
    processes = {each["id"]: each["name"] for each in unit.list("process")}
    return {
        "name": template["name"],
        **{name: template[column] for name, column in _COLUMNS.items()},
        "phases": [{"name": p["name"], "phaseType": p["phase_type"]} for p in phases],
        "parts": [
            _part(each, names, unit)
            for each in unit.find(_PARTS, "template_id", template["id"])
            if each["active"]
        ],
        "requestOptions": _choices("catalog_request_option", "template_id", template, unit),
        "triggers": {
            each["trigger"]: processes[each["process_id"]]
            for each in unit.find("catalog_trigger", "template_id", template["id"])
        },
    }


def switch(
    number: int,
    values: Mapping[str, Any],
    triggers: Mapping[CatalogTrigger, str],
    actor: Actor,
    unit: AdministrationUnit,
) -> bool:
    """Change the switches and triggers of a template; tell whether any is another one now.

    Raises:
        NotFound, BrokenRule: no such template, or process.
    """
    template = find(number, unit)
    before = show(template, unit)
    unit.update(_TEMPLATES, {"id": number}, {_COLUMNS[name]: each for name, each in values.items()})
    _store_triggers(triggers, template, "", unit)
    after = show(find(number, unit), unit)
    if after == before:
        return False
    audit("catalog template changed", template["name"], actor, unit, before=before, after=after)
    return True


def _part(part: Record, phases: Mapping[int, str], unit: AdministrationUnit) -> Shown:
    essential = unit.find("catalog_part_essential", "part_id", part["id"])
    return {
        "internalName": part["internal_name"],
        "name": part["name"],
        "type": part["part_type"],
        "languageDependent": part["language_dependent"],
        "minimum": None if part["minimum"] is None else str(part["minimum"]),
        "maximum": None if part["maximum"] is None else str(part["maximum"]),
        "decimals": part["decimals"],
        "content": part["content"],
        "options": _choices("catalog_part_option", "part_id", part, unit),
        "essential": [phases[each["phase_id"]] for each in essential],
    }


def _choices(table: str, column: str, owner: Record, unit: AdministrationUnit) -> list[Shown]:
    found = unit.find(table, column, owner["id"])
    return [{"code": each["code"], "label": each["label"]} for each in found]


def _store_phases(
    file: TemplateFile, template: Record, path: str, unit: AdministrationUnit
) -> dict[str, int]:
    """Store the phases, and give their numbers by name."""
    known = {each["name"]: each["id"] for each in unit.find(_PHASES, "template_id", template["id"])}
    numbers: dict[str, int] = {}
    for place, phase in enumerate(file.phases, 1):
        columns = {"phase_type": phase.phaseType, "position": place}
        if phase.name in known:
            numbers[phase.name] = known[phase.name]
            unit.update(_PHASES, {"id": known[phase.name]}, columns)
        else:
            row = {"template_id": template["id"], "name": phase.name, **columns}
            numbers[phase.name] = unit.insert(_PHASES, row)["id"]
    for name, number in known.items():
        if name in numbers:
            continue
        if unit.exists("catalog_service", {"phase_id": number}):
            raise BrokenRule(
                f"services are in the phase {printable(name)}: it must stay", field=f"{path}.phases"
            )
        unit.delete("catalog_part_essential", {"phase_id": number})
        unit.delete(_PHASES, {"id": number})
    return numbers


def _store_part(
    file: PartFile,
    place: int,
    template: Record,
    phases: Mapping[str, int],
    path: str,
    unit: AdministrationUnit,
) -> None:
    columns = {
        "name": file.name,
        "part_type": file.type.value,
        "language_dependent": file.languageDependent,
        "minimum": file.minimum,
        "maximum": file.maximum,
        "decimals": file.decimals,
        "content": file.content,
        "position": place + 1,
        "active": True,
    }
    same = [
        each
        for each in unit.find(_PARTS, "template_id", template["id"])
        if each["internal_name"].casefold() == file.internalName.casefold()
    ]
    if same:
        part = same[0]
        _require_same_values(part, file, path, unit)
        unit.update(_PARTS, {"id": part["id"]}, columns)
        unit.delete("catalog_part_option", {"part_id": part["id"]})
        unit.delete("catalog_part_essential", {"part_id": part["id"]})
    else:
        row = {"template_id": template["id"], "internal_name": file.internalName, **columns}
        part = unit.insert(_PARTS, row)
    unit.insert_all("catalog_part_option", _rows(file.options, part_id=part["id"]))
    for name in file.essential:
        if name not in phases:
            raise BrokenRule(f"no phase {printable(name)}", field=f"{path}.essential")
        row = {"template_id": template["id"], "part_id": part["id"], "phase_id": phases[name]}
        unit.insert("catalog_part_essential", row)


def _require_same_values(part: Record, file: PartFile, path: str, unit: AdministrationUnit) -> None:
    """Insist that values which are there still fit: their kind is that of the part."""
    other = (part["part_type"], part["language_dependent"]) != (
        file.type.value,
        file.languageDependent,
    )
    if other and unit.exists("catalog_part_value", {"part_id": part["id"]}):
        raise BrokenRule("services have values of the type it was", field=f"{path}.type")


def _switch_off(file: TemplateFile, template: Record, unit: AdministrationUnit) -> None:
    wanted = {part.internalName.casefold() for part in file.parts}
    for each in unit.find(_PARTS, "template_id", template["id"]):
        if each["active"] and each["internal_name"].casefold() not in wanted:
            unit.update(_PARTS, {"id": each["id"]}, {"active": False})


def _store_options(file: TemplateFile, template: Record, unit: AdministrationUnit) -> None:
    unit.delete("catalog_request_option", {"template_id": template["id"]})
    rows = _rows(file.requestOptions, template_id=template["id"])
    unit.insert_all("catalog_request_option", rows)


def _rows(choices: Sequence[Any], **owner: int) -> list[Record]:
    return [
        {**owner, "code": each.code, "label": each.label, "position": place}
        for place, each in enumerate(choices, 1)
    ]


def _store_triggers(
    triggers: Mapping[CatalogTrigger, str],
    template: Record,
    path: str,
    unit: AdministrationUnit,
) -> None:
    processes = {each["name"]: each["id"] for each in unit.list("process")}
    unit.delete("catalog_trigger", {"template_id": template["id"]})
    for trigger, name in triggers.items():
        if name not in processes:
            raise BrokenRule(
                f"no process {printable(name)!r}{hint(name, list(processes))}",
                field=f"{path}.triggers.{trigger.value}".removeprefix("."),
            )
        row = {
            "template_id": template["id"],
            "trigger": trigger.value,
            "process_id": processes[name],
        }
        unit.insert("catalog_trigger", row)
