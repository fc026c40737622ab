"""What a form or the tags of a mail said about a ticket is kept for placeholders of processes."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "form_value",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_form_value_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", "label", name=op.f("pk_form_value")),
        sa.CheckConstraint(
            "length(label) between 1 and 250", name=op.f("ck_form_value_label_length")
        ),
        comment="What a form or the tags of a mail said about a ticket, by label",
    )


def downgrade() -> None:
    op.drop_table("form_value")
