"""Hashes that stand in for a login: who holds one may speak about that task, or start that app."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from gateway.domain.people import NOBODY, AccountKind, Principal
from gateway.errors import HashRefused
from gateway.usecases.ports import Unit

_VERSION = "1"
_OF_TASKS = frozenset({"ssp7.acknowledge", "ssp7.reassign", "ssp7.update", "ssp7.read"})
_OF_APPS = frozenset({"ssp7.start"})


@dataclass(frozen=True, slots=True)
class HashKey:
    """A key hashes are made with; its id stands in them."""

    id: str
    secret: bytes = field(repr=False)


class ObjectHashes:
    """Makes and judges hashes; the newest key makes them, all of the list are good."""

    def __init__(self, keys: Sequence[HashKey]) -> None:
        self._keys = tuple(keys)

    def of_task(self, partner: str, task_id: int) -> str:
        """Make the hash that lets a partner speak about a task; empty without any key."""
        return self.made(_task(partner, task_id))

    def of_app(self, partner: str, app: str) -> str:
        """Make the hash that starts an app, of a partner or (empty) of none."""
        return self.made(_app(partner, app))

    def of_this_task(self, given: str, partner: str, task_id: int) -> bool:
        """Tell whether a hash is this partner's for this task."""
        return self.holds(given, _task(partner, task_id))

    def of_this_app(self, given: str, partner: str, app: str) -> bool:
        """Tell whether a hash starts this app."""
        return self.holds(given, _app(partner, app))

    def made(self, subject: str) -> str:
        """Make the hash of a subject; empty without any key."""
        if not self._keys:
            return ""
        newest = self._keys[0]
        return f"{_VERSION}.{newest.id}.{_mac(newest, subject)}"

    def holds(self, given: str, subject: str) -> bool:
        """Tell whether a hash is that of a subject, by any key."""
        # All keys are tried in any case: time tells nothing.
        good = [
            hmac.compare_digest(
                f"{_VERSION}.{key.id}.{_mac(key, subject)}".encode(),
                given.encode("utf-8", "replace"),
            )
            for key in self._keys
        ]
        return any(good)


def task_speaker(
    hashes: ObjectHashes,
    given: str,
    meant: tuple[int, str],
    principal: Principal,
    unit: Unit,
) -> tuple[Principal, int]:
    """Find out for which partner a hash speaks, and about which task.

    Args:
        hashes: the judge.
        given: the hash as it was sent.
        meant: number of the task, or 0 and the partner's reference.
        principal: who logged in beside; NOBODY if nobody did.
        unit: the transaction to look in.

    Raises:
        HashRefused: it is not good for that task, or for another partner than the login.
    """
    candidates = unit.tasks.partners_of(*meant) or [(0, 0, "")]
    fitting = [each for each in candidates if hashes.of_this_task(given, each[2], each[0])]
    if not fitting or not fitting[0][0]:
        raise HashRefused(field="hash_check")
    task_id, partner_id, code = fitting[0]
    return _speaker(principal, partner_id, code, _OF_TASKS), task_id


def speaker_of_task(partner_id: int, code: str) -> Principal:
    """Give a partner that was proven for a task: it may speak about that one, and start nothing."""
    return _speaker(NOBODY, partner_id, code, _OF_TASKS)


def app_speaker(
    hashes: ObjectHashes, given: str, code: str, principal: Principal, unit: Unit
) -> Principal:
    """Find out for which partner, or for none, a hash starts an app.

    Raises:
        HashRefused: it is not good for that app, or for another partner than the login.
    """
    app = unit.apps.find(code)
    partner = app.partner if app else None
    good = hashes.of_this_app(given, partner.code if partner else "", code)
    if not good or app is None:
        raise HashRefused(field="hash_check")
    if partner is not None:
        return _speaker(principal, partner.id, partner.code, _OF_APPS)
    if principal is NOBODY:
        return replace(NOBODY, account=f"app {code}", granted=_OF_APPS)
    return principal


def _speaker(principal: Principal, partner_id: int, code: str, rights: frozenset[str]) -> Principal:
    if principal is NOBODY:
        return Principal(
            account_id=0,
            account=code,
            kind=AccountKind.PARTNER,
            partner_id=partner_id,
            partners=frozenset({partner_id}),
            granted=rights,
        )
    if partner_id not in principal.partners:
        raise HashRefused(field="hash_check")
    return replace(principal, partner_id=partner_id, partners=frozenset({partner_id}))


def _task(partner: str, task_id: int) -> str:
    return f"ssp7|{_VERSION}|task|{partner}|{task_id}"


def _app(partner: str, app: str) -> str:
    return f"ssp7|{_VERSION}|app|{partner or '-'}|{app}"


def _mac(key: HashKey, subject: str) -> str:
    digest = hmac.digest(key.secret, subject.encode(), "sha256")
    return urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
