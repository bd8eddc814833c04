"""How late news is stored, and what it costs: the frontier's own code on made-up sites, against asking every list at one interval.

    python bench/freshness.py [--days 10] [--sources 40] [--seed 1] [--every 1800] [--learned-only]

Forty sites, 1 news a week to 3 an hour by day and night, weekday and weekend, in two to six sections of unequal rhythm. A front page shows the
newest of all sections or of the first one only; most sites have a feed of the last 15, of all or of some sections, half a news sitemap of two
days, with lastmod at every other one. Some bodies change at each fetch. None to a third of the articles are edited, at ages from ten minutes
to 20 days, evenly over the logarithm of the age.

What is real: the schedule (Daemon, a run of each every half hour), the Ledger on a file of SQLite for each site, frontier, settling,
visits, duplicates. Made up are the clock, the answers, and a page as read. Every request takes a second. Against that all lists of
every site are start pages, which are always due, at the one interval that makes as many requests; articles are revisited by the same rule.
Delays are from publication to storage, from day 3 on.
"""

from __future__ import annotations

import argparse
import bisect
import logging
import math
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from unittest import mock

import sqlalchemy as sa

from newscrawler.config import Source
from newscrawler.export.collected import collected_record
from newscrawler.frontier import Scope, settle
from newscrawler.frontier.announced import places
from newscrawler.frontier.crawl import WATCHED
from newscrawler.frontier.hosts import Frontier
from newscrawler.frontier.recognize import recognize
from newscrawler.frontier.revisit import edit_rates
from newscrawler.frontier.scope import start_page
from newscrawler.frontier.visiting import conditional_headers, is_same_body, with_reading
from newscrawler.items import Announcement, Article, Link, Page, RawPage
from newscrawler.schedule import Daemon, Job, Timing
from newscrawler.store import Ledger, Task, connect, scheduled
from newscrawler.store.visits import watched_articles

START = 1_767_225_600.0  # 2026-01-01 UTC
DAY = 86400.0
STEP, DELAY, WARM = 60.0, 1.0, 3 * DAY
TIMING = Timing(beat=900.0, lease=3600.0, give_up=1800.0, grace=120.0)
BEFORE = 20  # days of news that a site has when it is met
FRONT, SECTION, FEED = 12, 20, 15
WORDS = "harbour council budget winter school river border market union court ferry museum vaccine bridge tariff storm glacier rail".split()


class Clock:
    """One time for all, set by hand."""

    def __init__(self) -> None:
        self.wall = START

    def now(self) -> float:
        return self.wall

    monotonic = now


@dataclass(slots=True)
class News:
    """An article as its site has it; `edits` are moments, in order."""

    number: int
    section: int
    at: float
    edits: list[float]

    def changed(self, now: float) -> float:
        """The last change by then."""
        past = [edit for edit in self.edits if edit <= now]
        return past[-1] if past else self.at


