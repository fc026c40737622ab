"""How list rows travel: as one array of texts, read into a row of the domain."""

from typing import Any
from uuid import UUID

from gateway.domain.values import Row
from gateway.domain.views import Caption, Page


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


def counted_page(columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> Page:
    """Read rows whose last column is the number of all there are."""
    total = rows[0][-1] if rows else 0
    return Page(columns, [row[:-1] for row in rows], total > len(rows), total)
