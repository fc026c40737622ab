"""The index of events that wait for a partner holds none that it is never shown: its own news."""

from alembic import op

revision = "0020"
down_revision = "0019"

_WAITING = "create index ix_event_unconfirmed on event (partner_id, id) where confirmed is null"


def upgrade() -> None:
    # An index on all events takes longer than a statement of a call may.
    op.execute("set local statement_timeout = '10min'")
    op.execute("drop index ix_event_unconfirmed")
    op.execute(
        f"{_WAITING} and direction = 'Out' and origin_partner_id is distinct from partner_id"
    )


def downgrade() -> None:
    op.execute("set local statement_timeout = '10min'")
    op.execute("drop index ix_event_unconfirmed")
    op.execute(f"{_WAITING} and direction = 'Out'")
