"""Who is calling, by the credentials of HTTP and those an endpoint found in its own headers."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from gateway.domain.people import AccountKind, Principal
from gateway.errors import CredentialsDisagree, NoCredentials, Unauthenticated
from gateway.http.pace import Pace
from gateway.usecases.accounts import Accounts
from gateway.usecases.digests import PasswordDigest

SESSION_HEADER = "x-sics-session"
EVERY_KIND = frozenset(AccountKind)


class Way(StrEnum):
    """How a caller can prove itself in the headers of a request."""

    BASIC = "basic"
    TOKEN = "wsse"  # noqa: S105 - the setting's word for a UsernameToken
    SESSION = "session"


EVERY_WAY = frozenset(Way)


@dataclass(frozen=True, slots=True)
class Credentials:
    """All credentials of one request; an endpoint adds what it finds in SOAP headers."""

    basic: tuple[str, str] | None = None
    token: tuple[str, str] | None = None  # of a UsernameToken
    digest: PasswordDigest | None = None  # likewise
    sessions: tuple[str, ...] = ()

    def with_token(self, name: str, password: str) -> "Credentials":
        """Add name and password of a UsernameToken."""
        return replace(self, token=(name, password))

    def with_digest(self, digest: PasswordDigest) -> "Credentials":
        """Add the digest of a UsernameToken."""
        return replace(self, digest=digest)

    def with_session(self, session_id: str) -> "Credentials":
        """Add a session id."""
        return replace(self, sessions=(*self.sessions, session_id))


def credentials_of(headers: Mapping[str, str]) -> Credentials:
    """Read the credentials of HTTP headers (names in lower case).

    Other schemes than Basic are none of ours: some proxies add their own.

    Raises:
        Unauthenticated: a Basic header that is not well formed.
    """
    session_id = headers.get(SESSION_HEADER, "").strip()
    return Credentials(
        basic=_basic(headers.get("authorization", "")),
        sessions=(session_id,) if session_id else (),
    )


def _basic(value: str) -> tuple[str, str] | None:
    scheme, _, encoded = value.strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        raw = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise Unauthenticated from None
    name, colon, password = _text(raw).partition(":")
    if not colon:
        raise Unauthenticated
    return name, password


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")  # RFC 7617, appendix B: what older clients send


class Authenticator:
    """Finds the one account that all credentials of a request lead to.

    Credentials of a way that is not among ``ways`` are as if they were not there.
    """

    def __init__(
        self,
        accounts: Accounts,
        kinds: frozenset[AccountKind] = EVERY_KIND,
        pace: Pace | None = None,
        ways: frozenset[Way] = EVERY_WAY,
    ) -> None:
        self._accounts = accounts
        self._ways = ways
        self._kinds = kinds
        self._pace = pace

    def principal(self, credentials: Credentials, peer: str) -> Principal:
        """Identify the caller.

        Raises:
            NoCredentials: there are none.
            Unauthenticated: they are refused, or the account is of a kind without business here.
            SessionUnknown: a session is unknown or expired.
            CredentialsDisagree: several lead to different accounts.
            TooManyRequests: too many failed logins, or calls.
            TryLater: too many passwords are being checked.
        """
        found = self._found(self._accepted(credentials), peer)
        if not found:
            raise NoCredentials
        principal = found[0]
        if any(other.account_id != principal.account_id for other in found):
            raise CredentialsDisagree
        if principal.kind not in self._kinds:
            raise Unauthenticated
        if self._pace is not None:
            self._pace.enter(principal.account_id)
        return principal

    def _accepted(self, credentials: Credentials) -> Credentials:
        ways = self._ways
        return Credentials(
            basic=credentials.basic if Way.BASIC in ways else None,
            token=credentials.token if Way.TOKEN in ways else None,
            digest=credentials.digest if Way.TOKEN in ways else None,
            sessions=credentials.sessions if Way.SESSION in ways else (),
        )

    def _found(self, credentials: Credentials, peer: str) -> list[Principal]:
        logins = {login for login in (credentials.basic, credentials.token) if login is not None}
        digests = () if credentials.digest is None else (credentials.digest,)
        return [
            *(self._accounts.digested(digest, peer) for digest in digests),
            *(self._accounts.login(name, password, peer) for name, password in sorted(logins)),
            *(self._accounts.resume(session_id) for session_id in credentials.sessions),
        ]
