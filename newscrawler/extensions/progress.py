"""Tells how a crawl goes: a live line on a terminal, a plain log line now and then elsewhere. Always on stderr."""

from __future__ import annotations

import logging
import sys
import time
from typing import Any

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.utils.asyncio import create_looping_call

logger = logging.getLogger(__name__)


class Progress:
    """Setting: NEWSCRAWLER_PROGRESS (true: on)."""

    TERMINAL_SECONDS = 0.25
    LOG_SECONDS = 30.0

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.started = time.monotonic()
        self.status: Any = None
        self.loop: Any = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Progress:
        """Off without NEWSCRAWLER_PROGRESS."""
        if not crawler.settings.getbool("NEWSCRAWLER_PROGRESS"):
            raise NotConfigured
        extension = cls(crawler)
        crawler.signals.connect(extension.open, signal=signals.spider_opened)
        crawler.signals.connect(extension.close, signal=signals.spider_closed)
        return extension

    def open(self) -> None:
        """Starts the clock."""
        if sys.stderr.isatty():
            from rich.console import Console

            self.status = Console(stderr=True).status(self.line(), spinner="dots")
            self.status.start()
        self.loop = create_looping_call(self.show)
        self.loop.start(self.TERMINAL_SECONDS if self.status else self.LOG_SECONDS, now=False)

    def show(self) -> None:
        """Shows the line as of now."""
        if self.status:
            self.status.update(self.line())
        else:
            logger.info("%s", self.line())

    def line(self) -> str:
        """The counts on one line."""
        crawl = getattr(self.crawler.spider, "crawl", None)
        if crawl is None:
            return ""
        seen = crawl.seen
        seconds = max(0.001, time.monotonic() - self.started)
        return (
            f"{seen.pages} pages, {seen.articles} articles, {seen.states['duplicate']} duplicates, {seen.repairs} repairs, "
            f"{seen.pages / seconds:.1f} pages/s, {crawl.frontier.total_out} in flight"
        )

    def close(self) -> None:
        """Takes the line away."""
        if self.loop is not None and self.loop.running:
            self.loop.stop()
        if self.status:
            self.status.stop()
