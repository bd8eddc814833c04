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
from scrapy.robotstxt import RobotParser
from twisted.python.failure import Failure

from newscrawler.config import chosen_sources
from newscrawler.exceptions import BadUrl, StoreError, UsageError
from newscrawler.extract.addresses import Resolver
from newscrawler.extract.autodiscovery import MAX_SITEMAPS
from newscrawler.extract.sitemaps import is_sitemap
from newscrawler.frontier import Crawl
from newscrawler.frontier.announced import expects_sitemap
from newscrawler.frontier.crawl import Plan
from newscrawler.frontier.manners import SLOWING, is_trouble, retry_after
from newscrawler.frontier.scope import Scope, start_page
from newscrawler.frontier.visiting import conditional_headers
from newscrawler.items import RawPage
from newscrawler.middlewares.manners import RobotsUnreachable
from newscrawler.store import Found, Task

_KEPT = ("content-type", "location", "retry-after", "x-robots-tag", "etag", "last-modified", "date", "tdm-reservation", "tdm-policy")

# What went wrong: the reason in words, and whether another attempt may help.
_FAULTS: tuple[tuple[type[Exception], str, bool], ...] = (
    (CannotResolveHostError, "the host's name does not resolve", True),
    (DownloadTimeoutError, "no whole answer in time", True),
    (DownloadConnectionRefusedError, "the host refuses connections", True),
    (ResponseDataLossError, "the answer was cut short", True),
    (DownloadCancelledError, "larger than the limit", False),
    (UnsupportedURLSchemeError, "no address of the web", False),
    (NotSupported, "the answer cannot be decoded", False),
    (DownloadFailedError, "the connection broke", True),
)


def _joined(name: str, values: list[bytes]) -> str:
    """The value of a header; of X-Robots-Tag all of them, each a line, as the agent that one names holds only to its end."""
    return (b"\n".join(values) if name == "x-robots-tag" else values[-1]).decode("utf-8", "replace")


