"""Rows the operator configures, and people by key."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from gateway.domain.people import Assignable, PartyKind, Permission, Principal
from gateway.domain.values import Key, Row
from gateway.domain.views import Caption, CategoryView, HelpdeskSettings, Listed
from gateway.repository.parameters import array_of
from gateway.repository.transaction import Record, Transaction
from gateway.usecases.ports import LISTS

_LARGEST = 2**63 - 1  # of an id; a caller's larger number is simply not found


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
        rows = self._current.read("categories", {})
        return Listed([CategoryView(*row[1:]) for row in rows], rows[0][0] if rows else 0)

    def resolutions(self) -> Listed[Caption]:
        """List the active resolutions by English name; at most 5000."""
        rows = self._current.read("resolutions", {})
        return Listed([Caption(*row[1:]) for row in rows], rows[0][0] if rows else 0)

    def assignable(self, principal: Principal) -> Listed[Assignable]:
        """List active agents, then groups, to whom the principal may assign; at most 5000."""
        groups = array_of(principal.groups_with(Permission.RW))
        rows = self._current.read("assignable", {"groups": groups})
        listed = [
            Assignable(
                guid,
                PartyKind.GROUP if is_group else PartyKind.AGENT,
                name,
                description,
                email,
                from_directory,
                tuple(sorted(roles)),
            )
            for _, is_group, guid, name, description, email, from_directory, roles in rows
        ]
        return Listed(listed, rows[0][0] if rows else 0)

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
            key for key in keys if isinstance(key, int) and -_LARGEST <= key <= _LARGEST
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
