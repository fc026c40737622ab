"""Partners, the groups that lead to them, and the operator's event map."""

from collections.abc import Collection, Mapping, Sequence

from gateway.domain.assignment import (
    Direction,
    EventCode,
    EventRule,
    Forward,
    Partner,
    PartnerGroup,
    ProcessRef,
    Slot,
)
from gateway.repository.parameters import array_of
from gateway.repository.rows import required_row, to_row
from gateway.repository.transaction import Record, Transaction

_SLOTS = (Slot.ASSIGNMENT, Slot.UPDATE, Slot.CLOSURE)


class PartnerStore:
    """Partners and groups; nothing is cached, so a change holds from the next event on."""

    def __init__(self, current: Transaction) -> None:
        self._current = current

    def some(self, ids: Collection[int]) -> Sequence[Partner]:
        """Load partners by id, in the order of their ids."""
        return [
            _partner(row) for row in self._current.read("some_partners", {"ids": array_of(ids)})
        ]

    def group(self, group_id: int) -> PartnerGroup | None:
        """Load a group with its partner and the active versions of its processes."""
        rows = self._current.read("partner_group", {"id": group_id})
        return _group(rows[0]) if rows else None

    def event_map(self) -> Mapping[EventCode, EventRule]:
        """Read the event map as the operator edited it."""
        return {
            EventCode(code): EventRule(
                request_type=request_type, direction=Direction(direction), app=app, slot=Slot(slot)
            )
            for code, request_type, direction, app, slot in self._current.read("event_map", {})
        }

    def internal(self) -> int:
        """Give the id of the partner that is ourselves."""
        return int(self._current.read("internal_partner", {})[0][0])


def _partner(record: Record) -> Partner:
    id_, code, title, system_id, pulls = record
    return Partner(id=id_, code=code, title=title, system_id=system_id, pulls=pulls)


def _group(record: Record) -> PartnerGroup:
    row, *partner, integrated, assignment, update, closure, returns, resend, forward = record
    processes = dict(zip(_SLOTS, (assignment, update, closure), strict=True))
    return PartnerGroup(
        row=required_row(row),
        partner=_partner(tuple(partner)),
        integrated=integrated,
        processes={slot: ProcessRef(*found) for slot, found in processes.items() if found},
        return_group=to_row(returns),
        resend_unacknowledged=resend,
        forward=Forward(forward),
    )
