"""The rows of a first start: lists, permission groups, the agent ``admin`` and its account.

Ids are those a fresh system of the Znuny dialect has; guids follow from table and id, so that they
are the same on every installation.
"""

from collections.abc import Sequence
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import Connection, NullPool, Table, create_engine, func, insert, select, text

from gateway.repository.tables import (
    account,
    account_secret,
    agent,
    agent_group,
    dynamic_field,
    permission,
    priority,
    queue,
    state,
    type_,
)

_NAMESPACE = uuid5(NAMESPACE_URL, "urn:ticket-gateway:first-rows")

_GROUPS = (
    ("users", "Everybody who works on tickets"),
    ("admin", "Who runs the gateway"),
    ("stats", "Who reads statistics"),
    ("timeaccounting_webservice", "Who may ask for booked times"),
)
_STATES = (
    ("new", "neu", "new"),
    ("closed successful", "erfolgreich geschlossen", "closed"),
    ("closed unsuccessful", "erfolglos geschlossen", "closed"),
    ("open", "offen", "open"),
    ("removed", "entfernt", "removed"),
    ("pending reminder", "warten zur Erinnerung", "pending reminder"),
    ("pending auto close+", "warten auf erfolgreich schließen", "pending auto"),
    ("pending auto close-", "warten auf erfolglos schließen", "pending auto"),
    ("merged", "zusammengefasst", "merged"),
    ("assigned", "zugewiesen", "open"),
    ("resolved", "gelöst", "open"),
    ("closed", "geschlossen", "closed"),
)
_PRIORITIES = (
    ("1 very low", "1 sehr niedrig", "#03c4f0"),
    ("2 low", "2 niedrig", "#83bfc8"),
    ("3 normal", "3 normal", "#cdcdcd"),
    ("4 high", "4 hoch", "#ffaaaa"),
    ("5 very high", "5 sehr hoch", "#ff505e"),
)
_TYPES = (
    ("Unclassified", "Nicht eingeordnet"),
    ("sales", "Vertrieb"),
    ("billing", "Abrechnung"),
)
_QUEUES = (
    ("Postmaster", "Postmaster"),
    ("Raw", "Unbearbeitet"),
    ("Junk", "Junk"),
    ("Misc", "Verschiedenes"),
)


def seed(url: str, admin_password_hash: str) -> bool:
    """Fill a fresh database and tell whether it was fresh; any other stays as it is."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(
            text("select pg_advisory_xact_lock(hashtextextended('ticket-gateway seed', 0))")
        )
        if connection.scalar(select(select(agent.c.id).exists())):
            return False
        _lists(connection)
        _admin(connection, admin_password_hash)
        return True


def _lists(connection: Connection) -> None:
    _put(connection, agent_group, [{"name": name, "description": does} for name, does in _GROUPS])
    _put(
        connection,
        state,
        [{"en": en, "de": de, "state_type": kind} for en, de, kind in _STATES],
    )
    _put(
        connection,
        priority,
        [{"en": en, "de": de, "color": color} for en, de, color in _PRIORITIES],
    )
    _put(connection, type_, [{"en": en, "de": de} for en, de in _TYPES])
    _put(
        connection,
        queue,
        [{"en": en, "de": de, "path_en": en, "path_de": de, "group_id": 1} for en, de in _QUEUES],
    )
    _put(
        connection,
        dynamic_field,
        [
            {
                "name": "ExternalReference",
                "en": "External reference",
                "de": "Externe Referenz",
                "field_type": "text",
            }
        ],
    )


def _admin(connection: Connection, password_hash: str) -> None:
    _put(connection, agent, [{"login": "admin", "first_name": "Admin", "unique_id": "admin"}])
    connection.execute(
        insert(permission),
        [{"agent_id": 1, "group_id": id_, "key": "rw"} for id_ in range(1, len(_GROUPS) + 1)],
    )
    _put(connection, account, [{"name": "admin", "kind": "agent", "agent_id": 1}])
    connection.execute(
        insert(account_secret).values(account_id=1, kind="password", hash=password_hash)
    )


def _put(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows with the ids 1, 2, 3 ... and set the table's sequence past them."""
    placed = "position" in table.c
    connection.execute(
        insert(table),
        [
            {"id": id_, "guid": _guid(table, id_), **({"position": id_} if placed else {}), **row}
            for id_, row in enumerate(rows, 1)
        ],
    )
    connection.execute(
        select(func.setval(func.pg_get_serial_sequence(table.name, "id"), len(rows)))
    )


def _guid(table: Table, id_: int) -> UUID:
    return uuid5(_NAMESPACE, f"{table.name}:{id_}")