@dataclass
class Site:
    """A made-up news site: what it publishes, and how it answers."""

    name: str
    news: list[News]
    sections: int
    fed: int
    """Of how many sections the feed tells; 0: there is none."""
    mapped: bool
    lastmod: bool
    narrow: bool
    """The front page shows the first section only."""
    validators: bool
    restless: bool
    """The bodies of front page and sections differ at each fetch."""
    asked: Counter[str] = field(default_factory=Counter)
    fetches: int = 0

    def __post_init__(self) -> None:
        self.base = f"https://{self.name}.example"
        self._times = [[one.at for one in part] for part in self._parts()]
        self.lists = [f"{self.base}/", *(f"{self.base}/{number}/" for number in range(self.sections))]
        self.lists += [f"{self.base}/feed.xml"] * bool(self.fed) + [f"{self.base}/news.xml"] * self.mapped

    def _parts(self) -> list[list[News]]:
        self._of = [[one for one in self.news if one.section == number] for number in range(self.sections)]
        return self._of

    def url(self, one: News) -> str:
        return f"{self.base}/{one.section}/story-{one.number}.html"

    def newest(self, sections: range, most: int, now: float) -> list[News]:
        """The last published of some sections, newest first."""
        found = [one for number in sections for one in self._of[number][: bisect.bisect_right(self._times[number], now)][-most:]]
        return sorted(found, key=lambda one: -one.at)[:most]

    def answer(self, task: Task, now: float) -> RawPage:
        """What comes back for a page; `page` is set where it has to be read."""
        path = task.url.removeprefix(self.base)
        kind, page, said = self._page(path, task.url, now)
        self.asked[kind if kind != "article" or task.fetches == 0 else "article again"] += 1
        self.fetches += 1
        raw = RawPage(task.page_id, task.url, "response", now, 404 if page is None else 200)
        if page is None:
            return raw
        tag = f'"{sha256(said.encode()).hexdigest()[:12]}"'
        if self.validators and conditional_headers(task).get("If-None-Match") == tag:
            self.asked["304"] += 1
            raw.status = 304
            return raw
        raw.headers = {"content-type": "text/html"} | ({"etag": tag} if self.validators else {})
        raw.body = f"{said} {self.fetches if self.restless and kind in ('front', 'section') else 0}".encode()
        if is_same_body(raw, task):
            raw.unmodified = "same body"
        else:
            raw.page = page
        return raw

    def _page(self, path: str, url: str, now: float) -> tuple[str, Page | None, str]:
        """The kind of page, the page as read, and what its bytes depend on."""
        if path == "/":
            shown = self.newest(range(1 if self.narrow else self.sections), FRONT, now)
            page = self._hub(url, shown, [Link(f"{self.base}/{number}/", "hub") for number in range(self.sections)])
            page.feeds = [f"{self.base}/feed.xml"] if self.fed else []
            return "front", page, _said(shown)
        if path == "/feed.xml" and self.fed:
            shown = self.newest(range(self.fed), FEED, now)
            return "feed", self._list(url, shown, "feed", now), _said(shown)
        if path == "/news.xml" and self.mapped:
            shown = [one for one in self.newest(range(self.sections), 1000, now) if one.at > now - 2 * DAY]
            said = _said(shown) + (str([one.changed(now) for one in shown]) if self.lastmod else "")
            return "sitemap", self._list(url, shown, "sitemap", now), said
        if path.endswith(".html"):
            one = self.news[int(path.rpartition("-")[2][:-5])]
            return "article", self._article(url, one, now), f"{one.number} {one.changed(now)}"
        if path.endswith("/"):
            shown = self.newest(range(int(path[1:-1]), int(path[1:-1]) + 1), SECTION, now)
            return "section", self._hub(url, shown, []), _said(shown)
        return "guess", None, ""

    def _hub(self, url: str, shown: list[News], more: list[Link]) -> Page:
        return Page(url, "hub", links=[*(Link(self.url(one), "article", position=place) for place, one in enumerate(shown)), *more])

    def _list(self, url: str, shown: list[News], kind: str, now: float) -> Page:
        page = self._hub(url, shown, [])
        page.format = kind  # type: ignore[assignment]
        tells = kind == "sitemap" and self.lastmod
        page.announced = [Announcement(self.url(one), None, _iso(one.at), _iso(one.changed(now)) if tells else None) for one in shown]
        return page

    def _article(self, url: str, one: News, now: float) -> Page:
        chance = random.Random(one.number)
        text = f"{self.name} {one.number}: " + " ".join(f"{chance.choice(WORDS)} {chance.randrange(10**6)}" for _ in range(30))
        text += "".join(f" Amended {number}." for number, edit in enumerate(one.edits) if edit <= now)
        return Page(url, "article", Article(title=f"Story {one.number} of {self.name}", text=text, date_published=_iso(one.at)))


def _said(shown: list[News]) -> str:
    return " ".join(str(one.number) for one in shown)


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()


