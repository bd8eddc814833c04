"""Runs a crawl in this process and says how it went; what `crawl` and `demo` share."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from newscrawler import __version__
from newscrawler.config import NO_ALERTS, Alerts, Source
from newscrawler.exceptions import StoreError
from newscrawler.frontier import Crawl, Scope
from newscrawler.frontier.crawl import Plan
from newscrawler.frontier.scope import compiled, start_page
from newscrawler.items import Repair
from newscrawler.report.delivery import deliver

# What Scrapy imports with all that it needs (a web server, a console, a client of the web) only to find it switched off, which
# takes a tenth of a second; a None in EXTENSIONS or DOWNLOADER_MIDDLEWARES would not spare the import.
_SWITCHED_OFF = {
    "EXTENSIONS_BASE": ("scrapy.extensions.remote_control.RemoteControl", "scrapy.extensions.telnet.TelnetConsole"),
    "DOWNLOADER_MIDDLEWARES_BASE": ("scrapy.downloadermiddlewares.cookies.CookiesMiddleware", "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware"),
}
DELAY = 1.0
MOST_STARTS = 20
"""Start pages without a yield that the summary names."""
_STOPPED = {"output_closed": "stopped because nobody reads the output any more", "output_failed": "stopped because the output cannot be written"}


@dataclass(slots=True)
class Options:
    """The options of `newscrawler crawl`, as parsed. `delay` None: that of each source, else DELAY; a number: for every host.

    `starts` are those of the crawled sources, `names`, too; `by_hand` are those that were given beside them. `names` None: no sources.
    """

    starts: Sequence[str]
    db: str = "data/news.db"
    output: str | None = None
    limit: int | None = None
    max_pages: int | None = None
    depth: int | None = None
    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    delay: float | None = None
    concurrency: int = 16
    allow_private: Sequence[str] = field(default_factory=tuple)
    no_bodies: bool = False
    keep_duplicates: bool = False
    listing: bool = False
    contact: str | None = None
    verbose: bool = False
    sources: Sequence[Source] = ()
    names: frozenset[str] | None = None
    by_hand: Sequence[str] = ()
    alerts: Alerts = NO_ALERTS


def plan_of(options: Options) -> Plan:
    """The plan that the options mean; raises UsageError for a bad URL or pattern."""
    return Plan(
        db=options.db,
        starts=[start_page(url) for url in options.starts],
        scope=_scope_of(options),
        limit=options.limit,
        max_pages=options.max_pages,
        concurrency=options.concurrency,
        delay=DELAY if options.delay is None else options.delay,
        keep_bodies=not options.no_bodies,
        keep_duplicates=options.keep_duplicates,
        command="crawl " + " ".join(options.starts),
        alerts=options.alerts,
        names=options.names,
        by_hand=[start_page(url).url for url in options.by_hand],
    )


def _scope_of(options: Options) -> Scope:
    sources = options.sources if options.delay is None else [replace(source, delay=None) for source in options.sources]
    return Scope(compiled("--include", options.include), compiled("--exclude", options.exclude), options.depth, tuple(sources))


def _delays(options: Options) -> list[float]:
    """All pauses that this crawl keeps: Scrapy keeps the shortest everywhere, the frontier those of the sources."""
    if options.delay is not None:
        return [options.delay]
    return [DELAY, *(source.delay for source in options.sources if source.delay is not None)]


def crawl(options: Options) -> int:
    """Crawls, prints the summary on stderr, returns the exit code."""
    plan, began = plan_of(options), time.time()
    running = Crawl(plan)
    stopped_by = run(running, settings_of(options))
    print(summary(running, stopped_by, _fruitless(running, began)), file=sys.stderr)  # noqa: T201
    if running.error is not None:
        raise running.error
    deliver(plan.db, plan.alerts)
    if running.output_error is not None:
        raise running.output_error
    if stopped_by is not None:
        return 128 + stopped_by
    return 0 if running.seen.good else 1


def discover(options: Options) -> int:
    """Prints the URLs of articles that the start pages link to, fetching only the start pages; keeps nothing."""
    with tempfile.TemporaryDirectory() as folder:
        options.db, options.output, options.no_bodies = str(Path(folder) / "list.db"), None, True
        options.depth = 0 if options.depth is None else options.depth
        running = Crawl(plan_of(options))
        stopped_by = run(running, settings_of(options))
        if running.error is not None:
            raise running.error
        for url in found_articles(options.db):
            print(url)  # noqa: T201
    if not running.seen.good:
        print(summary(running, stopped_by), file=sys.stderr)  # noqa: T201
    return 128 + stopped_by if stopped_by else 0 if running.seen.good else 1


def found_articles(db: str) -> list[str]:
    """The URLs that pages of this database link to as articles."""
    from newscrawler.store import connect, reading

    engine = connect(db)
    try:
        return reading.linked_articles(engine)
    finally:
        engine.dispose()


def settings_of(options: Options) -> dict[str, Any]:
    """Scrapy's settings for these options, over newscrawler.settings."""
    delays = _delays(options)
    chosen: dict[str, Any] = {
        "NEWSCRAWLER_ALLOW_PRIVATE": list(options.allow_private),
        "NEWSCRAWLER_OUTPUT": options.output,
        "NEWSCRAWLER_PROGRESS": True,
        "CONCURRENT_REQUESTS": options.concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": options.concurrency,
        "DOWNLOAD_DELAY": min(delays),
        "AUTOTHROTTLE_ENABLED": max(delays) > 0,
        "AUTOTHROTTLE_START_DELAY": min(delays),
        "STATS_DUMP": options.verbose,
        "STATS_CLASS": f"scrapy.statscollectors.{'Memory' if options.verbose else 'Dummy'}StatsCollector",  # counts nobody would see
        "DOWNLOADER_STATS": options.verbose,
        "LOG_LEVEL": "DEBUG" if options.verbose else "INFO",
        "EXTENSIONS": {
            "newscrawler.extensions.output.JsonLines": 0,
            "newscrawler.extensions.progress.Progress": 0,
            "scrapy.extensions.corestats.CoreStats": 0 if options.verbose else None,
        },
    }
    if options.contact:
        chosen["USER_AGENT"] = f"newscrawler/{__version__} (+{options.contact})"
    return chosen


