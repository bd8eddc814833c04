"""Clusters of near-duplicates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

BigId = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Two tables, empty; where articles are stored already a mark that they have no fingerprints, which `reextract` makes."""
    op.create_table(
        "near_pairs",
        sa.Column("one", BigId, nullable=False),
        sa.Column("other", BigId, nullable=False),
        sa.PrimaryKeyConstraint("one", "other"),
        sqlite_with_rowid=False,
    )
    op.create_index("near_pairs_other", "near_pairs", ["other"])
    op.create_table(
        "clusters",
        sa.Column("page_id", BigId, sa.ForeignKey("pages.id"), primary_key=True, autoincrement=False),
        sa.Column("leader", BigId, nullable=False),
    )
    op.create_index("ix_clusters_leader", "clusters", ["leader"])
    op.execute("INSERT INTO counters (name, value) SELECT 'near_pending', 1 WHERE EXISTS (SELECT 1 FROM articles)")
