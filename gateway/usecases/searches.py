"""Lists: of tickets, and of the rows and rules an operator configured."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from gateway.domain.people import Assignable
from gateway.domain.views import Caption, CategoryView, HelpdeskSettings, Listed, Page
from gateway.usecases import rights
from gateway.usecases.ports import Call, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTickets:
    """A page of the visible tickets; with guids only of these."""

    guids: Sequence[UUID] | None
    offset: int
    count: int
    with_total: bool


def tickets(query: ListTickets, call: Call, unit: Unit) -> Page:
    """List visible tickets by id, without merged and removed ones (ACMP contract LI3)."""
    _allowed(call, unit)
    return unit.tickets.page(
        call.principal,
        guids=query.guids,
        offset=query.offset,
        count=query.count,
        with_total=query.with_total,
    )


def categories(call: Call, unit: Unit) -> Listed[CategoryView]:
    """List the active categories by English path."""
    _allowed(call, unit)
    return unit.lists.categories()


def resolutions(call: Call, unit: Unit) -> Listed[Caption]:
    """List the active resolutions by English name, also while they are disabled."""
    _allowed(call, unit)
    return unit.lists.resolutions()


def assignable(call: Call, unit: Unit) -> Listed[Assignable]:
    """List the active agents, then groups, to whom the caller may assign."""
    _allowed(call, unit)
    return unit.lists.assignable(call.principal)


def helpdesk_settings(call: Call, unit: Unit) -> HelpdeskSettings:
    """Read the operator's rules."""
    _allowed(call, unit)
    return unit.lists.helpdesk_settings()


def command_versions(call: Call, unit: Unit) -> None:
    """Check that the caller may ask which commands exist; the answer is the dialect's."""
    _allowed(call, unit)


def _allowed(call: Call, unit: Unit) -> None:
    rights.require(call.principal, call.command, None, field="")
    unit.messages.settle(call, None)
