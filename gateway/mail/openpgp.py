"""OpenPGP: keys read from files, texts signed and encrypted; no program gpg is needed.

The library writes its stack into its errors, and a secret key into its text: neither is shown.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from email.utils import parseaddr
from functools import partial
from typing import TypeVar

import pysequoia
from pysequoia import Cert, PySigner, SignatureMode, Tsk

from gateway.errors import BrokenRule
from gateway.mail.keys import FoundKey, Locked, Unusable

T = TypeVar("T")

_KEY_ID_DIGITS = 16
_FINGERPRINT_DIGITS = 40  # of version 4; gpg 2.2 reads no newer one


def read(content: bytes, passphrase: str | None) -> Sequence[FoundKey]:
    """Read the keys of a file: any number of public ones, or one secret key.

    Raises:
        Locked: the secret key needs a passphrase, or another one.
        BrokenRule: not OpenPGP, or not of version 4.
    """
    try:
        secret = Tsk.from_bytes(content)
        public = [secret.extract_certificate()]
        if bytes(secret) == bytes(public[0]):
            return [_found(cert, None) for cert in Cert.split_bytes(content)]
        return [_found(public[0], _unlocked(secret, passphrase))]
    except RuntimeError as error:
        raise BrokenRule(f"no OpenPGP keys, or several secret ones: {_said(error)}") from None


def detached(content: bytes, secret: bytes) -> bytes:
    """Give the armored signature of some bytes.

    Raises:
        Unusable: the key cannot sign now.
    """
    return _done(
        lambda: pysequoia.sign(_signer(secret), content, mode=SignatureMode.DETACHED), "sign"
    )


def clear(text: bytes, secret: bytes) -> bytes:
    """Give a text with its signature around it.

    Raises:
        Unusable: the key cannot sign now.
    """
    return _done(lambda: pysequoia.sign(_signer(secret), text, mode=SignatureMode.CLEAR), "sign")


def encrypted(content: bytes, public: Sequence[bytes], secret: bytes | None = None) -> bytes:
    """Give the armored message that all these keys open, signed inside by the secret one.

    Raises:
        Unusable: one of the keys cannot do it now.
    """
    signer = None if secret is None else _done(lambda: _signer(secret), "sign")
    certs = [_done(partial(Cert.from_bytes, key), "encrypt") for key in public]
    # Each alone first: with several the library leaves out those that cannot, and says nothing.
    for cert in certs:
        _done(partial(pysequoia.encrypt, b"", recipients=[cert]), "encrypt")
    return _done(lambda: pysequoia.encrypt(content, recipients=certs, signer=signer), "encrypt")


def _found(cert: Cert, secret: bytes | None) -> FoundKey:
    if len(cert.fingerprint) != _FINGERPRINT_DIGITS:
        raise BrokenRule("not an OpenPGP key of version 4")
    users = [str(user) for user in cert.user_ids]
    addresses = [address for _, address in map(parseaddr, users) if "@" in address]
    return FoundKey(
        kind="PGP",
        address=addresses[0] if addresses else "",
        fingerprint=cert.fingerprint.lower(),
        short_id=cert.fingerprint.lower()[-_KEY_ID_DIGITS:],
        signs=secret is not None and _works(lambda: _signer(secret)),
        encrypts=_works(lambda: pysequoia.encrypt(b"", recipients=[cert])),
        public=bytes(cert),
        secret=secret,
        expires=cert.expiration,
        revoked=cert.is_revoked,
    )


def _unlocked(key: Tsk, passphrase: str | None) -> bytes:
    """Give what ``_signer`` needs; the library cannot write a key without its lock."""
    if _works(key.signer):
        return _packed(key, None)
    try:
        key.signer(passphrase)
    except RuntimeError as error:
        locked = passphrase is None and "is encrypted" in _said(error)
        if locked:
            raise Locked(field="file") from None
        if passphrase is None:
            return _packed(key, None)  # not locked: it has expired, or never could sign
        raise Locked("the passphrase does not open the key", field="file") from None
    return _packed(key, passphrase)


def _packed(key: Tsk, passphrase: str | None) -> bytes:
    packed = {"key": b64encode(bytes(key)).decode("ascii"), "passphrase": passphrase}
    return json.dumps(packed).encode()


def _signer(secret: bytes) -> PySigner:
    packed = json.loads(secret)
    return Tsk.from_bytes(b64decode(packed["key"])).signer(packed["passphrase"])


def _works(act: Callable[[], object]) -> bool:
    try:
        act()
    except RuntimeError:
        return False
    return True


def _done(act: Callable[[], T], what: str) -> T:
    try:
        return act()
    except RuntimeError as error:
        raise Unusable(f"a PGP key cannot {what}: {_said(error)}") from None


def _said(error: RuntimeError) -> str:
    return str(error).partition("\n")[0]
