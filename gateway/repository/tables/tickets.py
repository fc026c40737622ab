"""Tickets, their tasks, their sets of people, their dynamic fields and external references."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Numeric,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)

from gateway.repository.tables.columns import (
    ONE,
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

TASK_STATES = (
    "Open", "Assigned", "SentToExternal", "InProgressExternal", "SolutionProposed", "Closed",
)  # fmt: skip

ticket = Table(
    "ticket",
    metadata,
    key(),
    guid(),
    Column("number", Text, nullable=False, unique=True),
    count("version", ONE, comment="Raised by every effective change, of entries too"),
    Column("title", Text, nullable=False),
    words("keywords"),
    reference("state_id", "state", required=True),
    reference("priority_id", "priority", required=True),
    reference("type_id", "type"),
    reference("category_id", "category"),
    reference("queue_id", "queue", required=True),
    reference("service_id", "service"),
    reference("sla_id", "sla"),
    reference("impact_id", "impact"),
    reference("resolution_id", "resolution"),
    Column("lock", Text, nullable=False, server_default="unlock"),
    moment("unlock_until", comment="When a lock ends by itself"),
    reference("owner_id", "agent"),
    reference("assigned_group_id", "agent_group"),
    reference("responsible_id", "agent"),
    reference("customer_id", "customer"),
    reference("customer_user_id", "customer_user"),
    Column("customer_address", Text, comment="A bare address where no customer user is known"),
    reference("template_id", "template"),
    moment("pending_until"),
    moment("escalation_first_response"),
    moment("escalation_update"),
    moment("escalation_solution"),
    moment("first_response"),
    moment("first_lock"),
    moment("closed", comment="Null while its state is of an open type"),
    Column("follow_up", Date),
    Column("action_required", Date),
    flag("archived"),
    # No foreign key: rows of two tickets are tied by links only, so that tickets can be spread
    # over machines one day (storage page 10).
    Column("merged_into_id", BigInteger),
    stamp("created"),
    reference("created_by", "agent"),
    stamp("changed", comment="Entries raise it too"),
    reference("changed_by", "agent"),
    one_of("lock", ("unlock", "lock", "tmp_lock")),
    CheckConstraint("title <> ''", name="title_filled"),
    CheckConstraint("number <> ''", name="number_filled"),
    CheckConstraint("version > 0", name="version_positive"),
    CheckConstraint("merged_into_id <> id", name="not_merged_into_itself"),
    CheckConstraint("num_nonnulls(customer_user_id, customer_address) <= 1", name="one_asker"),
    # At the end, where the migration put it.
    Column("customer_key", Text, comment="A bare customer id where no customer is known"),
    CheckConstraint("num_nonnulls(customer_id, customer_key) <= 1", name="one_customer"),
    comment="One request from start to finish",
)
_newest = (ticket.c.created.desc(), ticket.c.id.desc())
Index("ix_ticket_created", *_newest)
Index("ix_ticket_changed", ticket.c.changed.desc(), ticket.c.id.desc())
Index("ix_ticket_queue_id", ticket.c.queue_id, ticket.c.state_id, *_newest)
Index("ix_ticket_state_id", ticket.c.state_id, *_newest)
Index("ix_ticket_customer_id", ticket.c.customer_id, *_newest)
# For lists of a customer's tickets that are read page by page.
Index("ix_ticket_customer_id_id", ticket.c.customer_id, ticket.c.id)
Index("ix_ticket_owner_id", ticket.c.owner_id, *_newest)
# The predicate is the closing time: the operator's states have no constant ids.
Index(
    "ix_ticket_open",
    ticket.c.queue_id,
    *_newest,
    postgresql_where=ticket.c.closed.is_(None),
)
# For the lists of open tickets: they are in the order of the ticket numbers.
Index("ix_ticket_open_id", ticket.c.id, postgresql_where=ticket.c.closed.is_(None))
Index("ix_ticket_customer_user_id", ticket.c.customer_user_id, *_newest)
Index("ix_ticket_assigned_group_id", ticket.c.assigned_group_id, *_newest)
Index(
    "ix_ticket_merged_into_id",
    ticket.c.merged_into_id,
    postgresql_where=ticket.c.merged_into_id.is_not(None),
)
Index(
    "ix_ticket_title",
    ticket.c.title,
    postgresql_using="gin",
    postgresql_ops={"title": "gin_trgm_ops"},
)
Index(
    "ix_ticket_number",
    ticket.c.number,
    postgresql_using="gin",
    postgresql_ops={"number": "gin_trgm_ops"},
)
Index(
    "ix_ticket_pending_until",
    ticket.c.pending_until,
    postgresql_where=ticket.c.pending_until.is_not(None),
)
Index(
    "ix_ticket_unlock_until",
    ticket.c.unlock_until,
    postgresql_where=ticket.c.unlock_until.is_not(None),
)

# Searches are ordered by them. Titles can be longer than a row of an index.
Index("ix_ticket_title_start", func.left(ticket.c.title, text("100")).collate("C"), ticket.c.id)
Index("ix_ticket_priority_id", ticket.c.priority_id, *_newest)
Index("ix_ticket_responsible_id", ticket.c.responsible_id, *_newest)
Index("ix_ticket_created_by", ticket.c.created_by, *_newest)
for _rare in (ticket.c.service_id, ticket.c.sla_id):
    Index(f"ix_ticket_{_rare.name}", _rare, *_newest, postgresql_where=_rare.is_not(None))
Index("ix_ticket_archived", *_newest, postgresql_where=ticket.c.archived)
_escalations = (
    ticket.c.escalation_first_response,
    ticket.c.escalation_update,
    ticket.c.escalation_solution,
)
for _due in _escalations:
    Index(f"ix_ticket_{_due.name}", _due, ticket.c.id, postgresql_where=_due.is_not(None))
_nearest = func.least(*_escalations)
Index("ix_ticket_escalation", _nearest, ticket.c.id, postgresql_where=_nearest.is_not(None))
for _bare in (ticket.c.customer_key, ticket.c.customer_address):
    Index(
        f"ix_ticket_{_bare.name}",
        _bare,
        postgresql_using="gin",
        postgresql_ops={_bare.name: "gin_trgm_ops"},
        postgresql_where=_bare.is_not(None),
    )

ticket_field = Table(
    "ticket_field",
    metadata,
    member("ticket_id", "ticket"),
    member("field_id", "dynamic_field"),
    Column("position", SmallInteger, primary_key=True, server_default=ONE, autoincrement=False),
    Column("vt", Text, nullable=False, comment="The value as text, whatever its type"),
    Column("vn", Numeric, comment="The value of a number field"),
    Column("vd", DateTime(timezone=True), comment="The value of a date field"),
    CheckConstraint("num_nonnulls(vn, vd) <= 1", name="one_type"),
    CheckConstraint("position > 0", name="position_positive"),
    # A btree row ends at 2,704 bytes, keys and head included.
    CheckConstraint("octet_length(vt) between 1 and 2600", name="vt_length"),
    comment="Values of dynamic fields, one row per value; their only store",
)
Index(
    "ix_ticket_field_vt",
    ticket_field.c.field_id,
    ticket_field.c.vt,
    ticket_field.c.ticket_id,
    postgresql_ops={"vt": "text_pattern_ops"},
)
Index(
    "ix_ticket_field_vn",
    ticket_field.c.field_id,
    ticket_field.c.vn,
    ticket_field.c.ticket_id,
    postgresql_where=ticket_field.c.vn.is_not(None),
)
Index(
    "ix_ticket_field_vd",
    ticket_field.c.field_id,
    ticket_field.c.vd,
    ticket_field.c.ticket_id,
    postgresql_where=ticket_field.c.vd.is_not(None),
)
Index(
    "ix_ticket_field_vt_words",
    ticket_field.c.vt,
    postgresql_using="gin",
    postgresql_ops={"vt": "gin_trgm_ops"},
)

ticket_watcher = Table(
    "ticket_watcher",
    metadata,
    member("ticket_id", "ticket"),
    member("agent_id", "agent"),
    stamp("created"),
    comment="Agents who watch a ticket",
)
Index("ix_ticket_watcher_agent_id", ticket_watcher.c.agent_id)


def _ordered(name: str, column: str, target: str, comment: str) -> Table:
    """Make an ordered set of a ticket; the whole list is replaced at once."""
    table = Table(
        name,
        metadata,
        member("ticket_id", "ticket"),
        Column("position", SmallInteger, primary_key=True, autoincrement=False),
        reference(column, target, required=True),
        UniqueConstraint("ticket_id", column),
        CheckConstraint("position > 0", name="position_positive"),
        comment=comment,
    )
    Index(f"ix_{name}_{column}", table.c[column])
    return table


ticket_agent = _ordered("ticket_agent", "agent_id", "agent", "Further assigned agents, in order")
ticket_queue = _ordered("ticket_queue", "queue_id", "queue", "Further assigned queues, in order")
ticket_partner = _ordered("ticket_partner", "partner_id", "partner", "Involved partners, in order")

task = Table(
    "task",
    metadata,
    member("ticket_id", "ticket"),
    key(),
    guid(),
    flag("main", comment="The task that stands for its ticket"),
    Column("number", Text, nullable=False),
    count("version", ONE),
    words("subject"),
    words("description"),
    Column("state", Text, nullable=False, server_default="Open"),
    reference("priority_id", "priority"),
    reference("group_id", "agent_group"),
    reference("agent_id", "agent"),
    reference("previous_group_id", "agent_group"),
    reference("external_group_id", "agent_group"),
    words("solution"),
    words("solution_code"),
    reference("resolution_id", "resolution"),
    flag("external_closed", comment="Closed by the partner"),
    moment("target_date"),
    moment("closed"),
    reference("closed_by", "agent"),
    stamp("created"),
    reference("created_by", "agent"),
    stamp("changed"),
    reference("changed_by", "agent"),
    UniqueConstraint("id"),
    UniqueConstraint("ticket_id", "number"),
    one_of("state", TASK_STATES),
    CheckConstraint("(state = 'Closed') = (closed is not null)", name="closed_has_time"),
    CheckConstraint(
        "state not in ('SentToExternal', 'InProgressExternal') or external_group_id is not null",
        name="external_has_group",
    ),
    CheckConstraint("version > 0", name="version_positive"),
    comment="A piece of a ticket that a group works on; may live at a partner",
)
Index("ix_task_main", task.c.ticket_id, unique=True, postgresql_where=task.c.main)
Index(
    "ix_task_group_id",
    task.c.group_id,
    task.c.state,
    postgresql_where=task.c.state != text("'Closed'"),
)

task_partner = Table(
    "task_partner",
    metadata,
    Column("ticket_id", BigInteger, primary_key=True),
    Column("task_id", BigInteger, primary_key=True),
    member("partner_id", "partner"),
    Column("correlation_id", Uuid, nullable=False, server_default=text("gen_random_uuid()")),
    moment("sent", "First sent to the partner"),
    moment("acknowledged", "The partner confirmed its reference"),
    Column("acknowledged_event", Uuid, comment="Guid of the event of that confirmation"),
    ForeignKeyConstraint(("ticket_id", "task_id"), ("task.ticket_id", "task.id")),
    UniqueConstraint("correlation_id"),
    comment="What a partner knows of a task",
)
Index("ix_task_partner_partner_id", task_partner.c.partner_id)

external_system = Table(
    "external_system",
    metadata,
    key(),
    Column("name", Text, nullable=False, unique=True),
    CheckConstraint("name <> ''", name="name_filled"),
    comment="Whose numbers references are: a partner's, or a name in the settings",
)

external_reference = Table(
    "external_reference",
    metadata,
    key(),
    reference("system_id", "external_system", required=True),
    Column("reference", Text(collation="C"), nullable=False),
    reference("ticket_id", "ticket", required=True),
    # No foreign key: a merge moves the reference to the target, the task stays behind.
    Column("task_id", BigInteger),
    # live: the one holder of its text in its system. released: its task or ticket ended, others
    # may take the text. contested: reopened when another had taken the text.
    Column("claim", Text, nullable=False, server_default="live"),
    stamp("created"),
    stamp("changed"),
    one_of("claim", ("live", "released", "contested")),
    CheckConstraint("length(reference) between 1 and 200", name="reference_length"),
    comment="Numbers other systems gave our tickets; one live claim each",
)
# The backstop; the mechanism is the advisory lock taken before every look-up.
Index(
    "ix_external_reference_live",
    external_reference.c.system_id,
    external_reference.c.reference,
    unique=True,
    postgresql_where=external_reference.c.claim == text("'live'"),
)
Index(
    "ix_external_reference_reference",
    external_reference.c.reference,
    external_reference.c.system_id,
)
Index("ix_external_reference_ticket_id", external_reference.c.ticket_id)
Index(
    "ix_external_reference_task_id",
    external_reference.c.task_id,
    postgresql_where=external_reference.c.task_id.is_not(None),
)

ticket_link = Table(
    "ticket_link",
    metadata,
    member("ticket_id", "ticket"),
    member("other_id", "ticket"),
    Column("kind", Text, primary_key=True, server_default="plain"),
    stamp("created"),
    reference("created_by", "agent"),
    one_of("kind", ("plain", "parent")),
    CheckConstraint("ticket_id <> other_id", name="not_to_itself"),
    CheckConstraint("kind <> 'plain' or ticket_id < other_id", name="plain_once"),
    comment="Links between tickets; a plain one is read from both ends, its lower id first",
)
Index("ix_ticket_link_other_id", ticket_link.c.other_id)

object_link = Table(
    "object_link",
    metadata,
    member("ticket_id", "ticket"),
    Column("kind", Text, primary_key=True),
    Column("object", Uuid, primary_key=True),
    stamp("created"),
    reference("created_by", "agent"),
    one_of("kind", ("asset", "client")),
    comment="Links to assets and clients, which live in another system",
)
Index("ix_object_link_object", object_link.c.object, object_link.c.kind)

history = Table(
    "history",
    metadata,
    member("ticket_id", "ticket"),
    key(),
    stamp("created"),
    reference("agent_id", "agent"),
    words("actor", comment="Name of who did it where that is no agent"),
    words("dialect"),
    words("operation"),
    Column("kind", Text, nullable=False),
    words("text"),
    words("old"),
    words("new"),
    # What follows is as it was at that moment; rows of lists may change, so nothing is tied.
    Column("old_id", BigInteger),
    Column("new_id", BigInteger),
    Column("article_id", BigInteger),
    Column("queue_id", BigInteger, nullable=False),
    Column("state_id", BigInteger, nullable=False),
    Column("owner_id", BigInteger),
    Column("priority_id", BigInteger, nullable=False),
    Column("type_id", BigInteger),
    Column("message", BigInteger, comment="Number of the message that did it"),
    comment="Every change of a ticket: who, when, through what, old, new",
)
Index("ix_history_created", history.c.created, history.c.ticket_id)
