"""The queue's SQL: which pages wait, of which host, and who has been handed out. The order is the frontier's business."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa

from newscrawler.store import announcing, visits
from newscrawler.store.announcing import Announced
from newscrawler.store.tables import announced, pages
from newscrawler.store.tables import visits as visited
from newscrawler.store.visits import Visit

T = TypeVar("T")


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
    news_date: int = 0
    """The day of its news as announced or as its URL has it, YYYYMMDD; 0: unknown."""
    discovered_at: float = 0.0
    source_since: float | None = None
    """When the page that it was found on was visited first, None where that is not known: links found on it later are new there."""
    edits: float | None = None
    """How often articles of its host are edited, where that is known; see frontier/revisit.py."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Some pages of a host, by their keys (canonical URLs): these, or with `leave_out` all but these."""

    keys: frozenset[str]
    leave_out: bool = False


def waiting_hosts(connection: sa.Connection) -> dict[str, int]:
    """Host -> number of queued pages."""
    query = sa.select(pages.c.host, sa.func.count()).where(pages.c.state == "queued").group_by(pages.c.host)
    return {row[0]: row[1] for row in connection.execute(query)}


_source, _source_visit = pages.alias("source"), visited.alias("source_visit")
_PAGE = (
    pages.c.id, pages.c.url, pages.c.host, pages.c.depth, pages.c.hops, pages.c.attempts, pages.c.fetches, pages.c.discovered_by,
    _source.c.url.label("source_url"), pages.c.kind, pages.c.encoding, pages.c.news_date, pages.c.discovered_at,
    _source_visit.c.first_at.label("source_since"),
)  # fmt: skip
_BEST = (
    sa.select(*_PAGE, *visits.COLUMNS, *announcing.COLUMNS)
    .select_from(
        pages.outerjoin(_source, _source.c.id == pages.c.discovered_from)
        .outerjoin(_source_visit, _source_visit.c.page_id == pages.c.discovered_from)
        .outerjoin(visited, visited.c.page_id == pages.c.id)
        .outerjoin(announced, announced.c.page_id == pages.c.id)
    )
    .where(pages.c.state == "queued", pages.c.host == sa.bindparam("of_host"), pages.c.due <= sa.bindparam("now"))
    .order_by(pages.c.priority.desc(), pages.c.news_date.desc(), pages.c.id)
    .limit(sa.bindparam("most"))
)


_CHOSEN = {
    False: _BEST.where(pages.c.url_key.in_(sa.bindparam("keys", expanding=True))),
    True: _BEST.where(pages.c.url_key.not_in(sa.bindparam("keys", expanding=True))),
}


def take(connection: sa.Connection, host: str, most: int, now: float, run_id: int, choice: Choice | None = None) -> list[Task]:
    """The best pages of a host that are due, at most `most`, marked as in flight; with `choice` only these."""
    wanted: dict[str, Any] = {"of_host": host, "now": now, "most": most}
    if choice is None:
        rows = connection.execute(_BEST, wanted).all()
    else:
        rows = connection.execute(_CHOSEN[choice.leave_out], wanted | {"keys": sorted(choice.keys)}).all()
    if rows:
        connection.execute(pages.update().where(pages.c.id.in_([row.id for row in rows])).values(state="in_flight", run_id=run_id))
    return [_task(row) for row in rows]


def _task(row: Any) -> Task:
    said, end = row[-len(announcing.COLUMNS) :], len(row) - len(announcing.COLUMNS)
    return Task(
        row.id, row.url, row.host, row.depth, row.hops, row.attempts, row.fetches, row.discovered_by, row.source_url, row.kind, row.encoding,
        visits.visit_of(row[len(_PAGE) : end]), announcing.announced_of(row.url, said),
        news_date=row.news_date, discovered_at=row.discovered_at, source_since=row.source_since,
    )  # fmt: skip


def next_due(connection: sa.Connection, host: str, choice: Choice | None = None) -> float | None:
    """When the earliest queued page of a host is due, or None when none is queued; with `choice` only of these."""
    query = sa.select(sa.func.min(pages.c.due)).where(pages.c.state == "queued", pages.c.host == host)
    if choice is not None:
        is_named = pages.c.url_key.in_(sorted(choice.keys))
        query = query.where(sa.not_(is_named) if choice.leave_out else is_named)
    return connection.execute(query).scalar()


def led_hosts(connection: sa.Connection, hosts: Iterable[str], leads: Callable[[str], bool]) -> list[str]:
    """Those of the hosts whose queued pages were found on a page of a host that `leads`, be it over any number of pages."""
    dead: set[int] = set()  # pages that nothing of ours led to
    return [host for host in hosts if _is_led(connection, host, leads, dead)]


