"""Alembic's entry: migrates the database of `database.migrate`, one migrator at a time."""

import sqlalchemy as sa
from alembic import context

from bookshop import (  # noqa: F401  they declare the tables
    books,
    carts,
    disputes,
    events,
    invoices,
    ledger,
    limits,
    mail,
    orders,
    refunds,
    stock,
    workers,
)
from bookshop.database import Table

# Two releases that start at once wait for each other here instead of meeting half way.
ADVISORY_LOCK = 6_021_023

engine = sa.create_engine(context.config.attributes["url"], poolclass=sa.NullPool)
with engine.connect() as connection:
    connection.execute(sa.text("SET lock_timeout = '10s'"))
    connection.execute(sa.text("SELECT pg_advisory_lock(:key)").bindparams(key=ADVISORY_LOCK))
    connection.commit()
    context.configure(
        connection=connection, target_metadata=Table.metadata, compare_type=True, include_schemas=False
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
