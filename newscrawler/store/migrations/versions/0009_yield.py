"""What each run brought of each origin, alerts, and what of these is to be sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

BigId = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default="0")


def upgrade() -> None:
    """Three tables, empty: of earlier runs nobody knows what they started from."""
    counts = ("settled", "complete", "asked", "errors", "duplicates", "unchanged", "articles", "authors", "dates", "keywords", "repaired")
    op.create_table(
        "yields",
        sa.Column("run_id", BigId, sa.ForeignKey("runs.id"), primary_key=True, autoincrement=False),
        sa.Column("origin", sa.Text, primary_key=True),
        sa.Column("started_at", sa.Float, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        *(_count(name) for name in counts),
        sa.Column("repairs", sa.Float),
        sa.Column("length", sa.Float),
    )
    op.create_index("yields_history", "yields", ["origin", "started_at"])
    op.create_table(
        "alerts",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("opened_run", BigId, nullable=False),
        sa.Column("opened_at", sa.Float, nullable=False),
        sa.Column("value", sa.Float, nullable=False),
        sa.Column("expected", sa.Float, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("runs", sa.Integer, nullable=False),
        sa.Column("last_good", sa.Text),
        sa.Column("first_bad", sa.Text),
        sa.Column("closed_run", BigId),
        sa.Column("closed_at", sa.Float),
        sa.Column("closed_value", sa.Float),
    )
    op.create_index(
        "alerts_open", "alerts", ["origin", "field"], unique=True,
        sqlite_where=sa.text("closed_at IS NULL"), postgresql_where=sa.text("closed_at IS NULL"),
    )  # fmt: skip
    op.create_table(
        "notices",
        sa.Column("alert_id", sa.Text, sa.ForeignKey("alerts.id"), primary_key=True),
        sa.Column("event", sa.Text, primary_key=True),
        sa.Column("channel", sa.Text, primary_key=True),
        sa.Column("claimed_until", sa.Float, nullable=False, server_default="0"),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("sent_at", sa.Float),
        sa.Column("error", sa.Text),
    )
