"""One crawl as its parts share it: the ledger, the frontier, the scope, the limits, and what happened so far."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from newscrawler import __version__
from newscrawler.config import NO_ALERTS, Alerts
from newscrawler.dedupe import canonical_url
from newscrawler.exceptions import StoreError
from newscrawler.frontier.barren import PREFIX as WITHOUT_END
from newscrawler.frontier.barren import Barren
from newscrawler.frontier.hosts import Frontier
from newscrawler.frontier.origins import Origins, started_from
from newscrawler.frontier.revisit import edit_rates
from newscrawler.frontier.scope import Scope
from newscrawler.frontier.share import Share
from newscrawler.frontier.visiting import reading_key, with_reading
from newscrawler.items import Repair
from newscrawler.report import settle as settle_run
from newscrawler.store import DEFAULT, Found, Ledger, Task, connect, hold, undone_kinds
from newscrawler.store.visits import watched_articles

logger = logging.getLogger(__name__)
EXAMPLES = 3
WATCHED = 2000
"""Of how many articles, those that were discovered last, a crawl learns how often they are edited: a glance of 20 ms among 200,000."""


@dataclass(slots=True)
class Plan:
    """What a crawl was asked to do. `delay` in seconds a host; limits None: none."""

    db: str = DEFAULT
    starts: Sequence[Found] = ()
    scope: Scope = field(default_factory=Scope)
    limit: int | None = None
    max_pages: int | None = None
    concurrency: int = 16
    delay: float = 1.0
    keep_bodies: bool = True
    keep_duplicates: bool = False  # their records leave the pipelines too; they are kept in any case
    command: str = "crawl"
    guess: bool = True  # try the usual paths of feeds and sitemaps, once a site
    alerts: Alerts = NO_ALERTS
    names: frozenset[str] | None = None
    """The sources that are crawled: only their pages are handed out. None: whatever is queued."""
    by_hand: Sequence[str] = ()
    """The start pages that were given beside those of the sources."""

    def is_by_hand(self, url: str) -> bool:
        """Whether a start page was given by hand, not by a source."""
        return self.names is None or url in self.by_hand

    def delay_of(self, host: str) -> float:
        """The pause between two requests to a host, in seconds: its source's, else that of the crawl."""
        own = self.scope.delay_of(host)
        return self.delay if own is None else own


@dataclass(slots=True)
class Seen:
    """Counts of this run, for the progress line and the summary."""

    pages: int = 0  # answers to pages, robots.txt apart
    good: int = 0  # of these with 2xx
    articles: int = 0
    repairs: int = 0
    related: int = 0
    states: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)  # of refused, failed and gone pages
    examples: list[Repair] = field(default_factory=list)


