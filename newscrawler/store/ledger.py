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
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from backports import zstd  # type: ignore[import-not-found,unused-ignore]

from newscrawler.dedupe import Known, Likeness, likeliest, registrable_domain, same_site, twin_key
from newscrawler.extract.seen import Seen
from newscrawler.items import Decision, Link, Series
from newscrawler.store import absence, announcing, clusters, duplicates, parts, queue, rights, visits
from newscrawler.store.blocked import Blocks
from newscrawler.store.database import named_errors
from newscrawler.store.discover import Discoverer, Found
from newscrawler.store.outcome import Body, Outcome
from newscrawler.store.shapes import Change, Shapes, change_of
from newscrawler.store.tables import articles, bodies, counters, links, pages, revisions, runs
from newscrawler.store.tables import duplicates as duplicate_rows
from newscrawler.store.ways import Ways, ways_of
from newscrawler.store.yields import OriginOf, Tally

CHANGED = 58
"""The priority of pages that a feed or sitemap says have changed: with the newest articles."""

# The statements of every page, built once: SQLAlchemy then only looks them up.
_KNOWN = sa.select(
    articles.c.id, articles.c.page_id, articles.c.content_hash, articles.c.gone_at.is_not(None).label("gone"), articles.c.title,
    articles.c.article_key, articles.c.revision, articles.c.withheld.is_not(None).label("withheld"),
)  # fmt: skip
_BY_PAGE_OR_KEY = _KNOWN.where(
    sa.or_(
        articles.c.page_id == sa.bindparam("of_page"),
        articles.c.article_key == sa.bindparam("wanted"),
        articles.c.twin_key == sa.bindparam("twin"),
    )
).order_by(articles.c.seq)
_TEXT = sa.select(revisions.c.record).where(revisions.c.article_id == sa.bindparam("of"), revisions.c.revision == sa.bindparam("version"))
_BY_HASH = (
    _KNOWN.where(articles.c.content_hash == sa.bindparam("wanted"), articles.c.domain == sa.bindparam("site"))
    .order_by((sa.func.coalesce(articles.c.title, "") == sa.bindparam("said")).desc(), articles.c.seq)
    .limit(1)
)
_BY_PAGES = (
    sa.select(*_KNOWN.selected_columns, pages.c.url)
    .select_from(articles.join(pages, pages.c.id == articles.c.page_id))
    .where(articles.c.page_id.in_(sa.bindparam("wanted", expanding=True)))
)
_BEFORE = sa.select(pages.c.url, pages.c.kind, pages.c.article_id).where(pages.c.id == sa.bindparam("of_page"))
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


