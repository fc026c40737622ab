"""The list rows that a command names, found in one statement."""

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.domain.commands import Assign
from gateway.domain.people import PartyKind
from gateway.domain.ticket import Changes, Ticket
from gateway.domain.values import UNSET, Key, Row, Unset
from gateway.errors import GatewayError, NotFound
from gateway.usecases.ports import Unit


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row that a command names: of which list, by which key, in which field."""

    list: str
    key: Key | None | Unset
    field: str


class Rows:
    """Rows by list and key; loaded together when the object is made."""

    def __init__(self, unit: Unit, wanted: Iterable[Wanted]) -> None:
        keys: dict[str, list[Key]] = {}
        for want in wanted:
            if not isinstance(want.key, Unset) and want.key is not None:
                keys.setdefault(want.list, []).append(want.key)
        self._rows = dict(unit.lists.resolve(keys)) if keys else {}

    def configured(self, list_name: str, name: str) -> Row:
        """Give a row that a setting names.

        Raises:
            GatewayError: the setting names a row that does not exist: the operator's mistake.
        """
        row = self._rows.get((list_name, name))
        if row is None:
            raise GatewayError(f"a setting names a {list_name} that does not exist")
        return row

    def find(self, list_name: str, key: Key | None | Unset) -> Row | None:
        """Give the row of a key, active or not; None if there is none."""
        if isinstance(key, Unset) or key is None:
            return None
        return self._rows.get((list_name, key))

    def pick(self, want: Wanted, present: Row | None = None) -> Row | None | Unset:
        """Give the row of a field: unset and cleared stay so.

        Raises:
            NotFound: no such row, or an inactive one that does not stand there already
                (ACMP contract G15).
        """
        if isinstance(want.key, Unset) or want.key is None:
            return want.key
        row = self._rows.get((want.list, want.key))
        if row is None or not (row.active or row == present):
            raise NotFound(field=want.field)
        return row


def assignee(assign: Assign | Unset) -> Wanted:
    """Name the agent or group that a command assigns to."""
    if isinstance(assign, Unset):
        return Wanted("agent", UNSET, "assignee")
    return Wanted(assign.kind.value, assign.key, "assignee")


def assignment(assign: Assign | Unset, ticket: Ticket | None, rows: Rows) -> Changes:
    """Give the change an assignment makes: setting one of agent and group clears the other.

    Raises:
        NotFound: no such agent or group; the id of the other kind is none either.
    """
    if isinstance(assign, Unset) or (ticket is not None and _kept(assign, ticket)):
        return Changes()
    owner = ticket.owner if ticket else None
    group = ticket.assigned_group if ticket else None
    present = owner if assign.kind is PartyKind.AGENT else group
    row = rows.pick(assignee(assign), present)
    party = None if isinstance(row, Unset) else row
    if assign.kind is PartyKind.AGENT:
        return Changes(owner=party, assigned_group=None)
    return Changes(owner=None, assigned_group=party)


def _kept(assign: Assign, ticket: Ticket) -> bool:
    # ACMP ST3: in V1 a group's id is unknown, unless it is the present assignee (no change).
    group = ticket.assigned_group
    return assign.either_kind_kept and group is not None and group.guid == assign.key
