"""Tickets may name a customer that is no row: callers of the Znuny dialect send what they like."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column(
        "ticket",
        sa.Column(
            "customer_key",
            sa.Text(),
            nullable=True,
            comment="A bare customer id where no customer is known",
        ),
    )
    op.create_check_constraint(
        op.f("ck_ticket_one_customer"),
        "ticket",
        "num_nonnulls(customer_id, customer_key) <= 1",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_ticket_one_customer"), "ticket")
    op.drop_column("ticket", "customer_key")
