"""Searches for tickets: one statement each, joined from constant parts; and the stored ones."""

from collections.abc import Collection, Iterator, Mapping
from uuid import UUID

from gateway.domain.people import AccountKind, Assignable, Principal
from gateway.domain.search import Search, StoredQuery
from gateway.domain.views import Page
from gateway.repository.rows import to_assignable
from gateway.repository.tickets import sight
from gateway.repository.transaction import Transaction
from gateway.usecases.ports import TICKET_COLUMNS


class SearchStore:
    """Searches; what may be seen is decided in the statement that searches."""

    def __init__(self, current: Transaction) -> None:
        self._current = current

    def stored(self, guid: UUID) -> StoredQuery | None:
        """Find a stored query that is not switched off."""
        rows = self._current.read("find_query", {"guid": guid})
        return StoredQuery(*rows[0]) if rows else None

    def page(
        self,
        principal: Principal,
        search: Search,
        *,
        offset: int,
        count: int,
        with_total: bool,
    ) -> Page:
        """Give a page of the visible tickets that a search finds, without merged and removed."""
        found = " ".join(_parts(search, principal))
        values = sight(principal) | _values(search)
        order = _order(search)
        # One row more than wanted tells whether there are more.
        rows = self._current.read(
            f"search {found} {order} search_page {order}",
            values | {"offset": offset, "limit": count + 1},
        )
        total = self._current.read(f"search_count {found}", values)[0][0] if with_total else None
        return Page(TICKET_COLUMNS, rows[:count], len(rows) > count, total)

    def assignees(self, guids: Collection[UUID]) -> Mapping[UUID, Assignable]:
        """Give agents and groups with all that is shown of an assignee."""
        if not guids:
            return {}
        rows = self._current.read("assignees", {"guids": list(guids)})
        return {row[0]: to_assignable(row) for row in rows}


def _parts(search: Search, principal: Principal) -> Iterator[str]:
    """Name the parts of the condition, in an order of their own: one search is one statement."""
    customer = principal.kind is AccountKind.CUSTOMER
    yield "search_seen_by_customer" if customer else "search_seen_by_agent"
    if search.state_types is not None:
        yield "search_state_types"
    if search.only_open:
        yield "search_open"
    yield from (f"search_{word}" for word in sorted(search.rows))
    conditions = {
        "search_unassigned": search.unassigned,
        "search_has_attachment": search.has_attachment,
        "search_created_since": search.created_since,
        "search_changed_since": search.changed_since,
        "search_asset": search.asset,
    }
    yield from (part for part, wanted in conditions.items() if wanted)


def _values(search: Search) -> dict[str, object]:
    return {
        **{word: list(ids) for word, ids in search.rows.items()},
        "state_types": sorted(each.value for each in search.state_types or ()),
        "created_since": search.created_since,
        "changed_since": search.changed_since,
        "asset": search.asset,
    }


def _order(search: Search) -> str:
    direction = "desc" if search.order.descending else "asc"
    return f"search_by_{search.order.field.value}_{direction}"
