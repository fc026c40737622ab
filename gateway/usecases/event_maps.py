"""The event map: what an event of a task is called, and which process of its group it starts.

The caller has decided whether the actor may, as for ``lists``. Direction and happening are not the
operator's to choose: they follow from who acts.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from gateway.domain.app_fields import APPS
from gateway.domain.assignment import EventCode, Slot
from gateway.errors import BrokenRule, Missing
from gateway.text import collapse
from gateway.usecases.administration_ports import AdministrationUnit
from gateway.usecases.lists import Actor, audit

_TABLE = "event_map"
_LONGEST = 100
_ORDER = {code.value: place for place, code in enumerate(EventCode)}


@dataclass(frozen=True, slots=True)
class EventMapRow:
    """One row of the map."""

    code: str
    happening: str
    request_type: str
    direction: str
    app: str
    slot: str


def show(unit: AdministrationUnit) -> Sequence[EventMapRow]:
    """List the rows, E1 to E10."""
    rows = [
        EventMapRow(**{name: record[name] for name in EventMapRow.__dataclass_fields__})
        for record in unit.list(_TABLE)
    ]
    return sorted(rows, key=lambda row: _ORDER.get(row.code, len(_ORDER)))


def judged(row: EventMapRow, *, request_type: str, app: str, slot: str) -> EventMapRow:
    """Give a row with other values.

    Raises:
        Missing, BrokenRule: a value that does not fit; its field is named.
    """
    name = collapse(request_type)
    if not name:
        raise Missing(field="request_type")
    if len(name) > _LONGEST:
        raise BrokenRule(f"longer than {_LONGEST} characters", field="request_type")
    if app not in APPS:
        raise BrokenRule("choose from the list", field="app")
    if slot not in set(Slot):
        raise BrokenRule("choose from the list", field="slot")
    return replace(row, request_type=name, app=app, slot=slot)


def change(rows: Sequence[EventMapRow], actor: Actor, unit: AdministrationUnit) -> list[str]:
    """Store rows and give the codes of those that are others now; each is in the audit."""
    before = {row.code: row for row in show(unit)}
    differing = [row for row in rows if row.code in before and row != before[row.code]]
    for row in differing:
        values = {"request_type": row.request_type, "app": row.app, "slot": row.slot}
        unit.update(_TABLE, {"code": row.code}, values)
        audit(
            "event map changed",
            row.code,
            actor,
            unit,
            before=asdict(before[row.code]),
            after=asdict(row),
        )
    return [row.code for row in differing]
