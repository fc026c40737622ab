"""Mailboxes, received mails, mail keys."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "mail_key",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False, comment="Whose key it is"),
        sa.Column("fingerprint", sa.Text(), nullable=False, comment="Hexadecimal, lower case"),
        sa.Column(
            "short_id",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="PGP key id, or hash of the S/MIME certificate",
        ),
        sa.Column("signs", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("encrypts", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column(
            "secret_sealed",
            sa.LargeBinary(),
            nullable=True,
            comment="AES-256-GCM under the seal key",
        ),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "fingerprint ~ '^[0-9a-f]{40,64}$'", name=op.f("ck_mail_key_fingerprint_form")
        ),
        sa.CheckConstraint("kind in ('PGP', 'SMIME')", name=op.f("ck_mail_key_kind_known")),
        sa.CheckConstraint(
            "not signs or secret_sealed is not null", name=op.f("ck_mail_key_signs_with_secret")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_key")),
        sa.UniqueConstraint("guid", name=op.f("uq_mail_key_guid")),
        sa.UniqueConstraint("kind", "fingerprint", name=op.f("uq_mail_key_kind_fingerprint")),
        comment="PGP and S/MIME keys",
    )
    op.create_index("ix_mail_key_short_id", "mail_key", ["kind", "short_id"], unique=False)
    op.create_table(
        "mailbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="As in the settings"),
        sa.Column("uid_validity", sa.BigInteger(), nullable=True),
        sa.Column("last_uid", sa.BigInteger(), nullable=True),
        sa.Column("last_polled", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("name <> ''", name=op.f("ck_mailbox_name_filled")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailbox")),
        sa.UniqueConstraint("name", name=op.f("uq_mailbox_name")),
        comment="How far each mailbox was read; the rest of it is in the settings",
    )
    op.create_table(
        "mail",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("mailbox_id", sa.BigInteger(), nullable=True),
        sa.Column("uid_validity", sa.BigInteger(), nullable=True),
        sa.Column("uid", sa.BigInteger(), nullable=True),
        sa.Column(
            "message_id",
            sa.Text(),
            nullable=False,
            comment="Message-ID, else the SHA-256 of the mail: the key of repeats",
        ),
        sa.Column("received", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sender", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("recipient", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("subject", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("body", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("has_attachments", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column(
            "code",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="Why it was refused",
        ),
        sa.Column("event_guid", sa.Uuid(), nullable=True),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "outcome in ('ticket', 'message', 'task', 'refused', 'ignored')",
            name=op.f("ck_mail_outcome_known"),
        ),
        sa.CheckConstraint(
            "ticket_id is null or outcome in ('ticket', 'message', 'task')",
            name=op.f("ck_mail_refused_has_none"),
        ),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"], name=op.f("fk_mail_mailbox_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_mail_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("guid", name=op.f("uq_mail_guid")),
        sa.UniqueConstraint(
            "mailbox_id", "uid_validity", "uid", name=op.f("uq_mail_mailbox_id_uid_validity_uid")
        ),
        sa.UniqueConstraint("message_id", name=op.f("uq_mail_message_id")),
        comment="Received mails and what became of them",
    )
    op.create_index(
        "ix_mail_ticket_id",
        "mail",
        ["ticket_id"],
        unique=False,
        postgresql_where=sa.text("ticket_id IS NOT NULL"),
    )
    op.create_index(
        "ix_mail_unmatched",
        "mail",
        [sa.literal_column("received DESC")],
        unique=False,
        postgresql_where=sa.text("ticket_id IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("mail")
    op.drop_table("mailbox")
    op.drop_table("mail_key")
