"""``migrate``: bring the schema up to date."""

import click

from gateway.cli.database import joined_database
from gateway.cli.first_start import prepare
from gateway.cli.options import with_settings
from gateway.cli.output import say
from gateway.settings import Loaded


@click.command("migrate")
@with_settings()
def verb(loaded: Loaded) -> None:
    """Bring the schema up to date and make the partitions of the days ahead.

    \b
    ticket-gateway migrate --database-url postgresql+psycopg://...

    An empty database is filled as on a first start. Replicas may run it together. `serve` and
    `work` do the same at their start. Next: ticket-gateway check
    """  # noqa: D301 - \b keeps click from joining the lines
    with joined_database(loaded) as settings:
        prepare(settings)
    say("The schema is up to date", style="green")
