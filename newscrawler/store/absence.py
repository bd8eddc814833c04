"""Articles whose page is gone: counted until it is certain, then a tombstone; the row and its revisions stay, for it may come back."""

from __future__ import annotations

import sqlalchemy as sa

from newscrawler.store.tables import articles, pages, tombstones

ENOUGH = 3
"""Visits in different runs that find no page (404), or one that is told that it is gone for good (410, RFC 9110 section 15.5.11)."""


def note(connection: sa.Connection, page_id: int, weight: int, run_id: int, now: float, seq: int) -> tuple[str | None, bool]:
    """Counts a visit that found no page; returns what to add to the reason, and whether a tombstone with `seq` was written.

    (None, False) for a page that never brought an article, or whose article is gone already. One run counts once.
    """
    query = sa.select(articles.c.id, articles.c.domain, articles.c.absences, articles.c.absent_run, pages.c.url)
    row = connection.execute(query.join(pages, pages.c.id == articles.c.page_id).where(articles.c.page_id == page_id, articles.c.gone_at.is_(None))).first()
    if row is None:
        return None, False
    seen_this_run = row.absent_run == run_id and weight < ENOUGH
    absences = min(ENOUGH, row.absences + (0 if seen_this_run else weight))
    gone = absences >= ENOUGH
    changed = {"absences": absences, "absent_run": run_id, "gone_at": now if gone else None}
    connection.execute(articles.update().where(articles.c.id == row.id).values(**changed))
    if not gone:
        return f"visit {absences} of {ENOUGH} before its article counts as gone", False
    grave = {"seq": seq, "article_id": row.id, "url": row.url, "domain": row.domain, "deleted_at": now, "kind": "gone"}
    connection.execute(tombstones.insert(), grave)
    return "its article is gone", True


def end(connection: sa.Connection, page_id: int) -> None:
    """Begins the count anew: the page was there."""
    connection.execute(articles.update().where(articles.c.page_id == page_id, articles.c.absences > 0).values(absences=0, absent_run=None))
