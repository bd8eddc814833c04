"""Decode to store as Scrapy runs them: ReadPage | FindDuplicates | StorePage.

The first two are synchronous and StorePage writes before its first await: Scrapy runs the three in one go for each item, so
that no other page can be stored between a page's decision and its writing.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from newscrawler.dedupe import article_key, content_hash, decide
from newscrawler.exceptions import BadRow, StoreError
from newscrawler.export.collected import collected_record, fetched_rights
from newscrawler.extract import read_page
from newscrawler.frontier import Crawl, Scope, settle
from newscrawler.frontier.crawl import EXAMPLES
from newscrawler.items import RawPage
from newscrawler.store import Outcome

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
            try:
                without = self.crawl.undone if self.crawl else frozenset[str]()
                scope = self.crawl.plan.scope if self.crawl else Scope()
                sisters, rules = scope.sisters_of(item.url), scope.rules_of(item.url)
                item.page = read_page(item.body, item.url, item.headers.get("content-type"), without=without, sisters=sisters, rules=rules)
                self._obey(item, scope)
            except Exception as error:
                logger.exception("%s could not be read", item.url)
                item.unreadable = f"could not be read: {type(error).__name__}: {error}"[:300]
        return item


    @staticmethod
    def _obey(item: RawPage, scope: Scope) -> None:
        """Takes away the article of a page whose publisher asks for it; its links stay, and what is no article is read as ever."""
        if item.page is not None and item.page.article is not None:
            item.withheld = scope.policy_of(item.url).refusal(fetched_rights(item))
            if item.withheld is not None:
                item.page.article = None


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
        if outcome.decision is not None:
            assert item.article_key is not None and item.content_hash is not None
            outcome.article_key, outcome.content_hash = item.article_key, item.content_hash
            if outcome.decision.verdict in ("new", "revision"):
                outcome.record = collected_record(item, item.article_key, item.content_hash, task.discovered_by, task.discovered_from)
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
    def _write_or_refuse(crawl: Crawl, item: RawPage, outcome: Outcome) -> Any:
        """What `Ledger.write` returns; a page whose values cannot be written is written as failed, without them."""
        try:
            return crawl.ledger.write(outcome)
        except (BadRow, ValueError) as error:
            logger.error("%s could not be stored: %s", item.url, error)
            outcome.state, outcome.reason = "failed", f"could not be stored: {error}"[:300].encode("utf-8", "replace").decode().replace("\0", "")
            outcome.decision, outcome.links, outcome.found, outcome.redirected_to, outcome.body = None, (), (), None, None
            return crawl.ledger.write(outcome)

    @staticmethod
    def _count(crawl: Crawl, item: RawPage, outcome: Any, record: dict[str, Any] | None) -> None:
        seen = crawl.seen
        seen.states[outcome.state] += 1
        if item.status is not None:
            seen.pages += 1
            seen.good += 200 <= item.status < 300
        if outcome.state in ("refused", "failed", "gone"):
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
