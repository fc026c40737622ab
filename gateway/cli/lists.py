"""``ticket-gateway lists``: the rows an operator configures."""

import click

from gateway.cli.administered import actor, administered, as_usage, values_of
from gateway.cli.options import as_json, with_settings
from gateway.cli.output import say, show
from gateway.cli.rows import show_row, show_rows, tell_changed
from gateway.settings import Loaded, Settings
from gateway.usecases import lists
from gateway.usecases.list_fields import ListKind, pick
from gateway.usecases.list_kinds import LISTS, SETTINGS
from gateway.usecases.lists import Named

_KINDS = (*LISTS, SETTINGS)
_PAIRS = click.argument("words", nargs=-1, metavar="[NAME] [KEY=VALUE]...")


@click.group(
    name="lists",
    short_help="Customers, states, categories, templates, settings ...",
    epilog="Lists: " + ", ".join(kind.name for kind in _KINDS) + ".",
)
def verb() -> None:
    """Show, add and set the rows an operator configures.

    \b
    ticket-gateway lists show categories
    ticket-gateway lists add resolutions "Solved" de=Gelöst
    ticket-gateway lists add categories "Hardware::Printer" de=Drucker
    ticket-gateway lists add customers "Northwind Traders" key=NORTHWIND
    ticket-gateway lists set states "resolved" de="gelöst" active=false
    ticket-gateway lists set helpdesk-settings CommentRequiredOnClose=true

    Every change holds from the next call on.
    """


@verb.command("show")
@click.argument("list_name", metavar="LIST")
@click.argument("name", required=False)
@as_json
@with_settings()
def show_list(loaded: Loaded, *, list_name: str, name: str | None, as_json: bool) -> None:
    """Show a list with the GUIDs that callers need, or one row with all its fields.

    \b
    ticket-gateway lists show categories
    ticket-gateway lists show templates "New employee" --json
    """
    kind = _kind(list_name)
    with administered(loaded) as administers:
        if kind is SETTINGS:
            show(administers.run(lists.show_settings), as_json=as_json)
            return
        rows = administers.run(lambda unit: lists.show(kind, unit, name))
    if name is None:
        show_rows(kind, rows, as_json=as_json)
    else:
        show_row(rows[0], as_json=as_json)


@verb.command("add")
@click.argument("list_name", metavar="LIST")
@_PAIRS
@as_json
@with_settings()
@click.pass_context
def add(
    context: click.Context, loaded: Loaded, *, list_name: str, words: tuple[str, ...], as_json: bool
) -> None:
    """Add a row; of customers the number is printed.

    \b
    ticket-gateway lists add customers "Northwind Traders" key=NORTHWIND email=it@example.com
    ticket-gateway lists add customer-users jane customer=NORTHWIND first_name=Jane
    ticket-gateway lists add states "waiting for parts" type="pending reminder" de="wartet"
    ticket-gateway lists add categories Printer parent=Hardware de=Drucker
    ticket-gateway lists add queues "Network" group=Network
    ticket-gateway lists add slas Gold services=E-Mail,Network solution_min=480
    ticket-gateway lists add dynamic-fields Floor type=dropdown options=1,2,3 de=Stockwerk
    """
    kind = _kind(list_name)
    name, pairs = _split(kind, words)
    values = values_of(kind, pairs)
    with administered(loaded) as administers:
        row = administers.run(lambda unit: lists.add(kind, name, values, actor(context), unit))
    if kind.table == "customer" and not as_json:
        click.echo(row["number"])
        say(f"Next: ticket-gateway accounts add NAME --kind customer --customer {row['number']}")
        return
    show_row(row, as_json=as_json)


@verb.command("set")
@click.argument("list_name", metavar="LIST")
@_PAIRS
@as_json
@with_settings()
@click.pass_context
def set_row(
    context: click.Context, loaded: Loaded, *, list_name: str, words: tuple[str, ...], as_json: bool
) -> None:
    """Change a row; an empty value clears the field.

    \b
    ticket-gateway lists set helpdesk-settings CommentRequiredOnClose=true MaxAttachmentSize=0
    ticket-gateway lists set categories "Hardware::Printer" en=Printers parent=
    ticket-gateway lists set resolutions "Solved" active=false
    """
    kind = _kind(list_name)
    name, pairs = _split(kind, words)
    if not pairs:
        raise click.UsageError("nothing to set: give KEY=VALUE")
    values = values_of(kind, pairs)
    with administered(loaded) as administers:
        if kind is SETTINGS:
            changed = administers.run(
                lambda unit: lists.change_settings(values, actor(context), unit)
            )
        else:
            named = _named(loaded.settings)
            changed = administers.run(
                lambda unit: lists.change(kind, name, values, actor(context), unit, named=named)
            )
    tell_changed(changed, " It holds from the next call on.", as_json=as_json)


def _kind(name: str) -> ListKind:
    return as_usage(lambda: pick(_KINDS, name))


def _split(kind: ListKind, words: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    if kind is SETTINGS:
        return "", words
    if not words or any(words[0].startswith(f"{field.key}=") for field in kind.fields):
        raise click.UsageError(f"name the {kind.one} before its KEY=VALUE")
    return words[0], words[1:]


def _named(settings: Settings) -> Named:
    """Give the rows that settings name: without them no ticket could be made or closed."""
    acmp = settings.acmp
    return {
        ("queue", acmp.queue): "the setting acmp.queue",
        ("state", acmp.default_state): "the setting acmp.default_state",
        ("state", acmp.reopen_state): "the setting acmp.reopen_state",
        ("state", acmp.closed_state): "the setting acmp.closed_state",
        ("state", acmp.merged_state): "the setting acmp.merged_state",
        ("type", "Unclassified"): "every new ticket",
    }
