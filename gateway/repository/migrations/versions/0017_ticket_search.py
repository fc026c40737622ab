"""Orders and conditions of searches for tickets have their indexes."""

from alembic import op

revision = "0017"
down_revision = "0016"

_ESCALATIONS = ("escalation_first_response", "escalation_update", "escalation_solution")
_NEAREST = f"least({', '.join(_ESCALATIONS)})"


def upgrade() -> None:
    # An index on all tickets takes longer than a statement of a call may.
    op.execute("set local statement_timeout = '10min'")
    op.execute('create index ix_ticket_title_start on ticket (left(title, 100) collate "C", id)')
    for name in ("priority_id", "responsible_id", "created_by"):
        op.execute(f"create index ix_ticket_{name} on ticket ({name}, created desc, id desc)")
    for name in ("service_id", "sla_id"):
        op.execute(
            f"create index ix_ticket_{name} on ticket ({name}, created desc, id desc)"
            f" where {name} is not null"
        )
    op.execute("create index ix_ticket_archived on ticket (created desc, id desc) where archived")
    for name in _ESCALATIONS:
        op.execute(f"create index ix_ticket_{name} on ticket ({name}, id) where {name} is not null")
    op.execute(
        f"create index ix_ticket_escalation on ticket (({_NEAREST}), id)"
        f" where {_NEAREST} is not null"
    )
    for name in ("customer_key", "customer_address"):
        op.execute(
            f"create index ix_ticket_{name} on ticket using gin ({name} gin_trgm_ops)"
            f" where {name} is not null"
        )
    op.execute("create index ix_article_created on article (created, ticket_id)")
    # Which values are frequent differs from field to field.
    op.execute("create statistics st_ticket_field (mcv) on field_id, vt from ticket_field")


def downgrade() -> None:
    op.execute("drop statistics st_ticket_field")
    op.execute("drop index ix_article_created")
    names = ("customer_address", "customer_key", "escalation", *reversed(_ESCALATIONS))
    columns = ("archived", "sla_id", "service_id", "created_by", "responsible_id", "priority_id")
    for name in (*names, *columns, "title_start"):
        op.execute(f"drop index ix_ticket_{name}")
