"""Who may call: accounts, their secrets and rights, sessions, logins, nonces, first answers."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from gateway.repository.tables.columns import (
    FALSE,
    ONE,
    TRUE,
    count,
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
from gateway.repository.tables.people import PERMISSIONS

account = Table(
    "account",
    metadata,
    key(),
    guid(),
    Column("name", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    reference("agent_id", "agent"),
    reference("customer_user_id", "customer_user"),
    reference("customer_id", "customer"),
    reference("partner_id", "partner"),
    count("version", ONE, comment="Raised by every change of a secret; ends cached logins"),
    flag("active", TRUE),
    count("max_calls", comment="Calls at once; 0: as the settings say"),
    count("max_rate", comment="Calls a second; 0: as the settings say"),
    stamp("created"),
    stamp("changed"),
    one_of("kind", ("agent", "customer", "partner")),
    CheckConstraint("name <> ''", name="name_filled"),
    CheckConstraint(
        "case kind when 'agent' then customer_user_id is null and customer_id is null"
        " when 'customer' then agent_id is null and partner_id is null"
        " else customer_user_id is null and customer_id is null end",
        name="bound_to_its_kind",
    ),
    CheckConstraint("max_calls >= 0 and max_rate >= 0", name="throttle_not_negative"),
    comment="Who may call; an agent account acts as its agent",
)
Index("ix_account_agent_id", account.c.agent_id)
Index("ix_account_customer_user_id", account.c.customer_user_id)

account_secret = Table(
    "account_secret",
    metadata,
    key(),
    reference("account_id", "account", required=True, ondelete="CASCADE"),
    Column("kind", Text, nullable=False),
    Column("hash", Text, comment="Of a password: argon2id with its parameters"),
    Column("sha256", LargeBinary, unique=True, comment="Of an API key"),
    Column("sealed", LargeBinary, comment="Of a digest secret: AES-256-GCM under the seal key"),
    stamp("created"),
    moment("expires", "During rotation two secrets are valid; null: no end"),
    moment("last_used"),
    one_of("kind", ("password", "api_key", "digest")),
    CheckConstraint(
        "num_nonnulls(hash, sha256, sealed) = 1 and case kind when 'password'"
        " then hash is not null when 'api_key' then sha256 is not null"
        " else sealed is not null end",
        name="form_of_kind",
    ),
    CheckConstraint("octet_length(sha256) = 32", name="sha256_length"),
    comment="Secrets of accounts; none can be read back but those for digests",
)
Index("ix_account_secret_account_id", account_secret.c.account_id)

account_permission = Table(
    "account_permission",
    metadata,
    member("account_id", "account"),
    member("group_id", "agent_group"),
    Column("key", Text, primary_key=True),
    one_of("key", PERMISSIONS),
    comment="Group keys of an account itself; an agent account has those of its agent as well",
)
account_right = Table(
    "account_right",
    metadata,
    member("account_id", "account"),
    Column("name", Text, primary_key=True, comment="ssp7.update, catalog.vote, ticket.read ..."),
    comment="Rights that hang on no group",
)
account_partner = Table(
    "account_partner",
    metadata,
    member("account_id", "account"),
    member("partner_id", "partner"),
    comment="Further partners an account may speak for, beside its own",
)

session = Table(
    "session",
    metadata,
    Column("digest", LargeBinary, primary_key=True, comment="SHA-256 of the session id"),
    reference("account_id", "account", required=True, ondelete="CASCADE"),
    stamp("created"),
    stamp("last_seen", "Written at most once a minute"),
    Column("expires", DateTime(timezone=True), nullable=False, comment="Whatever its use"),
    words("peer"),
    words("user_agent"),
    CheckConstraint("octet_length(digest) = 32", name="digest_length"),
    comment="Login sessions",
)
Index("ix_session_account_id", session.c.account_id)
Index("ix_session_expires", session.c.expires)

login_failure = Table(
    "login_failure",
    metadata,
    key(),
    Column("name", Text, nullable=False),
    Column("peer", Text, nullable=False),
    stamp("at"),
    comment="Failed logins, also of names that do not exist",
)
Index("ix_login_failure_name", login_failure.c.name, login_failure.c.at)
Index("ix_login_failure_peer", login_failure.c.peer, login_failure.c.at)
Index("ix_login_failure_at", login_failure.c.at)

good_login = Table(
    "good_login",
    metadata,
    Column("name", Text, primary_key=True),
    Column("peer", Text, primary_key=True),
    stamp("at"),
    comment="The last good login of an account from an address: nobody can lock it out there",
)
Index("ix_good_login_at", good_login.c.at)

nonce = Table(
    "nonce",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("expires", DateTime(timezone=True), nullable=False),
    comment="Nonces already seen; logged, since an unlogged table forgets after a crash",
)
Index("ix_nonce_expires", nonce.c.expires)

idempotency = Table(
    "idempotency",
    metadata,
    member("account_id", "account"),
    Column("operation", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("digest", LargeBinary, nullable=False, comment="SHA-256 of the canonical arguments"),
    Column("answer", JSONB(none_as_null=True), comment="The first answer, as values"),
    Column("subject", Uuid, comment="Guid of what was done something to"),
    words("kind"),
    Column(
        "by_digest",
        Boolean,
        nullable=False,
        server_default=FALSE,
        comment="The key is the digest: dropped when the account writes the subject again",
    ),
    Column(
        "expires",
        DateTime(timezone=True),
        nullable=False,
        server_default=text("now() + interval '24 hours'"),
    ),
    comment="First answers to commands, for their repeats",
)
Index(
    "ix_idempotency_subject",
    idempotency.c.account_id,
    idempotency.c.subject,
    postgresql_where=idempotency.c.by_digest,
)
Index("ix_idempotency_expires", idempotency.c.expires)

audit = Table(
    "audit",
    metadata,
    key(),
    stamp("at"),
    Column("actor", Text, nullable=False, comment="Account name, or the verb of the command line"),
    words("peer"),
    Column("action", Text, nullable=False),
    words("subject"),
    words("reason"),
    Column("before", JSONB(none_as_null=True)),
    Column("after", JSONB(none_as_null=True)),
    Column("message", BigInteger),
    comment="Who did what, when, whence and why; the application may only add to it",
)
Index("ix_audit_at", audit.c.at)
