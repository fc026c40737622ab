"""Copy-ready calls of one operation for the tool kits that testers and developers have."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pprint import pformat

from gateway.soap.contract import Complex, Contract, Member, Operation, Simple
from gateway.soap.envelope import SoapVersion
from gateway.soap.samples import filled_request, lexical

_Plain = Mapping[str, "_Plain"] | Sequence["_Plain"] | str | bytes | int | bool | None


@dataclass(frozen=True, slots=True)
class Snippet:
    """One way to make the call."""

    name: str
    text: str


def snippets(
    contract: Contract,
    operation: Operation,
    arguments: Mapping[str, object],
    service: str,
    *,
    login: bool = True,
) -> tuple[Snippet, ...]:
    """Give the calls with these arguments; ``service`` is the name that the call verb takes.

    Without ``login`` the arguments say who calls, and nothing else does.
    """
    port = contract.ports[SoapVersion.V11]
    envelope = filled_request(contract, operation, SoapVersion.V11, arguments)
    action = operation.actions[SoapVersion.V11]
    kind = contract.element_type(operation.request)
    values = _members(contract, kind, arguments)
    return (
        Snippet("SOAP 1.1", envelope),
        Snippet("curl", _curl(port.address, action, envelope, login=login)),
        Snippet("Python, zeep", _zeep(port.address, operation.name, values, login=login)),
        Snippet("PowerShell", _powershell(port.address, action, envelope, login=login)),
        Snippet("PHP", _php(port.address, operation.name, values, login=login)),
        Snippet("ticket-gateway", f"ticket-gateway call {service} {operation.name} --sample\n"),
    )


def client_arguments(
    contract: Contract, operation: Operation, arguments: Mapping[str, object]
) -> Mapping[str, object]:
    """Give the arguments in the form of SOAP clients: every list inside its wrapper."""
    return dict(_members(contract, contract.element_type(operation.request), arguments))


def _members(contract: Contract, kind: Complex, values: Mapping[str, object]) -> dict[str, _Plain]:
    return {
        member.name: _plain(contract, member, values[member.name], repeated=member.repeated)
        for member in kind.members
        if member.name in values
    }


def _plain(contract: Contract, member: Member, value: object, *, repeated: bool) -> _Plain:
    if value is None:
        return None
    if repeated and isinstance(value, Sequence):
        return [_plain(contract, member, entry, repeated=False) for entry in value]
    kind = contract.types[member.type]
    if isinstance(kind, Simple):
        return _leaf(kind, value)
    if kind.item is not None and not isinstance(value, Mapping):
        value = {kind.item.name: value}
    return _members(contract, kind, value) if isinstance(value, Mapping) else None


def _leaf(kind: Simple, value: object) -> str | bytes | int | bool:
    # Client libraries encode bytes themselves; all other types they take in lexical form.
    if kind.base == "base64Binary":
        return value if isinstance(value, bytes) else base64.b64decode(str(value))
    return value if isinstance(value, bool | int) else lexical(value, kind.name)


def _curl(address: str, action: str, envelope: str, *, login: bool) -> str:
    return (
        f"curl {'--user USER ' if login else ''}\\\n"
        "  --header 'Content-Type: text/xml; charset=utf-8' \\\n"
        f"  --header 'SOAPAction: \"{action}\"' \\\n"
        f"  --data-binary @- '{address}' <<'XML'\n{envelope}XML\n"
    )


def _zeep(address: str, operation: str, values: Mapping[str, _Plain], *, login: bool) -> str:
    arguments = pformat(values, width=88, sort_dicts=False)
    if not login:
        return (
            "from zeep import Client\n\n"
            f'client = Client("{address}?wsdl")\n'
            f"arguments = {arguments}\n"
            f"print(client.service.{operation}(**arguments))\n"
        )
    return (
        "from getpass import getpass\n\n"
        "from requests import Session\n"
        "from zeep import Client\n"
        "from zeep.transports import Transport\n\n"
        "session = Session()\n"
        'session.auth = ("USER", getpass())\n'
        f'client = Client("{address}?wsdl", transport=Transport(session=session))\n'
        f"arguments = {arguments}\n"
        f"print(client.service.{operation}(**arguments))\n"
    )


def _powershell(address: str, action: str, envelope: str, *, login: bool) -> str:
    credential = "-Credential (Get-Credential) " if login else ""
    # Windows PowerShell would send text as ISO-8859-1.
    return (
        f"$body = @'\n{envelope}'@\n"
        f"Invoke-WebRequest -Uri '{address}' -Method Post -UseBasicParsing `\n"
        f"  {credential}-ContentType 'text/xml; charset=utf-8' `\n"
        f"  -Headers @{{ SOAPAction = '\"{action}\"' }} `\n"
        "  -Body ([Text.Encoding]::UTF8.GetBytes($body)) | Select-Object -Expand Content\n"
    )


def _php(address: str, operation: str, values: Mapping[str, _Plain], *, login: bool) -> str:
    options = ",\n    ['login' => 'USER', 'password' => getenv('PASSWORD')]" if login else ""
    return (
        "<?php\n"
        f"$client = new SoapClient('{address}?wsdl=soap11'{options});\n"
        f"print_r($client->{operation}({_php_value(values, '')}));\n"
    )


def _php_value(value: _Plain, indent: str) -> str:
    match value:
        case None:
            return "null"
        case bytes():
            return f"base64_decode('{base64.b64encode(value).decode('ascii')}')"
        case str():
            return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
        case bool() | int():
            return json.dumps(value)
    inner = indent + "    "
    if isinstance(value, Mapping):
        lines = [f"'{name}' => {_php_value(entry, inner)}" for name, entry in value.items()]
    else:
        lines = [_php_value(entry, inner) for entry in value]
    return "[" + "".join(f"\n{inner}{line}," for line in lines) + (f"\n{indent}]" if lines else "]")
