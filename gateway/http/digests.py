"""Secrets that digests are judged by: kept sealed, opened for the moment of a login."""

from collections.abc import Sequence
from datetime import datetime

import structlog

from gateway.http.seal import Seal
from gateway.usecases.ports import DigestStore

log = structlog.get_logger(__name__)


class SealedDigests:
    """``ports.Digests`` over what the storage keeps sealed."""

    def __init__(self, store: DigestStore, seal: Seal) -> None:
        self._store = store
        self._seal = seal

    def secrets(self, account: str) -> Sequence[str]:
        """Give the living digest secrets of an account; none of those that do not open."""
        found = []
        for sealed in self._store.digest_secrets(account):
            try:
                found.append(opened_secret(sealed, account, self._seal))
            except ValueError as error:
                log.warning("digest secret not opened", account=account, reason=str(error))
        return found

    def first_use(self, nonce: bytes, until: datetime) -> bool:
        """Remember a nonce until its token is too old anyway; false: it was seen before."""
        return self._store.take_nonce(nonce, until)


def sealed_secret(secret: str, account: str, seal: Seal) -> bytes:
    """Seal a secret for the account of this name and for no other."""
    return seal.seal(secret.encode(), _context(account))


def opened_secret(sealed: bytes, account: str, seal: Seal) -> str:
    """Open what was sealed for an account.

    Raises:
        ValueError: sealed under another key, or for another account.
    """
    return seal.open(sealed, _context(account)).decode()


def _context(account: str) -> bytes:
    return b"digest secret of " + account.encode()
