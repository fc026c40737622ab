"""``ticket-gateway apps``: external apps, through which other systems make tickets."""

from collections.abc import Sequence

import click

from gateway.cli.administered import actor, administered, values_of
from gateway.cli.options import as_json, with_settings
from gateway.cli.output import say
from gateway.cli.rows import show_row, show_rows
from gateway.settings import Loaded
from gateway.usecases import lists
from gateway.usecases.list_kinds import APPS
from gateway.usecases.lists import Shown

_PAIRS = "[KEY=VALUE]..."


@click.group(name="apps", short_help="External apps: other systems make tickets.")
def verb() -> None:
    """Add, list, show and set external apps; each stands in for a form.

    \b
    ticket-gateway apps add DOOR partner=NORTHWIND fields=Room,Floor
    ticket-gateway apps set DOOR template="Broken door" requester=carla
    ticket-gateway accounts set northwind --rights "ssp7.*"

    Keys: label, partner, template, requester (login of a customer user), fields, active. Fields
    are names between commas, or [{"name": "Room", "label": "Room number", "type": "text"}, ...];
    types: text, integer, boolean, time.
    """


@verb.command("list")
@as_json
@with_settings()
def list_apps(loaded: Loaded, *, as_json: bool) -> None:
    """List the external apps that make tickets.

    \b
    ticket-gateway apps list --json
    """
    with administered(loaded) as administers:
        rows = administers.run(lambda unit: lists.show(APPS, unit))
    show_rows(APPS, _makers(rows), as_json=as_json)


@verb.command("show")
@click.argument("code")
@as_json
@with_settings()
def show(loaded: Loaded, *, code: str, as_json: bool) -> None:
    """Show one app whole, with its fields.

    \b
    ticket-gateway apps show DOOR
    """
    with administered(loaded) as administers:
        (row,) = administers.run(lambda unit: lists.show(APPS, unit, code))
    show_row(row, as_json=as_json)


@verb.command("add")
@click.argument("code")
@click.argument("pairs", nargs=-1, metavar=_PAIRS)
@as_json
@with_settings()
@click.pass_context
def add(
    context: click.Context, loaded: Loaded, *, code: str, pairs: tuple[str, ...], as_json: bool
) -> None:
    """Add an app; its code is 1 to 40 of letters, digits and . _ - and stays.

    \b
    ticket-gateway apps add DOOR partner=NORTHWIND fields=Room,Floor
    ticket-gateway apps add MAIL requester=carla

    Next: ticket-gateway accounts set NAME --rights "ssp7.*"
    """
    values = values_of(APPS, pairs)
    with administered(loaded) as administers:
        row = administers.run(lambda unit: lists.add(APPS, code, values, actor(context), unit))
    show_row(row, as_json=as_json)


@verb.command("set")
@click.argument("code")
@click.argument("pairs", nargs=-1, required=True, metavar="KEY=VALUE...")
@as_json
@with_settings()
@click.pass_context
def set_app(
    context: click.Context, loaded: Loaded, *, code: str, pairs: tuple[str, ...], as_json: bool
) -> None:
    """Change an app.

    \b
    ticket-gateway apps set DOOR active=false
    ticket-gateway apps set DOOR fields=Room,Floor,Building
    """
    values = values_of(APPS, pairs)
    with administered(loaded) as administers:
        changed = administers.run(
            lambda unit: lists.change(APPS, code, values, actor(context), unit)
        )
    show_row(changed.row, as_json=as_json)
    say(f"Changed: {', '.join(changed.fields)}." if changed.fields else "Nothing to change.")


def _makers(rows: Sequence[Shown]) -> list[Shown]:
    """Leave out the apps of the ticketing itself: they name fields and make no tickets."""
    return [row for row in rows if not row["name"].startswith(lists.TICKETING)]
