"""The lists the operator configures."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "category",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("en", sa.Text(), nullable=False, comment="English caption"),
        sa.Column(
            "de", sa.Text(), nullable=True, comment="German caption; null: shown as the English one"
        ),
        sa.Column(
            "position",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Order among the rows",
        ),
        sa.Column(
            "active",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="Inactive rows stay where they stand, but cannot be set",
        ),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("path_en", sa.Text(), nullable=False, comment="Kept by the writer"),
        sa.Column("path_de", sa.Text(), nullable=False, comment="Kept by the writer"),
        sa.CheckConstraint(
            "case when parent_id is null then path_de = coalesce(de, en) else right(path_de, length(coalesce(de, en)) + 2) = '::' || coalesce(de, en) end",
            name=op.f("ck_category_path_de_ends_in_caption"),
        ),
        sa.CheckConstraint(
            "case when parent_id is null then path_en = en else right(path_en, length(en) + 2) = '::' || en end",
            name=op.f("ck_category_path_en_ends_in_caption"),
        ),
        sa.CheckConstraint("de <> ''", name=op.f("ck_category_de_filled")),
        sa.CheckConstraint("en <> ''", name=op.f("ck_category_en_filled")),
        sa.CheckConstraint("position('::' in de) = 0", name=op.f("ck_category_de_no_separator")),
        sa.CheckConstraint("position('::' in en) = 0", name=op.f("ck_category_en_no_separator")),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_category_not_its_own_parent")),
        sa.ForeignKeyConstraint(["parent_id"], ["category.id"], name=op.f("fk_category_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
        sa.UniqueConstraint("guid", name=op.f("uq_category_guid")),
        sa.UniqueConstraint("path_en", name=op.f("uq_category_path_en")),
        comment="Categories of tickets",
    )
    op.create_table(
        "dynamic_field",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("en", sa.Text(), nullable=False, comment="English caption"),
        sa.Column(
            "de", sa.Text(), nullable=True, comment="German caption; null: shown as the English one"
        ),
        sa.Column(
            "position",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Order among the rows",
        ),
        sa.Column(
            "active",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="Inactive rows stay where they stand, but cannot be set",
        ),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("name", sa.Text(), nullable=False, comment="As the dialects call it"),
        sa.Column("field_type", sa.Text(), nullable=False),
        sa.CheckConstraint("de <> ''", name=op.f("ck_dynamic_field_de_filled")),
        sa.CheckConstraint("en <> ''", name=op.f("ck_dynamic_field_en_filled")),
        sa.CheckConstraint(
            "field_type in ('text', 'number', 'date', 'dropdown', 'multiselect')",
            name=op.f("ck_dynamic_field_field_type_known"),
        ),
        sa.CheckConstraint(
            "name ~ '^[A-Za-z0-9_]{1,100}$'", name=op.f("ck_dynamic_field_name_form")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dynamic_field")),
        sa.UniqueConstraint("guid", name=op.f("uq_dynamic_field_guid")),
        sa.UniqueConstraint("name", name=op.f("uq_dynamic_field_name")),
        comment="Fields the operator added to tickets",
    )
    op.create_table(
        "helpdesk_setting",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False, comment="A switch is 0 or 1"),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "name in ('resolutions_enabled', 'comment_required', 'working_times_enabled', 'working_time_required', 'costs_enabled', 'max_attachment_bytes')",
            name=op.f("ck_helpdesk_setting_name_known"),
        ),
        sa.CheckConstraint(
            "value between 0 and case name when 'max_attachment_bytes' then 6291456 else 1 end",
            name=op.f("ck_helpdesk_setting_value_range"),
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_helpdesk_setting")),
        comment="The operator's rules for closing and booking; read inside each transaction",
    )
    op.create_table(
        "impact",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("en", sa.Text(), nullable=False, comment="English caption"),
        sa.Column(
            "de", sa.Text(), nullable=True, comment="German caption; null: shown as the English one"
        ),
        sa.Column(
            "position",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Order among the rows",
        ),
        sa.Column(
            "active",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="Inactive rows stay where they stand, but cannot be set",
        ),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("de <> ''", name=op.f("ck_impact_de_filled")),
        sa.CheckConstraint("en <> ''", name=op.f("ck_impact_en_filled")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_impact")),
        sa.UniqueConstraint("en", name=op.f("uq_impact_en")),
        sa.UniqueConstraint("guid", name=op.f("uq_impact_guid")),
        comment="How much a ticket's trouble hurts",
    )
    op.create_table(
        "priority",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("en", sa.Text(), nullable=False, comment="English caption"),
        sa.Column(
            "de", sa.Text(), nullable=True, comment="German caption; null: shown as the English one"
        ),
        sa.Column(
            "position",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Order among the rows",
        ),
        sa.Column(
            "active",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="Inactive rows stay where they stand, but cannot be set",
        ),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("color", sa.Text(), nullable=False),
        sa.CheckConstraint("color ~ '^#[0-9a-f]{6}$'", name=op.f("ck_priority_color_form")),
        sa.CheckConstraint("de <> ''", name=op.f("ck_priority_de_filled")),
        sa.CheckConstraint("en <> ''", name=op.f("ck_priority_en_filled")),
        sa.CheckConstraint("id between 1 and 5", name=op.f("ck_priority_one_to_five")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_priority")),
        sa.UniqueConstraint("en", name=op.f("uq_priority_en")),
        sa.UniqueConstraint("guid", name=op.f("uq_priority_guid")),
        comment="The five priorities, 1 very low to 5 very high",
    )
    op.create_table(
        "registered_object",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "kind in ('asset', 'client')", name=op.f("ck_registered_object_kind_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registered_object")),
        sa.UniqueConstraint("guid", name=op.f("uq_registered_object_guid")),
        comment="Assets and clients of another system that may be linked while the registry is closed",
    )
    op.create_table(
        "resolution",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("en", sa.Text(), nullable=False, comment="English caption"),
        sa.Column(
            "de", sa.Text(), nullable=True, comment="German caption; null: shown as the English one"
        ),
        sa.Column(
            "position",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Order among the rows",
        ),
        sa.Column(
            "active",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="Inactive rows stay where they stand, but cannot be set",
        ),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("de <> ''", name=op.f("ck_resolution_de_filled")),
        sa.CheckConstraint("en <> ''", name=op.f("ck_resolution_en_filled")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resolution")),
        sa.UniqueConstraint("en", name=op.f("uq_resolution_en")),
        sa.UniqueConstraint("guid", name=op.f("uq_resolution_guid")),
        comment="How a ticket was solved",
    )
    op.create_table(
        "service",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("en", sa.Text(), nullable=False, comment="English caption"),
        sa.Column(
            "de", sa.Text(), nullable=True, comment="German caption; null: shown as the English one"
        ),
        sa.Column(
            "position",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Order among the rows",
        ),
        sa.Column(
            "active",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="Inactive rows stay where they stand, but cannot be set",
        ),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("de <> ''", name=op.f("ck_service_de_filled")),
        sa.CheckConstraint("en <> ''", name=op.f("ck_service_en_filled")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("en", name=op.f("uq_service_en")),
        sa.UniqueConstraint("guid", name=op.f("uq_service_guid")),
        comment="Services a ticket can be about",
    )
    op.create_table(
        "sla",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("en", sa.Text(), nullable=False, comment="English caption"),
        sa.Column(
            "de", sa.Text(), nullable=True, comment="German caption; null: shown as the English one"
        ),
        sa.Column(
            "position",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Order among the rows",
        ),
        sa.Column(
            "active",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="Inactive rows stay where they stand, but cannot be set",
        ),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("first_response_min", sa.Integer(), nullable=True),
        sa.Column("update_min", sa.Integer(), nullable=True),
        sa.Column("solution_min", sa.Integer(), nullable=True),
        sa.Column(
            "first_response_notify",
            sa.SmallInteger(),
            nullable=True,
            comment="Per cent of the time after which to notify",
        ),
        sa.Column(
            "update_notify",
            sa.SmallInteger(),
            nullable=True,
            comment="Per cent of the time after which to notify",
        ),
        sa.Column(
            "solution_notify",
            sa.SmallInteger(),
            nullable=True,
            comment="Per cent of the time after which to notify",
        ),
        sa.CheckConstraint("de <> ''", name=op.f("ck_sla_de_filled")),
        sa.CheckConstraint("en <> ''", name=op.f("ck_sla_en_filled")),
        sa.CheckConstraint(
            "first_response_min > 0", name=op.f("ck_sla_first_response_min_positive")
        ),
        sa.CheckConstraint(
            "first_response_notify between 1 and 99",
            name=op.f("ck_sla_first_response_notify_share"),
        ),
        sa.CheckConstraint("solution_min > 0", name=op.f("ck_sla_solution_min_positive")),
        sa.CheckConstraint(
            "solution_notify between 1 and 99", name=op.f("ck_sla_solution_notify_share")
        ),
        sa.CheckConstraint("update_min > 0", name=op.f("ck_sla_update_min_positive")),
        sa.CheckConstraint(
            "update_notify between 1 and 99", name=op.f("ck_sla_update_notify_share")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla")),
        sa.UniqueConstraint("en", name=op.f("uq_sla_en")),
        sa.UniqueConstraint("guid", name=op.f("uq_sla_guid")),
        comment="Service level agreements, in minutes",
    )
    op.create_table(
        "state",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("en", sa.Text(), nullable=False, comment="English caption"),
        sa.Column(
            "de", sa.Text(), nullable=True, comment="German caption; null: shown as the English one"
        ),
        sa.Column(
            "position",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Order among the rows",
        ),
        sa.Column(
            "active",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="Inactive rows stay where they stand, but cannot be set",
        ),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("state_type", sa.Text(), nullable=False, comment="What the state means"),
        sa.CheckConstraint("de <> ''", name=op.f("ck_state_de_filled")),
        sa.CheckConstraint("en <> ''", name=op.f("ck_state_en_filled")),
        sa.CheckConstraint(
            "state_type in ('new', 'open', 'pending reminder', 'pending auto', 'closed', 'removed', 'merged')",
            name=op.f("ck_state_state_type_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_state")),
        sa.UniqueConstraint("en", name=op.f("uq_state_en")),
        sa.UniqueConstraint("guid", name=op.f("uq_state_guid")),
        comment="States of tickets; their names are the operator's, their types are fixed",
    )
    op.create_table(
        "stored_query",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("en", sa.Text(), nullable=False, comment="English caption"),
        sa.Column(
            "de", sa.Text(), nullable=True, comment="German caption; null: shown as the English one"
        ),
        sa.Column(
            "position",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Order among the rows",
        ),
        sa.Column(
            "active",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="Inactive rows stay where they stand, but cannot be set",
        ),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "filter",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="In the words of the domain's search",
        ),
        sa.Column(
            "sort",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="List of [field, asc or desc]",
        ),
        sa.Column(
            "fixed",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="Seeded: can be edited, switched off and restored, not deleted",
        ),
        sa.CheckConstraint("de <> ''", name=op.f("ck_stored_query_de_filled")),
        sa.CheckConstraint("en <> ''", name=op.f("ck_stored_query_en_filled")),
        sa.CheckConstraint(
            "jsonb_typeof(filter) = 'object'", name=op.f("ck_stored_query_filter_is_object")
        ),
        sa.CheckConstraint(
            "jsonb_typeof(sort) = 'array'", name=op.f("ck_stored_query_sort_is_list")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_query")),
        sa.UniqueConstraint("en", name=op.f("uq_stored_query_en")),
        sa.UniqueConstraint("guid", name=op.f("uq_stored_query_guid")),
        comment="Searches that callers run by guid; placeholders $caller, $caller_groups, $days:N",
    )
    op.create_table(
        "ticket_counter",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("value", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("value > 0", name=op.f("ck_ticket_counter_value_positive")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_ticket_counter")),
        comment="Day counter of ticket numbers; gaps are allowed",
    )
    op.create_table(
        "type",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("en", sa.Text(), nullable=False, comment="English caption"),
        sa.Column(
            "de", sa.Text(), nullable=True, comment="German caption; null: shown as the English one"
        ),
        sa.Column(
            "position",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Order among the rows",
        ),
        sa.Column(
            "active",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="Inactive rows stay where they stand, but cannot be set",
        ),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("de <> ''", name=op.f("ck_type_de_filled")),
        sa.CheckConstraint("en <> ''", name=op.f("ck_type_en_filled")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_type")),
        sa.UniqueConstraint("en", name=op.f("uq_type_en")),
        sa.UniqueConstraint("guid", name=op.f("uq_type_guid")),
        comment="Types of tickets",
    )
    op.create_table(
        "dynamic_field_option",
        sa.Column("field_id", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False, comment="What is stored"),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("de", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.ForeignKeyConstraint(
            ["field_id"], ["dynamic_field.id"], name=op.f("fk_dynamic_field_option_field_id")
        ),
        sa.PrimaryKeyConstraint("field_id", "value", name=op.f("pk_dynamic_field_option")),
        comment="What may be chosen in a dropdown or multiselect field",
    )
    op.create_table(
        "sla_service",
        sa.Column("sla_id", sa.BigInteger(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_sla_service_service_id")
        ),
        sa.ForeignKeyConstraint(["sla_id"], ["sla.id"], name=op.f("fk_sla_service_sla_id")),
        sa.PrimaryKeyConstraint("sla_id", "service_id", name=op.f("pk_sla_service")),
        comment="Which services an SLA is for",
    )
    op.create_table(
        "service_customer_user",
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_user_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_user_id"],
            ["customer_user.id"],
            name=op.f("fk_service_customer_user_customer_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_service_customer_user_service_id")
        ),
        sa.PrimaryKeyConstraint(
            "service_id", "customer_user_id", name=op.f("pk_service_customer_user")
        ),
        comment="To whom a service is offered; a service without rows is offered to everybody",
    )
    op.create_table(
        "queue",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("en", sa.Text(), nullable=False, comment="English caption"),
        sa.Column(
            "de", sa.Text(), nullable=True, comment="German caption; null: shown as the English one"
        ),
        sa.Column(
            "position",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Order among the rows",
        ),
        sa.Column(
            "active",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="Inactive rows stay where they stand, but cannot be set",
        ),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("path_en", sa.Text(), nullable=False, comment="Kept by the writer"),
        sa.Column("path_de", sa.Text(), nullable=False, comment="Kept by the writer"),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "system_address",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="Sender of mails about its tickets; empty: the setting",
        ),
        sa.Column("system_name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("signature", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("unlock_timeout_min", sa.Integer(), nullable=True),
        sa.Column("first_response_min", sa.Integer(), nullable=True),
        sa.Column("update_min", sa.Integer(), nullable=True),
        sa.Column("solution_min", sa.Integer(), nullable=True),
        sa.Column(
            "first_response_notify",
            sa.SmallInteger(),
            nullable=True,
            comment="Per cent of the time after which to notify",
        ),
        sa.Column(
            "update_notify",
            sa.SmallInteger(),
            nullable=True,
            comment="Per cent of the time after which to notify",
        ),
        sa.Column(
            "solution_notify",
            sa.SmallInteger(),
            nullable=True,
            comment="Per cent of the time after which to notify",
        ),
        sa.CheckConstraint(
            "case when parent_id is null then path_de = coalesce(de, en) else right(path_de, length(coalesce(de, en)) + 2) = '::' || coalesce(de, en) end",
            name=op.f("ck_queue_path_de_ends_in_caption"),
        ),
        sa.CheckConstraint(
            "case when parent_id is null then path_en = en else right(path_en, length(en) + 2) = '::' || en end",
            name=op.f("ck_queue_path_en_ends_in_caption"),
        ),
        sa.CheckConstraint("de <> ''", name=op.f("ck_queue_de_filled")),
        sa.CheckConstraint("en <> ''", name=op.f("ck_queue_en_filled")),
        sa.CheckConstraint("position('::' in de) = 0", name=op.f("ck_queue_de_no_separator")),
        sa.CheckConstraint("position('::' in en) = 0", name=op.f("ck_queue_en_no_separator")),
        sa.CheckConstraint(
            "first_response_min > 0", name=op.f("ck_queue_first_response_min_positive")
        ),
        sa.CheckConstraint(
            "first_response_notify between 1 and 99",
            name=op.f("ck_queue_first_response_notify_share"),
        ),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_queue_not_its_own_parent")),
        sa.CheckConstraint("solution_min > 0", name=op.f("ck_queue_solution_min_positive")),
        sa.CheckConstraint(
            "solution_notify between 1 and 99", name=op.f("ck_queue_solution_notify_share")
        ),
        sa.CheckConstraint(
            "unlock_timeout_min > 0", name=op.f("ck_queue_unlock_timeout_min_positive")
        ),
        sa.CheckConstraint("update_min > 0", name=op.f("ck_queue_update_min_positive")),
        sa.CheckConstraint(
            "update_notify between 1 and 99", name=op.f("ck_queue_update_notify_share")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["agent_group.id"], name=op.f("fk_queue_group_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["queue.id"], name=op.f("fk_queue_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue")),
        sa.UniqueConstraint("guid", name=op.f("uq_queue_guid")),
        sa.UniqueConstraint("path_en", name=op.f("uq_queue_path_en")),
        comment="Queues; the group of its queue decides who may see and change a ticket",
    )
    op.create_table(
        "template",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("en", sa.Text(), nullable=False, comment="English caption"),
        sa.Column(
            "de", sa.Text(), nullable=True, comment="German caption; null: shown as the English one"
        ),
        sa.Column(
            "position",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Order among the rows",
        ),
        sa.Column(
            "active",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="Inactive rows stay where they stand, but cannot be set",
        ),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "description",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="Of the template itself",
        ),
        sa.Column("title", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "plain",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="Description of the ticket, plain form",
        ),
        sa.Column(
            "html",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="Description of the ticket, HTML form",
        ),
        sa.Column("keywords", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("state_id", sa.BigInteger(), nullable=True),
        sa.Column("priority_id", sa.BigInteger(), nullable=True),
        sa.Column("type_id", sa.BigInteger(), nullable=True),
        sa.Column("category_id", sa.BigInteger(), nullable=True),
        sa.Column("queue_id", sa.BigInteger(), nullable=True),
        sa.Column("service_id", sa.BigInteger(), nullable=True),
        sa.Column("sla_id", sa.BigInteger(), nullable=True),
        sa.Column("impact_id", sa.BigInteger(), nullable=True),
        sa.Column("customer_user_id", sa.BigInteger(), nullable=True),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("assigned_group_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("de <> ''", name=op.f("ck_template_de_filled")),
        sa.CheckConstraint("en <> ''", name=op.f("ck_template_en_filled")),
        sa.CheckConstraint(
            "num_nonnulls(owner_id, assigned_group_id) <= 1", name=op.f("ck_template_one_assignee")
        ),
        sa.ForeignKeyConstraint(
            ["assigned_group_id"], ["agent_group.id"], name=op.f("fk_template_assigned_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_template_category_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_user_id"], ["customer_user.id"], name=op.f("fk_template_customer_user_id")
        ),
        sa.ForeignKeyConstraint(["impact_id"], ["impact.id"], name=op.f("fk_template_impact_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["agent.id"], name=op.f("fk_template_owner_id")),
        sa.ForeignKeyConstraint(
            ["priority_id"], ["priority.id"], name=op.f("fk_template_priority_id")
        ),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"], name=op.f("fk_template_queue_id")),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_template_service_id")
        ),
        sa.ForeignKeyConstraint(["sla_id"], ["sla.id"], name=op.f("fk_template_sla_id")),
        sa.ForeignKeyConstraint(["state_id"], ["state.id"], name=op.f("fk_template_state_id")),
        sa.ForeignKeyConstraint(["type_id"], ["type.id"], name=op.f("fk_template_type_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template")),
        sa.UniqueConstraint("en", name=op.f("uq_template_en")),
        sa.UniqueConstraint("guid", name=op.f("uq_template_guid")),
        comment="Ticket templates; null fields are not set by them",
    )
    op.create_table(
        "template_cost",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("template_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=8, scale=2), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("category", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("description", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint(
            "amount between 1 and 999999", name=op.f("ck_template_cost_amount_range")
        ),
        sa.CheckConstraint(
            "length(category) <= 100", name=op.f("ck_template_cost_category_length")
        ),
        sa.CheckConstraint(
            "length(description) <= 400", name=op.f("ck_template_cost_description_length")
        ),
        sa.CheckConstraint("unit_price > 0", name=op.f("ck_template_cost_unit_price_positive")),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["template.id"],
            name=op.f("fk_template_cost_template_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_cost")),
        comment="Costs copied to tickets made from a template",
    )
    op.create_table(
        "template_working_time",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("template_id", sa.BigInteger(), nullable=False),
        sa.Column("minutes", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("description", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_template_working_time_minutes_positive")),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["template.id"],
            name=op.f("fk_template_working_time_template_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_working_time")),
        comment="Working times copied to tickets made from a template",
    )


def downgrade() -> None:
    op.drop_table("template_working_time")
    op.drop_table("template_cost")
    op.drop_table("template")
    op.drop_table("queue")
    op.drop_table("service_customer_user")
    op.drop_table("sla_service")
    op.drop_table("dynamic_field_option")
    op.drop_table("type")
    op.drop_table("ticket_counter")
    op.drop_table("stored_query")
    op.drop_table("state")
    op.drop_table("sla")
    op.drop_table("service")
    op.drop_table("resolution")
    op.drop_table("registered_object")
    op.drop_table("priority")
    op.drop_table("impact")
    op.drop_table("helpdesk_setting")
    op.drop_table("dynamic_field")
    op.drop_table("category")
