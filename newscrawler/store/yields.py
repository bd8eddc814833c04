"""What each run brought of each origin (a source, or a site without one): the SQL of the yield guard.

A row is made when a run starts, counts pages with every commit, and gets the figures of its articles when the run is settled, so a killed
run's row has exactly the pages that were committed. Only origins that a run started from have one: what other crawls bring of a site by
the way says nothing of it.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from newscrawler.items import Figures
from newscrawler.store.database import named_errors
from newscrawler.store.tables import articles, pages, revisions, runs, yields

__all__ = ["Connection", "Engine", "Read", "Tally", "asked_pages", "history", "measure", "read_articles", "unsettled", "writing"]

OriginOf = Callable[[str], str | None]
COUNTED = ("asked", "errors", "duplicates", "unchanged")
HISTORY_SECONDS = 60 * 86_400.0
LOOKED_AT = 600  # pages in which the turn is looked for
SCANNED = 20_000  # revisions of all origins that are looked through for these


@dataclass(frozen=True, slots=True)
class Read:
    """One page as the guard sees it: `is_article` also when another page brought the article."""

    url: str
    seed: bool = False
    failed: bool = False
    is_article: bool = True
    is_duplicate: bool = False
    author: bool = False
    date: bool = False
    keywords: bool = False
    repairs: int = 0
    length: int = 0


class Tally:
    """The pages of a run by origin, added to its rows with each commit."""

    def __init__(self) -> None:
        self._origin_of: OriginOf = lambda _host: None
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._origins: dict[str, str | None] = {}
        self.run_id = 0

    def start(self, connection: Connection, run_id: int, started_at: float, since: int, names: Iterable[str], origin_of: OriginOf) -> None:
        """Makes the rows of a run: from now on its pages count. `since` is the last `seq` before it."""
        self.run_id, self._origin_of, self._origins = run_id, origin_of, {}
        rows = [{"run_id": run_id, "origin": name, "started_at": started_at, "since": since} for name in dict.fromkeys(names)]
        if rows:
            connection.execute(yields.insert(), rows)

    def count(self, url: str, state: str, status: int | None) -> None:
        """One page written. What was not asked for (robots.txt, a private address) does not count."""
        if not self.run_id or (status is None and state == "refused"):
            return
        host = urlsplit(url).netloc
        if host not in self._origins:
            self._origins[host] = self._origin_of(host)
        if (origin := self._origins[host]) is None:
            return
        counts = self._counts[origin]
        counts["asked"] += 1
        counts["errors"] += status is None or status >= 400
        counts["duplicates"] += state == "duplicate"
        counts["unchanged"] += state == "unchanged"

    def flush(self, connection: Connection) -> None:
        """Adds what was counted since the last time to the rows."""
        for origin, counts in self._counts.items():
            row = yields.update().where(yields.c.run_id == self.run_id, yields.c.origin == origin)
            connection.execute(row.values({name: yields.c[name] + counts[name] for name in COUNTED}))
        self._counts.clear()

    def forget(self) -> None:
        """Drops what was counted and not committed."""
        self._counts.clear()


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction; raises StoreError."""
    with named_errors(), engine.begin() as connection:
        yield connection


def unsettled(engine: Engine) -> list[tuple[int, list[str]]]:
    """The runs that have ended and whose figures are not complete, oldest first, with their origins."""
    query = sa.select(yields.c.run_id, yields.c.origin).join(runs, runs.c.id == yields.c.run_id)
    query = query.where(yields.c.settled == 0, runs.c.ended_at.is_not(None)).order_by(yields.c.run_id, yields.c.origin)
    found: dict[int, list[str]] = {}
    with named_errors(), engine.begin() as connection:
        for run_id, origin in connection.execute(query):
            found.setdefault(run_id, []).append(origin)
    return list(found.items())


def measure(connection: Connection, run_id: int, names: Sequence[str], origin_of: OriginOf) -> list[Figures]:
    """Completes the rows of a run by the articles that it stored, and returns its figures."""
    of_run = sa.select(runs.c.end_reason, sa.func.min(yields.c.since).label("since")).join(yields, yields.c.run_id == runs.c.id)
    run = connection.execute(of_run.where(runs.c.id == run_id).group_by(runs.c.end_reason)).one()
    stored = _stored(connection, run_id, run.since, origin_of)
    for name in names:
        values = _article_figures(stored.get(name, [])) | {"settled": 1, "complete": int(run.end_reason == "finished")}
        connection.execute(yields.update().where(yields.c.run_id == run_id, yields.c.origin == name).values(values))
    rows = connection.execute(sa.select(yields).where(yields.c.run_id == run_id).order_by(yields.c.origin))
    return [_figures(row) for row in rows.mappings()]


