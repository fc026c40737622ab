"""Signed and encrypted mail: which parts it has, for PGP (RFC 3156) and S/MIME (RFC 8551)."""

import secrets
from base64 import encodebytes
from collections.abc import Sequence
from dataclasses import dataclass, field

from gateway.domain.mail import Kind
from gateway.mail import message, openpgp, smime
from gateway.mail.message import CRLF, Letter, Unwritable


@dataclass(frozen=True, slots=True, kw_only=True)
class Protecting:
    """What protects a mail: at least one of the two, both of one kind."""

    kind: Kind
    inline: bool = False
    secret: bytes | None = field(default=None, repr=False)  # signs
    recipients: Sequence[bytes] = field(default=(), repr=False)  # keys that it is encrypted for


def written(letter: Letter, protecting: Protecting | None = None) -> bytes:
    """Give a whole mail, protected as asked.

    Raises:
        Unwritable: a line break in a header, an address that is none, inline with files.
        Unusable: a key cannot sign or encrypt now.
    """
    head = message.headers(letter)
    if protecting is None:
        return head + message.content(letter)
    if protecting.kind == "SMIME":
        return head + _smime(message.content(letter), protecting)
    if protecting.inline:
        return head + message.text_content(_inline(letter, protecting))
    return head + _pgp(message.content(letter), protecting)


def _smime(content: bytes, protecting: Protecting) -> bytes:
    if protecting.secret is not None:
        signature = _part(
            'application/pkcs7-signature; name="smime.p7s"',
            encodebytes(smime.detached(content, protecting.secret)),
            "Content-Transfer-Encoding: base64",
            'Content-Disposition: attachment; filename="smime.p7s"',
        )
        content = _signed(content, signature, "application/pkcs7-signature", "sha-256")
    if not protecting.recipients:
        return content
    return _part(
        'application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"',
        encodebytes(smime.enveloped(content, protecting.recipients)),
        "Content-Transfer-Encoding: base64",
        'Content-Disposition: attachment; filename="smime.p7m"',
    )


def _pgp(content: bytes, protecting: Protecting) -> bytes:
    if protecting.recipients:
        # Signed inside the encrypted message (RFC 3156, 6.2), so nobody sees who signed it.
        sealed = openpgp.encrypted(content, protecting.recipients, protecting.secret)
        version = _part("application/pgp-encrypted", b"Version: 1")
        data = _part(
            'application/octet-stream; name="encrypted.asc"',
            sealed,
            'Content-Disposition: inline; filename="encrypted.asc"',
        )
        return _multipart('encrypted; protocol="application/pgp-encrypted"', version, data)
    if protecting.secret is None:
        raise Unwritable("neither signed nor encrypted")
    signature = _part(
        'application/pgp-signature; name="signature.asc"',
        openpgp.detached(content, protecting.secret),
    )
    return _signed(content, signature, "application/pgp-signature", "pgp-sha512")


def _inline(letter: Letter, protecting: Protecting) -> str:
    # Znuny contract, section 9: inline needs text/plain and no attachments.
    if letter.subtype != "plain" or letter.files:
        raise Unwritable("inline PGP takes plain text without files")
    text = "".join(f"{line.rstrip()}\r\n" for line in letter.text.splitlines()).encode()
    if protecting.recipients:
        return openpgp.encrypted(text, protecting.recipients, protecting.secret).decode("ascii")
    if protecting.secret is None:
        raise Unwritable("neither signed nor encrypted")
    return openpgp.clear(text, protecting.secret).decode()


def _signed(content: bytes, signature: bytes, protocol: str, digest: str) -> bytes:
    return _multipart(f'signed; protocol="{protocol}"; micalg={digest}', content, signature)


def _multipart(kind: str, *parts: bytes) -> bytes:
    boundary = f"=-{secrets.token_hex(16)}".encode("ascii")
    head = f'Content-Type: multipart/{kind};\r\n boundary="{boundary.decode()}"\r\n\r\n'
    lines = b"".join(b"--" + boundary + CRLF + part + CRLF for part in parts)
    return head.encode("ascii") + lines + b"--" + boundary + b"--" + CRLF


def _part(media_type: str, body: bytes, *lines: str) -> bytes:
    head = "".join(f"{line}\r\n" for line in (f"Content-Type: {media_type}", *lines, ""))
    return head.encode("ascii") + CRLF.join(body.splitlines()) + CRLF
