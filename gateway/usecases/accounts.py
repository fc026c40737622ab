"""Who may come in: logins with throttle and credential cache, and sessions."""

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TypeVar

from gateway.clock import monotonic_s
from gateway.domain.people import Principal
from gateway.errors import SessionUnknown, TokenStale, TooManyRequests, TryLater, Unauthenticated
from gateway.text import is_text, printable
from gateway.usecases.digests import PasswordDigest
from gateway.usecases.ports import AccountStore, Credential, Digests, Passwords

K = TypeVar("K")

_LONGEST_NAME = 255
_KEY_NAME = ""  # failures of keys are of no account, only of an address
_LONGEST_PASSWORD = 1024  # a megabyte to hash would be an attack, not a password


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginLimits:
    """The numbers of the login (hardening page, sections 2 and 5)."""

    account_failures: int = 10
    peer_failures: int = 50
    window_s: int = 300
    checks_at_once: int = 4  # one takes 19 MiB and 86 bare calls' worth of time
    check_wait_s: float = 2
    cached_s: float = 60
    cached: int = 10_000


class CredentialCache:
    """Remembers for a short time which passwords were right, without keeping any of them.

    An entry is a keyed hash over account, credential version, address and password. A change of
    the credential ends it at once, in every process; and nobody else can try passwords against it
    past the throttle. An address that the throttle has closed has no entries.
    """

    def __init__(self, limits: LoginLimits, clock: Callable[[], float]) -> None:
        self._limits = limits
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._ends: dict[bytes, float] = {}  # oldest first: every entry lives equally long
        self._closed: dict[str, float] = {}
        self._lock = threading.Lock()

    def knows(self, credential: Credential, password: str, peer: str) -> bool:
        """Tell whether this password was right for this credential a moment ago."""
        now = self._clock()
        if self._closed and now < self._closed.get(peer, now):
            return False
        return now < self._ends.get(self._entry(credential, password, peer), now)

    def remember(self, credential: Credential, password: str, peer: str) -> None:
        """Remember a password that was just found right."""
        with self._lock:
            self._closed.pop(peer, None)
        self._keep(self._ends, self._entry(credential, password, peer), self._limits.cached_s)

    def close(self, peer: str) -> None:
        """Take nothing for known from this address until it has a good login again."""
        self._keep(self._closed, peer, self._limits.window_s)

    def _keep(self, ends: dict[K, float], key: K, seconds: float) -> None:
        with self._lock:
            ends.pop(key, None)
            ends[key] = self._clock() + seconds
            while len(ends) > self._limits.cached:
                del ends[next(iter(ends))]

    def _entry(self, credential: Credential, password: str, peer: str) -> bytes:
        head = f"{credential.principal.account_id} {credential.version} {peer} "
        return hmac.digest(self._key, (head + password).encode("utf-8", "surrogatepass"), "sha256")


