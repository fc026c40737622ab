"""Mailboxes, received mails, and the keys mail is signed and encrypted with."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from gateway.repository.tables.columns import (
    TRUE,
    flag,
    guid,
    key,
    metadata,
    moment,
    one_of,
    reference,
    stamp,
    words,
)

mailbox = Table(
    "mailbox",
    metadata,
    key(),
    Column("name", Text, nullable=False, unique=True, comment="As in the settings"),
    Column("uid_validity", BigInteger),
    Column("last_uid", BigInteger),
    moment("last_polled"),
    words("last_error"),
    stamp("created"),
    CheckConstraint("name <> ''", name="name_filled"),
    comment="How far each mailbox was read; the rest of it is in the settings",
)
mail = Table(
    "mail",
    metadata,
    key(),
    guid(),
    reference("mailbox_id", "mailbox"),
    Column("uid_validity", BigInteger),
    Column("uid", BigInteger),
    Column(
        "message_id",
        Text,
        nullable=False,
        unique=True,
        comment="Message-ID, else the SHA-256 of the mail: the key of repeats",
    ),
    Column("received", DateTime(timezone=True), nullable=False),
    words("sender"),
    words("recipient"),
    words("subject"),
    words("body"),
    flag("has_attachments"),
    Column("outcome", Text, nullable=False),
    words("code", comment="Why it was refused"),
    Column("event_guid", Uuid),
    reference("ticket_id", "ticket"),
    stamp("created"),
    UniqueConstraint("mailbox_id", "uid_validity", "uid"),
    one_of("outcome", ("ticket", "message", "task", "refused", "ignored")),
    CheckConstraint(
        "ticket_id is null or outcome in ('ticket', 'message', 'task')", name="refused_has_none"
    ),
    comment="Received mails and what became of them",
)
Index("ix_mail_unmatched", mail.c.received.desc(), postgresql_where=mail.c.ticket_id.is_(None))
Index("ix_mail_ticket_id", mail.c.ticket_id, postgresql_where=mail.c.ticket_id.is_not(None))

mail_key = Table(
    "mail_key",
    metadata,
    key(),
    guid(),
    Column("kind", Text, nullable=False),
    Column("address", Text, nullable=False, comment="Whose key it is"),
    Column("fingerprint", Text, nullable=False, comment="Hexadecimal, lower case"),
    words("short_id", comment="PGP key id, or hash of the S/MIME certificate"),
    flag("signs"),
    flag("encrypts"),
    Column("public", LargeBinary, nullable=False),
    Column("secret_sealed", LargeBinary, comment="AES-256-GCM under the seal key"),
    moment("expires"),
    flag("revoked"),
    flag("active", TRUE),
    stamp("created"),
    stamp("changed"),
    UniqueConstraint("kind", "fingerprint"),
    one_of("kind", ("PGP", "SMIME")),
    CheckConstraint("fingerprint ~ '^[0-9a-f]{40,64}$'", name="fingerprint_form"),
    CheckConstraint("not signs or secret_sealed is not null", name="signs_with_secret"),
    comment="PGP and S/MIME keys",
)
Index("ix_mail_key_short_id", mail_key.c.kind, mail_key.c.short_id)
