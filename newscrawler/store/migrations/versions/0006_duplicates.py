"""Duplicates with their records, articles that are gone, and twin addresses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from newscrawler.dedupe import twin_key

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """One table, and columns of two others; the twin keys of the articles that are there are made."""
    big = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "duplicates",
        sa.Column("page_id", big, sa.ForeignKey("pages.id"), primary_key=True, autoincrement=False),
        sa.Column("article_id", sa.Text, sa.ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
        sa.Column("of_revision", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False, unique=True),
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("domain", sa.Text, nullable=False),
        sa.Column("seen_at", sa.Float, nullable=False),
        sa.Column("record", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_duplicates_article_id", "duplicates", ["article_id"])
    op.add_column("articles", sa.Column("twin_key", sa.Text, nullable=False, server_default=""))
    op.add_column("articles", sa.Column("absences", sa.Integer, nullable=False, server_default="0"))
    op.add_column("articles", sa.Column("absent_run", sa.BigInteger))
    op.add_column("articles", sa.Column("gone_at", sa.Float))
    op.add_column("tombstones", sa.Column("kind", sa.Text, nullable=False, server_default="forgotten"))
    _fill(op.get_bind())
    op.create_index("ix_articles_twin_key", "articles", ["twin_key"])


def _fill(connection: sa.Connection) -> None:
    """Twin keys by the thousand, so that memory does not grow with the collection."""
    last = ""
    while rows := connection.execute(sa.text("SELECT id, article_key FROM articles WHERE id > :last ORDER BY id LIMIT 1000"), {"last": last}).all():
        made = [{"twin": twin_key(row.article_key), "article": row.id} for row in rows]
        connection.execute(sa.text("UPDATE articles SET twin_key = :twin WHERE id = :article"), made)
        last = rows[-1].id
