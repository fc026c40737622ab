"""``ticket-gateway wsdl``: list, export, check and compare the published contracts."""

from pathlib import Path

import click

from gateway.cli.options import as_json
from gateway.cli.output import say, show
from gateway.compose import definitions, descriptions
from gateway.errors import CannotStart
from gateway.soap.contract import NotAContract, read_contract
from gateway.soap.contract_diff import Kind, diff
from gateway.soap.publishing import contracts_dir, export, outdated, schema_file, wsdl_file

FAILED = 1

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group(name="wsdl", short_help="The published contracts.")
def verb() -> None:
    """Publish, check and compare the SOAP contracts.

    Example: ticket-gateway wsdl diff v1/acmp-helpdesk.wsdl wsdl/acmp-helpdesk.wsdl
    """


@verb.command("list")
@as_json
def list_contracts(*, as_json: bool) -> None:
    """List the services and the files of their contracts."""
    folder, services = contracts_dir(), definitions()
    old = set(outdated(services, folder))
    rows = [
        {
            "service": definition.stem,
            "path": definition.path,
            "namespace": definition.namespace,
            "operations": _operations(wsdl_file(definition, folder)),
            "wsdl": str(wsdl_file(definition, folder)),
            "schema": str(schema_file(definition, folder)),
            "current": not old & {wsdl_file(definition, folder), schema_file(definition, folder)},
        }
        for definition in services
    ]
    show(rows, as_json=as_json)


@verb.command("export")
@click.option(
    "--out", type=_FOLDER, help="Folder to write wsdl/ and schemas/ into (default: the checkout)."
)
@as_json
def export_contracts(out: Path | None, *, as_json: bool) -> None:
    """Write the contracts and the OpenAPI description as files; unchanged ones are left alone."""
    written = export(definitions(), out or contracts_dir(), descriptions())
    show([{"written": str(file)} for file in written], as_json=as_json)
    say(f"{len(written)} files written. Next: ticket-gateway wsdl check")


@verb.command("check")
@as_json
def check_contracts(*, as_json: bool) -> None:
    """Tell whether the files are what this program publishes; exit code 1 if not."""
    old = outdated(definitions(), contracts_dir(), descriptions())
    show([{"outdated": str(file)} for file in old], as_json=as_json)
    if old:
        say(f"{len(old)} files are not current. Remedy: ticket-gateway wsdl export", style="red")
        raise click.exceptions.Exit(FAILED)
    say("All contract files are current.")


@verb.command("diff")
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
@as_json
def compare(old: Path, new: Path, *, as_json: bool) -> None:
    """Tell compatible from breaking changes between two files; exit code 1 if one breaks."""
    try:
        changes = diff(old.read_bytes(), new.read_bytes())
    except NotAContract as error:
        raise click.UsageError(f"not a contract that can be compared: {error}") from error
    rows = [
        {"kind": str(change.kind), "where": change.where, "what": change.what} for change in changes
    ]
    show(rows, as_json=as_json)
    breaking = sum(change.kind is Kind.BREAKING for change in changes)
    say(f"{len(changes)} changes, {breaking} of them breaking.")
    if breaking:
        raise click.exceptions.Exit(FAILED)


def _operations(file: Path) -> int:
    if not file.is_file():
        raise CannotStart(f"{file} is missing: run `ticket-gateway wsdl export`")
    return len(read_contract(file.read_bytes()).operations)
