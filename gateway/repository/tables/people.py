"""Who works and who asks: agents, groups and their permissions, customers, customer users."""

from sqlalchemy import CheckConstraint, Column, Date, Index, Table, Text, func
from sqlalchemy.dialects.postgresql import ARRAY

from gateway.repository.tables.columns import (
    NO_TEXTS,
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

PERMISSIONS = ("ro", "rw", "create", "move_into", "note", "owner", "priority")

agent = Table(
    "agent",
    metadata,
    key(),
    guid(),
    Column("login", Text, nullable=False, unique=True),
    words("title"),
    words("first_name"),
    words("last_name"),
    words("email"),
    words("phone"),
    Column("unique_id", Text, unique=True, comment="How partners name the person"),
    flag("from_directory", comment="Kept by an outside directory"),
    flag("active", TRUE),
    moment("last_login"),
    flag("out_of_office"),
    Column("out_of_office_start", Date),
    Column("out_of_office_end", Date),
    count("position"),
    stamp("created"),
    stamp("changed"),
    CheckConstraint("login <> ''", name="login_filled"),
    CheckConstraint("unique_id <> ''", name="unique_id_filled"),
    comment="People who work on tickets",
)
Index("ix_agent_login", func.lower(agent.c.login), unique=True)
Index("ix_agent_email", func.lower(agent.c.email))

agent_group = Table(
    "agent_group",
    metadata,
    key(),
    guid(),
    Column("name", Text, nullable=False, unique=True),
    words("description"),
    words("email"),
    count("position"),
    flag("active", TRUE),
    flag("support", comment="Offered as support group of catalog services"),
    flag("integrated", comment="Its tasks go to a partner"),
    reference("partner_id", "partner"),
    reference("assignment_process_id", "process"),
    reference("update_process_id", "process"),
    reference("closure_process_id", "process"),
    reference("return_group_id", "agent_group"),
    flag("resend_unacknowledged", TRUE),
    Column("forward_entries", Text, nullable=False, server_default="visible"),
    Column(
        "allowed_senders",
        ARRAY(Text),
        nullable=False,
        server_default=NO_TEXTS,
        comment="Addresses and @domains whose mail may change a task; empty: nobody",
    ),
    stamp("created"),
    stamp("changed"),
    CheckConstraint("name <> ''", name="name_filled"),
    CheckConstraint("not integrated or partner_id is not null", name="integrated_has_partner"),
    CheckConstraint("return_group_id <> id", name="returns_elsewhere"),
    one_of("forward_entries", ("none", "visible", "all")),
    comment="Groups of agents, for permissions and assignment",
)
Index("ix_agent_group_name", func.lower(agent_group.c.name), unique=True)

permission = Table(
    "permission",
    metadata,
    member("agent_id", "agent"),
    member("group_id", "agent_group"),
    Column("key", Text, primary_key=True),
    one_of("key", PERMISSIONS),
    comment="What an agent may do in a group; rw includes all other keys",
)
Index("ix_permission_group_id", permission.c.group_id, permission.c.key)

customer = Table(
    "customer",
    metadata,
    key(),
    guid(),
    Column("key", Text, nullable=False, unique=True, comment="The text id other dialects use"),
    Column("name", Text, nullable=False),
    words("email"),
    count("position"),
    flag("active", TRUE),
    stamp("created"),
    stamp("changed"),
    CheckConstraint("key <> ''", name="key_filled"),
    comment="Companies that ask; the id is the number callers see",
)
customer_user = Table(
    "customer_user",
    metadata,
    key(),
    guid(),
    Column("login", Text, nullable=False, unique=True),
    words("title"),
    words("first_name"),
    words("last_name"),
    words("email"),
    words("phone"),
    Column("unique_id", Text, unique=True, comment="How partners name the person"),
    reference("customer_id", "customer"),
    count("position"),
    flag("active", TRUE),
    moment("last_login"),
    stamp("created"),
    stamp("changed"),
    CheckConstraint("login <> ''", name="login_filled"),
    CheckConstraint("unique_id <> ''", name="unique_id_filled"),
    comment="People who ask",
)
Index("ix_customer_user_customer_id", customer_user.c.customer_id)
Index("ix_customer_user_email", func.lower(customer_user.c.email))
