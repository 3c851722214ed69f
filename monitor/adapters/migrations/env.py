"""Alembic's entry: runs within the transaction that open_database hands over."""

from alembic import context

from monitor.adapters import judging_tables, notice_tables, reason_tables, roster_tables  # noqa: F401  # tables are known once their module is imported
from monitor.adapters.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,  # SQLite cannot alter a column in place
)
context.run_migrations()
