"""Log lines that stay on one line and short, whatever a page says."""

from __future__ import annotations

import logging
from typing import Any

from scrapy import logformatter


class OneLine(logformatter.LogFormatter):
    """Scrapy's log formatter without the items: a page in a log helps nobody, and could write lines of its own there."""

    def scraped(self, item: Any, response: Any, spider: Any) -> Any:
        """One line at DEBUG with the URL."""
        url = item.get("url") if isinstance(item, dict) else getattr(item, "url", None)
        return {"level": logging.DEBUG, "msg": "stored %(url)r", "args": {"url": url}}

    def dropped(self, item: Any, exception: BaseException, response: Any, spider: Any) -> Any:
        """One line at the level that the pipeline chose."""
        level = getattr(exception, "log_level", None) or "DEBUG"
        args = {"url": getattr(item, "url", None), "why": str(exception)[:300]}
        return {"level": logging.getLevelNamesMapping()[level], "msg": "not stored %(url)r: %(why)s", "args": args}
