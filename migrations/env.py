"""How Alembic meets our database: the connection is handed over by ``recruitment.database.migrating``."""

from alembic import context

from recruitment.metadata import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    compare_type=True,
    transaction_per_migration=True,
    render_as_batch=False,
)
with context.begin_transaction():
    context.run_migrations()
