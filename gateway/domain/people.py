"""Who works and who asks: principals, permission keys, agents and groups."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class AccountKind(StrEnum):
    """What an account stands for."""

    AGENT = "agent"
    CUSTOMER = "customer"
    PARTNER = "partner"


class Permission(StrEnum):
    """Permission keys on a group; rw includes all others (domain page, rules)."""

    RO = "ro"
    RW = "rw"
    CREATE = "create"
    MOVE_INTO = "move_into"
    NOTE = "note"
    OWNER = "owner"
    PRIORITY = "priority"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls, with the rights of this moment.

    ``rights`` maps a group's id to its permission keys; ``named`` the names of those groups to
    their ids, for rights on a named group. ``granted`` are rights that hang on no group,
    ``partners`` the ids of all partners the account speaks for.
    """

    account_id: int
    account: str
    kind: AccountKind
    agent_id: int | None = None
    agent_guid: UUID | None = None
    full_name: str = ""
    customer_user_id: int | None = None
    customer_id: int | None = None
    partner_id: int | None = None
    rights: Mapping[int, frozenset[Permission]] = field(default_factory=dict)
    named: Mapping[str, int] = field(default_factory=dict)
    granted: frozenset[str] = frozenset()
    partners: frozenset[int] = frozenset()

    def may(self, key: Permission, group_id: int) -> bool:
        """Tell whether the principal has the key on the group; rw includes all."""
        keys = self.rights.get(group_id, frozenset())
        return key in keys or Permission.RW in keys

    def groups_with(self, key: Permission) -> tuple[int, ...]:
        """Give the ids of the groups on which the principal has the key, sorted."""
        return tuple(sorted(group for group in self.rights if self.may(key, group)))


# Who calls where a proof other than a login may still come; has no right whatsoever.
NOBODY = Principal(account_id=0, account="", kind=AccountKind.PARTNER)


class PartyKind(StrEnum):
    """Whom a ticket can be assigned to."""

    AGENT = "agent"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Assignable:
    """An agent or group as others see it."""

    guid: UUID
    kind: PartyKind
    name: str
    description: str = ""
    email: str = ""
    from_directory: bool = False
    roles: tuple[str, ...] = ()
