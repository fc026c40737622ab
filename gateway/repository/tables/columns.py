"""The metadata, the columns that every row a caller can name has, and how constraints are named."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    MetaData,
    Text,
    Uuid,
    text,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

NOW = text("now()")
FALSE = text("false")
TRUE = text("true")
EMPTY = text("''")
ZERO = text("0")
ONE = text("1")
NO_TEXTS = text("'{}'::text[]")
NOTHING = text("'{}'::jsonb")


def key() -> Column[Any]:
    """Give ``id``, the number the database gives."""
    return Column("id", BigInteger, Identity(), primary_key=True, nullable=False)


def guid() -> Column[Any]:
    """Give ``guid``, which a caller may bring."""
    return Column(
        "guid", Uuid, nullable=False, unique=True, server_default=text("gen_random_uuid()")
    )


def moment(name: str, comment: str | None = None) -> Column[Any]:
    """Give a time that may be unknown."""
    return Column(name, DateTime(timezone=True), comment=comment)


def stamp(name: str, comment: str | None = None) -> Column[Any]:
    """Give a time that is the transaction's unless it is said."""
    return Column(
        name, DateTime(timezone=True), nullable=False, server_default=NOW, comment=comment
    )


def words(name: str, comment: str | None = None) -> Column[Any]:
    """Give a text that is empty rather than unknown."""
    return Column(name, Text, nullable=False, server_default=EMPTY, comment=comment)


def flag(name: str, default: Any = FALSE, comment: str | None = None) -> Column[Any]:
    """Give a flag; false unless it is said."""
    return Column(name, Boolean, nullable=False, server_default=default, comment=comment)


def count(name: str, default: Any = ZERO, comment: str | None = None) -> Column[Any]:
    """Give a small whole number; zero unless it is said."""
    return Column(name, Integer, nullable=False, server_default=default, comment=comment)


def reference(name: str, target: str, *, required: bool = False, **options: Any) -> Column[Any]:
    """Give a foreign key to the ``id`` of a table."""
    return Column(name, BigInteger, ForeignKey(f"{target}.id", **options), nullable=not required)


def member(name: str, target: str) -> Column[Any]:
    """Give a foreign key that is part of the primary key of a membership."""
    return Column(name, BigInteger, ForeignKey(f"{target}.id"), primary_key=True, nullable=False)


def one_of(name: str, allowed: Iterable[str], *, constraint: str | None = None) -> CheckConstraint:
    """Refuse any other word in a column: a state machine is no free text."""
    listed = ", ".join(f"'{word}'" for word in allowed)
    return CheckConstraint(f"{name} in ({listed})", name=constraint or f"{name}_known")