class Accounts:
    """Turns names, passwords and session ids into principals.

    The account is read on every call, so a change of rights or of the password holds at once; a
    cached good login costs that one statement and no more.
    """

    def __init__(
        self,
        store: AccountStore,
        passwords: Passwords,
        limits: LoginLimits | None = None,
        clock: Callable[[], float] = monotonic_s,
        digests: Digests | None = None,
    ) -> None:
        self._digests = digests
        self._store = store
        self._passwords = passwords
        self._limits = limits or LoginLimits()
        self._cache = CredentialCache(self._limits, clock)
        self._checks = threading.BoundedSemaphore(self._limits.checks_at_once)

    def login(self, name: str, password: str, peer: str) -> Principal:
        """Identify by name and password.

        Raises:
            Unauthenticated: unknown, wrong, disabled or unbound; one text for all.
            TooManyRequests: too many failures of this account or address.
            TryLater: too many passwords are being checked.
        """
        credential = self._store.find(name) if _is_name(name) else None
        place = _neighbourhood(peer)
        if credential is not None and self._known(credential, password, place):
            return credential.principal
        return self._checked(_kept_name(name), password, place, credential)

    def digested(self, token: PasswordDigest, peer: str) -> Principal:
        """Identify by a digest; its nonce is good for one call.

        Raises:
            Unauthenticated: unknown, wrong, disabled or unbound; one text for all.
            TokenStale: the nonce was seen before.
            TooManyRequests: too many failures of this account or address.
        """
        name, place = _kept_name(token.name), _neighbourhood(peer)
        credential = self._store.find(token.name) if _is_name(token.name) else None
        self._throttle(name, place)
        known = self._digests.secrets(name) if self._digests else ()
        # One is tried in any case, so that time tells nothing.
        fitting = [each for each in known or (self._passwords.dummy,) if token.made_with(each)]
        if not (fitting and known) or credential is None or not credential.active:
            self._store.record_failure(name, place)
            raise Unauthenticated
        if self._digests is None or not self._digests.first_use(token.once, token.kept_until):
            raise TokenStale
        self._store.record_success(name, place)
        return credential.principal

    def keyed(self, key: str, peer: str) -> Principal:
        """Identify by an API key; the keys of an account are good until they run out.

        Nobody guesses 256 random bits, so a good key is let in whatever else was tried.

        Raises:
            Unauthenticated: unknown, run out, or its account is disabled; one text for all.
            TooManyRequests: too many failures of this address.
        """
        digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
        credential = self._store.find_key(digest)
        if credential is not None and credential.active:
            return credential.principal
        place = _neighbourhood(peer)
        _, by_peer = self._store.failures(_KEY_NAME, place, self._limits.window_s)
        if by_peer >= self._limits.peer_failures:
            raise TooManyRequests(self._limits.window_s)
        self._store.record_failure(_KEY_NAME, place)
        raise Unauthenticated("the API key is not accepted")

    def resume(self, session_id: str) -> Principal:
        """Identify by a session id.

        Raises:
            SessionUnknown: unknown, expired, or its account is disabled.
        """
        digest = hashlib.sha256(session_id.encode("utf-8", "surrogatepass")).digest()
        credential = self._store.find_session(digest)
        if credential is None or not credential.active:
            raise SessionUnknown
        return credential.principal

    def _known(self, credential: Credential, password: str, peer: str) -> bool:
        return credential.active and self._cache.knows(credential, password, peer)

    def _checked(
        self, name: str, password: str, peer: str, credential: Credential | None
    ) -> Principal:
        with self._place_to_check():
            # Whoever waited for a place may find that a twin of this call has made the check.
            if credential is not None and self._known(credential, password, peer):
                return credential.principal
            self._throttle(name, peer)
            hashed = self._matching(credential, password)
            if hashed is None or credential is None or not credential.active:
                self._store.record_failure(name, peer)
                raise Unauthenticated
            self._store.record_success(name, peer)
            self._cache.remember(credential, password, peer)
        self._renew(credential, hashed, password)
        return credential.principal

    @contextmanager
    def _place_to_check(self) -> Iterator[None]:
        if not self._checks.acquire(timeout=self._limits.check_wait_s):
            raise TryLater
        try:
            yield
        finally:
            self._checks.release()

    def _throttle(self, name: str, peer: str) -> None:
        limits = self._limits
        by_account, by_peer = self._store.failures(name, peer, limits.window_s)
        if by_peer >= limits.peer_failures:
            self._cache.close(peer)
            raise TooManyRequests(limits.window_s)
        # An address that this account uses stays open: nobody can lock an ERP out.
        if by_account >= limits.account_failures and not self._store.trusted(name, peer):
            raise TooManyRequests(limits.window_s)

    def _matching(self, credential: Credential | None, password: str) -> str | None:
        """Find the hash that fits; a check is made in any case, so that time tells nothing."""
        hashes = credential.hashes if credential else ()
        given = password[:_LONGEST_PASSWORD]
        fitting = [
            h for h in hashes or (self._passwords.dummy,) if self._passwords.verify(h, given)
        ]
        whole = len(password) <= _LONGEST_PASSWORD
        return fitting[0] if hashes and fitting and whole else None

    def _renew(self, credential: Credential, hashed: str, password: str) -> None:
        if not self._passwords.outdated(hashed):
            return
        with self._place_to_check():
            renewed = self._passwords.hash(password)
        self._store.rehash(credential.principal.account_id, hashed, renewed)


def _is_name(name: str) -> bool:
    return 0 < len(name) <= _LONGEST_NAME and is_text(name)


def _kept_name(name: str) -> str:
    """Make a name that the throttle can keep, of whatever was sent as one."""
    return name if _is_name(name) else printable(name, _LONGEST_NAME)


@lru_cache(maxsize=4096)  # callers come again
def _neighbourhood(peer: str) -> str:
    """Give the address that failures are counted for: of IPv6 the /64, which is one customer."""
    try:
        address = ip_address(peer)
    except ValueError:
        return peer
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or ip_network((address, 64), strict=False))
    return peer
