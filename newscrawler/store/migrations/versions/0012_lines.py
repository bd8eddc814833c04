"""Lines that sites repeat."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

BigId = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """A table, empty, and which lines a fingerprint was made without: none so far. What is stored learns as new articles come."""
    op.create_table(
        "near_lines",
        sa.Column("site", sa.Integer, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("title", sa.Integer, nullable=False),
        sa.Column("number", BigId, nullable=False),
        sa.PrimaryKeyConstraint("site", "line", "title"),
        sqlite_with_rowid=False,
    )
    op.add_column("near_prints", sa.Column("left_out", sa.LargeBinary))
