"""The command line: one module a verb, loaded when it is asked for.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 settings or connection, 4 refused by rights,
5 the called service answered with a fault, 6 partly done, 130 interrupted.
"""

import gc
import importlib
import sys
from collections.abc import Sequence
from difflib import get_close_matches

import click

from gateway import __version__
from gateway.cli.output import say
from gateway.errors import (
    CannotStart,
    GatewayError,
    NotPermitted,
    StorageAway,
    Unauthenticated,
)

VERBS = (
    "serve", "work", "migrate", "check", "deliveries",
    "accounts", "groups", "partners", "apps", "processes", "lists", "catalog", "mail",
    "call", "wsdl", "demo", "simulate",
)  # fmt: skip

FAILED = 1
NO_CONNECTION = 3
NOT_PERMITTED = 4
INTERRUPTED = 130


class Verbs(click.Group):
    """The verbs; each is the function ``verb`` of the module of its name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the verbs in the order of their use."""
        del ctx
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one verb: starting a gateway need not wait for the others' libraries."""
        del ctx
        if cmd_name not in VERBS:
            return None
        # What is loaded stays: to look through it again and again takes a sixth of a start.
        gc.disable()
        command: click.Command = importlib.import_module(f"gateway.cli.{cmd_name}").verb
        gc.enable()
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest verb when there is none of this name."""
        near = get_close_matches(args[0], VERBS, n=1)
        if args[0] not in VERBS and near:
            ctx.fail(f"No such verb {args[0]!r}; did you mean {near[0]!r}?")
        return super().resolve_command(ctx, args)


@click.command(
    cls=Verbs,
    name="ticket-gateway",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, "--version", message="%(version)s")
def verbs() -> None:
    """A SOAP/XML integration gateway for ticketing.

    Start with: ticket-gateway serve
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a verb and leave with its exit code."""
    try:
        sys.exit(verbs.main(arguments, standalone_mode=False) or 0)
    except click.exceptions.Abort:
        sys.exit(INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except GatewayError as error:
        say(f"{error} ({error.code})", style="red")
        sys.exit(exit_code(error))
    except Exception as error:  # noqa: BLE001 - the last resort of the command line
        say(f"unexpected {type(error).__name__}: {error}; this is a bug", style="red")
        sys.exit(FAILED)


def exit_code(error: GatewayError) -> int:
    """Give the exit code of an expected failure."""
    match error:
        case CannotStart() | StorageAway():
            return NO_CONNECTION
        case NotPermitted() | Unauthenticated():
            return NOT_PERMITTED
        case _:
            return FAILED
