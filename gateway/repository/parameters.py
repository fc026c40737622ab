"""How values travel to named statements: untyped, as literals would, so that one text is one plan.

The driver's own way names the smallest type that holds each value, and none for null. Every
mixture of them would be a statement of its own to the server, planned and kept again.
"""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from psycopg import Connection, Cursor
from psycopg.adapt import Buffer, Dumper
from sqlalchemy.pool import PoolProxiedConnection

LARGEST_ID = 2**63 - 1  # a caller's larger number is simply not found
_CURSOR = "gateway_cursor"
_FURTHER = "gateway_cursors"


class _Plain(Dumper):
    """A value in the form PostgreSQL reads; its type follows from where it stands."""

    def dump(self, obj: object) -> Buffer:
        """Write the value."""
        return str(obj).encode()


def array_of(values: Iterable[int | UUID]) -> str:
    """Write an array; the driver would look at every value several times."""
    return f"{{{','.join(map(str, values))}}}"


def id_in(text: str) -> int | None:
    """Read an id; what no id can be is none."""
    digits = text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_ID))
    number = int(text) if digits else 0
    return number if 0 < number <= LARGEST_ID else None


def cursor_of(borrowed: PoolProxiedConnection, connection: Connection) -> Cursor:
    """Give the cursor for named statements, made once per connection."""
    cursor = borrowed.info.get(_CURSOR)
    if not isinstance(cursor, Cursor):
        cursor = borrowed.info[_CURSOR] = _made(connection)
    return cursor


def cursors_of(borrowed: PoolProxiedConnection, connection: Connection, count: int) -> list[Cursor]:
    """Give cursors for statements of one batch whose rows are all wanted, made once each."""
    kept = borrowed.info.setdefault(_FURTHER, [])
    while len(kept) < count:
        kept.append(_made(connection))
    return list(kept[:count])


def _made(connection: Connection) -> Cursor:
    # Binary results: uuid, time and arrays are read several times faster than as text.
    cursor = connection.cursor(binary=True)
    for kind in (int, UUID, datetime, date):
        cursor.adapters.register_dumper(kind, _Plain)
    return cursor
