"""Articles of several pages: what each of their pages says."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """One table."""
    op.create_table(
        "parts",
        sa.Column("page_id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), sa.ForeignKey("pages.id"), primary_key=True),
        sa.Column("head_id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), sa.ForeignKey("pages.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("record", sa.Text),
        sa.Column("examples", sa.Text),
    )
    op.create_index("ix_parts_head_id", "parts", ["head_id"])
