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
    for name in ("priority_id", "responsible_id"):
        op.execute(f"create index ix_ticket_{name} on ticket ({name}, created desc, id desc)")
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


def downgrade() -> None:
    op.execute("drop index ix_article_created")
    names = ("customer_address", "customer_key", "escalation", *reversed(_ESCALATIONS))
    for name in (*names, "responsible_id", "priority_id", "title_start"):
        op.execute(f"drop index ix_ticket_{name}")
