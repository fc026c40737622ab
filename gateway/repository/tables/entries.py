"""What hangs on a ticket: articles, attachments, working times, costs, the reminder."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from gateway.repository.tables.columns import (
    ZERO,
    flag,
    guid,
    key,
    member,
    metadata,
    moment,
    one_of,
    reference,
    stamp,
    words,
)

ARTICLE_KINDS = ("article", "update", "solution", "log")
CHANNELS = ("Email", "Phone", "Internal", "Chat")
SENDER_TYPES = ("agent", "system", "customer")


def _of_article(**options: Any) -> ForeignKeyConstraint:
    """Tie a row to an article of the same ticket; it follows when a merge moves the article."""
    return ForeignKeyConstraint(
        ("ticket_id", "article_id"),
        ("article.ticket_id", "article.id"),
        onupdate="CASCADE",
        **options,
    )


article = Table(
    "article",
    metadata,
    member("ticket_id", "ticket"),
    key(),
    guid(),
    Column("number", Integer, nullable=False, comment="1, 2, 3 ... within the ticket"),
    Column("kind", Text, nullable=False, server_default="article"),
    words("plain"),
    words("html"),
    flag("visible", comment="To the customer"),
    flag("is_description"),
    Column("channel", Text, nullable=False, server_default="Internal"),
    Column("sender_type", Text, nullable=False, server_default="agent"),
    words("from_"),
    words("reply_to"),
    words("to_"),
    words("cc"),
    words("bcc"),
    words("subject"),
    Column("mime_type", Text, nullable=False, server_default="text/plain"),
    Column("charset", Text, nullable=False, server_default="utf-8"),
    words("message_id"),
    words("in_reply_to"),
    words("refs"),
    words("signature"),
    words("external_author"),
    Column("external_message_id", Text, comment="The partner's own id of this entry"),
    Column("external_digest", LargeBinary, comment="SHA-256 of what came under that id"),
    Column("event_guid", Uuid, comment="The event this entry made"),
    reference("origin_partner_id", "partner"),
    # No foreign key: a merge moves the article to the target, the task stays behind.
    Column("task_id", BigInteger),
    Column("direction", Text, comment="When exchanged with a partner"),
    stamp("created"),
    reference("created_by", "agent"),
    stamp("changed"),
    reference("changed_by", "agent"),
    UniqueConstraint("ticket_id", "number"),
    one_of("kind", ARTICLE_KINDS),
    one_of("channel", CHANNELS),
    one_of("sender_type", SENDER_TYPES),
    one_of("direction", ("In", "Out")),
    CheckConstraint("number > 0", name="number_positive"),
    CheckConstraint("external_message_id <> ''", name="external_message_id_filled"),
    comment="Comments, mails, texts exchanged with partners",
)
Index(
    "ix_article_description",
    article.c.ticket_id,
    unique=True,
    postgresql_where=article.c.is_description,
)
# A repeated call or mail of a partner is found here for as long as the entry lives.
Index(
    "ix_article_external_message_id",
    article.c.origin_partner_id,
    article.c.external_message_id,
    unique=True,
    postgresql_where=article.c.external_message_id.is_not(None),
)
# Searches for what was written in a span of time.
Index("ix_article_created", article.c.created, article.c.ticket_id)
# What was exchanged is found by its event: a merge moves the article, the event stays behind.
Index(
    "ix_article_event_guid",
    article.c.event_guid,
    postgresql_where=article.c.event_guid.is_not(None),
)

attachment = Table(
    "attachment",
    metadata,
    member("ticket_id", "ticket"),
    key(),
    guid(),
    Column("article_id", BigInteger, comment="Null: of the ticket itself"),
    Column("document_id", Uuid, comment="A caller's label"),
    Column("name", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    words("description"),
    flag("visible", comment="To the customer"),
    Column("content_type", Text, nullable=False, server_default="application/octet-stream"),
    Column("disposition", Text, nullable=False, server_default="attachment"),
    words("content_id"),
    Column("size", BigInteger, nullable=False, server_default=ZERO),
    Column("sha256", LargeBinary, comment="Null: the content has not come yet"),
    stamp("created"),
    reference("created_by", "agent"),
    stamp("changed"),
    _of_article(ondelete="CASCADE"),
    one_of("disposition", ("attachment", "inline")),
    CheckConstraint("name <> ''", name="name_filled"),
    CheckConstraint("file_name <> ''", name="file_name_filled"),
    CheckConstraint("length(file_name) <= 255", name="file_name_length"),
    CheckConstraint(
        "case when sha256 is null then size = 0 else octet_length(sha256) = 32 and size >= 0 end",
        name="size_of_content",
    ),
    comment="Files of tickets and articles, without their content",
)
Index("ix_attachment_article_id", attachment.c.ticket_id, attachment.c.article_id)

attachment_content = Table(
    "attachment_content",
    metadata,
    Column("ticket_id", BigInteger, primary_key=True, autoincrement=False),
    Column("attachment_id", BigInteger, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False, comment="Not compressed: slices are cheap"),
    ForeignKeyConstraint(
        ("ticket_id", "attachment_id"),
        ("attachment.ticket_id", "attachment.id"),
        onupdate="CASCADE",
        ondelete="CASCADE",
    ),
    comment="Contents of files; lists never touch it",
)

working_time = Table(
    "working_time",
    metadata,
    member("ticket_id", "ticket"),
    key(),
    guid(),
    Column("article_id", BigInteger, comment="The article it was booked with"),
    reference("executor_id", "agent", required=True),
    Column("started", DateTime(timezone=True), nullable=False),
    Column("ended", DateTime(timezone=True), nullable=False),
    Column("minutes", Numeric(12, 2), nullable=False, comment="Time units"),
    words("description"),
    stamp("created"),
    reference("created_by", "agent"),
    stamp("changed"),
    _of_article(ondelete="SET NULL (article_id)"),
    CheckConstraint("started <= ended", name="starts_before_end"),
    CheckConstraint("minutes >= 0", name="minutes_not_negative"),
    CheckConstraint("length(description) <= 4000", name="description_length"),
    comment="Time worked on a ticket",
)
Index("ix_working_time_article_id", working_time.c.ticket_id, working_time.c.article_id)
Index("ix_working_time_created_by", working_time.c.created_by, working_time.c.created)

cost = Table(
    "cost",
    metadata,
    member("ticket_id", "ticket"),
    key(),
    guid(),
    Column("unit_price", Numeric(8, 2), nullable=False),
    Column("amount", Integer, nullable=False),
    words("category"),
    words("description"),
    stamp("created"),
    reference("created_by", "agent"),
    stamp("changed"),
    CheckConstraint("unit_price > 0", name="unit_price_positive"),
    CheckConstraint("amount between 1 and 999999", name="amount_range"),
    CheckConstraint("length(category) <= 100", name="category_length"),
    CheckConstraint("length(description) <= 400", name="description_length"),
    comment="Money spent on a ticket",
)

reminder = Table(
    "reminder",
    metadata,
    member("ticket_id", "ticket"),
    guid(),
    Column("due", DateTime(timezone=True), nullable=False),
    words("text"),
    reference("recipient_id", "agent", required=True),
    moment("fired", "When its event was made; null: still to come"),
    stamp("created"),
    reference("created_by", "agent"),
    CheckConstraint("length(text) <= 400", name="text_length"),
    comment="At most one reminder a ticket",
)
Index("ix_reminder_due", reminder.c.due, postgresql_where=reminder.c.fired.is_(None))
