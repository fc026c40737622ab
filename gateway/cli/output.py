"""What the command line writes: data to standard output, talk to standard error."""

import json
from collections.abc import Mapping, Sequence

import click
from rich.console import Console
from rich.table import Table


def say(text: str, *, style: str | None = None) -> None:
    """Tell the person at the terminal something; never data that a script would read."""
    Console(stderr=True, soft_wrap=True, highlight=False).print(text, style=style, markup=False)


def show(rows: Sequence[Mapping[str, object]], *, as_json: bool) -> None:
    """Write a listing: one JSON object a line, a table on a terminal, tabs in a pipe."""
    if as_json:
        for row in rows:
            click.echo(json.dumps(row, ensure_ascii=False, default=str))
        return
    console = Console(soft_wrap=False, highlight=False)
    if not console.is_terminal:
        for row in rows:
            click.echo("\t".join(_cell(value) for value in row.values()))
        return
    if rows:
        table = Table(*rows[0], box=None, header_style="bold")
        for row in rows:
            table.add_row(*(_cell(value) for value in row.values()))
        console.print(table, markup=False)


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)
