"""Accounts: add, list, rotate, disable; each function is one command in one transaction.

The caller has decided whether the actor may, as for ``lists``. Secrets come in hashed: hashing is
slow, and has no business in a transaction.
"""

import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from gateway.domain.people import AccountKind, Permission
from gateway.errors import BrokenRule, Missing, NotFound
from gateway.text import is_text, printable
from gateway.usecases import account_rights, lists
from gateway.usecases.administration_ports import AdministrationUnit, Record
from gateway.usecases.list_fields import hint
from gateway.usecases.lists import Actor, audit
from gateway.usecases.ports import Passwords

OVERLAP = timedelta(hours=24)  # how long the secret before stays valid (tickets REST, Login)

_LONGEST_NAME = 255
_LONGEST_PASSWORD = 1024
_NUMBER = re.compile("[0-9]{1,18}")
_KEY_PREFIX = "tgk_"
_KEY_BYTES = 32

Shown = dict[str, Any]
Rights = Mapping[str, tuple[Permission, ...]]  # by the name of a group


class SecretKind(StrEnum):
    """What an account may prove itself with."""

    PASSWORD = "password"  # noqa: S105 - the name of a kind
    API_KEY = "api_key"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret as it is stored: exactly one of the three."""

    kind: SecretKind
    hash: str | None = None  # argon2id of a password
    sha256: bytes | None = None  # of a whole API key, prefix included
    sealed: bytes | None = None  # of a digest secret, for the account of this name


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account to be added. An agent or customer user of its name is bound, else made."""

    name: str
    kind: AccountKind = AccountKind.AGENT
    customer: str | None = None  # number or key; of a new customer user
    partner: str | None = None  # of a partner's account; its own name if there is such a partner
    rights: Rights
    granted: tuple[str, ...] = ()  # rights that hang on no group
    secrets: tuple[Secret, ...]
    first_name: str = ""
    last_name: str = ""
    email: str = ""


def password_secret(password: str, passwords: Passwords) -> Secret:
    """Hash a password; takes some 20 ms.

    Raises:
        BrokenRule: empty, longer than 1024 characters, or not text.
    """
    if not password:
        raise Missing(field="password")
    if len(password) > _LONGEST_PASSWORD or not is_text(password):
        raise BrokenRule(
            f"at most {_LONGEST_PASSWORD} characters without control characters", field="password"
        )
    return Secret(SecretKind.PASSWORD, hash=passwords.hash(password))


def new_api_key() -> tuple[str, Secret]:
    """Make a Bearer key; the text is shown once and stored nowhere."""
    key = _KEY_PREFIX + secrets.token_urlsafe(_KEY_BYTES)
    digest = hashlib.sha256(key.encode("ascii")).digest()
    return key, Secret(SecretKind.API_KEY, sha256=digest)


def new_digest_secret(sealed: Callable[[str], bytes]) -> tuple[str, Secret]:
    """Make a secret for digests, which the gateway must be able to read; shown once."""
    text = secrets.token_urlsafe(_KEY_BYTES)
    return text, Secret(SecretKind.DIGEST, sealed=sealed(text))


def read_rights(text: str) -> Rights:
    """Read ``GROUP:KEY[+KEY...],...``.

    Raises:
        BrokenRule: not of that form, or no such key.
    """
    rights: dict[str, tuple[Permission, ...]] = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        group, colon, keys = part.rpartition(":")
        if not colon or not group.strip():
            raise BrokenRule(f"write {printable(part)!r} as GROUP:rw or GROUP:ro", field="groups")
        rights[group.strip()] = tuple(_permission(key) for key in keys.split("+"))
    return rights


def add_account(command: NewAccount, actor: Actor, unit: AdministrationUnit) -> Shown:
    """Add an account with its person, its rights and its secrets.

    Raises:
        BrokenRule: the name is taken or has no form of one; what its kind does not have.
        NotFound: a group, customer or partner that does not exist; it is named.
        Missing: the customer of a new customer user.
    """
    _require_name(command.name)
    if unit.exists("account", {"name": command.name}):
        raise BrokenRule(
            f"there is an account {printable(command.name)!r} already; give it a new secret with "
            "`accounts rotate`, or other groups with `accounts set`"
        )
    account = unit.insert(
        "account",
        {"name": command.name, "kind": command.kind.value, **_bound(command, unit)},
    )
    _grant(account, command.rights, unit)
    account_rights.grant(account, command.granted, unit)
    for secret in command.secrets:
        _keep(account, secret, unit)
    shown = _shown(account, unit)
    audit("account added", command.name, actor, unit, after=shown)
    return shown


def list_accounts(unit: AdministrationUnit) -> list[Shown]:
    """List the accounts with what they are bound to, their rights and how many secrets."""
    return [_shown(account, unit) for account in unit.list("account")]


def set_rights(name: str, rights: Rights, actor: Actor, unit: AdministrationUnit) -> Shown:
    """Give an account these rights in place of those it has; they hold from the next call on.

    Raises:
        NotFound: no such account or group.
        BrokenRule: customers have no groups.
    """
    account = _account(name, unit)
    before = _shown(account, unit)["groups"]
    table, key = _holder(account)
    unit.delete(table, key)
    _grant(account, rights, unit)
    shown = _shown(account, unit)
    if shown["groups"] != before:
        audit(
            "account rights changed",
            name,
            actor,
            unit,
            before={"groups": before},
            after={"groups": shown["groups"]},
        )
    return shown


