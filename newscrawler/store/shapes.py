"""What the fetched pages of each site were, by the shape of their addresses: how often an article, a hub, neither.

    page settled -> its change in the counts -> (commit) -> the table; and the view of the site, for the pages to come

A page counts once, as what it was when it was last read: read again, its old kind is taken back. The counts change in the
transaction of the pages that they count. Above AGED pages of a shape both old and new are halved, so that a site that
changes its ways is understood again, and a repair of a mistake does not take as many pages as the mistake had.
The view of a site is read from the table when the site is first asked for, and kept up by what the crawl writes.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from newscrawler.dedupe import registrable_domain
from newscrawler.extract.seen import MIN_PAGES, NONE_SEEN, TRIED_PAGES, Kinds, Seen, shape_of
from newscrawler.items import Link
from newscrawler.store.database import named_errors
from newscrawler.store.tables import shapes

MAX_SITES = 500
MAX_SHAPES = 5000
"""How many shapes of a site are remembered: those of most pages."""
AGED = 200
MAX_TRIED = 20

_COLUMNS = ("articles", "hubs", "others")
_OF_KIND = {"article": Kinds(articles=1), "hub": Kinds(hubs=1), "other": Kinds(others=1)}
_OF_KIND |= {"feed": _OF_KIND["hub"], "sitemap": _OF_KIND["hub"]}
_COUNTS = shapes.c.articles, shapes.c.hubs, shapes.c.others
_TOTAL = shapes.c.articles + shapes.c.hubs + shapes.c.others
_OF_SITE = sa.select(shapes.c.shape, *_COUNTS).where(shapes.c.site == sa.bindparam("of_site")).order_by(_TOTAL.desc()).limit(MAX_SHAPES)

Key = tuple[str, str]
Change = tuple[Key, Kinds]


def _adding() -> sa.TextClause:
    """Adds to a row, or makes it; the same words for SQLite and PostgreSQL, and right when two crawls count at once."""
    sums = {name: f"shapes.{name} + excluded.{name}" for name in _COLUMNS}
    halves = f"(CASE WHEN {' + '.join(sums.values())} > {AGED} THEN 2 ELSE 1 END)"
    updates = ", ".join(f"{name} = (CASE WHEN {both} > 0 THEN {both} ELSE 0 END) / {halves}" for name, both in sums.items())
    names = ", ".join(_COLUMNS)
    values = ", ".join(f":{name}" for name in _COLUMNS)
    return sa.text(f"INSERT INTO shapes (site, shape, {names}) VALUES (:site, :shape, {values}) ON CONFLICT (site, shape) DO UPDATE SET {updates}")


_ADD = _adding()


def site_of(url: str) -> str:
    """Returns the site that an absolute URL counts for: the registrable domain of its host, with the port where it has one.

    >>> site_of("https://www.news.example/a"), site_of("http://127.0.0.1:8000/a")
    ('news.example', '127.0.0.1:8000')
    """
    host, _, port = url.partition("://")[2].partition("/")[0].partition("?")[0].rpartition("@")[2].partition(":")
    return registrable_domain(host) + (f":{port}" if port else "")


def change_of(url: str, kind: str, sign: int = 1) -> Change:
    """Returns the change that a page of this kind makes; with `sign` -1 what takes it back."""
    return (site_of(url), shape_of(url)), Kinds(*(sign * one for one in _OF_KIND[kind]))


def kinds_seen(engine: sa.Engine, url: str | None = None) -> dict[str, Kinds]:
    """Returns the counts by shape as committed: of the site of `url`, or of all sites, as far as they are enough to tell something."""
    query = sa.select(shapes.c.shape, *_COUNTS).where(_TOTAL >= MIN_PAGES)
    with named_errors(), engine.connect() as connection:
        rows = connection.execute(query if url is None else query.where(shapes.c.site == site_of(url)))
        return {shape: Kinds(*counts) for shape, *counts in rows}


class Shapes:
    """The counts as one crawl sees them; `apply` and `flush` belong into the transaction of the pages counted."""

    def __init__(self) -> None:
        self._views: dict[str, dict[str, Kinds]] = {}
        self._changes: dict[Key, Kinds] = {}
        self._tried: dict[str, dict[str, str]] = {}  # site -> URL -> shape

    def seen(self, connection: sa.Connection, url: str) -> Seen:
        """Returns the counts of the site of `url`, what is written and not yet committed included."""
        site = site_of(url)
        view = self._views.get(site)
        if view is None:
            view = self._load(connection, site)
        return view or NONE_SEEN

    def untried(self, connection: sa.Connection, url: str, links: Iterable[Link]) -> list[Link]:
        """Returns of the doubtful links of a page those to try: their shapes are not known yet, and TRIED_PAGES are enough.

        A site gets MAX_TRIED at most as long as this crawl remembers it, or one that makes up shapes would be fetched without end.
        """
        view = self.seen(connection, url)
        tried = self._tried.setdefault(site_of(url), {})
        chosen = []
        for link in links:
            shape = shape_of(link.url)
            known = sum(view.get(shape, ())) >= MIN_PAGES or list(tried.values()).count(shape) >= TRIED_PAGES
            if known or link.url in tried or len(tried) >= MAX_TRIED:
                continue
            tried[link.url] = shape
            chosen.append(link)
        return chosen

    def apply(self, changes: Iterable[Change]) -> None:
        """Takes up the changes that a page made, once it is written."""
        for key, change in changes:
            self._changes[key] = _sum(self._changes.get(key, Kinds()), change)
            view = self._views.get(key[0])
            if view is not None and (key[1] in view or len(view) < MAX_SHAPES):
                view[key[1]] = _aged(_sum(view.get(key[1], Kinds()), change))

    def flush(self, connection: sa.Connection) -> None:
        """Writes what has come together; always in one order, so that two crawls do not wait for each other for ever."""
        rows = [{"site": site, "shape": shape, **kinds._asdict()} for (site, shape), kinds in sorted(self._changes.items()) if any(kinds)]
        if rows:
            connection.execute(_ADD, rows)
        self._changes.clear()

    def forget(self) -> None:
        """Drops what is remembered and what is not written, as after a rollback."""
        self._views.clear()
        self._changes.clear()
        self._tried.clear()

    def _load(self, connection: sa.Connection, site: str) -> dict[str, Kinds]:
        if len(self._views) >= MAX_SITES:
            self._views.clear()
            self._tried.clear()
        view = {shape: Kinds(*counts) for shape, *counts in connection.execute(_OF_SITE, {"of_site": site})}
        for (of_site, shape), change in self._changes.items():
            if of_site == site:
                view[shape] = _aged(_sum(view.get(shape, Kinds()), change))
        self._views[site] = view
        return view


def _sum(one: Kinds, other: Kinds) -> Kinds:
    return Kinds(one.articles + other.articles, one.hubs + other.hubs, one.others + other.others)


def _aged(kinds: Kinds) -> Kinds:
    """Returns the counts as the table keeps them: none below nought, halved when there are many."""
    halves = 2 if sum(kinds) > AGED else 1
    return Kinds(*(max(0, one) // halves for one in kinds))
