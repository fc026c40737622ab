"""``ticket-gateway accounts``: who may call."""

from datetime import timedelta

import click

from gateway.cli.administered import actor, administered, as_usage, password_file, secret
from gateway.cli.options import as_json, with_settings
from gateway.cli.output import say, show
from gateway.domain.people import AccountKind
from gateway.settings import Loaded
from gateway.storage import passwords
from gateway.usecases import administration
from gateway.usecases.administration import OVERLAP, NewAccount, Rights, Secret, SecretKind, Shown

_GROUPS = "Groups with their keys: users:rw,Network:ro+note. rw includes ro and all others."


@click.group(name="accounts", short_help="Who may call: agents, customers, partners.")
def verb() -> None:
    """Add, list, rotate and disable the accounts of callers.

    \b
    ticket-gateway accounts add erp --groups users:rw --password-file erp.txt
    ticket-gateway accounts add billing --groups users:rw --api-key --json
    ticket-gateway accounts add jane --kind customer --customer 1 --password-file -
    ticket-gateway accounts rotate erp
    """  # noqa: D301 - \b keeps click from joining the lines


@verb.command("add")
@click.argument("name")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in AccountKind]),
    default=AccountKind.AGENT.value,
    help="What the account stands for (default: agent).",
)
@click.option("--customer", metavar="NUMBER", help="The company of a new customer user.")
@click.option("--partner", metavar="NAME", help="The partner, if it is not called as the account.")
@click.option("--groups", default="", metavar="NAME:rw,...", help=_GROUPS)
@click.option("--api-key", is_flag=True, help="Make a Bearer key and show it once.")
@password_file
@click.option("--first-name", default="", help="Of the agent or customer user.")
@click.option("--last-name", default="", help="Of the agent or customer user.")
@click.option("--email", default="", help="Of the agent or customer user.")
@as_json
@with_settings()
@click.pass_context
def add(
    context: click.Context,
    /,
    loaded: Loaded,
    *,
    name: str,
    kind: str,
    groups: str,
    api_key: bool,
    password_file: str | None,
    as_json: bool,
    **person: str,
) -> None:
    """Add an account; the agent or customer user of its name is bound, or made.

    \b
    ticket-gateway accounts add erp --groups users:rw --password-file erp.txt
    ticket-gateway accounts add anna --groups "Service Desk:rw,users:ro" --first-name Anna
    ticket-gateway accounts add billing --groups users:rw --api-key --json

    Without --api-key a password is asked for. Next: ticket-gateway call
    """  # noqa: D301 - \b keeps click from joining the lines
    rights = as_usage(lambda: administration.read_rights(groups))
    key, secrets = _new_secrets(password_file, with_key=api_key)
    command = NewAccount(
        name=name, kind=AccountKind(kind), rights=rights, secrets=secrets, **person
    )
    with administered(loaded) as administers:
        added = administers.run(
            lambda unit: administration.add_account(command, actor(context), unit)
        )
    _tell(added, key, as_json=as_json)
    if not added["groups"] and kind != AccountKind.CUSTOMER:
        say(f"It has no groups yet: ticket-gateway accounts set {name} --groups users:rw")


@verb.command("list")
@as_json
@with_settings()
def list_accounts(loaded: Loaded, *, as_json: bool) -> None:
    """List the accounts with their rights and the number of their secrets.

    \b
    ticket-gateway accounts list
    ticket-gateway accounts list --json
    """  # noqa: D301 - \b keeps click from joining the lines
    with administered(loaded) as administers:
        accounts = administers.run(administration.list_accounts)
    show([account if as_json else _row(account) for account in accounts], as_json=as_json)


@verb.command("set")
@click.argument("name")
@click.option("--groups", required=True, metavar="NAME:rw,...", help=_GROUPS)
@as_json
@with_settings()
@click.pass_context
def set_groups(
    context: click.Context, loaded: Loaded, *, name: str, groups: str, as_json: bool
) -> None:
    """Give an account these groups in place of those it has.

    \b
    ticket-gateway accounts set erp --groups users:rw,Network:ro
    ticket-gateway accounts set erp --groups ""
    """  # noqa: D301 - \b keeps click from joining the lines
    rights: Rights = as_usage(lambda: administration.read_rights(groups))
    with administered(loaded) as administers:
        changed = administers.run(
            lambda unit: administration.set_rights(name, rights, actor(context), unit)
        )
    show([changed if as_json else _row(changed)], as_json=as_json)
    say("It holds from the next call on.")


