"""The service catalog."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "catalog_list",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "single",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="Holds one person",
        ),
        sa.Column(
            "approval",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="Its members may vote",
        ),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint(
            "kind in ('persons', 'groups')", name=op.f("ck_catalog_list_kind_known")
        ),
        sa.CheckConstraint(
            "not single or kind = 'persons'", name=op.f("ck_catalog_list_single_holds_persons")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_list")),
        sa.UniqueConstraint("code", name=op.f("uq_catalog_list_code")),
        comment="Named lists of persons and of groups that every service has",
    )
    op.create_table(
        "catalog_service_type",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_service_type")),
        sa.UniqueConstraint("guid", name=op.f("uq_catalog_service_type_guid")),
        sa.UniqueConstraint("name", name=op.f("uq_catalog_service_type_name")),
        comment="Types of catalog services",
    )
    op.create_table(
        "catalog_template",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "hidden",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="Its services are never shown in public",
        ),
        sa.Column(
            "type_fixed",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="A published service keeps its type",
        ),
        sa.Column("votes_needed", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "name_rule",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="How names are calculated; empty: they are written",
        ),
        sa.Column("option_required", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("data_to_send", sa.Text(), server_default="full", nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "data_to_send in ('minimal', 'full')",
            name=op.f("ck_catalog_template_data_to_send_known"),
        ),
        sa.CheckConstraint(
            "votes_needed > 0", name=op.f("ck_catalog_template_votes_needed_positive")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_template")),
        sa.UniqueConstraint("guid", name=op.f("uq_catalog_template_guid")),
        sa.UniqueConstraint("name", name=op.f("uq_catalog_template_name")),
        comment="Which parts and phases a catalog service has, and what its triggers start",
    )
    op.create_table(
        "catalog_part",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("template_id", sa.BigInteger(), nullable=False),
        sa.Column("internal_name", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("part_type", sa.Text(), nullable=False),
        sa.Column(
            "language_dependent", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("minimum", sa.Numeric(), nullable=True),
        sa.Column("maximum", sa.Numeric(), nullable=True),
        sa.Column("decimals", sa.SmallInteger(), nullable=True),
        sa.Column(
            "content",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="Of static and reusable parts",
        ),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint(
            "part_type in ('Single text line', 'Multiple text lines', 'Multiple text lines with bb code', 'Dropdown list', 'Checkboxes', 'Radio buttons', 'Typeahead single selections', 'Typeahead multiple selections', 'Yes no', 'Hidden', 'Date', 'Numeric value', 'Reusable content', 'Static html', 'Static text')",
            name=op.f("ck_catalog_part_part_type_known"),
        ),
        sa.CheckConstraint("decimals between 0 and 6", name=op.f("ck_catalog_part_decimals_range")),
        sa.CheckConstraint(
            "minimum <= maximum", name=op.f("ck_catalog_part_minimum_below_maximum")
        ),
        sa.ForeignKeyConstraint(
            ["template_id"], ["catalog_template.id"], name=op.f("fk_catalog_part_template_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_part")),
        sa.UniqueConstraint("template_id", "id", name=op.f("uq_catalog_part_template_id_id")),
        comment="Fields of a template",
    )
    op.create_index(
        "ix_catalog_part_internal_name",
        "catalog_part",
        ["template_id", sa.literal_column("lower(internal_name)")],
        unique=True,
    )
    op.create_table(
        "catalog_phase",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("template_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phase_type", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["template_id"], ["catalog_template.id"], name=op.f("fk_catalog_phase_template_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_phase")),
        sa.UniqueConstraint("template_id", "id", name=op.f("uq_catalog_phase_template_id_id")),
        sa.UniqueConstraint("template_id", "name", name=op.f("uq_catalog_phase_template_id_name")),
        comment="Phases of a service's life",
    )
    op.create_table(
        "catalog_request_option",
        sa.Column("template_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["catalog_template.id"],
            name=op.f("fk_catalog_request_option_template_id"),
        ),
        sa.PrimaryKeyConstraint("template_id", "code", name=op.f("pk_catalog_request_option")),
        comment="Options a publish request may name",
    )
    op.create_table(
        "catalog_trigger",
        sa.Column("template_id", sa.BigInteger(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("process_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "trigger in ('Create version request', 'Custom request', 'Delete request', 'Field change', 'Lost child', 'Lost parent', 'New child', 'New parent', 'Phase change', 'Publication request', 'Quality note change', 'Service creation', 'Service expired', 'Unpublish request')",
            name=op.f("ck_catalog_trigger_trigger_known"),
        ),
        sa.ForeignKeyConstraint(
            ["process_id"], ["process.id"], name=op.f("fk_catalog_trigger_process_id")
        ),
        sa.ForeignKeyConstraint(
            ["template_id"], ["catalog_template.id"], name=op.f("fk_catalog_trigger_template_id")
        ),
        sa.PrimaryKeyConstraint("template_id", "trigger", name=op.f("pk_catalog_trigger")),
        comment="Which process a trigger starts",
    )
    op.create_table(
        "catalog_part_essential",
        sa.Column("template_id", sa.BigInteger(), nullable=False),
        sa.Column("part_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("phase_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["template_id", "part_id"],
            ["catalog_part.template_id", "catalog_part.id"],
            name=op.f("fk_catalog_part_essential_template_id_part_id"),
        ),
        sa.ForeignKeyConstraint(
            ["template_id", "phase_id"],
            ["catalog_phase.template_id", "catalog_phase.id"],
            name=op.f("fk_catalog_part_essential_template_id_phase_id"),
        ),
        sa.PrimaryKeyConstraint("part_id", "phase_id", name=op.f("pk_catalog_part_essential")),
        comment="Parts that may not be empty in a phase",
    )
    op.create_table(
        "catalog_part_option",
        sa.Column("part_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            "code <> '' and position(';' in code) = 0",
            name=op.f("ck_catalog_part_option_code_form"),
        ),
        sa.ForeignKeyConstraint(
            ["part_id"], ["catalog_part.id"], name=op.f("fk_catalog_part_option_part_id")
        ),
        sa.PrimaryKeyConstraint("part_id", "code", name=op.f("pk_catalog_part_option")),
        comment="What may be chosen in a part",
    )
    op.create_table(
        "catalog_service",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("unique_id", sa.Text(), nullable=False),
        sa.Column("template_id", sa.BigInteger(), nullable=False),
        sa.Column("type_id", sa.BigInteger(), nullable=True),
        sa.Column("phase_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("show_in_public", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "unpublished_changes",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="The working copy differs from the published one",
        ),
        sa.Column(
            "tags",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'::text[]"),
            nullable=False,
        ),
        sa.Column("service_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "removed",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Kept, so that guid and unique id are not given out again",
        ),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "length(unique_id) between 1 and 100", name=op.f("ck_catalog_service_unique_id_length")
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_catalog_service_version_positive")),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_catalog_service_service_id")
        ),
        sa.ForeignKeyConstraint(
            ["template_id", "phase_id"],
            ["catalog_phase.template_id", "catalog_phase.id"],
            name=op.f("fk_catalog_service_template_id_phase_id"),
        ),
        sa.ForeignKeyConstraint(
            ["template_id"], ["catalog_template.id"], name=op.f("fk_catalog_service_template_id")
        ),
        sa.ForeignKeyConstraint(
            ["type_id"], ["catalog_service_type.id"], name=op.f("fk_catalog_service_type_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_service")),
        sa.UniqueConstraint("guid", name=op.f("uq_catalog_service_guid")),
        comment="The working copies of the catalog's services",
    )
    op.create_index(
        "ix_catalog_service_changed", "catalog_service", ["changed", "id"], unique=False
    )
    op.create_index(
        "ix_catalog_service_unique_id",
        "catalog_service",
        [sa.literal_column("lower(unique_id)")],
        unique=True,
    )
    op.create_table(
        "catalog_document",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("catalog_service_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("size >= 0", name=op.f("ck_catalog_document_size_not_negative")),
        sa.ForeignKeyConstraint(
            ["catalog_service_id"],
            ["catalog_service.id"],
            name=op.f("fk_catalog_document_catalog_service_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_document")),
        sa.UniqueConstraint("guid", name=op.f("uq_catalog_document_guid")),
        comment="Documents of a service, without their content",
    )
    op.create_index(
        "ix_catalog_document_catalog_service_id",
        "catalog_document",
        ["catalog_service_id"],
        unique=False,
    )
    op.create_table(
        "catalog_group",
        sa.Column("catalog_service_id", sa.BigInteger(), nullable=False),
        sa.Column("list_id", sa.BigInteger(), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["catalog_service_id"],
            ["catalog_service.id"],
            name=op.f("fk_catalog_group_catalog_service_id"),
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["agent_group.id"], name=op.f("fk_catalog_group_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["list_id"], ["catalog_list.id"], name=op.f("fk_catalog_group_list_id")
        ),
        sa.PrimaryKeyConstraint(
            "catalog_service_id", "list_id", "group_id", name=op.f("pk_catalog_group")
        ),
        comment="Groups in the lists of a service",
    )
    op.create_table(
        "catalog_history",
        sa.Column("catalog_service_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("person", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("operation", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("old", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("new", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_catalog_history_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["catalog_service_id"],
            ["catalog_service.id"],
            name=op.f("fk_catalog_history_catalog_service_id"),
        ),
        sa.PrimaryKeyConstraint("catalog_service_id", "id", name=op.f("pk_catalog_history")),
        comment="Every change of a service's working copy",
    )
    op.create_table(
        "catalog_part_value",
        sa.Column("catalog_service_id", sa.BigInteger(), nullable=False),
        sa.Column("part_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "language", sa.Text(), server_default="", nullable=False, comment="Empty: for all"
        ),
        sa.Column("vt", sa.Text(), nullable=True),
        sa.Column("vn", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("vd", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(vt, vn, vd) = 1", name=op.f("ck_catalog_part_value_one_value")
        ),
        sa.ForeignKeyConstraint(
            ["catalog_service_id"],
            ["catalog_service.id"],
            name=op.f("fk_catalog_part_value_catalog_service_id"),
        ),
        sa.ForeignKeyConstraint(
            ["part_id"], ["catalog_part.id"], name=op.f("fk_catalog_part_value_part_id")
        ),
        sa.PrimaryKeyConstraint(
            "catalog_service_id", "part_id", "language", name=op.f("pk_catalog_part_value")
        ),
        comment="Values of parts: text (option codes joined by ;), number or time",
    )
    op.create_table(
        "catalog_person",
        sa.Column("catalog_service_id", sa.BigInteger(), nullable=False),
        sa.Column("list_id", sa.BigInteger(), nullable=False),
        sa.Column("unique_id", sa.Text(), nullable=False, comment="Stays when the person has gone"),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["catalog_service_id"],
            ["catalog_service.id"],
            name=op.f("fk_catalog_person_catalog_service_id"),
        ),
        sa.ForeignKeyConstraint(
            ["list_id"], ["catalog_list.id"], name=op.f("fk_catalog_person_list_id")
        ),
        sa.PrimaryKeyConstraint(
            "catalog_service_id", "list_id", "unique_id", name=op.f("pk_catalog_person")
        ),
        comment="Persons in the lists of a service",
    )
    op.create_index("ix_catalog_person_unique_id", "catalog_person", ["unique_id"], unique=False)
    op.create_table(
        "catalog_publication",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("catalog_service_id", sa.BigInteger(), nullable=False),
        sa.Column("happening", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("person", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "copy", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.CheckConstraint(
            "happening in ('published', 'withdrawn')",
            name=op.f("ck_catalog_publication_happening_known"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_catalog_publication_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["catalog_service_id"],
            ["catalog_service.id"],
            name=op.f("fk_catalog_publication_catalog_service_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_publication")),
        comment="Publication history",
    )
    op.create_index(
        "ix_catalog_publication_catalog_service_id",
        "catalog_publication",
        ["catalog_service_id"],
        unique=False,
    )
    op.create_table(
        "catalog_published",
        sa.Column("catalog_service_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "copy",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="The service as the public reads it",
        ),
        sa.Column(
            "published", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["catalog_service_id"],
            ["catalog_service.id"],
            name=op.f("fk_catalog_published_catalog_service_id"),
        ),
        sa.PrimaryKeyConstraint("catalog_service_id", name=op.f("pk_catalog_published")),
        comment="Published copies, taken at the last publication",
    )
    op.create_index("ix_catalog_published_changed", "catalog_published", ["changed"], unique=False)
    op.create_table(
        "catalog_quality_note",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("catalog_service_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["catalog_service_id"],
            ["catalog_service.id"],
            name=op.f("fk_catalog_quality_note_catalog_service_id"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["agent.id"], name=op.f("fk_catalog_quality_note_created_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_quality_note")),
        sa.UniqueConstraint("guid", name=op.f("uq_catalog_quality_note_guid")),
        comment="What was noted about a service's quality",
    )
    op.create_index(
        "ix_catalog_quality_note_catalog_service_id",
        "catalog_quality_note",
        ["catalog_service_id"],
        unique=False,
    )
    op.create_table(
        "catalog_relation",
        sa.Column("parent_id", sa.BigInteger(), nullable=False),
        sa.Column("child_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("parent_id <> child_id", name=op.f("ck_catalog_relation_not_to_itself")),
        sa.ForeignKeyConstraint(
            ["child_id"], ["catalog_service.id"], name=op.f("fk_catalog_relation_child_id")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["catalog_service.id"], name=op.f("fk_catalog_relation_parent_id")
        ),
        sa.PrimaryKeyConstraint("parent_id", "child_id", name=op.f("pk_catalog_relation")),
        comment="Which services are part of which",
    )
    op.create_index("ix_catalog_relation_child_id", "catalog_relation", ["child_id"], unique=False)
    op.create_table(
        "catalog_request",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("catalog_service_id", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column(
            "type_name",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="What a custom request imitates",
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("comments", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("option_code", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("option_label", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("state", sa.Text(), server_default="New", nullable=False),
        sa.Column("can_be_cancelled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("show_in_public", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "locks",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="The service is locked while the request is open",
        ),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("requested_by", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("settled", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state in ('New', 'InApproval')) = (settled is null)",
            name=op.f("ck_catalog_request_settled_has_time"),
        ),
        sa.CheckConstraint(
            "state in ('New', 'InApproval', 'Completed', 'Rejected', 'Cancelled')",
            name=op.f("ck_catalog_request_state_known"),
        ),
        sa.CheckConstraint(
            "type in ('Publish', 'Unpublish', 'Delete', 'Custom', 'CreateVersion')",
            name=op.f("ck_catalog_request_type_known"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_catalog_request_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["catalog_service_id"],
            ["catalog_service.id"],
            name=op.f("fk_catalog_request_catalog_service_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_request")),
        sa.UniqueConstraint("guid", name=op.f("uq_catalog_request_guid")),
        comment="Wishes to publish, unpublish, delete, version or do something custom",
    )
    op.create_index(
        "ix_catalog_request_catalog_service_id",
        "catalog_request",
        ["catalog_service_id"],
        unique=False,
    )
    op.create_index(
        "ix_catalog_request_open",
        "catalog_request",
        ["catalog_service_id"],
        unique=True,
        postgresql_where=sa.text("settled IS NULL"),
    )
    op.create_table(
        "catalog_support_group",
        sa.Column("catalog_service_id", sa.BigInteger(), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["catalog_service_id"],
            ["catalog_service.id"],
            name=op.f("fk_catalog_support_group_catalog_service_id"),
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["agent_group.id"], name=op.f("fk_catalog_support_group_group_id")
        ),
        sa.PrimaryKeyConstraint(
            "catalog_service_id", "group_id", name=op.f("pk_catalog_support_group")
        ),
        comment="Support groups of a service",
    )
    op.create_table(
        "catalog_text",
        sa.Column("catalog_service_id", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("summary", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("description", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint(
            "length(description) <= 32000", name=op.f("ck_catalog_text_description_length")
        ),
        sa.CheckConstraint("length(name) <= 250", name=op.f("ck_catalog_text_name_length")),
        sa.CheckConstraint("length(summary) <= 4000", name=op.f("ck_catalog_text_summary_length")),
        sa.ForeignKeyConstraint(
            ["catalog_service_id"],
            ["catalog_service.id"],
            name=op.f("fk_catalog_text_catalog_service_id"),
        ),
        sa.PrimaryKeyConstraint("catalog_service_id", "language", name=op.f("pk_catalog_text")),
        comment="Texts of a service, a row per language",
    )
    op.create_table(
        "catalog_document_content",
        sa.Column("document_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["catalog_document.id"],
            name=op.f("fk_catalog_document_content_document_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_catalog_document_content")),
        comment="Contents of documents",
    )
    op.create_table(
        "catalog_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("person", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("level", sa.Text(), server_default="Info", nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "level in ('Info', 'Warning', 'Error')", name=op.f("ck_catalog_log_level_known")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_catalog_log_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["catalog_request.id"], name=op.f("fk_catalog_log_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_log")),
        comment="Log of publish requests",
    )
    op.create_index("ix_catalog_log_request_id", "catalog_log", ["request_id"], unique=False)
    op.create_table(
        "catalog_vote",
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("voter", sa.Text(), nullable=False, comment="Unique id of the person"),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("comments", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "decision in ('Approved', 'Rejected')", name=op.f("ck_catalog_vote_decision_known")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["catalog_request.id"], name=op.f("fk_catalog_vote_request_id")
        ),
        sa.PrimaryKeyConstraint("request_id", "voter", name=op.f("pk_catalog_vote")),
        comment="One vote a voter",
    )
    # Slices of what is not compressed are cheap.
    op.execute("alter table catalog_document_content alter column content set storage external")


def downgrade() -> None:
    op.drop_table("catalog_vote")
    op.drop_table("catalog_log")
    op.drop_table("catalog_document_content")
    op.drop_table("catalog_text")
    op.drop_table("catalog_support_group")
    op.drop_table("catalog_request")
    op.drop_table("catalog_relation")
    op.drop_table("catalog_quality_note")
    op.drop_table("catalog_published")
    op.drop_table("catalog_publication")
    op.drop_table("catalog_person")
    op.drop_table("catalog_part_value")
    op.drop_table("catalog_history")
    op.drop_table("catalog_group")
    op.drop_table("catalog_document")
    op.drop_table("catalog_service")
    op.drop_table("catalog_part_option")
    op.drop_table("catalog_part_essential")
    op.drop_table("catalog_trigger")
    op.drop_table("catalog_request_option")
    op.drop_table("catalog_phase")
    op.drop_table("catalog_part")
    op.drop_table("catalog_template")
    op.drop_table("catalog_service_type")
    op.drop_table("catalog_list")
