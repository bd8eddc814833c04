"""Writes each stored article as a JSON line as soon as it is committed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, TextIO

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from newscrawler.export import dumps


class JsonLines:
    """Setting: NEWSCRAWLER_OUTPUT, a file that is appended to, or "-" for stdout. A line is flushed as it is written."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.file: TextIO = sys.stdout if where == "-" else Path(where).open("a", encoding="utf-8")  # noqa: SIM115 (open as long as the crawl)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> JsonLines:
        """Off without NEWSCRAWLER_OUTPUT."""
        where = crawler.settings["NEWSCRAWLER_OUTPUT"]
        if not where:
            raise NotConfigured
        extension = cls(where)
        crawler.signals.connect(extension.write, signal=signals.item_scraped)
        crawler.signals.connect(extension.close, signal=signals.engine_stopped)
        return extension

    def write(self, item: Any) -> None:
        """One line for a record; other items are not ours."""
        if isinstance(item, dict):
            self.file.write(dumps(item) + "\n")
            self.file.flush()

    def close(self) -> None:
        """Closes the file."""
        if self.where != "-":
            self.file.close()
