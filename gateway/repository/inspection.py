"""What a database server says of itself, for starts and for ``check``."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import psycopg
from sqlalchemy import make_url

from gateway import clock
from gateway.domain.ticket import StateType
from gateway.errors import StorageAway
from gateway.repository.migrations import HEAD

OLDEST_VERSION = 15
_ROWS_BY_NAME = {
    "state": "select id from state where en = %s and active",
    "priority": "select id from priority where en = %s and active",
    "type": "select id from type where en = %s and active",
    "queue": "select id from queue where path_en = %s and active",
    "group": "select id from agent_group where name = %s and active",
}
_PROMISES = ("fsync", "full_page_writes", "synchronous_commit")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts:
    """A server and the state of its schema."""

    version: int  # major
    clock_off_s: float  # its clock against ours
    unsafe: tuple[str, ...]  # switched off, so that a crash may take answered work
    schema: str | None  # revision; None: never migrated
    newest_schema: str  # that this program knows


def inspect(url: str) -> ServerFacts:
    """Ask a server about itself.

    Raises:
        StorageAway: it does not answer, or refuses us.
    """
    with _session(url) as session:
        return ServerFacts(
            version=session.info.server_version // 10_000,
            clock_off_s=_clock_off_s(session),
            unsafe=tuple(
                name
                for name in _PROMISES
                if _value(session, "select current_setting(%s)", name) == "off"
            ),
            schema=_schema(session),
            newest_schema=HEAD,
        )


def connector_defects(
    url: str, *, field: str, states: Sequence[str], state_types: Sequence[str], type_name: str
) -> tuple[str, ...]:
    """Tell what settings of the Znuny dialect name that the lists do not have.

    Args:
        url: of the database.
        field: name of the dynamic field that holds external references.
        states: names of states.
        state_types: types of states.
        type_name: name of a ticket type.

    Raises:
        StorageAway: the server does not answer, or refuses us.
    """
    with _session(url) as session:
        kind = _value(
            session, "select field_type from dynamic_field where name = %s and active", field
        )
        defects = [] if kind == "text" else [f"{field} is no text field of tickets"]
        defects += [
            f"{name} is no state"
            for name in states
            if _value(session, "select id from state where en = %s", name) is None
        ]
        if _value(session, "select id from type where en = %s and active", type_name) is None:
            defects.append(f"{type_name} is no type of tickets")
    known = set(StateType)
    return (
        *defects,
        *(f"{name} is no type of states" for name in state_types if name not in known),
    )


def mailbox_defects(url: str, *, partner: str, app: str, person: str) -> dict[str, str]:
    """Tell what the keys of a mailbox name that is not there, by the key; empty names are none.

    Raises:
        StorageAway: the server does not answer, or refuses us.
    """
    named = {
        "partner": (partner, "select name from partner where name = %s and active"),
        "external_app": (
            app,
            (
                "select code from external_app where code = %s and active"
                " and left(code, 10) <> 'Ticketing.'"
            ),
        ),
        "failover_person": (
            person,
            (
                "select login from customer_user where login = %s and active"
                " union all select login from agent where lower(login) = lower(%s) and active"
            ),
        ),
    }
    with _session(url) as session:
        return {
            key: name
            for key, (name, query) in named.items()
            if name and _value(session, query, *[name] * query.count("%s")) is None
        }


def list_defects(url: str, named: Mapping[str, tuple[str, str]]) -> tuple[str, ...]:
    """Tell which settings name rows of lists that are not there; empty names are none.

    Args:
        url: of the database.
        named: the list and the name by the key of the setting.

    Raises:
        StorageAway: the server does not answer, or refuses us.
    """
    with _session(url) as session:
        return tuple(
            f"{key} = {name!r}"
            for key, (of, name) in named.items()
            if name and _value(session, _ROWS_BY_NAME[of], name) is None
        )


@contextmanager
def _session(url: str) -> Iterator[psycopg.Connection]:
    try:
        address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, connect_timeout=5, autocommit=True) as session:
            yield session
    except (psycopg.Error, ValueError) as error:
        # Only the server's first line: the address, with its password, is not for a log.
        raise StorageAway(f"the database does not answer: {str(error).splitlines()[0]}") from None


def _clock_off_s(session: psycopg.Connection) -> float:
    theirs = _value(session, "select clock_timestamp()")
    return (theirs - clock.now()).total_seconds() if isinstance(theirs, datetime) else 0.0


def _schema(session: psycopg.Connection) -> str | None:
    if _value(session, "select to_regclass('alembic_version')") is None:
        return None
    revision = _value(session, "select version_num from alembic_version")
    return revision if isinstance(revision, str) else None


def _value(session: psycopg.Connection, query: str, *parameters: str) -> object:
    row = session.execute(query, parameters).fetchone()
    return row and row[0]
