"""``ticket-gateway partners targets`` and ``test``: where partners are called, and how it went."""

from collections.abc import Sequence

import click

from gateway import storage
from gateway.cli.administered import actor, administered, ready_database, values_of
from gateway.cli.options import as_json, with_settings
from gateway.cli.output import say, show
from gateway.cli.rows import show_row, tell_changed
from gateway.errors import NotFound
from gateway.settings import Loaded
from gateway.usecases import targets
from gateway.usecases.list_fields import hint

PARTLY = 6
FAILED = 1


@click.group(name="targets", short_help="Addresses of a partner that processes call.")
def group() -> None:
    """Add, list, change and remove targets: the addresses of a partner that processes call.

    \b
    ticket-gateway partners targets add NORTHWIND northwind-rest url=https://desk.example.com

    Keys: url, auth (none, basic, wsse, wsse-digest, bearer, header), user, header, secret,
    ca_file, client_certificate_file, timeout_s. A secret is named, never given: its file of that
    name lies in the folder of the setting secrets.folder.
    """


@group.command("list")
@click.argument("partner")
@as_json
@with_settings()
def list_targets(loaded: Loaded, *, partner: str, as_json: bool) -> None:
    """List the targets of a partner.

    \b
    ticket-gateway partners targets list NORTHWIND
    """
    with administered(loaded) as administers:
        rows = administers.run(lambda unit: targets.show(partner, unit))
    brief = ("code", "url", "auth", "user", "secret", "timeout_s")
    show(rows if as_json else [{key: row[key] for key in brief} for row in rows], as_json=as_json)


@group.command("add")
@click.argument("partner")
@click.argument("code")
@click.argument("pairs", nargs=-1, required=True, metavar="KEY=VALUE...")
@as_json
@with_settings()
@click.pass_context
def add(
    context: click.Context,
    loaded: Loaded,
    *,
    partner: str,
    code: str,
    pairs: tuple[str, ...],
    as_json: bool,
) -> None:
    """Add a target; steps of processes name it by its code.

    \b
    ticket-gateway partners targets add NORTHWIND northwind-rest url=https://desk.example.com/api
    ticket-gateway partners targets add NORTHWIND northwind-soap url=https://desk.example.com \\
        auth=wsse user=gateway secret=northwind

    Next: ticket-gateway partners test PARTNER
    """
    values = values_of(targets.TARGETS, pairs)
    with administered(loaded) as administers:
        row = administers.run(lambda unit: targets.add(partner, code, values, actor(context), unit))
    show_row(row, as_json=as_json)


@group.command("set")
@click.argument("partner")
@click.argument("code")
@click.argument("pairs", nargs=-1, required=True, metavar="KEY=VALUE...")
@as_json
@with_settings()
@click.pass_context
def set_target(
    context: click.Context,
    loaded: Loaded,
    *,
    partner: str,
    code: str,
    pairs: tuple[str, ...],
    as_json: bool,
) -> None:
    """Change a target; it holds from the next call on.

    \b
    ticket-gateway partners targets set NORTHWIND northwind-rest timeout_s=60
    ticket-gateway partners targets set NORTHWIND northwind-rest auth=bearer secret=northwind-2

    Next: ticket-gateway partners test PARTNER
    """
    values = values_of(targets.TARGETS, pairs)
    with administered(loaded) as administers:
        changed = administers.run(
            lambda unit: targets.change(partner, code, values, actor(context), unit)
        )
    tell_changed(changed, as_json=as_json)


@group.command("remove")
@click.argument("partner")
@click.argument("code")
@with_settings()
@click.pass_context
def remove(context: click.Context, loaded: Loaded, *, partner: str, code: str) -> None:
    """Remove a target; deliveries whose process calls it fail from then on.

    \b
    ticket-gateway partners targets remove NORTHWIND northwind-rest
    """
    with administered(loaded) as administers:
        administers.run(lambda unit: targets.remove(partner, code, actor(context), unit))
    say(f"{partner} has no target {code} any more.")


@click.command("test")
@click.argument("partner")
@click.option("--target", "code", metavar="CODE", help="Only this one.")
@as_json
@with_settings()
@click.pass_context
def test(
    context: click.Context, loaded: Loaded, *, partner: str, code: str | None, as_json: bool
) -> None:
    """Call each target of a partner once, harmlessly: GET of its base URL.

    \b
    ticket-gateway partners test NORTHWIND

    Any answer proves the way; 401 and 403 tell that the credentials are refused. Exit code 1: no
    target answers, 6: some do.
    """
    from gateway import compose  # noqa: PLC0415 - its libraries take longer than most verbs

    with ready_database(loaded) as settings:
        with storage.administration(settings) as administers:
            known = administers.run(lambda unit: targets.show(partner, unit))
        rows = compose.tried_targets(settings, partner)
    rows = [row for row in rows if code in (None, row["target"])]
    if not rows:
        raise NotFound(f"{partner} has no target{_named(code, [each['code'] for each in known])}")
    show(rows, as_json=as_json)
    good = sum(bool(row["ok"]) for row in rows)
    if good < len(rows):
        context.exit(PARTLY if good else FAILED)


def _named(code: str | None, known: Sequence[str]) -> str:
    if code is None or not known:
        return " yet: ticket-gateway partners targets add"
    return f" {code!r}{hint(code, known)}"
