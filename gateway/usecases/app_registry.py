"""The registry of external apps and their fields: filled, brought up to date, looked up.

The caller has decided whether the actor may, as for ``lists``.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.domain.app_fields import (
    APPS,
    DYNAMIC,
    FIELDS,
    HASH_FIELD,
    UPDATE_APPS,
    UPDATE_FIELDS,
    AppField,
    in_words,
)
from gateway.domain.catalog_fields import APP as CATALOG
from gateway.domain.catalog_fields import NAMES as CATALOG_NAMES
from gateway.domain.catalog_fields import PART
from gateway.usecases.administration_ports import AdministrationUnit, Record
from gateway.usecases.lists import Actor, audit

_APPS, _FIELDS = "external_app", "external_app_field"


@dataclass(frozen=True, slots=True)
class RegisteredField:
    """A field as people look it up, with the text that stands for it in a process."""

    app: str
    name: str
    label: str
    type: str

    @property
    def placeholder(self) -> str:
        """Give the placeholder by the field's name (SSP7 contract, section 10)."""
        return f"#REPLACE-EXTAPPFIELD-{self.app}-{self.name}#"


def fill(unit: AdministrationUnit) -> int:
    """Add what the registry lacks, dynamic fields included, and tell how many fields those were.

    Nothing is removed or changed (SSP7 contract, 9.2).
    """
    added = 0
    for code in (*APPS, CATALOG):
        wanted = {field["name"]: field for field in _wanted(code, unit)}
        app = _app(code, unit)
        known = {field["name"] for field in unit.find(_FIELDS, "app_id", app["id"])}
        missing = [
            {"app_id": app["id"], "position": place, **field}
            for place, field in enumerate(wanted.values(), 1)
            if field["name"] not in known
        ]
        unit.insert_all(_FIELDS, missing)
        added += len(missing)
    return added


def sync(actor: Actor, unit: AdministrationUnit) -> int:
    """Fill the registry because somebody asked for it; what was added is in the audit."""
    added = fill(unit)
    if added:
        audit("external app fields synced", "Ticketing", actor, unit, after={"added": added})
    return added


def look_up(unit: AdministrationUnit) -> list[RegisteredField]:
    """List every field of every active app, app by app."""
    return [
        RegisteredField(app["code"], field["name"], field["label"], field["field_type"])
        for app in sorted(unit.list(_APPS), key=lambda app: str(app["code"]))
        if app["active"]
        for field in unit.find(_FIELDS, "app_id", app["id"])
    ]


def _app(code: str, unit: AdministrationUnit) -> Record:
    found = unit.find(_APPS, "code", code)
    return found[0] if found else unit.insert(_APPS, {"code": code, "label": _label(code)})


def _label(code: str) -> str:
    return in_words(code.partition(".")[2] or code)


def _wanted(code: str, unit: AdministrationUnit) -> Iterator[dict[str, str]]:
    if code == CATALOG:
        yield from (_called(name) for name in CATALOG_NAMES)
        yield from (_called(PART + part["internal_name"]) for part in unit.list("catalog_part"))
        return
    for field in (*FIELDS, *(UPDATE_FIELDS if code in UPDATE_APPS else ())):
        yield _row(field)
    yield {"name": HASH_FIELD, "label": in_words(HASH_FIELD), "field_type": "text"}
    for dynamic in unit.list("dynamic_field"):
        if dynamic["active"]:
            yield {"name": DYNAMIC + dynamic["name"], "label": dynamic["en"], "field_type": "text"}


def _called(name: str) -> dict[str, str]:
    return {"name": name, "label": name, "field_type": "text"}


def _row(field: AppField) -> dict[str, str]:
    return {"name": field.name, "label": field.label, "field_type": field.type}
