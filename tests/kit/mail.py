"""A mail server on loopback that keeps what it is given, and certificates made for a test."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import IPv4Address
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from tests.kit.serving import free_port

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Received:
    """One mail as it arrived, with its envelope."""

    sender: str
    recipients: list[str]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=policy.default)


@dataclass
class MailServer:
    """What the server was given; ``answers`` refuse addresses, ``after_data`` the whole mail."""

    host: str = HOST
    port: int = 0
    received: list[Received] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)  # address: "451 try later"
    after_data: str = ""
    login: tuple[str, str] | None = None
    logins: list[bytes] = field(default_factory=list)  # users that logged in
    taken: Callable[[], object] = bool  # called between taking a mail and saying so

    @property
    def messages(self) -> list[EmailMessage]:
        return [each.message for each in self.received]

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if answer := self.answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.after_data:
            return self.after_data
        self.received.append(
            Received(envelope.mail_from, list(envelope.rcpt_tos), bytes(envelope.content))
        )
        self.taken()
        return "250 OK"

    def authenticate(self, server, session, envelope, mechanism, data) -> AuthResult:
        good = (data.login.decode(), data.password.decode()) == self.login
        if good:
            self.logins.append(data.login)
        return AuthResult(success=good, handled=False)


@contextmanager
def smtp_server(
    tls: str = "none", certificate: Path | None = None, login: tuple[str, str] | None = None
) -> Iterator[MailServer]:
    """Run a mail server on a free port of loopback.

    Args:
        tls: none, starttls (demanded) or implicit.
        certificate: PEM file with certificate and key, as ``server_certificate`` makes it.
        login: user and password that are demanded; only after STARTTLS.
    """
    server = MailServer(port=free_port(), login=login)
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    controller = Controller(
        server,
        hostname=HOST,
        port=server.port,
        ssl_context=context if tls == "implicit" else None,
        tls_context=context if tls == "starttls" else None,
        require_starttls=tls == "starttls",
        authenticator=server.authenticate if login else None,
        auth_required=login is not None,
    )
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


def server_certificate(folder: Path, name: str = "server") -> Path:
    """Make a certificate of loopback that signed itself, with its key; it is its own CA file."""
    key, certificate = certificate_of(
        "localhost", x509.SubjectAlternativeName([x509.IPAddress(IPv4Address(HOST))])
    )
    return pem_file(folder / f"{name}.pem", key, certificate)


def mail_certificate(folder: Path, address: str, *, days: int = 30) -> Path:
    """Make an S/MIME certificate that signed itself, with its key, in one PEM file."""
    key, certificate = certificate_of(
        f"Owner of {address}",
        x509.SubjectAlternativeName([x509.RFC822Name(address)]),
        days=days,
    )
    return pem_file(folder / f"{address}.pem", key, certificate)


def certificate_of(common_name, names, *, days=30, subject=None):
    """Make a key and a certificate over it; negative days: it has ended."""
    key = rsa.generate_private_key(65537, 2048)
    name = subject or x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    now = datetime.now(UTC)  # noqa: TID251 - certificates live by the real clock
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    return key, certificate


def pem_file(path, key, certificate, passphrase=None):
    lock = (
        serialization.BestAvailableEncryption(passphrase.encode())
        if passphrase
        else serialization.NoEncryption()
    )
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path
