"""What the command line writes: data to standard output, talk to standard error."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeVar

import click
from rich.console import Console
from rich.progress import track
from rich.table import Table

from gateway import clock

T = TypeVar("T")

_TOLD_EVERY_S = 10.0


def say(text: str, *, style: str | None = None) -> None:
    """Tell the person at the terminal something; never data that a script would read."""
    Console(stderr=True, soft_wrap=True, highlight=False).print(text, style=style, markup=False)


def show(rows: Sequence[Mapping[str, object]], *, as_json: bool) -> None:
    """Write a listing: one JSON object a line, a table on a terminal, tabs in a pipe."""
    if as_json:
        for row in rows:
            click.echo(json.dumps(row, ensure_ascii=False, default=str))
        return
    if not rows:
        say("There is none.")
    console = Console(soft_wrap=False, highlight=False)
    if not console.is_terminal:
        for row in rows:
            click.echo("\t".join(_cell(value) for value in row.values()))
        return
    if rows:
        table = Table(box=None, header_style="bold")
        for name in rows[0]:
            table.add_column(name, overflow="fold")  # nothing is cut: it may be what is looked for
        for row in rows:
            table.add_row(*(_cell(value) for value in row.values()))
        console.print(table, markup=False)


def progress(rows: Sequence[T], doing: str) -> Iterator[T]:
    """Tell how far the work is: by a bar on a terminal, else by a line every ten seconds."""
    console = Console(stderr=True)
    if console.is_terminal:
        yield from track(rows, doing, console=console, transient=True)
        return
    told_s = clock.monotonic_s()
    for done, row in enumerate(rows):
        if clock.monotonic_s() - told_s >= _TOLD_EVERY_S:
            say(f"{doing}: {done} of {len(rows)}")
            told_s = clock.monotonic_s()
        yield row


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%SZ}"
        case _:
            return str(value)