def run(running: Crawl, chosen: dict[str, Any]) -> int | None:
    """Runs the crawl to its end; returns the signal that stopped it, or None."""
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.settings import Settings

    from newscrawler.spiders.news import NewsSpider

    settings = Settings()
    settings.setmodule("newscrawler.settings")
    settings.setdict(chosen, priority="cmdline")
    for name, paths in _SWITCHED_OFF.items():
        settings.set(name, {path: order for path, order in settings.getdict(name).items() if path not in paths}, "project")

    class Process(AsyncCrawlerProcess):
        stopped_by: int | None = None

        def _signal_shutdown(self, signum: int, _: Any) -> None:
            self.stopped_by = signum
            name = signal.Signals(signum).name
            print(f"newscrawler: {name}: finishing what is in flight; once more stops now", file=sys.stderr)  # noqa: T201
            super()._signal_shutdown(signum, _)

    os.environ.setdefault("SCRAPY_SETTINGS_MODULE", "newscrawler.settings")
    verbose = bool(chosen.get("STATS_DUMP"))
    _quiet(verbose)  # twice: Scrapy logs while it sets up its logging, and sets some levels back
    process = Process(settings)
    _quiet(verbose)
    process.crawl(NewsSpider, crawl=running)
    _spare_collections()
    process.start()
    return process.stopped_by


def _spare_collections() -> None:
    """Leaves what is loaded by now out of garbage collection, and collects less often: a tenth of a crawl's CPU otherwise.

    A page makes a thousand objects without cycles, which die by themselves; what has cycles (failures, deferreds) still goes.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 10, 10)


def _quiet(verbose: bool) -> None:
    """Keeps Scrapy's own chatter down: what matters of it is in the ledger and in the summary. Its statistics are for -v."""
    for name in ("scrapy.middleware", "scrapy.addons", "scrapy.crawler", "scrapy.extensions.logstats", "scrapy.core.engine"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("scrapy.statscollectors").setLevel(logging.INFO if verbose else logging.WARNING)
    logging.getLogger("scrapy.utils.log").setLevel(logging.WARNING)
    logging.getLogger("scrapy.downloadermiddlewares.redirect").setLevel(logging.ERROR)  # it serves robots.txt only: no Referer
    logging.getLogger("scrapy.core.downloader.handlers").setLevel(logging.ERROR)


def _fruitless(running: Crawl, began: float) -> list[str]:
    """A line for each start page, feed and sitemap of this crawl that brought nothing, with the reason."""
    if running.error is not None:
        return []
    from newscrawler.store import connect, starts

    asked = {start.url for start in running.plan.starts}
    named = {url: kind for source in running.plan.scope.sources for url, kind in source.lists if url in asked}
    engine = connect(running.plan.db)
    try:
        return [f"{url}: {reason}" for url, reason in starts.fruitless(engine, began, named)]
    except StoreError as error:  # what was collected is safe, and the crawl's own result counts
        return [f"what the start pages brought cannot be told: {error}"]
    finally:
        engine.dispose()


def summary(running: Crawl, stopped_by: int | None = None, fruitless: Sequence[str] = ()) -> str:
    """One screen: what was fetched, stored, refused and why, and what comes next."""
    seen, states = running.seen, running.seen.states
    rows = [
        ("pages fetched", seen.pages),
        ("articles", seen.articles),
        ("duplicates", states["duplicate"]),
        ("unchanged", states["unchanged"]),
        ("other pages", states["read"]),
        ("redirects", states["redirected"]),
        ("refused", states["refused"]),
        ("failed", states["failed"]),
        ("gone", states["gone"]),
        ("left in the queue", running.left),
        ("repairs", seen.repairs),
        ("related links", seen.related),
    ]
    lines = ["", *(f"  {number:>8,}  {name}" for name, number in rows if number or name in ("pages fetched", "articles"))]
    lines += [f"            {reason}: {number}" for reason, number in seen.reasons.most_common(8)]
    lines += [f"  {host}: {why}: the same command goes on from there" for host, why in list(running.parked.items())[:8]]
    if running.left_to_others:
        lines += [f"  {running.left_to_others:>8,}  pages of other sources wait for their own crawl"]
    if fruitless:
        lines += ["", "  start pages, feeds and sitemaps that brought nothing:", *(f"    {line}" for line in fruitless[:MOST_STARTS])]
        lines += [f"    and {len(fruitless) - MOST_STARTS:,} more: see `newscrawler status`"] if len(fruitless) > MOST_STARTS else []
    if running.error is None:
        lines += ["", f"database: {running.plan.db}"]
    if running.error is None and (stopped_by or running.stopped):
        why = "stopped by a signal" if stopped_by else _STOPPED.get(running.stopped or "", "stopped at the limit")
        lines += [f"{why}: the same command goes on where it stopped"]
    return "\n".join(lines)


def shown(repair: Repair) -> str:
    """A repair as before -> after, on one line."""
    return f"{repair.before!r} -> {repair.after!r} ({repair.kind})"
