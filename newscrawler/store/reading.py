"""What the commands read: counts, one URL's story, the export. Nothing here writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from heapq import merge
from itertools import islice
from typing import Any

import sqlalchemy as sa

from newscrawler.dedupe import canonical_url
from newscrawler.store import announcing, clusters, origins
from newscrawler.store import duplicates as copies
from newscrawler.store.completion import complete_related
from newscrawler.store.database import named_errors
from newscrawler.store.tables import (
    STATES,
    announced,
    articles,
    bodies,
    counters,
    duplicates,
    links,
    pages,
    revisions,
    runs,
    tombstones,
    undone,
    visits,
)
from newscrawler.store.tables import clusters as members
from newscrawler.store.ways import complete_ways

PORTION = 200  # records in memory at once
_WHY = sa.case(
    (
        tombstones.c.kind == "withheld",
        sa.select(revisions.c.record)
        .where(revisions.c.article_id == tombstones.c.article_id, revisions.c.seq < tombstones.c.seq)
        .order_by(revisions.c.seq.desc())
        .limit(1)
        .scalar_subquery(),
    )
)
_SHARED = sa.select(sa.func.count()).select_from(sa.select(members.c.leader).group_by(members.c.leader).having(sa.func.count() > 1).subquery())


def counts(engine: sa.Engine) -> dict[str, Any]:
    """{"pages": {"fetched": N, state: N, ..., "total": N}, "articles": N, "articles_gone": N, "articles_withheld": N, "duplicates": N, "clusters": N,
    "revisions": N, "links": N, "runs": N, "undone": [kind, ...], "last_run": {...}}."""
    with named_errors(), engine.begin() as connection:
        states = {row[0]: row[1] for row in connection.execute(sa.select(pages.c.state, sa.func.count()).group_by(pages.c.state))}
        fetched = connection.execute(sa.select(counters.c.value).where(counters.c.name == "fetched")).scalar_one()
        last = connection.execute(sa.select(runs).order_by(runs.c.id.desc()).limit(1)).mappings().first()
        return {
            "pages": {"fetched": fetched, **{state: states.get(state, 0) for state in STATES}, "total": sum(states.values())},
            "articles": _count(connection, articles, articles.c.gone_at.is_(None)),
            "articles_gone": _count(connection, articles, articles.c.gone_at.is_not(None), articles.c.withheld.is_(None)),
            "articles_withheld": _count(connection, articles, articles.c.withheld.is_not(None)),
            "duplicates": _count(connection, duplicates),
            "clusters": connection.execute(_SHARED).scalar_one(),
            "revisions": _count(connection, revisions),
            "links": _count(connection, links),
            "bodies": _count(connection, bodies),
            "forgotten": _count(connection, tombstones, tombstones.c.kind == "forgotten"),
            "runs": _count(connection, runs),
            "undone": sorted(connection.execute(sa.select(undone.c.kind)).scalars()),
            "last_run": dict(last) if last else None,
        }


def lacks_clusters(engine: sa.Engine) -> bool:
    """Whether an upgrade left articles without fingerprint and cluster."""
    with named_errors(), engine.begin() as connection:
        return clusters.is_pending(connection)


def _count(connection: sa.Connection, table: sa.Table, *where: sa.ColumnElement[bool]) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(table).where(*where)).scalar_one()


def reasons(engine: sa.Engine, most: int = 10) -> list[tuple[str, str, int]]:
    """The commonest (state, reason, number) of pages that are not in the collection, parked ones included."""
    number = sa.func.count().label("number")
    parked = sa.and_(pages.c.state == "queued", sa.or_(pages.c.reason.like("host parked%"), pages.c.reason.like("parked%")))
    query = sa.select(pages.c.state, pages.c.reason, number).where(sa.or_(pages.c.state.in_(("refused", "failed", "gone")), parked))
    query = query.where(sa.not_(pages.c.reason.like("guessed%")))  # that a guess was wrong is no news
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
        told["duplicate"] = copies.of_page(connection, page["id"])
        visit = connection.execute(sa.select(visits).where(visits.c.page_id == page["id"])).mappings().first()
        told["visit"] = dict(visit) if visit else None
        told["body_kept"] = _count(connection, bodies, bodies.c.page_id == page["id"]) > 0
        told["cluster"] = origins.cluster_of(connection, page["id"])
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
        .add_columns(articles.c.gone_at, articles.c.withheld)
        .join(pages, pages.c.id == articles.c.page_id)
        .join(revisions, (revisions.c.article_id == articles.c.id) & (revisions.c.revision == articles.c.revision))
        .where(articles.c.id == article_id)
    ).mappings().first()  # fmt: skip
    if row is None:
        return None
    return dict(row) | {"record": json.loads(row["record"]), "examples": json.loads(row["examples"] or "[]")}


def exported(
    engine: sa.Engine, *, since: int = 0, site: str | None = None, every_revision: bool = False, keep_duplicates: bool = False
) -> Iterator[tuple[int, dict[str, Any] | sa.RowMapping]]:
    """(seq, record) in the order of change, after `since`; a tombstone comes as its row (article_id, url, deleted_at, kind, reason, and of one
    withheld `record`, the version that says why).

    Without `every_revision` an article comes once, in its newest version, and not when it is gone; with it all versions come, of those that are
    gone too, but not of those that are withheld. With `keep_duplicates` the records of duplicates come as well. Entries of `related` whose
    target is in the collection have its id and, where the printed title is its beginning, the whole title: as of now, which makes no new `seq`.
    """
    with named_errors(), _snapshot(engine) as connection:
        streams: list[Iterator[tuple[int, Any]]] = [_versions(connection, since, site, every_revision)]
        streams += [_portions(connection, since, copies.kept(connection, since, site))] if keep_duplicates else []
        streams += [_graves(connection, since, site, every_revision, keep_duplicates)]
        yield from merge(*streams, key=lambda one: one[0])


def _versions(connection: sa.Connection, since: int, site: str | None, every_revision: bool) -> Iterator[tuple[int, dict[str, Any]]]:
    newest = revisions.c.revision == articles.c.revision
    query = sa.select(revisions.c.seq, revisions.c.record, articles.c.page_id, newest.label("newest")).join(articles, articles.c.id == revisions.c.article_id)
    query = query.where(revisions.c.seq > since, articles.c.withheld.is_(None)).order_by(revisions.c.seq)
    if not every_revision:
        query = query.where(newest, articles.c.gone_at.is_(None))
    if site is not None:
        query = query.where(articles.c.domain == site)
    rows = connection.execution_options(yield_per=PORTION).execute(query)
    yield from _portions(connection, since, ((row.seq, row.page_id if row.newest else None, json.loads(row.record)) for row in rows))


def _portions(connection: sa.Connection, since: int, found: Iterator[tuple[int, int | None, dict[str, Any]]]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Completes related reading, hash and cluster of records, some hundred at a time. `page` is None for an earlier version of an article.

    A number above the record's own says that only the cluster changed: to who has the record already, that is an update.
    """
    while portion := list(islice(found, PORTION)):
        records = [record for _, _, record in portion]
        complete_related(connection, records)
        complete_ways(connection, records)
        kin = clusters.told(connection, [page for _, page, _ in portion if page is not None])
        for seq, page, record in portion:
            if record["seq"] < seq and record["seq"] <= since:
                record["op"] = "update"
            yield seq, record | kin.get(page or 0, {}) | {"seq": seq}


