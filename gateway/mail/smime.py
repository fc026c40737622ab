"""S/MIME: keys and certificates read from files, contents signed and encrypted."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from gateway import clock
from gateway.domain.mail import MailKey
from gateway.errors import BrokenRule
from gateway.mail.keys import FoundKey, Locked, Unusable

_PEM = b"-----BEGIN "
_UTF8_STRING = 0x0C
_SEQUENCE = 0x30
_SET = 0x31
_ONE_BYTE_LENGTHS = 0x80

SigningKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def read(content: bytes, passphrase: str | None) -> Sequence[FoundKey]:
    """Read a certificate, several, or one with its secret key: PEM, DER or PKCS #12.

    Raises:
        Locked: the secret key needs a passphrase, or another one.
        BrokenRule: none of these, or a key of a kind that cannot sign.
    """
    key, certificates = _opened(content, passphrase)
    if key is None:
        owned = [each for each in certificates if _address(each)]
        return [_found(each) for each in owned or certificates[:1]]
    if not isinstance(key, SigningKey):
        raise BrokenRule("only RSA and elliptic curve keys sign mail", field="file")
    mine = [each for each in certificates if each.public_key() == key.public_key()]
    if not mine:
        raise BrokenRule("holds a secret key without its certificate", field="file")
    others = [each for each in certificates if each != mine[0]]
    return [_found(mine[0], _packed(key, [mine[0], *others]))]


def detached(content: bytes, secret: bytes) -> bytes:
    """Give the signature of a content, DER, with all certificates of the key's chain in it.

    Raises:
        Unusable: the key cannot sign now.
    """
    key = serialization.load_pem_private_key(secret, password=None)
    certificate, *chain = x509.load_pem_x509_certificates(secret)
    _require_current(certificate)
    if not isinstance(key, SigningKey):
        raise Unusable("an S/MIME key cannot sign")
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content)
    builder = builder.add_signer(certificate, key, hashes.SHA256())
    for each in chain:
        builder = builder.add_certificate(each)
    options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
    return builder.sign(Encoding.DER, options)


def enveloped(content: bytes, certificates: Sequence[bytes]) -> bytes:
    """Encrypt a content for these certificates; DER.

    Raises:
        Unusable: one of the certificates cannot be encrypted for now.
    """
    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(content)
    # The library's default has 128 bits.
    builder = builder.set_content_encryption_algorithm(algorithms.AES256)
    for der in certificates:
        certificate = x509.load_der_x509_certificate(der)
        _require_current(certificate)
        try:
            builder = builder.add_recipient(certificate)
        except TypeError:
            raise Unusable("an S/MIME certificate without RSA key cannot be used") from None
    return builder.encrypt(Encoding.DER, [pkcs7.PKCS7Options.Binary])


def subject_hash(name: x509.Name) -> str:
    """Give the hash of a subject as ``openssl x509 -hash`` prints it, 8 digits.

    That is SHA-1 over the names in their canonical form: UTF-8, lower case, single blanks.
    """
    canonical = b"".join(
        _der(_SET, b"".join(sorted(_attribute(each) for each in part))) for part in name.rdns
    )
    digest = hashlib.sha1(canonical, usedforsecurity=False).digest()
    return digest[3::-1].hex()


Opened = tuple[object | None, list[x509.Certificate]]


def _opened(content: bytes, passphrase: str | None) -> Opened:
    password = None if passphrase is None else passphrase.encode()
    try:
        if _PEM in content:
            return _pem(content, password)
        if passphrase is None and (certificate := _der_certificate(content)):
            return None, [certificate]
        found = pkcs12.load_pkcs12(content, password)
    except TypeError:
        raise Locked(field="file") from None  # a passphrase is needed; or given without need
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _judged(content, passphrase) from error
    chain = [each.certificate for each in found.additional_certs]
    own = [found.cert.certificate] if found.cert else []
    return found.key, own + chain


def _pem(content: bytes, password: bytes | None) -> Opened:
    certificates = x509.load_pem_x509_certificates(content)
    if b"PRIVATE KEY-----" not in content:
        return None, certificates
    locked = b"ENCRYPTED" in content
    key = serialization.load_pem_private_key(content, password if locked else None)
    return key, certificates


def _der_certificate(content: bytes) -> x509.Certificate | None:
    try:
        return x509.load_der_x509_certificate(content)
    except ValueError:
        return None


def _judged(content: bytes, passphrase: str | None) -> BrokenRule:
    """Say why a file cannot be read; a wrong passphrase and junk look alike to the library."""
    if _PEM in content and b"PRIVATE KEY-----" not in content:
        return BrokenRule("no certificate that can be read", field="file")
    if passphrase is None:
        return Locked(field="file")
    return Locked("the passphrase does not open the key", field="file")


def _packed(key: SigningKey, certificates: Iterable[x509.Certificate]) -> bytes:
    return key.private_bytes(
        Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + b"".join(each.public_bytes(Encoding.PEM) for each in certificates)


def _found(certificate: x509.Certificate, secret: bytes | None = None) -> FoundKey:
    rsa_key = isinstance(certificate.public_key(), rsa.RSAPublicKey)
    key = MailKey(
        kind="SMIME",
        address=_address(certificate),
        # SHA-1 is what the world calls a certificate by; SHA-256 is reckoned where it is asked for.
        fingerprint=certificate.fingerprint(hashes.SHA1()).hex(),  # noqa: S303 - a name
        short_id=subject_hash(certificate.subject),
        signs=secret is not None and _may(certificate, "digital_signature"),
        encrypts=rsa_key and _may(certificate, "key_encipherment"),
        public=certificate.public_bytes(Encoding.DER),
        expires=certificate.not_valid_after_utc.astimezone(UTC),
    )
    return FoundKey(key, secret)


def _may(certificate: x509.Certificate, usage: str) -> bool:
    """Tell whether the certificate's own rules let its key be used so for mail."""
    extensions = certificate.extensions
    try:
        allowed = extensions.get_extension_for_class(x509.KeyUsage).value
        if not getattr(allowed, usage):
            return False
    except x509.ExtensionNotFound:
        pass
    try:
        purposes = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return True
    mail = (ExtendedKeyUsageOID.EMAIL_PROTECTION, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE)
    return any(purpose in mail for purpose in purposes)


