"""OpenPGP: keys read from files, texts signed and encrypted; no program gpg is needed.

The library writes its stack into its errors, and a secret key into its text: neither is shown.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from email.utils import parseaddr
from functools import lru_cache, partial
from typing import TypeVar

import pysequoia
from pysequoia import Cert, PySigner, SignatureMode, Tsk

from gateway import clock
from gateway.domain.mail import MailKey
from gateway.errors import BrokenRule
from gateway.mail.keys import FoundKey, Locked, Unusable

T = TypeVar("T")

_KEY_ID_DIGITS = 16
_KEPT = 16  # unlocked keys, in memory only
_SECRET_PACKETS = b"\x94\x95\x96\x97\xc5"  # how a binary file of secret keys begins
_FINGERPRINT_DIGITS = 40  # of version 4; gpg 2.2 reads no newer one


def read(content: bytes, passphrase: str | None) -> Sequence[FoundKey]:
    """Read the keys of a file: any number of public ones, or one secret key.

    Raises:
        Locked: the secret key needs a passphrase, or another one.
        BrokenRule: not OpenPGP, or not of version 4.
    """
    try:
        certs = Cert.split_bytes(content)
        if len(certs) == 1:
            key = Tsk.from_bytes(content)
            # Printed, both look alike; only the secret parts make the difference.
            secret = None if bytes(key) == bytes(certs[0]) else _unlocked(key, passphrase)
            return [_found(certs[0], secret)]
    except RuntimeError as error:
        raise BrokenRule(f"no OpenPGP key: {_said(error)}", field="file") from None
    if not certs or content[0] in _SECRET_PACKETS or b"PRIVATE KEY BLOCK" in content:
        raise BrokenRule("no OpenPGP key, or several secret ones", field="file")
    return [_found(cert, None) for cert in certs]


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
    for cert in certs:
        # The library encrypts for keys that have ended; and of several it would leave those out
        # that cannot be encrypted for, without a word.
        if _ended(cert) or cert.is_revoked:
            raise Unusable("a PGP key cannot encrypt: it has expired or was revoked")
        _done(partial(pysequoia.encrypt, b"", recipients=[cert]), "encrypt")
    return _done(lambda: pysequoia.encrypt(content, recipients=certs, signer=signer), "encrypt")


def _found(cert: Cert, secret: bytes | None) -> FoundKey:
    if len(cert.fingerprint) != _FINGERPRINT_DIGITS:
        raise BrokenRule("not an OpenPGP key of version 4", field="file")
    users = [str(user) for user in cert.user_ids]
    addresses = [address for _, address in map(parseaddr, users) if "@" in address]
    key = MailKey(
        kind="PGP",
        address=addresses[0] if addresses else "",
        fingerprint=cert.fingerprint.lower(),
        short_id=cert.fingerprint.lower()[-_KEY_ID_DIGITS:],
        signs=secret is not None and (_ended(cert) or _works(lambda: _signer(secret))),
        encrypts=_works(lambda: pysequoia.encrypt(b"", recipients=[cert])),
        public=bytes(cert),
        expires=cert.expiration,
        revoked=cert.is_revoked,
    )
    return FoundKey(key, secret)


def _ended(cert: Cert) -> bool:
    return cert.expiration is not None and cert.expiration <= clock.now()


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


@lru_cache(_KEPT)
def _signer(secret: bytes) -> PySigner:
    # Kept as an agent would: to unlock a key of gpg takes a second, to sign 5 ms.
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
