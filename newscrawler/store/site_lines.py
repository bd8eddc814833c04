"""Which lines a site repeats on its articles, learnt as these come.

    look -> (the fingerprint, without what is left out) -> learn

A line has a row for each title that it stands under, with the page, until `REPEATED` titles are together; then it is the site's, and one
row says so. The pages of those rows had their fingerprints with the line, so `learn` returns them to be made anew: what a line is
then does not depend on which article came first. What is kept is bounded: `ROWS` of a site, those of the newest pages. Where it
fails: a line that stands on fewer than `REPEATED` of about a hundred articles that came together is not learnt.

Everything here works on a connection inside its transaction. Lines are numbers, no text: see `dedupe.lines`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from zlib import crc32

import sqlalchemy as sa

from newscrawler.dedupe.lines import HEAD, REPEATED, TAIL, edges, site_hash
from newscrawler.store.shapes import site_of
from newscrawler.store.tables import near_lines, pages

KNOWN = -1
"""In place of a title: the line is the site's."""
ROWS = 1_000
"""Of a site, about; some hundred articles' lines."""
PRUNE = 16
"""One in so many pages sees to it that its site has no more rows."""
STALE = 1_000
"""A line of the site whose row is older by so many pages is entered as seen again, so that it stays among the newest."""

_FIND = "SELECT line, title, number FROM near_lines WHERE site = {mark} AND line IN ({lines})"
_INSERT = "INSERT INTO near_lines (site, line, title, number) VALUES {rows} ON CONFLICT DO NOTHING"
_URL = "SELECT url FROM pages WHERE id = {mark}"


def pruning(most: int) -> sa.Delete:
    """Returns the statement that leaves a site at most so many rows, those of the newest pages."""
    mine = near_lines.c.site == sa.bindparam("of")
    last = sa.select(near_lines.c.number).where(mine).order_by(near_lines.c.number.desc()).limit(1).offset(most)
    return near_lines.delete().where(mine, near_lines.c.number <= last.scalar_subquery())


_PRUNE = pruning(ROWS)


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of the lines at the ends of a page's text.

    `left_out`: those that the site repeats. `ripe`: those of them of which nobody knew before this page; `again`: the pages that they stand
    on. `stale`: those whose row is old. `new`: the others under this title for the first time.
    """

    site: int = 0
    title: int = 0
    left_out: tuple[int, ...] = ()
    ripe: tuple[int, ...] = ()
    again: tuple[int, ...] = ()
    stale: tuple[int, ...] = ()
    new: tuple[int, ...] = ()


def look(connection: sa.Connection, page_id: int, title: int, text: str) -> Seen:
    """Returns what is known of the lines of a page's text under a title (`dedupe.fingerprint.title_hash`). Writes nothing."""
    site = site_of_page(connection, page_id)
    lines = edges(text, site)
    if not lines:
        return Seen()
    stands: dict[int, dict[int, int]] = {line: {} for line in lines}
    for line, under, number in connection.exec_driver_sql(_find(connection), (site, *lines, *[lines[-1]] * (HEAD + TAIL - len(lines)))):
        stands[line][under] = number
    known = [line for line in lines if KNOWN in stands[line]]
    ripe = [line for line in lines if line not in known and len({*stands[line], title}) >= REPEATED]
    again = {number for line in ripe for number in stands[line].values()} - {page_id}
    stale = [line for line in known if stands[line][KNOWN] < page_id - STALE]
    new = [line for line in lines if line not in known and line not in ripe and title not in stands[line]]
    return Seen(site, title, (*known, *ripe), tuple(ripe), tuple(sorted(again)), tuple(stale), tuple(new))


def site_of_page(connection: sa.Connection, page_id: int) -> int:
    """Returns the site of a page, as `dedupe.lines` counts sites."""
    return site_hash(site_of(connection.exec_driver_sql(_URL.format(mark=_mark(connection)), (page_id,)).scalar_one()))


def learn(connection: sa.Connection, page_id: int, seen: Seen) -> tuple[int, ...]:
    """Enters the lines of a page; returns the pages whose fingerprints have lines in them that are the site's from now on."""
    if told := (*seen.ripe, *seen.stale):
        connection.execute(near_lines.delete().where(near_lines.c.site == seen.site, near_lines.c.line.in_(told)))
    rows = [(seen.site, line, KNOWN, page_id) for line in told] + [(seen.site, line, seen.title, page_id) for line in seen.new]
    if rows:
        mark = _mark(connection)
        statement = _INSERT.format(rows=", ".join([f"({mark}, {mark}, {mark}, {mark})"] * len(rows)))
        connection.exec_driver_sql(statement, tuple(value for row in rows for value in row))
        if crc32(page_id.to_bytes(8)) % PRUNE == 0:
            connection.execute(_PRUNE, {"of": seen.site})
    return seen.again


def forget(connection: sa.Connection, page_ids: Collection[int]) -> None:
    """Removes the rows of pages that are members no more. What a site is known to repeat stays known: others had it left out."""
    urls = connection.execute(sa.select(pages.c.url).where(pages.c.id.in_(page_ids))).scalars()
    for site in sorted({site_hash(site_of(url)) for url in urls}):
        connection.execute(near_lines.delete().where(near_lines.c.site == site, near_lines.c.title != KNOWN, near_lines.c.number.in_(page_ids)))


def _mark(connection: sa.Connection) -> str:
    return "?" if connection.dialect.paramstyle == "qmark" else "%s"


def _find(connection: sa.Connection) -> str:
    mark = _mark(connection)
    return _FIND.format(mark=mark, lines=", ".join([mark] * (HEAD + TAIL)))
