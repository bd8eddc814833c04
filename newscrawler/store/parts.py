"""Articles of several pages: which pages belong together, and what each of them said.

Design. A row of `parts` is one page of a series: `head_id` is the page of part 1 (its own row has its own id), `number` its place,
`record` what it says as an article by itself; None while it was never read, or once it is gone.

- Each part is a page of the ledger like any other; its state is "read", with the reason "part 2 of URL". "stored" promises an
  article of its own (the audit asks), and "duplicate" would say that nothing new stands there.
- Reading a part enters it and queues the parts that it names, in front of all but start pages, in the page's own transaction. So a
  part met first finds its page 1, and after a kill either the part is queued or its record is here.
- The article is written under page 1 when no page of the series is queued or in flight any more: in the transaction of the page that
  settled last, or when the crawl ends. It is joined from the rows in their order, so the order of arrival tells nowhere, and a page 1
  read again alone is joined with the parts that are here. Identity, duplicates and revisions are judged on the joined text.
- A part that fails leaves the article with what there is; page 1's reason and `quality` say so. When it comes, that is a revision.
- A page 1 whose own text has changed makes its other parts due again, and only that: parts are not asked for without a cause.
- What was stored as an article by itself and turns out to be a part becomes the article of the whole, as a revision; a second such
  one is withdrawn (a tombstone).
- When page 1 is gone or fails, the first part that was read carries the article. When page 1 is a list, its parts are no parts:
  each is an article by itself.
- No series has more than MOST pages, so a loop or an endless pager ends.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from newscrawler.items import Series
from newscrawler.store.tables import articles, pages, parts, revisions, tombstones

MOST = 60
"""Pages of one series: 50 numbers, a view of the whole, and a few addresses that mean the same."""
PRIORITY = 90
_PENDING = ("queued", "in_flight")


@dataclass(slots=True)
class PartRead:
    """What a page is and says as a part. `record` is the JSON record of the part by itself; `again`: what it names may be due again."""

    series: Series
    record: dict[str, Any]
    examples: str | None = None
    again: bool = True


@dataclass(frozen=True, slots=True)
class PartRow:
    """One page of a series, with what the ledger knows of it."""

    page_id: int
    head_id: int
    number: int
    record: str | None
    examples: str | None
    url: str
    state: str
    reason: str | None
    status: int | None
    kind: str | None
    encoding: str | None
    attempts: int
    due: float
    fetched_at: float | None
    own_article: str | None


_ROWS = (
    sa.select(
        parts.c.page_id, parts.c.head_id, parts.c.number, parts.c.record, parts.c.examples, pages.c.url, pages.c.state,
        pages.c.reason, pages.c.status, pages.c.kind, pages.c.encoding, pages.c.attempts, pages.c.due, pages.c.fetched_at,
        articles.c.id.label("own_article"),
    )
    .select_from(parts.join(pages, pages.c.id == parts.c.page_id).outerjoin(articles, articles.c.page_id == pages.c.id))
    .where(parts.c.head_id == sa.bindparam("head"))
    .order_by(parts.c.number, parts.c.page_id)
)  # fmt: skip
_HEAD = sa.select(parts.c.head_id).where(parts.c.page_id == sa.bindparam("page"))


def any_parts(connection: sa.Connection) -> bool:
    """Whether the collection has any article of several pages."""
    return connection.execute(sa.select(parts.c.page_id).limit(1)).first() is not None


def head_of(connection: sa.Connection, page_id: int) -> int | None:
    """The page of part 1 of the series that a page belongs to, or None."""
    return connection.execute(_HEAD, {"page": page_id}).scalar()


def rows_of(connection: sa.Connection, head_id: int) -> list[PartRow]:
    """The pages of a series in the order of its parts, with their records and states."""
    return [PartRow(**row) for row in connection.execute(_ROWS, {"head": head_id}).mappings()]


def is_pending(rows: Iterable[PartRow]) -> bool:
    """Whether a page of a series is still to come."""
    return any(row.state in _PENDING for row in rows)


def open_heads(connection: sa.Connection) -> list[tuple[int, str]]:
    """The heads of the series that have been read in part and wait for more, or make no article yet, each with its URL."""
    waiting = sa.select(parts.c.head_id).join(pages, pages.c.id == parts.c.page_id).where(pages.c.state.in_(_PENDING))
    open_ = sa.or_(parts.c.head_id.in_(waiting), pages.c.article_id.is_(None))
    read = sa.select(parts.c.head_id).join(pages, pages.c.id == parts.c.page_id).where(parts.c.record.is_not(None), open_).distinct()
    heads = sa.select(pages.c.id, pages.c.url).where(pages.c.id.in_(read)).order_by(pages.c.id)
    return [(row.id, row.url) for row in connection.execute(heads)]


def series_of(connection: sa.Connection, page_id: int) -> Series | None:
    """The series that a page was entered in, by its own or by another page's account; the others are not listed."""
    row = connection.execute(
        sa.select(parts.c.number, pages.c.url).join(pages, pages.c.id == parts.c.head_id).where(parts.c.page_id == page_id)
    ).first()
    return Series(row.url, row.number) if row else None


