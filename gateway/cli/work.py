"""``work``: the delivery worker alone."""

import signal
import threading

import click

from gateway import compose
from gateway.cli.database import own_database
from gateway.cli.first_start import prepare
from gateway.cli.options import with_settings
from gateway.cli.output import say
from gateway.settings import Loaded


@click.command("work")
@click.option("--threads", type=int, help="Deliveries in work at once (default: 4).")
@with_settings(threads="worker.threads")
def verb(loaded: Loaded) -> None:
    """Run the delivery worker without serving anything; any number of them, anywhere.

    \b
    ticket-gateway work --threads 8 --database-url postgresql+psycopg://...

    SIGTERM lets running deliveries end. Next: ticket-gateway check
    """
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    with own_database(loaded) as settings:
        prepare(settings)
        worker = compose.build_worker(settings)
        worker.start()
        say(f"Worker runs with {settings.worker.threads} threads", style="green")
        stop.wait()
        worker.stop()
