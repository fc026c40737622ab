"""Accounts in memory: a store, fast passwords, and principals that tests can name."""

import hashlib
import threading
from collections import Counter
from dataclasses import replace

from gateway.domain.people import AccountKind, Permission, Principal
from gateway.errors import StorageAway
from gateway.usecases.ports import Credential

ALL_KEYS = frozenset(Permission)


def agent(account_id=1, name="anna", rights=None, named=None):
    """Make an agent; without rights it has every key on group 1, ``users``."""
    return Principal(
        account_id=account_id,
        account=name,
        kind=AccountKind.AGENT,
        agent_id=account_id,
        full_name=name.title(),
        rights={1: ALL_KEYS} if rights is None else rights,
        named={"users": 1} if named is None else named,
    )


class PlainPasswords:
    """``ports.Passwords`` without cost; counts its checks."""

    dummy = "plain2:\0"

    def __init__(self):
        self.checks = 0
        self.at_once = 0
        self.most_at_once = 0
        self.gate = threading.Event()  # cleared: checks wait
        self.gate.set()
        self._lock = threading.Lock()

    def verify(self, hashed, password):
        with self._lock:
            self.checks += 1
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        self.gate.wait(10)
        with self._lock:
            self.at_once -= 1
        return hashed.partition(":")[2] == password

    def hash(self, password):
        return f"plain2:{password}"

    def outdated(self, hashed):
        return not hashed.startswith("plain2:")


class InMemoryAccounts:
    """``ports.AccountStore`` that counts its statements; ``away`` makes every call fail."""

    def __init__(self):
        self.credentials = {}
        self.sessions = {}
        self.failed = Counter()  # by name and address; the window never ends here
        self.good = set()
        self.statements = []
        self.away = False

    def add(self, principal, *passwords, active=True, version=1):
        self.credentials[principal.account] = Credential(
            principal=principal,
            version=version,
            hashes=tuple(f"plain2:{password}" for password in passwords),
            active=active,
        )

    def change(self, name, **changes):
        self.credentials[name] = replace(self.credentials[name], **changes)

    def open_session(self, name, session_id):
        self.sessions[hashlib.sha256(session_id.encode()).digest()] = name

    def find(self, name):
        self._count("find")
        return self.credentials.get(name)

    def find_session(self, digest):
        self._count("find_session")
        return self.credentials.get(self.sessions.get(digest))

    def failures(self, name, peer, window_s):
        self._count("failures")
        by_account = sum(count for (who, _), count in self.failed.items() if who == name)
        by_peer = sum(count for (_, whence), count in self.failed.items() if whence == peer)
        return by_account, by_peer

    def record_failure(self, name, peer):
        self._count("record_failure")
        self.failed[name, peer] += 1

    def record_success(self, name, peer):
        self._count("record_success")
        self.failed.pop((name, peer), None)
        self.good.add((name, peer))

    def trusted(self, name, peer):
        self._count("trusted")
        return (name, peer) in self.good

    def rehash(self, account_id, old, new):
        self._count("rehash")
        for name, credential in self.credentials.items():
            if credential.principal.account_id == account_id:
                hashes = tuple(new if hashed == old else hashed for hashed in credential.hashes)
                self.credentials[name] = replace(credential, hashes=hashes)

    def _count(self, statement):
        if self.away:
            raise StorageAway
        self.statements.append(statement)
