"""A key as it comes out of an operator's file, before it is stored."""

from dataclasses import dataclass, field

from gateway.domain.mail import Kind, MailKey
from gateway.errors import BrokenRule


@dataclass(frozen=True, slots=True)
class FoundKey:
    """A key of a file; ``secret`` is all that signing needs, unlocked, and is to be sealed."""

    key: MailKey
    secret: bytes | None = field(default=None, repr=False)


class Locked(BrokenRule):
    """A secret key needs a passphrase, or another one."""

    default = "the secret key is locked: give its passphrase"


class Unusable(Exception):
    """A key cannot do what is asked of it now; the sentence says what, without its content."""


def sealed_as(kind: Kind, fingerprint: str) -> bytes:
    """Give what a secret is sealed together with: under another key's name it does not open."""
    return f"mail key {kind} {fingerprint}".encode("ascii")
