"""What the verbs of an operator share: the database, who acts, secrets that are in no flag."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import click

from gateway import storage
from gateway.cli.database import joined_database
from gateway.cli.first_start import prepare
from gateway.errors import BrokenRule, CannotStart
from gateway.settings import Loaded, Settings
from gateway.usecases.administration_ports import Administration
from gateway.usecases.list_fields import Field, ListKind, read
from gateway.usecases.lists import Actor

T = TypeVar("T")

STANDARD_INPUT = "-"


@contextmanager
def administered(loaded: Loaded) -> Iterator[Administration]:
    """Join the database of a verb; a fresh one is filled as on a first start.

    Raises:
        CannotStart: its schema is another program's.
    """
    with ready_database(loaded) as settings, storage.administration(settings) as administration:
        yield administration


@contextmanager
def ready_database(loaded: Loaded) -> Iterator[Settings]:
    """Join a database that has this program's schema; a fresh one is filled.

    Raises:
        CannotStart: its schema is another program's.
    """
    with joined_database(loaded) as settings:
        facts = storage.inspect(settings)
        if facts.schema is None:
            prepare(settings)
        elif facts.schema != facts.newest_schema:
            raise CannotStart(
                f"the schema is {facts.schema}, this program works with {facts.newest_schema}: "
                "run `ticket-gateway migrate`, or the program of that schema"
            )
        yield settings


def actor(context: click.Context) -> Actor:
    """Give the verb as the one who acts, as the audit knows it: without the program's own name."""
    verb = [context.info_name or ""]
    while context.parent is not None and context.parent.parent is not None:
        context = context.parent
        verb.append(context.info_name or "")
    return Actor(" ".join(reversed(verb)))


def as_usage(work: Callable[[], T]) -> T:
    """Do what only reads the command line; what is wrong with it is wrong usage.

    Raises:
        UsageError: a broken rule.
    """
    try:
        return work()
    except BrokenRule as error:
        raise click.UsageError(str(error)) from None


def values_of(kind: ListKind, pairs: Sequence[str]) -> dict[Field, object]:
    """Read the ``KEY=VALUE`` arguments of a verb."""
    return as_usage(lambda: read(kind, pairs))


def secret(file: str | None, *, prompt: str, new: bool = True) -> str:
    """Read a secret from a file, from standard input (``-``), or from the person at the terminal.

    A new one is asked for twice.

    Raises:
        UsageError: there is neither a file nor a terminal.
        CannotStart: the file cannot be read.
    """
    if file is None and not sys.stdin.isatty():
        raise click.UsageError(
            "no terminal to ask for the password: give --password-file FILE (- for standard input)"
        )
    if file is None:
        asked: str = click.prompt(prompt, hide_input=True, confirmation_prompt=new, err=True)
        return asked
    try:
        text = sys.stdin.read() if file == STANDARD_INPUT else Path(file).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise CannotStart(f"cannot read the password from {file}: {reason}") from None
    return text.removesuffix("\n").removesuffix("\r")


def password_file(verb: Callable[..., T]) -> Callable[..., T]:
    """Add the option ``--password-file``."""
    return click.option(
        "--password-file", metavar="FILE", help="File with the password; - for standard input."
    )(verb)
