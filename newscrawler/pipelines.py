"""Decode to store as Scrapy runs them: ReadPage | FindDuplicates | StorePage.

The first two are synchronous and StorePage writes before its first await: Scrapy runs the three in one go for each item, so
that no other page can be stored between a page's decision and its writing.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from newscrawler.exceptions import BadRow, StoreError
from newscrawler.export.collected import collected_record, fetched_rights, said_by
from newscrawler.extract import read_page
from newscrawler.extract.announced import complete_article
from newscrawler.extract.seen import NONE_SEEN, Seen
from newscrawler.frontier import Crawl, Scope, join_parts, part_of, settle
from newscrawler.frontier.announced import GUESSED, places
from newscrawler.frontier.crawl import EXAMPLES
from newscrawler.frontier.recognize import recognize
from newscrawler.frontier.visiting import ARTICLES, is_unmodified, kept_visit
from newscrawler.items import Link, RawPage, Said
from newscrawler.rights import HOST_KEYS, unpacked
from newscrawler.store import Found, Outcome, Task
from newscrawler.store.starts import LISTS, not_as_named

logger = logging.getLogger(__name__)


class _WithCrawl:
    """A pipeline of a spider that has a Crawl; for other spiders' items it does nothing."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.crawl: Crawl | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Any:
        """Keeps the crawler."""
        return cls(crawler)

    def open_spider(self) -> None:
        """Finds the crawl."""
        self.crawl = getattr(self.crawler.spider, "crawl", None)


class ReadPage(_WithCrawl):
    """Decodes, extracts and cleans the body of a good answer: sets `page`, and `said` and `withheld` of one that is as it was too."""

    def process_item(self, item: Any) -> Any:
        """Everything but a RawPage with a good answer passes as it is."""
        if not isinstance(item, RawPage) or item.outcome != "response":
            return item
        task = self.crawl.tasks.get(item.page_id) if self.crawl else None
        if task is not None and is_unmodified(item, task):
            item.unmodified = self._unmodified(item, task)
            self._hear(item, task)
        elif item.body and item.status is not None and 200 <= item.status < 300:
            try:
                without = self.crawl.undone if self.crawl else frozenset[str]()
                scope = self.crawl.plan.scope if self.crawl else Scope()
                sisters, rules = scope.sisters_of(item.url), scope.rules_of(item.url, item.fetched_at)
                seen = self._seen(item.url)
                item.page = read_page(item.body, item.url, item.headers.get("content-type"), without=without, sisters=sisters, rules=rules, seen=seen)
                self._hear(item, task)
                if item.page.format is None and (kind := self._named_as(item.url)) is not None:
                    item.page.reason = not_as_named(kind, item.page.reason)
                if task is not None and task.announced is not None and item.page.article is not None:
                    complete_article(item.page.article, task.announced.says, task.announced.source, item.fetched_at)
            except StoreError as error:
                assert self.crawl is not None
                self.crawl.fail(error)
                raise DropItem(str(error), log_level="DEBUG") from error
            except Exception as error:
                logger.exception("%s could not be read", item.url)
                item.unreadable = f"could not be read: {type(error).__name__}: {error}"[:300]
        return item

    def _named_as(self, url: str) -> str | None:
        """ "feed" or "sitemap" where a source names this very page as one."""
        sources = self.crawl.plan.scope.sources if self.crawl else ()
        return next((kind for source in sources for one, kind in source.lists if one == url), None)

    def _unmodified(self, item: RawPage, task: Task) -> str:
        """Why a page need not be read again: that it is the same, and where it is no feed though named as one, that too."""
        same = "not modified" if item.status == 304 else "same body"
        kind = self._named_as(item.url)
        return same if kind is None or task.kind in LISTS else not_as_named(kind, same)

    def _seen(self, url: str) -> Seen:
        """What the crawl has learned of the site."""
        return self.crawl.ledger.seen(url) if self.crawl is not None and self.crawl.error is None else NONE_SEEN

    def _hear(self, item: RawPage, task: Task | None) -> None:
        """Notes what is said about the use of the page as of this answer, and obeys: the article of a page whose publisher asks for it is
        taken away. Its links stay, and what is no article is read as ever."""
        item.said = said_by(item, self._said_before(task) if task is not None else None)
        if (item.page.article is not None) if item.page is not None else _has_article(task):
            scope = self.crawl.plan.scope if self.crawl else Scope()
            item.withheld = scope.policy_of(item.url).refusal(fetched_rights(item))
        if item.withheld is not None and item.page is not None:
            item.page.article = item.page.series = None

    def _said_before(self, task: Task) -> Said | None:
        """What was said until now. Where it is not known by whom, it is the host that may have: then this answer is a whole one, and tells the rest."""
        if task.visit is not None and task.visit.said is not None:
            return unpacked(task.visit.said)
        if task.fetches == 0 or self.crawl is None or self.crawl.error is not None:
            return None
        rights = self.crawl.ledger.rights_of(task.page_id)
        return None if rights is None else Said({key: value for key in HOST_KEYS if (value := rights.get(key)) is not None})


