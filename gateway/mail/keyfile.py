"""Files of keys: what kind they are is seen from their content."""

from collections.abc import Sequence

from gateway.errors import BrokenRule
from gateway.mail import openpgp, smime
from gateway.mail.keys import FoundKey

_MOST_BYTES = 1024 * 1024
_ARMOR = b"-----BEGIN PGP"
_DER_SEQUENCE = 0x30  # certificates and PKCS #12; no OpenPGP packet begins so


def read_keys(content: bytes, passphrase: str | None = None) -> Sequence[FoundKey]:
    """Read the keys of a file; a secret one is unlocked, to prove that the passphrase is right.

    Raises:
        Locked: the secret key needs a passphrase, or another one.
        BrokenRule: there is no key in it, or one that mail cannot use.
    """
    if not content.strip() or len(content) > _MOST_BYTES:
        raise BrokenRule("empty, or larger than a file of keys", field="file")
    if _ARMOR in content:
        return openpgp.read(content, passphrase)
    if b"-----BEGIN " in content or content[0] == _DER_SEQUENCE:
        return smime.read(content, passphrase)
    return openpgp.read(content, passphrase)