def enter(connection: sa.Connection, page_id: int, read: PartRead, ids: Mapping[str, int]) -> list[tuple[str, int]]:
    """Enters a part that was read, and the parts that it names; returns the hosts that have something more in the queue.

    `ids` knows the page of each address named. A page that is in a series already stays in it, and its company joins it there.
    """
    named = {ids[url]: number for number, url in read.series.others if url in ids}
    named.pop(page_id, None)
    head = _head(connection, page_id, [page_id, *named]) or ids.get(read.series.first, page_id)
    known = {row.page_id: row for row in rows_of(connection, head)}
    fresh = {page: number for page, number in {head: 0, **named}.items() if page not in known and page != page_id}
    fresh = _unclaimed(connection, dict(list(fresh.items())[: max(0, MOST - len(known) - 1)]))
    old = known.get(page_id)
    _put(connection, page_id, head, 0 if page_id == head else read.series.number, read, entered=old is not None)
    if fresh:
        connection.execute(parts.insert(), [{"page_id": page, "head_id": head, "number": number} for page, number in fresh.items()])
    due = _adopt(connection, list(fresh)) if read.again else []
    if read.again and page_id == head and old is not None and old.record and json.loads(old.record)["content_hash"] != read.record["content_hash"]:
        due += [row.page_id for row in known.values() if row.page_id != page_id and row.state not in (*_PENDING, "refused")]
    return _hasten(connection, [*fresh, *named], due)


def _head(connection: sa.Connection, page_id: int, company: list[int]) -> int | None:
    own = parts.c.page_id == page_id
    return connection.execute(
        sa.select(parts.c.head_id).where(parts.c.page_id.in_(company)).order_by(sa.case((own, 0), else_=1), parts.c.number, parts.c.head_id).limit(1)
    ).scalar()


def _unclaimed(connection: sa.Connection, wanted: dict[int, int]) -> dict[int, int]:
    """Those of the pages that are in no series."""
    taken = set(connection.execute(sa.select(parts.c.page_id).where(parts.c.page_id.in_(list(wanted)))).scalars()) if wanted else set()
    return {page: number for page, number in wanted.items() if page not in taken}


def _put(connection: sa.Connection, page_id: int, head: int, number: int, read: PartRead, *, entered: bool) -> None:
    said = {"record": json.dumps(read.record, ensure_ascii=False).encode("utf-8", "replace").decode(), "examples": read.examples}
    if entered:
        connection.execute(parts.update().where(parts.c.page_id == page_id).values(**said))
    else:
        connection.execute(parts.insert(), {"page_id": page_id, "head_id": head, "number": number, **said})


def _adopt(connection: sa.Connection, fresh: list[int]) -> list[int]:
    """Takes over what new parts brought before as articles; returns the pages of which nothing is kept though they were read."""
    if not fresh:
        return []
    newest = (
        sa.select(articles.c.page_id, revisions.c.record, revisions.c.examples)
        .join(revisions, (revisions.c.article_id == articles.c.id) & (revisions.c.revision == articles.c.revision))
        .where(articles.c.page_id.in_(fresh))
    )
    owned = connection.execute(newest).all()
    for row in owned:
        connection.execute(parts.update().where(parts.c.page_id == row.page_id).values(record=row.record, examples=row.examples))
    lost = sa.select(pages.c.id).where(pages.c.id.in_(fresh), pages.c.state == "duplicate")
    return list(connection.execute(lost).scalars())


