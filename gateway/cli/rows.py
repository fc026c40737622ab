"""How rows of lists and groups are shown."""

from collections.abc import Sequence

from gateway.cli.output import show
from gateway.usecases.list_fields import ListKind
from gateway.usecases.lists import Shown

_ALWAYS = ("number", "guid", "name")


def show_rows(kind: ListKind, rows: Sequence[Shown], *, as_json: bool) -> None:
    """Show rows whole as JSON, by their main fields in a table."""
    brief = (*_ALWAYS, *(field.key for field in kind.fields if field.brief))
    shown = rows if as_json else [{key: row[key] for key in brief} for row in rows]
    show(shown, as_json=as_json)


def show_row(row: Shown, *, as_json: bool) -> None:
    """Show one row whole: a line a field, unless as JSON."""
    if as_json:
        show([row], as_json=True)
        return
    show([{"field": key, "value": value} for key, value in row.items()], as_json=False)
