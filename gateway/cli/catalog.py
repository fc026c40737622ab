"""``ticket-gateway catalog``: templates and services of the catalog, from and to files."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from gateway.cli.administered import STANDARD_INPUT, actor, ready_database
from gateway.cli.options import as_json, with_settings
from gateway.cli.output import say, show
from gateway.domain.catalog_sheets import WantedServices
from gateway.domain.people import AccountKind, Principal
from gateway.errors import CannotStart
from gateway.settings import Loaded
from gateway.storage import Desk, desk
from gateway.usecases import catalog_exchange
from gateway.usecases.catalog_files import read
from gateway.usecases.ports import Call, Unit

_PAGE = 200


@click.group(name="catalog", short_help="The service catalog: list, import, export.")
def verb() -> None:
    """List the services of the catalog, and carry it from and to files.

    \b
    ticket-gateway catalog list --json
    ticket-gateway catalog export > catalog.json
    ticket-gateway catalog import catalog.json
    """


@verb.command("list")
@as_json
@with_settings()
def list_services(loaded: Loaded, *, as_json: bool) -> None:
    """List the working copies of all services by name.

    \b
    ticket-gateway catalog list
    """
    with _opened(loaded) as parts:
        rows = parts.units.run(lambda unit: list(_cards(unit)), _call())
    show(rows, as_json=as_json)


@verb.command("export")
@with_settings()
def export(loaded: Loaded) -> None:
    """Write all templates, lists and services as one JSON file to standard output.

    \b
    ticket-gateway catalog export > catalog.json
    """
    with _opened(loaded) as parts:
        content = catalog_exchange.export(parts.administration, parts.units, _call())
    click.echo(json.dumps(content, ensure_ascii=False, indent=2, default=str))


@verb.command("import")
@click.argument("file")
@as_json
@with_settings()
@click.pass_context
def import_file(context: click.Context, loaded: Loaded, *, file: str, as_json: bool) -> None:
    """Take templates, lists and services from a file; - for standard input.

    \b
    ticket-gateway catalog import catalog.json

    Templates are found by name, lists by code, services by guid: what is there is brought to what
    the file says, what the file does not name stays. All services come in one transaction, or none.
    """
    content = read(_text(file))
    with _opened(loaded) as parts:
        made = catalog_exchange.take(
            content, actor(context), parts.administration, parts.units, _call()
        )
    show([{"what": what, "changed": count} for what, count in asdict(made).items()],
         as_json=as_json)  # fmt: skip
    if not any(asdict(made).values()):
        say("The catalog is so already; nothing was changed.")


@contextmanager
def _opened(loaded: Loaded) -> Iterator[Desk]:
    with ready_database(loaded) as settings, desk(settings) as parts:
        yield parts


def _call() -> Call:
    principal = Principal(account_id=0, account="operator", kind=AccountKind.AGENT)
    return Call(principal=principal, dialect="command line", operation="catalog import", command="")


def _cards(unit: Unit) -> Iterator[dict[str, object]]:
    page = 1
    while True:
        wanted = WantedServices(draft=True, page=page, page_size=_PAGE)
        found = unit.catalog.page(wanted, unit.catalog_rules.default_language, everything=True)
        yield from (asdict(card) for card in found.items)
        if page * _PAGE >= found.total:
            return
        page += 1


def _text(file: str) -> str:
    try:
        return sys.stdin.read() if file == STANDARD_INPUT else Path(file).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise CannotStart(f"cannot read {file}: {reason}") from None