def _address(certificate: x509.Certificate) -> str:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        found = names.value.get_values_for_type(x509.RFC822Name)
    except x509.ExtensionNotFound:
        found = []
    subject = certificate.subject.get_attributes_for_oid(NameOID.EMAIL_ADDRESS)
    return next((str(each) for each in (*found, *(name.value for name in subject))), "")


def _require_current(certificate: x509.Certificate) -> None:
    if not certificate.not_valid_before_utc <= clock.now() < certificate.not_valid_after_utc:
        raise Unusable("an S/MIME certificate is not valid now")


def _attribute(attribute: x509.NameAttribute[str | bytes]) -> bytes:
    value = attribute.value
    text = value if isinstance(value, str) else value.decode("latin-1")
    # Bytes, not characters: openssl knows only the letters and blanks of ASCII here.
    canonical = b" ".join(text.encode().lower().split())
    oid = _oid(attribute.oid.dotted_string)
    return _der(_SEQUENCE, oid + _der(_UTF8_STRING, canonical))


def _oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    return _der(0x06, b"".join(_base128(each) for each in (40 * first + second, *rest)))


def _base128(number: int) -> bytes:
    groups = [number & 0x7F]
    while number := number >> 7:
        groups.append(number & 0x7F | 0x80)
    return bytes(reversed(groups))


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < _ONE_BYTE_LENGTHS:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, _ONE_BYTE_LENGTHS | len(length))) + length + content
