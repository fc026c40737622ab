"""Tickets, tasks, external references, links, history."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "ticket",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column(
            "version",
            sa.Integer(),
            server_default=sa.text("1"),
            nullable=False,
            comment="Raised by every effective change, of entries too",
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("keywords", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("state_id", sa.BigInteger(), nullable=False),
        sa.Column("priority_id", sa.BigInteger(), nullable=False),
        sa.Column("type_id", sa.BigInteger(), nullable=True),
        sa.Column("category_id", sa.BigInteger(), nullable=True),
        sa.Column("queue_id", sa.BigInteger(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=True),
        sa.Column("sla_id", sa.BigInteger(), nullable=True),
        sa.Column("impact_id", sa.BigInteger(), nullable=True),
        sa.Column("resolution_id", sa.BigInteger(), nullable=True),
        sa.Column("lock", sa.Text(), server_default="unlock", nullable=False),
        sa.Column(
            "unlock_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When a lock ends by itself",
        ),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("assigned_group_id", sa.BigInteger(), nullable=True),
        sa.Column("responsible_id", sa.BigInteger(), nullable=True),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("customer_user_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "customer_address",
            sa.Text(),
            nullable=True,
            comment="A bare address where no customer user is known",
        ),
        sa.Column("template_id", sa.BigInteger(), nullable=True),
        sa.Column("pending_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalation_first_response", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalation_update", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalation_solution", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_response", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_lock", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "closed",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Null while its state is of an open type",
        ),
        sa.Column("follow_up", sa.Date(), nullable=True),
        sa.Column("action_required", sa.Date(), nullable=True),
        sa.Column("archived", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("merged_into_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column(
            "changed",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="Entries raise it too",
        ),
        sa.Column("changed_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "lock in ('unlock', 'lock', 'tmp_lock')", name=op.f("ck_ticket_lock_known")
        ),
        sa.CheckConstraint("number <> ''", name=op.f("ck_ticket_number_filled")),
        sa.CheckConstraint("title <> ''", name=op.f("ck_ticket_title_filled")),
        sa.CheckConstraint("merged_into_id <> id", name=op.f("ck_ticket_not_merged_into_itself")),
        sa.CheckConstraint(
            "num_nonnulls(customer_user_id, customer_address) <= 1",
            name=op.f("ck_ticket_one_asker"),
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_ticket_version_positive")),
        sa.ForeignKeyConstraint(
            ["assigned_group_id"], ["agent_group.id"], name=op.f("fk_ticket_assigned_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_ticket_category_id")
        ),
        sa.ForeignKeyConstraint(["changed_by"], ["agent.id"], name=op.f("fk_ticket_changed_by")),
        sa.ForeignKeyConstraint(["created_by"], ["agent.id"], name=op.f("fk_ticket_created_by")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_ticket_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_user_id"], ["customer_user.id"], name=op.f("fk_ticket_customer_user_id")
        ),
        sa.ForeignKeyConstraint(["impact_id"], ["impact.id"], name=op.f("fk_ticket_impact_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["agent.id"], name=op.f("fk_ticket_owner_id")),
        sa.ForeignKeyConstraint(
            ["priority_id"], ["priority.id"], name=op.f("fk_ticket_priority_id")
        ),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"], name=op.f("fk_ticket_queue_id")),
        sa.ForeignKeyConstraint(
            ["resolution_id"], ["resolution.id"], name=op.f("fk_ticket_resolution_id")
        ),
        sa.ForeignKeyConstraint(
            ["responsible_id"], ["agent.id"], name=op.f("fk_ticket_responsible_id")
        ),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_ticket_service_id")),
        sa.ForeignKeyConstraint(["sla_id"], ["sla.id"], name=op.f("fk_ticket_sla_id")),
        sa.ForeignKeyConstraint(["state_id"], ["state.id"], name=op.f("fk_ticket_state_id")),
        sa.ForeignKeyConstraint(
            ["template_id"], ["template.id"], name=op.f("fk_ticket_template_id")
        ),
        sa.ForeignKeyConstraint(["type_id"], ["type.id"], name=op.f("fk_ticket_type_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
        sa.UniqueConstraint("guid", name=op.f("uq_ticket_guid")),
        sa.UniqueConstraint("number", name=op.f("uq_ticket_number")),
        comment="One request from start to finish",
    )
    op.create_index(
        "ix_ticket_assigned_group_id",
        "ticket",
        ["assigned_group_id", sa.literal_column("created DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_ticket_changed",
        "ticket",
        [sa.literal_column("changed DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_ticket_created",
        "ticket",
        [sa.literal_column("created DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_ticket_customer_id",
        "ticket",
        ["customer_id", sa.literal_column("created DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_ticket_customer_user_id",
        "ticket",
        ["customer_user_id", sa.literal_column("created DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_ticket_merged_into_id",
        "ticket",
        ["merged_into_id"],
        unique=False,
        postgresql_where=sa.text("merged_into_id IS NOT NULL"),
    )
    op.create_index(
        "ix_ticket_number",
        "ticket",
        ["number"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"number": "gin_trgm_ops"},
    )
    op.create_index(
        "ix_ticket_open",
        "ticket",
        ["queue_id", sa.literal_column("created DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("closed IS NULL"),
    )
    op.create_index(
        "ix_ticket_open_id",
        "ticket",
        ["id"],
        unique=False,
        postgresql_where=sa.text("closed IS NULL"),
    )
    op.create_index(
        "ix_ticket_owner_id",
        "ticket",
        ["owner_id", sa.literal_column("created DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_ticket_pending_until",
        "ticket",
        ["pending_until"],
        unique=False,
        postgresql_where=sa.text("pending_until IS NOT NULL"),
    )
    op.create_index(
        "ix_ticket_queue_id",
        "ticket",
        ["queue_id", "state_id", sa.literal_column("created DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_ticket_state_id",
        "ticket",
        ["state_id", sa.literal_column("created DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_ticket_title",
        "ticket",
        ["title"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"title": "gin_trgm_ops"},
    )
    op.create_index(
        "ix_ticket_unlock_until",
        "ticket",
        ["unlock_until"],
        unique=False,
        postgresql_where=sa.text("unlock_until IS NOT NULL"),
    )
    op.create_table(
        "external_reference",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("system_id", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.Text(collation="C"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("claim", sa.Text(), server_default="live", nullable=False),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "claim in ('live', 'released', 'contested')",
            name=op.f("ck_external_reference_claim_known"),
        ),
        sa.CheckConstraint(
            "length(reference) between 1 and 200",
            name=op.f("ck_external_reference_reference_length"),
        ),
        sa.ForeignKeyConstraint(
            ["system_id"], ["external_system.id"], name=op.f("fk_external_reference_system_id")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_external_reference_ticket_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_reference")),
        comment="Numbers other systems gave our tickets; one live claim each",
    )
    op.create_index(
        "ix_external_reference_live",
        "external_reference",
        ["system_id", "reference"],
        unique=True,
        postgresql_where=sa.text("claim = 'live'"),
    )
    op.create_index(
        "ix_external_reference_reference",
        "external_reference",
        ["reference", "system_id"],
        unique=False,
    )
    op.create_index(
        "ix_external_reference_task_id",
        "external_reference",
        ["task_id"],
        unique=False,
        postgresql_where=sa.text("task_id IS NOT NULL"),
    )
    op.create_index(
        "ix_external_reference_ticket_id", "external_reference", ["ticket_id"], unique=False
    )
    op.create_table(
        "history",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("agent_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "actor",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="Name of who did it where that is no agent",
        ),
        sa.Column("dialect", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("operation", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("old", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("new", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("old_id", sa.BigInteger(), nullable=True),
        sa.Column("new_id", sa.BigInteger(), nullable=True),
        sa.Column("article_id", sa.BigInteger(), nullable=True),
        sa.Column("queue_id", sa.BigInteger(), nullable=False),
        sa.Column("state_id", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("priority_id", sa.BigInteger(), nullable=False),
        sa.Column("type_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "message", sa.BigInteger(), nullable=True, comment="Number of the message that did it"
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_history_agent_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_history_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", "id", name=op.f("pk_history")),
        comment="Every change of a ticket: who, when, through what, old, new",
    )
    op.create_index("ix_history_created", "history", ["created", "ticket_id"], unique=False)
    op.create_table(
        "object_link",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("object", sa.Uuid(), nullable=False),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind in ('asset', 'client')", name=op.f("ck_object_link_kind_known")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["agent.id"], name=op.f("fk_object_link_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_object_link_ticket_id")
        ),
        sa.PrimaryKeyConstraint("ticket_id", "kind", "object", name=op.f("pk_object_link")),
        comment="Links to assets and clients, which live in another system",
    )
    op.create_index("ix_object_link_object", "object_link", ["object", "kind"], unique=False)
    op.create_table(
        "task",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "main",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="The task that stands for its ticket",
        ),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("subject", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("description", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("state", sa.Text(), server_default="Open", nullable=False),
        sa.Column("priority_id", sa.BigInteger(), nullable=True),
        sa.Column("group_id", sa.BigInteger(), nullable=True),
        sa.Column("agent_id", sa.BigInteger(), nullable=True),
        sa.Column("previous_group_id", sa.BigInteger(), nullable=True),
        sa.Column("external_group_id", sa.BigInteger(), nullable=True),
        sa.Column("solution", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("solution_code", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("resolution_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "external_closed",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="Closed by the partner",
        ),
        sa.Column("target_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.BigInteger(), nullable=True),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("changed_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(state = 'Closed') = (closed is not null)", name=op.f("ck_task_closed_has_time")
        ),
        sa.CheckConstraint(
            "state in ('Open', 'Assigned', 'SentToExternal', 'InProgressExternal', 'SolutionProposed', 'Closed')",
            name=op.f("ck_task_state_known"),
        ),
        sa.CheckConstraint(
            "state not in ('SentToExternal', 'InProgressExternal') or external_group_id is not null",
            name=op.f("ck_task_external_has_group"),
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_task_version_positive")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_task_agent_id")),
        sa.ForeignKeyConstraint(["changed_by"], ["agent.id"], name=op.f("fk_task_changed_by")),
        sa.ForeignKeyConstraint(["closed_by"], ["agent.id"], name=op.f("fk_task_closed_by")),
        sa.ForeignKeyConstraint(["created_by"], ["agent.id"], name=op.f("fk_task_created_by")),
        sa.ForeignKeyConstraint(
            ["external_group_id"], ["agent_group.id"], name=op.f("fk_task_external_group_id")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["agent_group.id"], name=op.f("fk_task_group_id")),
        sa.ForeignKeyConstraint(
            ["previous_group_id"], ["agent_group.id"], name=op.f("fk_task_previous_group_id")
        ),
        sa.ForeignKeyConstraint(["priority_id"], ["priority.id"], name=op.f("fk_task_priority_id")),
        sa.ForeignKeyConstraint(
            ["resolution_id"], ["resolution.id"], name=op.f("fk_task_resolution_id")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_task_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", "id", name=op.f("pk_task")),
        sa.UniqueConstraint("guid", name=op.f("uq_task_guid")),
        sa.UniqueConstraint("id", name=op.f("uq_task_id")),
        sa.UniqueConstraint("ticket_id", "number", name=op.f("uq_task_ticket_id_number")),
        comment="A piece of a ticket that a group works on; may live at a partner",
    )
    op.create_index(
        "ix_task_group_id",
        "task",
        ["group_id", "state"],
        unique=False,
        postgresql_where=sa.text("state != 'Closed'"),
    )
    op.create_index("ix_task_main", "task", ["ticket_id"], unique=True, postgresql_where="main")
    op.create_table(
        "ticket_agent",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("position > 0", name=op.f("ck_ticket_agent_position_positive")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_ticket_agent_agent_id")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_agent_ticket_id")
        ),
        sa.PrimaryKeyConstraint("ticket_id", "position", name=op.f("pk_ticket_agent")),
        sa.UniqueConstraint(
            "ticket_id", "agent_id", name=op.f("uq_ticket_agent_ticket_id_agent_id")
        ),
        comment="Further assigned agents, in order",
    )
    op.create_index("ix_ticket_agent_agent_id", "ticket_agent", ["agent_id"], unique=False)
    op.create_table(
        "ticket_field",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("field_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "position",
            sa.SmallInteger(),
            server_default=sa.text("1"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("vt", sa.Text(), nullable=False, comment="The value as text, whatever its type"),
        sa.Column("vn", sa.Numeric(), nullable=True, comment="The value of a number field"),
        sa.Column(
            "vd", sa.DateTime(timezone=True), nullable=True, comment="The value of a date field"
        ),
        sa.CheckConstraint("num_nonnulls(vn, vd) <= 1", name=op.f("ck_ticket_field_one_type")),
        sa.CheckConstraint(
            "octet_length(vt) between 1 and 2600", name=op.f("ck_ticket_field_vt_length")
        ),
        sa.CheckConstraint("position > 0", name=op.f("ck_ticket_field_position_positive")),
        sa.ForeignKeyConstraint(
            ["field_id"], ["dynamic_field.id"], name=op.f("fk_ticket_field_field_id")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_field_ticket_id")
        ),
        sa.PrimaryKeyConstraint("ticket_id", "field_id", "position", name=op.f("pk_ticket_field")),
        comment="Values of dynamic fields, one row per value; their only store",
    )
    op.create_index(
        "ix_ticket_field_vd",
        "ticket_field",
        ["field_id", "vd", "ticket_id"],
        unique=False,
        postgresql_where=sa.text("vd IS NOT NULL"),
    )
    op.create_index(
        "ix_ticket_field_vn",
        "ticket_field",
        ["field_id", "vn", "ticket_id"],
        unique=False,
        postgresql_where=sa.text("vn IS NOT NULL"),
    )
    op.create_index(
        "ix_ticket_field_vt",
        "ticket_field",
        ["field_id", "vt", "ticket_id"],
        unique=False,
        postgresql_ops={"vt": "text_pattern_ops"},
    )
    op.create_index(
        "ix_ticket_field_vt_words",
        "ticket_field",
        ["vt"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"vt": "gin_trgm_ops"},
    )
    op.create_table(
        "ticket_link",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("other_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="plain", nullable=False),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "kind <> 'plain' or ticket_id < other_id", name=op.f("ck_ticket_link_plain_once")
        ),
        sa.CheckConstraint("kind in ('plain', 'parent')", name=op.f("ck_ticket_link_kind_known")),
        sa.CheckConstraint("ticket_id <> other_id", name=op.f("ck_ticket_link_not_to_itself")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["agent.id"], name=op.f("fk_ticket_link_created_by")
        ),
        sa.ForeignKeyConstraint(["other_id"], ["ticket.id"], name=op.f("fk_ticket_link_other_id")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_link_ticket_id")
        ),
        sa.PrimaryKeyConstraint("ticket_id", "other_id", "kind", name=op.f("pk_ticket_link")),
        comment="Links between tickets; a plain one is read from both ends, its lower id first",
    )
    op.create_index("ix_ticket_link_other_id", "ticket_link", ["other_id"], unique=False)
    op.create_table(
        "ticket_partner",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("position > 0", name=op.f("ck_ticket_partner_position_positive")),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_ticket_partner_partner_id")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_partner_ticket_id")
        ),
        sa.PrimaryKeyConstraint("ticket_id", "position", name=op.f("pk_ticket_partner")),
        sa.UniqueConstraint(
            "ticket_id", "partner_id", name=op.f("uq_ticket_partner_ticket_id_partner_id")
        ),
        comment="Involved partners, in order",
    )
    op.create_index("ix_ticket_partner_partner_id", "ticket_partner", ["partner_id"], unique=False)
    op.create_table(
        "ticket_queue",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("queue_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("position > 0", name=op.f("ck_ticket_queue_position_positive")),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"], name=op.f("fk_ticket_queue_queue_id")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_queue_ticket_id")
        ),
        sa.PrimaryKeyConstraint("ticket_id", "position", name=op.f("pk_ticket_queue")),
        sa.UniqueConstraint(
            "ticket_id", "queue_id", name=op.f("uq_ticket_queue_ticket_id_queue_id")
        ),
        comment="Further assigned queues, in order",
    )
    op.create_index("ix_ticket_queue_queue_id", "ticket_queue", ["queue_id"], unique=False)
    op.create_table(
        "ticket_watcher",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent.id"], name=op.f("fk_ticket_watcher_agent_id")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_watcher_ticket_id")
        ),
        sa.PrimaryKeyConstraint("ticket_id", "agent_id", name=op.f("pk_ticket_watcher")),
        comment="Agents who watch a ticket",
    )
    op.create_index("ix_ticket_watcher_agent_id", "ticket_watcher", ["agent_id"], unique=False)
    op.create_table(
        "task_partner",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "correlation_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False
        ),
        sa.Column(
            "sent", sa.DateTime(timezone=True), nullable=True, comment="First sent to the partner"
        ),
        sa.Column(
            "acknowledged",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="The partner confirmed its reference",
        ),
        sa.Column(
            "acknowledged_event",
            sa.Uuid(),
            nullable=True,
            comment="Guid of the event of that confirmation",
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_task_partner_partner_id")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id", "task_id"],
            ["task.ticket_id", "task.id"],
            name=op.f("fk_task_partner_ticket_id_task_id"),
        ),
        sa.PrimaryKeyConstraint("ticket_id", "task_id", "partner_id", name=op.f("pk_task_partner")),
        sa.UniqueConstraint("correlation_id", name=op.f("uq_task_partner_correlation_id")),
        comment="What a partner knows of a task",
    )
    op.create_index("ix_task_partner_partner_id", "task_partner", ["partner_id"], unique=False)


def downgrade() -> None:
    op.drop_table("task_partner")
    op.drop_table("ticket_watcher")
    op.drop_table("ticket_queue")
    op.drop_table("ticket_partner")
    op.drop_table("ticket_link")
    op.drop_table("ticket_field")
    op.drop_table("ticket_agent")
    op.drop_table("task")
    op.drop_table("object_link")
    op.drop_table("history")
    op.drop_table("external_reference")
    op.drop_table("ticket")
