"""What the use cases ask of accounts, sessions and password hashing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateway.domain.people import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What is stored of an account's secret, and what decides whether it may be used."""

    principal: Principal
    version: int  # raised by every change of a secret
    hashes: tuple[str, ...]  # argon2id; two during rotation
    active: bool  # account enabled, bound person valid


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSession:
    """A login session to be opened."""

    digest: bytes  # SHA-256 of its id
    account_id: int
    life_s: int
    peer: str
    user_agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCard:
    """What is known of a living session, and of the person whose it is."""

    principal: Principal
    created: datetime
    last_seen: datetime
    peer: str
    user_agent: str
    title: str
    first_name: str
    last_name: str
    email: str
    customer: str  # text key of a customer user's company
    person_created: datetime | None
    person_changed: datetime | None


class SessionStore(Protocol):
    """Login sessions; each call is one short transaction of its own."""

    def open_session(self, session: NewSession) -> None:
        """Store a session."""
        ...

    def session_card(self, digest: bytes) -> SessionCard | None:
        """Find a living session of an account that is still valid, and mark it used."""
        ...

    def end_session(self, digest: bytes) -> None:
        """End a session; one that is not there is none the less over."""
        ...


class AccountStore(Protocol):
    """Accounts, sessions and failed logins; each call is one short transaction of its own."""

    def find(self, name: str) -> Credential | None:
        """Find an account with its rights, in one statement."""
        ...

    def find_key(self, digest: bytes) -> Credential | None:
        """Find the account of a living API key by its SHA-256, in one statement."""
        ...

    def find_session(self, digest: bytes) -> Credential | None:
        """Find the account of a living session by the SHA-256 of its id, and mark it used."""
        ...

    def failures(self, name: str, peer: str, window_s: int) -> tuple[int, int]:
        """Count the failed logins of an account and of an address within the window."""
        ...

    def record_failure(self, name: str, peer: str) -> None:
        """Remember a failed login."""
        ...

    def record_success(self, name: str, peer: str) -> None:
        """Forget the account's failures from this address and remember the good login."""
        ...

    def trusted(self, name: str, peer: str) -> bool:
        """Tell whether the account had a good login from this address within 24 hours."""
        ...

    def rehash(self, account_id: int, old: str, new: str) -> None:
        """Store a hash with newer parameters, if the old one still stands."""
        ...


class DigestStore(Protocol):
    """What is kept for logins by digest; each call is one short transaction of its own."""

    def digest_secrets(self, account: str) -> Sequence[bytes]:
        """Give the living digest secrets of an account, sealed as they are kept."""
        ...

    def take_nonce(self, digest: bytes, until: datetime) -> bool:
        """Remember a nonce by its SHA-256; false: it is remembered already."""
        ...


class Digests(Protocol):
    """The secrets that digests are judged by, and the nonces seen."""

    def secrets(self, account: str) -> Sequence[str]:
        """Give the living digest secrets of an account."""
        ...

    def first_use(self, nonce: bytes, until: datetime) -> bool:
        """Remember a nonce by its SHA-256 until then; false: it was seen before."""
        ...


class Passwords(Protocol):
    """Password hashing."""

    def verify(self, hashed: str, password: str) -> bool:
        """Compare in constant time; a slow operation."""
        ...

    def hash(self, password: str) -> str:
        """Hash with the present parameters."""
        ...

    def outdated(self, hashed: str) -> bool:
        """Tell whether the hash was made with older parameters."""
        ...

    @property
    def dummy(self) -> str:
        """A hash that no password has, for unknown users."""
        ...
