"""Decode to store as Scrapy runs them: ReadPage | FindDuplicates | StorePage.

The first two are synchronous and StorePage writes before its first await: Scrapy runs the three in one go for each item, so
that no other page can be stored between a page's decision and its writing.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any
from urllib.parse import urlsplit

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from newscrawler.dedupe import article_key, content_hash, decide
from newscrawler.exceptions import BadRow, StoreError
from newscrawler.export.collected import collected_record
from newscrawler.extract import read_page
from newscrawler.extract.announced import complete_article
from newscrawler.frontier import Crawl, Scope, settle
from newscrawler.frontier.announced import GUESSED, places
from newscrawler.frontier.crawl import EXAMPLES
from newscrawler.frontier.visiting import is_same_body
from newscrawler.items import RawPage
from newscrawler.store import Found, Outcome, Task

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
    """Decodes, extracts and cleans the body of a good answer: sets `page`."""

    def process_item(self, item: Any) -> Any:
        """Everything but a RawPage with a body of a good answer passes as it is."""
        if isinstance(item, RawPage) and item.outcome == "response" and item.body and item.status is not None and 200 <= item.status < 300:
            task = self.crawl.tasks.get(item.page_id) if self.crawl else None
            if task is not None and is_same_body(item, task):
                item.unmodified = "same body"
                return item
            try:
                without = self.crawl.undone if self.crawl else frozenset[str]()
                scope = self.crawl.plan.scope if self.crawl else Scope()
                sisters, rules = scope.sisters_of(item.url), scope.rules_of(item.url)
                item.page = read_page(item.body, item.url, item.headers.get("content-type"), without=without, sisters=sisters, rules=rules)
                if task is not None and task.announced is not None and item.page.article is not None:
                    complete_article(item.page.article, task.announced.says, task.announced.source, item.fetched_at)
            except Exception as error:
                logger.exception("%s could not be read", item.url)
                item.unreadable = f"could not be read: {type(error).__name__}: {error}"[:300]
        return item


class FindDuplicates(_WithCrawl):
    """Decides what an article is to the collection: sets `article_key`, `content_hash` and `decision`."""

    def process_item(self, item: Any) -> Any:
        """Everything but a RawPage with an article passes as it is."""
        if self.crawl is not None and self.crawl.error is None and isinstance(item, RawPage) and item.page and item.page.article:
            article = item.page.article
            item.article_key = key = article_key(item.url, article.canonical_url)
            item.content_hash = digest = content_hash(article.title, article.text)
            try:
                item.decision = decide(digest, *self.crawl.ledger.known(item.page_id, key, digest))
            except StoreError as error:
                self.crawl.fail(error)
                raise DropItem(str(error), log_level="DEBUG") from error
        return item


class StorePage(_WithCrawl):
    """Writes each outcome; returns the record of a new or changed article once it is committed, drops the rest.

    Pages share a transaction that is closed within COMMIT_SECONDS or after COMMIT_PAGES.
    """

    COMMIT_SECONDS = 0.1
    COMMIT_PAGES = 64

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._batch: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def process_item(self, item: Any) -> Any:
        """The record (a dict) of an article that is new or changed, committed."""
        if self.crawl is None or not isinstance(item, RawPage):
            return item
        crawl = self.crawl
        task = crawl.tasks.pop(item.page_id)
        crawl.news.set()
        if crawl.stopped == "limit" or crawl.error:
            raise DropItem("not written: the crawl has stopped, the page is queued again", log_level="DEBUG")
        record = self._write(crawl, item, task)
        batch = self._batch_of(crawl)
        if record is None:
            raise DropItem("no new article", log_level="DEBUG")
        await batch
        return record

    def close_spider(self) -> None:
        """Commits what is written, so that the last records reach whoever waits for them."""
        if self.crawl is not None:
            self._commit()

    def _write(self, crawl: Crawl, item: RawPage, task: Any) -> dict[str, Any] | None:
        # With a kind of repair undone every body stays: nobody knows yet which pages need it when it is made again.
        outcome = settle(item, task, crawl.plan.scope, keep_body=crawl.plan.keep_bodies or bool(crawl.undone))
        outcome.found = [*outcome.found, *self._places(crawl, item, task, outcome)]
        if outcome.decision is not None:
            assert item.article_key is not None and item.content_hash is not None
            outcome.article_key, outcome.content_hash = item.article_key, item.content_hash
            if outcome.decision.verdict in ("new", "revision"):
                outcome.record = collected_record(item, item.article_key, item.content_hash, *self._ways(crawl, item))
        try:
            record, queued = self._write_or_refuse(crawl, item, outcome)
        except StoreError as error:
            crawl.fail(error)
            raise DropItem(str(error), log_level="DEBUG") from error
        for host, _number in queued:
            crawl.frontier.more(host)
        if outcome.state == "queued":
            crawl.frontier.more(task.host)
        self._count(crawl, item, outcome, record)
        return record

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
    def _write_or_refuse(crawl: Crawl, item: RawPage, outcome: Outcome) -> Any:
        """What `Ledger.write` returns; a page whose values cannot be written is written as failed, without them."""
        try:
            return crawl.ledger.write(outcome)
        except (BadRow, ValueError) as error:
            logger.error("%s could not be stored: %s", item.url, error)
            outcome.state, outcome.reason = "failed", f"could not be stored: {error}"[:300].encode("utf-8", "replace").decode().replace("\0", "")
            outcome.decision, outcome.links, outcome.found, outcome.redirected_to, outcome.body = None, (), (), None, None
            outcome.announced, outcome.stale, outcome.visit = (), None, None
            return crawl.ledger.write(outcome)

    @staticmethod
    def _count(crawl: Crawl, item: RawPage, outcome: Any, record: dict[str, Any] | None) -> None:
        seen = crawl.seen
        guessed = (outcome.reason or "").startswith(GUESSED)  # that there is nothing at a usual path is no news
        seen.states[GUESSED if guessed else outcome.state] += 1
        if item.status is not None:
            seen.pages += 1
            seen.good += 200 <= item.status < 300 or (item.status == 304 and outcome.state != "failed")
        if outcome.state in ("refused", "failed", "gone") and not guessed:
            seen.reasons[f"{outcome.state}: {outcome.reason}"] += 1
        if record is not None:
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
