"""A customer's tickets are read page by page, in the order of their ids."""

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_index("ix_ticket_customer_id_id", "ticket", ["customer_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_ticket_customer_id_id", table_name="ticket")
