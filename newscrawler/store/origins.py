"""The cluster of a page as a person is told it: its members, how near each is, and where the story likely comes from."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from newscrawler.dedupe import Fingerprint, Telling, article_id, compare, credited, likely_origin
from newscrawler.store import duplicates as copies
from newscrawler.store.tables import articles, clusters, near_prints, pages, revisions

MOST = 200
"""Members that are looked at, those first seen."""

_ROWS = (
    sa.select(clusters.c.page_id, pages.c.url, near_prints.c.packed, articles.c.id, articles.c.first_seen, articles.c.gone_at, revisions.c.record)
    .add_columns(pages.c.discovered_at)
    .select_from(
        clusters.join(pages, pages.c.id == clusters.c.page_id)
        .outerjoin(near_prints, near_prints.c.number == clusters.c.page_id)
        .outerjoin(articles, articles.c.page_id == clusters.c.page_id)
        .outerjoin(revisions, (revisions.c.article_id == articles.c.id) & (revisions.c.revision == articles.c.revision))
    )
    .where(clusters.c.leader == sa.bindparam("of"))
    .order_by(sa.func.coalesce(articles.c.first_seen, pages.c.discovered_at), clusters.c.page_id)
    .limit(MOST)
)


def cluster_of(connection: sa.Connection, page_id: int) -> dict[str, Any] | None:
    """Returns {"id", "size", "members": [...], "origin": {"url", "source", "reasons"}} of a page's cluster; None for one in no cluster.

    Members are those first seen, at most `MOST`; each with `url`, `id`, `duplicate_of`, `title`, `date_published`, `credit` and `likeness`
    to the page, in words.
    """
    leader = connection.execute(sa.select(clusters.c.leader).where(clusters.c.page_id == page_id)).scalar()
    if leader is None:
        return None
    key = connection.execute(sa.select(pages.c.url_key).where(pages.c.id == leader)).scalar_one()
    size = connection.execute(sa.select(sa.func.count()).select_from(clusters).where(clusters.c.leader == leader)).scalar_one()
    packed = connection.execute(sa.select(near_prints.c.packed).where(near_prints.c.number == page_id)).scalar()
    rows = connection.execute(_ROWS, {"of": leader}).all()
    found = [(row, json.loads(row.record) if row.record else copies.of_page(connection, row.page_id) or {}) for row in rows]
    origin = likely_origin([_telling(row, record) for row, record in found])
    return {"id": article_id(key), "size": size, "members": [_member(row, record, packed) for row, record in found], "origin": asdict(origin)}


def _telling(row: sa.Row[Any], record: dict[str, Any]) -> Telling:
    credit = credited(record.get("byline"), record.get("text") or "")
    seen = row.discovered_at if row.first_seen is None else row.first_seen
    return Telling(row.url, record.get("source_domain") or "", record.get("source_name"), record.get("date_published"), seen, credit)


def _member(row: sa.Row[Any], record: dict[str, Any], packed: bytes | None) -> dict[str, Any]:
    likeness = compare(Fingerprint.unpacked(packed), Fingerprint.unpacked(row.packed)) if packed and row.packed else None
    return {
        "url": row.url,
        "id": record.get("id"),
        "duplicate_of": record.get("duplicate_of"),
        "gone": row.gone_at is not None,
        "title": record.get("title"),
        "date_published": record.get("date_published"),
        "credit": credited(record.get("byline"), record.get("text") or ""),
        "likeness": None if likeness is None else str(likeness),
    }
