"""``ticket-gateway call``: call a published operation of a running gateway."""

import base64
import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from gateway import compose
from gateway.cli.administered import STANDARD_INPUT, password_file, secret
from gateway.cli.options import as_json, with_settings
from gateway.cli.output import say
from gateway.errors import CannotStart
from gateway.settings import Loaded, Settings
from gateway.soap.contract import Contract, NotAContract, Operation, read_contract
from gateway.soap.definition import ServiceDefinition
from gateway.soap.envelope import SoapVersion
from gateway.soap.samples import BadArguments, filled_request
from gateway.soap.snippets import client_arguments
from gateway.usecases.list_fields import hint

FAULT = 5

_TIMEOUT_S = 60
_VERSIONS = {"1.1": SoapVersion.V11, "1.2": SoapVersion.V12}
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Callee:
    """The service of a running gateway, and who calls it."""

    definition: ServiceDefinition
    address: str
    login: tuple[str, str]


@click.command("call")
@click.argument("service")
@click.argument("operation")
@click.option("--args", "arguments_file", metavar="FILE", help="JSON object; - for standard input.")
@click.option("--sample", is_flag=True, help="The filled sample of the operation's page.")
@click.option("--soap", type=click.Choice(list(_VERSIONS)), default="1.1", help="SOAP version.")
@click.option("--url", help="Address of the gateway (default: the one of the settings).")
@click.option("--user", metavar="NAME", help="Account (default: the admin of the first start).")
@password_file
@click.option("--raw", is_flag=True, help="Print the answer as it came, not as JSON.")
@as_json
@with_settings()
def verb(  # noqa: PLR0913 - the options of the verb
    loaded: Loaded,
    *,
    service: str,
    operation: str,
    arguments_file: str | None,
    sample: bool,
    soap: str,
    url: str | None,
    user: str | None,
    password_file: str | None,
    raw: bool,
    as_json: bool,
) -> None:
    """Call a published operation and print its answer as JSON.

    \b
    ticket-gateway call acmp-helpdesk GetHelpdeskSettings_V1
    ticket-gateway call acmp-helpdesk GetTicket_V4 --sample --soap 1.2
    ticket-gateway call acmp-helpdesk SaveTicket_V4 --args ticket.json --user erp
    ticket-gateway call acmp-helpdesk GetTicketList_V1 --raw --url http://127.0.0.1:8080

    Samples use the tickets of `ticket-gateway demo`. Exit code 5: the answer is a fault or an
    error, 3: nobody answers.
    """
    del as_json  # the answer is JSON in any case
    if sample and arguments_file:
        raise click.UsageError("one source of arguments: --args or --sample")
    definition = _definition(service)
    callee = Callee(
        definition,
        (url or loaded.settings.public_url).rstrip("/").removesuffix(definition.path)
        + definition.path,
        _login(loaded.settings, url, user, password_file),
    )
    given = _given(arguments_file)
    wire = _Wire(callee, _VERSIONS[soap])
    contract = wire.contract()
    called = _operation(contract, operation)
    values = definition.filled(called.name) if sample else given
    values = _with_login(callee, contract, called, values, sample=sample)
    answer = wire.call(called, _arguments(contract, called, _VERSIONS[soap], values))
    click.echo(wire.raw if raw else _json(answer.shown))
    if answer.complaint:
        _complain(answer.complaint, callee, sample=sample)


@dataclass(frozen=True, slots=True)
class _Answer:
    shown: object
    complaint: str = ""  # why it is no success


class _Wire:
    """A strict client of one service; it is loaded here, since other verbs need none."""

    def __init__(self, callee: Callee, version: SoapVersion) -> None:
        from zeep.transports import Transport  # noqa: PLC0415 - loaded by the verbs that need it

        self._callee = callee
        self._version = version
        self._transport = Transport(timeout=_TIMEOUT_S, operation_timeout=_TIMEOUT_S)
        self._transport.session.auth = tuple(part.encode("utf-8") for part in callee.login)
        self._wsdl = b""
        self.raw = ""  # the last answer as it came

    def contract(self) -> Contract:
        """Load the served contract.

        Raises:
            CannotStart: nobody answers, or not with a contract.
        """
        address = f"{self._callee.address}?wsdl"
        try:
            answer = self._transport.session.get(address, timeout=_TIMEOUT_S)
        except OSError as error:
            raise _nobody(self._callee.address, error) from None
        if not answer.ok:
            raise CannotStart(
                f"{address} answered {answer.status_code}: a gateway of another version, another "
                "program, or an account that may not read the contract; check --url and --user"
            )
        self._wsdl = answer.content
        try:
            return read_contract(self._wsdl)
        except NotAContract as error:
            raise CannotStart(f"{address} is no contract ({error}); check --url") from None

    def call(self, operation: Operation, arguments: Mapping[str, object]) -> _Answer:
        """Call the operation at the address asked for, whatever the contract says.

        Raises:
            CannotStart: nobody answers.
        """
        from zeep import Client, Settings  # noqa: PLC0415 - loaded by the verbs that need it
        from zeep.exceptions import Error, Fault, TransportError  # noqa: PLC0415 - loaded by the verbs that need it
        from zeep.helpers import serialize_object  # noqa: PLC0415 - loaded by the verbs that need it

        definition = self._callee.definition
        client = Client(
            BytesIO(self._wsdl),
            transport=self._transport,
            settings=Settings(strict=True, forbid_dtd=True),
        )
        binding = f"{{{definition.namespace}}}{definition.bindings[self._version]}"
        proxy = client.create_service(binding, self._callee.address)
        self._transport.session.hooks["response"] = [self._keep]
        try:
            answer = proxy[operation.name](**arguments)
        except Fault as fault:
            return _Answer({"Fault": _fault(fault)}, f"fault {fault.code}: {fault.message}")
        except TransportError as error:
            return _Answer({"Status": error.status_code}, f"HTTP status {error.status_code}")
        except OSError as error:
            raise _nobody(self._callee.address, error) from None
        except Error as error:
            return _Answer({"Error": str(error)}, f"the answer breaks the contract: {error}")
        shown = serialize_object(answer, dict)
        return _Answer(shown, _in_band_error(shown))

    def _keep(self, response: Any, *_: object, **__: object) -> None:
        self.raw = response.text


