"""Groups: the list, and the general settings that make one an Integrated Group."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.console.answers import Gone, Shown
from gateway.console.forms import SEEN, mark
from gateway.console.visit import Address, Visit
from gateway.errors import BrokenRule, NotFound, WrongState
from gateway.usecases import lists, sheets
from gateway.usecases.administration_ports import AdministrationUnit
from gateway.usecases.list_fields import Field, Form, value
from gateway.usecases.list_kinds import GROUPS

# What the page of SSP7 contract 9.1 shows, in its order.
_SHOWN = (
    "description", "email", "integrated", "partner", "assignment_process", "update_process",
    "closure_process", "return_group", "resend_unacknowledged", "forward_entries",
    "allowed_senders",
)  # fmt: skip
_FIELDS: Mapping[str, Field] = {field.key: field for field in GROUPS.fields if field.key in _SHOWN}
_CONFIRMED = "confirmed"


def index(visit: Visit) -> Shown:
    """List the groups by name."""
    after, most = visit.asked("after"), visit.most()
    rows = visit.administer("ShowGroups", lambda unit: lists.show(GROUPS, unit))
    named = sorted(rows, key=lambda row: str(row["name"]))
    left = [row for row in named if str(row["name"]) > after]
    more = len(left) > most
    return Shown(
        template="groups.html",
        data={
            "groups": left[:most],
            "next": visit.link(after=str(left[most - 1]["name"])) if more else None,
        },
        rows="groups",
    )


def show(visit: Visit, number: str) -> Shown:
    """Show the general settings of a group."""

    def work(unit: AdministrationUnit) -> tuple[lists.Shown, dict[str, Any]]:
        name = _name(int(number), unit)
        (group,) = lists.show(GROUPS, unit, name)
        return group, _choices(unit)

    group, choices = visit.administer("ShowGroups", work)
    return Shown(
        template="group.html",
        data={"group": group},
        more={
            **choices,
            "mark": mark(group),
            "may_change": visit.may("SetGroup"),
            "staying": None,
        },
    )


def save(visit: Visit, number: str) -> Gone | Shown:
    """Store the general settings; whoever removes the marker is warned before."""
    values, errors = _values(visit)
    if errors:
        return _again(show(visit, number), errors)
    name, integrated = visit.administer("SetGroup", lambda unit: _marked(int(number), unit))
    if integrated and not values[_FIELDS["integrated"]] and visit.sent(_CONFIRMED) != "1":
        staying = visit.read(
            "ShowGroups", lambda call, unit: sheets.tasks_at(int(number), call, unit)
        )
        shown = show(visit, number)
        return Shown(
            template=shown.template, data=shown.data, more={**shown.more, "staying": staying}
        )

    def change(unit: AdministrationUnit) -> lists.Changed:
        (before,) = lists.show(GROUPS, unit, name)
        changed = lists.change(GROUPS, name, values, visit.actor, unit)
        # The form holds every field: it would undo what somebody else saved in between.
        if changed.fields and visit.sent(SEEN) != mark(before):
            raise WrongState("the group was changed meanwhile; look at it again")
        return changed

    try:
        changed = visit.administer("SetGroup", change)
    except (BrokenRule, NotFound) as error:
        return _again(show(visit, number), {error.field or "integrated": error.sentence})
    if not changed.fields:
        return visit.gone(f"/groups/{number}", "no_change")
    return visit.gone(f"/groups/{number}", "saved", ", ".join(changed.fields))


ADDRESSES = (
    Address(pattern="/groups", show=index),
    Address(pattern="/groups/{number:n}", show=show, act=save),
)


def _again(shown: Shown, errors: Mapping[str, str]) -> Shown:
    return Shown(
        template=shown.template, data=shown.data, more=shown.more, errors=errors, status=422
    )


def _values(visit: Visit) -> tuple[dict[Field, object], dict[str, str]]:
    """Read every field of the form; what does not fit is named per field."""
    values: dict[Field, object] = {}
    errors: dict[str, str] = {}
    for key, field in _FIELDS.items():
        text = visit.sent(key)
        # A box that is not ticked is not sent.
        sent = (text or "false") if field.form is Form.FLAG else text
        try:
            values[field] = value(field, sent)
        except BrokenRule as error:
            errors[key] = error.sentence
    return values, errors


def _marked(number: int, unit: AdministrationUnit) -> tuple[str, bool]:
    name = _name(number, unit)
    (group,) = unit.find(GROUPS.table, "id", number)
    return name, bool(group["integrated"])


def _name(number: int, unit: AdministrationUnit) -> str:
    found = unit.find(GROUPS.table, "id", number)
    if not found:
        raise NotFound(f"no group {number}")
    return str(found[0]["name"])


def _choices(unit: AdministrationUnit) -> dict[str, Sequence[Any]]:
    partners = [each["name"] for each in unit.list("partner") if not each["internal"]]
    processes = [(each["name"], each["active_version"]) for each in unit.list("process")]
    names = [each["name"] for each in unit.list(GROUPS.table) if not each["integrated"]]
    return {
        "partners": sorted(partners),
        "processes": sorted(processes, key=lambda pair: str(pair[0])),
        "return_groups": sorted(names),
        "forwards": ("none", "visible", "all"),
    }
