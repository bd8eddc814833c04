"""Writes each stored article as a JSON line as soon as it is committed."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from newscrawler.exceptions import DiskFull, StoreError
from newscrawler.export import dumps


class JsonLines:
    """Setting: NEWSCRAWLER_OUTPUT, a file that is appended to, or "-" for stdout. A line is flushed as it is written."""

    def __init__(self, where: str, crawler: Crawler) -> None:
        self.where, self.crawler = where, crawler
        self.failed = False
        self.file: TextIO = sys.stdout if where == "-" else Path(where).open("a", encoding="utf-8")  # noqa: SIM115 (open as long as the crawl)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> JsonLines:
        """Off without NEWSCRAWLER_OUTPUT."""
        where = crawler.settings["NEWSCRAWLER_OUTPUT"]
        if not where:
            raise NotConfigured
        extension = cls(where, crawler)
        crawler.signals.connect(extension.write, signal=signals.item_scraped)
        crawler.signals.connect(extension.close, signal=signals.engine_stopped)
        return extension

    def write(self, item: Any) -> None:
        """One line for a record; other items are not ours. When a line cannot be written the crawl stops: `export` has them all."""
        if not isinstance(item, dict) or self.failed:
            return
        try:
            self.file.write(dumps(item) + "\n")
            self.file.flush()
        except OSError as error:
            self.failed = True
            self._stop(error)

    def _stop(self, error: OSError) -> None:
        crawl = getattr(self.crawler.spider, "crawl", None)
        if crawl is None:
            raise error
        if isinstance(error, BrokenPipeError):  # the reader has gone (`| head`): that is its right
            crawl.stop("output_closed")
            return
        kind = DiskFull if error.errno == errno.ENOSPC else StoreError
        crawl.output_error = kind(f"-o {self.where}: cannot be written ({error.strerror}); the articles are stored: newscrawler export brings them")
        crawl.stop("output_failed")

    def close(self) -> None:
        """Closes the file; what a failed write left in its buffer is dropped."""
        if self.where != "-":
            with suppress(OSError):
                self.file.close()
        elif self.failed:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
