"""Recorded exchanges: what is known of them, their texts, and the sealed raw bodies."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    Sequence,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from gateway.repository.tables.columns import NO_TEXTS, ZERO, count, metadata, moment, words

# A sequence of its own: PostgreSQL 15 knows no identity on partitioned tables.
message_number = Sequence("message_number", metadata=metadata, data_type=BigInteger)


def _keys() -> tuple[Column[Any], Column[Any]]:
    return (
        Column("number", BigInteger, primary_key=True, autoincrement=False),
        Column("received", DateTime(timezone=True), primary_key=True),
    )


message = Table(
    "message",
    metadata,
    Column(
        "number",
        BigInteger,
        primary_key=True,
        autoincrement=False,
        server_default=text("nextval('message_number')"),
        comment="The reference in faults",
    ),
    Column("received", DateTime(timezone=True), primary_key=True),
    Column("dialect", Text, nullable=False),
    words("operation"),
    words("soap_version"),
    Column("account_id", BigInteger),
    words("peer"),
    words("method"),
    words("path"),
    Column("ticket_id", BigInteger),
    words("reference", "External reference, where one was named"),
    Column("stage", SmallInteger, nullable=False, server_default=text("1")),
    Column("outcome", SmallInteger, nullable=False, server_default=ZERO),
    words("code"),
    Column("status", SmallInteger, comment="HTTP status of the answer"),
    moment("settled", "Written in the transaction of its effect"),
    Column("duration_ms", Integer),
    Column("request_size", BigInteger, nullable=False, server_default=ZERO),
    Column("answer_size", BigInteger, nullable=False, server_default=ZERO),
    Column("sha256", LargeBinary, nullable=False, comment="Of the raw request body"),
    words("correlation_id"),
    Column("notes", ARRAY(Text), nullable=False, server_default=NO_TEXTS),
    CheckConstraint("stage between 1 and 7", name="stage_known"),
    CheckConstraint("outcome between 0 and 4", name="outcome_known"),
    CheckConstraint("octet_length(sha256) = 32", name="sha256_length"),
    comment="One recorded exchange with a caller; partitioned by month",
    postgresql_partition_by="RANGE (received)",
)
Index("ix_message_received", message.c.received)
Index("ix_message_ticket_id", message.c.ticket_id, message.c.received)
Index("ix_message_account_id", message.c.account_id, message.c.received)
Index("ix_message_trouble", message.c.received, postgresql_where=message.c.outcome != text("1"))

message_body = Table(
    "message_body",
    metadata,
    *_keys(),
    Column("request", Text, comment="Redacted"),
    Column("answer", Text, comment="Redacted"),
    count("request_cut", comment="Characters left out at the end"),
    count("answer_cut"),
    comment="Redacted texts of exchanges; partitioned by day",
    postgresql_partition_by="RANGE (received)",
)
message_sealed = Table(
    "message_sealed",
    metadata,
    *_keys(),
    Column("body", LargeBinary, nullable=False, comment="AES-256-GCM under the seal key"),
    comment="Raw bodies until they are parsed; partitioned by day",
    postgresql_partition_by="RANGE (received)",
)
