"""Related entries meet their targets: the id of the article that an entry leads to, and its whole title.

    entries' URLs -> canonical -> page (and where it redirects to) -> article -> whole_title decides

This is asked when records leave the store, not written into them: a target may be stored, retitled or forgotten at any time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from newscrawler.dedupe import canonical_url, whole_title
from newscrawler.store.tables import articles, pages

MOST_PARAMETERS = 500

_target = pages.alias("target")
_ARTICLES = (
    sa.select(pages.c.url_key, articles.c.id, sa.case((articles.c.withheld.is_(None), articles.c.title)).label("title"))
    .select_from(
        pages.outerjoin(_target, _target.c.id == pages.c.redirected_to).join(
            articles, articles.c.id == sa.func.coalesce(pages.c.article_id, _target.c.article_id)
        )
    )
    .where(pages.c.url_key.in_(sa.bindparam("keys", expanding=True)))
)


def complete_related(connection: sa.Connection, records: Sequence[dict[str, Any]]) -> None:
    """Sets `id` and `title_complete` of the entries of `related` in place, where the target is in the collection."""
    keys = {entry["url"]: canonical_url(entry["url"]) for record in records for entry in record.get("related") or ()}
    known = {key: (number, title) for key, number, title in _known(connection, set(keys.values()))}
    for record in records:
        for entry in record.get("related") or ():
            number, title = known.get(keys[entry["url"]], (None, None))
            if number is not None:
                entry["id"] = number
                entry["title_complete"] = whole_title(entry["title"], title) if title else None


def _known(connection: sa.Connection, keys: Iterable[str]) -> Iterator[tuple[str, str, str | None]]:
    listed = sorted(keys)
    for start in range(0, len(listed), MOST_PARAMETERS):
        for row in connection.execute(_ARTICLES, {"keys": listed[start : start + MOST_PARAMETERS]}):
            yield row.url_key, row.id, row.title
