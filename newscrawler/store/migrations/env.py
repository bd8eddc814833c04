"""Alembic's side of `newscrawler db upgrade`: runs the migrations on the engine that store.database hands over."""

from alembic import context

from newscrawler.store.tables import metadata

with context.config.attributes["engine"].begin() as connection:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
