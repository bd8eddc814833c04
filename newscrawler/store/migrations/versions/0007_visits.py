"""What is known of each visit, what feeds and sitemaps announce, and all the ways in which a page was found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
_BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Three tables. Sections, feeds and sitemaps read before are due an hour after they were read; nothing else is."""
    op.create_table(
        "ways",
        sa.Column("page_id", _BIG, sa.ForeignKey("pages.id"), nullable=False),
        sa.Column("way", sa.Text, nullable=False),
        sa.Column("from_page", _BIG, sa.ForeignKey("pages.id"), nullable=False),
        sa.PrimaryKeyConstraint("page_id", "way"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "announced",
        sa.Column("page_id", _BIG, sa.ForeignKey("pages.id"), primary_key=True, autoincrement=False),
        sa.Column("source", sa.Text, sa.CheckConstraint("source IN ('feed', 'sitemap')", name="known_source"), nullable=False),
        sa.Column("nesting", sa.Integer, nullable=False, server_default="0"),
        sa.Column("title", sa.Text),
        sa.Column("published", sa.Text),
        sa.Column("keywords", sa.Text),
    )
    op.create_table(
        "visits",
        sa.Column("page_id", _BIG, sa.ForeignKey("pages.id"), primary_key=True, autoincrement=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("body_hash", sa.Text),
        sa.Column("reading", sa.Text, nullable=False, server_default=""),
        sa.Column("visits", sa.Integer, nullable=False),
        sa.Column("news", sa.Float, nullable=False),
        sa.Column("span", sa.Float, nullable=False),
        sa.Column("misses", sa.Integer, nullable=False, server_default="0"),
        sa.Column("first_at", sa.Float, nullable=False),
        sa.Column("last_at", sa.Float, nullable=False),
        sa.Column("interval", sa.Float, nullable=False),
        sa.Column("next_due", sa.Float),
    )
    where = sa.text("next_due IS NOT NULL")
    op.create_index("visits_due", "visits", ["next_due"], sqlite_where=where, postgresql_where=where)
    op.execute(
        "INSERT INTO visits (page_id, state, visits, news, span, misses, first_at, last_at, interval, next_due) "
        "SELECT id, 'read', 1, 0, 0, 0, fetched_at, fetched_at, 3600, fetched_at + 3600 FROM pages "
        "WHERE state = 'read' AND kind = 'hub' AND fetched_at IS NOT NULL"
    )