def _has_article(task: Task | None) -> bool:
    """Whether a page that is as it was has an article, or repeats one."""
    return task is not None and task.visit is not None and task.visit.state in ARTICLES


class FindDuplicates(_WithCrawl):
    """Decides what an article is to the collection: sets `article_key`, `content_hash` and `decision`."""

    def process_item(self, item: Any) -> Any:
        """Everything but a RawPage with an article passes as it is."""
        if self.crawl is not None and self.crawl.error is None and isinstance(item, RawPage) and item.page and item.page.article:
            try:
                item.article_key, item.content_hash, item.decision = recognize(self.crawl.ledger, item.page_id, item.url, item.page.article)
                item.page.series = item.page.series or self.crawl.ledger.series_of(item.page_id)
                if item.page.series is not None:  # the whole is judged, when all parts are read
                    item.decision = None
            except StoreError as error:
                self.crawl.fail(error)
                raise DropItem(str(error), log_level="DEBUG") from error
        return item


class StorePage(_WithCrawl):
    """Writes each outcome; returns the record of a new or changed article (with `keep_duplicates` of a duplicate too) once it is
    committed, drops the rest.

    Pages share a transaction that is closed within COMMIT_SECONDS or after COMMIT_PAGES. Where one page completes several articles,
    or the crawl ends before the last part of one is read, the further records go straight to whoever listens for items.
    """

    COMMIT_SECONDS = 0.1
    COMMIT_PAGES = 64

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._batch: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def process_item(self, item: Any) -> Any:
        """The record (a dict) of what is new or changed, committed."""
        if self.crawl is None or not isinstance(item, RawPage):
            return item
        crawl = self.crawl
        task = crawl.tasks.pop(item.page_id)
        crawl.news.set()
        if crawl.stopped == "limit" or crawl.error:
            raise DropItem("not written: the crawl has stopped, the page is queued again", log_level="DEBUG")
        records = self._write(crawl, item, task)
        batch = self._batch_of(crawl)
        if not records:
            raise DropItem("no new article", log_level="DEBUG")
        await batch
        self._tell(records[1:])
        return records[0]

    def close_spider(self) -> None:
        """Commits what is written, so that the last records reach whoever waits for them."""
        if self.crawl is not None:
            records = self._join_open(self.crawl)
            self._commit()
            if self.crawl.error is None:
                self._tell(records)

    @staticmethod
    def _join_open(crawl: Crawl) -> list[dict[str, Any]]:
        """Writes the articles of which parts are still to come; their records, no more of them than the crawl's limit leaves."""
        records: list[dict[str, Any]] = []
        if crawl.error is None:
            try:
                for head in crawl.ledger.open_series(crawl.share.has):
                    if crawl.stopped == "limit" and crawl.plan.limit is not None and crawl.seen.articles >= crawl.plan.limit:
                        break
                    joined = list(join_parts(crawl.ledger, head, time.time(), whole=False))
                    crawl.seen.articles += len(joined)
                    records += joined
            except StoreError as error:
                crawl.fail(error)
        return records

    def _tell(self, records: Iterable[dict[str, Any]]) -> None:
        for record in records:
            self.crawler.signals.send_catch_log(signals.item_scraped, item=record, response=None, spider=self.crawler.spider)

    def _write(self, crawl: Crawl, item: RawPage, task: Task) -> list[dict[str, Any]]:
        # With a kind of repair undone every body stays: nobody knows yet which pages need it when it is made again.
        keep_body = crawl.plan.keep_bodies or bool(crawl.undone)
        outcome = settle(item, task, crawl.plan.scope, keep_body=keep_body, tried=self._tried(crawl, item))
        outcome.found = [*outcome.found, *self._places(crawl, item, task, outcome)]
        crawl.barren.sift(outcome.found)
        if outcome.decision is not None:
            assert item.article_key is not None and item.content_hash is not None
            outcome.article_key, outcome.content_hash = item.article_key, item.content_hash
            if outcome.decision.verdict != "unchanged":
                outcome.record = collected_record(item, item.article_key, item.content_hash, *self._ways(crawl, item))
        elif item.page is not None and item.page.series is not None and outcome.state == "read":
            assert item.page.article is not None and item.article_key is not None and item.content_hash is not None
            record = collected_record(item, item.article_key, item.content_hash, *self._ways(crawl, item))
            outcome.part = part_of(item.page.series, record, item.page.article.examples)
        try:
            first = crawl.ledger.first_part(item.page_id)
            written, queued = self._write_or_refuse(crawl, item, outcome, task)
            records = [written] if written is not None else []
            if crawl.ledger.has_parts:
                for page_id in dict.fromkeys([item.page_id, first or item.page_id]):  # a redirect may have left its series
                    records += join_parts(crawl.ledger, page_id, item.fetched_at)
            self._learn_worth(crawl, task, outcome, records)
        except StoreError as error:
            crawl.fail(error)
            raise DropItem(str(error), log_level="DEBUG") from error
        for host, _number in queued:
            crawl.frontier.found(host)
        if outcome.state == "queued":
            crawl.frontier.more(task.host)
        news = [record for record in records if not record["duplicate_of"]]
        self._count(crawl, item, outcome, news)
        return records if crawl.plan.keep_duplicates else news

    @staticmethod
    def _learn_worth(crawl: Crawl, task: Task, outcome: Outcome, records: list[dict[str, Any]]) -> None:
        """Notes whether pages at addresses like this one lead to news, and gives up those that wait when they do not."""
        if any(not record["duplicate_of"] for record in records):
            crawl.barren.brought(task.url, task.discovered_from)
        elif outcome.first and outcome.state == "read" and outcome.kind in ("hub", "other") and crawl.barren.empty(task.url):
            number, why = crawl.ledger.give_up(task.host, crawl.barren.reason), crawl.barren.reason(task.url, "section")
            logger.info("%s; %d that waited are refused", why, number)
            crawl.seen.states["refused"] += number
            crawl.seen.reasons[f"refused: {why}"] += number

    @staticmethod
    def _tried(crawl: Crawl, item: RawPage) -> list[Link]:
        """Links that are fetched only to learn what pages like theirs are."""
        if item.page is None or crawl.error is not None:
            return []
        try:
            return crawl.ledger.untried(item.url, item.page.doubtful)
        except StoreError as error:
            crawl.fail(error)
            raise DropItem(str(error), log_level="DEBUG") from error

    @staticmethod
    def _places(crawl: Crawl, item: RawPage, task: Task, outcome: Outcome) -> list[Found]:
        """Where this page shows feeds and sitemaps to be."""
        if outcome.state in ("queued", "failed", "refused", "gone", "redirected"):
            return []
        return places(item.page, task, crawl.sitemaps.get(urlsplit(task.url).netloc), crawl.plan.scope, guess=crawl.plan.guess)

    @staticmethod
    def _ways(crawl: Crawl, item: RawPage) -> tuple[list[str], list[str]]:
        try:
            return crawl.ledger.ways_to(item.page_id)
        except StoreError as error:
            crawl.fail(error)
            raise DropItem(str(error), log_level="DEBUG") from error

    @staticmethod
    def _write_or_refuse(crawl: Crawl, item: RawPage, outcome: Outcome, task: Task) -> Any:
        """What `Ledger.write` returns; a page whose values cannot be written is written as failed, without them."""
        try:
            return crawl.ledger.write(outcome)
        except (BadRow, ValueError) as error:
            logger.error("%s could not be stored: %s", item.url, error)
            outcome.state, outcome.reason = "failed", f"could not be stored: {error}"[:300].encode("utf-8", "replace").decode().replace("\0", "")
            outcome.decision, outcome.links, outcome.found, outcome.redirected_to, outcome.body = None, (), (), None, None
            outcome.part, outcome.part_pages, outcome.retold, outcome.withheld = None, (), None, None
            outcome.announced, outcome.stale, outcome.visit = (), None, kept_visit(outcome, item, task)
            return crawl.ledger.write(outcome)

    @staticmethod
    def _count(crawl: Crawl, item: RawPage, outcome: Any, records: list[dict[str, Any]]) -> None:
        seen = crawl.seen
        guessed = (outcome.reason or "").startswith(GUESSED)  # that there is nothing at a usual path is no news
        seen.states[GUESSED if guessed else outcome.state] += 1
        if item.status is not None:
            seen.pages += 1
            seen.good += 200 <= item.status < 300 or (item.status == 304 and outcome.state != "failed")
        if outcome.state in ("refused", "failed", "gone") and not guessed:
            seen.reasons[f"{outcome.state}: {outcome.reason}"] += 1
        for record in records:
            seen.articles += 1
            seen.repairs += sum(repair["count"] for repair in record["repairs"])
            seen.related += len(record["related"])
            if len(seen.examples) < EXAMPLES and outcome.examples:
                seen.examples.append(outcome.examples[0])
            if crawl.plan.limit is not None and seen.articles >= crawl.plan.limit:
                crawl.stop("limit")
        if crawl.plan.max_pages is not None and seen.pages >= crawl.plan.max_pages and not crawl.stopped:
            crawl.stop("max_pages")

    def _batch_of(self, crawl: Crawl) -> asyncio.Future[None]:
        """The open batch; closes it at once when it is large enough."""
        loop = asyncio.get_running_loop()
        if self._batch is None:
            self._batch = loop.create_future()
            self._timer = loop.call_later(self.COMMIT_SECONDS, self._commit)
        batch = self._batch
        if crawl.ledger.pending >= self.COMMIT_PAGES:
            self._commit()
        return batch

    def _commit(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        batch, self._batch, self._timer = self._batch, None, None
        assert self.crawl is not None
        if self.crawl.error is None:
            try:
                self.crawl.ledger.commit()
            except StoreError as error:
                self.crawl.fail(error)
        if batch is None or batch.done():
            return
        if self.crawl.error is None:
            batch.set_result(None)
        else:
            batch.set_exception(DropItem("not written: " + str(self.crawl.error), log_level="DEBUG"))
            batch.exception()  # those who await it get their own; nobody may be waiting
