"""``ticket-gateway partners``: the other systems that work on our tasks."""

import click

from gateway import storage
from gateway.cli import targets
from gateway.cli.administered import actor, ready_database
from gateway.cli.options import as_json, with_settings
from gateway.cli.output import say, show
from gateway.cli.rows import add_verb, set_verb, show_row
from gateway.cli.standing import obstacles, stands
from gateway.settings import Loaded, Settings
from gateway.usecases import lists, partners
from gateway.usecases.list_kinds import PARTNERS
from gateway.usecases.lists import Shown

_BRIEF = ("name", "title", "delivery", "on_dead", "stands", "waiting", "failed")


@click.group(name="partners", short_help="Service providers and other systems.")
def verb() -> None:
    """Add, list, show and set partners.

    \b
    ticket-gateway partners add NORTHWIND title="Northwind Field Service"
    ticket-gateway accounts add northwind --kind partner --partner NORTHWIND
    ticket-gateway groups set "Northwind desk" integrated=true partner=NORTHWIND

    Where it is called: ticket-gateway partners targets; whether that works: partners test.

    Keys: title, delivery (push, pull), on_dead (block, skip), max_in_flight,
    call_failed_process, active, position.
    """


@verb.command("list")
@as_json
@with_settings()
def list_partners(loaded: Loaded, *, as_json: bool) -> None:
    """List the partners, how each stands, and how many deliveries wait or failed.

    \b
    ticket-gateway partners list --json

    Next: ticket-gateway deliveries list --partner CODE
    """
    with ready_database(loaded) as settings:
        rows = _rows(settings)
    show(rows if as_json else [{key: row[key] for key in _BRIEF} for row in rows], as_json=as_json)


@verb.command("show")
@click.argument("code")
@as_json
@with_settings()
@click.pass_context
def show_partner(context: click.Context, loaded: Loaded, *, code: str, as_json: bool) -> None:
    """Show one partner whole, and what keeps it from being sent anything.

    \b
    ticket-gateway partners show NORTHWIND
    """
    with ready_database(loaded) as settings:
        (row,) = _rows(settings, code)
        with storage.delivery_desk(settings, actor(context).name) as desk:
            told = obstacles(desk, {row["name"]})
    show_row(row, as_json=as_json)
    for sentence in told:
        say(sentence, style="yellow")


def _rows(settings: Settings, code: str | None = None) -> list[Shown]:
    """Give partners with how their deliveries stand."""
    with storage.administration(settings) as administers:
        rows = administers.run(lambda unit: lists.show(PARTNERS, unit, code))
    backlogs = {backlog.partner: backlog for backlog in storage.backlogs(settings)}
    for row in rows:
        backlog = backlogs.get(row["name"])
        row["stands"] = stands(backlog) if backlog else "not active"
        row["waiting"] = backlog.depth if backlog else 0
        row["failed"] = backlog.failed if backlog else 0
    return rows


_ADD = """Add a partner; its code is 1 to 40 of A-Z 0-9 _ - and stays.

\b
ticket-gateway partners add NORTHWIND title="Northwind Field Service"
ticket-gateway partners add FETCHER delivery=pull

Next: ticket-gateway accounts add NAME --kind partner --partner CODE
"""
_SET = """Change a partner.

\b
ticket-gateway partners set NORTHWIND on_dead=skip

With on_dead=skip, what waits behind a dead delivery goes on at once.
"""

verb.add_command(add_verb(PARTNERS, _ADD))
verb.add_command(set_verb(PARTNERS, _SET, partners.change))
verb.add_command(targets.group)
verb.add_command(targets.test)
