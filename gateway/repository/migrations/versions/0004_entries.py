"""What hangs on tickets."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "article",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="1, 2, 3 ... within the ticket"),
        sa.Column("kind", sa.Text(), server_default="article", nullable=False),
        sa.Column("plain", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("html", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "visible",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="To the customer",
        ),
        sa.Column("is_description", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("channel", sa.Text(), server_default="Internal", nullable=False),
        sa.Column("sender_type", sa.Text(), server_default="agent", nullable=False),
        sa.Column("from_", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("reply_to", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("to_", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("cc", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("bcc", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("subject", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("mime_type", sa.Text(), server_default="text/plain", nullable=False),
        sa.Column("charset", sa.Text(), server_default="utf-8", nullable=False),
        sa.Column("message_id", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("in_reply_to", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("refs", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("signature", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("external_author", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "external_message_id",
            sa.Text(),
            nullable=True,
            comment="The partner's own id of this entry",
        ),
        sa.Column(
            "external_digest",
            sa.LargeBinary(),
            nullable=True,
            comment="SHA-256 of what came under that id",
        ),
        sa.Column("event_guid", sa.Uuid(), nullable=True, comment="The event this entry made"),
        sa.Column("origin_partner_id", sa.BigInteger(), nullable=True),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("direction", sa.Text(), nullable=True, comment="When exchanged with a partner"),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("changed_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "channel in ('Email', 'Phone', 'Internal', 'Chat')",
            name=op.f("ck_article_channel_known"),
        ),
        sa.CheckConstraint("direction in ('In', 'Out')", name=op.f("ck_article_direction_known")),
        sa.CheckConstraint(
            "external_message_id <> ''", name=op.f("ck_article_external_message_id_filled")
        ),
        sa.CheckConstraint(
            "kind in ('article', 'update', 'solution', 'log')", name=op.f("ck_article_kind_known")
        ),
        sa.CheckConstraint(
            "sender_type in ('agent', 'system', 'customer')",
            name=op.f("ck_article_sender_type_known"),
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_article_number_positive")),
        sa.ForeignKeyConstraint(["changed_by"], ["agent.id"], name=op.f("fk_article_changed_by")),
        sa.ForeignKeyConstraint(["created_by"], ["agent.id"], name=op.f("fk_article_created_by")),
        sa.ForeignKeyConstraint(
            ["origin_partner_id"], ["partner.id"], name=op.f("fk_article_origin_partner_id")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_article_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", "id", name=op.f("pk_article")),
        sa.UniqueConstraint("guid", name=op.f("uq_article_guid")),
        sa.UniqueConstraint("ticket_id", "number", name=op.f("uq_article_ticket_id_number")),
        comment="Comments, mails, texts exchanged with partners",
    )
    op.create_index(
        "ix_article_description",
        "article",
        ["ticket_id"],
        unique=True,
        postgresql_where="is_description",
    )
    op.create_index(
        "ix_article_external_message_id",
        "article",
        ["origin_partner_id", "external_message_id"],
        unique=True,
        postgresql_where=sa.text("external_message_id IS NOT NULL"),
    )
    op.create_index(
        "ix_article_message_id",
        "article",
        ["message_id"],
        unique=False,
        postgresql_where=sa.text("message_id <> ''"),
    )
    op.create_index(
        "ix_article_task_id",
        "article",
        ["task_id"],
        unique=False,
        postgresql_where=sa.text("task_id IS NOT NULL"),
    )
    op.create_table(
        "cost",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=8, scale=2), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("category", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("description", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("amount between 1 and 999999", name=op.f("ck_cost_amount_range")),
        sa.CheckConstraint("length(category) <= 100", name=op.f("ck_cost_category_length")),
        sa.CheckConstraint("length(description) <= 400", name=op.f("ck_cost_description_length")),
        sa.CheckConstraint("unit_price > 0", name=op.f("ck_cost_unit_price_positive")),
        sa.ForeignKeyConstraint(["created_by"], ["agent.id"], name=op.f("fk_cost_created_by")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_cost_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", "id", name=op.f("pk_cost")),
        sa.UniqueConstraint("guid", name=op.f("uq_cost_guid")),
        comment="Money spent on a ticket",
    )
    op.create_table(
        "reminder",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("recipient_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "fired",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When its event was made; null: still to come",
        ),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("length(text) <= 400", name=op.f("ck_reminder_text_length")),
        sa.ForeignKeyConstraint(["created_by"], ["agent.id"], name=op.f("fk_reminder_created_by")),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["agent.id"], name=op.f("fk_reminder_recipient_id")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_reminder_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_reminder")),
        sa.UniqueConstraint("guid", name=op.f("uq_reminder_guid")),
        comment="At most one reminder a ticket",
    )
    op.create_index(
        "ix_reminder_due",
        "reminder",
        ["due"],
        unique=False,
        postgresql_where=sa.text("fired IS NULL"),
    )
    op.create_table(
        "attachment",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "article_id", sa.BigInteger(), nullable=True, comment="Null: of the ticket itself"
        ),
        sa.Column("document_id", sa.Uuid(), nullable=True, comment="A caller's label"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "visible",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="To the customer",
        ),
        sa.Column(
            "content_type", sa.Text(), server_default="application/octet-stream", nullable=False
        ),
        sa.Column("disposition", sa.Text(), server_default="attachment", nullable=False),
        sa.Column("content_id", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("size", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "sha256", sa.LargeBinary(), nullable=True, comment="Null: the content has not come yet"
        ),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "disposition in ('attachment', 'inline')", name=op.f("ck_attachment_disposition_known")
        ),
        sa.CheckConstraint("file_name <> ''", name=op.f("ck_attachment_file_name_filled")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_attachment_name_filled")),
        sa.CheckConstraint(
            "case when sha256 is null then size = 0 else octet_length(sha256) = 32 and size >= 0 end",
            name=op.f("ck_attachment_size_of_content"),
        ),
        sa.CheckConstraint("length(file_name) <= 255", name=op.f("ck_attachment_file_name_length")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["agent.id"], name=op.f("fk_attachment_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id", "article_id"],
            ["article.ticket_id", "article.id"],
            name=op.f("fk_attachment_ticket_id_article_id"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_attachment_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", "id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("guid", name=op.f("uq_attachment_guid")),
        comment="Files of tickets and articles, without their content",
    )
    op.create_index(
        "ix_attachment_article_id", "attachment", ["ticket_id", "article_id"], unique=False
    )
    op.create_table(
        "working_time",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "article_id", sa.BigInteger(), nullable=True, comment="The article it was booked with"
        ),
        sa.Column("executor_id", sa.BigInteger(), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "minutes", sa.Numeric(precision=12, scale=2), nullable=False, comment="Time units"
        ),
        sa.Column("description", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "length(description) <= 4000", name=op.f("ck_working_time_description_length")
        ),
        sa.CheckConstraint("minutes >= 0", name=op.f("ck_working_time_minutes_not_negative")),
        sa.CheckConstraint("started <= ended", name=op.f("ck_working_time_starts_before_end")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["agent.id"], name=op.f("fk_working_time_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["executor_id"], ["agent.id"], name=op.f("fk_working_time_executor_id")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id", "article_id"],
            ["article.ticket_id", "article.id"],
            name=op.f("fk_working_time_ticket_id_article_id"),
            onupdate="CASCADE",
            ondelete="SET NULL (article_id)",
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_working_time_ticket_id")
        ),
        sa.PrimaryKeyConstraint("ticket_id", "id", name=op.f("pk_working_time")),
        sa.UniqueConstraint("guid", name=op.f("uq_working_time_guid")),
        comment="Time worked on a ticket",
    )
    op.create_index(
        "ix_working_time_article_id", "working_time", ["ticket_id", "article_id"], unique=False
    )
    op.create_index(
        "ix_working_time_created_by", "working_time", ["created_by", "created"], unique=False
    )
    op.create_table(
        "attachment_content",
        sa.Column("ticket_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("attachment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "content", sa.LargeBinary(), nullable=False, comment="Not compressed: slices are cheap"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id", "attachment_id"],
            ["attachment.ticket_id", "attachment.id"],
            name=op.f("fk_attachment_content_ticket_id_attachment_id"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("ticket_id", "attachment_id", name=op.f("pk_attachment_content")),
        comment="Contents of files; lists never touch it",
    )
    # Slices of what is not compressed are cheap.
    op.execute("alter table attachment_content alter column content set storage external")


def downgrade() -> None:
    op.drop_table("attachment_content")
    op.drop_table("working_time")
    op.drop_table("attachment")
    op.drop_table("reminder")
    op.drop_table("cost")
    op.drop_table("article")
