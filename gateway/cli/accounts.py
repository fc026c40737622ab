"""``ticket-gateway accounts``: who may call."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import wraps

import click

from gateway.cli.administered import actor, administered, as_usage, password_file, secret
from gateway.cli.options import as_json, with_settings
from gateway.cli.output import say, show
from gateway.domain.people import AccountKind
from gateway.http.digests import sealed_secret
from gateway.settings import Loaded
from gateway.storage import passwords, seal
from gateway.usecases import account_rights, administration
from gateway.usecases.administration import OVERLAP, NewAccount, Secret, SecretKind, Shown
from gateway.usecases.administration_ports import AdministrationUnit

_DIGEST = "Make a secret for PasswordDigest and show it once; the gateway keeps it readable."
_RIGHTS = (
    "Rights that hang on no group: ssp7.read,ssp7.start or ssp7.*. A partner without any has "
    "all of ssp7 but ssp7.start."
)
_GROUPS = "Groups with their keys: users:rw,Network:ro+note. rw includes ro and all others."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """Which secrets a verb asks for."""

    api_key: bool = False
    digest: bool = False
    password_file: str | None = None

    @property
    def any(self) -> bool:
        """Tell whether one was named."""
        return self.api_key or self.digest or self.password_file is not None

    @property
    def several(self) -> bool:
        """Tell whether more than one was named."""
        return self.api_key + self.digest + (self.password_file is not None) > 1


def _secret_options(verb: Callable[..., None]) -> Callable[..., None]:
    """Add the options that name secrets, and hand them on as one."""

    @password_file
    @click.option("--digest", is_flag=True, help=_DIGEST)
    @click.option("--api-key", is_flag=True, help="Make a Bearer key and show it once.")
    @wraps(verb)
    def asking(
        *given: object, api_key: bool, digest: bool, password_file: str | None, **more: object
    ) -> None:
        asked = _Asked(api_key=api_key, digest=digest, password_file=password_file)
        verb(*given, asked=asked, **more)

    return asking


@click.group(name="accounts", short_help="Who may call: agents, customers, partners.")
def verb() -> None:
    """Add, list, rotate and disable the accounts of callers.

    \b
    ticket-gateway accounts add erp --groups users:rw --password-file erp.txt
    ticket-gateway accounts add billing --groups users:rw --api-key --json
    ticket-gateway accounts add jane --kind customer --customer 1 --password-file -
    ticket-gateway accounts rotate erp
    """


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
@click.option("--rights", default="", metavar="NAME,...", help=_RIGHTS)
@_secret_options
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
    rights: str,
    asked: _Asked,
    as_json: bool,
    **person: str,
) -> None:
    """Add an account; the agent or customer user of its name is bound, or made.

    \b
    ticket-gateway accounts add erp --groups users:rw --password-file erp.txt
    ticket-gateway accounts add anna --groups "Service Desk:rw,users:ro" --first-name Anna
    ticket-gateway accounts add billing --groups users:rw --api-key --json

    Without --api-key and --digest a password is asked for. Next: ticket-gateway call
    """
    made = _new_secrets(name, asked, loaded)
    command = NewAccount(
        name=name,
        kind=AccountKind(kind),
        rights=as_usage(lambda: administration.read_rights(groups)),
        granted=as_usage(lambda: account_rights.read_granted(rights)),
        secrets=tuple(made.secrets),
        **person,
    )
    with administered(loaded) as administers:
        added = administers.run(
            lambda unit: administration.add_account(command, actor(context), unit)
        )
    _tell(added, made, as_json=as_json)
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
    """
    with administered(loaded) as administers:
        accounts = administers.run(administration.list_accounts)
    show([account if as_json else _row(account) for account in accounts], as_json=as_json)


@verb.command("set")
@click.argument("name")
@click.option("--groups", metavar="NAME:rw,...", help=_GROUPS)
@click.option("--rights", metavar="NAME,...", help=_RIGHTS)
@as_json
@with_settings()
@click.pass_context
def set_rights(
    context: click.Context,
    loaded: Loaded,
    *,
    name: str,
    groups: str | None,
    rights: str | None,
    as_json: bool,
) -> None:
    """Give an account these groups, or rights, in place of those it has.

    \b
    ticket-gateway accounts set erp --groups users:rw,Network:ro
    ticket-gateway accounts set erp --groups ""
    ticket-gateway accounts set northwind --rights "ssp7.*"
    """
    if groups is None and rights is None:
        raise click.UsageError("nothing to set: --groups or --rights")
    keys = None if groups is None else as_usage(lambda: administration.read_rights(groups))
    names = None if rights is None else as_usage(lambda: account_rights.read_granted(rights))

    def change(unit: AdministrationUnit) -> Shown:
        shown: Shown = {}
        if keys is not None:
            shown = administration.set_rights(name, keys, actor(context), unit)
        if names is not None:
            shown = administration.set_granted(name, names, actor(context), unit)
        return shown

    with administered(loaded) as administers:
        changed = administers.run(change)
    show([changed if as_json else _row(changed)], as_json=as_json)
    say("It holds from the next call on.")


