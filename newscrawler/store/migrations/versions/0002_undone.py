"""Kinds of repair that a collection does without."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """One table."""
    op.create_table("undone", sa.Column("kind", sa.Text, primary_key=True), sa.Column("undone_at", sa.Float, nullable=False))
