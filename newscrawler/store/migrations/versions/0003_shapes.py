"""Kinds of pages by the shape of their addresses. The pages that are there already are counted, as a new database would have them."""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sa
from alembic import op

from newscrawler.store.shapes import change_of

revision = "0003"
down_revision = "0002"

_KINDS = ("articles", "hubs", "others")


def upgrade() -> None:
    """One table, filled from the pages."""
    counts = [sa.Column(name, sa.Integer, nullable=False) for name in _KINDS]
    columns = sa.Column("site", sa.Text, nullable=False), sa.Column("shape", sa.Text, nullable=False)
    shapes = op.create_table("shapes", *columns, *counts, sa.PrimaryKeyConstraint("site", "shape"))
    totals: Counter[tuple[str, str, str]] = Counter()
    for url, kind in op.get_bind().execute(sa.text("SELECT url, kind FROM pages WHERE kind IN ('article', 'hub', 'other')")):
        (site, shape), change = change_of(url, kind)
        totals.update({(site, shape, name): number for name, number in change._asdict().items() if number})
    keys = dict.fromkeys((site, shape) for site, shape, _ in totals)
    op.bulk_insert(shapes, [{"site": site, "shape": shape, **{name: totals[site, shape, name] for name in _KINDS}} for site, shape in keys])