def make_sites(number: int, days: int, seed: int) -> list[Site]:
    """The sites, from quiet to busy, of every mixture of traits."""
    made = []
    for place in range(number):
        chance = random.Random(seed * 1000 + place)
        rate = 10 ** (-2.22 + 2.7 * place / max(1, number - 1))  # an hour: 1 a week to 3 an hour
        sections = chance.choice((2, 3, 4, 6))
        shares = [0.5**part for part in range(sections)]
        share = chance.choice((0.0, 0.1, 0.33))
        moments = publications(rate, days + BEFORE, chance)
        news = [
            News(count, chance.choices(range(sections), shares)[0], (at := START - BEFORE * DAY + moment), _edits(at, share, chance))
            for count, moment in enumerate(moments)
        ]  # fmt: skip
        fed = chance.choice((0, sections, sections, max(1, sections // 2)))
        traits = [chance.random() < part for part in (0.5, 0.5, 0.3, 0.5, 0.4)]
        made.append(Site(f"s{place:02}", news, sections, fed, *traits))
    return made


def publications(per_hour: float, days: int, chance: random.Random) -> list[float]:
    """Moments at which news came: Poisson, thinned at night and on weekends."""
    found, at = [], 0.0
    top = per_hour * 1.9 / 3600
    while (at := at + chance.expovariate(top)) < days * DAY:
        daily = 1 + 0.8 * math.sin(2 * math.pi * (at / DAY - 0.3))
        if chance.random() * 1.9 < daily * (0.6 if int(at / DAY) % 7 >= 5 else 1.05):
            found.append(at)
    return found


def _edits(at: float, share: float, chance: random.Random) -> list[float]:
    number = chance.choice((1, 1, 2)) if chance.random() < share else 0
    return sorted(at + 600 * (20 * DAY / 600) ** chance.random() for _ in range(number))


@dataclass
class Crawler:
    """Runs of one site on one ledger; `every` list a start page, or only the front page."""

    site: Site
    clock: Clock
    folder: str
    everything: bool
    stored: dict[int, float] = field(default_factory=dict)
    edits: dict[tuple[int, float], float] = field(default_factory=dict)
    ledger: Ledger | None = None

    def run(self) -> float:
        """One crawl, from now on; returns when it ends. The clock is set back."""
        began = self.clock.wall
        starts = [start_page(url) for url in (self.site.lists if self.everything else self.site.lists[:1])]
        if self.ledger is None:
            self.ledger = Ledger(_engine(f"{self.folder}/{self.site.name}.db"), "bench")
        scope = Scope()
        edits = edit_rates(watched_articles(self.ledger.connection.engine, WATCHED))
        self.ledger.revisit(scope.is_site_of(starts), began)
        self.ledger.seed(starts)
        frontier = Frontier(self.ledger, 16, lambda _: DELAY, self.clock.monotonic)
        while (pause := frontier.pause()) is not None:
            self.clock.wall += pause
            task = frontier.next()
            if task is not None:
                self._visit(replace(with_reading(task, "bench"), edits=edits.get(task.host)), scope, frontier)
        self.ledger.commit()
        ended, self.clock.wall = self.clock.wall, began
        return ended

    def _visit(self, task: Task, scope: Scope, frontier: Frontier) -> None:
        """One page as spider and pipelines have it: asked, read, decided, written."""
        assert self.ledger is not None
        raw = self.site.answer(task, self.clock.now())
        frontier.good(task.host)
        frontier.answered(task)
        if raw.page is not None and raw.page.article is not None:
            raw.article_key, raw.content_hash, raw.decision = recognize(self.ledger, raw.page_id, raw.url, raw.page.article)
        outcome = settle(raw, task, scope, keep_body=False)
        if outcome.state != "gone":
            declared = [f"{self.site.base}/news.xml"] if self.site.mapped else []
            outcome.found = [*outcome.found, *places(raw.page, task, declared, scope, guess=True)]
        if outcome.decision is not None and outcome.decision.verdict != "unchanged":
            assert raw.article_key is not None and raw.content_hash is not None
            outcome.article_key, outcome.content_hash = raw.article_key, raw.content_hash
            outcome.record = collected_record(raw, raw.article_key, raw.content_hash, *self.ledger.ways_to(raw.page_id))
            self._note(self.site.news[int(raw.url.rpartition("-")[2][:-5])], outcome.decision.verdict, raw.fetched_at)
        self.ledger.write(outcome)

    def _note(self, one: News, verdict: str, at: float) -> None:
        assert verdict in ("new", "revision"), f"{self.site.name} {one.number} is {verdict}"
        if verdict == "new":
            self.stored[one.number] = at
        else:
            seen = self.stored[one.number]
            self.edits |= {(one.number, edit): at for edit in one.edits if seen < edit <= at and (one.number, edit) not in self.edits}


def _engine(path: str) -> sa.Engine:
    engine = connect(path, create=True, write=True)
    sa.event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF").close())
    engine.dispose()
    return engine


@dataclass
class Running:
    """A crawl as the schedule has it: done at once, and over when its last page is fetched."""

    clock: Clock
    ends: float

    def poll(self) -> int | None:
        return 0 if self.clock.now() >= self.ends else None

    def stop(self) -> None:
        raise AssertionError("a run was stopped")

    kill = stop


def simulate(sites: list[Site], every: int, days: int, *, everything: bool) -> list[Crawler]:
    """The schedule of that many days."""
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder, mock.patch("time.time", clock.now):
        crawlers = {site.name: Crawler(site, clock, folder, everything) for site in sites}
        sources = [Source(site.name, (site.lists[0],), every=every) for site in sites]

        def job(source: Source) -> Job:
            return Job(source.name, lambda: Running(clock, crawlers[source.name].run()))

        engine = scheduled.open_schedule(f"{folder}/schedule.db")
        sa.event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF").close())
        engine.dispose()
        daemon = Daemon(engine, sources, job, TIMING, clock)  # type: ignore[arg-type]
        while clock.wall < START + days * DAY:
            daemon.tick()
            clock.wall += STEP
        for crawler in crawlers.values():
            if crawler.ledger is not None:
                crawler.ledger.close("finished")
                crawler.ledger.connection.engine.dispose()
        engine.dispose()
    return list(crawlers.values())


LISTS = ("front", "section", "feed", "sitemap")


def tell(name: str, crawlers: list[Crawler], days: int) -> None:
    """Prints what came out."""
    asked = sum((crawler.site.asked for crawler in crawlers), Counter[str]())
    end, number = START + days * DAY, sum(len(crawler.stored) for crawler in crawlers)
    requests = sum(count for kind, count in asked.items() if kind != "304")
    print(f"{name}: {requests} requests, {requests / number:.2f} an article ({number}); {asked.pop('304', 0)} answered by 304; {dict(asked)}")
    due = [(crawler, one) for crawler in crawlers for one in crawler.site.news if START + WARM < one.at < end]
    delays = [crawler.stored[one.number] - one.at for crawler, one in due if one.number in crawler.stored]
    lost = sum(one.number not in crawler.stored and one.at < end - 2 * DAY for crawler, one in due)
    print(f"  news      {_spread(delays)}; of {len(due)} not stored after two days or more: {lost}")
    half = len(crawlers) // 2
    for words, some in (("quiet half", crawlers[:half]), ("busy half", crawlers[half:])):
        ids = {id(crawler) for crawler in some}
        print(f"    {words:10} {_spread([crawler.stored[one.number] - one.at for crawler, one in due if id(crawler) in ids and one.number in crawler.stored])}")
    edited = list(_edited(crawlers, end))
    found = [at - edit for edit, at in edited if at is not None]
    print(f"  edits     {_spread(found)}; {len(found)} of {len(edited)} found")


def _edited(crawlers: list[Crawler], end: float) -> Iterator[tuple[float, float | None]]:
    """Each edit of an article that was stored before it, and when it was seen."""
    for crawler in crawlers:
        for one in crawler.site.news:
            stored = crawler.stored.get(one.number)
            if stored is not None and one.at > START:
                yield from ((edit, crawler.edits.get((one.number, edit))) for edit in one.edits if stored < edit < end)


def _spread(delays: list[float]) -> str:
    if len(delays) < 2:
        return "nothing"
    minutes = [delay / 60 for delay in delays]
    cuts = statistics.quantiles(minutes, n=20)
    return f"median {cuts[9]:7.1f} min  p95 {cuts[18]:8.1f} min  mean {statistics.fmean(minutes):7.1f} min"


def main() -> None:
    """Prints both; asserts nothing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--days", type=int, default=10)
    parser.add_argument("--sources", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=int, default=1800, help="seconds between two runs of a source")
    parser.add_argument("--learned-only", action="store_true")
    given = parser.parse_args()
    logging.getLogger("newscrawler").setLevel(logging.ERROR)
    began = time.perf_counter()
    sites = make_sites(given.sources, given.days, given.seed)
    learned = simulate(sites, given.every, given.days, everything=False)
    lists = sum(len(site.lists) for site in sites)
    print(f"{given.days} days, {len(sites)} sites, {lists} lists, a run every {given.every / 60:.0f} min")
    tell("learned", learned, given.days)
    print(f"  {time.perf_counter() - began:.0f} s", flush=True)
    if not given.learned_only:
        _tell_fixed(given.sources, given.days, given.seed, sites)
        print(f"  {time.perf_counter() - began:.0f} s")


def _tell_fixed(sources: int, days: int, seed: int, learned: list[Site]) -> None:
    """Asks every list at one interval: that of as many requests of lists, then, as rarer runs ask for fewer articles again, of as many in all."""
    wanted, spent = sum(site.fetches for site in learned), sum(site.asked[kind] for site in learned for kind in LISTS)
    for _ in range(2):
        sites = make_sites(sources, days, seed)
        interval = max(60, round(sum(len(site.lists) for site in sites) * days * DAY / spent))
        crawlers = simulate(sites, interval, days, everything=True)
        spent += wanted - sum(site.fetches for site in sites)
    tell(f"fixed, every {interval / 60:.1f} min", crawlers, days)


if __name__ == "__main__":
    main()