def _changes(outcome: Outcome, before: Any) -> list[Change]:
    """What the page changes in the counts of its site: its kind is added, the one that it had before is taken back."""
    if before is None:
        return [change_of(outcome.asked, outcome.kind)] if outcome.kind and outcome.asked is not None else []
    if before.kind == outcome.kind:
        return []
    return [change_of(before.url, kind, sign) for kind, sign in ((before.kind, -1), (outcome.kind, 1)) if kind]


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
            self.connection.execute(runs.update().where(runs.c.ended_at.is_(None), runs.c.id != self.run_id).values(ended_at=now, end_reason="killed"))
            self.discoverer = Discoverer(Blocks(self.connection))
            self.shapes = Shapes()
            self.tally = Tally()
            self.seq: int = self.connection.execute(sa.select(counters.c.value).where(counters.c.name == "seq")).scalar_one()
            self.has_parts = parts.any_parts(self.connection)  # without any, no page is asked whether it is one
        # The busiest statement by far: compiled once, its rows go to the driver as tuples, in the order of the columns.
        self._insert_link = _positional_insert(links, engine)
        self._keep_visit = visits.upsert(engine.dialect.paramstyle)
        self._keep_announced = announcing.insert(engine.dialect.paramstyle)
        self.ways = Ways(engine.dialect.paramstyle)
        self.started_at = now
        self._fetched = 0
        self._likes: tuple[int, str | None, str, clusters.Likes] | None = None  # of the page that is decided now, for its writing
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
        self.shapes.flush(self.connection)
        self.tally.flush(self.connection)
        if self._fetched:
            self.connection.execute(counters.update().where(counters.c.name == "fetched").values(value=counters.c.value + self._fetched))
        self.connection.execute(counters.update().where(counters.c.name == "seq").values(value=self.seq))
        self.connection.commit()
        self._fetched = self.pending = 0

    def rollback(self) -> None:
        """Drops what is not committed."""
        self.discoverer.forget()
        self.shapes.forget()
        self.ways.forget()
        self.tally.forget()
        with named_errors():
            self.connection.rollback()

    @_named
    def close(self, end_reason: str) -> int:
        """Commits, queues again what was handed out and not answered, and ends the run; returns how many pages are queued then."""
        connection = self._begin()
        queue.give_back(connection)
        left = sum(queue.waiting_hosts(connection).values())
        connection.execute(runs.update().where(runs.c.id == self.run_id).values(ended_at=time.time(), end_reason=end_reason))
        self.commit()
        self.connection.close()
        return left

    @_named
    def watch(self, origins: Iterable[str], origin_of: OriginOf) -> None:
        """From now on the pages of this run count for the yield guard; commits. `origin_of` tells the origin of a host, or None."""
        self.tally.start(self._begin(), self.run_id, self.started_at, self.seq, origins, origin_of)
        self.commit()

    # ---- the queue

    @_named
    def seed(self, found: Iterable[Found], patient: Container[str] = ()) -> list[int]:
        """The ids of start pages, each due now, but the `patient` URLs among them not before the time that they are parked until; commits."""
        listed, now = list(found), time.time()
        connection = self._begin()
        ids, _ = self.discoverer.ids(connection, listed, now)
        queue.make_due(connection, [page for url, page in ids.items() if url in patient], waits_at=now)
        queue.make_due(connection, [page for url, page in ids.items() if url not in patient])
        queue.make_nearest(connection, ids.values())
        self.commit()
        return list(ids.values())

    @_named
    def waiting_hosts(self) -> dict[str, int]:
        """Host -> number of queued pages."""
        return queue.waiting_hosts(self._begin())

    @_named
    def take(self, host: str, most: int, now: float, choice: queue.Choice | None = None) -> list[queue.Task]:
        """The best due pages of a host, marked as in flight (durable with the next commit; before it they are still queued)."""
        return queue.take(self._begin(), host, most, now, self.run_id, choice)

    @_named
    def next_due(self, host: str, choice: queue.Choice | None = None) -> float | None:
        """When the earliest queued page of a host is due, or None."""
        return queue.next_due(self._begin(), host, choice)

    @_named
    def led_hosts(self, hosts: Iterable[str], leads: Callable[[str], bool]) -> list[str]:
        """See `queue.led_hosts`."""
        return queue.led_hosts(self._begin(), hosts, leads)

    @_named
    def readmit(self, reason: Any) -> int:
        """See `queue.readmit`; commits."""
        number = queue.readmit(self._begin(), reason)
        self.commit()
        return number

    @_named
    def give_up(self, host: str, reason: Callable[[str, str], str | None]) -> int:
        """See `queue.give_up`."""
        return queue.give_up(self._begin(), host, reason)

    @_named
    def given_up(self, prefix: str) -> list[str]:
        """See `queue.given_up`."""
        return queue.given_up(self._begin(), prefix)

    @_named
    def park(self, host: str, until: float, reason: str) -> None:
        """See `queue.park`."""
        queue.park(self._begin(), host, until, reason)

    @_named
    def release(self, host: str) -> None:
        """See `queue.release`."""
        queue.release(self._begin(), host)

    @_named
    def parked_hosts(self) -> dict[str, tuple[str, float]]:
        """Host -> the reason why an earlier crawl parked it, and until when (in seconds since the epoch)."""
        return queue.parked_hosts(self._begin())

    @_named
    def parked_pages(self, keys: Iterable[str]) -> dict[str, str]:
        """See `queue.parked_pages`; now."""
        return queue.parked_pages(self._begin(), keys, time.time())

    @_named
    def revisit(self, wanted: Callable[[str, int], bool], now: float) -> int:
        """Queues the pages that are due by their visits and duplicates of articles that are gone, where `wanted(url, depth)` admits them.

        Returns their number; commits.
        """
        connection = self._begin()
        due = [page for page, url, depth in visits.due_pages(connection, now) if wanted(url, depth)]
        visits.queue_again(connection, due)
        number = len(due) + absence.try_copies(connection, wanted)
        self.commit()
        return number

    # ---- one page

    @_named
    def ways_to(self, page_id: int) -> tuple[list[str], list[str]]:
        """The ways in which a page was found by now, and the first ten pages that it was found on."""
        return ways_of(self._begin(), [page_id])[page_id]

    @_named
    def known(self, page_id: int, url: str, title: str | None, article_key: str, content_hash: str) -> tuple[Known | None, Known | None, Known | None]:
        """The article of that page, another one with that canonical URL (or else a twin's), and one with that text on the URL's site.

        The first two come with their text where it is not the same. Of several with that text it is one with that title, else the earliest.
        """
        connection = self._begin()
        wanted = {"of_page": page_id, "wanted": article_key, "twin": twin_key(article_key)}
        rows = connection.execute(_BY_PAGE_OR_KEY, wanted).all()
        own = next((row for row in rows if row.page_id == page_id), None)
        others = [row for row in rows if row.page_id != page_id]
        by_key = next((row for row in others if row.article_key == article_key), others[0] if others else None)
        site = registrable_domain(urlsplit(url).hostname or "")
        by_hash = connection.execute(_BY_HASH, {"wanted": content_hash, "site": site, "said": title or ""}).first()
        return (
            self._known(own, content_hash),
            self._known(by_key, content_hash, twin=by_key is not None and by_key.article_key != article_key),
            self._known(by_hash, content_hash),
        )

    def _known(self, row: sa.Row[Any] | None, content_hash: str, *, twin: bool = False) -> Known | None:
        if row is None:
            return None
        text = None
        if row.content_hash != content_hash:
            text = json.loads(self.connection.execute(_TEXT, {"of": row.id, "version": row.revision}).scalar_one()).get("text")
        return Known(row.id, row.page_id, row.content_hash, bool(row.gone), row.title, text, twin, withheld=bool(row.withheld))

    @_named
    def nearest(self, page_id: int, url: str, title: str | None, text: str) -> tuple[Known, Likeness] | None:
        """The article that a text is nearest to, one that it is a copy of before all others; None when it is near none."""
        connection = self._begin()
        likes = clusters.look_up(connection, page_id, title, text)
        self._likes = page_id, title, text, likes
        if not likes.alike:
            return None
        rows = connection.execute(_BY_PAGES, {"wanted": [number for number, _ in likes.alike]}).all()
        known = {
            row.page_id: Known(row.id, row.page_id, row.content_hash, bool(row.gone), row.title, elsewhere=not same_site(url, row.url))
            for row in rows
        }  # fmt: skip
        return likeliest([(known[number], likeness) for number, likeness in likes.alike if number in known])

    @_named
    def fill_clusters(self) -> int:
        """Gives what was stored before there were fingerprints its own and its cluster; returns how many articles and duplicates; commits."""
        made = 0
        if clusters.is_pending(self._begin()):
            more = 1
            while more:
                more, self.seq = clusters.fill(self._begin(), self.seq)
                made += more
                self.commit()
        return made

    @_named
    def seen(self, url: str) -> Seen:
        """What the pages of that URL's site were so far, by the shape of their addresses."""
        return self.shapes.seen(self._begin(), url)

    @_named
    def untried(self, url: str, links: Sequence[Link]) -> list[Link]:
        """Of the doubtful links of the page at that URL those that are worth a fetch, so that pages like theirs get known."""
        return self.shapes.untried(self._begin(), url, links) if links else []

    @_named
    def newest(self, article_id: str) -> dict[str, Any]:
        """The record of an article's newest revision."""
        newest = sa.select(revisions.c.record).where(revisions.c.article_id == article_id).order_by(revisions.c.revision.desc()).limit(1)
        record: dict[str, Any] = json.loads(self._begin().execute(newest).scalar_one())
        return record

    @_named
    def rights_of(self, page_id: int) -> dict[str, str | None] | None:
        """See `rights.rights_of`."""
        return rights.rights_of(self._begin(), page_id)

    @_named
    def is_gone(self, article_id: str) -> bool:
        """Whether the page of an article is gone."""
        return self._begin().execute(sa.select(articles.c.gone_at).where(articles.c.id == article_id)).scalar() is not None

    @_named
    def has_gone(self, page_id: int) -> bool:
        """Whether a page had an article that is gone."""
        gone = sa.select(articles.c.id).where(articles.c.page_id == page_id, articles.c.gone_at.is_not(None))
        return self._begin().execute(gone).first() is not None

    @_named
    def write(self, outcome: Outcome) -> tuple[dict[str, Any] | None, list[tuple[str, int]]]:
        """Writes all of one page; returns the record of a new or changed article or duplicate, else None, and the hosts with newly queued pages.

        When it raises, nothing of this page is written, and the other pages of the batch stand.
        """
        with self.together("page") as connection:
            before = None if outcome.first and outcome.asked is not None else connection.execute(_BEFORE, {"of_page": outcome.page_id}).one()
            record, queued = self._write(connection, outcome)
            if before is not None and before.article_id is not None and outcome.state != "queued":
                queued += absence.try_copy(connection, before.article_id)
        self._likes = None
        self.shapes.apply(_changes(outcome, before))
        if outcome.asked is not None:
            self.tally.count(outcome.asked, outcome.state, outcome.status)
        self._fetched += outcome.answered
        self.pending += 1
        return record, queued

    @contextmanager
    def together(self, name: str) -> Iterator[sa.Connection]:
        """A savepoint: what is written inside is written whole or, when something raises, not at all."""
        connection = self._begin()
        connection.exec_driver_sql(f"SAVEPOINT {name}")
        seq = self.seq
        try:
            yield connection
        except BaseException:
            self.seq = seq
            self.discoverer.forget()
            self.ways.forget()
            with suppress(sa.exc.SQLAlchemyError):  # a broken connection: what went wrong first is what to tell
                connection.exec_driver_sql(f"ROLLBACK TO SAVEPOINT {name}")
            raise
        connection.exec_driver_sql(f"RELEASE SAVEPOINT {name}")

    # ---- articles of several pages

    @_named
    def series_of(self, page_id: int) -> Series | None:
        """The series that a page was entered in before, or None."""
        return parts.series_of(self._begin(), page_id) if self.has_parts else None

    @_named
    def enter_part(self, page_id: int, read: parts.PartRead, named: Sequence[Found]) -> None:
        """Enters what a page says as a part, its state left as it is; the parts that it names become pages."""
        with self.together("part") as connection:
            ids, _ = self.discoverer.ids(connection, named, time.time())
            self.has_parts = True
            parts.enter(connection, page_id, read, ids)
        self.pending += 1

    @_named
    def first_part(self, page_id: int) -> int | None:
        """The page of part 1 of the series that a page belongs to, or None."""
        return parts.head_of(self._begin(), page_id) if self.has_parts else None

    @_named
    def series_rows(self, page_id: int) -> list[parts.PartRow]:
        """The pages of the series that a page belongs to, in order; none for a page of no series."""
        head = self.first_part(page_id)
        return parts.rows_of(self.connection, head) if head is not None else []

    @_named
    def open_series(self, wanted: Callable[[str], bool]) -> list[int]:
        """The first pages of the series that are read in part and wait for more, or make no article yet, where `wanted(url)` admits them."""
        return [page for page, url in parts.open_heads(self._begin()) if wanted(url)] if self.has_parts else []

    @_named
    def gather(self, owner: int, page_ids: Sequence[int], at: float) -> None:
        """See `parts.gather`; clusters follow."""
        connection = self._begin()
        mine = sa.select(articles.c.id).where(articles.c.page_id.in_(page_ids))
        concerned = {*page_ids, *connection.execute(sa.select(duplicate_rows.c.page_id).where(duplicate_rows.c.article_id.in_(mine))).scalars()}
        before = self._owners(connection, concerned)
        self.seq = parts.gather(connection, owner, page_ids, self.seq, at)
        if (after := self._owners(connection, concerned)) != before:
            changed = {other for page in sorted(concerned) if (page in after) != (page in before) for other in clusters.refresh(connection, page)}
            self.seq = clusters.tell_again(connection, changed, self.seq)

    @staticmethod
    def _owners(connection: sa.Connection, page_ids: Iterable[int]) -> set[int]:
        """Those of the pages that have an article or a duplicate."""
        listed = list(page_ids)
        return {
            page
            for table in (articles, duplicate_rows)
            for page in connection.execute(sa.select(table.c.page_id).where(table.c.page_id.in_(listed))).scalars()
        }

    def _write(self, connection: sa.Connection, outcome: Outcome) -> tuple[dict[str, Any] | None, list[tuple[str, int]]]:
        known = [*outcome.part_pages, *outcome.found, *([outcome.redirected_to] if outcome.redirected_to else ())]
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
        if outcome.retold is not None:
            record = self._note_rights(outcome, outcome.retold, values)
        if outcome.no_copy and rights.drop_body(connection, outcome.page_id):
            values["reason"] = f"{values['reason'] or 'read'}; the copy of the page that was kept is deleted: noarchive"
        if outcome.absence:
            self._note_absence(outcome, values)
        elif outcome.present and not outcome.first:
            absence.end(connection, outcome.page_id)
        connection.execute(_SETTLE, values)
        queued += self._write_part(connection, outcome, ids, values)
        if outcome.visit is not None:
            visit = outcome.visit(sum(number for _, number in queued))
            connection.exec_driver_sql(self._keep_visit, visits.row_of(outcome.page_id, visit))
        self._write_links(outcome, ids)
        if outcome.body is not None:
            self._write_body(outcome, outcome.body)
        return record, queued

    def _write_part(self, connection: sa.Connection, outcome: Outcome, ids: dict[str, int], values: dict[str, Any]) -> list[tuple[str, int]]:
        if outcome.owns and values["story"]:
            connection.execute(pages.update().where(pages.c.id.in_(outcome.owns)).values(article_id=values["story"]))
        if outcome.part is not None:
            self.has_parts = True
            return parts.enter(connection, outcome.page_id, outcome.part, ids)
        if self.has_parts and outcome.decision is None and not outcome.unmodified:
            state = "gone" if outcome.withheld else outcome.state  # as a part it has nothing to say any more
            parts.note(connection, outcome.page_id, state, values["target"])
        return []

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
        if decision.verdict == "duplicate":
            values["story"] = decision.of
            return self._keep_duplicate(outcome, decision)
        if decision.verdict == "unchanged":
            values["story"] = decision.of
            return None
        if not outcome.first and duplicates.drop(self.connection, outcome.page_id, self.seq + 1, outcome.at):
            self.seq += 1
        assert outcome.record is not None
        values["story"] = decision.of or outcome.record["id"]
        self.seq += 1
        record = outcome.record | {"id": values["story"], "seq": self.seq}
        record["provenance"] = record["provenance"] | {"run_id": str(self.run_id)}
        left = None
        if decision.verdict == "new":
            self._insert_article(outcome, record)
        else:
            left = self._update_article(outcome, record)
        row = {
            "article_id": record["id"], "revision": record["revision"], "seq": self.seq, "content_hash": outcome.content_hash,
            "seen_at": outcome.at, "record": json.dumps(record, ensure_ascii=False).encode("utf-8", "replace").decode(),
            "examples": json.dumps([asdict(repair) for repair in outcome.examples], ensure_ascii=False) if outcome.examples else None,
        }  # fmt: skip
        self.connection.execute(_INSERT_REVISION, row)
        if left is not None:  # only now: who has another cluster is told by its newest revision
            others = set(clusters.take_out(self.connection, [left])) - {outcome.page_id}
            self.seq = clusters.tell_again(self.connection, others, self.seq)
            self._likes = None  # it may be near the page that was left
        return self._put_in_cluster(outcome, record, first=outcome.first and decision.verdict == "new")

    def _put_in_cluster(self, outcome: Outcome, record: dict[str, Any], *, first: bool = False) -> dict[str, Any]:
        """Enters a page's text among those that it is near; returns its record with hash and cluster. Who got another cluster is told again."""
        title, text, likes = record.get("title"), record.get("text") or "", None
        if self._likes is not None and self._likes[:3] == (outcome.page_id, title, text):
            likes = self._likes[3]
        likes = likes or clusters.look_up(self.connection, outcome.page_id, title, text)
        changed = clusters.put(self.connection, outcome.page_id, likes, first=first)
        self.seq = clusters.tell_again(self.connection, changed, self.seq)
        return record | clusters.told(self.connection, [outcome.page_id])[outcome.page_id]

    def _keep_duplicate(self, outcome: Outcome, decision: Decision) -> dict[str, Any] | None:
        if outcome.record is None:
            return None
        assert decision.of is not None and outcome.content_hash is not None
        record = outcome.record | {"provenance": outcome.record["provenance"] | {"run_id": str(self.run_id)}}
        kept = duplicates.keep(self.connection, outcome.page_id, decision.of, outcome.content_hash, record, self.seq + 1, outcome.at)
        if kept is None:
            return None
        self.seq += 1
        return self._put_in_cluster(outcome, kept)

    def _note_absence(self, outcome: Outcome, values: dict[str, Any]) -> None:
        told, buried = absence.note(self.connection, outcome.page_id, outcome.absence, self.run_id, outcome.at, self.seq + 1)
        self.seq += buried
        if told is not None:
            values["reason"] = f"{outcome.reason}: {told}"

    def _note_rights(self, outcome: Outcome, anew: dict[str, Any], values: dict[str, Any]) -> dict[str, Any] | None:
        """Tells an article or duplicate again whose rights are new, and returns its record; or withholds it."""
        if outcome.withheld is not None:
            self.seq, withheld = rights.withhold(self.connection, outcome.page_id, outcome.withheld, anew, self.seq, outcome.at)
            if withheld:
                values["reason"] = f"{outcome.reason}: its article is withheld"
            return None
        told = rights.retell(self.connection, outcome.page_id, anew, self.seq + 1, outcome.at)
        if told is None:
            return None
        record, changed = told
        self.seq += 1
        values["reason"] = f"{outcome.reason}; only its rights changed: {', '.join(changed)}"
        return record | clusters.told(self.connection, [outcome.page_id]).get(outcome.page_id, {})

    def _insert_article(self, outcome: Outcome, record: dict[str, Any]) -> None:
        row = {
            "id": record["id"], "page_id": outcome.page_id, "article_key": outcome.article_key, "content_hash": outcome.content_hash,
            "domain": record["source_domain"], "title": record["title"], "first_seen": outcome.at, "revision": 1, "seq": self.seq,
            "twin_key": twin_key(outcome.article_key or ""),
        }  # fmt: skip
        self.connection.execute(_INSERT_ARTICLE, row)

    def _update_article(self, outcome: Outcome, record: dict[str, Any]) -> int | None:
        """Returns the page that the article was of before, when it is of another one now."""
        old = self.connection.execute(
            sa.select(articles.c.revision, articles.c.gone_at, articles.c.page_id, revisions.c.record)
            .join(revisions, (revisions.c.article_id == articles.c.id) & (revisions.c.revision == articles.c.revision))
            .where(articles.c.id == record["id"])
        ).one()
        record["revision"] = old.revision + 1
        record["op"] = "update" if old.gone_at is None else "add"  # whoever follows the export was told that it is gone
        record["date_first_seen"] = json.loads(old.record)["date_first_seen"]
        changed = {"content_hash": outcome.content_hash, "title": record["title"], "revision": record["revision"], "seq": self.seq}
        if old.gone_at is not None:  # there again, perhaps at another address
            changed |= {"gone_at": None, "withheld": None, "absences": 0, "absent_run": None, "page_id": outcome.page_id, "domain": record["source_domain"]}
        self.connection.execute(articles.update().where(articles.c.id == record["id"]).values(**changed))
        return old.page_id if old.gone_at is not None and old.page_id != outcome.page_id else None

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
