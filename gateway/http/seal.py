"""Seals what nobody shall read by accident: AES-256-GCM under a key that lives in a file."""

import hashlib
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.errors import CannotStart

_KEY_BYTES = 32
_FORM = b"\x01"
_ID_BYTES = 4
_NONCE_BYTES = 12
_HEAD_BYTES = len(_FORM) + _ID_BYTES + _NONCE_BYTES


class Seal:
    """Seals and opens bytes; form byte, key id, nonce, then the cipher text with its tag."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self._id = hashlib.sha256(b"seal key id" + key).digest()[:_ID_BYTES]

    @classmethod
    def from_file(cls, path: Path) -> "Seal":
        """Take the key of a file of 64 hexadecimal digits; a missing file is made, mode 0600.

        Raises:
            CannotStart: the file holds no key, or cannot be made.
        """
        try:
            if not path.exists():
                _make_key_file(path)
            key = bytes.fromhex(path.read_text("ascii").strip())
        except OSError as error:
            raise CannotStart(f"seal key file {path}: {error.strerror}") from None
        except ValueError:
            key = b""
        if len(key) != _KEY_BYTES:
            raise CannotStart(f"{path} holds no seal key of 64 hexadecimal digits")
        return cls(key)

    def seal(self, content: bytes, context: bytes = b"") -> bytes:
        """Seal content; it opens only with the same context, so rows cannot be exchanged."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return _FORM + self._id + nonce + self._cipher.encrypt(nonce, content, context)

    def open(self, sealed: bytes, context: bytes = b"") -> bytes:
        """Open what was sealed.

        Raises:
            ValueError: sealed under another key, with another context, or damaged.
        """
        head, body = sealed[:_HEAD_BYTES], sealed[_HEAD_BYTES:]
        if head[: len(_FORM) + _ID_BYTES] != _FORM + self._id:
            raise ValueError("sealed under another key")
        try:
            return self._cipher.decrypt(head[-_NONCE_BYTES:], body, context)
        except InvalidTag:
            raise ValueError("damaged, or sealed for another place") from None


def _make_key_file(path: Path) -> None:
    """Make a key file whole or not at all; of several processes the first one wins."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_hex(_KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # the other one's key is as good as ours
    finally:
        draft.unlink()
