"""Removes an article or a site for good: text, revisions, duplicates and bodies go, a tombstone and a block stay."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from newscrawler.dedupe import canonical_url
from newscrawler.store import announcing, clusters
from newscrawler.store import duplicates as copies
from newscrawler.store.blocked import FORGOTTEN
from newscrawler.store.database import hold, named_errors
from newscrawler.store.parts import company, forget_parts
from newscrawler.store.tables import articles, blocks, bodies, counters, duplicates, links, pages, revisions, tombstones, visits


def forget(engine: sa.Engine, what: str) -> tuple[int, int]:
    """Forgets a URL (with a scheme) or a site (a host or domain); returns the numbers of articles and pages forgotten.

    The block keeps a later crawl from fetching it again, whether it was in the collection or not. Consumers of the export
    learn of it by a line with op "delete". Raises DatabaseBusy while a crawl runs.
    """
    with named_errors(), hold(engine), engine.begin() as connection:
        now = time.time()
        kind, value = ("url", canonical_url(what)) if "://" in what else ("site", what.lower().strip("./"))
        _block(connection, kind, value, now)
        wanted = _pages_of_url(connection, value) if kind == "url" else _pages_of_site(connection, value)
        wanted = _with_parts(connection, wanted)
        removed = _bury(connection, wanted, now)
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            forget_parts(connection, part)
            connection.execute(bodies.delete().where(bodies.c.page_id.in_(part)))
            connection.execute(visits.delete().where(visits.c.page_id.in_(part)))
            announcing.delete(connection, part)
            connection.execute(links.delete().where(links.c.from_page.in_(part)))
            connection.execute(links.update().where(links.c.to_page.in_(part)).values(anchor=None, teaser=None))
            row = {"state": "refused", "reason": FORGOTTEN, "article_id": None, "redirected_to": None}
            connection.execute(pages.update().where(pages.c.id.in_(part)).values(**row))
        _leave_clusters(connection, wanted)
        return removed, len(wanted)


def _leave_clusters(connection: sa.Connection, wanted: list[int]) -> None:
    """Takes what was removed out of its clusters; those that have another id without it are told again."""
    changed = [page for start in range(0, len(wanted), 500) for page in clusters.take_out(connection, wanted[start : start + 500])]
    if changed:
        seq = connection.execute(sa.select(counters.c.value).where(counters.c.name == "seq")).scalar_one()
        connection.execute(counters.update().where(counters.c.name == "seq").values(value=clusters.tell_again(connection, changed, seq)))


def _with_parts(connection: sa.Connection, wanted: list[int]) -> list[int]:
    """The pages with those that are parts of the same articles."""
    more = [page for start in range(0, len(wanted), 500) for page in company(connection, wanted[start : start + 500])]
    return list(dict.fromkeys([*wanted, *more]))


def _block(connection: sa.Connection, kind: str, value: str, now: float) -> None:
    connection.execute(blocks.delete().where(blocks.c.value == value))
    connection.execute(blocks.insert(), {"kind": kind, "value": value, "blocked_at": now})


def _pages_of_url(connection: sa.Connection, key: str) -> list[int]:
    """The page itself, the page whose article it duplicates, and that article's other duplicates."""
    row = connection.execute(sa.select(pages.c.id, pages.c.article_id).where(pages.c.url_key == key)).first()
    if row is None:
        return []
    if row.article_id is None:
        return [row.id]
    return list(connection.execute(sa.select(pages.c.id).where(pages.c.article_id == row.article_id)).scalars())


def _pages_of_site(connection: sa.Connection, site: str) -> list[int]:
    """The pages of a host and of the hosts below it, and the duplicates of their articles elsewhere."""
    hosts = [host for host in connection.execute(sa.select(pages.c.host).distinct()).scalars() if _below(host, site)]
    own = sa.select(pages.c.id).where(pages.c.host.in_(hosts))
    stories = sa.select(articles.c.id).where(articles.c.page_id.in_(own))
    return list(connection.execute(sa.select(pages.c.id).where(pages.c.id.in_(own) | pages.c.article_id.in_(stories))).scalars())


def _below(host: str, site: str) -> bool:
    name = urlsplit(f"//{host}").hostname or ""
    return host == site or name == site or name.endswith("." + site)


def _bury(connection: sa.Connection, page_ids: list[int], now: float) -> int:
    """Deletes the articles of these pages with their revisions, and leaves a tombstone for each; returns their number."""
    rows: list[Any] = []
    for start in range(0, len(page_ids), 500):
        query = sa.select(articles.c.id, articles.c.domain, pages.c.url).join(pages, pages.c.id == articles.c.page_id)
        rows += connection.execute(query.where(articles.c.page_id.in_(page_ids[start : start + 500]))).all()
    graves = _copies(connection, page_ids, now)
    if not rows and not graves:
        return 0
    seq = connection.execute(sa.select(counters.c.value).where(counters.c.name == "seq")).scalar_one()
    graves += [{"article_id": row.id, "url": row.url, "domain": row.domain, "deleted_at": now, "kind": "forgotten"} for row in rows]
    connection.execute(tombstones.insert(), [{"seq": number, **grave} for number, grave in enumerate(graves, seq + 1)])
    connection.execute(counters.update().where(counters.c.name == "seq").values(value=seq + len(graves)))
    for row in rows:
        connection.execute(revisions.delete().where(revisions.c.article_id == row.id))
        connection.execute(articles.delete().where(articles.c.id == row.id))
    return len(rows)


def _copies(connection: sa.Connection, page_ids: list[int], now: float) -> list[dict[str, Any]]:
    """Deletes the duplicates that these pages brought; returns a tombstone for each, without its number."""
    graves: list[dict[str, Any]] = []
    for start in range(0, len(page_ids), 500):
        part = page_ids[start : start + 500]
        query = sa.select(duplicates.c.domain, pages.c.url).join(pages, pages.c.id == duplicates.c.page_id).where(duplicates.c.page_id.in_(part))
        found = connection.execute(query).all()
        graves += [{"article_id": copies.id_of(row.url), "url": row.url, "domain": row.domain, "deleted_at": now, "kind": "duplicate"} for row in found]
        connection.execute(duplicates.delete().where(duplicates.c.page_id.in_(part)))
    return graves
