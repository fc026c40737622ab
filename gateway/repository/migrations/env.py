"""Alembic's entry: runs the steps on the connection that the caller opened and locked."""

from alembic import context

from gateway.repository.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=False,
)
context.run_migrations()
