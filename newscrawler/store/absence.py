"""Articles whose page is gone: counted until it is certain, then a tombstone; the row and its revisions stay, for it may come back.

It comes back with any page that has it (`dedupe.decide`), and what repeated it may be there still. But a duplicate is asked for no more, and
an unchanged answer would leave it one for ever. So the best duplicate of an article that is gone is queued, without validators, and the
decision about it is made anew on what it says then. Not from the record that is kept of it: it may be as gone as the article, and where no
record is kept it would be lost. When it does not bring the article back, the next one is queued; one at a time, so that it is the best that
does, and a million copies cost no million requests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import sqlalchemy as sa

from newscrawler.store import visits
from newscrawler.store.tables import articles, duplicates, pages, tombstones
from newscrawler.store.tables import visits as visited

ENOUGH = 3
"""Visits in different runs, none between them that found a page, that find none (404), or one that is told that it is gone for good (410, RFC
9110 section 15.5.11)."""

PRIORITY = 58
"""Of duplicates of what is gone: with the newest articles."""

_home, _waiting = pages.alias("home"), pages.alias("waiting")
_COPIES = (
    sa.select(articles.c.id.label("article"), pages.c.id, pages.c.url, pages.c.host, pages.c.depth)
    .select_from(
        articles.join(_home, _home.c.id == articles.c.page_id)
        .join(pages, pages.c.article_id == articles.c.id)
        .outerjoin(duplicates, duplicates.c.page_id == pages.c.id)
    )
    .where(
        articles.c.gone_at.is_not(None),
        pages.c.state == "duplicate",
        # One that waits already is tried first, whatever it is; one of a host that is parked may wait for ever.
        ~sa.exists().where(
            _waiting.c.article_id == articles.c.id,
            _waiting.c.state.in_(("queued", "in_flight")),
            sa.func.coalesce(_waiting.c.reason, "").not_like("%parked%"),
        ),
    )
    .order_by(articles.c.id, sa.case((pages.c.host == _home.c.host, 0), (duplicates.c.domain == articles.c.domain, 1), else_=2), pages.c.id)
)
_COPY = _COPIES.where(articles.c.id == sa.bindparam("of")).limit(1)


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
    """Begins the count anew: there was an answer that is no "there is no such page"."""
    connection.execute(articles.update().where(articles.c.page_id == page_id, articles.c.absences > 0).values(absences=0, absent_run=None))


def try_copy(connection: sa.Connection, article_id: str) -> list[tuple[str, int]]:
    """Queues the best duplicate of an article that is gone; returns its host with 1, [] when it is not gone, has none, or one waits already.

    The best is of the article's host, else of its site, and was found first.
    """
    row = connection.execute(_COPY, {"of": article_id}).first()
    if row is None:
        return []
    _ask_anew(connection, [row.id])
    return [(row.host, 1)]


def try_copies(connection: sa.Connection, wanted: Callable[[str, int], bool]) -> int:
    """Queues for every article that is gone the best duplicate that `wanted(url, depth)` admits; returns their number.

    Nothing to do but for articles that were gone before their duplicates were asked, or that an earlier crawl had no leave to ask for.
    """
    best: dict[str, int] = {}
    for row in connection.execute(_COPIES):
        if row.article not in best and wanted(row.url, row.depth):
            best[row.article] = row.id
    _ask_anew(connection, best.values())
    return len(best)


def _ask_anew(connection: sa.Connection, page_ids: Iterable[int]) -> None:
    """Queues pages so that a whole answer is read, be it the same as last time."""
    listed = list(page_ids)
    for start in range(0, len(listed), 500):
        forgotten = visited.update().where(visited.c.page_id.in_(listed[start : start + 500]))
        connection.execute(forgotten.values(etag=None, last_modified=None, body_hash=None))
    visits.queue_again(connection, listed, PRIORITY)
