"""Password hashing by Argon2id; the only place that knows of it."""

import argon2
from argon2.exceptions import Argon2Error, InvalidHashError


class Argon2Passwords:
    """``usecases.ports.Passwords`` with 19 MiB, two passes, one lane (hardening page, section 5).

    The parameters stand in each hash, so older ones are still verified, and renewed at login.
    """

    def __init__(self, *, memory_kib: int = 19 * 1024, passes: int = 2) -> None:
        self._hasher = argon2.PasswordHasher(
            time_cost=passes, memory_cost=memory_kib, parallelism=1, hash_len=32, salt_len=16
        )
        # Salt and hash of nothing: made without a computation, verified at the full price.
        self._dummy = (
            f"$argon2id$v=19$m={memory_kib},t={passes},p=1"
            f"${'A' * 22}${'A' * 43}"
        )  # fmt: skip

    def verify(self, hashed: str, password: str) -> bool:
        """Compare in constant time; takes some 20 ms of one core."""
        try:
            return self._hasher.verify(hashed, password)
        except (Argon2Error, InvalidHashError, UnicodeEncodeError):
            return False

    def hash(self, password: str) -> str:
        """Hash with the present parameters."""
        return self._hasher.hash(password)

    def outdated(self, hashed: str) -> bool:
        """Tell whether the hash was made with older parameters."""
        return self._hasher.check_needs_rehash(hashed)

    @property
    def dummy(self) -> str:
        """Give a hash that no password has."""
        return self._dummy
