"""Sections, feeds and sitemaps -> articles -> related reading."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterable
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotSupported,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.http import Response
from twisted.python.failure import Failure

from newscrawler.exceptions import BadUrl, StoreError
from newscrawler.extract.addresses import Resolver
from newscrawler.extract.autodiscovery import MAX_SITEMAPS
from newscrawler.frontier import Crawl
from newscrawler.frontier.crawl import Plan
from newscrawler.frontier.scope import start_page
from newscrawler.frontier.visiting import conditional_headers
from newscrawler.items import RawPage
from newscrawler.store import Found, Task

_KEPT = ("content-type", "location", "retry-after", "x-robots-tag", "etag", "last-modified")

# What went wrong: the reason in words, and whether another attempt may help.
_FAULTS: tuple[tuple[type[Exception], str, bool], ...] = (
    (CannotResolveHostError, "the host's name does not resolve", True),
    (DownloadTimeoutError, "no whole answer in time", True),
    (DownloadConnectionRefusedError, "the host refuses connections", True),
    (ResponseDataLossError, "the answer was cut short", True),
    (DownloadCancelledError, "larger than the limit for a body", False),
    (UnsupportedURLSchemeError, "no address of the web", False),
    (NotSupported, "the answer cannot be decoded", False),
    (DownloadFailedError, "the connection broke", True),
)


class NewsSpider(Spider):
    """Crawls news from start pages: `scrapy crawl news -a url=https://news.example/` or `newscrawler crawl`.

    `url` may hold several, separated by commas. Everything else comes from the settings NEWSCRAWLER_*, or from a Crawl
    that is already open. Yields one RawPage for each outcome, failures too.
    """

    name = "news"

    def __init__(self, url: str = "", crawl: Crawl | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.starts: list[Found] = []
        self.fault: str | None = None
        """What is wrong with `url`, for `start` to tell: Scrapy would print a traceback for an exception here."""
        try:
            self.starts = [start_page(one) for one in url.split(",") if one]
        except BadUrl as error:
            self.fault = str(error)
        self.crawl = crawl

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> NewsSpider:
        """Opens the crawl that the settings describe, unless one was given."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        if spider.crawl is None:
            settings = crawler.settings
            plan = Plan(
                db=settings["NEWSCRAWLER_DB"],
                starts=spider.starts,
                concurrency=settings.getint("CONCURRENT_REQUESTS"),
                delay=settings.getfloat("DOWNLOAD_DELAY"),
                keep_bodies=settings.getbool("NEWSCRAWLER_KEEP_BODIES"),
            )
            spider.crawl = Crawl(plan)
        spider.crawl.frontier.delay = spider.delay_of
        crawler.signals.connect(spider.stopping, signal=signals.spider_closed)
        crawler.signals.connect(spider.robots_parsed, signal=signals.robots_parsed)
        return spider

    def delay_of(self, host: str) -> float:
        """The pause between two requests to a host, as Scrapy's slot has it by now (AutoThrottle raises it); never less than the plan has for it."""
        assert self.crawl is not None
        slots = self.crawler.engine.downloader.slots if self.crawler.engine else {}
        slot = slots.get(urlsplit(f"//{host}").hostname or "")
        return max(slot.delay if slot else self.crawler.settings.getfloat("DOWNLOAD_DELAY"), self.crawl.plan.delay_of(host))

    async def start(self) -> AsyncIterator[Any]:
        """Requests, as the frontier hands out pages; ends when nothing is left."""
        crawl = self.crawl
        assert crawl is not None
        if self.fault:
            self.logger.error("%s", self.fault)
            return
        if not crawl.plan.starts:
            self.logger.info("no start page (-a url=...): going on with what is queued in the database")
        while not crawl.finished:
            crawl.news.clear()
            try:
                task = crawl.next()
                if task is None:
                    crawl.rest()
            except StoreError as error:
                crawl.fail(error)
                return
            if task is not None:
                yield self.request(task)
                continue
            if crawl.finished:
                break
            pause = crawl.frontier.pause()
            await crawl.change(max(0.01, pause) if pause else None if pause is None else 0.5)

    def request(self, task: Task) -> Request | RawPage:
        """The request for a page: redirects and errors come back to us as they are. The outcome at once for no valid address."""
        try:
            return Request(
                task.url,
                callback=self.parse,
                errback=self.missed,
                headers=conditional_headers(task),
                dont_filter=True,
                meta={"dont_redirect": True, "dont_retry": True, "handle_httpstatus_all": True},
                cb_kwargs={"task": task},
            )
        except ValueError as error:
            self.answered(task)
            return RawPage(task.page_id, task.url, "failed", time.time(), reason=f"no valid address: {error}"[:300])

    def answered(self, task: Task) -> None:
        """Lets the frontier hand out the next page while this one is read."""
        assert self.crawl is not None
        self.crawl.frontier.answered(task)
        self.crawl.news.set()

    def parse(self, response: Response, task: Task) -> Iterable[RawPage]:
        """The answer to a request, whatever its status."""
        self.answered(task)
        names = {name: response.headers.get(name) for name in _KEPT}
        headers = {name: value.decode("utf-8", "replace") for name, value in names.items() if value is not None}
        yield RawPage(task.page_id, response.url, "response", time.time(), response.status, headers, response.body)

    def missed(self, failure: Failure) -> Iterable[RawPage]:
        """What came instead of an answer."""
        request: Request = failure.request  # type: ignore[attr-defined]
        task: Task = request.cb_kwargs["task"]
        self.answered(task)
        if isinstance(failure.value, IgnoreRequest):
            reason = str(failure.value).replace("Forbidden by robots.txt", "robots.txt forbids it")
            yield RawPage(task.page_id, request.url, "refused", time.time(), reason=reason or "refused")
            return
        for fault, words, retry in _FAULTS:
            if isinstance(failure.value, fault):
                yield RawPage(task.page_id, request.url, "failed", time.time(), reason=words, retry=retry)
                return
        self.logger.error("%s: %s: %s", request.url, type(failure.value).__name__, failure.value)
        yield RawPage(task.page_id, request.url, "failed", time.time(), reason=f"{type(failure.value).__name__}: {failure.value}"[:300])

    def robots_parsed(self, robotparser: Any, request: Request) -> None:
        """Notes which sitemaps the robots.txt of a host names (sitemaps.org), for the page that is asked for next."""
        named = islice(getattr(getattr(robotparser, "rp", None), "sitemaps", ()), MAX_SITEMAPS)
        resolver, parts = Resolver(request.url), urlsplit(request.url)
        assert self.crawl is not None
        self.crawl.sitemaps[parts.netloc] = [url for href in named if (url := resolver.resolve(href))]

    def stopping(self, reason: str) -> None:
        """Closes the crawl when Scrapy has closed everything else."""
        assert self.crawl is not None
        self.crawl.close(self.crawl.stopped or reason)
