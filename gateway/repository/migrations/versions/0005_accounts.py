"""Accounts, sessions, first answers, audit."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "actor",
            sa.Text(),
            nullable=False,
            comment="Account name, or the verb of the command line",
        ),
        sa.Column("peer", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "before", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column(
            "after", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("message", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        comment="Who did what, when, whence and why; the application may only add to it",
    )
    op.create_index("ix_audit_at", "audit", ["at"], unique=False)
    op.create_table(
        "good_login",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("peer", sa.Text(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("name", "peer", name=op.f("pk_good_login")),
        comment="The last good login of an account from an address: nobody can lock it out there",
    )
    op.create_index("ix_good_login_at", "good_login", ["at"], unique=False)
    op.create_table(
        "login_failure",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("peer", sa.Text(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_failure")),
        comment="Failed logins, also of names that do not exist",
    )
    op.create_index("ix_login_failure_at", "login_failure", ["at"], unique=False)
    op.create_index("ix_login_failure_name", "login_failure", ["name", "at"], unique=False)
    op.create_index("ix_login_failure_peer", "login_failure", ["peer", "at"], unique=False)
    op.create_table(
        "nonce",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_nonce")),
        comment="Nonces already seen; logged, since an unlogged table forgets after a crash",
    )
    op.create_index("ix_nonce_expires", "nonce", ["expires"], unique=False)
    op.create_table(
        "account",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=True),
        sa.Column("customer_user_id", sa.BigInteger(), nullable=True),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("partner_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "version",
            sa.Integer(),
            server_default=sa.text("1"),
            nullable=False,
            comment="Raised by every change of a secret; ends cached logins",
        ),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "max_calls",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Calls at once; 0: as the settings say",
        ),
        sa.Column(
            "max_rate",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Calls a second; 0: as the settings say",
        ),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "case kind when 'agent' then customer_user_id is null and customer_id is null when 'customer' then agent_id is null and partner_id is null else customer_user_id is null and customer_id is null end",
            name=op.f("ck_account_bound_to_its_kind"),
        ),
        sa.CheckConstraint(
            "kind in ('agent', 'customer', 'partner')", name=op.f("ck_account_kind_known")
        ),
        sa.CheckConstraint("name <> ''", name=op.f("ck_account_name_filled")),
        sa.CheckConstraint(
            "max_calls >= 0 and max_rate >= 0", name=op.f("ck_account_throttle_not_negative")
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_account_agent_id")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_account_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_user_id"], ["customer_user.id"], name=op.f("fk_account_customer_user_id")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_account_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("guid", name=op.f("uq_account_guid")),
        sa.UniqueConstraint("name", name=op.f("uq_account_name")),
        comment="Who may call; an agent account acts as its agent",
    )
    op.create_index("ix_account_agent_id", "account", ["agent_id"], unique=False)
    op.create_index("ix_account_customer_user_id", "account", ["customer_user_id"], unique=False)
    op.create_table(
        "account_partner",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_partner_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_account_partner_partner_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "partner_id", name=op.f("pk_account_partner")),
        comment="Further partners an account may speak for, beside its own",
    )
    op.create_table(
        "account_permission",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "key in ('ro', 'rw', 'create', 'move_into', 'note', 'owner', 'priority')",
            name=op.f("ck_account_permission_key_known"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_permission_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["agent_group.id"], name=op.f("fk_account_permission_group_id")
        ),
        sa.PrimaryKeyConstraint(
            "account_id", "group_id", "key", name=op.f("pk_account_permission")
        ),
        comment="Group keys of an account itself; an agent account has those of its agent as well",
    )
    op.create_table(
        "account_right",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "name", sa.Text(), nullable=False, comment="ssp7.update, catalog.vote, ticket.read ..."
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_right_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "name", name=op.f("pk_account_right")),
        comment="Rights that hang on no group",
    )
    op.create_table(
        "account_secret",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "hash", sa.Text(), nullable=True, comment="Of a password: argon2id with its parameters"
        ),
        sa.Column("sha256", sa.LargeBinary(), nullable=True, comment="Of an API key"),
        sa.Column(
            "sealed",
            sa.LargeBinary(),
            nullable=True,
            comment="Of a digest secret: AES-256-GCM under the seal key",
        ),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "expires",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="During rotation two secrets are valid; null: no end",
        ),
        sa.Column("last_used", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind in ('password', 'api_key', 'digest')", name=op.f("ck_account_secret_kind_known")
        ),
        sa.CheckConstraint(
            "num_nonnulls(hash, sha256, sealed) = 1 and case kind when 'password' then hash is not null when 'api_key' then sha256 is not null else sealed is not null end",
            name=op.f("ck_account_secret_form_of_kind"),
        ),
        sa.CheckConstraint(
            "octet_length(sha256) = 32", name=op.f("ck_account_secret_sha256_length")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_account_secret_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_secret")),
        sa.UniqueConstraint("sha256", name=op.f("uq_account_secret_sha256")),
        comment="Secrets of accounts; none can be read back but those for digests",
    )
    op.create_index("ix_account_secret_account_id", "account_secret", ["account_id"], unique=False)
    op.create_table(
        "idempotency",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column(
            "digest", sa.LargeBinary(), nullable=False, comment="SHA-256 of the canonical arguments"
        ),
        sa.Column(
            "answer",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
            comment="The first answer, as values",
        ),
        sa.Column(
            "subject", sa.Uuid(), nullable=True, comment="Guid of what was done something to"
        ),
        sa.Column("kind", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "by_digest",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="The key is the digest: dropped when the account writes the subject again",
        ),
        sa.Column(
            "expires",
            sa.DateTime(timezone=True),
            server_default=sa.text("now() + interval '24 hours'"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_idempotency_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "operation", "key", name=op.f("pk_idempotency")),
        comment="First answers to commands, for their repeats",
    )
    op.create_index("ix_idempotency_expires", "idempotency", ["expires"], unique=False)
    op.create_index(
        "ix_idempotency_subject",
        "idempotency",
        ["account_id", "subject"],
        unique=False,
        postgresql_where="by_digest",
    )
    op.create_table(
        "session",
        sa.Column("digest", sa.LargeBinary(), nullable=False, comment="SHA-256 of the session id"),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "last_seen",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="Written at most once a minute",
        ),
        sa.Column(
            "expires", sa.DateTime(timezone=True), nullable=False, comment="Whatever its use"
        ),
        sa.Column("peer", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("user_agent", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("octet_length(digest) = 32", name=op.f("ck_session_digest_length")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_session_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_session")),
        comment="Login sessions",
    )
    op.create_index("ix_session_account_id", "session", ["account_id"], unique=False)
    op.create_index("ix_session_expires", "session", ["expires"], unique=False)


def downgrade() -> None:
    op.drop_table("session")
    op.drop_table("idempotency")
    op.drop_table("account_secret")
    op.drop_table("account_right")
    op.drop_table("account_permission")
    op.drop_table("account_partner")
    op.drop_table("account")
    op.drop_table("nonce")
    op.drop_table("login_failure")
    op.drop_table("good_login")
    op.drop_table("audit")
