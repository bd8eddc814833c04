"""newscrawler inside somebody's own Scrapy project: ADDONS = {"newscrawler.addon.Newscrawler": 500}.

It brings the spider `news`, the pipelines, the guard and the safe settings, each with the priority of an add-on: what the
project sets itself stays. Their own spiders are left alone by our pipelines.
"""

from __future__ import annotations

from scrapy.settings import BaseSettings

from newscrawler import settings as ours

_OWN = ("BOT_NAME", "NEWSPIDER_MODULE", "SPIDER_MODULES", "USER_AGENT", "LOG_FORMATTER", "LOG_LEVEL")
_MERGED = ("DOWNLOADER_MIDDLEWARES", "ITEM_PIPELINES", "DOWNLOAD_HANDLERS", "SPIDER_MIDDLEWARES")
# These belong to our spider alone: their own spiders may need retries, a duplicate filter, errors kept away.
_OURS_ONLY = (
    "RETRY_ENABLED", "DUPEFILTER_CLASS", "METAREFRESH_ENABLED", "HTTPERROR_ALLOW_ALL", "SPIDER_MIDDLEWARES", "DEPTH_STATS_VERBOSE",
    "CONCURRENT_ITEMS", "SCHEDULER_PRIORITY_QUEUE", "WARN_ON_GENERATOR_RETURN_VALUE",
)  # fmt: skip

_REPLACED = ("scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware",)  # ours does its work for their spiders too


class Newscrawler:
    """The add-on."""

    @classmethod
    def update_pre_crawler_settings(cls, settings: BaseSettings) -> None:
        """Adds the folder of our spiders."""
        settings.set("SPIDER_MODULES", [*settings.getlist("SPIDER_MODULES"), *ours.SPIDER_MODULES], settings.getpriority("SPIDER_MODULES") or 0)

    def update_settings(self, settings: BaseSettings) -> None:
        """Adds our components and every setting that the project leaves open."""
        for name in dir(ours):
            if not name.isupper() or name in _OWN or name in _OURS_ONLY:
                continue
            value = getattr(ours, name)
            if name == "DOWNLOADER_MIDDLEWARES":  # what we switch off for our spider, theirs may need (allowed_domains)
                value = {path: order for path, order in value.items() if order is not None or path in _REPLACED}
            if name in _MERGED:
                merged = settings.getdict(name)
                settings.set(name, {**value, **merged}, "addon")
            else:
                settings.set(name, value, "addon")
