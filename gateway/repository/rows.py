"""How list rows travel: as one array of texts, read into a row of the domain; and whole lists."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from gateway.domain.people import Assignable, PartyKind
from gateway.domain.values import Row
from gateway.domain.views import Caption, Listed, Page

E = TypeVar("E")


def to_row(texts: list[str] | None) -> Row | None:
    """Read (id, guid, en, de, active, kind); none stays none."""
    return None if texts is None else required_row(texts)


def required_row(texts: list[str]) -> Row:
    """Read (id, guid, en, de, active, kind) of a row that must be there."""
    id_, guid, en, de, active, kind = texts
    return Row(int(id_), UUID(guid), en, de, active == "true", kind)


def to_caption(texts: list[str] | None) -> Caption | None:
    """Read (guid, en, de); none stays none."""
    if texts is None:
        return None
    guid, en, de = texts
    return Caption(UUID(guid), en, de)


def id_of(row: Row | None) -> int | None:
    """Give the id of a row, as columns have it; none stays none."""
    return None if row is None else row.id


def to_assignable(record: Sequence[Any]) -> Assignable:
    """Read (guid, is a group, name, description, email, from a directory, roles)."""
    guid, is_group, name, description, email, from_directory, roles = record
    return Assignable(
        guid,
        PartyKind.GROUP if is_group else PartyKind.AGENT,
        name,
        description,
        email,
        from_directory,
        tuple(sorted(roles)),
    )


def listed(rows: Sequence[tuple[Any, ...]], read: Callable[[tuple[Any, ...]], E]) -> Listed[E]:
    """Read rows whose first column is the number of all there are."""
    return Listed([read(row[1:]) for row in rows], rows[0][0] if rows else 0)


def counted_page(columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> Page:
    """Read rows whose last column is the number of all there are."""
    total = rows[0][-1] if rows else 0
    return Page(columns, [row[:-1] for row in rows], total > len(rows), total)
