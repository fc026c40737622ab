"""A step of a process tried alone: against a target that needs no database."""

import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gateway.delivery.addresses import Addresses
from gateway.delivery.calls import Caller, CallLimits
from gateway.delivery.contracts import Contracts
from gateway.delivery.steps.http import HttpStep
from gateway.delivery.steps.soap import SoapStep
from gateway.delivery.steps.step import Situation
from gateway.domain.process import Kind, Process, Step
from gateway.secret_files import SecretFiles
from gateway.usecases.ports import Claimed, Lease, Target

EVENT = UUID("3f0c2f7e-8a54-4d0e-9b0f-5f2a7a1f9c11")
LOOPBACK = ("127.0.0.0/8", "::1/128")
_NOW = datetime(2026, 3, 4, 10, 15, tzinfo=UTC)
CLAIMED = Claimed(
    id=1,
    lease=Lease(1, 1, "test"),
    partner_id=1,
    partner="NORTHWIND",
    subject="ticket:7",
    event_id=EVENT,
    process="northwind",
    version=1,
    payload={},
    step="send",
    tries=0,
    values={},
    attempt=1,
    created=_NOW,
    now=_NOW,
)


class Known:
    """Targets by code."""

    def __init__(self, *targets):
        self.targets = {target.code: target for target in targets}

    def find(self, partner, code):
        return self.targets.get(code)

    def list(self, partner):
        return list(self.targets.values())


class Given:
    """Texts that are filled from a table: ``#NAME#``, as they are."""

    def __init__(self, **values):
        self.values = values

    def fill(self, template, place):
        for name, value in self.values.items():
            template = template.replace(f"#{name}#", str(value))
        return template

    def data(self, value):
        match value:
            case str():
                return self.fill(value, "data")
            case dict():
                return {name: self.data(member) for name, member in value.items()}
            case list():
                return [self.data(item) for item in value]
            case _:
                return value


class Bench:
    """Everything a step needs, for one target."""

    def __init__(self, url, folder, *, networks=LOOPBACK, limits=None, **target):
        self.target = Target(id=1, partner_id=1, partner="NORTHWIND", code="desk", base_url=url)
        self.target = replace(self.target, **target)
        self.folder = folder
        self.held = 0
        self.key = f"{EVENT}/send"
        self.masked = ()
        self.caller = Caller(
            addresses=Addresses(networks),
            secrets=SecretFiles(folder),
            limits=limits or CallLimits(connect_s=5, answer_bytes=1024 * 1024),
        )
        self.contracts = Contracts(folder, 60)

    @property
    def targets(self):
        return Known(self.target)

    def soap(self, *, timeout_s=10, texts=None, **keys):
        kind = SoapStep(self.targets, self.caller, self.contracts)
        given = {"target": "desk", "wsdl": "/desk/TicketService?wsdl"} | keys
        return kind.perform(step(Kind.SOAP, given), self.situation(timeout_s, texts))

    def http(self, *, timeout_s=10, texts=None, **keys):
        kind = HttpStep(self.targets, self.caller)
        return kind.perform(
            step(Kind.HTTP, {"target": "desk"} | keys), self.situation(timeout_s, texts)
        )

    def checked(self, kind, **keys):
        """List what a check finds."""
        tried = {
            Kind.SOAP: SoapStep(self.targets, self.caller, self.contracts),
            Kind.HTTP: HttpStep(self.targets, self.caller),
        }[kind]
        of = step(kind, {"target": "desk"} | keys)
        return list(tried.check(of, Process(name="northwind", version=1, steps=(of,))))

    def situation(self, timeout_s, texts):
        return Situation(
            claimed=CLAIMED,
            texts=texts or Given(),
            headers={
                "X-Gateway-Event-Id": str(EVENT),
                "X-Gateway-Delivery-Attempt": "1",
                "Idempotency-Key": self.key,
            },
            timeout_s=timeout_s,
            files=list,
            partner_id=1,
            hold=self._hold,
            masked=lambda: self.masked,
        )

    def _hold(self):
        self.held += 1


def step(kind, keys):
    return Step(name="send", kind=kind, keys=keys)


# -- certificates ---------------------------------------------------------------------------------


class Authority:
    """A certificate authority of a test; its certificates lie in a folder."""

    def __init__(self, folder, name="authority"):
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self._certificate = self._signed(self._name, self._key, authority=True)
        self.file = str(self._write(f"{name}.pem", self._certificate))

    def issue(self, name, *, address="127.0.0.1", expired=False):
        """Give the file of a certificate and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        signed = self._signed(subject, key, address=address, expired=expired)
        return str(self._write(f"{name}.pem", signed, key))

    def server(self, file, *, asks=False):
        """Give the context of a server with a certificate; one that asks callers for theirs."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        if asks:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.file)
        return context

    def _signed(self, subject, key, *, authority=False, address=None, expired=False):
        begin = datetime.now(UTC) - timedelta(days=3)  # noqa: TID251 - OpenSSL asks the real clock
        end = begin + timedelta(days=1 if expired else 30)
        builder = (
            x509.CertificateBuilder(subject_name=subject, issuer_name=self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()),
                critical=False,
            )
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
        )
        if authority:
            usage = dict.fromkeys(
                ("digital_signature", "content_commitment", "key_encipherment",
                 "data_encipherment", "key_agreement", "encipher_only", "decipher_only"),
                False,
            )  # fmt: skip
            builder = builder.add_extension(
                x509.KeyUsage(**usage, key_cert_sign=True, crl_sign=True), critical=True
            )
        if address is not None:
            names = [x509.IPAddress(ip_address(address))]
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(self._key, hashes.SHA256())

    def _write(self, name, certificate, key=None):
        file = self._folder / name
        content = certificate.public_bytes(serialization.Encoding.PEM)
        if key is not None:
            content += key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        file.write_bytes(content)
        return file
