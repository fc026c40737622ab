"""Lists the operator configures: states, queues, categories, services, templates, settings."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Integer,
    Numeric,
    SmallInteger,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB

from gateway.repository.tables.columns import (
    ONE,
    TRUE,
    count,
    flag,
    guid,
    key,
    member,
    metadata,
    one_of,
    reference,
    stamp,
    words,
)

STATE_TYPES = (
    "new", "open", "pending reminder", "pending auto", "closed", "removed", "merged",
)  # fmt: skip
FIELD_TYPES = ("text", "number", "date", "dropdown", "multiselect")
HELPDESK_SWITCHES = (
    "resolutions_enabled",
    "comment_required",
    "working_times_enabled",
    "working_time_required",
    "costs_enabled",
)


def _rows(name: str, *further: Any, comment: str, unique: bool = True) -> Table:
    """Make the table of a list: captions, order, active flag, times, and what is its own."""
    return Table(
        name,
        metadata,
        key(),
        guid(),
        Column("en", Text, nullable=False, unique=unique, comment="English caption"),
        Column("de", Text, comment="German caption; null: shown as the English one"),
        count("position", comment="Order among the rows"),
        flag("active", TRUE, comment="Inactive rows stay where they stand, but cannot be set"),
        stamp("created"),
        stamp("changed"),
        CheckConstraint("en <> ''", name="en_filled"),
        CheckConstraint("de <> ''", name="de_filled"),
        *further,
        comment=comment,
    )


def _tree(name: str, *further: Any, comment: str) -> Table:
    """Make the table of a tree; a path is the captions from the root, joined by ``::``."""
    return _rows(
        name,
        reference("parent_id", name),
        Column("path_en", Text, nullable=False, unique=True, comment="Kept by the writer"),
        Column("path_de", Text, nullable=False, comment="Kept by the writer"),
        CheckConstraint("parent_id <> id", name="not_its_own_parent"),
        CheckConstraint("position('::' in en) = 0", name="en_no_separator"),
        CheckConstraint("position('::' in de) = 0", name="de_no_separator"),
        CheckConstraint(
            "case when parent_id is null then path_en = en"
            " else right(path_en, length(en) + 2) = '::' || en end",
            name="path_en_ends_in_caption",
        ),
        CheckConstraint(
            "case when parent_id is null then path_de = coalesce(de, en)"
            " else right(path_de, length(coalesce(de, en)) + 2) = '::' || coalesce(de, en) end",
            name="path_de_ends_in_caption",
        ),
        *further,
        comment=comment,
        unique=False,
    )


def _minutes(name: str) -> tuple[Column[Any], CheckConstraint]:
    return Column(name, Integer), CheckConstraint(f"{name} > 0", name=f"{name}_positive")


def _share(name: str) -> tuple[Column[Any], CheckConstraint]:
    return (
        Column(name, SmallInteger, comment="Per cent of the time after which to notify"),
        CheckConstraint(f"{name} between 1 and 99", name=f"{name}_share"),
    )


state = _rows(
    "state",
    Column("state_type", Text, nullable=False, comment="What the state means"),
    one_of("state_type", STATE_TYPES),
    comment="States of tickets; their names are the operator's, their types are fixed",
)
priority = _rows(
    "priority",
    Column("color", Text, nullable=False),
    CheckConstraint("id between 1 and 5", name="one_to_five"),
    CheckConstraint("color ~ '^#[0-9a-f]{6}$'", name="color_form"),
    comment="The five priorities, 1 very low to 5 very high",
)
type_ = _rows("type", comment="Types of tickets")
category = _tree("category", comment="Categories of tickets")
resolution = _rows("resolution", comment="How a ticket was solved")
impact = _rows("impact", comment="How much a ticket's trouble hurts")
queue = _tree(
    "queue",
    reference("group_id", "agent_group", required=True),
    words("system_address", comment="Sender of mails about its tickets; empty: the setting"),
    words("system_name"),
    words("signature"),
    *_minutes("unlock_timeout_min"),
    *_minutes("first_response_min"),
    *_minutes("update_min"),
    *_minutes("solution_min"),
    *_share("first_response_notify"),
    *_share("update_notify"),
    *_share("solution_notify"),
    comment="Queues; the group of its queue decides who may see and change a ticket",
)
service = _rows("service", comment="Services a ticket can be about")
sla = _rows(
    "sla",
    *_minutes("first_response_min"),
    *_minutes("update_min"),
    *_minutes("solution_min"),
    *_share("first_response_notify"),
    *_share("update_notify"),
    *_share("solution_notify"),
    comment="Service level agreements, in minutes",
)
sla_service = Table(
    "sla_service",
    metadata,
    member("sla_id", "sla"),
    member("service_id", "service"),
    comment="Which services an SLA is for",
)
service_customer_user = Table(
    "service_customer_user",
    metadata,
    member("service_id", "service"),
    member("customer_user_id", "customer_user"),
    comment="To whom a service is offered; a service without rows is offered to everybody",
)
dynamic_field = _rows(
    "dynamic_field",
    Column("name", Text, nullable=False, unique=True, comment="As the dialects call it"),
    Column("field_type", Text, nullable=False),
    one_of("field_type", FIELD_TYPES),
    CheckConstraint("name ~ '^[A-Za-z0-9_]{1,100}$'", name="name_form"),
    comment="Fields the operator added to tickets",
    unique=False,
)
dynamic_field_option = Table(
    "dynamic_field_option",
    metadata,
    member("field_id", "dynamic_field"),
    Column("value", Text, primary_key=True, comment="What is stored"),
    Column("en", Text, nullable=False),
    Column("de", Text),
    count("position"),
    flag("active", TRUE),
    comment="What may be chosen in a dropdown or multiselect field",
)
template = _rows(
    "template",
    words("description", comment="Of the template itself"),
    words("title"),
    words("plain", comment="Description of the ticket, plain form"),
    words("html", comment="Description of the ticket, HTML form"),
    words("keywords"),
    reference("state_id", "state"),
    reference("priority_id", "priority"),
    reference("type_id", "type"),
    reference("category_id", "category"),
    reference("queue_id", "queue"),
    reference("service_id", "service"),
    reference("sla_id", "sla"),
    reference("impact_id", "impact"),
    reference("customer_user_id", "customer_user"),
    reference("owner_id", "agent"),
    reference("assigned_group_id", "agent_group"),
    CheckConstraint("num_nonnulls(owner_id, assigned_group_id) <= 1", name="one_assignee"),
    comment="Ticket templates; null fields are not set by them",
)
template_working_time = Table(
    "template_working_time",
    metadata,
    key(),
    reference("template_id", "template", required=True, ondelete="CASCADE"),
    Column("minutes", Numeric(12, 2), nullable=False),
    words("description"),
    CheckConstraint("minutes > 0", name="minutes_positive"),
    comment="Working times copied to tickets made from a template",
)
template_cost = Table(
    "template_cost",
    metadata,
    key(),
    reference("template_id", "template", required=True, ondelete="CASCADE"),
    Column("unit_price", Numeric(8, 2), nullable=False),
    Column("amount", Integer, nullable=False),
    words("category"),
    words("description"),
    CheckConstraint("unit_price > 0", name="unit_price_positive"),
    CheckConstraint("amount between 1 and 999999", name="amount_range"),
    CheckConstraint("length(category) <= 100", name="category_length"),
    CheckConstraint("length(description) <= 400", name="description_length"),
    comment="Costs copied to tickets made from a template",
)
stored_query = _rows(
    "stored_query",
    Column("filter", JSONB, nullable=False, comment="In the words of the domain's search"),
    Column("sort", JSONB, nullable=False, comment="List of [field, asc or desc]"),
    flag("fixed", comment="Seeded: can be edited, switched off and restored, not deleted"),
    CheckConstraint("jsonb_typeof(filter) = 'object'", name="filter_is_object"),
    CheckConstraint("jsonb_typeof(sort) = 'array'", name="sort_is_list"),
    comment="Searches that callers run by guid; placeholders $caller, $caller_groups, $days:N",
)
helpdesk_setting = Table(
    "helpdesk_setting",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False, comment="A switch is 0 or 1"),
    stamp("changed"),
    one_of("name", (*HELPDESK_SWITCHES, "max_attachment_bytes")),
    CheckConstraint(
        "value between 0 and case name when 'max_attachment_bytes' then 6291456 else 1 end",
        name="value_range",
    ),
    comment="The operator's rules for closing and booking; read inside each transaction",
)
registered_object = Table(
    "registered_object",
    metadata,
    key(),
    guid(),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    flag("active", TRUE),
    stamp("created"),
    stamp("changed"),
    one_of("kind", ("asset", "client")),
    comment="Assets and clients of another system that may be linked while the registry is closed",
)
ticket_counter = Table(
    "ticket_counter",
    metadata,
    Column("day", Date, primary_key=True),
    Column("value", BigInteger, nullable=False, server_default=ONE),
    CheckConstraint("value > 0", name="value_positive"),
    comment="Day counter of ticket numbers; gaps are allowed",
)
