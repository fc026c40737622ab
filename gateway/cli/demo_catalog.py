"""The demo data's service catalog: two templates, five services, who cares for them."""

from typing import Any
from uuid import UUID, uuid5

from gateway.cli.demo_tickets import DEMO
from gateway.usecases import account_rights
from gateway.usecases.administration_ports import AdministrationUnit
from gateway.usecases.catalog_files import CatalogFile

_FORMAT = 1
_RIGHTS = account_rights.read_granted("catalog.*")


def people(unit: AdministrationUnit) -> int:
    """Give agents without a unique id their login as one: partners name them so."""
    nameless = [each for each in unit.list("agent") if each["unique_id"] is None]
    for each in nameless:
        unit.update("agent", {"id": each["id"]}, {"unique_id": each["login"]})
    return len(nameless)


def catalog(unit: AdministrationUnit) -> CatalogFile:
    """Give what is not there yet of the demo's catalog; what is there stays as it is."""
    templates = [
        each for each in _TEMPLATES if not unit.exists("catalog_template", {"name": each["name"]})
    ]
    services = [
        each for each in _SERVICES if not unit.exists("catalog_service", {"guid": each["guid"]})
    ]
    return CatalogFile.model_validate(
        {
            "format": _FORMAT,
            "serviceTypes": ["Business service", "Technical service"],
            "templates": templates,
            "services": services,
        }
    )


def rights(unit: AdministrationUnit) -> int:
    """Give the agent of the first start, and that of an interface, all rights in the catalog."""
    given = 0
    for name in ("admin", "erp.interface"):
        for account in unit.find("account", "name", name):
            held = account_rights.granted(account, unit)
            if not any(each.startswith("catalog.") for each in held):
                account_rights.grant(account, (*held, *_RIGHTS), unit)
                given += 1
    return given


def request(unit: AdministrationUnit) -> int:
    """Make the open publish request that samples of calls speak of; one is open at a time."""
    (service,) = unit.find("catalog_service", "guid", _guid("E-mail"))
    made = unit.find("catalog_request", "catalog_service_id", service["id"])
    if any(each["settled"] is None or each["guid"] == _REQUEST for each in made):
        return 0
    unit.insert(
        "catalog_request",
        {
            "guid": _REQUEST,
            "catalog_service_id": service["id"],
            "type": "Custom",
            "type_name": "Publish",
            "title": "New prices",
            "requested_by": "anna.schmidt",
        },
    )
    return 1


def _part(internal: str, name: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"internalName": internal, "name": name, "type": kind, **more}


_PHASES = [
    {"name": "Planning", "phaseType": "Draft"},
    {"name": "Operation", "phaseType": "Live"},
    {"name": "Retired", "phaseType": "End"},
]
_TEMPLATES: tuple[dict[str, Any], ...] = (
    {
        "name": "Standard service",
        "phases": _PHASES,
        "parts": [
            _part("price", "Price per month", "Numeric value", minimum="0", decimals=2,
                  essential=["Operation"]),
            _part("goLive", "Available from", "Date"),
            _part("audience", "For whom", "Checkboxes", options=[
                {"code": "office", "label": "Office"}, {"code": "field", "label": "Field staff"}]),
            _part("terms", "Terms", "Multiple text lines", languageDependent=True),
            _part("approval", "Needs an approval", "Yes no"),
            _part("note", "Note", "Static text", content="Prices without VAT."),
        ],
        "requestOptions": [
            {"code": "now", "label": "At once"}, {"code": "night", "label": "Over night"},
        ],
    },
    {
        "name": "Internal component",
        "hidden": True,
        "votesNeeded": 2,
        "dataToSend": "minimal",
        "phases": _PHASES,
        "parts": [_part("vendor", "Vendor", "Single text line")],
    },
)  # fmt: skip


def _guid(name: str) -> str:
    return str(uuid5(DEMO, f"catalog:{name}"))


_REQUEST = UUID(_guid("request"))


def _service(number: int, name: str, summary: str, **more: Any) -> dict[str, Any]:
    return {
        "guid": _guid(name),
        "uniqueId": f"SRV-{number:04}",
        "template": "Standard service",
        "type": "Business service",
        "phase": "Operation",
        "showInPublic": True,
        "name": {"en": name},
        "summary": {"en": summary},
        "persons": {"ServiceOwner": [{"uniqueId": "admin"}]},
        "supportGroups": ["Service Desk"],
        "published": True,
        **more,
    }


def _priced(price: str, *audience: str) -> list[dict[str, Any]]:
    return [
        {"internalName": "price", "value": price},
        {"internalName": "audience", "value": list(audience)},
    ]


_SERVICES: tuple[dict[str, Any], ...] = (
    _service(42, "Workplace", "Notebook with support", tags=["office", "hardware"],
             description={"en": "Everything a desk needs."},
             parts=[*_priced("41.5", "office"),
                    {"internalName": "goLive", "value": "2026-04-01T00:00:00Z"}],
             relations=[{"kind": "child", "guid": _guid("Printer")}]),
    _service(43, "Printer", "Printing near your desk", tags=["office"],
             parts=_priced("6", "office")),
    _service(44, "E-mail", "Mailbox and calendar", parts=_priced("3.9", "office", "field")),
    _service(45, "Remote access", "Work from anywhere", phase="Planning", published=False,
             parts=[{"internalName": "approval", "value": True}]),
    _service(46, "Mail server", "Carries the mailboxes", template="Internal component",
             type="Technical service", showInPublic=False, supportGroups=["Network"],
             parts=[{"internalName": "vendor", "value": "Our own"}]),
)  # fmt: skip
