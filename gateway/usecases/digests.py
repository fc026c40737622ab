"""A login by digest: who calls shows that he has the secret, and keeps it to himself."""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta

KEPT = timedelta(minutes=10)  # a nonce: longer than any token with it is taken


@dataclass(frozen=True, slots=True)
class PasswordDigest:
    """What a UsernameToken with PasswordDigest says; its age was judged before."""

    name: str
    digest: bytes = field(repr=False)
    nonce: bytes = field(repr=False)
    created: str  # as it was written: it enters the digest
    moment: datetime

    def made_with(self, secret: str) -> bool:
        """Tell whether the digest is that of this secret."""
        # UsernameToken Profile 1.1: SHA-1 is what the profile says, no choice of ours.
        made = hashlib.sha1(
            self.nonce + self.created.encode() + secret.encode(), usedforsecurity=False
        )
        return hmac.compare_digest(made.digest(), self.digest)

    @property
    def once(self) -> bytes:
        """Give what may come once: the nonce of this account."""
        return hashlib.sha256(f"{self.name}\0".encode() + self.nonce).digest()

    @property
    def kept_until(self) -> datetime:
        """Tell until when the nonce is to be remembered."""
        return self.moment + KEPT
