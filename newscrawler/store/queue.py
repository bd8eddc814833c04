"""The queue's SQL: which pages wait, of which host, and who has been handed out. The order is the frontier's business."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from newscrawler.store import announcing, visits
from newscrawler.store.announcing import Announced
from newscrawler.store.tables import announced, pages
from newscrawler.store.tables import visits as visited
from newscrawler.store.visits import Visit


@dataclass(frozen=True, slots=True)
class Task:
    """One page to fetch."""

    page_id: int
    url: str
    host: str
    depth: int
    hops: int
    attempts: int
    fetches: int
    discovered_by: str
    discovered_from: str | None
    kind: str | None = None
    encoding: str | None = None
    visit: Visit | None = None
    """What is known of earlier visits, None for a page never read that has not failed either."""
    announced: Announced | None = None
    reading: str = ""
    """By what the page will be read: version, rules... as a key."""
    edits: float | None = None
    """How often articles of its host are edited, where that is known; see frontier/revisit.py."""


def waiting_hosts(connection: sa.Connection) -> dict[str, int]:
    """Host -> number of queued pages."""
    query = sa.select(pages.c.host, sa.func.count()).where(pages.c.state == "queued").group_by(pages.c.host)
    return {row[0]: row[1] for row in connection.execute(query)}


_source = pages.alias("source")
_PAGE = (
    pages.c.id, pages.c.url, pages.c.host, pages.c.depth, pages.c.hops, pages.c.attempts, pages.c.fetches, pages.c.discovered_by,
    _source.c.url.label("source_url"), pages.c.kind, pages.c.encoding,
)  # fmt: skip
_BEST = (
    sa.select(*_PAGE, *visits.COLUMNS, *announcing.COLUMNS)
    .select_from(
        pages.outerjoin(_source, _source.c.id == pages.c.discovered_from)
        .outerjoin(visited, visited.c.page_id == pages.c.id)
        .outerjoin(announced, announced.c.page_id == pages.c.id)
    )
    .where(pages.c.state == "queued", pages.c.host == sa.bindparam("of_host"), pages.c.due <= sa.bindparam("now"))
    .order_by(pages.c.priority.desc(), pages.c.news_date.desc(), pages.c.id)
    .limit(sa.bindparam("most"))
)


def take(connection: sa.Connection, host: str, most: int, now: float, run_id: int) -> list[Task]:
    """The best pages of a host that are due, at most `most`, marked as in flight."""
    rows = connection.execute(_BEST, {"of_host": host, "now": now, "most": most}).all()
    if rows:
        connection.execute(pages.update().where(pages.c.id.in_([row.id for row in rows])).values(state="in_flight", run_id=run_id))
    return [_task(row) for row in rows]


def _task(row: Any) -> Task:
    said, end = row[-len(announcing.COLUMNS) :], len(row) - len(announcing.COLUMNS)
    return Task(
        row.id, row.url, row.host, row.depth, row.hops, row.attempts, row.fetches, row.discovered_by, row.source_url, row.kind, row.encoding,
        visits.visit_of(row[len(_PAGE) : end]), announcing.announced_of(row.url, said),
    )  # fmt: skip


def next_due(connection: sa.Connection, host: str) -> float | None:
    """When the earliest queued page of a host is due, or None when none is queued."""
    query = sa.select(sa.func.min(pages.c.due)).where(pages.c.state == "queued", pages.c.host == host)
    return connection.execute(query).scalar()


def give_back(connection: sa.Connection, page_ids: Iterable[int] | None = None) -> int:
    """Queues again what was handed out and never answered (all of it without ids); returns the number of pages."""
    update = pages.update().where(pages.c.state == "in_flight").values(state="queued")
    if page_ids is None:
        return connection.execute(update).rowcount
    return sum(connection.execute(update.where(pages.c.id.in_(some))).rowcount for some in _slices(page_ids))


def make_due(connection: sa.Connection, page_ids: Iterable[int]) -> None:
    """Queues pages again whatever became of them, in front of all others; forgotten and handed-out ones apart."""
    forgotten = sa.and_(pages.c.state == "refused", pages.c.reason.like("forgotten%"))
    update = pages.update().where(pages.c.state != "in_flight", sa.not_(forgotten))
    update = update.values(state="queued", reason=None, attempts=0, due=0, hops=0, priority=100)
    for some in _slices(page_ids):
        connection.execute(update.where(pages.c.id.in_(some)))


def make_nearest(connection: sa.Connection, page_ids: Iterable[int]) -> None:
    """Gives pages the depth of a start page."""
    for some in _slices(page_ids):
        connection.execute(pages.update().where(pages.c.id.in_(some)).values(depth=0))


def readmit(connection: sa.Connection, reason: Callable[[str, int], str | None]) -> int:
    """Queues pages again that an earlier crawl left out by its options, where these options admit them; returns their number.

    `reason(url, depth)` says why a URL is left out now, or None.
    """
    rows = connection.execute(
        sa.select(pages.c.id, pages.c.url, pages.c.depth).where(pages.c.state == "refused", pages.c.reason.like("left out%"))
    ).all()
    admitted = [row.id for row in rows if reason(row.url, row.depth) is None]
    for some in _slices(admitted):
        connection.execute(pages.update().where(pages.c.id.in_(some)).values(state="queued", reason=None, due=0))
    return len(admitted)


_IS_PARKED = sa.and_(pages.c.state.in_(("queued", "in_flight")), pages.c.reason.like("host parked%"))


def park(connection: sa.Connection, host: str, until: float, reason: str) -> None:
    """Puts off all waiting pages of a host, those handed out too; `reason` begins with "host parked"."""
    waiting = pages.update().where(pages.c.host == host, pages.c.state.in_(("queued", "in_flight")))
    connection.execute(waiting.where(pages.c.due < until).values(due=until, reason=reason))


def release(connection: sa.Connection, host: str) -> None:
    """Makes the pages of a host due that were parked with it."""
    connection.execute(pages.update().where(pages.c.host == host, _IS_PARKED).values(due=0, reason=None))


def parked_hosts(connection: sa.Connection) -> dict[str, str]:
    """Host -> the reason why its pages are parked."""
    query = sa.select(pages.c.host, sa.func.max(pages.c.reason)).where(_IS_PARKED).group_by(pages.c.host)
    return {row[0]: row[1] for row in connection.execute(query)}


def _slices(page_ids: Iterable[int], most: int = 500) -> Iterator[list[int]]:
    """Yields the ids by the hundred: databases bound the number of parameters of a statement (PostgreSQL 65,535)."""
    listed = list(page_ids)
    for start in range(0, len(listed), most):
        yield listed[start : start + most]