class NewsSpider(Spider):
    """Crawls news from start pages: `scrapy crawl news -a url=https://news.example/` or `newscrawler crawl`.

    `url` may hold several, separated by commas. `sources` is a sources.toml, `only` the one source in it to crawl (before the settings
    NEWSCRAWLER_SOURCES and NEWSCRAWLER_ONLY). What is wrong in them is one line, and exit code 2. Everything else comes from the settings
    NEWSCRAWLER_*, or from a Crawl that is already open. Yields one RawPage for each outcome, failures too.
    """

    name = "news"

    def __init__(self, url: str = "", crawl: Crawl | None = None, sources: str = "", only: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.starts: list[Found] = []
        self.given: list[Found] = []  # those of `url`
        self.names: frozenset[str] | None = None  # of the sources that are crawled
        self.fault: str | None = None
        """What is wrong with `url` or the sources, for `start` to tell: Scrapy would print a traceback for an exception here."""
        try:
            self.given = [start_page(one) for one in url.split(",") if one]
            self.starts = [*self.given]
        except BadUrl as error:
            self.fault = str(error)
        self.crawl = crawl
        self.sources_file, self.only = sources, only
        self.maxsize = self.sitemap_maxsize = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> NewsSpider:
        """Opens the crawl that the settings describe, unless one was given."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.maxsize = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        spider.sitemap_maxsize = crawler.settings.getint("NEWSCRAWLER_SITEMAP_MAXSIZE")
        if spider.crawl is None:
            settings = crawler.settings
            scope = spider.take_sources(settings.get("NEWSCRAWLER_SOURCES"), settings.get("NEWSCRAWLER_ONLY"))
            if spider.fault:
                # Not an error of ours: Scrapy would print a traceback for one.
                spider.logger.error("%s", spider.fault)
                raise SystemExit(UsageError.exit_code)
            plan = Plan(
                db=settings["NEWSCRAWLER_DB"],
                starts=spider.starts,
                by_hand=[start.url for start in spider.given],
                names=spider.names,
                scope=scope,
                concurrency=settings.getint("CONCURRENT_REQUESTS"),
                delay=settings.getfloat("DOWNLOAD_DELAY"),
                keep_bodies=settings.getbool("NEWSCRAWLER_KEEP_BODIES"),
            )
            spider.crawl = Crawl(plan)
        spider.crawl.frontier.delay = spider.delay_of
        crawler.signals.connect(spider.stopping, signal=signals.spider_closed)
        crawler.signals.connect(spider.robots_parsed, signal=signals.robots_parsed)
        crawler.signals.connect(spider.note_sitemaps, signal=signals.robots_parsed)
        return spider

    def take_sources(self, file: str | None, only: str | None) -> Scope:
        """The scope of the sources, whose start pages are added; a fault where they are wrong."""
        try:
            sources = chosen_sources(self.sources_file or file or None, self.only or only or None)
        except UsageError as error:
            self.fault = self.fault or str(error)
            return Scope()
        wanted = self.only or only
        crawled = [source for source in sources if not wanted or source.name == wanted]
        self.starts += [start_page(url) for source in crawled for url in source.starts]
        self.names = frozenset(source.name for source in crawled) if crawled else None
        return Scope(sources=tuple(sources))

    def delay_of(self, host: str) -> float:
        """The pause between two requests to a host, as Scrapy's slot has it by now (AutoThrottle raises it); never less than the plan has for it."""
        assert self.crawl is not None
        slots = self.crawler.engine.downloader.slots if self.crawler.engine else {}
        slot = slots.get(urlsplit(f"//{host}").hostname or "")
        return max(slot.delay if slot else self.crawler.settings.getfloat("DOWNLOAD_DELAY"), self.crawl.plan.delay_of(host))

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """Takes over the Crawl-delay of a host, which Scrapy leaves to us."""
        task: Task | None = request.cb_kwargs.get("task")
        if self.crawl is not None and task is not None:
            agent = self.crawler.settings.get("ROBOTSTXT_USER_AGENT") or self.crawler.settings["USER_AGENT"]
            self.crawl.frontier.manners(task.host).asks_delay(robotparser.crawl_delay(agent))

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
        meta: dict[str, Any] = {"dont_redirect": True, "dont_retry": True, "handle_httpstatus_all": True}
        assert self.crawl is not None
        if 0 < self.maxsize < self.sitemap_maxsize and expects_sitemap(task, self.crawl.plan.scope):
            meta["download_maxsize"] = self.sitemap_maxsize
        try:
            return Request(
                task.url,
                callback=self.parse,
                errback=self.missed,
                headers=conditional_headers(task),
                dont_filter=True,
                meta=meta,
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
        found = {name: response.headers.getlist(name) for name in _KEPT}
        headers = {name: _joined(name, values) for name, values in found.items() if values}
        raw = RawPage(task.page_id, response.url, "response", time.time(), response.status, headers, response.body)
        raw.rights = response.meta.get("newscrawler_rights", {})
        assert self.crawl is not None
        if is_trouble(response.status):
            wait = retry_after(headers, raw.fetched_at)
            said = f" with Retry-After: {headers['retry-after'][:60]}" if wait is not None and wait > SLOWING else ""
            raw.host_fault = self.crawl.frontier.bad(task.host, f"HTTP {response.status}{said}", wait=wait)
        else:
            try:
                self.crawl.frontier.good(task.host)
            except StoreError as error:
                self.crawl.fail(error)
        self.answered(task)
        if 0 < self.maxsize < len(raw.body) and not is_sitemap(raw.body):  # asked for as a sitemap: only those are read as a stream
            raw.outcome, raw.body, raw.reason = "failed", b"", self._too_large(self.maxsize)
        yield raw

    def _too_large(self, limit: int) -> str:
        what = "sitemaps" if limit == self.sitemap_maxsize else "pages and feeds"
        return f"larger than {limit / 2**20:,.6g} MiB, the limit for {what}"

    def missed(self, failure: Failure) -> Iterable[RawPage]:
        """What came instead of an answer."""
        request: Request = failure.request  # type: ignore[attr-defined]
        task: Task = request.cb_kwargs["task"]
        raw = self._missed(failure.value, task, request)
        self.answered(task)
        yield raw

    def _missed(self, error: BaseException | None, task: Task, request: Request) -> RawPage:
        assert self.crawl is not None
        raw = RawPage(task.page_id, request.url, "failed", time.time())
        if isinstance(error, RobotsUnreachable):
            raw.reason, raw.retry = str(error), True
            raw.host_fault = self.crawl.frontier.bad(task.host, raw.reason, wait=error.wait, at_once=True)
            return raw
        if isinstance(error, IgnoreRequest):
            self.crawl.frontier.refused(task.host)
            raw.outcome, raw.reason = "refused", str(error).replace("Forbidden by robots.txt", "robots.txt forbids it") or "refused"
            return raw
        for fault, words, retry in _FAULTS:
            if isinstance(error, fault):
                raw.reason, raw.retry, raw.timed_out = words, retry, fault is DownloadTimeoutError
                if isinstance(error, DownloadCancelledError):
                    raw.reason = self._too_large(request.meta.get("download_maxsize", self.maxsize))
                raw.host_fault = retry and self.crawl.frontier.bad(task.host, words, hung=raw.timed_out)
                return raw
        self.logger.error("%s: %s: %s", request.url, type(error).__name__, error)
        raw.reason = f"{type(error).__name__}: {error}"[:300]
        return raw

    def note_sitemaps(self, robotparser: RobotParser, request: Request) -> None:
        """Notes which sitemaps the robots.txt of a host names (sitemaps.org), for the page that is asked for next."""
        named = islice(getattr(getattr(robotparser, "rp", None), "sitemaps", ()), MAX_SITEMAPS)
        resolver, parts = Resolver(request.url), urlsplit(request.url)
        assert self.crawl is not None
        self.crawl.sitemaps[parts.netloc] = [url for href in named if (url := resolver.resolve(href))]

    def stopping(self, reason: str) -> None:
        """Closes the crawl when Scrapy has closed everything else."""
        assert self.crawl is not None
        self.crawl.close(self.crawl.stopped or reason)