@verb.command("rotate")
@click.argument("name")
@click.option("--api-key", is_flag=True, help="A new Bearer key, shown once.")
@click.option("--at-once", is_flag=True, help="The secret before ends now, not in 24 hours.")
@password_file
@as_json
@with_settings()
@click.pass_context
def rotate(
    context: click.Context,
    loaded: Loaded,
    *,
    name: str,
    api_key: bool,
    at_once: bool,
    password_file: str | None,
    as_json: bool,
) -> None:
    """Give an account a new secret; the one before stays valid for 24 hours.

    \b
    ticket-gateway accounts rotate erp --password-file new.txt
    ticket-gateway accounts rotate billing --json
    ticket-gateway accounts rotate billing --at-once

    An account with nothing but API keys gets one; every other is given a password.
    """  # noqa: D301 - \b keeps click from joining the lines
    overlap = timedelta() if at_once else OVERLAP
    if api_key and password_file:
        raise click.UsageError("one secret at a time: --api-key or --password-file")
    with administered(loaded) as administers:
        kinds = administers.run(lambda unit: administration.secret_kinds(name, unit))
        wants_key = api_key or (kinds == {SecretKind.API_KEY} and password_file is None)
        key, (made,) = _new_secrets(password_file, with_key=wants_key)
        rotated = administers.run(
            lambda unit: administration.rotate(name, made, overlap, actor(context), unit)
        )
    _tell(rotated, key, as_json=as_json)
    say("The secret before has ended." if at_once else "The secret before ends in 24 hours.")


@verb.command("disable")
@click.argument("name")
@with_settings()
@click.pass_context
def disable(context: click.Context, loaded: Loaded, *, name: str) -> None:
    """Let an account in no more; what it did stays.

    \b
    ticket-gateway accounts disable erp
    """  # noqa: D301 - \b keeps click from joining the lines
    with administered(loaded) as administers:
        changed = administers.run(lambda unit: administration.disable(name, actor(context), unit))
    say(f"{name} is disabled." if changed else f"{name} was disabled already.")


@verb.command("enable")
@click.argument("name")
@with_settings()
@click.pass_context
def enable(context: click.Context, loaded: Loaded, *, name: str) -> None:
    """Let a disabled account in again.

    \b
    ticket-gateway accounts enable erp
    """  # noqa: D301 - \b keeps click from joining the lines
    with administered(loaded) as administers:
        changed = administers.run(lambda unit: administration.enable(name, actor(context), unit))
    say(f"{name} is enabled." if changed else f"{name} was enabled already.")


def _new_secrets(
    password_file: str | None, *, with_key: bool
) -> tuple[str | None, tuple[Secret, ...]]:
    """Make the secrets a verb asks for; the key's text is given for showing it once."""
    key, secrets = administration.new_api_key() if with_key else (None, None)
    made = (secrets,) if secrets else ()
    if with_key and password_file is None:
        return key, made
    password = secret(password_file, prompt="Password")
    return key, (
        *made,
        as_usage(lambda: administration.password_secret(password, passwords())),
    )


def _tell(account: Shown, key: str | None, *, as_json: bool) -> None:
    shown = account if as_json else _row(account)
    show([{**shown, "api_key": key} if key else shown], as_json=as_json)
    if key:
        say("The API key is shown this once; keep it.", style="bold")


def _row(account: Shown) -> Shown:
    """Give the columns of a table: groups as they are written in the option."""
    groups = ",".join(f"{name}:{'+'.join(keys)}" for name, keys in account["groups"].items())
    return {
        "name": account["name"],
        "kind": account["kind"],
        "bound to": account["bound_to"],
        "groups": groups,
        "passwords": account["passwords"],
        "API keys": account["api_keys"],
        "active": account["active"],
    }
