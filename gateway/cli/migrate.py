"""``migrate``: bring the schema up to date, or to a named revision."""

from dataclasses import asdict

import click

from gateway import storage
from gateway.cli.database import joined_database
from gateway.cli.first_start import prepare
from gateway.cli.options import as_json, with_settings
from gateway.cli.output import say, show
from gateway.settings import Loaded, Settings


@click.command("migrate")
@click.option("--to", metavar="REVISION", help="Go there, forward or back; base: before the first.")
@click.option("--dry-run", is_flag=True, help="List the migrations that would be taken.")
@click.option("--yes", is_flag=True, help="Go back without asking.")
@as_json
@with_settings()
def verb(loaded: Loaded, *, to: str | None, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Bring the schema up to date and make the partitions of the days ahead.

    \b
    ticket-gateway migrate --database-url postgresql+psycopg://...
    ticket-gateway migrate --dry-run
    ticket-gateway migrate --to 0010

    An empty database is filled as on a first start. Replicas may run it together. `serve` and
    `work` do the same at their start. Going back removes what the later revisions added, and the
    data in it. Next: ticket-gateway check
    """
    with joined_database(loaded) as settings:
        if dry_run:
            show([asdict(step) for step in storage.steps(settings, to)], as_json=as_json)
            say("Nothing was changed.")
            return
        if to is None:
            prepare(settings)
        else:
            _go(settings, to, yes=yes)
    say("The schema is up to date" if to is None else f"The schema stands at {to}", style="green")


def _go(settings: Settings, target: str, *, yes: bool) -> None:
    back = [step.revision for step in storage.steps(settings, target) if step.back]
    if back and not yes:
        click.confirm(f"Remove {', '.join(back)} and the data in it?", abort=True, err=True)
    storage.migrate(settings, target)
