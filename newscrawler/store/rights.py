"""What publishers say later about the use of what is stored: told again, or obeyed.

`retell` writes a revision in which only the rights are new. `withhold` buries an article, as `absence` does one whose page is gone: the row and
its revisions stay, `gone_at` and `withheld` are set, a tombstone says why, and it comes back with any page of its site that has it and may be
stored (`dedupe.decide`). Nothing here decides what is obeyed. `Ledger` calls all of it inside its transaction.
"""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from newscrawler.rights import changes
from newscrawler.store import clusters
from newscrawler.store import duplicates as copies
from newscrawler.store.tables import articles, bodies, pages, revisions, tombstones

_NEWEST = (
    sa.select(articles.c.id, articles.c.domain, articles.c.revision, articles.c.gone_at, articles.c.withheld, pages.c.url)
    .add_columns(revisions.c.record, revisions.c.content_hash, revisions.c.examples)
    .select_from(
        articles.join(pages, pages.c.id == articles.c.page_id)
        .join(revisions, (revisions.c.article_id == articles.c.id) & (revisions.c.revision == articles.c.revision))
    )
    .where(articles.c.page_id == sa.bindparam("of_page"))
)
Told = tuple[dict[str, Any], list[str]]


def rights_of(connection: sa.Connection, page_id: int) -> dict[str, str | None] | None:
    """The rights in the newest record of the article or duplicate that a page has, None when it has none."""
    row = connection.execute(_NEWEST, {"of_page": page_id}).first()
    record = json.loads(row.record) if row is not None else copies.of_page(connection, page_id)
    told: dict[str, str | None] | None = None if record is None else record["rights"]
    return told


def retell(connection: sa.Connection, page_id: int, anew: dict[str, Any], seq: int, at: float) -> Told | None:
    """Writes what a page has, an article that is not gone or a duplicate, with `rights` and `date_fetched` anew and the number `seq`.

    Returns the record with the keys that changed; None, and nothing written, where none did (`rights.changes`) or it has nothing.
    """
    row = connection.execute(_NEWEST, {"of_page": page_id}).first()
    if row is None:
        return _retell_duplicate(connection, page_id, anew, seq, at)
    return _retell_article(connection, row, anew, seq, at) if row.gone_at is None else None


def _retell_article(connection: sa.Connection, row: Any, anew: dict[str, Any], seq: int, at: float) -> Told | None:
    record = json.loads(row.record)
    changed = changes(record["rights"], anew["rights"])
    if not changed:
        return None
    record |= anew | {"seq": seq, "op": "update", "revision": row.revision + 1}
    version = {"article_id": row.id, "revision": record["revision"], "seq": seq, "content_hash": row.content_hash, "seen_at": at}
    connection.execute(revisions.insert(), version | {"record": json.dumps(record, ensure_ascii=False), "examples": row.examples})
    connection.execute(articles.update().where(articles.c.id == row.id).values(revision=record["revision"], seq=seq))
    return record, changed


def _retell_duplicate(connection: sa.Connection, page_id: int, anew: dict[str, Any], seq: int, at: float) -> Told | None:
    old = copies.of_page(connection, page_id)
    if old is None:
        return None
    record = copies.keep(connection, page_id, old["duplicate_of"], old["content_hash"], old | anew, seq, at)
    return None if record is None else (record, changes(old["rights"], anew["rights"]))


def withhold(connection: sa.Connection, page_id: int, wish: str, anew: dict[str, Any], seq: int, at: float) -> tuple[int, bool]:
    """Takes out of the collection what a page has, because of a wish of its publisher; returns the last number of change (`seq` where nothing was
    written), and whether an article was withheld now.

    An article gets a revision where its rights are new, then its tombstone, be it gone already: what it says is exported no more in any way.
    """
    row = connection.execute(_NEWEST, {"of_page": page_id}).first()
    if row is None:
        return _drop_duplicate(connection, page_id, seq, at), False
    if row.withheld is not None:
        return seq, False
    if _retell_article(connection, row, anew, seq + 1, at) is not None:
        seq += 1
    connection.execute(articles.update().where(articles.c.id == row.id).values(gone_at=at, withheld=wish))
    grave = {"seq": seq + 1, "article_id": row.id, "url": row.url, "domain": row.domain, "deleted_at": at, "kind": "withheld"}
    connection.execute(tombstones.insert(), grave | {"reason": f"withheld: {wish}"})
    return seq + 1, True


def _drop_duplicate(connection: sa.Connection, page_id: int, seq: int, at: float) -> int:
    if not copies.drop(connection, page_id, seq + 1, at):
        return seq
    return clusters.tell_again(connection, clusters.take_out(connection, [page_id]), seq + 1)


def drop_body(connection: sa.Connection, page_id: int) -> bool:
    """Deletes the kept body of a page; returns whether there was one."""
    return connection.execute(bodies.delete().where(bodies.c.page_id == page_id)).rowcount > 0