def _definition(service: str) -> ServiceDefinition:
    known = {definition.stem: definition for definition in compose.definitions()}
    by_dialect = {definition.dialect: definition for definition in known.values()}
    found = known.get(service.lower()) or by_dialect.get(service.lower())
    if found is None:
        raise click.UsageError(f"no service {service!r}{hint(service, known)}")
    return found


def _login(
    settings: Settings, url: str | None, user: str | None, password_file: str | None
) -> tuple[str, str]:
    """Give name and password; of the own gateway's admin they are known."""
    if user is None and password_file is None:
        password = _admin_password(settings)
        # Sent to this machine's gateway or to the configured one, never to any other address.
        if password and (url is None or urlsplit(url).hostname in _LOOPBACK):
            return _ADMIN, password
    name = user or _ADMIN
    return name, secret(password_file, prompt=f"Password of {name}", new=False)


def _admin_password(settings: Settings) -> str:
    given = settings.admin.password.get_secret_value()
    if given:
        return given
    with suppress(OSError):
        return (settings.database.data_dir / "admin-password").read_text("utf-8").strip()
    return ""


def _given(file: str | None) -> Mapping[str, object]:
    if file is None:
        return {}
    try:
        text = sys.stdin.read() if file == STANDARD_INPUT else Path(file).read_text("utf-8")
        given = json.loads(text, parse_float=Decimal)
    except OSError as error:
        raise click.UsageError(f"cannot read {file}: {error.strerror}") from None
    except ValueError as error:
        raise click.UsageError(f"{file} is not JSON: {error}") from None
    if not isinstance(given, dict):
        raise click.UsageError(f"{file} is no JSON object with the operation's parameters")
    return given


def _operation(contract: Contract, name: str) -> Operation:
    found = contract.operations.get(name)
    if found is None:
        raise click.UsageError(f"no operation {name!r}{hint(name, contract.operations)}")
    return found


def _with_login(
    callee: Callee,
    contract: Contract,
    operation: Operation,
    values: Mapping[str, object],
    *,
    sample: bool,
) -> Mapping[str, object]:
    """Say who calls where a service reads it in the message; what a file says stays."""
    fields = callee.definition.login_fields
    taken = {member.name for member in contract.element_type(operation.request).members}
    if not fields or not taken.issuperset(fields[:2]):
        return values
    if not sample and not values.keys().isdisjoint(fields):
        return values
    return {**values, **dict(zip(fields, callee.login, strict=False))}


def _arguments(
    contract: Contract, operation: Operation, version: SoapVersion, values: Mapping[str, object]
) -> Mapping[str, object]:
    try:
        filled_request(contract, operation, version, values)
        return client_arguments(contract, operation, values)
    except BadArguments as error:
        raise click.UsageError(f"{error}; nothing was sent") from None


def _fault(fault: Any) -> dict[str, object]:
    parts = {"code": fault.code, "message": fault.message}
    if fault.detail is None:
        return parts
    texts = {
        str(element.tag).rpartition("}")[2]: element.text
        for element in fault.detail.iter()
        if not len(element)
    }
    return {**parts, "detail": texts}


def _in_band_error(shown: object) -> str:
    """Tell the error that an answer carries as a value, in the words of any dialect."""
    if not isinstance(shown, Mapping):
        return ""
    if shown.get("ResultCode"):
        return f"result {shown['ResultCode']}: {shown.get('ResultMessage') or ''}"
    error = shown.get("Error")
    if isinstance(error, Mapping):
        return f"{error.get('ErrorCode')}: {error.get('ErrorMessage')}"
    return ""


def _complain(complaint: str, callee: Callee, *, sample: bool) -> None:
    say(f"{callee.definition.title} refused the call: {complaint}", style="red")
    say(f"Called as {callee.login[0]}; what the codes mean: {callee.address}")
    if sample:
        say("Samples use the demo data; make them with: ticket-gateway demo")
    raise click.exceptions.Exit(FAULT)


def _nobody(address: str, error: OSError) -> CannotStart:
    parts = urlsplit(address)
    # The library's own text repeats the whole request; its cause says it in a few words.
    reason = "no answer in time" if "timed out" in str(error).lower() else "no connection"
    return CannotStart(
        f"nobody answers at {parts.scheme}://{parts.netloc} ({reason}); start the gateway with "
        "`ticket-gateway serve`, or give its address with --url"
    )


def _json(answer: object) -> str:
    return json.dumps(answer, ensure_ascii=False, indent=2, default=_lexical)


def _lexical(value: object) -> str:
    match value:
        case bytes():
            return base64.b64encode(value).decode("ascii")
        case datetime() | date():
            return value.isoformat()
        case _:
            return str(value)
