"""Ticketing settings: the event map and the registry of external app fields, with its lookup."""

from gateway.console.answers import Gone, Shown
from gateway.console.forms import SEEN, mark
from gateway.console.visit import Address, Visit
from gateway.domain.app_fields import APPS
from gateway.domain.assignment import Slot
from gateway.errors import BrokenRule, WrongState
from gateway.usecases import app_registry, event_maps, rights
from gateway.usecases.administration_ports import AdministrationUnit
from gateway.usecases.event_maps import EventMapRow

_EVERY_FIELD = 500


def show(visit: Visit) -> Shown:
    """Show the event map, and the button that fills the registry."""
    rows = visit.administer("ShowTicketingSettings", event_maps.show)
    return Shown(
        template="ticketing.html",
        data={"event_map": rows},
        more={
            "apps": APPS,
            "slots": tuple(Slot),
            "mark": mark(rows),
            "may_change": visit.may("SetEventMap"),
            "may_sync": visit.may("SyncAppFields"),
        },
    )


def save(visit: Visit) -> Gone | Shown:
    """Store the event map; what does not fit is named row by row."""
    rows = visit.administer("ShowTicketingSettings", event_maps.show)
    wanted, errors = [], {}
    for row in rows:
        try:
            wanted.append(_row(visit, row))
        except BrokenRule as error:
            errors[f"{row.code}.{error.field}"] = error.sentence
    if errors:
        shown = show(visit)
        return Shown(
            template=shown.template, data=shown.data, more=shown.more, errors=errors, status=422
        )

    def change(unit: AdministrationUnit) -> list[str]:
        before = event_maps.show(unit)
        changed = event_maps.change(wanted, visit.actor, unit)
        # The form holds every row: it would undo what somebody else saved in between.
        if changed and visit.sent(SEEN) != mark(before):
            raise WrongState("the event map was changed meanwhile; look at it again")
        return changed

    changed = visit.administer("SetEventMap", change)
    if not changed:
        return visit.gone("/settings/ticketing", "no_change")
    return visit.gone("/settings/ticketing", "saved", ", ".join(changed))


def sync(visit: Visit) -> Gone:
    """Add the fields that the registry lacks."""
    added = visit.administer("SyncAppFields", lambda unit: app_registry.sync(visit.actor, unit))
    if not added:
        return visit.gone("/settings/ticketing", "in_sync")
    return visit.gone("/settings/ticketing", "synced", str(added))


def look_up(visit: Visit) -> Shown:
    """List apps and fields with their placeholders."""
    rights.require(visit.principal, "LookUpAppFields")
    every = visit.desk.administration.run(app_registry.look_up)
    app, text = visit.asked("app"), visit.asked("q").lower()
    after, most = visit.asked("after"), visit.most(_EVERY_FIELD)
    found = [
        field
        for field in every
        if (not app or field.app == app)
        and (not text or text in field.name.lower() or text in field.label.lower())
    ]
    place = next((at for at, each in enumerate(found, 1) if each.placeholder == after), 0)
    rows = found[place : place + most]
    more = len(found) > place + most
    return Shown(
        template="app_fields.html",
        data={
            "fields": [
                {
                    "app": each.app,
                    "name": each.name,
                    "label": each.label,
                    "type": each.type,
                    "placeholder": each.placeholder,
                }
                for each in rows
            ],
            "next": visit.link(after=rows[-1].placeholder) if more else None,
        },
        more={"apps": sorted({each.app for each in every})},
        rows="fields",
    )


ADDRESSES = (
    Address(pattern="/settings/ticketing", show=show, act=save),
    Address(pattern="/settings/ticketing/sync", show=show, act=sync),
    Address(pattern="/app-fields", show=look_up),
)


def _row(visit: Visit, row: EventMapRow) -> EventMapRow:
    return event_maps.judged(
        row,
        request_type=visit.sent(f"{row.code}.request_type"),
        app=visit.sent(f"{row.code}.app"),
        slot=visit.sent(f"{row.code}.slot"),
    )
