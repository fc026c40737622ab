"""``ticket-gateway simulate``: a stand-in service provider that testers can play with."""

import importlib
import signal
import threading
from typing import Any

import click

from gateway import clock
from gateway.cli.administered import password_file, secret
from gateway.cli.options import with_settings
from gateway.cli.output import say
from gateway.errors import CannotStart
from gateway.settings import Loaded

_SIMULATOR = "tests.kit.simulator"
_AUTHS = ("none", "basic", "bearer", "header", "wsse", "wsse-digest")


@click.command("simulate")
@click.argument("partner")
@click.option("--port", default=8090, show_default=True, type=click.IntRange(0, 65535))
@click.option("--gateway", "url", help="Address of the gateway (default: the settings' one).")
@click.option("--user", metavar="NAME", help="Its account there; without one the task's hash.")
@password_file
@click.option("--numbers", default="answer", type=click.Choice(["answer", "later", "never"]),
              help="When the gateway hears the number of a new incident.")  # fmt: skip
@click.option("--chaos", metavar="KIND[:N/M]", help="Misbehave: always, or n of every m calls.")
@click.option("--slow-s", type=click.FloatRange(0), help="Seconds that `slow` waits (default: 1).")
@click.option("--auth", type=click.Choice(_AUTHS), default="none", show_default=True,
              help="How callers must prove themselves, as user `gateway`.")  # fmt: skip
@click.option("--secret-file", metavar="FILE", help="File with the secret that goes with --auth.")
@with_settings()
def verb(  # noqa: PLR0913 - one for each option
    loaded: Loaded,
    *,
    partner: str,
    port: int,
    url: str | None,
    user: str | None,
    password_file: str | None,
    numbers: str,
    chaos: str | None,
    slow_s: float | None,
    auth: str,
    secret_file: str | None,
) -> None:
    """Be a service provider on this machine: SOAP, REST, and a ledger of what came in.

    \b
    ticket-gateway simulate NORTHWIND
    ticket-gateway simulate NORTHWIND --numbers later --chaos 500:1/3
    ticket-gateway simulate NORTHWIND --chaos slow --slow-s 40
    ticket-gateway simulate NORTHWIND --auth basic --secret-file secret.txt
    curl http://127.0.0.1:8090/sim/received.json
    curl -X POST "http://127.0.0.1:8090/sim/do/update?text=On+our+way"
    curl -X POST "http://127.0.0.1:8090/sim/do/chaos?kind=garbage"

    Kinds of chaos: refuse, timeout, slow, drip, reset, cut, lose-answer (the work is done), 400,
    401, 429, 500, client-fault, server-fault, html, charset, dtd, redirect, huge, endless, bomb,
    headers, garbage, twice. End the program to let the partner be away.

    Needs the source tree: the simulator is part of the tests.
    """
    if (auth == "none") != (secret_file is None):
        raise click.UsageError("--auth and --secret-file go together")
    if password_file is not None and user is None:
        raise click.UsageError("--password-file goes with --user")
    login = (user, secret(password_file, prompt=f"Password of {user}", new=False)) if user else None
    simulation = _simulation()
    try:
        simulator = simulation.Simulator(
            port=port, gateway=url or loaded.settings.public_url, login=login
        )
    except OSError as error:
        raise CannotStart(f"cannot listen on port {port}: {error.strerror}; give --port") from None
    simulator.desk.numbers = simulation.Numbers(numbers)
    # The gateway knows the numbers of the last time: no task may get the number of another.
    simulator.desk.last = int(clock.now().timestamp())
    simulator.slow_s = simulator.slow_s if slow_s is None else slow_s
    if secret_file is not None:
        wanted = secret(secret_file, prompt="", new=False)
        simulator.proof = simulation.Proof(auth=auth, secret=wanted)
    if chaos is not None:
        _misbehave(simulator, chaos)
    with simulator:
        _explain(simulator, partner)
        _until_signal()
    report = simulator.desk.report()
    say(f"{report['events']} events, {report['repeats']} repeats, {report['calls']} calls.")


def _simulation() -> Any:
    try:
        return importlib.import_module(_SIMULATOR)
    except ModuleNotFoundError as error:
        raise CannotStart(
            f"the simulator is part of the source tree, not of the package ({error}): run "
            "`python -m gateway simulate` in the folder that holds gateway/ and tests/, with the "
            "package's test dependencies"
        ) from None


def _misbehave(simulator: Any, chaos: str) -> None:
    try:
        simulator.chaos.set(chaos)
    except ValueError as error:
        simulator.close()
        raise click.UsageError(f"--chaos: {error}") from None


def _explain(simulator: Any, partner: str) -> None:
    add = f"ticket-gateway partners targets add {partner}"
    say(f"{partner} is simulated at {simulator.url}", style="green")
    say(
        "The gateway calls it once delivery.private_networks names 127.0.0.1/32 and it is a target:"
    )
    say(f"  {add} {partner.lower()}-soap url={simulator.url}")
    say(f"  {add} {partner.lower()}-rest url={simulator.url}")
    say(f"WSDL {simulator.url}/desk/TicketService?wsdl, REST {simulator.url}/v2/incidents/NUMBER/")
    say(f"What came in: {simulator.url}/sim/received.json; commands: POST {simulator.url}/sim/do/")
    say("  acknowledge update ready close reject (number, text), chaos (kind), calm, forget,")
    say("  numbers (when)")
    say("It proves itself by the task's hash, for which the gateway needs ssp7_workflow.hash_keys,")
    say("  or as the account of --user.")


def _until_signal() -> None:
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    stop.wait()