def _is_led(connection: sa.Connection, host: str, leads: Callable[[str], bool], dead: set[int]) -> bool:
    found_on = sa.select(pages.c.discovered_from).where(pages.c.state == "queued", pages.c.host == host, pages.c.discovered_from.is_not(None))
    wave, passed = set(connection.execute(found_on.distinct()).scalars()) - dead, set[int]()
    while wave:
        rows = [
            row
            for some in _slices(wave)
            for row in connection.execute(sa.select(pages.c.id, pages.c.host, pages.c.discovered_from).where(pages.c.id.in_(some)))
        ]
        if any(leads(row.host) for row in rows):
            return True
        passed |= wave
        wave = {row.discovered_from for row in rows if row.discovered_from is not None} - passed - dead
    dead |= passed
    return False


def give_back(connection: sa.Connection, page_ids: Iterable[int] | None = None) -> int:
    """Queues again what was handed out and never answered (all of it without ids); returns the number of pages."""
    update = pages.update().where(pages.c.state == "in_flight").values(state="queued")
    if page_ids is None:
        return connection.execute(update).rowcount
    return sum(connection.execute(update.where(pages.c.id.in_(some))).rowcount for some in _slices(page_ids))


def make_due(connection: sa.Connection, page_ids: Iterable[int], waits_at: float | None = None) -> None:
    """Queues pages again whatever became of them, in front of all others; forgotten and handed-out ones apart.

    With `waits_at` those that are parked at that moment stay so until their time.
    """
    forgotten = sa.and_(pages.c.state == "refused", pages.c.reason.like("forgotten%"))
    update = pages.update().where(pages.c.state != "in_flight", sa.not_(forgotten))
    if waits_at is not None:
        update = update.where(sa.not_(_parked_at(waits_at)))
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


def give_up(connection: sa.Connection, host: str, reason: Callable[[str, str], str | None]) -> int:
    """Refuses the queued pages of a host for which `reason(url, discovered_by)` has one; returns their number."""
    rows = connection.execute(sa.select(pages.c.id, pages.c.url, pages.c.discovered_by).where(pages.c.state == "queued", pages.c.host == host)).all()
    by_reason: dict[str, list[int]] = {}
    for row in rows:
        if (why := reason(row.url, row.discovered_by)) is not None:
            by_reason.setdefault(why, []).append(row.id)
    for why, refused in by_reason.items():
        for some in _slices(refused):
            connection.execute(pages.update().where(pages.c.id.in_(some)).values(state="refused", reason=why))
    return sum(map(len, by_reason.values()))


def given_up(connection: sa.Connection, prefix: str) -> list[str]:
    """The reasons that begin so for which pages are refused, each once."""
    return list(connection.execute(sa.select(pages.c.reason).distinct().where(pages.c.state == "refused", pages.c.reason.like(f"{prefix}%"))).scalars())


def _parked_at(now: float) -> sa.ColumnElement[bool]:
    """Whether a page waits at that moment because its host, or it, asked for that or is in trouble; see `manners.parked_text`."""
    return sa.and_(pages.c.state == "queued", pages.c.due > now, sa.func.coalesce(pages.c.reason, "").like("%parked until%"))


def parked_pages(connection: sa.Connection, keys: Iterable[str], now: float) -> dict[str, str]:
    """Of pages, by their keys, those that are parked at that moment: key -> reason."""
    query = sa.select(pages.c.url_key, pages.c.reason).where(_parked_at(now))
    return {row[0]: row[1] for some in _slices(keys) for row in connection.execute(query.where(pages.c.url_key.in_(some)))}


_IS_PARKED = sa.and_(pages.c.state.in_(("queued", "in_flight")), pages.c.reason.like("host parked%"))


def park(connection: sa.Connection, host: str, until: float, reason: str) -> None:
    """Puts off all waiting pages of a host, those handed out too; `reason` begins with "host parked".

    A page that waits as long by itself takes the reason too, as it may be the only one that tells of the host.
    """
    waiting = pages.update().where(pages.c.host == host, pages.c.state.in_(("queued", "in_flight")), pages.c.due < until + 1)
    connection.execute(waiting.values(due=sa.case((pages.c.due < until, until), else_=pages.c.due), reason=reason))


def release(connection: sa.Connection, host: str) -> None:
    """Makes the pages of a host due that were parked with it."""
    connection.execute(pages.update().where(pages.c.host == host, _IS_PARKED).values(due=0, reason=None))


def parked_hosts(connection: sa.Connection) -> dict[str, tuple[str, float]]:
    """Host -> the reason why its pages are parked, and until when."""
    query = sa.select(pages.c.host, sa.func.max(pages.c.reason), sa.func.max(pages.c.due)).where(_IS_PARKED).group_by(pages.c.host)
    return {row[0]: (row[1], row[2]) for row in connection.execute(query)}


def _slices(values: Iterable[T], most: int = 500) -> Iterator[list[T]]:
    """Yields the values by the hundred: databases bound the number of parameters of a statement (PostgreSQL 65,535)."""
    listed = list(values)
    for start in range(0, len(listed), most):
        yield listed[start : start + most]