@verb.command("rotate")
@click.argument("name")
@_secret_options
@click.option("--at-once", is_flag=True, help="The secret before ends now, not in 24 hours.")
@as_json
@with_settings()
@click.pass_context
def rotate(
    context: click.Context,
    loaded: Loaded,
    *,
    name: str,
    asked: _Asked,
    at_once: bool,
    as_json: bool,
) -> None:
    """Give an account a new secret; the one before stays valid for 24 hours.

    \b
    ticket-gateway accounts rotate erp --password-file new.txt
    ticket-gateway accounts rotate billing --json
    ticket-gateway accounts rotate billing --at-once
    ticket-gateway accounts rotate northwind --digest

    An account with secrets of one kind only gets one of that kind; every other a password.
    """
    overlap = timedelta() if at_once else OVERLAP
    if asked.several:
        raise click.UsageError("one secret at a time: --api-key, --digest or --password-file")
    with administered(loaded) as administers:
        kinds = administers.run(lambda unit: administration.secret_kinds(name, unit))
        made = _new_secrets(name, asked if asked.any else _like(kinds), loaded)
        rotated = administers.run(
            lambda unit: administration.rotate(name, made.secrets[0], overlap, actor(context), unit)
        )
    _tell(rotated, made, as_json=as_json)
    say("The secret before has ended." if at_once else "The secret before ends in 24 hours.")


@verb.command("disable")
@click.argument("name")
@with_settings()
@click.pass_context
def disable(context: click.Context, loaded: Loaded, *, name: str) -> None:
    """Let an account in no more; what it did stays.

    \b
    ticket-gateway accounts disable erp
    """
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
    """
    with administered(loaded) as administers:
        changed = administers.run(lambda unit: administration.enable(name, actor(context), unit))
    say(f"{name} is enabled." if changed else f"{name} was enabled already.")


@dataclass(slots=True)
class _Made:
    """The secrets that were made, and the texts of those that are shown once."""

    secrets: list[Secret] = field(default_factory=list)
    shown: dict[str, str] = field(default_factory=dict)


def _like(kinds: frozenset[SecretKind]) -> _Asked:
    """Ask for a secret of the one kind that an account has, else for a password."""
    return _Asked(api_key=kinds == {SecretKind.API_KEY}, digest=kinds == {SecretKind.DIGEST})


def _new_secrets(name: str, asked: _Asked, loaded: Loaded) -> _Made:
    made = _Made()
    if asked.api_key:
        made.shown["api_key"], key = administration.new_api_key()
        made.secrets.append(key)
    if asked.digest:
        sealing = seal(loaded.settings)
        made.shown["digest_secret"], kept = administration.new_digest_secret(
            lambda text: sealed_secret(text, name, sealing)
        )
        made.secrets.append(kept)
    if not made.secrets or asked.password_file is not None:
        password = secret(asked.password_file, prompt="Password")
        made.secrets.append(as_usage(lambda: administration.password_secret(password, passwords())))
    return made


def _tell(account: Shown, made: _Made, *, as_json: bool) -> None:
    shown = account if as_json else _row(account)
    show([{**shown, **made.shown}], as_json=as_json)
    for name in made.shown:
        say(f"The {_SHOWN[name]} is shown this once; keep it.", style="bold")


_SHOWN = {"api_key": "API key", "digest_secret": "digest secret"}


def _row(account: Shown) -> Shown:
    """Give the columns of a table: groups as they are written in the option."""
    groups = ",".join(f"{name}:{'+'.join(keys)}" for name, keys in account["groups"].items())
    return {
        "name": account["name"],
        "kind": account["kind"],
        "bound to": account["bound_to"],
        "groups": groups,
        "rights": ",".join(account["rights"]),
        "passwords": account["passwords"],
        "API keys": account["api_keys"],
        "digests": account["digest_secrets"],
        "active": account["active"],
    }
