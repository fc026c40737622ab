"""Recorded exchanges, partitioned by time."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("message_number", data_type=sa.BigInteger())))
    op.create_table(
        "message",
        sa.Column(
            "number",
            sa.BigInteger(),
            server_default=sa.text("nextval('message_number')"),
            autoincrement=False,
            nullable=False,
            comment="The reference in faults",
        ),
        sa.Column("received", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dialect", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("soap_version", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("peer", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("method", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("path", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "reference",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="External reference, where one was named",
        ),
        sa.Column("stage", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("outcome", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("code", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True, comment="HTTP status of the answer"),
        sa.Column(
            "settled",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Written in the transaction of its effect",
        ),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("request_size", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("answer_size", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False, comment="Of the raw request body"),
        sa.Column("correlation_id", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "notes",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'::text[]"),
            nullable=False,
        ),
        sa.CheckConstraint("octet_length(sha256) = 32", name=op.f("ck_message_sha256_length")),
        sa.CheckConstraint("outcome between 0 and 4", name=op.f("ck_message_outcome_known")),
        sa.CheckConstraint("stage between 1 and 7", name=op.f("ck_message_stage_known")),
        sa.PrimaryKeyConstraint("number", "received", name=op.f("pk_message")),
        comment="One recorded exchange with a caller; partitioned by month",
        postgresql_partition_by="RANGE (received)",
    )
    op.create_index("ix_message_account_id", "message", ["account_id", "received"], unique=False)
    op.create_index("ix_message_received", "message", ["received"], unique=False)
    op.create_index("ix_message_ticket_id", "message", ["ticket_id", "received"], unique=False)
    op.create_index(
        "ix_message_trouble",
        "message",
        ["received"],
        unique=False,
        postgresql_where=sa.text("outcome != 1"),
    )
    op.create_table(
        "message_body",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("received", sa.DateTime(timezone=True), nullable=False),
        sa.Column("request", sa.Text(), nullable=True, comment="Redacted"),
        sa.Column("answer", sa.Text(), nullable=True, comment="Redacted"),
        sa.Column(
            "request_cut",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Characters left out at the end",
        ),
        sa.Column("answer_cut", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("number", "received", name=op.f("pk_message_body")),
        comment="Redacted texts of exchanges; partitioned by day",
        postgresql_partition_by="RANGE (received)",
    )
    op.create_table(
        "message_sealed",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("received", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "body", sa.LargeBinary(), nullable=False, comment="AES-256-GCM under the seal key"
        ),
        sa.PrimaryKeyConstraint("number", "received", name=op.f("pk_message_sealed")),
        comment="Raw bodies until they are parsed; partitioned by day",
        postgresql_partition_by="RANGE (received)",
    )
    # Slices of what is not compressed are cheap.
    op.execute("alter table message_sealed alter column body set storage external")


def downgrade() -> None:
    op.drop_table("message_sealed")
    op.drop_table("message_body")
    op.drop_table("message")
    op.execute(sa.schema.DropSequence(sa.Sequence("message_number")))
