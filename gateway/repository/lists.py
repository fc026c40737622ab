"""Rows the operator configures, and people by key."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from gateway.domain.people import Assignable, Permission, Principal
from gateway.domain.values import Key, Row
from gateway.domain.views import Caption, CategoryView, HelpdeskSettings, Listed
from gateway.repository.parameters import LARGEST_ID, array_of
from gateway.repository.rows import listed, to_assignable
from gateway.repository.transaction import Record, Transaction
from gateway.usecases.ports import LISTS


class ListStore:
    """Lists, trees and people; nothing is cached, so a change holds from the next call on."""

    def __init__(self, current: Transaction) -> None:
        self._current = current

    def resolve(self, wanted: Mapping[str, Sequence[Key]]) -> Mapping[tuple[str, Key], Row]:
        """Find rows by guid, id or name, of several lists in one statement."""
        if not any(wanted.values()):
            return {}
        return resolved(self._current.read("resolve", resolving(wanted)), wanted)

    def categories(self) -> Listed[CategoryView]:
        """List the active categories by English path; at most 5000."""
        return listed(self._current.read("categories", {}), lambda row: CategoryView(*row))

    def resolutions(self) -> Listed[Caption]:
        """List the active resolutions by English name; at most 5000."""
        return listed(self._current.read("resolutions", {}), lambda row: Caption(*row))

    def assignable(self, principal: Principal) -> Listed[Assignable]:
        """List active agents, then groups, to whom the principal may assign; at most 5000."""
        groups = array_of(principal.groups_with(Permission.RW))
        return listed(self._current.read("assignable", {"groups": groups}), to_assignable)

    def helpdesk_settings(self) -> HelpdeskSettings:
        """Read the operator's rules."""
        rows: dict[str, int] = dict(self._current.read("helpdesk_settings", {}))
        size = rows.pop("max_attachment_bytes", HelpdeskSettings().max_attachment_bytes)
        switches = {name: bool(value) for name, value in rows.items()}
        return HelpdeskSettings(max_attachment_bytes=size, **switches)


def resolving(wanted: Mapping[str, Sequence[Key]]) -> dict[str, object]:
    """Give the parameters of the statement ``resolve``."""
    if unknown := wanted.keys() - set(LISTS):
        raise KeyError(*unknown)
    keys = [key for several in wanted.values() for key in several]
    return {
        "lists": [name for name, several in wanted.items() if several],
        "guids": array_of(key for key in keys if isinstance(key, UUID)),
        "ids": array_of(
            key for key in keys if isinstance(key, int) and -LARGEST_ID <= key <= LARGEST_ID
        ),
        "names": [key for key in keys if isinstance(key, str)],
    }


def resolved(
    records: Sequence[Record], wanted: Mapping[str, Sequence[Key]]
) -> Mapping[tuple[str, Key], Row]:
    """Read the rows of the statement ``resolve``; only those asked for are given."""
    found: dict[tuple[str, Key], Row] = {}
    for of, id_, guid, name, en, de, active, kind in records:
        row = Row(id_, guid, en, de, active, kind)
        found[of, guid] = found[of, id_] = found[of, name] = row
    return {key: found[key] for key in _flat(wanted) if key in found}


def _flat(wanted: Mapping[str, Sequence[Key]]) -> Iterator[tuple[str, Key]]:
    return ((name, key) for name, several in wanted.items() for key in several)
