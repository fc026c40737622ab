"""Accounts, sessions and logins; each call is one short transaction of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Engine

from gateway.domain.people import AccountKind, Permission, Principal
from gateway.repository.transaction import Record, transaction
from gateway.usecases.ports import Credential, NewSession, SessionCard


class AccountStore:
    """Who may call, with what secrets and rights, and how often that failed."""

    def __init__(self, engine: Engine, *, session_idle_s: int = 7200) -> None:
        self._engine = engine
        self._session_idle_s = session_idle_s

    def find(self, name: str) -> Credential | None:
        """Find an account with its rights, in one statement."""
        rows = self._ask("find_account", {"name": name, "digest": None})
        return _credential(rows[0]) if rows else None

    def find_key(self, digest: bytes) -> Credential | None:
        """Find the account of a living API key by its SHA-256, in one statement."""
        rows = self._ask("find_account", {"name": None, "digest": digest})
        return _credential(rows[0]) if rows else None

    def find_session(self, digest: bytes) -> Credential | None:
        """Find the account of a living session by the SHA-256 of its id, and mark it used."""
        rows = self._ask("find_session", {"digest": digest, "idle_s": self._session_idle_s})
        return self.find(rows[0][0]) if rows else None

    def open_session(self, session: NewSession) -> None:
        """Store a session."""
        self._ask("open_session", asdict(session))

    def end_session(self, digest: bytes) -> None:
        """End a session; one that is not there is none the less over."""
        self._ask("end_session", {"digest": digest})

    def session_card(self, digest: bytes) -> SessionCard | None:
        """Find a living session of an account that is still valid, and mark it used."""
        credential = self.find_session(digest)
        if credential is None or not credential.active:
            return None
        rows = self._ask("session_card", {"digest": digest})
        return _card(credential.principal, rows[0]) if rows else None

    def failures(self, name: str, peer: str, window_s: int) -> tuple[int, int]:
        """Count the failed logins of an account and of an address within the window."""
        ((of_name, of_peer),) = self._ask(
            "count_failures", {"name": name, "peer": peer, "window_s": window_s}
        )
        return of_name, of_peer

    def record_failure(self, name: str, peer: str) -> None:
        """Remember a failed login."""
        self._ask("record_failure", {"name": name, "peer": peer})

    def record_success(self, name: str, peer: str) -> None:
        """Forget the account's failures from this address and remember the good login."""
        self._ask("record_success", {"name": name, "peer": peer})

    def trusted(self, name: str, peer: str) -> bool:
        """Tell whether the account had a good login from this address within 24 hours."""
        ((trusted,),) = self._ask("trusted", {"name": name, "peer": peer})
        return bool(trusted)

    def rehash(self, account_id: int, old: str, new: str) -> None:
        """Store a hash with newer parameters, if the old one still stands."""
        self._ask("rehash", {"account_id": account_id, "old": old, "new": new})

    def digest_secrets(self, account: str) -> Sequence[bytes]:
        """Give the living digest secrets of an account, sealed as they are kept."""
        return [row[0] for row in self._ask("digest_secrets", {"name": account})]

    def take_nonce(self, digest: bytes, until: datetime) -> bool:
        """Remember a nonce by its SHA-256; false: it is remembered already."""
        return bool(self._ask("take_nonce", {"digest": digest, "expires": until}))

    def _ask(self, name: str, parameters: Mapping[str, object]) -> list[Record]:
        with transaction(self._engine) as current:
            return current.alone(name, parameters)


def _card(principal: Principal, row: Record) -> SessionCard:
    (created, last_seen, peer, user_agent, title, first_name, last_name, email, customer,
     person_created, person_changed) = row  # fmt: skip
    return SessionCard(
        principal=principal,
        created=created,
        last_seen=last_seen,
        peer=peer,
        user_agent=user_agent,
        title=title,
        first_name=first_name,
        last_name=last_name,
        email=email,
        customer=customer,
        person_created=person_created,
        person_changed=person_changed,
    )


def _credential(row: Record) -> Credential:
    (account_id, name, kind, version, agent_id, agent_guid, customer_user_id, customer_id,
     partner_id, full_name, active, hashes, groups, keys, names, granted,
     partners) = row  # fmt: skip
    rights: dict[int, set[Permission]] = {}
    named: dict[str, int] = {}
    for group, key, group_name in zip(groups or (), keys or (), names or (), strict=True):
        rights.setdefault(group, set()).add(Permission(key))
        named[group_name] = group
    return Credential(
        principal=Principal(
            account_id=account_id,
            account=name,
            kind=AccountKind(kind),
            agent_id=agent_id,
            agent_guid=agent_guid,
            full_name=full_name,
            customer_user_id=customer_user_id,
            customer_id=customer_id,
            partner_id=partner_id,
            rights={group: frozenset(granted) for group, granted in rights.items()},
            named=named,
            granted=frozenset(granted),
            partners=frozenset(partners),
        ),
        version=version,
        hashes=tuple(hashes),
        active=active,
    )
