"""Stored queries: the operator's searches, run for whoever calls."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from gateway.domain.people import Assignable
from gateway.domain.search import ROWS, Asker, Search, StoredQuery, search_of
from gateway.domain.views import Page
from gateway.errors import BrokenRule, NotFound
from gateway.usecases import rights
from gateway.usecases.ports import TICKET_COLUMNS, Call, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class RunQuery:
    """A page of what a stored query finds."""

    query: UUID
    offset: int
    count: int
    with_total: bool


def run(command: RunQuery, call: Call, unit: Unit) -> Page:
    """Run a stored query, narrowed to what the caller may see (ACMP contract LI2).

    Raises:
        NotFound: there is no such query, or it is switched off.
        BrokenRule: it cannot be run: its filter names rows that are gone, or words unknown here.
    """
    rights.require(call.principal, call.command, None, field="")
    stored = unit.search.stored(command.query)
    if stored is None:
        raise NotFound(field="query")
    search = _search(stored, call, unit)
    unit.messages.settle(call, None)
    return unit.search.page(
        call.principal,
        search,
        offset=command.offset,
        count=command.count,
        with_total=command.with_total,
    )


def run_with_assignees(
    command: RunQuery, call: Call, unit: Unit
) -> tuple[Page, Mapping[UUID, Assignable]]:
    """Do the same, and give all that is shown of the assignees on the page."""
    page = run(command, call, unit)
    column = TICKET_COLUMNS.index("assignee_guid")
    guids = {row[column] for row in page.rows}
    return page, unit.search.assignees([guid for guid in guids if isinstance(guid, UUID)])


def _search(stored: StoredQuery, call: Call, unit: Unit) -> Search:
    principal = call.principal
    asker = Asker(principal.agent_id or 0, tuple(sorted(principal.rights)), unit.now)
    try:
        search = search_of(stored, asker)
    except (ValueError, OverflowError) as error:
        raise _cannot_run() from error
    return _with_ids(search, unit) if search.rows else search


def _with_ids(search: Search, unit: Unit) -> Search:
    """Name rows by id; a filter that names one that is gone cannot be run."""
    rows = unit.lists.resolve({ROWS[word]: keys for word, keys in search.rows.items()})
    try:
        ids = {
            word: tuple(rows[ROWS[word], key].id for key in keys)
            for word, keys in search.rows.items()
        }
    except KeyError:
        raise _cannot_run() from None
    return replace(search, rows=ids)


def _cannot_run() -> BrokenRule:
    return BrokenRule("stored query cannot be run", field="query")
