"""``ticket-gateway groups``: who works together, and whose tasks go to a partner."""

import click

from gateway.cli.administered import actor, administered, values_of
from gateway.cli.options import as_json, with_settings
from gateway.cli.output import say
from gateway.cli.rows import show_row, show_rows
from gateway.settings import Loaded
from gateway.usecases import lists
from gateway.usecases.list_kinds import GROUPS

# Znuny contract: what rw on them allows is found by their names.
_NAMED = {
    ("agent_group", name): "the table of rights" for name in ("admin", "timeaccounting_webservice")
}


@click.group(name="groups", short_help="Permission and assignment groups.")
def verb() -> None:
    """Add, list and set groups.

    \b
    ticket-gateway groups add "Service Desk" description="First line" email=desk@example.com
    ticket-gateway groups set Network integrated=true partner=NORTHWIND return_group=users
    ticket-gateway accounts set anna --groups "Service Desk:rw"

    Keys: description, email, support, active, position; integrated, partner, assignment_process,
    update_process, closure_process, return_group, resend_unacknowledged, forward_entries,
    allowed_senders.
    """


@verb.command("list")
@as_json
@with_settings()
def list_groups(loaded: Loaded, *, as_json: bool) -> None:
    """List the groups with their GUIDs.

    \b
    ticket-gateway groups list --json
    """
    with administered(loaded) as administers:
        rows = administers.run(lambda unit: lists.show(GROUPS, unit))
    show_rows(GROUPS, rows, as_json=as_json)


@verb.command("add")
@click.argument("name")
@click.argument("pairs", nargs=-1, metavar="[KEY=VALUE]...")
@as_json
@with_settings()
@click.pass_context
def add(
    context: click.Context, loaded: Loaded, *, name: str, pairs: tuple[str, ...], as_json: bool
) -> None:
    """Add a group.

    \b
    ticket-gateway groups add "Service Desk" email=desk@example.com

    Next: ticket-gateway accounts set NAME --groups "Service Desk:rw"
    """
    values = values_of(GROUPS, pairs)
    with administered(loaded) as administers:
        row = administers.run(lambda unit: lists.add(GROUPS, name, values, actor(context), unit))
    show_row(row, as_json=as_json)


@verb.command("set")
@click.argument("name")
@click.argument("pairs", nargs=-1, required=True, metavar="KEY=VALUE...")
@as_json
@with_settings()
@click.pass_context
def set_group(
    context: click.Context, loaded: Loaded, *, name: str, pairs: tuple[str, ...], as_json: bool
) -> None:
    """Change a group; an integrated one gives its tasks to its partner.

    \b
    ticket-gateway groups set Network integrated=true partner=NORTHWIND
    ticket-gateway groups set Network assignment_process=submit update_process=submit
    ticket-gateway groups set Network closure_process=
    """
    values = values_of(GROUPS, pairs)
    with administered(loaded) as administers:
        changed = administers.run(
            lambda unit: lists.change(GROUPS, name, values, actor(context), unit, named=_NAMED)
        )
    show_row(changed.row, as_json=as_json)
    say(f"Changed: {', '.join(changed.fields)}." if changed.fields else "Nothing to change.")
