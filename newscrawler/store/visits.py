"""What is kept of each visit, and the SQL that makes pages due again. When the next visit is due is the frontier's business."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from typing import Any

import sqlalchemy as sa

from newscrawler.store.database import named_errors
from newscrawler.store.tables import articles, pages, visits


@dataclass(frozen=True, slots=True)
class Visit:
    """What is known of a page's visits after one of them. Times are seconds since the epoch; `news` and `span` are decayed sums.

    `reading` is the key of what the page was read by: version, rules, sister domains. `state` is what an unchanged answer means for
    the page (read, unchanged, duplicate), or that it failed and was never read (failed; `visits` is 0 then). `next_due` None: never by itself.
    `said` is what was said about its use (`rights.packed`), None: not known.
    """

    state: str
    etag: str | None
    last_modified: str | None
    body_hash: str | None
    reading: str
    visits: int
    news: float
    span: float
    misses: int
    first_at: float
    last_at: float
    interval: float
    next_due: float | None
    said: str | None = None


COLUMNS = tuple(visits.c[field.name] for field in fields(Visit))
_NAMES = ("page_id", *(field.name for field in fields(Visit)))


def upsert(engine_paramstyle: str) -> str:
    """The statement that keeps a visit, for `row_of`: values by position."""
    mark = "?" if engine_paramstyle == "qmark" else "%s"
    changed = ", ".join(f"{name} = excluded.{name}" for name in _NAMES[1:])
    values = ", ".join(mark for _ in _NAMES)
    return f"INSERT INTO visits ({', '.join(_NAMES)}) VALUES ({values}) ON CONFLICT (page_id) DO UPDATE SET {changed}"


def row_of(page_id: int, visit: Visit) -> tuple[Any, ...]:
    """A visit as the statement of `upsert` takes it."""
    return (page_id, *astuple(visit))


def visit_of(row: Iterable[Any]) -> Visit | None:
    """The visit in a row's columns COLUMNS, None where there was none."""
    values = tuple(row)
    return Visit(*values) if values[0] is not None else None


@dataclass(frozen=True, slots=True)
class Watched:
    """An article that was visited again: how many edits were seen, in how many seconds from the first visit to the last."""

    host: str
    edits: int
    seconds: float


def watched_articles(engine: sa.Engine, most: int) -> list[Watched]:
    """Those among the articles that were discovered last, at most so many."""
    newest = sa.select(articles.c.page_id, articles.c.revision).order_by(articles.c.page_id.desc()).limit(most).subquery()
    query = sa.select(pages.c.host, newest.c.revision - 1, visits.c.last_at - visits.c.first_at).select_from(
        newest.join(visits, visits.c.page_id == newest.c.page_id).join(pages, pages.c.id == newest.c.page_id)
    )
    with named_errors(), engine.connect() as connection:
        return [Watched(*row) for row in connection.execute(query.where(visits.c.visits > 1))]


SETTLED = ("stored", "read", "duplicate", "unchanged", "failed", "gone")
"""States from which a page may be asked again when a feed or sitemap says that it changed."""
AGAIN = (*SETTLED, "refused", "redirected")
"""States from which a page that was read once is asked again when it is due: a wall or a detour may be gone."""
HOUR = 3600.0


def due_pages(connection: sa.Connection, now: float) -> list[tuple[int, str, int]]:
    """Id, URL and depth of the pages that are due by their visits, longest due first.

    A visit in the future was written by a clock that was wrong: its page is due, as nobody knows when it was. A page that failed before
    visits were kept is due once, after all others: from then on it has visits.
    """
    query = sa.select(pages.c.id, pages.c.url, pages.c.depth).join(visits, visits.c.page_id == pages.c.id)
    wrong = sa.and_(visits.c.last_at > now + HOUR, visits.c.next_due.is_not(None))
    query = query.where(sa.or_(visits.c.next_due <= now, wrong), pages.c.state.in_(AGAIN)).order_by(visits.c.next_due, pages.c.id)
    rows = [*connection.execute(query), *connection.execute(_FAILED_BEFORE)]
    return [(row.id, row.url, row.depth) for row in rows]


_FAILED_BEFORE = (
    sa.select(pages.c.id, pages.c.url, pages.c.depth)
    .outerjoin(visits, visits.c.page_id == pages.c.id)
    .where(pages.c.state == "failed", visits.c.page_id.is_(None), pages.c.discovered_by != "guessed")  # of what is only tried no visits are kept
    .order_by(pages.c.id)
)


def settled_pages(connection: sa.Connection, wanted: dict[str, int]) -> dict[str, tuple[int, str, float]]:
    """Of pages (URL -> id) those that are settled: URL -> (id, host, when it was fetched last)."""
    by_id = {page: url for url, page in wanted.items()}
    listed, found = list(by_id), {}
    for start in range(0, len(listed), 500):
        query = sa.select(pages.c.id, pages.c.host, pages.c.fetched_at).where(pages.c.id.in_(listed[start : start + 500]))
        rows = connection.execute(query.where(pages.c.state.in_(SETTLED), pages.c.fetched_at.is_not(None)))
        found.update({by_id[row.id]: (row.id, row.host, row.fetched_at) for row in rows})
    return found


def queue_again(connection: sa.Connection, page_ids: Iterable[int], priority: int | None = None) -> None:
    """Queues pages that were settled; their place in the order stays unless a priority is given."""
    listed = list(page_ids)
    values: dict[str, Any] = {"state": "queued", "reason": None, "attempts": 0, "due": 0, "hops": 0}
    if priority is not None:
        values["priority"] = priority
    for start in range(0, len(listed), 500):
        connection.execute(pages.update().where(pages.c.id.in_(listed[start : start + 500])).values(**values))
