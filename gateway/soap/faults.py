"""Writes faults: this room alone does, Spyne's fault classes only stand in the published file.

Codes are the four of SOAP without dots and subcodes, the dialect's own code stands in the one
detail element (soap-engine page, section 6).
"""

from gateway.soap.codec import envelope, escape
from gateway.soap.definition import FaultCode, FaultContent
from gateway.soap.envelope import SoapVersion
from gateway.text import printable

MAX_BYTES = 4096
MAX_TEXT = 500  # characters
_SHORTER = (MAX_TEXT, 250, 120, 60)  # 60 characters, however escaped, stay below MAX_BYTES


def write_fault(
    version: SoapVersion, content: FaultContent, *, element: str, namespace: str, header: str = ""
) -> bytes:
    """Write a whole fault envelope of at most 4 KiB; control characters appear as ``?``.

    ``element`` is the name of the one detail element, in ``namespace``; ``header`` the markup of
    header blocks.
    """
    write = _body_11 if version is SoapVersion.V11 else _body_12
    data = b""
    for limit in _SHORTER:
        detail = _detail(content, element, namespace, limit)
        data = envelope(version, write(content, detail, limit), header=header)
        if len(data) <= MAX_BYTES:
            break
    return data


def _text(value: str, limit: int) -> str:
    return escape(printable(value, limit))


def _detail(content: FaultContent, element: str, namespace: str, limit: int) -> str:
    if not content.detail:
        return ""
    members = "".join(f"<{name}>{_text(value, limit)}</{name}>" for name, value in content.detail)
    return f'<{element} xmlns="{_attribute(namespace)}">{members}</{element}>'


def _body_11(content: FaultContent, detail: str, limit: int) -> str:
    env = SoapVersion.V11.prefix
    return (
        f"<{env}:Fault><faultcode>{env}:{content.code.value[0]}</faultcode>"
        f"<faultstring>{_text(content.text, limit)}</faultstring>"
        + (f"<detail>{detail}</detail>" if detail else "")
        + f"</{env}:Fault>"
    )


def _body_12(content: FaultContent, detail: str, limit: int) -> str:
    env = SoapVersion.V12.prefix
    return (
        f"<{env}:Fault><{env}:Code><{env}:Value>{env}:{content.code.value[1]}</{env}:Value>"
        f'</{env}:Code><{env}:Reason><{env}:Text xml:lang="en">{_text(content.text, limit)}'
        f"</{env}:Text></{env}:Reason>"
        + (f"<{env}:Detail>{detail}</{env}:Detail>" if detail else "")
        + f"</{env}:Fault>"
    )


def upgrade(version: SoapVersion) -> str:
    """Give the header block that goes with VersionMismatch; SOAP 1.1 has none."""
    if version is SoapVersion.V11:
        return ""
    env, old = SoapVersion.V12.prefix, SoapVersion.V11
    return (
        f"<{env}:Upgrade>"
        f'<{env}:SupportedEnvelope qname="{env}:Envelope"/>'
        f'<{env}:SupportedEnvelope xmlns:{old.prefix}="{old.namespace}"'
        f' qname="{old.prefix}:Envelope"/>'
        f"</{env}:Upgrade>"
    )


def not_understood(version: SoapVersion, name: str, namespace: str) -> str:
    """Give the header block that goes with MustUnderstand; SOAP 1.1 has none."""
    if version is SoapVersion.V11:
        return ""
    env = SoapVersion.V12.prefix
    if not namespace:
        return f'<{env}:NotUnderstood qname="{_attribute(name)}"/>'
    return (
        f'<{env}:NotUnderstood xmlns:block="{_attribute(namespace)}"'
        f' qname="block:{_attribute(name)}"/>'
    )


def _attribute(value: str) -> str:
    return _text(value, 256).replace('"', "&quot;")


def status(version: SoapVersion, content: FaultContent, sender_status: int) -> int:
    """Give the HTTP status; only a SOAP 1.2 Sender fault may be another than 500."""
    if version is SoapVersion.V12 and content.code is FaultCode.CLIENT:
        return sender_status
    return 500
