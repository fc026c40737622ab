"""``ticket-gateway groups``: who works together, and whose tasks go to a partner."""

from functools import partial

import click

from gateway.cli.administered import administered
from gateway.cli.options import as_json, with_settings
from gateway.cli.rows import add_verb, set_verb, show_rows, show_verb
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


_SHOW = """Show one group whole: whose tasks it gives away, and what is started then.

\b
ticket-gateway groups show "Northwind desk"
"""
_ADD = """Add a group.

\b
ticket-gateway groups add "Service Desk" email=desk@example.com

Next: ticket-gateway accounts set NAME --groups "Service Desk:rw"
"""
_SET = """Change a group; an integrated one gives its tasks to its partner.

\b
ticket-gateway groups set Network integrated=true partner=NORTHWIND
ticket-gateway groups set Network assignment_process=submit update_process=submit
ticket-gateway groups set Network closure_process=
"""

verb.add_command(show_verb(GROUPS, _SHOW))
verb.add_command(add_verb(GROUPS, _ADD))
verb.add_command(set_verb(GROUPS, _SET, partial(lists.change, GROUPS, named=_NAMED)))
