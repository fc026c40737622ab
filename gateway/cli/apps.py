"""``ticket-gateway apps``: external apps, through which other systems make tickets."""

from collections.abc import Sequence
from functools import partial

import click

from gateway.cli.administered import administered
from gateway.cli.options import as_json, with_settings
from gateway.cli.rows import add_verb, set_verb, show_rows, show_verb
from gateway.settings import Loaded
from gateway.usecases import lists
from gateway.usecases.list_kinds import APPS
from gateway.usecases.lists import Shown


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


_SHOW = """Show one app whole, with its fields.

\b
ticket-gateway apps show DOOR
"""
_ADD = """Add an app; its code is 1 to 40 of letters, digits and . _ - and stays.

\b
ticket-gateway apps add DOOR partner=NORTHWIND fields=Room,Floor
ticket-gateway apps add MAIL requester=carla

Next: ticket-gateway accounts set NAME --rights "ssp7.*"
"""
_SET = """Change an app.

\b
ticket-gateway apps set DOOR active=false
ticket-gateway apps set DOOR fields=Room,Floor,Building
"""

verb.add_command(show_verb(APPS, _SHOW))
verb.add_command(add_verb(APPS, _ADD))
verb.add_command(set_verb(APPS, _SET, partial(lists.change, APPS)))


def _makers(rows: Sequence[Shown]) -> list[Shown]:
    """Leave out the apps of the ticketing itself: they name fields and make no tickets."""
    return [row for row in rows if not row["name"].startswith(lists.TICKETING)]
