"""Rows of lists as verbs: how they are shown, and the verbs that list, show, add and set them."""

from collections.abc import Callable, Sequence

import click

from gateway.cli.administered import actor, administered, values_of
from gateway.cli.options import as_json, with_settings
from gateway.cli.output import say, show
from gateway.settings import Loaded
from gateway.usecases import lists
from gateway.usecases.administration_ports import AdministrationUnit
from gateway.usecases.list_fields import Field, ListKind
from gateway.usecases.lists import Actor, Changed, Shown

_ALWAYS = ("number", "guid", "name")

Change = Callable[[str, dict[Field, object], Actor, AdministrationUnit], Changed]


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


def tell_changed(changed: Changed, more: str = "", *, as_json: bool) -> None:
    """Show a row after a change, and which of its fields are others now."""
    show_row(changed.row, as_json=as_json)
    say(f"Changed: {', '.join(changed.fields)}.{more}" if changed.fields else "Nothing to change.")


def show_verb(kind: ListKind, explained: str) -> click.Command:
    """Make the verb that shows one row of a list."""

    @click.command("show", help=explained)
    @click.argument("name", metavar=_metavar(kind))
    @as_json
    @with_settings()
    def verb(loaded: Loaded, *, name: str, as_json: bool) -> None:
        with administered(loaded) as administers:
            (row,) = administers.run(lambda unit: lists.show(kind, unit, name))
        show_row(row, as_json=as_json)

    return verb


def add_verb(kind: ListKind, explained: str) -> click.Command:
    """Make the verb that adds a row to a list."""

    @click.command("add", help=explained)
    @click.argument("name", metavar=_metavar(kind))
    @click.argument("pairs", nargs=-1, metavar="[KEY=VALUE]...")
    @as_json
    @with_settings()
    @click.pass_context
    def verb(
        context: click.Context, loaded: Loaded, *, name: str, pairs: tuple[str, ...], as_json: bool
    ) -> None:
        values = values_of(kind, pairs)
        with administered(loaded) as administers:
            row = administers.run(lambda unit: lists.add(kind, name, values, actor(context), unit))
        show_row(row, as_json=as_json)

    return verb


def set_verb(kind: ListKind, explained: str, change: Change) -> click.Command:
    """Make the verb that changes a row of a list."""

    @click.command("set", help=explained)
    @click.argument("name", metavar=_metavar(kind))
    @click.argument("pairs", nargs=-1, required=True, metavar="KEY=VALUE...")
    @as_json
    @with_settings()
    @click.pass_context
    def verb(
        context: click.Context, loaded: Loaded, *, name: str, pairs: tuple[str, ...], as_json: bool
    ) -> None:
        values = values_of(kind, pairs)
        with administered(loaded) as administers:
            changed = administers.run(lambda unit: change(name, values, actor(context), unit))
        tell_changed(changed, as_json=as_json)

    return verb


def _metavar(kind: ListKind) -> str:
    """Call the argument as the list does: rows with a code are named by it."""
    return "CODE" if any(field.key == "code" for field in kind.fields) else "NAME"
