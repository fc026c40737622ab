"""``ticket-gateway partners``: the other systems that work on our tasks."""

import click

from gateway.cli import targets
from gateway.cli.administered import actor, administered, values_of
from gateway.cli.options import as_json, with_settings
from gateway.cli.output import say
from gateway.cli.rows import show_row, show_rows
from gateway.settings import Loaded
from gateway.usecases import lists, partners
from gateway.usecases.list_kinds import PARTNERS


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
    """List the partners.

    \b
    ticket-gateway partners list --json
    """
    with administered(loaded) as administers:
        rows = administers.run(lambda unit: lists.show(PARTNERS, unit))
    show_rows(PARTNERS, rows, as_json=as_json)


@verb.command("show")
@click.argument("code")
@as_json
@with_settings()
def show(loaded: Loaded, *, code: str, as_json: bool) -> None:
    """Show one partner whole.

    \b
    ticket-gateway partners show NORTHWIND
    """
    with administered(loaded) as administers:
        (row,) = administers.run(lambda unit: lists.show(PARTNERS, unit, code))
    show_row(row, as_json=as_json)


@verb.command("add")
@click.argument("code")
@click.argument("pairs", nargs=-1, metavar="[KEY=VALUE]...")
@as_json
@with_settings()
@click.pass_context
def add(
    context: click.Context, loaded: Loaded, *, code: str, pairs: tuple[str, ...], as_json: bool
) -> None:
    """Add a partner; its code is 1 to 40 of A-Z 0-9 _ - and stays.

    \b
    ticket-gateway partners add NORTHWIND title="Northwind Field Service"
    ticket-gateway partners add FETCHER delivery=pull

    Next: ticket-gateway accounts add NAME --kind partner --partner CODE
    """
    values = values_of(PARTNERS, pairs)
    with administered(loaded) as administers:
        row = administers.run(lambda unit: lists.add(PARTNERS, code, values, actor(context), unit))
    show_row(row, as_json=as_json)


@verb.command("set")
@click.argument("code")
@click.argument("pairs", nargs=-1, required=True, metavar="KEY=VALUE...")
@as_json
@with_settings()
@click.pass_context
def set_partner(
    context: click.Context, loaded: Loaded, *, code: str, pairs: tuple[str, ...], as_json: bool
) -> None:
    """Change a partner.

    \b
    ticket-gateway partners set NORTHWIND on_dead=skip

    With on_dead=skip, what waits behind a dead delivery goes on at once.
    """
    values = values_of(PARTNERS, pairs)
    with administered(loaded) as administers:
        changed = administers.run(lambda unit: partners.change(code, values, actor(context), unit))
    show_row(changed.row, as_json=as_json)
    say(f"Changed: {', '.join(changed.fields)}." if changed.fields else "Nothing to change.")


verb.add_command(targets.group)
verb.add_command(targets.test)