class Crawl:
    """Opens the database, holds it and takes up what is queued in it. Raises StoreError and its kin at once."""

    def __init__(self, plan: Plan, delay: Callable[[str], float] | None = None) -> None:
        self.plan = plan
        self.seen = Seen()
        self.stopped: str | None = None  # why no more pages are handed out
        self.error: Exception | None = None
        self.output_error: Exception | None = None  # the collection is whole, but -o is not
        self.parked: dict[str, str] = {}  # hosts left alone at the end, and why
        self.left = 0  # pages that are still queued at the end, but for those of other sources
        self.left_to_others = 0  # pages that are still queued, for crawls of other sources
        self.tasks: dict[int, Task] = {}  # handed out, not yet written
        self._keys: dict[object, str] = {}
        self.sitemaps: dict[str, list[str]] = {}  # host with port -> what its robots.txt names, where that was read
        self.news = asyncio.Event()  # something changed for whoever waits for the next page
        self._stack = ExitStack()
        with ExitStack() as opening:
            engine = connect(plan.db, create=True, write=True)
            opening.callback(engine.dispose)
            opening.enter_context(hold(engine))
            self.engine = engine
            self.undone = undone_kinds(engine)
            self.edits = edit_rates(watched_articles(engine, WATCHED))
            self.ledger = Ledger(engine, plan.command)
            self.ledger.depth_limited = plan.scope.depth is not None
            self.barren = Barren(self.ledger.given_up(WITHOUT_END))
            self.share = Share(plan.scope, plan.names, plan.by_hand)
            wanted = plan.scope.is_site_of(plan.starts) if plan.names is None else self._is_ours
            self.ledger.readmit(plan.scope.reason if plan.names is None else self._reason_of_ours)
            self.ledger.revisit(wanted, time.time())
            parked = self._parked()
            self.ledger.seed(plan.starts, patient=frozenset(start.url for start in plan.starts if not plan.is_by_hand(start.url)))
            self._guard()  # what a killed crawl left
            names = started_from(plan.scope, [start.url for start in plan.starts])
            self.ledger.watch(names, Origins(plan.scope, names))
            self.frontier = Frontier(self.ledger, plan.concurrency, delay or plan.delay_of, share=self.share, parked=parked)
            self._stack = opening.pop_all()

    def _parked(self) -> dict[str, tuple[str, float]]:
        """The parked hosts, why and until when. One with a start page that was given by hand is asked for it now, and that is told."""
        keys = {canonical_url(start.url): start.url for start in self.plan.starts if self.plan.is_by_hand(start.url)}
        hosts: dict[str, tuple[str, float]] = self.ledger.parked_hosts()
        pages = self.ledger.parked_pages(keys)
        for key, url in keys.items():
            host, now = urlsplit(key).netloc, time.time()
            reason, until = hosts.get(host, (None, 0.0))
            if why := pages.get(key) or (reason if until > now else None):
                logger.warning("%s is asked for all the same, as it was given by hand: %s", url, why)
            if reason is not None:
                hosts[host] = reason, 0.0
        return hosts

    def _reason_of_ours(self, url: str, depth: int) -> str | None:
        """Why a page is not for this crawl, or None: what other sources left out is theirs to admit."""
        return self.plan.scope.reason(url, depth) if self.share.has(url) else "a page of another source"

    def _is_ours(self, url: str, depth: int) -> bool:
        return self._reason_of_ours(url, depth) is None

    def next(self) -> Task | None:
        """The page to fetch now, or None."""
        if self.stopped:
            return None
        if self.plan.max_pages is not None and self.seen.pages + len(self.tasks) >= self.plan.max_pages:
            if self.seen.pages >= self.plan.max_pages:
                self.stop("limit")
            return None
        task = self.frontier.next()
        if task is not None:
            task = replace(with_reading(task, self._reading_key(task.url)), edits=self.edits.get(task.host))
            self.tasks[task.page_id] = task
            self.rest()
        return task

    def _reading_key(self, url: str) -> str:
        scope = self.plan.scope
        by = (scope.rules_of(url), scope.sisters_of(url))
        if by not in self._keys:
            self._keys[by] = reading_key(__version__, by[0].identity, sorted(by[1]), sorted(self.undone))
        return self._keys[by]

    async def change(self, seconds: float | None) -> None:
        """Waits until something changes, at most so many seconds. A timer costs less than the task that asyncio.wait_for makes."""
        timer = None if seconds is None else asyncio.get_running_loop().call_later(seconds, self.news.set)
        try:
            await self.news.wait()
        finally:
            if timer is not None:
                timer.cancel()

    def rest(self) -> None:
        """Ends the transaction when it holds no page, so that a crawl that waits holds no lock."""
        if not self.ledger.pending and self.error is None:
            self.ledger.commit()

    @property
    def finished(self) -> bool:
        """Whether nothing is left to hand out or to wait for."""
        if self.error is not None:
            return True  # nothing that is still out can be written
        return not self.tasks and (self.stopped is not None or self.frontier.pause() is None)

    def stop(self, reason: str) -> None:
        """Hands out nothing more; the first reason stays."""
        self.stopped = self.stopped or reason
        self.news.set()

    def fail(self, error: Exception) -> None:
        """Stops because the ledger cannot be written; what is not committed is dropped and queued again by the next crawl."""
        self.error = self.error or error
        with suppress(StoreError):  # the first error is the one to tell
            self.ledger.rollback()
        self.stop("store_failed")

    def _guard(self) -> None:
        """Settles the runs that have ended; where that fails the collection is whole all the same, and the next crawl does it."""
        try:
            settle_run(self.engine, lambda names: Origins(self.plan.scope, names), self.plan.alerts.channels)
        except StoreError as error:
            logger.error("the yield guard could not judge this run: %s", error)

    def close(self, reason: str) -> None:
        """Commits, queues again what was not answered, ends the run and lets the database go; after a failure only the last."""
        try:
            if self.error is None:
                self.parked = self.frontier.park()
                self.left_to_others = self.frontier.left_to_others() if self.plan.names is not None else 0
                self.left = self.ledger.close(reason) - self.left_to_others
                self._guard()
        except Exception as error:
            self.error = error
            raise
        finally:
            self.ledger.connection.close()
            self._stack.close()
