"""Who is calling, by an API key in the header Authorization (RFC 6750, section 2.1)."""

import re
from collections.abc import Mapping

from gateway.domain.people import AccountKind, Principal
from gateway.errors import NoCredentials, Unauthenticated
from gateway.http.pace import Pace
from gateway.usecases.accounts import Accounts

_KEY = re.compile(r"tgk_[A-Za-z0-9_-]{43}")


class KeyAuthenticator:
    """Finds the account of an API key."""

    def __init__(
        self, accounts: Accounts, kinds: frozenset[AccountKind], pace: Pace | None = None
    ) -> None:
        self._accounts = accounts
        self._kinds = kinds
        self._pace = pace

    def principal(self, headers: Mapping[str, str], peer: str) -> Principal:
        """Identify the caller; header names in lower case.

        Raises:
            NoCredentials: no key was sent.
            Unauthenticated: the key is not accepted, or its account has no business here.
            TooManyRequests: too many keys that are wrong, or calls.
        """
        scheme, _, key = headers.get("authorization", "").strip().partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            raise NoCredentials
        if _KEY.fullmatch(key.strip()) is None:
            raise Unauthenticated
        principal = self._accounts.keyed(key.strip(), peer)
        if principal.kind not in self._kinds:
            raise Unauthenticated
        if self._pace is not None:
            self._pace.enter(principal.account_id)
        return principal
