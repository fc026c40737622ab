"""Mail keys: add, list and disable; each function is one command in one transaction.

The caller has decided whether the actor may, as for ``lists``. Secrets come in sealed.
"""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from gateway.domain.mail import MailKey, key_name
from gateway.errors import BrokenRule, NotFound
from gateway.text import printable
from gateway.usecases.administration_ports import AdministrationUnit, Record
from gateway.usecases.list_fields import hint
from gateway.usecases.lists import Actor, audit

_TABLE = "mail_key"

Shown = dict[str, Any]


def add(new: MailKey, actor: Actor, unit: AdministrationUnit) -> Shown:
    """Add a key, or take a newer copy of one; it is switched on.

    A public copy leaves the secret part that is kept: it brings a new end or a revocation.
    """
    values = {each.name: getattr(new, each.name) for each in fields(new)}
    same = [
        record
        for record in unit.find(_TABLE, "fingerprint", new.fingerprint)
        if record["kind"] == new.kind
    ]
    before = _shown(same[0]) if same else None
    if same:
        if new.secret_sealed is None and same[0]["secret_sealed"] is not None:
            values |= {"secret_sealed": same[0]["secret_sealed"], "signs": same[0]["signs"]}
        unit.update(_TABLE, {"id": same[0]["id"]}, values)
    else:
        unit.insert(_TABLE, values)
    after = next(
        _shown(record)
        for record in unit.find(_TABLE, "fingerprint", new.fingerprint)
        if record["kind"] == new.kind
    )
    audit("add mail key", new.fingerprint, actor, unit, before=before, after=after)
    return after


def show(unit: AdministrationUnit) -> Sequence[Shown]:
    """List the keys, in the order in which they were added."""
    return [_shown(record) for record in unit.list(_TABLE)]


def disable(name: str, actor: Actor, unit: AdministrationUnit) -> Shown:
    """Switch a key off: no mail is signed or encrypted with it from now on.

    Raises:
        NotFound: no key has this fingerprint.
        BrokenRule: several keys go by this id; the fingerprint is needed.
    """
    wanted = key_name(name) or ""
    records = unit.list(_TABLE)
    found = [record for record in records if wanted and _goes_by(record, wanted)]
    if not found:
        known = [record["fingerprint"] for record in records]
        raise NotFound(f"no key {printable(name)!r}{hint(name, known)}", field="fingerprint")
    if len(found) > 1:
        raise BrokenRule("several keys go by this id", field="fingerprint")
    before = _shown(found[0])
    unit.update(_TABLE, {"id": found[0]["id"]}, {"active": False})
    after = before | {"active": False}
    audit("disable mail key", before["fingerprint"], actor, unit, before=before, after=after)
    return after


def _goes_by(record: Record, name: str) -> bool:
    pgp = record["kind"] == "PGP"
    return bool(
        name in (record["fingerprint"], record["short_id"])
        or (pgp and record["fingerprint"].endswith(name))
    )


def _shown(record: Record) -> Shown:
    """Give what may be seen of a key: whether there is a secret part, never that itself."""
    return {
        "kind": record["kind"],
        "fingerprint": record["fingerprint"],
        "id": record["short_id"],
        "address": record["address"],
        "signs": record["signs"],
        "encrypts": record["encrypts"],
        "secret": record["secret_sealed"] is not None,
        "expires": record["expires"].isoformat() if record["expires"] else None,
        "revoked": record["revoked"],
        "active": record["active"],
    }
