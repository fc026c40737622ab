"""Templates of the catalog: their parts and phases, their switches, and what triggers start."""

from gateway.console.answers import Gone, Shown
from gateway.console.forms import SEEN, mark
from gateway.console.visit import Address, Visit
from gateway.domain.catalog import CatalogTrigger
from gateway.errors import BrokenRule, WrongState
from gateway.usecases import catalog_templates
from gateway.usecases.administration_ports import AdministrationUnit
from gateway.usecases.catalog_pages import SHOW

_PATH = "/catalog-templates"
_CHANGE = "SetCatalogTemplate"


def index(visit: Visit) -> Shown:
    """List the templates by name."""

    def work(unit: AdministrationUnit) -> list[dict[str, object]]:
        return [
            {"number": each["id"], "name": each["name"], "hidden": each["hidden"],
             "votes_needed": each["votes_needed"]}
            for each in sorted(unit.list("catalog_template"), key=lambda row: str(row["name"]))
        ]  # fmt: skip

    return Shown(
        template="catalog_templates.html", data={"templates": visit.administer(SHOW, work)}
    )


def show(visit: Visit, number: str) -> Shown:
    """Show a template with its parts, phases, options and triggers."""

    def work(unit: AdministrationUnit) -> tuple[catalog_templates.Shown, list[str]]:
        template = catalog_templates.find(int(number), unit)
        processes = sorted(str(each["name"]) for each in unit.list("process"))
        return catalog_templates.show(template, unit), processes

    template, processes = visit.administer(SHOW, work)
    return Shown(
        template="catalog_template.html",
        data={"number": int(number), "catalog_template": template},
        more={
            "processes": processes,
            "every_trigger": [each.value for each in CatalogTrigger],
            "mark": mark(template),
            "may_change": visit.may(_CHANGE),
        },
    )


def save(visit: Visit, number: str) -> Gone:
    """Store the switches and the triggers."""
    votes = visit.sent("votesNeeded").strip()
    if not votes.isdecimal() or not 1 <= int(votes) <= 1000:  # noqa: PLR2004 - as in files
        raise BrokenRule("a whole number from 1 to 1000", field="votesNeeded")
    values = {
        **{name: visit.sent(name) == "true" for name in ("hidden", "typeFixed", "optionRequired")},
        "votesNeeded": int(votes),
        "nameRule": visit.sent("nameRule").strip(),
        "dataToSend": "minimal" if visit.sent("dataToSend") == "minimal" else "full",
    }
    triggers = {
        each: visit.sent(f"trigger.{each.value}")
        for each in CatalogTrigger
        if visit.sent(f"trigger.{each.value}")
    }

    def change(unit: AdministrationUnit) -> bool:
        before = catalog_templates.show(catalog_templates.find(int(number), unit), unit)
        changed = catalog_templates.switch(int(number), values, triggers, visit.actor, unit)
        # The form holds every switch: it would undo what somebody else saved in between.
        if changed and visit.sent(SEEN) != mark(before):
            raise WrongState("the template was changed meanwhile; look at it again")
        return changed

    changed = visit.administer(_CHANGE, change)
    return visit.gone(f"{_PATH}/{number}", *(("saved", number) if changed else ("no_change",)))


ADDRESSES = (
    Address(pattern=_PATH, show=index),
    Address(pattern=f"{_PATH}/{{number:n}}", show=show, act=save),
)
