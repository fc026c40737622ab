"""Events, streams, deliveries, processes, schedules."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "attempt",
        sa.Column("delivery_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("status", sa.SmallInteger(), nullable=True, comment="HTTP or SMTP status"),
        sa.Column("request", sa.Text(), nullable=True, comment="Redacted"),
        sa.Column("answer", sa.Text(), nullable=True, comment="Redacted"),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint(
            "outcome in ('ok', 'waiting', 'transient', 'permanent', 'late', 'echo')",
            name=op.f("ck_attempt_outcome_known"),
        ),
        sa.CheckConstraint("n > 0", name=op.f("ck_attempt_n_positive")),
        sa.PrimaryKeyConstraint("delivery_id", "n", "started", name=op.f("pk_attempt")),
        comment="Tries of deliveries; partitioned by month",
        postgresql_partition_by="RANGE (started)",
    )
    op.create_index("ix_attempt_started", "attempt", ["started"], unique=False)
    op.create_table(
        "event_map",
        sa.Column("code", sa.Text(), nullable=False, comment="E1 to E10"),
        sa.Column("happening", sa.Text(), nullable=False),
        sa.Column("request_type", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("app", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), server_default="none", nullable=False),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("direction in ('In', 'Out')", name=op.f("ck_event_map_direction_known")),
        sa.CheckConstraint(
            "slot in ('none', 'assignment', 'update', 'closure')",
            name=op.f("ck_event_map_slot_known"),
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_event_map")),
        comment="What an event of a task is called, and which process of its group it starts",
    )
    op.create_table(
        "schedule",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("spec", sa.Text(), nullable=False, comment="every N s, or daily HH:MM zone"),
        sa.Column("next_run", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("last_run", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint(
            "spec ~ '^(every [0-9]+ s|daily [0-2][0-9]:[0-5][0-9] .+)$'",
            name=op.f("ck_schedule_spec_form"),
        ),
        sa.CheckConstraint(
            "(lease_until is null) = (lease_owner is null)",
            name=op.f("ck_schedule_lease_has_owner"),
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_schedule")),
        comment="What runs by the clock; missed runs happen once",
    )
    op.create_index(
        "ix_schedule_next_run", "schedule", ["next_run"], unique=False, postgresql_where="active"
    )
    op.create_table(
        "process_version",
        sa.Column("process_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=True),
        sa.Column("strict", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("log_public", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False, comment="The TOML it was loaded from"),
        sa.Column(
            "definition",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="Retry policy, inputs, steps",
        ),
        sa.Column("sha256", sa.LargeBinary(), nullable=False, comment="Of the definition"),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("version > 0", name=op.f("ck_process_version_version_positive")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["agent.id"], name=op.f("fk_process_version_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_process_version_partner_id")
        ),
        sa.ForeignKeyConstraint(
            ["process_id"], ["process.id"], name=op.f("fk_process_version_process_id")
        ),
        sa.PrimaryKeyConstraint("process_id", "version", name=op.f("pk_process_version")),
        comment="Versions of processes; never changed once stored",
    )
    op.create_table(
        "stream",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False, comment="ticket:ID or service:ID"),
        sa.Column(
            "due",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When to look at it again; null: nothing to do, or blocked",
        ),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column(
            "claim",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="The fence",
        ),
        sa.Column(
            "blocked",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="A dead delivery stops it until somebody acts",
        ),
        sa.CheckConstraint(
            "subject ~ '^(ticket|service):[0-9]+$'", name=op.f("ck_stream_subject_form")
        ),
        sa.CheckConstraint(
            "(lease_until is null) = (lease_owner is null)", name=op.f("ck_stream_lease_has_owner")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_stream_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stream")),
        sa.UniqueConstraint("partner_id", "subject", name=op.f("uq_stream_partner_id_subject")),
        comment="Ordered deliveries about one subject to one partner; small and hot",
        postgresql_with={"fillfactor": 70, "autovacuum_vacuum_scale_factor": 0.02},
    )
    op.create_index(
        "ix_stream_due",
        "stream",
        ["partner_id", "due"],
        unique=False,
        postgresql_where=sa.text("due IS NOT NULL"),
    )
    op.create_index(
        "ix_stream_lease_until",
        "stream",
        ["partner_id", "lease_until"],
        unique=False,
        postgresql_where=sa.text("lease_until IS NOT NULL"),
    )
    op.create_table(
        "target",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("base_url", sa.Text(), nullable=False),
        sa.Column("auth", sa.Text(), server_default="none", nullable=False),
        sa.Column("user_name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("header_name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "secret",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="Name of the secret, never the secret",
        ),
        sa.Column("ca_file", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "client_certificate_file", sa.Text(), server_default=sa.text("''"), nullable=False
        ),
        sa.Column("timeout_s", sa.Integer(), server_default=sa.text("30"), nullable=False),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "auth in ('none', 'basic', 'wsse', 'wsse-digest', 'bearer', 'header')",
            name=op.f("ck_target_auth_known"),
        ),
        sa.CheckConstraint("base_url ~ '^https?://'", name=op.f("ck_target_base_url_form")),
        sa.CheckConstraint("timeout_s between 1 and 300", name=op.f("ck_target_timeout_range")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_target_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
        sa.UniqueConstraint("guid", name=op.f("uq_target_guid")),
        sa.UniqueConstraint("partner_id", "code", name=op.f("uq_target_partner_id_code")),
        comment="Addresses of partners that processes may call",
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("stream_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "event_id", sa.Uuid(), nullable=False, comment="Guid of the event, fixed for all tries"
        ),
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column(
            "step",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="The step to run next; empty: the first",
        ),
        sa.Column(
            "tries",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Of the present step",
        ),
        sa.Column(
            "step_values",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("next_try", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "note",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="echo, or why it was discarded",
        ),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("settled", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'pending') = (settled is null)", name=op.f("ck_delivery_settled_has_time")
        ),
        sa.CheckConstraint(
            "state in ('pending', 'done', 'failed', 'dropped')",
            name=op.f("ck_delivery_state_known"),
        ),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_delivery_tries_not_negative")),
        sa.ForeignKeyConstraint(["stream_id"], ["stream.id"], name=op.f("fk_delivery_stream_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("stream_id", "event_id", name=op.f("uq_delivery_stream_id_event_id")),
        comment="What has to reach a partner; failed ones are never deleted by themselves",
    )
    op.create_index("ix_delivery_event_id", "delivery", ["event_id"], unique=False)
    op.create_index(
        "ix_delivery_failed",
        "delivery",
        ["stream_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'failed'"),
    )
    op.create_index(
        "ix_delivery_pending",
        "delivery",
        ["stream_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_delivery_settled",
        "delivery",
        ["settled"],
        unique=False,
        postgresql_where=sa.text("state in ('done', 'dropped')"),
    )
    op.create_table(
        "external_app",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=True),
        sa.Column("template_id", sa.BigInteger(), nullable=True),
        sa.Column("requester_id", sa.BigInteger(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("code <> ''", name=op.f("ck_external_app_code_filled")),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_external_app_partner_id")
        ),
        sa.ForeignKeyConstraint(
            ["requester_id"], ["customer_user.id"], name=op.f("fk_external_app_requester_id")
        ),
        sa.ForeignKeyConstraint(
            ["template_id"], ["template.id"], name=op.f("fk_external_app_template_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_app")),
        sa.UniqueConstraint("code", name=op.f("uq_external_app_code")),
        sa.UniqueConstraint("guid", name=op.f("uq_external_app_guid")),
        comment="Apps whose fields placeholders name, and that stand in for a form",
    )
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("service_id", sa.BigInteger(), nullable=True),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("group_id", sa.BigInteger(), nullable=True),
        sa.Column("partner_id", sa.BigInteger(), nullable=True),
        sa.Column("origin_partner_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "sequence", sa.Integer(), nullable=False, comment="From 1, per subject and partner"
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("request_type", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("direction", sa.Text(), nullable=True),
        sa.Column("app", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=True, comment="Who did it"),
        sa.Column(
            "occurred", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "snapshot",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "attempts",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="How often a pulling partner was shown it",
        ),
        sa.Column(
            "confirmed", sa.DateTime(timezone=True), nullable=True, comment="By a pulling partner"
        ),
        sa.CheckConstraint("direction in ('In', 'Out')", name=op.f("ck_event_direction_known")),
        sa.CheckConstraint(
            "num_nonnulls(ticket_id, service_id) = 1", name=op.f("ck_event_one_subject")
        ),
        sa.CheckConstraint("sequence > 0", name=op.f("ck_event_sequence_positive")),
        sa.ForeignKeyConstraint(["group_id"], ["agent_group.id"], name=op.f("fk_event_group_id")),
        sa.ForeignKeyConstraint(
            ["origin_partner_id"], ["partner.id"], name=op.f("fk_event_origin_partner_id")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_event_partner_id")),
        sa.ForeignKeyConstraint(
            ["service_id"], ["catalog_service.id"], name=op.f("fk_event_service_id")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_event_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("guid", name=op.f("uq_event_guid")),
        comment="What happened to a ticket, task or catalog service",
    )
    op.create_index(
        "ix_event_service_id",
        "event",
        ["service_id", "partner_id", "sequence"],
        unique=True,
        postgresql_where=sa.text("service_id IS NOT NULL"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_index(
        "ix_event_task_id",
        "event",
        ["task_id"],
        unique=False,
        postgresql_where=sa.text("task_id IS NOT NULL"),
    )
    op.create_index(
        "ix_event_ticket_id",
        "event",
        ["ticket_id", "partner_id", "sequence"],
        unique=True,
        postgresql_where=sa.text("ticket_id IS NOT NULL"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_index(
        "ix_event_unconfirmed",
        "event",
        ["partner_id", "id"],
        unique=False,
        postgresql_where=sa.text("confirmed IS NULL AND direction = 'Out'"),
    )
    op.create_table(
        "external_app_field",
        sa.Column("app_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("field_type", sa.Text(), server_default="text", nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            "field_type in ('text', 'integer', 'boolean', 'time')",
            name=op.f("ck_external_app_field_field_type_known"),
        ),
        sa.ForeignKeyConstraint(
            ["app_id"], ["external_app.id"], name=op.f("fk_external_app_field_app_id")
        ),
        sa.PrimaryKeyConstraint("app_id", "name", name=op.f("pk_external_app_field")),
        comment="Fields of external apps",
    )


def downgrade() -> None:
    op.drop_table("external_app_field")
    op.drop_table("event")
    op.drop_table("external_app")
    op.drop_table("delivery")
    op.drop_table("target")
    op.drop_table("stream")
    op.drop_table("process_version")
    op.drop_table("schedule")
    op.drop_table("event_map")
    op.drop_table("attempt")
