"""What the commands read: counts, one URL's story, the export. Nothing here writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import sqlalchemy as sa

from newscrawler.dedupe import canonical_url
from newscrawler.store.completion import complete_related
from newscrawler.store.database import named_errors
from newscrawler.store.tables import STATES, articles, bodies, counters, links, pages, revisions, runs, tombstones, undone

PORTION = 200  # records in memory at once


def counts(engine: sa.Engine) -> dict[str, Any]:
    """{"pages": {"fetched": N, state: N, ..., "total": N}, "articles": N, "revisions": N, "links": N, "runs": N, "undone": [kind, ...], "last_run": {...}}."""
    with named_errors(), engine.begin() as connection:
        states = {row[0]: row[1] for row in connection.execute(sa.select(pages.c.state, sa.func.count()).group_by(pages.c.state))}
        fetched = connection.execute(sa.select(counters.c.value).where(counters.c.name == "fetched")).scalar_one()
        last = connection.execute(sa.select(runs).order_by(runs.c.id.desc()).limit(1)).mappings().first()
        return {
            "pages": {"fetched": fetched, **{state: states.get(state, 0) for state in STATES}, "total": sum(states.values())},
            "articles": _count(connection, articles),
            "revisions": _count(connection, revisions),
            "links": _count(connection, links),
            "bodies": _count(connection, bodies),
            "forgotten": _count(connection, tombstones),
            "runs": _count(connection, runs),
            "undone": sorted(connection.execute(sa.select(undone.c.kind)).scalars()),
            "last_run": dict(last) if last else None,
        }


def _count(connection: sa.Connection, table: sa.Table) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def reasons(engine: sa.Engine, most: int = 10) -> list[tuple[str, str, int]]:
    """The commonest (state, reason, number) of pages that are not in the collection."""
    number = sa.func.count().label("number")
    query = sa.select(pages.c.state, pages.c.reason, number).where(pages.c.state.in_(("refused", "failed", "gone")))
    with named_errors(), engine.begin() as connection:
        return [tuple(row) for row in connection.execute(query.group_by(pages.c.state, pages.c.reason).order_by(number.desc()).limit(most))]


def story(engine: sa.Engine, url: str) -> dict[str, Any] | None:
    """Everything known of one URL: its row, where it leads or came from, its article; None when it was never seen."""
    with named_errors(), engine.begin() as connection:
        page = connection.execute(sa.select(pages).where(pages.c.url_key == canonical_url(url))).mappings().first()
        if page is None:
            page = connection.execute(sa.select(pages).where(pages.c.url == url)).mappings().first()
        if page is None:
            return None
        told: dict[str, Any] = {"page": dict(page)}
        told["discovered_from"] = _url(connection, page["discovered_from"])
        told["redirected_to"] = _url(connection, page["redirected_to"])
        told["article"] = _article(connection, page["article_id"])
        told["linked_from"] = [
            dict(row)
            for row in connection.execute(
                sa.select(pages.c.url, links.c.kind, links.c.sub, links.c.anchor).join(links, links.c.from_page == pages.c.id)
                .where(links.c.to_page == page["id"]).order_by(links.c.from_page).limit(10)
            ).mappings()
        ]  # fmt: skip
        return told


def _url(connection: sa.Connection, page_id: int | None) -> str | None:
    return connection.execute(sa.select(pages.c.url).where(pages.c.id == page_id)).scalar() if page_id is not None else None


def _article(connection: sa.Connection, article_id: str | None) -> dict[str, Any] | None:
    if article_id is None:
        return None
    row = connection.execute(
        sa.select(articles.c.id, articles.c.title, articles.c.revision, articles.c.seq, pages.c.url, revisions.c.record, revisions.c.examples)
        .join(pages, pages.c.id == articles.c.page_id)
        .join(revisions, (revisions.c.article_id == articles.c.id) & (revisions.c.revision == articles.c.revision))
        .where(articles.c.id == article_id)
    ).mappings().first()  # fmt: skip
    if row is None:
        return None
    return dict(row) | {"record": json.loads(row["record"]), "examples": json.loads(row["examples"] or "[]")}


def exported(
    engine: sa.Engine, *, since: int = 0, site: str | None = None, every_revision: bool = False
) -> Iterator[tuple[int, dict[str, Any] | sa.RowMapping]]:
    """(seq, record) in the order of change, after `since`; a tombstone comes as its row (article_id, url, deleted_at).

    Without `every_revision` an article comes once, in its newest version. Entries of `related` whose target is in the collection
    have its id and, where the printed title is its beginning, the whole title: as of now, which makes no new `seq`.
    """
    versions = sa.select(revisions.c.seq, revisions.c.record).join(articles, articles.c.id == revisions.c.article_id)
    versions = versions.where(revisions.c.seq > since).order_by(revisions.c.seq)
    gone = sa.select(tombstones).where(tombstones.c.seq > since).order_by(tombstones.c.seq)
    if not every_revision:
        versions = versions.where(revisions.c.revision == articles.c.revision)
    if site is not None:
        versions, gone = versions.where(articles.c.domain == site), gone.where(tombstones.c.domain == site)
    with named_errors(), _snapshot(engine) as connection:
        graves = connection.execute(gone).mappings().all() if since else []  # a first export has nothing to take back
        waiting = list(reversed(graves))
        with closing(connection.execution_options(yield_per=PORTION).execute(versions)) as rows:  # whoever reads may stop early
            for portion in rows.partitions(PORTION):
                records = [json.loads(row.record) for row in portion]
                complete_related(connection, records)
                for row, record in zip(portion, records, strict=True):
                    while waiting and waiting[-1]["seq"] < row.seq:
                        grave = waiting.pop()
                        yield grave["seq"], grave
                    yield row.seq, record
        for grave in reversed(waiting):
            yield grave["seq"], grave


@contextmanager
def _snapshot(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One state of the database for several statements; PostgreSQL has to be asked for it, or a deletion between two of them would be lost."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


def newest_seq(engine: sa.Engine) -> int:
    """The number of the last change."""
    with named_errors(), engine.begin() as connection:
        newest: int = connection.execute(sa.select(counters.c.value).where(counters.c.name == "seq")).scalar_one()
        return newest


def examples(engine: sa.Engine, most: int) -> list[dict[str, Any]]:
    """Some repairs with before and after, no two alike, from the first twenty articles that needed any."""
    query = sa.select(revisions.c.examples).where(revisions.c.examples.is_not(None)).order_by(revisions.c.seq).limit(20)
    with named_errors(), engine.begin() as connection:
        repairs = [repair for (text,) in connection.execute(query) for repair in json.loads(text)]
    return list({repair["before"]: repair for repair in repairs}.values())[:most]


def linked_articles(engine: sa.Engine) -> list[str]:
    """The URLs that pages link to as articles or related reading, in the order they were found."""
    query = sa.select(pages.c.url).where(pages.c.id.in_(sa.select(links.c.to_page).where(links.c.kind.in_(("article", "related")))))
    with named_errors(), engine.begin() as connection:
        return list(connection.execute(query.order_by(pages.c.id)).scalars())


def kept_body(engine: sa.Engine, url: str) -> sa.RowMapping | None:
    """The body of the page with that URL, compressed, and its content type; None when none is kept."""
    query = sa.select(bodies.c.body, bodies.c.content_type).join(pages, pages.c.id == bodies.c.page_id).where(pages.c.url == url)
    with named_errors(), engine.begin() as connection:
        return connection.execute(query).mappings().first()


def kept_bodies(engine: sa.Engine) -> Iterator[sa.RowMapping]:
    """The pages whose body is kept, with it (compressed), oldest first."""
    source = pages.alias("source")
    page = (pages.c.id, pages.c.url, pages.c.status, pages.c.state, pages.c.depth, pages.c.discovered_by, source.c.url.label("source"))
    query = (
        sa.select(*page, bodies.c.body, bodies.c.content_type, bodies.c.fetched_at)
        .select_from(pages.join(bodies, bodies.c.page_id == pages.c.id).outerjoin(source, source.c.id == pages.c.discovered_from))
        .order_by(pages.c.id)
    )
    last = -1
    while True:
        with named_errors(), engine.begin() as connection:
            rows = connection.execute(query.where(pages.c.id > last).limit(50)).mappings().all()
        if not rows:
            return
        yield from rows
        last = rows[-1]["id"]
