"""Where processes may call: the addresses of partners, and how we prove ourselves there."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class TargetAuth(StrEnum):
    """How we prove ourselves at a target."""

    NONE = "none"
    BASIC = "basic"
    WSSE = "wsse"  # UsernameToken with the password as text
    WSSE_DIGEST = "wsse-digest"
    BEARER = "bearer"
    HEADER = "header"  # the secret in a header of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An address of a partner; all calls stay below its base URL."""

    id: int
    partner_id: int
    partner: str  # system code
    internal: bool = False  # of ourselves: calling it tells no partner anything
    code: str
    base_url: str
    auth: TargetAuth = TargetAuth.NONE
    user_name: str = ""
    header_name: str = ""
    secret: str = ""  # its name, never the secret
    ca_file: str = ""  # empty: the authorities of the system
    client_certificate_file: str = ""  # certificate and key, PEM
    timeout_s: int = 30


class TargetStore(Protocol):
    """Targets as they are now: a change holds from the next call on."""

    def find(self, partner: int | str | None, code: str) -> Target | None:
        """Find a target of a partner (by id or code), else one of ``internal``."""
        ...

    def list(self, partner: str) -> Sequence[Target]:
        """List a partner's targets by code; at most 1000."""
        ...
