"""Runs of the schedule: who runs what, what ran, what was missed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """One table, empty; its indices are the rules of the schedule."""
    op.create_table(
        "scheduled_runs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("due", sa.Float, nullable=False),
        sa.Column("missed", sa.Integer, nullable=False, server_default="0"),
        sa.Column("missed_from", sa.Float),
        sa.Column("slot", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("beat", sa.Integer, nullable=False, server_default="0"),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="1"),
        sa.Column("started_at", sa.Float),
        sa.Column("ended_at", sa.Float),
        sa.Column("reason", sa.Text),
        sa.Column("exit_code", sa.Integer),
        sa.Column("fetched", sa.Integer),
        sa.Column("articles", sa.Integer),
    )
    for name, columns, condition in (
        ("scheduled_once", ["source", "due"], "missed = 0"),
        ("scheduled_source", ["source"], "ended_at IS NULL"),
        ("scheduled_slot", ["slot"], "ended_at IS NULL"),
    ):
        where = sa.text(condition)
        op.create_index(name, "scheduled_runs", columns, unique=True, sqlite_where=where, postgresql_where=where)
