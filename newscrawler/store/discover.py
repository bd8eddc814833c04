"""URLs become rows of `pages`, each once, however often they are found.

A site links to the same few hundred pages again and again: the ids of those met lately stay in memory (bounded), so that a
repeat costs a dictionary look-up and no SQL.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import sqlalchemy as sa

from newscrawler.dedupe import canonical_url
from newscrawler.store.blocked import Blocks
from newscrawler.store.tables import pages

REMEMBERED = 200_000
_DATED = re.compile(r"(?:^|\D)((?:19|20)\d\d)[-/_.]?([01]\d)[-/_.]?([0-3]\d)(?:\D|$)")


@dataclass(slots=True)  # not frozen: a page makes a hundred of them, and frozen ones cost twice as much to make
class Found:
    """A URL met somewhere. `refused` is the reason why it is not to be fetched, or None."""

    url: str
    by: str
    priority: int
    depth: int
    source: int | None = None
    hops: int = 0
    refused: str | None = None
    news_date: int = 0  # as a feed or sitemap has it, YYYYMMDD; 0: as the URL has it


def news_date(url: str) -> int:
    """The day that stands in a URL's path as YYYYMMDD, or 0.

    >>> news_date("https://news.example/a/2026-03/02/c_1.htm"), news_date("https://news.example/about")
    (20260302, 0)
    """
    match = _DATED.search(url)
    return int("".join(match.groups())) if match else 0


class Discoverer:
    """Finds or makes the rows of URLs, within the transaction of the connection given."""

    def __init__(self, blocks: Blocks) -> None:
        self.blocks = blocks
        self._ids: dict[str, int] = {}  # URL as written, and canonical -> page id
        self.fresh: set[int] = set()  # the pages that the last call of `ids` made

    def forget(self) -> None:
        """Drops what is remembered, as after a rollback: those rows may not exist."""
        self._ids.clear()

    def ids(self, connection: sa.Connection, found: Sequence[Found], now: float) -> tuple[dict[str, int], list[tuple[str, int]]]:
        """The page id of each URL, and the hosts of those that are newly queued with their number."""
        if len(self._ids) > REMEMBERED:
            self._ids.clear()
        wanted: dict[str, Found] = {}
        keys: dict[str, str] = {}
        for one in found:
            if one.url not in self._ids:
                key = keys[one.url] = canonical_url(one.url)
                wanted.setdefault(key, one)
        queued: list[tuple[str, int]] = []
        self.fresh = set()
        if keys:
            missing = [key for key in wanted if key not in self._ids]
            self._ids.update(_known_ids(connection, missing))
            queued = self._insert(connection, {key: wanted[key] for key in missing if key not in self._ids}, now)
            self._ids.update({url: self._ids[key] for url, key in keys.items()})
        return {one.url: self._ids[one.url] for one in found}, queued

    def _insert(self, connection: sa.Connection, fresh: dict[str, Found], now: float) -> list[tuple[str, int]]:
        if not fresh:
            return []
        rows = [self._row(key, one, now) for key, one in fresh.items()]
        connection.execute(pages.insert(), rows)
        made = _known_ids(connection, fresh)
        self._ids.update(made)
        self.fresh = set(made.values())
        hosts: dict[str, int] = {}
        for row in rows:
            if row["state"] == "queued":
                hosts[str(row["host"])] = hosts.get(str(row["host"]), 0) + 1
        return list(hosts.items())

    def _row(self, key: str, one: Found, now: float) -> dict[str, object]:
        reason = self.blocks.reason(key) or one.refused
        return {
            "url": one.url,
            "url_key": key,
            "host": urlsplit(key).netloc,
            "state": "refused" if reason else "queued",
            "reason": reason,
            "priority": one.priority,
            "news_date": one.news_date or news_date(key),
            "depth": one.depth,
            "hops": one.hops,
            "discovered_at": now,
            "discovered_by": one.by,
            "discovered_from": one.source,
        }


def _known_ids(connection: sa.Connection, keys: Iterable[str]) -> dict[str, int]:
    """Canonical URL -> page id, of those that have a row; asked in portions, as databases limit the number of parameters."""
    listed = list(keys)
    found: dict[str, int] = {}
    for start in range(0, len(listed), 500):
        query = sa.select(pages.c.url_key, pages.c.id).where(pages.c.url_key.in_(listed[start : start + 500]))
        found.update((key, page) for key, page in connection.execute(query))
    return found
