"""Entries are found by the event they made; nobody looks for them by task or Message-ID."""

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    # An index on all articles takes longer than a statement of a call may.
    op.execute("set local statement_timeout = '10min'")
    op.execute(
        "create index ix_article_event_guid on article (event_guid) where event_guid is not null"
    )
    op.execute("drop index ix_article_message_id")
    op.execute("drop index ix_article_task_id")


def downgrade() -> None:
    op.execute("set local statement_timeout = '10min'")
    op.execute("create index ix_article_task_id on article (task_id) where task_id is not null")
    op.execute("create index ix_article_message_id on article (message_id) where message_id <> ''")
    op.execute("drop index ix_article_event_guid")
