"""``ticket-gateway mail``: keys of outgoing mail, and mail that is read from files."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from gateway.cli.administered import actor, administered, secret
from gateway.cli.mail_read import read
from gateway.cli.options import as_json, with_settings
from gateway.cli.output import say, show
from gateway.domain.mail import MailKey
from gateway.errors import CannotStart
from gateway.http.seal import Seal
from gateway.mail.keyfile import read_keys
from gateway.mail.keys import FoundKey, Locked, sealed_as
from gateway.settings import Loaded
from gateway.storage import seal
from gateway.usecases import mail_keys


@click.group(name="mail", short_help="Keys that sign and encrypt mail; mail from files.")
def verb() -> None:
    """Work with mail: its keys, and received mail from files.

    \b
    ticket-gateway mail read answer.eml --dry-run
    ticket-gateway mail keys add support.asc
    ticket-gateway mail keys list
    """


@verb.group(name="keys", short_help="PGP and S/MIME keys.")
def keys() -> None:
    """Add, list and disable PGP and S/MIME keys.

    \b
    ticket-gateway mail keys add support.asc --passphrase-file passphrase.txt
    ticket-gateway mail keys list
    ticket-gateway mail keys disable 0A1B2C3D4E5F60718293A4B5C6D7E8F901234567
    """


@keys.command("add")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--passphrase-file",
    metavar="FILE",
    help="File with the passphrase of a locked key; - for standard input.",
)
@as_json
@with_settings()
@click.pass_context
def add(
    context: click.Context,
    loaded: Loaded,
    *,
    file: Path,
    passphrase_file: str | None,
    as_json: bool,
) -> None:
    """Add the keys of a file, or newer copies of them.

    \b
    ticket-gateway mail keys add support.asc
    ticket-gateway mail keys add support.p12 --passphrase-file passphrase.txt

    PGP: armored or binary; one secret key, or any number of public ones. S/MIME: PEM, DER or
    PKCS #12; a certificate, or one with its secret key. A locked key is unlocked here; its secret
    part is kept in the database, sealed under the seal key. Next: ticket-gateway mail keys list
    """
    found = _read(file, passphrase_file)
    sealing = seal(loaded.settings)
    new = [_sealed(each, sealing) for each in found]
    with administered(loaded) as administers:
        rows = administers.run(
            lambda unit: [mail_keys.add(each, actor(context), unit) for each in new]
        )
    show(rows, as_json=as_json)
    for row in rows:
        if not row["signs"] and not row["encrypts"]:
            say(f"{row['fingerprint']} can neither sign nor encrypt mail now", style="yellow")


@keys.command("list")
@as_json
@with_settings()
def list_keys(loaded: Loaded, *, as_json: bool) -> None:
    """List the keys: whose they are, what they can do, until when; never a secret part.

    \b
    ticket-gateway mail keys list --json
    """
    with administered(loaded) as administers:
        rows = administers.run(mail_keys.show)
    show(rows, as_json=as_json)


@keys.command("disable")
@click.argument("fingerprint")
@as_json
@with_settings()
@click.pass_context
def disable(context: click.Context, loaded: Loaded, *, fingerprint: str, as_json: bool) -> None:
    """Switch a key off; mail that waits for it fails, it is never sent without it.

    \b
    ticket-gateway mail keys disable 0A1B2C3D4E5F60718293A4B5C6D7E8F901234567

    Adding the key again switches it on.
    """
    with administered(loaded) as administers:
        row = administers.run(lambda unit: mail_keys.disable(fingerprint, actor(context), unit))
    show([row], as_json=as_json)


def _read(file: Path, passphrase_file: str | None) -> Sequence[FoundKey]:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise CannotStart(f"cannot read {file}: {error.strerror}") from None
    try:
        return read_keys(content)
    except Locked:
        return read_keys(content, _passphrase(passphrase_file))


def _passphrase(file: str | None) -> str:
    if file is None and not sys.stdin.isatty():
        raise click.UsageError(
            "the key is locked and there is no terminal to ask for its passphrase: "
            "give --passphrase-file FILE (- for standard input)"
        )
    return secret(file, prompt="Passphrase", new=False)


def _sealed(found: FoundKey, sealing: Seal) -> MailKey:
    """Give the key as it is stored: its secret part opens for its own row only."""
    if found.secret is None:
        return found.key
    context = sealed_as(found.key.kind, found.key.fingerprint)
    return replace(found.key, secret_sealed=sealing.seal(found.secret, context))


verb.add_command(read)