def _hasten(connection: sa.Connection, wanted: list[int], due: list[int]) -> list[tuple[str, int]]:
    """Puts the parts in front of the queue, those that are due again and those left out for their depth too."""
    queued = pages.update().where(pages.c.id.in_(wanted), pages.c.state == "queued", pages.c.priority < PRIORITY)
    connection.execute(queued.values(priority=PRIORITY))
    deep = sa.and_(pages.c.id.in_(wanted), pages.c.state == "refused", pages.c.reason.like("left out: deeper%"))
    again = pages.update().where(sa.or_(deep, pages.c.id.in_(due))).values(state="queued", reason=None, attempts=0, due=0, priority=PRIORITY)
    return [(host, 1) for host in set(connection.execute(again.returning(pages.c.host)).scalars())]


def note(connection: sa.Connection, page_id: int, state: str, target: int | None) -> None:
    """Notes what became of a page that said nothing as a part: gone, moved to `target`, or no article (any more)."""
    head = head_of(connection, page_id)
    if head is None:
        return
    own = parts.c.page_id == page_id
    if state == "redirected" and target is not None:
        there = head_of(connection, target)
        if there is None:
            connection.execute(parts.update().where(own).values(page_id=target, record=None, examples=None))
        else:
            connection.execute(parts.delete().where(own))
        if head == page_id:
            connection.execute(parts.update().where(parts.c.head_id == page_id).values(head_id=there or target))
    elif state == "read" or (state == "gone" and head != page_id):  # the article of a page 1 that is gone stays as it was
        connection.execute(parts.update().where(own).values(record=None, examples=None))


def gather(connection: sa.Connection, owner: int, page_ids: Sequence[int], seq: int, now: float) -> int:
    """Leaves the pages of a series one article at most, that of `owner`; returns the last number of change.

    An article that another of them brought before is the owner's from now on, with its id; what they have besides is withdrawn.
    """
    owned = connection.execute(
        sa.select(articles.c.id, articles.c.domain, articles.c.page_id, pages.c.url).join(pages, pages.c.id == articles.c.page_id)
        .join(parts, parts.c.page_id == pages.c.id).where(articles.c.page_id.in_(page_ids))
        .order_by(sa.case((pages.c.id == owner, 0), else_=1), parts.c.number, pages.c.id)
    ).all()  # fmt: skip
    if not owned:
        return seq
    story = owned[0].id
    for row in owned[1:]:
        seq += 1
        connection.execute(tombstones.insert(), {"seq": seq, "article_id": row.id, "url": row.url, "domain": row.domain, "deleted_at": now})
        connection.execute(revisions.delete().where(revisions.c.article_id == row.id))
        connection.execute(articles.delete().where(articles.c.id == row.id))
        connection.execute(pages.update().where(pages.c.article_id == row.id).values(article_id=story))
    connection.execute(articles.update().where(articles.c.id == story).values(page_id=owner))
    bare = [row.page_id for row in owned if row.page_id != owner]
    was = pages.update().where(pages.c.id.in_(bare), pages.c.state.in_(("stored", "unchanged")))
    connection.execute(was.values(state="read", reason="a part of another page's article"))
    return seq


def forget_parts(connection: sa.Connection, page_ids: Sequence[int]) -> None:
    """Removes what these pages said as parts, and the series they are page 1 of."""
    connection.execute(parts.delete().where(sa.or_(parts.c.page_id.in_(page_ids), parts.c.head_id.in_(page_ids))))


def company(connection: sa.Connection, page_ids: Sequence[int]) -> list[int]:
    """All pages of the series that any of these pages belongs to."""
    heads = sa.select(parts.c.head_id).where(parts.c.page_id.in_(page_ids))
    return list(connection.execute(sa.select(parts.c.page_id).where(parts.c.head_id.in_(heads))).scalars())
