"""Duplicates: what a page brought that repeats an article, kept as a record of its own with `duplicate_of`.

A record is Zstandard (RFC 8878) with the article's record, as that revision stood, as the dictionary: revisions never change, and a copy
differs from its article in little more than addresses and times. `Ledger` calls `keep` and `drop` inside its transaction.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from backports import zstd  # type: ignore[import-not-found,unused-ignore]

from newscrawler.dedupe import article_id, duplicate_key
from newscrawler.rights import changes
from newscrawler.store.tables import articles, duplicates, pages, revisions, tombstones

LEVEL = 3
_OWN = sa.select(duplicates.c.article_id, duplicates.c.content_hash, duplicates.c.revision, duplicates.c.record, duplicates.c.of_revision)
_NEWEST = sa.select(articles.c.revision, revisions.c.record).join(
    revisions, (revisions.c.article_id == articles.c.id) & (revisions.c.revision == articles.c.revision)
)


def id_of(url: str) -> str:
    """Returns the id of the record of a duplicate at this address: never that of an article."""
    return article_id(duplicate_key(url))


def keep(connection: sa.Connection, page_id: int, of: str, content_hash: str, record: dict[str, Any], seq: int, seen_at: float) -> dict[str, Any] | None:
    """Writes a duplicate of the article `of` and returns its record; None, and nothing written, when it is kept like that already, with rights
    that mean the same."""
    old = connection.execute(_OWN.where(duplicates.c.page_id == page_id)).first()
    if old is not None and (old.article_id, old.content_hash) == (of, content_hash):
        kept_so = of_page(connection, page_id)
        if kept_so is not None and not changes(kept_so["rights"], record["rights"]):
            return None
    article = connection.execute(_NEWEST.where(articles.c.id == of)).one()
    changed: dict[str, Any] = {"seq": seq, "duplicate_of": of, "op": "update" if old else "add", "revision": old.revision + 1 if old else 1}
    record = record | changed | {"id": id_of(record["url"])}
    if old is not None:
        record["date_first_seen"] = _first_seen(connection, old)
        connection.execute(duplicates.delete().where(duplicates.c.page_id == page_id))
    row = {
        "page_id": page_id, "article_id": of, "of_revision": article.revision, "revision": record["revision"], "seq": seq,
        "content_hash": content_hash, "domain": record["source_domain"], "seen_at": seen_at, "record": _pack(record, article.record),
    }  # fmt: skip
    connection.execute(duplicates.insert(), row)
    return record


def _first_seen(connection: sa.Connection, old: sa.Row[*tuple[Any, ...]]) -> str:
    base = revisions.c.record
    query = sa.select(base).where(revisions.c.article_id == old.article_id, revisions.c.revision == old.of_revision)
    return str(_unpack(old.record, connection.execute(query).scalar_one())["date_first_seen"])


def drop(connection: sa.Connection, page_id: int, seq: int, now: float) -> bool:
    """Takes the duplicate of a page back, leaving a tombstone for those who export duplicates; returns whether there was one."""
    query = sa.select(duplicates.c.domain, pages.c.url).join(pages, pages.c.id == duplicates.c.page_id).where(duplicates.c.page_id == page_id)
    row = connection.execute(query).first()
    if row is None:
        return False
    connection.execute(duplicates.delete().where(duplicates.c.page_id == page_id))
    grave = {"seq": seq, "article_id": id_of(row.url), "url": row.url, "domain": row.domain, "deleted_at": now, "kind": "duplicate"}
    connection.execute(tombstones.insert(), grave)
    return True


def kept(connection: sa.Connection, since: int, site: str | None) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Yields (seq, page, record) of the duplicates after `since`, in the order of change."""
    same = (revisions.c.article_id == duplicates.c.article_id) & (revisions.c.revision == duplicates.c.of_revision)
    query = sa.select(duplicates.c.seq, duplicates.c.page_id, duplicates.c.record, revisions.c.record.label("base")).join(revisions, same)
    if site is not None:
        query = query.where(duplicates.c.domain == site)
    last = since
    while rows := connection.execute(query.where(duplicates.c.seq > last).order_by(duplicates.c.seq).limit(200)).all():
        yield from ((row.seq, row.page_id, _unpack(row.record, row.base)) for row in rows)
        last = rows[-1].seq


def of_page(connection: sa.Connection, page_id: int) -> dict[str, Any] | None:
    """Returns the record of a page's duplicate, None when none is kept."""
    same = (revisions.c.article_id == duplicates.c.article_id) & (revisions.c.revision == duplicates.c.of_revision)
    query = sa.select(duplicates.c.record, revisions.c.record.label("base")).join(revisions, same)
    row = connection.execute(query.where(duplicates.c.page_id == page_id)).first()
    return None if row is None else _unpack(row.record, row.base)


def _pack(record: dict[str, Any], base: str) -> bytes:
    text = json.dumps(record, ensure_ascii=False).encode("utf-8", "replace")
    packed: bytes = zstd.compress(text, LEVEL, zstd_dict=_dictionary(base))
    return packed


def _unpack(packed: bytes, base: str) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(zstd.decompress(packed, zstd_dict=_dictionary(base)))
    return record


def _dictionary(base: str) -> Any:
    return zstd.ZstdDict(base.encode(), is_raw=True)
