"""``ticket-gateway processes``: what is done, step by step, so that a partner hears of an event."""

from collections.abc import Sequence
from pathlib import Path

import click

from gateway import storage
from gateway.cli.administered import actor, administered, ready_database
from gateway.cli.options import as_json, with_settings
from gateway.cli.output import say
from gateway.cli.output import show as show_table
from gateway.delivery.looking import Looking
from gateway.delivery.process_check import wrong_with
from gateway.delivery.processes import Problem, ProcessUnfit, canonical, definition, read
from gateway.domain.process import Process
from gateway.errors import CannotStart
from gateway.settings import Loaded
from gateway.usecases import processes

_MAX_BYTES = 1_048_576
_BRIEF = ("name", "version", "title", "partner", "versions")

_file = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
_version = click.option("--version", type=int, help="Another version than the active one.")


@click.group(name="processes", short_help="Delivery processes: check, load, list, show, export.")
def verb() -> None:
    """Check and load processes, list and show them, and give their files back.

    \b
    ticket-gateway processes check northwind.toml
    ticket-gateway processes load northwind.toml
    ticket-gateway groups set "Northwind desk" assignment_process=northwind

    A version is never changed once it is loaded; a delivery keeps the version it began with.
    """


@verb.command("check")
@_file
@click.option("--offline", is_flag=True, help="Call nobody: of WSDLs only files are looked at.")
@as_json
@with_settings()
@click.pass_context
def check(
    context: click.Context, loaded: Loaded, *, file: Path, offline: bool, as_json: bool
) -> None:
    """Tell everything that is wrong with a process file, by step and key.

    \b
    ticket-gateway processes check northwind.toml
    ticket-gateway processes check northwind.toml --offline

    WSDLs are fetched from their targets, for 30 seconds at most; no operation is called. A target
    that does not answer is told and is no mistake of the file.

    Next: ticket-gateway processes load FILE
    """
    # All the rest of this module would not be worth loading the dialects.
    from gateway import compose  # noqa: PLC0415 - loaded by the verbs that need it

    _, process = _read(context, file, as_json=as_json)
    looking = None if offline else Looking()
    with ready_database(loaded) as settings, compose.process_checker(settings, looking) as checker:
        problems = wrong_with(process, checker)
    for sentence in looking.unseen if looking else ():
        say(f"{sentence} (not looked at)", style="yellow")
    if problems:
        _refuse(context, problems, as_json=as_json)
    say(f"{process.name}, version {process.version}: {len(process.steps)} steps, nothing is wrong.")


@verb.command("load")
@_file
@with_settings()
@click.pass_context
def load(context: click.Context, loaded: Loaded, *, file: Path) -> None:
    """Add a new process, or a higher version of one; it is active from then on.

    \b
    ticket-gateway processes load northwind.toml

    What a check --offline finds wrong with it is told and does not keep it from being loaded.

    Next: ticket-gateway groups set GROUP assignment_process=NAME
    """
    from gateway import compose  # noqa: PLC0415 - loaded by the verbs that need it

    source, process = _read(context, file, as_json=False)
    content = definition(source)
    command = processes.LoadProcess(
        process=process, source=source, definition=content, canonical=canonical(content)
    )
    with ready_database(loaded) as settings:
        with storage.administration(settings) as administers:
            done = administers.run(lambda unit: processes.load(command, actor(context), unit))
        with compose.process_checker(settings) as checker:
            problems = wrong_with(process, checker)
    say(f"{process.name}, version {process.version}: {done.value}.")
    for each in problems:
        say(str(each), style="yellow")
    if problems:
        say("Deliveries fail there: put it right, what is of the file by loading its next version.")


@verb.command("list")
@as_json
@with_settings()
def list_processes(loaded: Loaded, *, as_json: bool) -> None:
    """List the processes, each by its active version.

    \b
    ticket-gateway processes list --json
    """
    with administered(loaded) as administers:
        rows = administers.run(processes.show_all)
    show_table(
        rows if as_json else [{key: row[key] for key in _BRIEF} for row in rows], as_json=as_json
    )


@verb.command("show")
@click.argument("name")
@_version
@as_json
@with_settings()
def show(loaded: Loaded, *, name: str, version: int | None, as_json: bool) -> None:
    """Show a process: its partner, its steps, and who starts it.

    \b
    ticket-gateway processes show northwind
    """
    with administered(loaded) as administers:
        row = administers.run(lambda unit: processes.show(name, version, unit))
    if as_json:
        show_table([row], as_json=True)
        return
    steps = row.pop("steps")
    show_table([{"field": key, "value": value} for key, value in row.items()], as_json=False)
    show_table(steps, as_json=False)


@verb.command("export")
@click.argument("name")
@_version
@with_settings()
def export(loaded: Loaded, *, name: str, version: int | None) -> None:
    """Write the file of a process to standard output, as it was loaded.

    \b
    ticket-gateway processes export northwind > northwind.toml

    Next: raise the version in it, then ticket-gateway processes load FILE
    """
    with administered(loaded) as administers:
        source = administers.run(lambda unit: processes.export(name, version, unit))
    click.echo(source, nl=not source.endswith("\n"))


def _read(context: click.Context, file: Path, *, as_json: bool) -> tuple[str, Process]:
    """Read a process file; one that is none ends the verb.

    Raises:
        CannotStart: the file cannot be read.
    """
    try:
        content = file.read_bytes()
        source = content.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise CannotStart(f"cannot read {file}: {reason}") from None
    if len(content) > _MAX_BYTES:
        raise CannotStart(f"{file} is longer than {_MAX_BYTES} bytes")
    try:
        return source, read(source)
    except ProcessUnfit as error:
        _refuse(context, error.problems, as_json=as_json)
        raise AssertionError from error  # the verb has ended


def _refuse(context: click.Context, problems: Sequence[Problem], *, as_json: bool) -> None:
    rows = [{"step": each.step, "key": each.key, "problem": each.sentence} for each in problems]
    show_table(rows, as_json=as_json)
    say(f"{len(problems)} wrong; nothing was loaded.", style="red")
    context.exit(1)