def set_granted(
    name: str, granted: tuple[str, ...], actor: Actor, unit: AdministrationUnit
) -> Shown:
    """Give an account these rights that hang on no group, in place of those it has.

    Raises:
        NotFound: no such account.
    """
    account = _account(name, unit)
    before = account_rights.granted(account, unit)
    account_rights.grant(account, granted, unit)
    after = account_rights.granted(account, unit)
    if after != before:
        sides = {"before": {"rights": before}, "after": {"rights": after}}
        audit("account rights changed", name, actor, unit, **sides)
    return _shown(account, unit)


def secret_kinds(name: str, unit: AdministrationUnit) -> frozenset[SecretKind]:
    """Tell which kinds of living secrets an account has.

    Raises:
        NotFound: no such account.
    """
    living = _living(_account(name, unit), unit)
    return frozenset(SecretKind(each["kind"]) for each in living)


def rotate(
    name: str,
    secret: Secret,
    overlap: timedelta,
    actor: Actor,
    unit: AdministrationUnit,
) -> Shown:
    """Add a secret; the newest of its kind before stays valid for the overlap, older ones end.

    Cached logins and sessions end at once, so that everybody proves himself again.

    Raises:
        NotFound: no such account.
    """
    account = _account(name, unit)
    newest_first = sorted(
        (each["id"] for each in _living(account, unit) if each["kind"] == secret.kind), reverse=True
    )
    kept = newest_first[:1] if overlap else []
    for number in newest_first[len(kept) :]:
        unit.delete("account_secret", {"id": number})
    for number in kept:
        unit.update("account_secret", {"id": number}, {"expires": unit.now + overlap})
    _keep(account, secret, unit)
    changed = _renew(account, {}, unit)
    audit(f"{secret.kind.value.replace('_', ' ')} rotated", name, actor, unit)
    return _shown(changed, unit)


def enable(name: str, actor: Actor, unit: AdministrationUnit) -> bool:
    """Let an account in again, and tell whether it was out.

    Raises:
        NotFound: no such account.
    """
    return _switch(name, actor, unit, active=True)


def disable(name: str, actor: Actor, unit: AdministrationUnit) -> bool:
    """Let an account in no more, and tell whether it was let in; its sessions end.

    Raises:
        NotFound: no such account.
    """
    return _switch(name, actor, unit, active=False)


def _switch(name: str, actor: Actor, unit: AdministrationUnit, *, active: bool) -> bool:
    account = _account(name, unit)
    if account["active"] is active:
        return False
    _renew(account, {"active": active}, unit)
    audit("account enabled" if active else "account disabled", name, actor, unit)
    return True


def _permission(text: str) -> Permission:
    try:
        return Permission(text.strip())
    except ValueError:
        raise BrokenRule(
            f"no key {printable(text)!r}{hint(text, list(Permission))}", field="groups"
        ) from None


def _require_name(name: str) -> None:
    if not 0 < len(name) <= _LONGEST_NAME or not name.isprintable() or name != name.strip():
        raise BrokenRule(
            f"1 to {_LONGEST_NAME} printable characters, no blank at an end", field="name"
        )
    if ":" in name:
        # RFC 7617: the colon ends the name in a Basic header.
        raise BrokenRule("cannot hold a colon", field="name")


def _bound(command: NewAccount, unit: AdministrationUnit) -> dict[str, int | None]:
    if command.customer is not None and command.kind is not AccountKind.CUSTOMER:
        raise BrokenRule("only a customer's account has one", field="customer")
    if command.partner is not None and command.kind is not AccountKind.PARTNER:
        raise BrokenRule("only a partner's account has one", field="partner")
    match command.kind:
        case AccountKind.AGENT:
            return {"agent_id": _agent(command, unit)}
        case AccountKind.CUSTOMER:
            return {"customer_user_id": _customer_user(command, unit)}
        case AccountKind.PARTNER:
            return {"partner_id": _partner(command, unit)}


def _agent(command: NewAccount, unit: AdministrationUnit) -> int:
    found = unit.find("agent", "login", command.name)
    if not found:
        made = unit.insert("agent", {"login": command.name, **_person(command)})
        return int(made["id"])
    if not found[0]["active"]:
        raise BrokenRule("the agent of this login is not active", field="name")
    # Of a person who is there already only what was said is written.
    said = {column: value for column, value in _person(command).items() if value}
    if said:
        unit.update("agent", {"id": found[0]["id"]}, said)
    return int(found[0]["id"])


def _customer_user(command: NewAccount, unit: AdministrationUnit) -> int:
    if command.rights:
        raise BrokenRule("a customer's account has no groups", field="groups")
    found = unit.find("customer_user", "login", command.name)
    if found and command.customer is None:
        return int(found[0]["id"])
    if command.customer is None:
        raise Missing("required for a new customer user", field="customer")
    customer = _customer(command.customer, unit)
    if found and found[0]["customer_id"] != customer:
        raise BrokenRule("the customer user of this login is another customer's", field="customer")
    if found:
        return int(found[0]["id"])
    values = {"login": command.name, "customer_id": customer, **_person(command)}
    return int(unit.insert("customer_user", values)["id"])


