"""Partners and the names of their processes, agents, groups, customers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    # Trusted since PostgreSQL 13, so the owner of the database may do it. It stays on the way back:
    # others may use it.
    op.execute("create extension if not exists pg_trgm")
    op.create_table(
        "agent",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("first_name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("last_name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("email", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("phone", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("unique_id", sa.Text(), nullable=True, comment="How partners name the person"),
        sa.Column(
            "from_directory",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="Kept by an outside directory",
        ),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("last_login", sa.DateTime(timezone=True), nullable=True),
        sa.Column("out_of_office", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("out_of_office_start", sa.Date(), nullable=True),
        sa.Column("out_of_office_end", sa.Date(), nullable=True),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("login <> ''", name=op.f("ck_agent_login_filled")),
        sa.CheckConstraint("unique_id <> ''", name=op.f("ck_agent_unique_id_filled")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent")),
        sa.UniqueConstraint("guid", name=op.f("uq_agent_guid")),
        sa.UniqueConstraint("login", name=op.f("uq_agent_login")),
        sa.UniqueConstraint("unique_id", name=op.f("uq_agent_unique_id")),
        comment="People who work on tickets",
    )
    op.create_index("ix_agent_email", "agent", [sa.literal_column("lower(email)")], unique=False)
    op.create_index("ix_agent_login", "agent", [sa.literal_column("lower(login)")], unique=True)
    op.create_table(
        "customer",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="The text id other dialects use"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("key <> ''", name=op.f("ck_customer_key_filled")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
        sa.UniqueConstraint("guid", name=op.f("uq_customer_guid")),
        sa.UniqueConstraint("key", name=op.f("uq_customer_key")),
        comment="Companies that ask; the id is the number callers see",
    )
    op.create_table(
        "external_system",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_external_system_name_filled")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_system")),
        sa.UniqueConstraint("name", name=op.f("uq_external_system_name")),
        comment="Whose numbers references are: a partner's, or a name in the settings",
    )
    op.create_table(
        "process",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("active_version", sa.Integer(), nullable=True, comment="Null: none is"),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("name ~ '^[a-z0-9-]{1,60}$'", name=op.f("ck_process_name_form")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process")),
        sa.UniqueConstraint("guid", name=op.f("uq_process_guid")),
        sa.UniqueConstraint("name", name=op.f("uq_process_name")),
        comment="Delivery processes by name",
    )
    op.create_table(
        "customer_user",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("first_name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("last_name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("email", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("phone", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("unique_id", sa.Text(), nullable=True, comment="How partners name the person"),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("last_login", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("login <> ''", name=op.f("ck_customer_user_login_filled")),
        sa.CheckConstraint("unique_id <> ''", name=op.f("ck_customer_user_unique_id_filled")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_customer_user_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_user")),
        sa.UniqueConstraint("guid", name=op.f("uq_customer_user_guid")),
        sa.UniqueConstraint("login", name=op.f("uq_customer_user_login")),
        sa.UniqueConstraint("unique_id", name=op.f("uq_customer_user_unique_id")),
        comment="People who ask",
    )
    op.create_index("ix_customer_user_customer_id", "customer_user", ["customer_id"], unique=False)
    op.create_index(
        "ix_customer_user_email", "customer_user", [sa.literal_column("lower(email)")], unique=False
    )
    op.create_table(
        "partner",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="System code"),
        sa.Column("title", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("system_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "internal",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="Ourselves: mail and processes that call nobody",
        ),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("delivery", sa.Text(), server_default="push", nullable=False),
        sa.Column("max_in_flight", sa.Integer(), server_default=sa.text("4"), nullable=False),
        sa.Column("dead_policy", sa.Text(), server_default="block", nullable=False),
        sa.Column("paused", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "failures",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Transient ones in a row",
        ),
        sa.Column(
            "failing_since",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Since when nothing but failures",
        ),
        sa.Column(
            "circuit_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the next probe may go; null: closed",
        ),
        sa.Column(
            "probe_interval",
            sa.Integer(),
            server_default=sa.text("5"),
            nullable=False,
            comment="Seconds",
        ),
        sa.Column("call_failed_process_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "dead_policy in ('block', 'skip')", name=op.f("ck_partner_dead_policy_known")
        ),
        sa.CheckConstraint("delivery in ('push', 'pull')", name=op.f("ck_partner_delivery_known")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_partner_name_filled")),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_partner_failures_not_negative")),
        sa.CheckConstraint(
            "max_in_flight between 1 and 100", name=op.f("ck_partner_max_in_flight_range")
        ),
        sa.CheckConstraint(
            "probe_interval between 1 and 300", name=op.f("ck_partner_probe_interval_range")
        ),
        sa.ForeignKeyConstraint(
            ["call_failed_process_id"],
            ["process.id"],
            name=op.f("fk_partner_call_failed_process_id"),
        ),
        sa.ForeignKeyConstraint(
            ["system_id"], ["external_system.id"], name=op.f("fk_partner_system_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner")),
        sa.UniqueConstraint("guid", name=op.f("uq_partner_guid")),
        sa.UniqueConstraint("name", name=op.f("uq_partner_name")),
        sa.UniqueConstraint("system_id", name=op.f("uq_partner_system_id")),
        comment="Other systems we talk to, with the state of their circuit",
    )
    op.create_table(
        "agent_group",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("email", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "support",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="Offered as support group of catalog services",
        ),
        sa.Column(
            "integrated",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="Its tasks go to a partner",
        ),
        sa.Column("partner_id", sa.BigInteger(), nullable=True),
        sa.Column("assignment_process_id", sa.BigInteger(), nullable=True),
        sa.Column("update_process_id", sa.BigInteger(), nullable=True),
        sa.Column("closure_process_id", sa.BigInteger(), nullable=True),
        sa.Column("return_group_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "resend_unacknowledged", sa.Boolean(), server_default=sa.text("true"), nullable=False
        ),
        sa.Column("forward_entries", sa.Text(), server_default="visible", nullable=False),
        sa.Column(
            "allowed_senders",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'::text[]"),
            nullable=False,
            comment="Addresses and @domains whose mail may change a task; empty: nobody",
        ),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "forward_entries in ('none', 'visible', 'all')",
            name=op.f("ck_agent_group_forward_entries_known"),
        ),
        sa.CheckConstraint("name <> ''", name=op.f("ck_agent_group_name_filled")),
        sa.CheckConstraint(
            "not integrated or partner_id is not null",
            name=op.f("ck_agent_group_integrated_has_partner"),
        ),
        sa.CheckConstraint("return_group_id <> id", name=op.f("ck_agent_group_returns_elsewhere")),
        sa.ForeignKeyConstraint(
            ["assignment_process_id"],
            ["process.id"],
            name=op.f("fk_agent_group_assignment_process_id"),
        ),
        sa.ForeignKeyConstraint(
            ["closure_process_id"], ["process.id"], name=op.f("fk_agent_group_closure_process_id")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_agent_group_partner_id")
        ),
        sa.ForeignKeyConstraint(
            ["return_group_id"], ["agent_group.id"], name=op.f("fk_agent_group_return_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["update_process_id"], ["process.id"], name=op.f("fk_agent_group_update_process_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_group")),
        sa.UniqueConstraint("guid", name=op.f("uq_agent_group_guid")),
        sa.UniqueConstraint("name", name=op.f("uq_agent_group_name")),
        comment="Groups of agents, for permissions and assignment",
    )
    op.create_index(
        "ix_agent_group_name", "agent_group", [sa.literal_column("lower(name)")], unique=True
    )
    op.create_table(
        "permission",
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "key in ('ro', 'rw', 'create', 'move_into', 'note', 'owner', 'priority')",
            name=op.f("ck_permission_key_known"),
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_permission_agent_id")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["agent_group.id"], name=op.f("fk_permission_group_id")
        ),
        sa.PrimaryKeyConstraint("agent_id", "group_id", "key", name=op.f("pk_permission")),
        comment="What an agent may do in a group; rw includes all other keys",
    )
    op.create_index("ix_permission_group_id", "permission", ["group_id", "key"], unique=False)


def downgrade() -> None:
    op.drop_table("permission")
    op.drop_table("agent_group")
    op.drop_table("partner")
    op.drop_table("customer_user")
    op.drop_table("process")
    op.drop_table("external_system")
    op.drop_table("customer")
    op.drop_table("agent")