def _stored(connection: Connection, run_id: int, since: int, origin_of: OriginOf) -> dict[str, list[Read]]:
    """Origin -> what the run stored of it, an article once."""
    query = _revisions().where(revisions.c.seq > since).order_by(revisions.c.seen_at, revisions.c.seq).execution_options(yield_per=200)
    newest: dict[str, tuple[str, Read]] = {}
    for row in connection.execute(query):
        record = json.loads(row.record)
        origin = origin_of(row.host)
        if origin is not None and record["provenance"].get("run_id") == str(run_id):
            newest[row.article_id] = origin, _read(row.url, record)
    found: dict[str, list[Read]] = {}
    for origin, one in newest.values():
        found.setdefault(origin, []).append(one)
    return found


def _revisions() -> Any:
    return (
        sa.select(revisions.c.article_id, revisions.c.record, pages.c.url, pages.c.host)
        .join(articles, articles.c.id == revisions.c.article_id)
        .join(pages, pages.c.id == articles.c.page_id)
    )


def _read(url: str, record: dict[str, Any]) -> Read:
    repairs = sum(repair["count"] for repair in record.get("repairs") or ())
    return Read(
        url,
        author=bool(record.get("authors")),
        date=bool(record.get("date_published")),
        keywords=bool(record.get("keywords")),
        repairs=repairs,
        length=len(record.get("text") or ""),
    )


def _article_figures(stored: Sequence[Read]) -> dict[str, Any]:
    return {
        "articles": len(stored),
        "authors": sum(one.author for one in stored),
        "dates": sum(one.date for one in stored),
        "keywords": sum(one.keywords for one in stored),
        "repaired": sum(one.repairs > 0 for one in stored),
        "repairs": float(median(one.repairs for one in stored)) if stored else None,
        "length": float(median(one.length for one in stored)) if stored else None,
    }


def _figures(row: sa.RowMapping) -> Figures:
    return Figures(**{name: row[name] for name in Figures.__dataclass_fields__ if name != "complete"}, complete=bool(row["complete"]))


def history(connection: Connection, now: Figures) -> list[Figures]:
    """The settled runs of the same origin before this one, oldest first, of the last sixty days."""
    query = sa.select(yields).where(yields.c.origin == now.origin, yields.c.settled == 1, yields.c.run_id < now.run_id)
    query = query.where(yields.c.started_at >= now.started_at - HISTORY_SECONDS, yields.c.started_at < now.started_at)
    return [_figures(row) for row in connection.execute(query.order_by(yields.c.started_at, yields.c.run_id)).mappings()]


def read_articles(connection: Connection, origin: str, origin_of: OriginOf) -> list[Read]:
    """The last articles read of an origin, new and changed ones, oldest first."""
    found: list[Read] = []
    rows = connection.execute(_revisions().order_by(revisions.c.seen_at.desc(), revisions.c.seq.desc()).limit(SCANNED).execution_options(yield_per=200))
    for row in rows:
        if origin_of(row.host) == origin:
            found.append(_read(row.url, json.loads(row.record)))
            if len(found) == LOOKED_AT:
                break
    rows.close()
    return found[::-1]


def asked_pages(connection: Connection, origin: str, origin_of: OriginOf) -> list[Read]:
    """The last pages asked for of an origin, oldest first."""
    hosts = [host for host in connection.execute(sa.select(pages.c.host).distinct()).scalars() if origin_of(host) == origin]
    query = sa.select(pages.c.url, pages.c.state, pages.c.status, pages.c.depth).where(pages.c.host.in_(hosts), pages.c.fetched_at.is_not(None))
    query = query.where(sa.not_(pages.c.status.is_(None) & (pages.c.state == "refused"))).order_by(pages.c.fetched_at.desc(), pages.c.id.desc())
    rows = connection.execute(query.limit(LOOKED_AT)).all()
    return [
        Read(row.url, row.depth == 0, row.status is None or row.status >= 400, row.state in ("stored", "unchanged", "duplicate"), row.state == "duplicate")
        for row in reversed(rows)
    ]
