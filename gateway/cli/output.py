"""What the command line writes: data to standard output, talk to standard error."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console


def say(text: str, *, style: str | None = None) -> None:
    """Tell the person at the terminal something; never data that a script would read."""
    console = _console(stderr=True, soft_wrap=True)
    console.print(text, style=style, markup=False)


def show(rows: Sequence[Mapping[str, object]], *, as_json: bool) -> None:
    """Write a listing: one JSON object a line, a table on a terminal, tabs in a pipe."""
    if as_json:
        for row in rows:
            click.echo(json.dumps(row, ensure_ascii=False, default=str))
        return
    console = _console(stderr=False, soft_wrap=False)
    if not console.is_terminal:
        for row in rows:
            click.echo("\t".join(_cell(value) for value in row.values()))
        return
    if rows:
        from rich.table import Table  # noqa: PLC0415 - see _console

        table = Table(*rows[0], box=None, header_style="bold")
        for row in rows:
            table.add_row(*(_cell(value) for value in row.values()))
        console.print(table, markup=False)


def _console(*, stderr: bool, soft_wrap: bool) -> "Console":
    # Here, since a start need not wait for it: rich is a tenth of what `serve` loads.
    from rich.console import Console  # noqa: PLC0415

    return Console(stderr=stderr, soft_wrap=soft_wrap, highlight=False)


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)
