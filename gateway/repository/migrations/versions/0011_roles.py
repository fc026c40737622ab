"""Database roles beside the owner: the application may only add to the audit, readers only read.

They matter where the operator gives them to separate logins; the owner needs neither. Partitions
are made and dropped, and the audit is pruned, by the owner.
"""

from alembic import op

revision = "0011"
down_revision = "0010"

_APP = "ticket_gateway_app"
_READER = "ticket_gateway_reader"

# What a reader of reports has no business with.
_SECRET = ("account_secret", "session", "nonce", "mail_key", "message_sealed")


def upgrade() -> None:
    for role in (_APP, _READER):
        # Roles belong to the cluster: another database may have made them, and where the owner
        # may make none, the operator does without or makes them before.
        op.execute(
            f"do $$ begin create role {role} nologin;"
            " exception when duplicate_object or unique_violation or insufficient_privilege"
            " then null; end $$"
        )
    _if_there(
        _APP,
        "grant usage on schema %1$I to {role}",
        "grant select, insert, update, delete on all tables in schema %1$I to {role}",
        "grant usage, select on all sequences in schema %1$I to {role}",
        "revoke update, delete on audit from {role}",
        "revoke insert, update, delete on alembic_version from {role}",
        "alter default privileges in schema %1$I"
        " grant select, insert, update, delete on tables to {role}",
        "alter default privileges in schema %1$I grant usage, select on sequences to {role}",
    )
    _if_there(
        _READER,
        "grant usage on schema %1$I to {role}",
        "grant select on all tables in schema %1$I to {role}",
        *(f"revoke select on {table} from {{role}}" for table in _SECRET),
    )


def downgrade() -> None:
    for role in (_APP, _READER):
        _if_there(
            role,
            "alter default privileges in schema %1$I revoke all on tables from {role}",
            "alter default privileges in schema %1$I revoke all on sequences from {role}",
            "revoke all on all tables in schema %1$I from {role}",
            "revoke all on all sequences in schema %1$I from {role}",
            "revoke all on schema %1$I from {role}",
        )


def _if_there(role: str, *statements: str) -> None:
    """Run statements in the present schema, if the cluster has the role."""
    runs = " ".join(
        f"execute format('{statement.format(role=role)}', current_schema());"
        for statement in statements
    )
    op.execute(
        f"do $$ begin if exists (select from pg_roles where rolname = '{role}')"
        f" then {runs} end if; end $$"
    )