def _graves(connection: sa.Connection, since: int, site: str | None, every_revision: bool, keep_duplicates: bool) -> Iterator[tuple[int, sa.RowMapping]]:
    """The tombstones; a first export has nothing to take back, but all versions end with those that are gone."""
    query = sa.select(tombstones, _WHY.label("record")).where(tombstones.c.seq > since).order_by(tombstones.c.seq)
    if not since:
        query = query.where(tombstones.c.kind == "gone") if every_revision else query.where(sa.false())
    if not keep_duplicates:
        query = query.where(tombstones.c.kind != "duplicate")
    if site is not None:
        query = query.where(tombstones.c.domain == site)
    yield from ((grave["seq"], grave) for grave in connection.execute(query).mappings().all())


def versions(engine: sa.Engine, article_id: str) -> list[tuple[int, float, dict[str, Any]]]:
    """(revision, when seen in seconds, record) of an article, oldest first."""
    query = sa.select(revisions.c.revision, revisions.c.seen_at, revisions.c.record).where(revisions.c.article_id == article_id)
    with named_errors(), engine.begin() as connection:
        return [(row.revision, row.seen_at, json.loads(row.record)) for row in connection.execute(query.order_by(revisions.c.revision))]


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
    page = (pages.c.id, pages.c.url, pages.c.status, pages.c.state, pages.c.reason, pages.c.depth)
    visit = (visits.c.said, visits.c.body_hash)
    query = (
        sa.select(*page, *visit, bodies.c.body, bodies.c.content_type, bodies.c.fetched_at, *announcing.COLUMNS)
        .select_from(
            pages.join(bodies, bodies.c.page_id == pages.c.id)
            .outerjoin(visits, visits.c.page_id == pages.c.id)
            .outerjoin(announced, announced.c.page_id == pages.c.id)
        )
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
