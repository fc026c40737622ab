"""Builds SOAP requests as callers send them, well or badly."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from gateway import clock
from gateway.http.exchange import Request, Trace
from gateway.soap.envelope import SoapVersion

OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
WSSE = f"{OASIS}wssecurity-secext-1.0.xsd"
WSU = f"{OASIS}wssecurity-utility-1.0.xsd"
PASSWORD_TEXT = f"{OASIS}username-token-profile-1.0#PasswordText"
PASSWORD_DIGEST = f"{OASIS}username-token-profile-1.0#PasswordDigest"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XSD = "http://www.w3.org/2001/XMLSchema"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One request as bytes and headers; lower-case header names."""

    body: bytes
    content_type: str | None = None  # None: that of the version, utf-8
    headers: Mapping[str, str] = field(default_factory=dict)

    def with_headers(self, **headers: str) -> "Sent":
        added = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **added})


def content_type(version: SoapVersion, charset: str = "utf-8") -> str:
    return f"{version.media_type}; charset={charset}"


def request(sent: Sent, version: SoapVersion, *, path: str = "/soap/probe") -> Request:
    """Make the request that the door would hand over."""
    given = sent.content_type or content_type(version)
    return Request(
        method="POST",
        path=path,
        query="",
        headers={"content-type": given, **sent.headers},
        body=sent.body,
        peer="192.0.2.7",
        secure=True,
        received=clock.now(),
        correlation_id="c0ffee",
        deadline_s=clock.monotonic_s() + 30,
    )


def trace(dialect: str = "probe") -> Trace:
    return Trace(number="88123", dialect=dialect)


def envelope(version: SoapVersion, body: str, header: str = "", *, attributes: str = "") -> str:
    """Put ready markup into an envelope; ``attributes`` stand on the Envelope."""
    head = f"<s:Header>{header}</s:Header>" if header else ""
    return (
        f'<s:Envelope xmlns:s="{version.namespace}"{attributes}>{head}'
        f"<s:Body>{body}</s:Body></s:Envelope>"
    )


def password(text: str, *, kind: str | None = PASSWORD_TEXT) -> str:
    mark = "" if kind is None else f' Type="{kind}"'
    return f"<w:Password{mark}>{text}</w:Password>"


def username_token(name: str, secret: str, more: str = "") -> str:
    return (
        f"<w:UsernameToken><w:Username>{name}</w:Username>{password(secret)}{more}"
        f"</w:UsernameToken>"
    )


def security(content: str, *, attributes: str = "") -> str:
    """Make a Security header block with prefixes ``w`` (wsse) and ``u`` (wsu) declared."""
    return f'<w:Security xmlns:w="{WSSE}" xmlns:u="{WSU}"{attributes}>{content}</w:Security>'


def login(name: str, secret: str) -> str:
    return security(username_token(name, secret))
