"""The writing side of a crawl: one connection, one transaction for a batch of whole pages.

    take -> (fetch, read, decide elsewhere) -> write -> commit

Requires: the crawl holds the database (`database.hold`), so no one else writes pages. A page's state, article, revision, links
and newly found URLs are written together; after a kill the transaction is as if it had never begun, and the page is queued again.
What cannot be written raises a StoreError, and the batch is rolled back whole.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import wraps
from typing import Any

import sqlalchemy as sa
from backports import zstd  # type: ignore[import-not-found,unused-ignore]

from newscrawler.dedupe import Known
from newscrawler.items import Decision, Link, Repair
from newscrawler.store import announcing, queue, visits
from newscrawler.store.blocked import Blocks
from newscrawler.store.database import named_errors
from newscrawler.store.discover import Discoverer, Found
from newscrawler.store.tables import articles, bodies, counters, links, pages, revisions, runs
from newscrawler.store.ways import Ways, ways_of


@dataclass(slots=True)
class Body:
    """A body as fetched, content decoding undone."""

    content: bytes
    content_type: str | None


@dataclass(slots=True)
class Outcome:
    """What became of one page: everything that is written together.

    `record` is the article's JSON line without its `seq` and `revision` (the ledger gives those), None when there is none to store.
    """

    page_id: int
    state: str
    at: float
    reason: str | None = None
    status: int | None = None
    kind: str | None = None
    encoding: str | None = None
    attempts: int = 0
    due: float = 0.0
    redirected_to: Found | None = None
    decision: Decision | None = None
    article_key: str | None = None
    content_hash: str | None = None
    record: dict[str, Any] | None = None
    examples: Sequence[Repair] = ()
    found: Sequence[Found] = ()
    links: Sequence[Link] = ()
    body: Body | None = None
    again: bool = False  # a redirect of a start page: its target is due too
    answered: bool = False  # counts as one more answer of the page
    first: bool = False  # the page never had an answer: there are no links and no body of it to replace
    url: str | None = None  # the spelling to ask for from now on, where the site redirects to another one of the same page
    hops: int | None = None  # redirects that led here, where they grew
    announced: Sequence[tuple[str, announcing.Announced]] = ()  # what a feed or sitemap says of pages, by their URL in `found`
    stale: Callable[[dict[str, float]], Sequence[str]] | None = None  # of known pages (URL -> when fetched), those announced as changed since
    visit: Callable[[int], visits.Visit] | None = None  # what to keep of this visit, from the number of pages that it made due


CHANGED = 58
"""The priority of pages that a feed or sitemap says have changed: with the newest articles."""

# The statements of every page, built once: SQLAlchemy then only looks them up.
_KNOWN = sa.select(articles.c.id, articles.c.page_id, articles.c.content_hash)
_BY_PAGE_OR_KEY = _KNOWN.where(sa.or_(articles.c.page_id == sa.bindparam("of_page"), articles.c.article_key == sa.bindparam("wanted")))
_BY_HASH = _KNOWN.where(articles.c.content_hash == sa.bindparam("wanted")).order_by(articles.c.seq).limit(1)
_INSERT_BODY = bodies.insert()
_INSERT_ARTICLE = articles.insert()
_INSERT_REVISION = revisions.insert()
_SETTLE = (
    pages.update()
    .where(pages.c.id == sa.bindparam("of_page"))
    .values({name: sa.bindparam(name) for name in ("state", "reason", "status", "kind", "encoding", "attempts", "due", "run_id", "fetched_at")})
    .values(
        fetches=pages.c.fetches + sa.bindparam("answers", type_=sa.Integer),
        # What is not known anew stays: an article keeps its page when that page fails one day.
        redirected_to=sa.func.coalesce(sa.bindparam("target", type_=sa.BigInteger), pages.c.redirected_to),
        article_id=sa.func.coalesce(sa.bindparam("story", type_=sa.Text), pages.c.article_id),
        url=sa.func.coalesce(sa.bindparam("spelling", type_=sa.Text), pages.c.url),
        hops=sa.func.coalesce(sa.bindparam("redirects", type_=sa.Integer), pages.c.hops),
    )
)


def _named(method: Any) -> Any:
    @wraps(method)
    def inner(*args: Any, **named: Any) -> Any:
        with named_errors():
            return method(*args, **named)

    return inner


def _positional_insert(table: sa.Table, engine: sa.Engine) -> str:
    mark = "?" if engine.dialect.paramstyle == "qmark" else "%s"
    columns = [column.name for column in table.columns]
    return f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({', '.join(mark for _ in columns)})"


class Ledger:
    """The pages, articles and links of one crawl, written in batches."""

    @_named
    def __init__(self, engine: sa.Engine, command: str) -> None:
        self.connection = engine.connect()
        with self.connection.begin():
            queue.give_back(self.connection)  # a crawl that was killed: we hold the database, so nobody is fetching these
            now = time.time()
            values = {"started_at": now, "command": command}
            self.run_id: int = self.connection.execute(runs.insert().values(**values).returning(runs.c.id)).scalar_one()
            self.connection.execute(
                runs.update().where(runs.c.ended_at.is_(None), runs.c.id != self.run_id).values(ended_at=now, end_reason="killed")
            )
            self.discoverer = Discoverer(Blocks(self.connection))
            self.seq: int = self.connection.execute(sa.select(counters.c.value).where(counters.c.name == "seq")).scalar_one()
        # The busiest statement by far: compiled once, its rows go to the driver as tuples, in the order of the columns.
        self._insert_link = _positional_insert(links, engine)
        self._keep_visit = visits.upsert(engine.dialect.paramstyle)
        self._keep_announced = announcing.insert(engine.dialect.paramstyle)
        self.ways = Ways(engine.dialect.paramstyle)
        self.started_at = now
        self._fetched = 0
        self.depth_limited = False  # with a limit, a page met on a shorter way is brought nearer
        self.pending = 0  # pages written since the last commit

    # ---- the batch

    def _begin(self) -> sa.Connection:
        if not self.connection.in_transaction():
            self.connection.begin()
        return self.connection

    @_named
    def commit(self) -> None:
        """Makes everything written since the last commit durable, or raises and keeps nothing of it."""
        if not self.connection.in_transaction():
            return
        if self._fetched:
            self.connection.execute(counters.update().where(counters.c.name == "fetched").values(value=counters.c.value + self._fetched))
        self.connection.execute(counters.update().where(counters.c.name == "seq").values(value=self.seq))
        self.connection.commit()
        self._fetched = self.pending = 0

    def rollback(self) -> None:
        """Drops what is not committed."""
        self.discoverer.forget()
        self.ways.forget()
        with named_errors():
            self.connection.rollback()

    @_named
    def close(self, end_reason: str) -> None:
        """Commits, queues again what was handed out and not answered, and ends the run."""
        connection = self._begin()
        queue.give_back(connection)
        connection.execute(runs.update().where(runs.c.id == self.run_id).values(ended_at=time.time(), end_reason=end_reason))
        self.commit()
        self.connection.close()

    # ---- the queue

    @_named
    def seed(self, found: Iterable[Found]) -> list[int]:
        """The ids of start pages, each due now; commits."""
        listed = list(found)
        connection = self._begin()
        ids, _ = self.discoverer.ids(connection, listed, time.time())
        queue.make_due(connection, ids.values())
        queue.make_nearest(connection, ids.values())
        self.commit()
        return list(ids.values())

    @_named
    def waiting_hosts(self) -> dict[str, int]:
        """Host -> number of queued pages."""
        return queue.waiting_hosts(self._begin())

    @_named
    def take(self, host: str, most: int, now: float) -> list[queue.Task]:
        """The best due pages of a host, marked as in flight (durable with the next commit; before it they are still queued)."""
        return queue.take(self._begin(), host, most, now, self.run_id)

    @_named
    def next_due(self, host: str) -> float | None:
        """When the earliest queued page of a host is due, or None."""
        return queue.next_due(self._begin(), host)

    @_named
    def readmit(self, reason: Any) -> int:
        """See `queue.readmit`; commits."""
        number = queue.readmit(self._begin(), reason)
        self.commit()
        return number

    @_named
    def revisit(self, wanted: Callable[[str, int], bool], now: float) -> int:
        """Queues the pages that are due by their visits and that `wanted(url, depth)` admits; returns their number; commits."""
        connection = self._begin()
        due = [page for page, url, depth in visits.due_pages(connection, now) if wanted(url, depth)]
        visits.queue_again(connection, due)
        self.commit()
        return len(due)

    # ---- one page

    @_named
    def ways_to(self, page_id: int) -> tuple[list[str], list[str]]:
        """The ways in which a page was found by now, and the first ten pages that it was found on."""
        return ways_of(self._begin(), [page_id])[page_id]

    @_named
    def known(self, page_id: int, article_key: str, content_hash: str) -> tuple[Known | None, Known | None, Known | None]:
        """The article of that page, another one's with that canonical URL, and the earliest with that text."""
        connection = self._begin()
        found = [Known(*row) for row in connection.execute(_BY_PAGE_OR_KEY, {"of_page": page_id, "wanted": article_key})]
        own = next((one for one in found if one.page_id == page_id), None)
        by_key = next((one for one in found if one.page_id != page_id), None)
        by_hash = connection.execute(_BY_HASH, {"wanted": content_hash}).first()
        return own, by_key, (Known(*by_hash) if by_hash else None)

    @_named
    def newest(self, article_id: str) -> dict[str, Any]:
        """The record of an article's newest revision."""
        newest = sa.select(revisions.c.record).where(revisions.c.article_id == article_id).order_by(revisions.c.revision.desc()).limit(1)
        record: dict[str, Any] = json.loads(self._begin().execute(newest).scalar_one())
        return record

    @_named
    def write(self, outcome: Outcome) -> tuple[dict[str, Any] | None, list[tuple[str, int]]]:
        """Writes all of one page; returns the record of a new or changed article, else None, and the hosts with newly queued pages.

        When it raises, nothing of this page is written, and the other pages of the batch stand.
        """
        connection = self._begin()
        connection.exec_driver_sql("SAVEPOINT page")
        seq = self.seq
        try:
            told = self._write(connection, outcome)
        except BaseException:
            self.seq = seq
            self.discoverer.forget()
            self.ways.forget()
            with suppress(sa.exc.SQLAlchemyError):  # a broken connection: what went wrong first is what to tell
                connection.exec_driver_sql("ROLLBACK TO SAVEPOINT page")
            raise
        connection.exec_driver_sql("RELEASE SAVEPOINT page")
        self._fetched += outcome.answered
        self.pending += 1
        return told

    def _write(self, connection: sa.Connection, outcome: Outcome) -> tuple[dict[str, Any] | None, list[tuple[str, int]]]:
        known = list(outcome.found) + ([outcome.redirected_to] if outcome.redirected_to else [])
        ids, queued = self.discoverer.ids(connection, known, outcome.at)
        values = {
            "of_page": outcome.page_id, "state": outcome.state, "reason": outcome.reason, "status": outcome.status, "kind": outcome.kind,
            "encoding": outcome.encoding, "attempts": outcome.attempts, "due": outcome.due, "run_id": self.run_id,
            "fetched_at": outcome.at, "answers": int(outcome.answered), "target": None, "story": None,
            "spelling": outcome.url, "redirects": outcome.hops,
        }  # fmt: skip
        if outcome.redirected_to:
            values["target"] = target = ids[outcome.redirected_to.url]
            queued += self._again(target) if outcome.again else []
        if self.depth_limited:
            queued += self._bring_nearer(outcome.found, ids)
        self._note_ways(connection, outcome, ids)
        queued += self._write_announced(connection, outcome, ids)
        record = self._write_article(outcome, values) if outcome.decision else None
        connection.execute(_SETTLE, values)
        if outcome.visit is not None:
            visit = outcome.visit(sum(number for _, number in queued))
            connection.exec_driver_sql(self._keep_visit, visits.row_of(outcome.page_id, visit))
        self._write_links(outcome, ids)
        if outcome.body is not None:
            self._write_body(outcome, outcome.body)
        return record, queued

    def _note_ways(self, connection: sa.Connection, outcome: Outcome, ids: dict[str, int]) -> None:
        fresh, own = self.discoverer.fresh, outcome.page_id
        met = {(page, one.by) for one in outcome.found if (page := ids[one.url]) not in fresh and page != own}
        self.ways.note(connection, met, own)

    def _write_announced(self, connection: sa.Connection, outcome: Outcome, ids: dict[str, int]) -> list[tuple[str, int]]:
        """Keeps what a feed or sitemap says, and queues what it says has changed; returns the hosts of these with their number."""
        if outcome.announced:
            rows = [announcing.row_of(ids[url], one.source, one.nesting, one.says) for url, one in outcome.announced]
            connection.exec_driver_sql(self._keep_announced, rows)
        if outcome.stale is None:
            return []
        known = visits.settled_pages(connection, {one.url: ids[one.url] for one in outcome.found if ids[one.url] not in self.discoverer.fresh})
        again = [known[url] for url in outcome.stale({url: at for url, (_, _, at) in known.items()})]
        visits.queue_again(connection, [page for page, _, _ in again], CHANGED)
        return list(Counter(host for _, host, _ in again).items())

    def _bring_nearer(self, found: Sequence[Found], ids: dict[str, int]) -> list[tuple[str, int]]:
        """Lowers the depth of pages met before on a longer way; those left out for their depth are queued, their hosts returned."""
        wanted = [ids[one.url] for one in found if one.refused is None]
        if not wanted:
            return []
        depth = found[0].depth  # all links of one page are as deep
        farther = pages.update().where(pages.c.id.in_(wanted), pages.c.depth > depth)
        self.connection.execute(farther.where(pages.c.state == "queued").values(depth=depth))
        admitted = farther.where(pages.c.state == "refused", pages.c.reason.like("left out: deeper%"))
        hosts = self.connection.execute(admitted.values(depth=depth, state="queued", reason=None, due=0).returning(pages.c.host)).scalars()
        return [(host, 1) for host in set(hosts)]

    def _again(self, page_id: int) -> list[tuple[str, int]]:
        """Makes the target of a redirected start page due, unless this run fetched it already."""
        row = self.connection.execute(sa.select(pages.c.host, pages.c.fetched_at, pages.c.state).where(pages.c.id == page_id)).one()
        if row.state in ("queued", "in_flight") or (row.fetched_at or 0) >= self.started_at:
            return []
        queue.make_due(self.connection, [page_id])
        return [(row.host, 1)]

    def _write_article(self, outcome: Outcome, values: dict[str, Any]) -> dict[str, Any] | None:
        decision = outcome.decision
        assert decision is not None
        if decision.verdict in ("duplicate", "unchanged"):
            values["story"] = decision.of
            return None
        assert outcome.record is not None
        values["story"] = decision.of or outcome.record["id"]
        self.seq += 1
        record = outcome.record | {"id": values["story"], "seq": self.seq}
        record["provenance"] = record["provenance"] | {"run_id": str(self.run_id)}
        if decision.verdict == "new":
            self._insert_article(outcome, record)
        else:
            self._update_article(outcome, record)
        row = {
            "article_id": record["id"], "revision": record["revision"], "seq": self.seq, "content_hash": outcome.content_hash,
            "seen_at": outcome.at, "record": json.dumps(record, ensure_ascii=False).encode("utf-8", "replace").decode(),
            "examples": json.dumps([asdict(repair) for repair in outcome.examples], ensure_ascii=False) if outcome.examples else None,
        }  # fmt: skip
        self.connection.execute(_INSERT_REVISION, row)
        return record

    def _insert_article(self, outcome: Outcome, record: dict[str, Any]) -> None:
        row = {
            "id": record["id"], "page_id": outcome.page_id, "article_key": outcome.article_key, "content_hash": outcome.content_hash,
            "domain": record["source_domain"], "title": record["title"], "first_seen": outcome.at, "revision": 1, "seq": self.seq,
        }  # fmt: skip
        self.connection.execute(_INSERT_ARTICLE, row)

    def _update_article(self, outcome: Outcome, record: dict[str, Any]) -> None:
        old = self.connection.execute(
            sa.select(articles.c.revision, revisions.c.record)
            .join(revisions, (revisions.c.article_id == articles.c.id) & (revisions.c.revision == articles.c.revision))
            .where(articles.c.id == record["id"])
        ).one()
        record["revision"] = old.revision + 1
        record["op"] = "update"
        record["date_first_seen"] = json.loads(old.record)["date_first_seen"]
        changed = {"content_hash": outcome.content_hash, "title": record["title"], "revision": record["revision"], "seq": self.seq}
        self.connection.execute(articles.update().where(articles.c.id == record["id"]).values(**changed))

    def _write_links(self, outcome: Outcome, ids: dict[str, int]) -> None:
        if not outcome.links:
            return
        rows = {
            ids[link.url]: (outcome.page_id, ids[link.url], link.kind, link.sub, link.anchor, link.teaser, link.position, link.heading)
            for link in reversed(outcome.links)  # two spellings of one page: the first one on the page stays
            if link.url in ids
        }
        if not outcome.first:
            self.connection.execute(links.delete().where(links.c.from_page == outcome.page_id))
        if rows:
            self.connection.exec_driver_sql(self._insert_link, list(rows.values()))

    def _write_body(self, outcome: Outcome, body: Body) -> None:
        row = {"page_id": outcome.page_id, "body": zstd.compress(body.content, 3), "size": len(body.content), "content_type": body.content_type}
        if not outcome.first:
            self.connection.execute(bodies.delete().where(bodies.c.page_id == outcome.page_id))
        self.connection.execute(_INSERT_BODY, row | {"fetched_at": outcome.at})
