"""The service catalog: templates, services with their texts and parts, publish requests."""

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
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from gateway.repository.tables.columns import (
    NO_TEXTS,
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

PART_TYPES = (
    "Single text line", "Multiple text lines", "Multiple text lines with bb code",
    "Dropdown list", "Checkboxes", "Radio buttons", "Typeahead single selections",
    "Typeahead multiple selections", "Yes no", "Hidden", "Date", "Numeric value",
    "Reusable content", "Static html", "Static text",
)  # fmt: skip
TRIGGERS = (
    "Create version request", "Custom request", "Delete request", "Field change", "Lost child",
    "Lost parent", "New child", "New parent", "Phase change", "Publication request",
    "Quality note change", "Service creation", "Service expired", "Unpublish request",
)  # fmt: skip
REQUEST_TYPES = ("Publish", "Unpublish", "Delete", "Custom", "CreateVersion")
REQUEST_STATES = ("New", "InApproval", "Completed", "Rejected", "Cancelled")

catalog_template = Table(
    "catalog_template",
    metadata,
    key(),
    guid(),
    Column("name", Text, nullable=False, unique=True),
    flag("hidden", comment="Its services are never shown in public"),
    flag("type_fixed", comment="A published service keeps its type"),
    count("votes_needed", ONE),
    words("name_rule", comment="How names are calculated; empty: they are written"),
    flag("option_required"),
    Column("data_to_send", Text, nullable=False, server_default="full"),
    flag("active", TRUE),
    stamp("created"),
    stamp("changed"),
    one_of("data_to_send", ("minimal", "full")),
    CheckConstraint("votes_needed > 0", name="votes_needed_positive"),
    comment="Which parts and phases a catalog service has, and what its triggers start",
)
catalog_phase = Table(
    "catalog_phase",
    metadata,
    key(),
    reference("template_id", "catalog_template", required=True),
    Column("name", Text, nullable=False),
    words("phase_type"),
    count("position"),
    UniqueConstraint("template_id", "name"),
    UniqueConstraint("template_id", "id"),
    comment="Phases of a service's life",
)
catalog_part = Table(
    "catalog_part",
    metadata,
    key(),
    reference("template_id", "catalog_template", required=True),
    Column("internal_name", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("part_type", Text, nullable=False),
    flag("language_dependent"),
    count("position"),
    Column("minimum", Numeric),
    Column("maximum", Numeric),
    Column("decimals", SmallInteger),
    words("content", comment="Of static and reusable parts"),
    flag("active", TRUE),
    UniqueConstraint("template_id", "id"),
    one_of("part_type", PART_TYPES),
    CheckConstraint("minimum <= maximum", name="minimum_below_maximum"),
    CheckConstraint("decimals between 0 and 6", name="decimals_range"),
    comment="Fields of a template",
)
Index(
    "ix_catalog_part_internal_name",
    catalog_part.c.template_id,
    func.lower(catalog_part.c.internal_name),
    unique=True,
)
catalog_part_option = Table(
    "catalog_part_option",
    metadata,
    member("part_id", "catalog_part"),
    Column("code", Text, primary_key=True),
    Column("label", Text, nullable=False),
    count("position"),
    CheckConstraint("code <> '' and position(';' in code) = 0", name="code_form"),
    comment="What may be chosen in a part",
)
catalog_part_essential = Table(
    "catalog_part_essential",
    metadata,
    Column("template_id", BigInteger, nullable=False),
    Column("part_id", BigInteger, primary_key=True, autoincrement=False),
    Column("phase_id", BigInteger, primary_key=True, autoincrement=False),
    ForeignKeyConstraint(
        ("template_id", "part_id"), ("catalog_part.template_id", "catalog_part.id")
    ),
    ForeignKeyConstraint(
        ("template_id", "phase_id"), ("catalog_phase.template_id", "catalog_phase.id")
    ),
    comment="Parts that may not be empty in a phase",
)
catalog_request_option = Table(
    "catalog_request_option",
    metadata,
    member("template_id", "catalog_template"),
    Column("code", Text, primary_key=True),
    Column("label", Text, nullable=False),
    count("position"),
    comment="Options a publish request may name",
)
catalog_trigger = Table(
    "catalog_trigger",
    metadata,
    member("template_id", "catalog_template"),
    Column("trigger", Text, primary_key=True),
    reference("process_id", "process", required=True),
    one_of("trigger", TRIGGERS),
    comment="Which process a trigger starts",
)
catalog_service_type = Table(
    "catalog_service_type",
    metadata,
    key(),
    guid(),
    Column("name", Text, nullable=False, unique=True),
    count("position"),
    flag("active", TRUE),
    stamp("created"),
    stamp("changed"),
    comment="Types of catalog services",
)

catalog_service = Table(
    "catalog_service",
    metadata,
    key(),
    guid(),
    Column("unique_id", Text, nullable=False),
    reference("template_id", "catalog_template", required=True),
    reference("type_id", "catalog_service_type"),
    Column("phase_id", BigInteger),
    count("version", ONE),
    flag("show_in_public"),
    flag("unpublished_changes", comment="The working copy differs from the published one"),
    Column("tags", ARRAY(Text), nullable=False, server_default=NO_TEXTS),
    reference("service_id", "service"),
    moment("removed", "Kept, so that guid and unique id are not given out again"),
    stamp("created"),
    stamp("changed"),
    ForeignKeyConstraint(
        ("template_id", "phase_id"), ("catalog_phase.template_id", "catalog_phase.id")
    ),
    CheckConstraint("length(unique_id) between 1 and 100", name="unique_id_length"),
    CheckConstraint("version > 0", name="version_positive"),
    comment="The working copies of the catalog's services",
)
Index("ix_catalog_service_unique_id", func.lower(catalog_service.c.unique_id), unique=True)
Index("ix_catalog_service_changed", catalog_service.c.changed, catalog_service.c.id)
catalog_text = Table(
    "catalog_text",
    metadata,
    member("catalog_service_id", "catalog_service"),
    Column("language", Text, primary_key=True),
    words("name"),
    words("summary"),
    words("description"),
    CheckConstraint("length(name) <= 250", name="name_length"),
    CheckConstraint("length(summary) <= 4000", name="summary_length"),
    CheckConstraint("length(description) <= 32000", name="description_length"),
    comment="Texts of a service, a row per language",
)
catalog_part_value = Table(
    "catalog_part_value",
    metadata,
    member("catalog_service_id", "catalog_service"),
    member("part_id", "catalog_part"),
    Column("language", Text, primary_key=True, server_default="", comment="Empty: for all"),
    Column("vt", Text),
    Column("vn", Numeric(18, 6)),
    Column("vd", DateTime(timezone=True)),
    CheckConstraint("num_nonnulls(vt, vn, vd) = 1", name="one_value"),
    comment="Values of parts: text (option codes joined by ;), number or time",
)
catalog_list = Table(
    "catalog_list",
    metadata,
    key(),
    Column("code", Text, nullable=False, unique=True),
    Column("label", Text, nullable=False),
    Column("kind", Text, nullable=False),
    flag("single", comment="Holds one person"),
    flag("approval", comment="Its members may vote"),
    count("position"),
    flag("active", TRUE),
    one_of("kind", ("persons", "groups")),
    CheckConstraint("not single or kind = 'persons'", name="single_holds_persons"),
    comment="Named lists of persons and of groups that every service has",
)
catalog_person = Table(
    "catalog_person",
    metadata,
    member("catalog_service_id", "catalog_service"),
    member("list_id", "catalog_list"),
    Column("unique_id", Text, primary_key=True, comment="Stays when the person has gone"),
    stamp("created"),
    comment="Persons in the lists of a service",
)
Index("ix_catalog_person_unique_id", catalog_person.c.unique_id)
catalog_group = Table(
    "catalog_group",
    metadata,
    member("catalog_service_id", "catalog_service"),
    member("list_id", "catalog_list"),
    member("group_id", "agent_group"),
    stamp("created"),
    comment="Groups in the lists of a service",
)
catalog_support_group = Table(
    "catalog_support_group",
    metadata,
    member("catalog_service_id", "catalog_service"),
    member("group_id", "agent_group"),
    stamp("created"),
    comment="Support groups of a service",
)
catalog_relation = Table(
    "catalog_relation",
    metadata,
    member("parent_id", "catalog_service"),
    member("child_id", "catalog_service"),
    stamp("created"),
    CheckConstraint("parent_id <> child_id", name="not_to_itself"),
    comment="Which services are part of which",
)
Index("ix_catalog_relation_child_id", catalog_relation.c.child_id)
catalog_document = Table(
    "catalog_document",
    metadata,
    key(),
    guid(),
    reference("catalog_service_id", "catalog_service", required=True),
    Column("name", Text, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    stamp("created"),
    CheckConstraint("size >= 0", name="size_not_negative"),
    comment="Documents of a service, without their content",
)
Index("ix_catalog_document_catalog_service_id", catalog_document.c.catalog_service_id)
catalog_document_content = Table(
    "catalog_document_content",
    metadata,
    Column("document_id", BigInteger, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
    ForeignKeyConstraint(("document_id",), ("catalog_document.id",), ondelete="CASCADE"),
    comment="Contents of documents",
)
catalog_quality_note = Table(
    "catalog_quality_note",
    metadata,
    key(),
    guid(),
    reference("catalog_service_id", "catalog_service", required=True),
    Column("text", Text, nullable=False),
    reference("created_by", "agent"),
    stamp("created"),
    stamp("changed"),
    comment="What was noted about a service's quality",
)
Index("ix_catalog_quality_note_catalog_service_id", catalog_quality_note.c.catalog_service_id)

catalog_published = Table(
    "catalog_published",
    metadata,
    Column("catalog_service_id", BigInteger, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("copy", JSONB, nullable=False, comment="The service as the public reads it"),
    stamp("published"),
    stamp("changed"),
    ForeignKeyConstraint(("catalog_service_id",), ("catalog_service.id",)),
    comment="Published copies, taken at the last publication",
)
Index("ix_catalog_published_changed", catalog_published.c.changed)
catalog_publication = Table(
    "catalog_publication",
    metadata,
    key(),
    reference("catalog_service_id", "catalog_service", required=True),
    Column("happening", Text, nullable=False),
    Column("version", Integer, nullable=False),
    stamp("at"),
    reference("account_id", "account"),
    words("person"),
    Column("copy", JSONB(none_as_null=True)),
    one_of("happening", ("published", "withdrawn")),
    comment="Publication history",
)
Index("ix_catalog_publication_catalog_service_id", catalog_publication.c.catalog_service_id)

catalog_request = Table(
    "catalog_request",
    metadata,
    key(),
    guid(),
    reference("catalog_service_id", "catalog_service", required=True),
    Column("type", Text, nullable=False),
    words("type_name", comment="What a custom request imitates"),
    Column("title", Text, nullable=False),
    words("comments"),
    words("option_code"),
    words("option_label"),
    Column("state", Text, nullable=False, server_default="New"),
    flag("can_be_cancelled", TRUE),
    flag("show_in_public"),
    flag("locks", comment="The service is locked while the request is open"),
    reference("account_id", "account"),
    words("requested_by"),
    stamp("created"),
    stamp("changed"),
    moment("settled"),
    one_of("type", REQUEST_TYPES),
    one_of("state", REQUEST_STATES),
    CheckConstraint(
        "(state in ('New', 'InApproval')) = (settled is null)", name="settled_has_time"
    ),
    comment="Wishes to publish, unpublish, delete, version or do something custom",
)
Index(
    "ix_catalog_request_open",
    catalog_request.c.catalog_service_id,
    unique=True,
    postgresql_where=catalog_request.c.settled.is_(None),
)
Index("ix_catalog_request_catalog_service_id", catalog_request.c.catalog_service_id)
catalog_vote = Table(
    "catalog_vote",
    metadata,
    member("request_id", "catalog_request"),
    Column("voter", Text, primary_key=True, comment="Unique id of the person"),
    Column("decision", Text, nullable=False),
    words("comments"),
    stamp("at"),
    one_of("decision", ("Approved", "Rejected")),
    comment="One vote a voter",
)
catalog_log = Table(
    "catalog_log",
    metadata,
    key(),
    reference("request_id", "catalog_request", required=True),
    stamp("at"),
    reference("account_id", "account"),
    words("person"),
    Column("level", Text, nullable=False, server_default="Info"),
    Column("text", Text, nullable=False),
    one_of("level", ("Info", "Warning", "Error")),
    comment="Log of publish requests",
)
Index("ix_catalog_log_request_id", catalog_log.c.request_id)
catalog_history = Table(
    "catalog_history",
    metadata,
    member("catalog_service_id", "catalog_service"),
    key(),
    stamp("at"),
    reference("account_id", "account"),
    words("person"),
    words("operation"),
    Column("field", Text, nullable=False),
    words("language"),
    words("old"),
    words("new"),
    comment="Every change of a service's working copy",
)
