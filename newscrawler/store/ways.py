"""All the ways in which a page was found: the first stands in its row of `pages`, each other one in `ways`, its links in `links`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from newscrawler.store.tables import articles, links, pages, ways

REMEMBERED = 400_000
MOST = 10  # pages that a page was found on, as they are told
KNOWN = ("seed", "section", "feed", "sitemap", "related", "archive")  # what a record may name; other ways lead to no article


class Ways:
    """Notes each way once; those met lately are remembered, so that a repeat costs no SQL."""

    def __init__(self, paramstyle: str) -> None:
        mark = "?" if paramstyle == "qmark" else "%s"
        self._insert = f"INSERT INTO ways (page_id, way, from_page) VALUES ({mark}, {mark}, {mark}) ON CONFLICT DO NOTHING"
        self._known: set[tuple[int, str]] = set()

    def note(self, connection: sa.Connection, found: Iterable[tuple[int, str]], from_page: int) -> None:
        """Notes that these pages (id, way) are found on a page."""
        if len(self._known) > REMEMBERED:
            self._known.clear()
        fresh = set(found) - self._known
        if fresh:
            connection.exec_driver_sql(self._insert, [(page, way, from_page) for page, way in sorted(fresh)])
            self._known |= fresh

    def forget(self) -> None:
        """Drops what is remembered, as after a rollback: those rows may not exist."""
        self._known.clear()


# Asked for every article that is stored, so built once.
_WANTED: sa.BindParameter[Any] = sa.bindparam("wanted", expanding=True)
_SOURCE = pages.alias("source")
_FIRST = (
    sa.select(pages.c.id, pages.c.discovered_by, _SOURCE.c.url)
    .outerjoin(_SOURCE, _SOURCE.c.id == pages.c.discovered_from)
    .where(pages.c.id.in_(_WANTED))
)
_ALSO = (
    sa.select(ways.c.page_id, ways.c.way, pages.c.url)
    .join(pages, pages.c.id == ways.c.from_page)
    .where(ways.c.page_id.in_(_WANTED))
    .order_by(ways.c.from_page)
)
_LINKING = (  # of one page, as a page may have thousands of links to it, and the index ends at the first ten
    sa.select(pages.c.url)
    .join_from(links, pages, pages.c.id == links.c.from_page)
    .where(links.c.to_page == sa.bindparam("of_page"), links.c.from_page != links.c.to_page)
    .order_by(links.c.from_page)
    .limit(MOST)
)


def ways_of(connection: sa.Connection, page_ids: Sequence[int]) -> dict[int, tuple[list[str], list[str]]]:
    """Page id -> the ways in which it was found, the first one first, and the first ten pages that it was found on."""
    told: dict[int, tuple[dict[str, None], dict[str, None]]] = {page: ({}, {}) for page in page_ids}
    wanted = {"wanted": page_ids}
    for page, way, url in [*connection.execute(_FIRST, wanted), *connection.execute(_ALSO, wanted)]:
        if way in KNOWN:
            told[page][0][way] = None
        if url:
            told[page][1][url] = None
    for page, (_, sources) in told.items():
        if len(sources) < MOST:
            sources.update(dict.fromkeys(connection.execute(_LINKING, {"of_page": page}).scalars()))
    return {page: (list(by), list(sources)[:MOST]) for page, (by, sources) in told.items()}


def complete_ways(connection: sa.Connection, records: list[dict[str, Any]]) -> None:
    """Tells in each record's provenance all ways that are known by now; a record whose article is not there stays as it is."""
    wanted = [record["id"] for record in records]
    rows = connection.execute(sa.select(articles.c.id, articles.c.page_id).where(articles.c.id.in_(wanted)))
    found = {row.id: row.page_id for row in rows}
    told = ways_of(connection, list(found.values())) if found else {}
    for record in records:
        page = found.get(record["id"])
        provenance = record.get("provenance")
        if page is not None and provenance:
            by, sources = told[page]
            provenance["discovered_by"], provenance["discovered_from"] = by or provenance["discovered_by"], sources
