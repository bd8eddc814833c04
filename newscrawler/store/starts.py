"""Where crawls began and what came of it: start pages, feeds and sitemaps that brought nothing. Nothing here writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from newscrawler.dedupe import canonical_url
from newscrawler.store.database import named_errors
from newscrawler.store.tables import links, pages

LISTS = ("feed", "sitemap")
HOPS = 6  # redirects that are followed from a feed to what it leads to
_AS_BEFORE = ("same body", "not modified")


def not_as_named(kind: str, what: str | None) -> str:
    """The reason of a page that a source names as a feed or sitemap and that is none; `what` it is, None: HTML."""
    return f"no {kind}, as which it is named: {what or 'a page of HTML'}"


def fruitless(engine: sa.Engine, since: float, named: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
    """(URL, reason) of start pages, feeds and sitemaps that brought nothing when they were last asked for, after `since`.

    `named` are the feeds and sitemaps of the sources, URL -> kind: those that lead to a page of HTML are told too.
    """
    with named_errors(), engine.begin() as connection:
        query = sa.select(pages.c.url, pages.c.reason).where(pages.c.depth == 0, pages.c.fetched_at >= since, _brought_nothing()).order_by(pages.c.id)
        told = {row.url: _reason(row.reason) for row in connection.execute(query)}
        for url, kind in (named or {}).items():
            end = _end_of_redirects(connection, url)
            if end is not None and end.state not in ("queued", "in_flight") and end.kind not in LISTS and url not in told and end.url not in told:
                told[url] = not_as_named(kind, None) if end.url == url else not_as_named(kind, f"it leads to {end.url}, a page of HTML")
        return list(told.items())


def _brought_nothing() -> sa.ColumnElement[bool]:
    leads_on = sa.exists().where(links.c.from_page == pages.c.id)
    wrong_kind = [pages.c.reason.like(pattern) for kind in LISTS for pattern in (f"no {kind}, as which%", f"a {kind} until now%")]
    empty = sa.and_(sa.or_(pages.c.kind.is_(None), pages.c.kind.in_((*LISTS, "other"))), sa.not_(leads_on))
    return sa.or_(pages.c.state.in_(("failed", "refused", "gone")), sa.and_(pages.c.state == "read", sa.or_(empty, *wrong_kind)))


def _reason(said: str | None) -> str:
    return "nothing in it, as before" if said is None or said in _AS_BEFORE else said


def _end_of_redirects(connection: sa.Connection, url: str) -> Any:
    """The row of the page that a URL leads to in the end, or None."""
    columns = sa.select(pages.c.url, pages.c.state, pages.c.kind, pages.c.redirected_to)
    row = connection.execute(columns.where(pages.c.url_key == canonical_url(url))).first()
    for _ in range(HOPS):
        if row is None or row.state != "redirected" or row.redirected_to is None:
            break
        row = connection.execute(columns.where(pages.c.id == row.redirected_to)).first()
    return row
