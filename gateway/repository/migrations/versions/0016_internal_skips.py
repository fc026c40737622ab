"""A mail of ours that is dead lets the later mails of its ticket pass.

Partners hear of a ticket in order, or not at all; the mails of an article are of that article
alone. Whoever wants them stopped sets ``on_dead`` of ``internal`` back.
"""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.execute("update partner set dead_policy = 'skip' where internal")
    op.execute(
        "update stream s set blocked = false, due = now() from partner p"
        " where p.id = s.partner_id and p.internal and s.blocked"
    )


def downgrade() -> None:
    op.execute("update partner set dead_policy = 'block' where internal")
