"""The external app that makes tickets of received mails is there from the start."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.execute(
        "insert into external_app (code, label) values ('MAIL', 'Received mail')"
        " on conflict (code) do nothing"
    )


def downgrade() -> None:
    # What an operator made of it stays.
    op.execute(
        "delete from external_app a where code = 'MAIL' and partner_id is null"
        " and template_id is null and requester_id is null"
        " and not exists (select from external_app_field f where f.app_id = a.id)"
    )