def _customer(number: str, unit: AdministrationUnit) -> int:
    # The number comes first: it is what `lists add customers` printed.
    found = unit.find("customer", "id", int(number)) if _NUMBER.fullmatch(number) else []
    record = found[0] if found else lists.find("customer", number, unit)
    if record is None:
        raise NotFound(f"no customer {printable(number)!r}", field="customer")
    return int(record["id"])


def _partner(command: NewAccount, unit: AdministrationUnit) -> int | None:
    found = unit.find("partner", "name", command.partner or command.name)
    if not found and command.partner is not None:
        known = [partner["name"] for partner in unit.list("partner")]
        raise NotFound(
            f"no partner {printable(command.partner)!r}{hint(command.partner, known)}",
            field="partner",
        )
    return int(found[0]["id"]) if found else None


def _person(command: NewAccount) -> dict[str, str]:
    return {
        "first_name": command.first_name,
        "last_name": command.last_name,
        "email": command.email,
    }


def _holder(account: Record) -> tuple[str, dict[str, int]]:
    """Give the table of the rights: an agent has his own, whatever account he uses."""
    if account["kind"] == AccountKind.CUSTOMER:
        raise BrokenRule("a customer's account has no groups", field="groups")
    if account["agent_id"] is not None:
        return "permission", {"agent_id": account["agent_id"]}
    return "account_permission", {"account_id": account["id"]}


def _grant(account: Record, rights: Rights, unit: AdministrationUnit) -> None:
    if not rights:
        return
    table, holder = _holder(account)
    for name, keys in rights.items():
        found = lists.find("agent_group", name, unit)
        if found is None:
            known = [group["name"] for group in unit.list("agent_group")]
            raise NotFound(f"no group {printable(name)!r}{hint(name, known)}", field="groups")
        for key in dict.fromkeys(keys):
            # rw includes ro and all finer keys, so it alone is stored for them.
            right = {**holder, "group_id": found["id"], "key": key.value}
            if not unit.exists(table, right):
                unit.insert(table, right)


def _keep(account: Record, secret: Secret, unit: AdministrationUnit) -> None:
    unit.insert(
        "account_secret",
        {
            "account_id": account["id"],
            "kind": secret.kind.value,
            "hash": secret.hash,
            "sha256": secret.sha256,
            "sealed": secret.sealed,
        },
    )


def _account(name: str, unit: AdministrationUnit) -> Record:
    found = unit.find("account", "name", name)
    if not found:
        known = [account["name"] for account in unit.list("account")]
        raise NotFound(f"no account {printable(name)!r}{hint(name, known)}")
    return found[0]


def _living(account: Record, unit: AdministrationUnit) -> list[Record]:
    return [
        each
        for each in unit.find("account_secret", "account_id", account["id"])
        if each["expires"] is None or each["expires"] > unit.now
    ]


def _renew(account: Record, values: Record, unit: AdministrationUnit) -> Record:
    """Raise the version, which ends cached logins in every process, and end the sessions."""
    changed = {**values, "version": account["version"] + 1}
    unit.update("account", {"id": account["id"]}, changed)
    unit.delete("session", {"account_id": account["id"]})
    return {**account, **changed}


def _shown(account: Record, unit: AdministrationUnit) -> Shown:
    living = _living(account, unit)
    return {
        "name": account["name"],
        "kind": account["kind"],
        "active": account["active"],
        "bound_to": _bound_to(account, unit),
        "groups": _groups(account, unit),
        "rights": account_rights.granted(account, unit),
        "passwords": sum(each["kind"] == SecretKind.PASSWORD for each in living),
        "api_keys": sum(each["kind"] == SecretKind.API_KEY for each in living),
        "digest_secrets": sum(each["kind"] == SecretKind.DIGEST for each in living),
        "guid": str(account["guid"]),
        "version": account["version"],
    }


def _bound_to(account: Record, unit: AdministrationUnit) -> str:
    for table, column in (("agent", "login"), ("customer_user", "login"), ("partner", "name")):
        number = account[f"{table}_id"]
        if number is not None:
            (record,) = unit.find(table, "id", number)
            return f"{table.replace('_', ' ')} {record[column]}"
    return ""


def _groups(account: Record, unit: AdministrationUnit) -> dict[str, list[str]]:
    if account["kind"] == AccountKind.CUSTOMER:
        return {}
    names = {group["id"]: group["name"] for group in unit.list("agent_group")}
    held: list[Record] = []
    if account["agent_id"] is not None:
        held += unit.find("permission", "agent_id", account["agent_id"])
    held += unit.find("account_permission", "account_id", account["id"])
    groups: dict[str, set[str]] = {}
    for each in held:
        groups.setdefault(names[each["group_id"]], set()).add(each["key"])
    return {name: sorted(groups[name]) for name in sorted(groups)}
