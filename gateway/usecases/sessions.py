"""Login sessions: opened for an account, looked at, ended."""

import hashlib
import secrets
import string

from gateway.domain.people import Principal
from gateway.usecases.ports import NewSession, SessionCard, SessionStore

_CHARACTERS = string.ascii_letters + string.digits
_LENGTH = 32  # 190 random bits
_LONGEST_USER_AGENT = 255


class Sessions:
    """Sessions are known by the hash of their id; the id itself is shown once."""

    def __init__(self, store: SessionStore, *, life_s: int = 57_600) -> None:
        self._store = store
        self._life_s = life_s

    def open(self, principal: Principal, *, peer: str = "", user_agent: str = "") -> str:
        """Open a session and give its id."""
        session_id = "".join(secrets.choice(_CHARACTERS) for _ in range(_LENGTH))
        self._store.open_session(
            NewSession(
                digest=_digest(session_id),
                account_id=principal.account_id,
                life_s=self._life_s,
                peer=peer,
                user_agent=user_agent[:_LONGEST_USER_AGENT],
            )
        )
        return session_id

    def card(self, session_id: str) -> SessionCard | None:
        """Look at a living session of a valid account."""
        return self._store.session_card(_digest(session_id))

    def end(self, session_id: str) -> None:
        """End a session."""
        self._store.end_session(_digest(session_id))


def _digest(session_id: str) -> bytes:
    return hashlib.sha256(session_id.encode("utf-8", "surrogatepass")).digest()
